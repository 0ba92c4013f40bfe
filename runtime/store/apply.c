#include "runtime/store/apply.h"
#include "runtime/store/fault.h"
#include "runtime/store/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One body at work. */
struct work {
    struct engine *engine;
    const struct entry *entry;
    const struct body *body;
    avow_store_error *error;
};

/* The id of a name of a policy, added if it is new. */
static avow_store_code
term_of(const struct work *work, const char *policy, const char *name, uint32_t *id)
{
    struct term term = {0};
    if (!policy || !name || strlen(policy) >= sizeof term.policy ||
        strlen(name) >= sizeof term.name)
        return fault(work->error, AVOW_STORE_CORRUPT,
                     "An entry of the ledger names nothing, or a name that is too long.");
    memcpy(term.policy, policy, strlen(policy));
    memcpy(term.name, name, strlen(name));
    avow_store_code code = work->engine->ops->add_term(work->engine, &term, work->error);
    *id = term.id;
    return code;
}

/* Requests stand beside states, with a mark. */
static avow_store_code
request_of(const struct work *work, uint32_t *id)
{
    char name[80];
    const char *what = work->body->what;
    snprintf(name, sizeof name, BODY_REQUEST_MARK "%.70s", what ? what : "");
    return term_of(work, work->body->policy, name, id);
}

/* Requests that are done --------------------------------------------------------------------- */

enum { AT_ONCE = 64 };

struct duties {
    uint32_t request;
    uint64_t until;
    struct duty_row at[AT_ONCE];
    size_t count;
};

static avow_store_code
add_duty(void *context, const struct duty_row *row)
{
    struct duties *duties = context;
    if (row->request == duties->request && row->sequence <= duties->until &&
        duties->count < AT_ONCE)
        duties->at[duties->count++] = *row;
    return AVOW_STORE_OK;
}

static avow_store_code
settle_state(const struct work *work, const struct duty_row *duty, uint32_t term)
{
    struct state_row row = {.term = term};
    memcpy(row.exact, duty->subject.exact, EXACT_BYTES);
    return work->engine->ops->settle_pending(work->engine, duty->subject.key, &row, 1, work->error);
}

/* The body of the request's own entry. */
struct own {
    uint64_t sequence;
    struct body body;
    avow_store_error *error;
};

static avow_store_code
read_own(void *context, const struct entry *entry)
{
    struct own *own = context;
    if (entry->sequence != own->sequence || !entry->body)
        return AVOW_STORE_OK;
    return body_read(entry->body, entry->length, &own->body, own->error);
}

static avow_store_code
end_duty(const struct work *work, const struct duty_row *duty)
{
    struct own own = {.sequence = duty->sequence, .error = work->error};
    uint32_t term;
    avow_store_code code = work->engine->ops->entries(
        work->engine, part_of(duty->subject.key), duty->sequence, 1, read_own, &own, work->error);
    for (size_t i = 0; i < own.body.effect_count && code == AVOW_STORE_OK; i++) {
        code = term_of(work, own.body.policy, own.body.effects[i].state, &term);
        if (code == AVOW_STORE_OK)
            code = settle_state(work, duty, term);
    }
    body_free(&own.body);
    return code == AVOW_STORE_OK ? work->engine->ops->end_duty(work->engine, duty, work->error)
                                 : code;
}

static avow_store_code
end_requests(const struct work *work, uint64_t until)
{
    struct duties duties = {.until = until};
    avow_store_code code = request_of(work, &duties.request);
    do {
        duties.count = 0;
        if (code == AVOW_STORE_OK)
            code = work->engine->ops->duties_of(work->engine, work->body->subject.key, add_duty,
                                                &duties, work->error);
        for (size_t i = 0; i < duties.count && code == AVOW_STORE_OK; i++)
            code = end_duty(work, &duties.at[i]);
    } while (code == AVOW_STORE_OK && duties.count == AT_ONCE);
    return code;
}

/* Events ------------------------------------------------------------------------------------- */

static avow_store_code
move_state(const struct work *work, const struct body_effect *effect)
{
    const struct body *body = work->body;
    struct move move = {.subject = body->subject,
                        .value = effect->value,
                        .pending = body->is_request && !body->done,
                        .received = body->received,
                        .by_clock = body->by_clock};
    avow_store_code code = term_of(work, body->policy, effect->state, &move.term);
    return code == AVOW_STORE_OK ? work->engine->ops->move(work->engine, &move, work->error) : code;
}

