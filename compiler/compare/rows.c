#include "compiler/compare/rows.h"

#include "compiler/compare/wording.h"

#include <stdlib.h>

enum { FINDINGS_MOST = 24 }; /* of one edit that are told one by one */

static int
by_set(struct set a, struct set b)
{
    for (size_t i = 0; i < a.count && i < b.count; i++) {
        if (a.at[i].low != b.at[i].low)
            return a.at[i].low < b.at[i].low ? -1 : 1;
        if (a.at[i].high != b.at[i].high)
            return a.at[i].high < b.at[i].high ? -1 : 1;
    }
    return (a.count > b.count) - (a.count < b.count);
}

/* Whatever must be the same for two rows to be told together; `open` is an axis that need not. */
static int
by_rest(const struct row *x, const struct row *y, unsigned open)
{
    int order = 0;
    if (x->edit != y->edit)
        return x->edit < y->edit ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->verb != y->verb)
        return x->verb < y->verb ? -1 : 1;
    if (x->also != y->also)
        return x->also ? 1 : -1;
    order = text_compare(x->when, y->when);
    if (order == 0)
        order = text_compare(x->meaning, y->meaning);
    for (unsigned axis = 0; axis < AXES && order == 0; axis++)
        if (axis != open)
            order = by_set(x->axis[axis], y->axis[axis]);
    return order;
}

#define BY_AXIS(name, open)                                                                        \
    static int name(const void *a, const void *b)                                                  \
    {                                                                                              \
        const struct row *x = a, *y = b;                                                           \
        int order = by_rest(x, y, open);                                                           \
        return order != 0 ? order : by_set(x->axis[open], y->axis[open]);                          \
    }

BY_AXIS(by_actor, 0)
BY_AXIS(by_object, 1)
BY_AXIS(by_target, 2)

/* Puts rows together that differ in one axis only: its sets become one. */
static void
merge(struct rows *rows, unsigned axis)
{
    static int (*const orders[AXES])(const void *, const void *) = {by_actor, by_object, by_target};
    struct row *at = rows->list.at;
    size_t kept = 0;
    if (rows->list.count > 0)
        qsort(at, rows->list.count, sizeof *at, orders[axis]);
    for (size_t i = 0, end; i < rows->list.count; i = end) {
        size_t intervals = 0, filled = 0;
        for (end = i; end < rows->list.count && by_rest(&at[i], &at[end], axis) == 0; end++)
            intervals += at[end].axis[axis].count;
        struct interval *all =
            ARENA_ARRAY(rows->rules->common->arena, intervals + 1, struct interval);
        for (size_t k = i; k < end; k++)
            for (size_t n = 0; n < at[k].axis[axis].count; n++)
                all[filled++] = at[k].axis[axis].at[n];
        at[kept] = at[i];
        at[kept++].axis[axis] = set_from(all, filled);
    }
    rows->list.count = kept;
}

/* Words ------------------------------------------------------------------------------------------
 */

static bool
begins(struct text text, const char *with)
{
    return text_starts(text, text_of(with));
}

static void
say_when(struct buffer *out, const struct row *row)
{
    if (row->when.length == 0)
        return;
    bool unknown = begins(row->when, "while");
    buffer_format(out, "%s%s %.*s", unknown ? "," : "",
                  unknown                                   ? " even"
                  : row->also && row->kind == FOUND_ALLOWED ? " also"
                                                            : "",
                  TEXT_ARGS(row->when));
}

struct text
row_words(const struct rows *rows, const struct row *row)
{
    const struct common *common = rows->rules->common;
    struct buffer out = buffer_in(common->arena);
    bool may = row->kind == FOUND_ALLOWED || row->kind == FOUND_ALLOWED_UNKNOWN ||
               row->kind == FOUND_REFUSED;
    if (row->kind == FOUND_UNFORBIDDEN)
        buffer_string(&out, "It is no longer promised that ");
    else if (row->kind == FOUND_FORBIDDEN)
        buffer_string(&out, "It is now promised that ");
    else if (row->kind == FOUND_WEAKER)
        buffer_string(&out, "It is now promised only as far as nothing permits it that ");
    else if (row->kind == FOUND_UNDECIDED)
        buffer_string(&out, "There are too many conditions to compare when ");
    word_actors(&out, common, row->axis[0]);
    buffer_add(&out, row->kind == FOUND_REFUSED     ? TEXT(" may no longer ")
                     : may                          ? TEXT(" may now ")
                     : row->kind == FOUND_UNDECIDED ? TEXT(" may ")
                                                    : TEXT(" will never "));
    word_act(&out, common, row->verb, row->axis[1], row->axis[2],
             row->kind == FOUND_ALLOWED ? "and" : "or");
    say_when(&out, row);
    buffer_add(&out, row->kind == FOUND_UNFORBIDDEN
                         ? row->also ? TEXT("; another sentence permits it now.")
                                     : TEXT("; nothing permits it so far.")
                     : row->kind == FOUND_UNDECIDED ? TEXT(": read both clauses.")
                                                    : TEXT("."));
    return sentence_case(&out);
}

