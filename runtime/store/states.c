/* What the rows of somebody say, folded to what is known.
 *
 * Rows of the asked spelling and rows of other spellings are folded apart. A refusal counts under
 * any spelling; consent only under its own. Where the two disagree nothing is known, and what is
 * not known is refused. */
#include "runtime/store/store.h"

#include <string.h>

static int32_t
meaning_of(const struct terms *terms, uint32_t term)
{
    return term < terms->count ? terms->state[term] : MEANS_OTHER;
}

/* The later receipt counts; two at one instant that differ leave the state unknown. */
static void
fold(struct state_fold *into, const struct state_row *row)
{
    into->pending = into->pending || row->pending > 0;
    if (into->any && row->received < into->received)
        return;
    bool tie = into->any && row->received == into->received;
    into->value = tie && into->value != row->value ? VALUE_UNKNOWN : row->value;
    into->received = row->received;
    into->any = true;
}

void
known_add(struct known *known, const struct terms *terms, const struct state_row *row, bool exact)
{
    int32_t state = meaning_of(terms, row->term);
    if (state >= 0 && state < STATES_MAX)
        fold(exact ? &known->exact[state] : &known->other[state], row);
}

/* The value of one state, and why it is VALUE_UNKNOWN. */
static uint8_t
value_of(const struct lifecycle_state *state, const struct state_fold *exact,
         const struct state_fold *other, bool settled, avow_store_reason *reason)
{
    if (exact->pending || other->pending) {
        *reason = AVOW_STORE_PENDING;
        return VALUE_UNKNOWN;
    }
    if (!exact->any && !other->any) {
        *reason = settled ? AVOW_STORE_KNOWN : AVOW_STORE_UNSETTLED;
        return settled ? VALUE_OFF : VALUE_UNKNOWN;
    }
    if (!other->any || (exact->any && exact->value == other->value)) {
        *reason = exact->value == VALUE_UNKNOWN ? AVOW_STORE_PENDING : AVOW_STORE_KNOWN;
        return exact->value;
    }
    if (!exact->any && other->value == VALUE_ON && state->on_refuses && !state->off_refuses) {
        *reason = AVOW_STORE_KNOWN;
        return VALUE_ON;
    }
    *reason = AVOW_STORE_SPELLING;
    return VALUE_UNKNOWN;
}

void
known_states(const avow_store *store, const struct known *known, bool of_record, bool settled,
             avow_states *states, avow_store_reason why[STATES_MAX])
{
    for (uint32_t i = 0; i < store->state_count; i++) {
        const struct lifecycle_state *state = &store->state[i];
        if (!state->stored || state->of_record != of_record)
            continue;
        uint8_t value = value_of(state, &known->exact[i], &known->other[i], settled, &why[i]);
        states->yes &= ~state->bit;
        states->known &= ~state->bit;
        if (value != VALUE_UNKNOWN)
            states->known |= state->bit;
        if (value == VALUE_ON)
            states->yes |= state->bit;
    }
}