static int64_t
seconds_of(int64_t microseconds)
{
    return microseconds / 1000000 - (microseconds % 1000000 < 0);
}

static avow_store_code
open_duty(const struct work *work)
{
    const struct body *body = work->body;
    struct duty_row duty = {.subject = body->subject,
                            .sequence = work->entry->sequence,
                            .received = body->received,
                            .due = body->due,
                            .due_kind = body->due_kind};
    if (body->due_kind == AVOW_DUE_AT_ONCE)
        duty.due = seconds_of(body->received);
    snprintf(duty.reference, sizeof duty.reference, "%s", body->reference ? body->reference : "");
    avow_store_code code = request_of(work, &duty.request);
    return code == AVOW_STORE_OK ? work->engine->ops->add_duty(work->engine, &duty, work->error)
                                 : code;
}

static avow_store_code
apply_event(const struct work *work)
{
    const struct body *body = work->body;
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < body->effect_count && code == AVOW_STORE_OK; i++)
        code = move_state(work, &body->effects[i]);
    if (code == AVOW_STORE_OK && body->done)
        return end_requests(work, work->entry->sequence - 1);
    return code == AVOW_STORE_OK && body->is_request ? open_duty(work) : code;
}

static avow_store_code
apply_done(const struct work *work)
{
    struct receipt_name name;
    if (!work->body->of || !ledger_read_name(work->body->of, &name))
        return fault(work->error, AVOW_STORE_CORRUPT,
                     "An entry of the ledger says that a request was done, and not which.");
    return end_requests(work, name.sequence);
}

static avow_store_code
apply_link(const struct work *work)
{
    struct link_row row = {work->body->subject, work->body->other};
    struct move mark = {.subject = work->body->subject,
                        .term = TERM_LINKED,
                        .value = VALUE_ON,
                        .received = work->body->received,
                        .by_clock = true};
    avow_store_code code = work->engine->ops->add_link(work->engine, &row, work->error);
    return code == AVOW_STORE_OK ? work->engine->ops->move(work->engine, &mark, work->error) : code;
}

/* Forgetting --------------------------------------------------------------------------------- */

/* Rows that are to be dropped, collected first: an engine may not like changes while it reads. */
struct pile {
    char *rows;
    size_t size, count, room;
};

static avow_store_code
pile_up(struct pile *pile, const void *row)
{
    if (pile->count == pile->room) {
        size_t room = pile->room ? 2 * pile->room : 16;
        char *rows = realloc(pile->rows, room * pile->size);
        if (!rows)
            return AVOW_STORE_MEMORY;
        pile->rows = rows;
        pile->room = room;
    }
    memcpy(pile->rows + pile->count++ * pile->size, row, pile->size);
    return AVOW_STORE_OK;
}

static avow_store_code
pile_state(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    (void)key;
    return pile_up(context, row);
}

static avow_store_code
pile_link(void *context, const struct link_row *row)
{
    return pile_up(context, row);
}

static avow_store_code
drop_states(const struct work *work)
{
    const uint8_t *key = work->body->subject.key;
    const struct engine_ops *ops = work->engine->ops;
    struct pile pile = {.size = sizeof(struct state_row)};
    avow_store_code code = ops->states(work->engine, key, pile_state, &pile, work->error);
    if (code == AVOW_STORE_MEMORY)
        fault_memory(work->error);
    for (size_t i = 0; i < pile.count && code == AVOW_STORE_OK; i++)
        code = ops->drop_state(work->engine, key, (struct state_row *)(void *)pile.rows + i,
                               work->error);
    free(pile.rows);
    return code;
}

/* All links of the subject, or those to one other. */
static avow_store_code
drop_links(const struct work *work, const struct subject *other)
{
    const struct engine_ops *ops = work->engine->ops;
    struct pile pile = {.size = sizeof(struct link_row)};
    avow_store_code code =
        ops->links(work->engine, work->body->subject.key, pile_link, &pile, work->error);
    if (code == AVOW_STORE_MEMORY)
        fault_memory(work->error);
    for (size_t i = 0; i < pile.count && code == AVOW_STORE_OK; i++) {
        const struct link_row *row = (struct link_row *)(void *)pile.rows + i;
        if (!other || memcmp(row->other.key, other->key, KEY_BYTES) == 0)
            code = ops->drop_link(work->engine, row, work->error);
    }
    free(pile.rows);
    return code;
}

