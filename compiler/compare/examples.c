#include "compiler/compare/examples.h"

#include "compiler/compare/wording.h"
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"
#include "compiler/model/due.h"

static bool
has_state(uint64_t const bits[2], unsigned state)
{
    return (bits[state / 64] >> state % 64 & 1) != 0;
}

/* Whether what is given of a fact goes without saying: another of its group holds. */
static bool
is_implied(const struct common *common, struct condition_bits given, unsigned state)
{
    const struct symbol *symbol = common_symbol(common, common->state_place[state]);
    for (unsigned i = 0; i < common->state_count; i++) {
        const struct symbol *other = common_symbol(common, common->state_place[i]);
        if (has_state(given.need, i) && i != state && has_state(given.forbid, state) &&
            symbol->kind == KIND_FACT && symbol->parent != NONE && other->kind == KIND_FACT &&
            other->parent == symbol->parent)
            return true;
    }
    return false;
}

static bool
add_given(struct buffer *out, const struct common *common, enum version version,
          struct condition_bits given)
{
    const struct side *side = &common->side[version];
    for (unsigned i = 0; i < common->state_count; i++) {
        bool yes = has_state(given.need, i), no = has_state(given.forbid, i);
        uint32_t own = side->leaf[common->state_place[i]];
        if ((!yes && !no) || is_implied(common, given, i))
            continue;
        if (own == NONE)
            return false;
        const struct symbol *state = leaf(side->model, own);
        buffer_string(out, "  given ");
        if (state->kind == KIND_STATE && state->owner != NONE)
            buffer_format(out, "%.*s is ", TEXT_ARGS(side->model->symbols[state->owner].name));
        buffer_format(out, "%s%.*s.\n", yes ? "" : "not ", TEXT_ARGS(state->name));
    }
    return true;
}

static bool
add_leaf(struct buffer *out, const struct common *common, enum version version, struct set places)
{
    for (size_t i = 0; i < places.count; i++)
        for (uint32_t at = places.at[i].low; at < places.at[i].high; at++) {
            uint32_t own = common->side[version].leaf[at];
            if (own == NONE)
                continue;
            buffer_add(out, leaf(common->side[version].model, own)->name);
            return true;
        }
    return false;
}

/* "us MAY email customer about news" */
static bool
add_act(struct buffer *out, const struct common *common, enum version version,
        const struct row *row, const char *mode)
{
    bool there = add_leaf(out, common, version, row->axis[0]);
    buffer_format(out, " %s %s ", mode, verb_forms[row->verb].word);
    there = add_leaf(out, common, version, row->axis[1]) && there;
    buffer_format(out, " %s ", preposition_word(verb_forms[row->verb].preposition));
    return add_leaf(out, common, version, row->axis[2]) && there;
}

/* A person may be shown only their own. */
struct text
row_example(const struct rows *rows, const struct row *row, enum version *holds)
{
    const struct common *common = rows->rules->common;
    bool ended = row->kind == FOUND_UNFORBIDDEN,
         may = row->kind == FOUND_ALLOWED || row->kind == FOUND_ALLOWED_UNKNOWN;
    *holds = ended ? OLD : NEW;
    if (!row->can_show || (!may && !ended && row->kind != FOUND_REFUSED))
        return (struct text){NULL, 0};
    const struct model *model = common->side[*holds].model;
    struct date day = model->settings->effective;
    struct buffer out = buffer_in(common->arena), act = buffer_in(common->arena);
    bool there = add_act(&act, common, *holds, row, may ? "MAY" : "NEVER");
    buffer_format(&out, "example \"Changed: %.*s\":\n", TEXT_ARGS(buffer_text(&act)));
    there = add_given(&out, common, *holds, row->given) && there;
    if (row->unknown.length > 0)
        buffer_format(&out, "  given %.*s received %04d-%02u-%02u 10:00.\n",
                      TEXT_ARGS(row->unknown), day.year, day.month, day.day);
    buffer_format(&out, "  then %.*s", TEXT_ARGS(buffer_text(&act)));
    if (ended)
        buffer_format(&out, " because %.*s", TEXT_ARGS(model->clauses[row->clause].name));
    buffer_string(&out, ".\n");
    return there ? buffer_text(&out) : (struct text){NULL, 0};
}

/* Duties ------------------------------------------------------------------------------------------
 */

