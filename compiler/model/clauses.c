/* Sections and clauses: their names, anchors and order on the page. */
#include "compiler/model/internal.h"

/* Clauses and sections share one table of names: entry n is clause n, or behind the clauses the
 * section n - clause_count. */
struct headings {
    struct draft *draft;
    struct names by_name, by_c_name;
};

static struct span
heading_span(const struct tree *tree, uint32_t number)
{
    return number < tree->clauses.count ? tree->clauses.at[number].name.span
                                        : tree->sections.at[number - tree->clauses.count].name.span;
}

static struct text
hyphens_for_dots(struct arena *arena, struct text name)
{
    struct text copy = arena_text(arena, name);
    for (size_t i = 0; i < copy.length; i++)
        if (copy.data[i] == '.')
            ((char *)copy.data)[i] = '-';
    return copy;
}

static void
report_same(struct headings *headings, const struct name *name, uint32_t number, uint32_t other)
{
    struct draft *draft = headings->draft;
    bool clause = number < draft->tree->clauses.count;
    bool other_clause = other < draft->tree->clauses.count;
    const char *both = !clause && !other_clause ? "two sections"
                       : clause && other_clause ? "two clauses"
                                                : "a clause and a section";
    diagnose(draft->diagnostics, E_DOUBLE_NAME, name->span, "%s have the name “%.*s”", both,
             TEXT_ARGS(name->text));
    diagnose_why(draft->diagnostics, "The page has one anchor for each name");
    diagnose_fix(draft->diagnostics, "Choose another name for one of them");
    diagnose_see(draft->diagnostics, heading_span(draft->tree, other), "“%.*s” stands here first",
                 TEXT_ARGS(name->text));
}

static void
report_similar(struct headings *headings, const struct name *name, uint32_t other)
{
    struct draft *draft = headings->draft;
    struct span span = heading_span(draft->tree, other);
    struct text first = span_text(draft->sources, span);
    diagnose(draft->diagnostics, E_SIMILAR_NAMES, name->span,
             "“%.*s” and “%.*s” differ only in hyphen and dot", TEXT_ARGS(name->text),
             TEXT_ARGS(first));
    diagnose_why(draft->diagnostics, "In a program both would be the same name");
    diagnose_fix(draft->diagnostics, "Choose another name for one of them");
    diagnose_see(draft->diagnostics, span, "“%.*s” stands here", TEXT_ARGS(first));
}

static void
enter_heading(struct headings *headings, const struct name *name, uint32_t number)
{
    struct draft *draft = headings->draft;
    if (name->text.length == 0) /* it could not be read */
        return;
    uint32_t other = names_add(&headings->by_name, name->text, number);
    if (other != number) {
        report_same(headings, name, number, other);
        return;
    }
    struct text similar = hyphens_for_dots(draft->arena, name->text);
    other = names_add(&headings->by_c_name, similar, number);
    if (other != number)
        report_similar(headings, name, other);
}

static void
make_clauses(struct headings *headings)
{
    struct draft *draft = headings->draft;
    const struct tree *tree = draft->tree;
    struct model *model = draft->model;
    draft->clauses = ARENA_ARRAY(draft->arena, tree->clauses.count, struct clause);
    model->clause_by_name = names_in(draft->arena);
    for (uint32_t i = 0; i < tree->clauses.count; i++) {
        const struct clause_tree *clause = &tree->clauses.at[i];
        draft->clauses[i] = (struct clause){.name = clause->name.text,
                                            .anchor = clause->name.text,
                                            .span = clause->name.span,
                                            .section = clause->section};
        if (clause->name.text.length > 0)
            names_add(&model->clause_by_name, clause->name.text, i);
        enter_heading(headings, &clause->name, i);
    }
    model->clauses = draft->clauses;
    model->clause_count = tree->clauses.count;
}

static void
make_sections(struct headings *headings)
{
    struct draft *draft = headings->draft;
    const struct tree *tree = draft->tree;
    draft->sections = ARENA_ARRAY(draft->arena, tree->sections.count, struct section);
    for (uint32_t i = 0; i < tree->sections.count; i++) {
        const struct section_tree *section = &tree->sections.at[i];
        draft->sections[i] = (struct section){.name = section->name.text,
                                              .title = section->title.text,
                                              .anchor = section->name.text,
                                              .number = i + 1,
                                              .span = section->name.span};
        enter_heading(headings, &section->name, (uint32_t)tree->clauses.count + i);
    }
    draft->model->sections = draft->sections;
    draft->model->section_count = tree->sections.count;
}

void
clauses_make(struct draft *draft)
{
    struct headings headings = {draft, names_in(draft->arena), names_in(draft->arena)};
    make_clauses(&headings);
    make_sections(&headings);
}
