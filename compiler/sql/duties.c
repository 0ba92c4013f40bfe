/* Which duties erase which columns, and when: as SQL over one table. */
#include "compiler/sql/retention.h"

enum { AMOUNT_MAX = 10000, HOURS_MAX = 5000000 };

/* Whether a duty is about data of this place. */
static bool
is_about(const struct script *script, const struct duty *duty, enum verb verb, uint32_t data)
{
    uint32_t place = script->mapping->place;
    return duty->verb == verb && set_has(duty->objects, data) &&
           (place == NONE || duty->targets.count == 0 || set_has(duty->targets, place));
}

/* Clocks ------------------------------------------------------------------------------------------
 */

static const struct sql_moment *
moment_find(const struct sql_table *table, uint32_t what)
{
    for (size_t i = 0; i < table->moments.count; i++)
        if (table->moments.at[i].what == what)
            return &table->moments.at[i];
    return NULL;
}

/* The states (not facts) that a conditional duty without “after” counts from. */
static uint64_t
counted_states(const struct model *model, const struct duty *duty)
{
    uint32_t states = model->first_leaf[KIND_FACT] - model->first_leaf[KIND_STATE];
    return states >= 64 ? duty->when.need : duty->when.need & ((UINT64_C(1) << states) - 1);
}

/* The first of those states of which no column says since when it holds; empty if there is none. */
static struct text
missing_since(const struct scene *scene, uint64_t states)
{
    for (uint32_t bit = 0; bit < state_count(scene->model); bit++) {
        uint32_t at = scene->model->first_leaf[KIND_STATE] + bit;
        struct sql_state state;
        if ((states >> bit & 1) != 0 && (!state_find(scene, at, &state) || state.since.length == 0))
            return leaf(scene->model, at)->name;
    }
    return TEXT("");
}

/* What the table does not say of the clock of a duty; empty if it says all. */
static struct text
missing_of_clock(const struct scene *scene, const struct duty *duty)
{
    uint64_t states = counted_states(scene->model, duty);
    if (duty->after.count == 0 && states != 0)
        return missing_since(scene, states);
    if (duty->after.count == 0)
        return moment_find(scene->table, NONE) ? TEXT("") : TEXT("collected");
    for (size_t i = 0; i < duty->after.count; i++)
        for (uint32_t at = duty->after.at[i].low; at < duty->after.at[i].high; at++)
            if (!moment_find(scene->table, at))
                return leaf(scene->model, at)->name;
    return TEXT("");
}

static void
say_moments(struct buffer *out, const struct scene *scene, struct reads *reads,
            const struct duty *duty)
{
    bool many = set_size(duty->after) > 1, any = false;
    if (many)
        buffer_add(out, duty->last ? TEXT("GREATEST(") : TEXT("LEAST("));
    for (size_t i = 0; i < duty->after.count; i++)
        for (uint32_t at = duty->after.at[i].low; at < duty->after.at[i].high; at++) {
            buffer_add(out, any ? TEXT(", ") : TEXT(""));
            say_column(out, scene, reads, moment_find(scene->table, at)->column);
            any = true;
        }
    if (many)
        buffer_char(out, ')');
}

/* Since when all those states hold: not at all while one of them has no time. */
static void
say_holding(struct buffer *out, const struct scene *scene, struct reads *reads, uint64_t states)
{
    bool many = (states & (states - 1)) != 0, any = false;
    struct buffer list = buffer_in(scene->arena), whole = buffer_in(scene->arena);
    for (uint32_t bit = 0; bit < state_count(scene->model); bit++) {
        struct sql_state state;
        if ((states >> bit & 1) == 0 ||
            !state_find(scene, scene->model->first_leaf[KIND_STATE] + bit, &state))
            continue;
        struct buffer one = buffer_in(scene->arena);
        say_since(&one, scene, reads, &state);
        buffer_format(&list, "%s%.*s", any ? ", " : "", TEXT_ARGS(buffer_text(&one)));
        buffer_format(&whole, "%s%.*s IS NOT NULL", any ? " AND " : "",
                      TEXT_ARGS(buffer_text(&one)));
        any = true;
    }
    if (many)
        buffer_format(out, "CASE WHEN %.*s THEN GREATEST(%.*s) END", TEXT_ARGS(buffer_text(&whole)),
                      TEXT_ARGS(buffer_text(&list)));
    else
        buffer_add(out, buffer_text(&list));
}

