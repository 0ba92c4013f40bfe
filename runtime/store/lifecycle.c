/* Reads SECTION_STATES; what may be relied on is written down in runtime/core/verify.c. */
#include "runtime/store/lifecycle.h"

#include "runtime/core/table.h"

#include <string.h>

static const uint32_t *
words_of(const avow_table *table)
{
    return (const uint32_t *)(const void *)table;
}

static const uint32_t *
record_of(const avow_table *table, uint32_t index)
{
    const uint32_t *words = words_of(table);
    return words + table_start(words, SECTION_STATES) + (size_t)index * STATE_WORDS;
}

/* Whether a leaf is in the set at this word, which is one; it is in an interval if the number of
 * bounds up to it is odd. */
static bool
set_has(const avow_table *table, uint32_t set, uint32_t leaf)
{
    const uint32_t *bound = words_of(table) + set;
    bool in = false;
    if (leaf >= table_leaves(words_of(table)))
        return false;
    for (; *bound <= leaf; bound++)
        in = !in;
    return in;
}

/* The text behind another of the same entry. */
static avow_text
text_behind(avow_text text)
{
    const char *data = text.data + text.length + 1;
    return (avow_text){*data != '\0' ? data : NULL, strlen(data)};
}

uint32_t
lifecycle_count(const avow_table *table)
{
    return avow_count(table, AVOW_STATE);
}

struct lifecycle_state
lifecycle_state_at(const avow_table *table, uint32_t index)
{
    if (index >= lifecycle_count(table))
        return (struct lifecycle_state){.state = AVOW_NONE, .clause = AVOW_NONE};
    const uint32_t *record = record_of(table, index), *words = words_of(table);
    avow_id state = avow_first(table, AVOW_STATE) + index;
    uint32_t first_owner = words[record[STATE_OWNERS] & TABLE_VALUE];
    return (struct lifecycle_state){
        .state = state,
        .bit = avow_bit(table, state),
        .name = avow_name(table, state),
        .formerly = text_behind(avow_label(table, state)),
        .of_record = first_owner < words[AT_FIRST_LEAF + AVOW_DATA + 1],
        .stored = record[STATE_AFTER] != 0,
        .on_refuses = (record[STATE_OWNERS] & STATE_ON_REFUSES) != 0,
        .off_refuses = (record[STATE_OWNERS] & STATE_OFF_REFUSES) != 0,
        .clause = record[STATE_CLAUSE],
    };
}

enum lifecycle_switch
lifecycle_switch_of(const avow_table *table, uint32_t index, avow_id what)
{
    unsigned found = SWITCH_NONE;
    if (index >= lifecycle_count(table))
        return SWITCH_NONE;
    const uint32_t *record = record_of(table, index);
    if (record[STATE_AFTER] != 0 && set_has(table, record[STATE_AFTER], what))
        found |= SWITCH_ON;
    if (record[STATE_UNTIL] != 0 && set_has(table, record[STATE_UNTIL], what))
        found |= SWITCH_OFF;
    return (enum lifecycle_switch)found;
}

bool
lifecycle_is_of(const avow_table *table, uint32_t index, avow_id owner)
{
    return index < lifecycle_count(table) &&
           set_has(table, record_of(table, index)[STATE_OWNERS] & TABLE_VALUE, owner);
}

bool
lifecycle_only_refuses(const avow_table *table, avow_id what)
{
    bool refuses = false;
    for (uint32_t i = 0; i < lifecycle_count(table); i++) {
        struct lifecycle_state state = lifecycle_state_at(table, i);
        enum lifecycle_switch to = lifecycle_switch_of(table, i, what);
        bool on = (to & SWITCH_ON) != 0, off = (to & SWITCH_OFF) != 0;
        if ((on && state.off_refuses) || (off && state.on_refuses))
            return false;
        refuses |= (on && state.on_refuses) || (off && state.off_refuses);
    }
    return refuses;
}
