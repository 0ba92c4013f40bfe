/* Sections and clauses: their names, anchors and order on the page. Both share one set of names. */
#include "compiler/model/internal.h"
#include "compiler/model/similar.h"

static void
report_same(struct draft *draft, const struct name *name, const char *both, struct span first)
{
    diagnose(draft->diagnostics, E_DOUBLE_NAME, name->span, "%s have the name “%.*s”", both,
             TEXT_ARGS(name->text));
    diagnose_why(draft->diagnostics, "The page has one anchor for each name");
    diagnose_fix(draft->diagnostics, "Choose another name for one of them");
    diagnose_see(draft->diagnostics, first, "“%.*s” stands here first", TEXT_ARGS(name->text));
}

static void
report_similar(struct draft *draft, const struct name *name, const struct name *other)
{
    diagnose(draft->diagnostics, E_SIMILAR_NAMES, name->span,
             "“%.*s” and “%.*s” differ only in hyphen and dot", TEXT_ARGS(name->text),
             TEXT_ARGS(other->text));
    diagnose_why(draft->diagnostics, "In a program both would be the same name");
    diagnose_fix(draft->diagnostics, "Choose another name for one of them");
    diagnose_see(draft->diagnostics, other->span, "“%.*s” stands here", TEXT_ARGS(other->text));
}

static void
enter_clause(struct draft *draft, struct names *dotted, const struct name *name, uint32_t number)
{
    struct names *by_name = &draft->model->clause_by_name;
    const struct clause_tree *clauses = draft->tree->clauses.at;
    if (name->text.length == 0) /* it could not be read */
        return;
    uint32_t other = names_add(by_name, name->text, number);
    if (other != number) {
        report_same(draft, name, "two clauses", clauses[other].name.span);
        return;
    }
    other = similar_enter(dotted, by_name, name->text, number);
    if (other != NONE)
        report_similar(draft, name, &clauses[other].name);
}

static void
make_clauses(struct draft *draft)
{
    const struct tree *tree = draft->tree;
    struct names dotted = names_in(draft->arena);
    draft->model->clause_by_name = names_in(draft->arena);
    names_reserve(&draft->model->clause_by_name, tree->clauses.count);
    draft->clauses = ARENA_ARRAY(draft->arena, tree->clauses.count, struct clause);
    for (uint32_t i = 0; i < tree->clauses.count; i++) {
        const struct clause_tree *clause = &tree->clauses.at[i];
        draft->clauses[i] = (struct clause){.name = clause->name.text,
                                            .anchor = clause->name.text,
                                            .span = clause->name.span,
                                            .section = clause->section};
        enter_clause(draft, &dotted, &clause->name, i);
    }
    draft->model->clauses = draft->clauses;
    draft->model->clause_count = tree->clauses.count;
}

static void
enter_section(struct draft *draft, struct names *by_name, const struct name *name, uint32_t number)
{
    const struct tree *tree = draft->tree;
    if (name->text.length == 0)
        return;
    uint32_t clause = names_find(&draft->model->clause_by_name, name->text);
    uint32_t other = names_add(by_name, name->text, number);
    if (clause != NONE)
        report_same(draft, name, "a section and a clause", tree->clauses.at[clause].name.span);
    else if (other != number)
        report_same(draft, name, "two sections", tree->sections.at[other].name.span);
}

static void
make_sections(struct draft *draft)
{
    const struct tree *tree = draft->tree;
    struct names by_name = names_in(draft->arena);
    draft->sections = ARENA_ARRAY(draft->arena, tree->sections.count, struct section);
    for (uint32_t i = 0; i < tree->sections.count; i++) {
        const struct section_tree *section = &tree->sections.at[i];
        draft->sections[i] = (struct section){.name = section->name.text,
                                              .title = section->title.text,
                                              .anchor = section->name.text,
                                              .number = i + 1,
                                              .span = section->name.span};
        enter_section(draft, &by_name, &section->name, i);
    }
    draft->model->sections = draft->sections;
    draft->model->section_count = tree->sections.count;
}

void
clauses_make(struct draft *draft)
{
    make_clauses(draft);
    make_sections(draft);
}
