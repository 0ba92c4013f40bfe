#include "compiler/compare/compare.h"

#include "compiler/compare/duties.h"
#include "compiler/compare/permissions.h"
#include "compiler/compare/words.h"
#include "runtime/core/sha256.h"

#include <stdlib.h>

const char *change_class_word(enum change_class class)
{
    static const char *const words[] = {"material", "review", "favourable", "editorial"};
    return words[class];
}

const char *
finding_word(enum finding_kind kind)
{
    static const char *const words[] = {
#define FINDING(name, word, class) [name] = word,
#include "compiler/compare/findings.def"
#undef FINDING
    };
    return words[kind];
}

/* Passages ---------------------------------------------------------------------------------------
 */

static uint32_t
line_of(const struct model *model, struct span span)
{
    return source_place(&model->sources->list.at[span.source], span.begin).line;
}

/* Sentences of a clause as written: all of them, or the one that was edited. */
static struct text
rules_of(struct arena *arena, const struct model *model, const struct clause *clause, uint32_t only)
{
    struct buffer out = buffer_in(arena);
    for (uint32_t i = 0; i < clause->sentence_count; i++) {
        uint32_t number = clause->first_sentence + i;
        if (only != NONE && number != only)
            continue;
        buffer_add(&out, out.length > 0 ? TEXT("\n") : TEXT(""));
        buffer_add(&out, span_text(model->sources, model->sentences[number].tree->span));
        buffer_char(&out, '.');
    }
    return buffer_text(&out);
}

static struct passage
passage_of_clause(struct arena *arena, const struct model *model, const struct edit *edit,
                  enum version version)
{
    const struct clause *clause = &model->clauses[edit->clause[version]];
    bool none = edit->form == EDIT_WORDS ||
                (edit->form == EDIT_SENTENCE && edit->sentence[version] == NONE);
    return (struct passage){clause->name, edit->clause[version], line_of(model, clause->span),
                            none ? (struct text){NULL, 0}
                                 : rules_of(arena, model, clause, edit->sentence[version]),
                            clause->words};
}

/* A declaration as written. */
static struct text
declared_as(const struct model *model, const struct symbol *symbol)
{
    for (size_t i = 0; i < model->tree->declarations.count; i++) {
        const struct declaration *declaration = &model->tree->declarations.at[i];
        if (declaration->span.source == symbol->span.source &&
            declaration->span.begin <= symbol->span.begin &&
            symbol->span.end <= declaration->span.end)
            return span_text(model->sources, declaration->span);
    }
    return (struct text){NULL, 0};
}

static struct passage
passage_of(struct arena *arena, const struct model *model, const struct edit *edit,
           enum version version)
{
    if (edit->clause[version] != NONE)
        return passage_of_clause(arena, model, edit, version);
    if (edit->symbol[version] == NONE)
        return (struct passage){.clause = NONE};
    const struct symbol *symbol = &model->symbols[edit->symbol[version]];
    return (struct passage){symbol->name, NONE, line_of(model, symbol->span),
                            declared_as(model, symbol), (struct text){NULL, 0}};
}

/* Changes ----------------------------------------------------------------------------------------
 */

static int
by_weight(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->class != y->class)
        return (int)x->class - (int)y->class;
    if (x->kind != y->kind)
        return (int)x->kind - (int)y->kind;
    return text_compare(x->meaning, y->meaning);
}