static void
say_clock(struct buffer *out, const struct scene *scene, struct reads *reads,
          const struct duty *duty)
{
    uint64_t states = counted_states(scene->model, duty);
    if (duty->after.count > 0)
        say_moments(out, scene, reads, duty);
    else if (states != 0)
        say_holding(out, scene, reads, states);
    else
        say_column(out, scene, reads, moment_find(scene->table, NONE)->column);
}

/* Duties ------------------------------------------------------------------------------------------
 */

static const char *
unit_word(struct timing timing)
{
    static const char *const words[] = {
        [UNIT_HOUR] = "hours", [UNIT_DAY] = "days",     [UNIT_BUSINESS_DAY] = "business days",
        [UNIT_WEEK] = "weeks", [UNIT_MONTH] = "months", [UNIT_YEAR] = "years",
    };
    return timing.form == TIMING_AT_ONCE ? "at once" : words[timing.unit];
}

static uint32_t
amount_of(struct timing timing)
{
    uint32_t most = timing.unit == UNIT_HOUR ? HOURS_MAX : AMOUNT_MAX;
    if (timing.form == TIMING_AT_ONCE)
        return 0;
    return timing.amount < most ? timing.amount : most;
}

/* That the condition is not certainly false; of a keep, that it certainly holds. */
static void
say_binding(struct buffer *out, const struct scene *scene, struct reads *reads,
            const struct duty *duty, bool certainly)
{
    uint64_t bits = duty->when.need | duty->when.forbid;
    uint64_t known = states_known(scene);
    bool any = false;
    for (uint32_t bit = 0; bit < state_count(scene->model); bit++) {
        bool need = (duty->when.need >> bit & 1) != 0;
        if ((bits >> bit & 1) == 0 || (!certainly && (known >> bit & 1) == 0))
            continue;
        buffer_add(out, any ? TEXT(" AND (") : TEXT("("));
        say_literal(out, scene, reads, scene->model->first_leaf[KIND_STATE] + bit,
                    need == certainly);
        buffer_add(out, certainly ? TEXT(") IS TRUE") : TEXT(") IS NOT TRUE"));
        any = true;
    }
}

/* One duty: when its time is over. */
static void
say_duty(const struct script *script, const struct scene *scene, struct reads *reads,
         struct buffer *out, const struct duty *duty)
{
    bool keep = duty->verb == VERB_KEEP;
    struct buffer binding = buffer_in(script->arena);
    say_binding(&binding, scene, reads, duty, keep);
    if (binding.length > 0)
        buffer_format(out, "CASE WHEN %.*s THEN ", TEXT_ARGS(buffer_text(&binding)));
    if (keep) {
        sql_name(out, script->mapping->schema);
        buffer_string(out, ".kept_until(");
    }
    sql_name(out, script->mapping->schema);
    buffer_string(out, ".due_instant(");
    say_clock(out, scene, reads, duty);
    buffer_format(out, ", %u, '%s')%s%s", amount_of(duty->timing), unit_word(duty->timing),
                  keep ? ")" : "", binding.length > 0 ? " END" : "");
}

/* LEAST(...) of erasures or GREATEST(...) of keeps, a line each with its clause. */
void
say_duties(const struct script *script, const struct scene *scene, struct reads *reads,
           struct buffer *out, const uint32_t *duties, size_t count, const char *of)
{
    if (count == 0)
        buffer_string(out, "NULL::timestamptz");
    else
        buffer_format(out, "%s(", of);
    for (size_t i = 0; i < count; i++) {
        const struct duty *duty = &script->model->duties[duties[i]];
        struct citation citation = {0};
        cite_clauses(script, &citation, &duty->clause, 1);
        buffer_string(out, "\n        -- ");
        say_citation(script, out, &citation, true);
        buffer_string(out, "\n        ");
        say_duty(script, scene, reads, out, duty);
        buffer_add(out, i + 1 < count ? TEXT(",") : TEXT(")"));
    }
}

/* Parts -------------------------------------------------------------------------------------------
 */

static void
collect(const struct script *script, uint32_t data, struct part *part)
{
    for (uint32_t i = 0; i < script->model->duty_count; i++) {
        const struct duty *duty = &script->model->duties[i];
        if (is_about(script, duty, VERB_ERASE, data))
            *VECTOR_PUSH(script->arena, &part->erasures) = i;
        if (duty->verb == VERB_KEEP && set_has(duty->objects, data))
            *VECTOR_PUSH(script->arena, &part->keeps) = i;
    }
}