static struct text
meaning_of(const struct rows *rows, const struct row *row)
{
    const struct common *common = rows->rules->common;
    struct buffer out = buffer_in(common->arena);
    buffer_format(&out, "%s ", finding_word(row->kind));
    mean_places(&out, common, row->axis[0]);
    buffer_format(&out, " %s ", verb_forms[row->verb].word);
    mean_places(&out, common, row->axis[1]);
    buffer_char(&out, ' ');
    mean_places(&out, common, row->axis[2]);
    buffer_add(&out, row->meaning);
    return buffer_text(&out);
}

/* To show one's own data to a person is no intrusion: to end it takes something away. */
static bool
is_access(const struct common *common, const struct row *row)
{
    struct interval persons = {common->first[KIND_PERSON], common->first[KIND_PERSON + 1]};
    return (row->verb == VERB_SHOW || row->verb == VERB_SHARE) && persons.low < persons.high &&
           set_within(row->axis[2], (struct set){&persons, 1});
}

static void
mark_told(struct common *common, struct set places)
{
    for (size_t i = 0; i < places.count; i++)
        for (uint32_t at = places.at[i].low;
             at < places.at[i].high && at < common->first[KIND_COUNT]; at++)
            common->told[at] = true;
}

static void
add_finding(struct rows *rows, const struct row *row)
{
    struct common *common = rows->rules->common;
    enum finding_kind kind =
        row->kind == FOUND_REFUSED && is_access(common, row) ? FOUND_ACCESS_LOST : row->kind;
    struct finding *finding = edit_found(rows->rules->edits, row->edit, kind, row->words(rows, row),
                                         meaning_of(rows, row));
    for (unsigned axis = 0; axis < AXES; axis++)
        mark_told(common, row->axis[axis]);
    if (row->example)
        finding->example = row->example(rows, row, &finding->holds);
}

/* What a word's own edit no longer forbids, or no longer permits, was never about anything else. */
static bool
goes_with_its_word(const struct rows *rows, const struct row *row)
{
    const struct edit *edit = &rows->rules->edits->list.at[row->edit];
    return edit->form == EDIT_SYMBOL && edit->symbol[NEW] == NONE && row->kind == FOUND_UNFORBIDDEN;
}

/* The rest of an edit that made very many differences: told in one sentence, hashed in full. */
static void
add_rest(struct rows *rows, size_t from, size_t end)
{
    struct arena *arena = rows->rules->common->arena;
    struct buffer meaning = buffer_in(arena);
    for (size_t i = from; i < end; i++) {
        buffer_add(&meaning, i == from ? TEXT("") : TEXT("\n"));
        buffer_add(&meaning, meaning_of(rows, &rows->list.at[i]));
    }
    const struct row *first = &rows->list.at[from];
    (void)edit_found(
        rows->rules->edits, first->edit, first->kind,
        arena_format(arena, "There are %zu more differences of this edit.", end - from),
        buffer_text(&meaning));
}

void
rows_finish(struct rows *rows)
{
    for (int axis = AXES - 1; axis >= 0; axis--)
        merge(rows, (unsigned)axis);
    for (size_t i = 0, end; i < rows->list.count; i = end) {
        const struct row *row = &rows->list.at[i];
        for (end = i; end < rows->list.count && rows->list.at[end].edit == row->edit; end++)
            ;
        for (size_t k = i; k < end && k < i + FINDINGS_MOST; k++)
            if (!goes_with_its_word(rows, &rows->list.at[k]))
                add_finding(rows, &rows->list.at[k]);
        if (end - i > FINDINGS_MOST)
            add_rest(rows, i + FINDINGS_MOST, end);
    }
}
