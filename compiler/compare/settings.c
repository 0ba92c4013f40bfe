#include "compiler/compare/words.h"

#include "compiler/compare/lengths.h"
#include "compiler/compare/wording.h"

static void
found(struct edits *edits, enum finding_kind kind, struct text words, struct text before,
      struct text after)
{
    struct buffer meaning = buffer_in(edits->common->arena);
    buffer_format(&meaning, "%s ", finding_word(kind));
    buffer_quoted(&meaning, before);
    buffer_quoted(&meaning, after);
    edit_found(edits, edit_of_whole(edits), kind, words, buffer_text(&meaning));
}

static void
compare_setting(struct edits *edits, enum finding_kind kind, const char *what, struct text before,
                struct text after)
{
    if (text_equal(before, after))
        return;
    found(edits, kind,
          arena_format(edits->common->arena, "The %s is now “%.*s”, no longer “%.*s”.", what,
                       TEXT_ARGS(after), TEXT_ARGS(before)),
          before, after);
}

/* Calendar ---------------------------------------------------------------------------------------
 */

static bool
same_timing(struct timing a, struct timing b)
{
    return a.form == b.form && a.unit == b.unit && a.amount == b.amount;
}

/* Whether a duty before it in the list has the same time. */
static bool
came_before(const struct model *model, size_t number)
{
    enum { LOOKED_AT = 64 };
    size_t from = number > LOOKED_AT ? number - LOOKED_AT : 0;
    for (size_t i = from; i < number; i++)
        if (same_timing(model->duties[i].timing, model->duties[number].timing))
            return true;
    return false;
}

/* A time that both versions promise, and the days that it takes by one calendar and the other. */
static void
compare_time(struct edits *edits, struct timing timing, uint32_t *edit)
{
    struct arena *arena = edits->common->arena;
    struct difference difference = lengths_compare(edits->common, timing, timing);
    struct buffer out = buffer_in(arena), meaning = buffer_in(arena);
    if (!difference.later && !difference.earlier)
        return;
    buffer_string(&out, "By the new calendar, ");
    word_time(&out, timing);
    buffer_format(&out, " can end up to %lld day%s %s.", (long long)difference.days,
                  difference.days == 1 ? "" : "s", difference.later ? "later" : "earlier");
    buffer_string(&meaning, "calendar ");
    mean_time(&meaning, timing);
    buffer_format(&meaning, " %lld", (long long)difference.days);
    if (*edit == NONE)
        *edit = edit_of_whole(edits);
    edit_found(edits, *edit, difference.later ? FOUND_LONGER : FOUND_SHORTER, buffer_text(&out),
               buffer_text(&meaning));
}

static void
compare_calendars(struct edits *edits)
{
    enum { COMPARED_MOST = 100 };
    const struct model *model = edits->common->side[NEW].model;
    size_t compared = 0;
    uint32_t edit = NONE; /* all that the calendar does is one change */
    if (lengths_same_calendar(edits->common))
        return;
    for (size_t i = 0; i < model->duty_count && compared < COMPARED_MOST; i++) {
        struct timing timing = model->duties[i].timing;
        if (timing.form == TIMING_AT_ONCE || timing.unit == UNIT_HOUR || came_before(model, i))
            continue;
        compare_time(edits, timing, &edit);
        compared++;
    }
}

/* Headings and order -----------------------------------------------------------------------------
 */

static void
compare_headings(struct edits *edits)
{
    const struct model *before = edits->common->side[OLD].model;
    const struct model *after = edits->common->side[NEW].model;
    struct names names = names_in(edits->common->arena);
    for (uint32_t i = 0; i < before->section_count; i++)
        (void)names_add(&names, before->sections[i].name, i);
    for (uint32_t i = 0; i < after->section_count; i++) {
        uint32_t old = names_find(&names, after->sections[i].name);
        if (old != NONE)
            compare_setting(edits, FOUND_HEADING, "heading", before->sections[old].title,
                            after->sections[i].title);
    }
}

/* The longest rising run of the old numbers of clauses, in their new order: those that stay. */
static size_t
find_rising(const uint32_t *numbers, size_t count, uint32_t *ends, uint32_t *before)
{
    size_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t low = 0, high = length;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (numbers[ends[middle]] < numbers[i])
                low = middle + 1;
            else
                high = middle;
        }
        before[i] = low > 0 ? ends[low - 1] : NONE;
        ends[low] = i;
        length += low == length;
    }
    return length;
}

static void
tell_moved(struct edits *edits, const uint32_t *clauses, const bool *stays, size_t count)
{
    enum { NAMED = 6 };
    const struct model *model = edits->common->side[NEW].model;
    struct buffer list = buffer_in(edits->common->arena);
    size_t moved = 0;
    for (size_t i = 0; i < count; i++) {
        if (stays[i])
            continue;
        if (moved < NAMED)
            buffer_format(&list, "%s“%.*s”", moved == 0 ? "" : ", ",
                          TEXT_ARGS(model->clauses[clauses[i]].name));
        moved++;
    }
    if (moved > NAMED)
        buffer_format(&list, " and %zu more", moved - NAMED);
    if (moved > 0)
        found(edits, FOUND_ORDER,
              arena_format(edits->common->arena, "Clauses stand elsewhere on the page: %.*s.",
                           TEXT_ARGS(buffer_text(&list))),
              (struct text){NULL, 0}, buffer_text(&list));
}

static void
compare_order(struct edits *edits)
{
    const struct side *side = &edits->common->side[NEW];
    struct arena *arena = edits->common->arena;
    size_t most = side->model->clause_count + 1, count = 0;
    uint32_t *clauses = ARENA_ARRAY(arena, most, uint32_t);
    uint32_t *numbers = ARENA_ARRAY(arena, most, uint32_t);
    uint32_t *ends = ARENA_ARRAY(arena, most, uint32_t);
    uint32_t *before = ARENA_ARRAY(arena, most, uint32_t);
    bool *stays = ARENA_ARRAY(arena, most, bool);
    for (uint32_t i = 0; i < side->model->clause_count; i++)
        if (side->clause[i] != NONE) {
            clauses[count] = i;
            numbers[count++] = side->clause[i];
        }
    size_t length = find_rising(numbers, count, ends, before);
    for (uint32_t at = length > 0 ? ends[length - 1] : NONE; at != NONE; at = before[at])
        stays[at] = true;
    tell_moved(edits, clauses, stays, count);
}

void
settings_compare(struct edits *edits)
{
    const struct settings *before = edits->common->side[OLD].model->settings;
    const struct settings *after = edits->common->side[NEW].model->settings;
    compare_setting(edits, FOUND_HEADING, "title", before->title, after->title);
    compare_setting(edits, FOUND_WORDS, "language", before->language, after->language);
    compare_headings(edits);
    compare_order(edits);
    compare_calendars(edits);
}