static int
by_meaning(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* See grammar/LANGUAGE.md, Approvals: what is hashed does not depend on how a version is worded or
 * laid out, only on what changed. */
static void
hash_change(struct arena *arena, const struct model *model, struct change *change)
{
    struct buffer out = buffer_in(arena);
    struct text *lines = ARENA_ARRAY(arena, change->finding_count, struct text);
    for (size_t i = 0; i < change->finding_count; i++)
        lines[i] = change->findings[i].meaning;
    qsort(lines, change->finding_count, sizeof *lines, by_meaning);
    buffer_format(&out, "avow change 1\npolicy %.*s\nclass %s\n",
                  TEXT_ARGS(model->settings->policy), change_class_word(change->class));
    for (size_t i = 0; i < change->finding_count; i++)
        buffer_format(&out, "%.*s\n", TEXT_ARGS(lines[i]));
    avow_sha256(out.data, out.length, change->hash);
}

/* What belongs to an edit as a whole. Rules that changed while a reader sees the same words as
 * before are for a person to look at, even where they are better. */
static struct text
note_of(struct change *change, const struct edit *edit)
{
    const struct passage *old = &change->passage[OLD], *new = &change->passage[NEW];
    bool rules = edit->form == EDIT_SENTENCE && change->class != CHANGE_EDITORIAL &&
                 change->findings[0].kind != FOUND_ELSEWHERE;
    if (!rules || new->words.length == 0 || !text_equal(old->words, new->words))
        return (struct text){NULL, 0};
    if (change->class == CHANGE_FAVOURABLE)
        change->class = CHANGE_REVIEW;
    return TEXT("The published words are the same as before.");
}

static struct change
change_of(struct arena *arena, const struct comparison *made, struct edit *edit)
{
    struct change change = {.findings = edit->findings.at, .finding_count = edit->findings.count};
    qsort(edit->findings.at, edit->findings.count, sizeof *edit->findings.at, by_weight);
    change.class = change.findings[0].class;
    for (int v = OLD; v <= NEW; v++)
        change.passage[v] = passage_of(arena, made->model[v], edit, (enum version)v);
    change.note = note_of(&change, edit);
    hash_change(arena, made->model[NEW], &change);
    return change;
}

static int
by_class(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    uint32_t x_clause = x->passage[x->passage[NEW].clause != NONE ? NEW : OLD].clause;
    uint32_t y_clause = y->passage[y->passage[NEW].clause != NONE ? NEW : OLD].clause;
    if (x->class != y->class)
        return (int)x->class - (int)y->class;
    if (x_clause != y_clause)
        return x_clause < y_clause ? -1 : 1;
    int order = text_compare(x->findings[0].words, y->findings[0].words);
    return order != 0 ? order : memcmp(x->hash, y->hash, sizeof x->hash);
}

/* The way of the comparison, on one screen: compare.h says what each pass does. */
struct comparison *
compare_make(struct arena *arena, const struct model *before, const struct model *after)
{
    struct comparison *made = ARENA_NEW(arena, struct comparison);
    struct common *common = ARENA_NEW(arena, struct common);
    struct edits edits;
    struct rules rules;
    made->model[OLD] = before;
    made->model[NEW] = after;
    common_make(common, arena, before, after);
    match_make(&edits, common);
    rules_make(&rules, common, &edits);
    permissions_compare(&rules);
    duties_compare(&rules);
    rights_compare(&rules);
    words_compare(&edits);
    vocabulary_compare(&edits);
    settings_compare(&edits);
    struct change *changes = ARENA_ARRAY(arena, edits.list.count + 1, struct change);
    for (size_t i = 0; i < edits.list.count; i++)
        if (edits.list.at[i].findings.count > 0)
            changes[made->change_count++] = change_of(arena, made, &edits.list.at[i]);
    qsort(changes, made->change_count, sizeof *changes, by_class);
    for (size_t i = 0; i < made->change_count; i++)
        made->count[changes[i].class]++;
    made->changes = changes;
    return made;
}

struct text
change_hash(struct arena *arena, const struct change *change)
{
    struct buffer out = buffer_in(arena);
    buffer_hex(&out, change->hash, sizeof change->hash);
    return buffer_text(&out);
}

bool
compare_dated(const struct comparison *comparison)
{
    struct date old = comparison->model[OLD]->settings->effective;
    struct date new = comparison->model[NEW]->settings->effective;
    if (new.year != old.year)
        return new.year > old.year;
    return new.month != old.month ? new.month > old.month : new.day > old.day;
}