static avow_store_code
keep_state(const struct work *work, const struct body_kept *kept)
{
    struct move move = {.subject = work->body->subject,
                        .value = kept->value,
                        .pending = work->body->kind == BODY_FORGET ? kept->pending : 0,
                        .received = kept->received};
    memcpy(move.subject.exact, kept->exact, EXACT_BYTES);
    avow_store_code code = term_of(work, kept->policy, kept->state, &move.term);
    return code == AVOW_STORE_OK ? work->engine->ops->move(work->engine, &move, work->error) : code;
}

static avow_store_code
keep_states(const struct work *work)
{
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < work->body->kept_count && code == AVOW_STORE_OK; i++)
        code = keep_state(work, &work->body->kept[i]);
    return code;
}

static avow_store_code
erase_payloads(const struct work *work)
{
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < work->body->erased_count && code == AVOW_STORE_OK; i++)
        code = work->engine->ops->erase_payload(work->engine, work->entry->part,
                                                work->body->erased[i], work->error);
    return code;
}

static avow_store_code
apply_forget(const struct work *work)
{
    avow_store_code code = drop_states(work);
    if (code == AVOW_STORE_OK)
        code = drop_links(work, NULL);
    if (code == AVOW_STORE_OK)
        code = keep_states(work);
    return code == AVOW_STORE_OK ? erase_payloads(work) : code;
}

static avow_store_code
apply_unlink(const struct work *work)
{
    avow_store_code code = drop_links(work, &work->body->other);
    return code == AVOW_STORE_OK ? keep_states(work) : code;
}

/* The rest ----------------------------------------------------------------------------------- */

static avow_store_code
apply_settle(const struct work *work)
{
    char name[80], value[16];
    snprintf(name, sizeof name, "settled:%s", work->body->policy ? work->body->policy : "");
    snprintf(value, sizeof value, "%u", work->body->kinds);
    return work->engine->ops->put_meta(work->engine, name, value, work->error);
}

static avow_store_code
apply_map(const struct work *work)
{
    struct term term = {.mapped = true};
    avow_store_code code = term_of(work, work->body->policy, work->body->what, &term.id);
    if (code != AVOW_STORE_OK)
        return code;
    snprintf(term.policy, sizeof term.policy, "%s", work->body->policy);
    snprintf(term.name, sizeof term.name, "%s", work->body->what);
    snprintf(term.now, sizeof term.now, "%s", work->body->now ? work->body->now : "");
    return work->engine->ops->map_term(work->engine, &term, work->error);
}

static avow_store_code
apply_held(const struct work *work)
{
    const struct body *body = work->body;
    struct held_row row = {.subject = body->subject,
                           .record = body->record ? body->record : "",
                           .moments = body->moments ? body->moments : "[]",
                           .due = body->is_request ? body->due : INT64_MAX};
    avow_store_code code = term_of(work, body->policy, body->what, &row.data);
    if (code != AVOW_STORE_OK)
        return code;
    return body->kind == BODY_HELD ? work->engine->ops->put_held(work->engine, &row, work->error)
                                   : work->engine->ops->drop_held(work->engine, &row, work->error);
}

avow_store_code
apply_body(struct engine *engine, const struct entry *entry, const struct body *body,
           avow_store_error *error)
{
    const struct work work = {engine, entry, body, error};
    switch (body->kind) {
    case BODY_EVENT:
        return apply_event(&work);
    case BODY_DONE:
        return apply_done(&work);
    case BODY_LINK:
        return apply_link(&work);
    case BODY_UNLINK:
        return apply_unlink(&work);
    case BODY_FORGET:
        return apply_forget(&work);
    case BODY_ERASE:
        return erase_payloads(&work);
    case BODY_SETTLE:
        return apply_settle(&work);
    case BODY_MAP:
        return apply_map(&work);
    case BODY_HELD:
    case BODY_GONE:
        return apply_held(&work);
    default:
        return AVOW_STORE_OK;
    }
}

avow_store_code
apply_entry(struct engine *engine, const struct entry *entry, avow_store_error *error)
{
    struct body body;
    if (!entry->body)
        return AVOW_STORE_OK;
    avow_store_code code = body_read(entry->body, entry->length, &body, error);
    if (code == AVOW_STORE_OK)
        code = apply_body(engine, entry, &body, error);
    body_free(&body);
    return code;
}