/* Masks of a condition in one policy's own bits. */
static struct cube
own_states(const struct common *common, enum version version, struct condition_bits given)
{
    const struct side *side = &common->side[version];
    struct cube own = {0, 0};
    for (unsigned i = 0; i < common->state_count; i++) {
        uint32_t at = side->leaf[common->state_place[i]];
        if (at == NONE)
            continue;
        own.need |= has_state(given.need, i) ? state_bit(side->model, at) : 0;
        own.forbid |= has_state(given.forbid, i) ? state_bit(side->model, at) : 0;
    }
    return own;
}

/* When the duty of a row is due in a version, if its clock starts then. */
static struct due
due_in(const struct common *common, enum version version, const struct row *row)
{
    const struct side *side = &common->side[version];
    struct due none = {AVOW_DUE_NOTHING, AVOW_DUE_CERTAIN, NONE, 0, 0};
    uint32_t what = row->verb == VERB_TELL ? row->axis[2].at[0].low : row->axis[1].at[0].low;
    uint32_t own = side->leaf[what], clock = side->leaf[row->clock_place];
    if (own == NONE || clock == NONE)
        return none;
    struct moment_of moment = {clock, row->start};
    struct cube given = own_states(common, version, row->given);
    return due_make(side->model,
                    (struct due_question){own, &moment, 1, given.need, given.need | given.forbid});
}

static void
add_date(struct buffer *out, const struct calendar *calendar, int64_t instant, bool time)
{
    struct civil_time local = calendar_local(calendar, instant);
    struct date date = civil_date(local.day);
    buffer_format(out, "%04d-%02u-%02u", date.year, date.month, date.day);
    if (time)
        buffer_format(out, " %02d:%02d", local.second / 3600, local.second / 60 % 60);
}

/* "do delete-data", "erase order.email", "tell customer about breach" */
static bool
add_duty(struct buffer *out, const struct common *common, enum version version,
         const struct row *row)
{
    buffer_format(out, "%s ", verb_forms[row->verb].word);
    bool there = add_leaf(out, common, version, row->axis[1]);
    if (row->verb == VERB_TELL) {
        buffer_string(out, " about ");
        there = add_leaf(out, common, version, row->axis[2]) && there;
    }
    return there;
}

static bool
is_shown(const struct row *row)
{
    return row->clock_place != NONE &&
           (row->verb == VERB_DO || row->verb == VERB_ERASE || row->verb == VERB_TELL) &&
           row->timing[OLD].form != TIMING_BEFORE && row->timing[NEW].form != TIMING_BEFORE;
}

struct text
duty_example(const struct rows *rows, const struct row *given_row, enum version *holds)
{
    const struct common *common = rows->rules->common;
    struct row row = *given_row;
    *holds = row.kind == FOUND_DUTY_DROPPED ? OLD : NEW;
    const struct model *model = common->side[*holds].model;
    if (!is_shown(&row))
        return (struct text){NULL, 0};
    if (row.start == 0)
        row.start = calendar_instant(
            model->calendar, (struct civil_time){civil_day(model->settings->effective), 36000});
    struct due due = due_in(common, *holds, &row);
    struct due other = due_in(common, *holds == OLD ? NEW : OLD, &row);
    bool same = other.kind == due.kind && other.at == due.at;
    if ((due.kind != AVOW_DUE_AT && due.kind != AVOW_DUE_AT_ONCE) || same)
        return (struct text){NULL, 0};
    struct buffer out = buffer_in(common->arena), act = buffer_in(common->arena);
    bool there = add_duty(&act, common, *holds, &row);
    uint32_t clock = common->side[*holds].leaf[row.clock_place];
    const struct symbol *start = leaf(model, clock);
    if (start->clause != NONE) /* that a clause is done cannot be told apart from its duty */
        return (struct text){NULL, 0};
    buffer_format(&out, "example \"Changed: us MUST %.*s\":\n", TEXT_ARGS(buffer_text(&act)));
    there = add_given(&out, common, *holds, row.given) && there;
    buffer_format(&out, "  given %.*s %s ", TEXT_ARGS(start->name),
                  start->kind == KIND_REQUEST ? "received" : "at");
    add_date(&out, model->calendar, row.start, true);
    buffer_format(&out, ".\n  then us MUST %.*s by ", TEXT_ARGS(buffer_text(&act)));
    add_date(&out, model->calendar, due.at,
             due.kind == AVOW_DUE_AT_ONCE || row.timing[*holds].unit == UNIT_HOUR);
    buffer_string(&out, ".\n");
    return there ? buffer_text(&out) : (struct text){NULL, 0};
}