static bool
same_duties(const struct part *a, const struct part *b)
{
    return a->erasures.count == b->erasures.count && a->keeps.count == b->keeps.count &&
           (a->erasures.count == 0 || memcmp(a->erasures.at, b->erasures.at,
                                             a->erasures.count * sizeof *a->erasures.at) == 0) &&
           (a->keeps.count == 0 ||
            memcmp(a->keeps.at, b->keeps.at, a->keeps.count * sizeof *a->keeps.at) == 0);
}

static void
warn(const struct script *script, const struct sql_column *column, const struct duty *duty,
     const char *why, const char *mend)
{
    const struct text clause = script->model->clauses[duty->clause].name;
    diagnose(script->diagnostics, W_NOT_ERASED, column->span,
             "the SQL does not erase “%.*s”, which the clause %.*s demands",
             TEXT_ARGS(text_shown(script->arena, column->name)), TEXT_ARGS(clause));
    diagnose_why(script->diagnostics, "%s", why);
    diagnose_fix(script->diagnostics, "%s", mend);
    buffer_string(script->out, "\n-- NOT ERASED HERE: ");
    sql_words(script->out, column->name);
    buffer_format(script->out, ", clause %.*s: %s.\n", TEXT_ARGS(clause), why);
}

/* Whether a duty can be computed of the rows of the table. */
static bool
is_computable(const struct script *script, const struct scene *scene,
              const struct sql_column *column, const struct duty *duty)
{
    uint64_t unknown = (duty->when.need | duty->when.forbid) & ~states_known(scene);
    if (duty->verb == VERB_KEEP && unknown != 0) {
        warn(script, column, duty, "no column and no setting says whether a row must be kept",
             "Add the columns under “states” or the settings under “facts”; until then erase by "
             "“avowd expired”");
        return false;
    }
    struct text missing = missing_of_clock(scene, duty);
    if (missing.length == 0)
        return true;
    warn(script, column, duty,
         arena_format(script->arena, "no column says when its time begins: “%.*s” is missing",
                      TEXT_ARGS(missing))
             .data,
         duty->after.count > 0 ? "Add it under “moments”; until then erase by “avowd expired”"
         : text_equal(missing, TEXT("collected"))
             ? "Add “collected:” with the column; until then erase by “avowd expired”"
             : "Add “since” to the state; until then erase by “avowd expired”");
    return false;
}

/* The duties of a column; false if it has none, or they cannot be computed. A column of several
 * data goes by duties that they share. */
static bool
part_of(const struct script *script, const struct scene *scene, const struct sql_column *column,
        struct part *part)
{
    bool first = true;
    for (size_t i = 0; i < column->data.count; i++)
        for (uint32_t at = column->data.at[i].low; at < column->data.at[i].high; at++) {
            struct part one = {0};
            collect(script, at, &one);
            if (!first && !same_duties(&one, part)) {
                uint32_t duty = one.erasures.count > 0     ? one.erasures.at[0]
                                : part->erasures.count > 0 ? part->erasures.at[0]
                                                           : NONE;
                if (duty != NONE)
                    warn(script, column, &script->model->duties[duty],
                         "what is in the column has several ends",
                         "Give each a column of its own; until then erase by “avowd expired”");
                return false;
            }
            *part = one;
            first = false;
        }
    for (size_t i = 0; i < part->erasures.count; i++)
        if (!is_computable(script, scene, column, &script->model->duties[part->erasures.at[i]]))
            return false;
    for (size_t i = 0; i < part->keeps.count && part->erasures.count > 0; i++)
        if (!is_computable(script, scene, column, &script->model->duties[part->keeps.at[i]]))
            return false;
    return part->erasures.count > 0;
}

struct parts
parts_make(const struct script *script, const struct scene *scene)
{
    struct parts parts = {.whole = true};
    for (uint32_t i = 0; i < scene->table->columns.count; i++) {
        struct part part = {0};
        size_t at = 0;
        if (scene->table->columns.at[i].data.count == 0)
            continue;
        if (!part_of(script, scene, &scene->table->columns.at[i], &part)) {
            parts.whole = false;
            continue;
        }
        while (at < parts.list.count && !same_duties(&parts.list.at[at], &part))
            at++;
        if (at == parts.list.count)
            *VECTOR_PUSH(script->arena, &parts.list) = part;
        *VECTOR_PUSH(script->arena, &parts.list.at[at].columns) = i;
    }
    return parts;
}
