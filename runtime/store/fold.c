#include "runtime/store/fold.h"
#include "runtime/store/fault.h"
#include "runtime/store/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No name has this number. */
static const uint32_t no_term = UINT32_MAX;

struct row {
    struct bykey_node node;
    uint8_t exact[EXACT_BYTES];
    uint32_t term;
    uint32_t pending;
    int64_t received;
    uint64_t sequence; /* that moved it last */
    uint8_t value;
    bool seen;
};

/* A request that waits, once for each state that it moved; at least once. */
struct request {
    struct bykey_node node;
    uint8_t exact[EXACT_BYTES];
    uint64_t sequence;
    uint32_t request, term; /* no_term: it moved none */
    bool seen;
};

struct link {
    struct bykey_node node;
    struct subject other;
    uint64_t sequence;
    bool seen;
};

/* Terms -------------------------------------------------------------------------------------- */

static avow_store_code
add_term(void *context, const struct term *term)
{
    struct fold *fold = context;
    struct fold_term *added = malloc(sizeof *added);
    if (!added)
        return AVOW_STORE_MEMORY;
    added->term = *term;
    added->next = fold->terms;
    fold->terms = added;
    return AVOW_STORE_OK;
}

static void
free_terms(struct fold *fold)
{
    while (fold->terms) {
        struct fold_term *next = fold->terms->next;
        free(fold->terms);
        fold->terms = next;
    }
}

avow_store_code
fold_begin(struct fold *fold, struct engine *engine, avow_store_error *error)
{
    *fold = (struct fold){.engine = engine,
                          .rows.size = sizeof(struct row),
                          .requests.size = sizeof(struct request),
                          .links.size = sizeof(struct link)};
    avow_store_code code = engine->ops->terms(engine, add_term, fold, error);
    return code == AVOW_STORE_MEMORY ? (avow_store_code)fault_memory(error) : code;
}

void
fold_free(struct fold *fold)
{
    free_terms(fold);
    bykey_free(&fold->rows);
    bykey_free(&fold->requests);
    bykey_free(&fold->links);
}

/* The id of a name, the one found last first; no_term if the store does not have it. */
static uint32_t
term_of(struct fold *fold, const char *policy, const char *name)
{
    struct fold_term **at = &fold->terms;
    while (policy && name && *at) {
        struct fold_term *term = *at;
        if (strcmp(term->term.name, name) == 0 && strcmp(term->term.policy, policy) == 0) {
            *at = term->next;
            term->next = fold->terms;
            fold->terms = term;
            return term->term.id;
        }
        at = &term->next;
    }
    return no_term;
}

static uint32_t
request_of(struct fold *fold, const struct body *body)
{
    char name[80];
    snprintf(name, sizeof name, BODY_REQUEST_MARK "%.64s", body->what ? body->what : "");
    return term_of(fold, body->policy, name);
}

static avow_store_code
unknown_name(const char *name, avow_store_error *error)
{
    return fault(error, AVOW_STORE_NOT_FOUND,
                 "The name \"%.64s\" is not in the store's list of names.", name ? name : "");
}

/* States ------------------------------------------------------------------------------------- */

static struct row *
find_row(const struct fold *fold, const uint8_t key[KEY_BYTES], const uint8_t exact[EXACT_BYTES],
         uint32_t term)
{
    struct row *row = bykey_first(&fold->rows, key);
    while (row && (row->term != term || memcmp(row->exact, exact, EXACT_BYTES) != 0))
        row = bykey_next(&fold->rows, row);
    return row;
}

/* The rule of struct move. */
static void
move_row(struct row *row, const struct move *move)
{
    if (move->by_clock || move->received > row->received)
        row->value = move->value;
    else if (move->received == row->received && move->value != row->value)
        row->value = VALUE_UNKNOWN;
    if (move->by_clock && move->received <= row->received)
        row->received++;
    else if (move->received > row->received)
        row->received = move->received;
    row->pending += move->pending;
}

static avow_store_code
move(struct fold *fold, uint64_t sequence, const struct move *move, avow_store_error *error)
{
    const struct subject *subject = &move->subject;
    struct row *row = find_row(fold, subject->key, subject->exact, move->term);
    if (row)
        move_row(row, move);
    else {
        row = bykey_add(&fold->rows, subject->key);
        if (!row)
            return fault_memory(error);
        memcpy(row->exact, subject->exact, EXACT_BYTES);
        row->term = move->term;
        row->value = move->value;
        row->pending = move->pending;
        row->received = move->received;
    }
    row->sequence = sequence;
    return AVOW_STORE_OK;
}

/* Requests ----------------------------------------------------------------------------------- */

static avow_store_code
add_request(struct fold *fold, uint64_t sequence, const struct body *body, uint32_t request,
            uint32_t term, avow_store_error *error)
{
    struct request *added = bykey_add(&fold->requests, body->subject.key);
    if (!added)
        return fault_memory(error);
    memcpy(added->exact, body->subject.exact, EXACT_BYTES);
    added->sequence = sequence;
    added->request = request;
    added->term = term;
    return AVOW_STORE_OK;
}

static void
end_requests(struct fold *fold, const uint8_t key[KEY_BYTES], uint32_t request, uint64_t until)
{
    for (struct request *at = bykey_first(&fold->requests, key); at;
         at = bykey_next(&fold->requests, at)) {
        if (at->request != request || at->sequence > until)
            continue;
        struct row *row = find_row(fold, key, at->exact, at->term);
        if (row && row->pending > 0)
            row->pending--;
        at->node.gone = true;
    }
}

/* Entries ------------------------------------------------------------------------------------ */

static avow_store_code
fold_event(struct fold *fold, uint64_t sequence, const struct body *body, avow_store_error *error)
{
    bool waits = body->is_request && !body->done;
    uint32_t request = waits || body->done ? request_of(fold, body) : no_term;
    avow_store_code code = AVOW_STORE_OK;
    if (waits && body->effect_count == 0)
        code = add_request(fold, sequence, body, request, no_term, error);
    for (size_t i = 0; i < body->effect_count && code == AVOW_STORE_OK; i++) {
        struct move to = {.subject = body->subject,
                          .term = term_of(fold, body->policy, body->effects[i].state),
                          .value = body->effects[i].value,
                          .pending = waits,
                          .received = body->received,
                          .by_clock = body->by_clock};
        if (to.term == no_term)
            return unknown_name(body->effects[i].state, error);
        code = move(fold, sequence, &to, error);
        if (code == AVOW_STORE_OK && waits)
            code = add_request(fold, sequence, body, request, to.term, error);
    }
    if (body->done && request != no_term)
        end_requests(fold, body->subject.key, request, sequence - 1);
    return code;
}

static avow_store_code
fold_done(struct fold *fold, const struct body *body)
{
    struct receipt_name name;
    uint32_t request = request_of(fold, body);
    if (request != no_term && body->of && ledger_read_name(body->of, &name))
        end_requests(fold, body->subject.key, request, name.sequence);
    return AVOW_STORE_OK;
}

static avow_store_code
fold_link(struct fold *fold, uint64_t sequence, const struct body *body, avow_store_error *error)
{
    struct link *link = bykey_first(&fold->links, body->subject.key);
    struct move mark = {.subject = body->subject,
                        .term = TERM_LINKED,
                        .value = VALUE_ON,
                        .received = body->received,
                        .by_clock = true};
    while (link && memcmp(&link->other, &body->other, sizeof body->other) != 0)
        link = bykey_next(&fold->links, link);
    if (!link) {
        link = bykey_add(&fold->links, body->subject.key);
        if (!link)
            return fault_memory(error);
        link->other = body->other;
        link->sequence = sequence;
    }
    return move(fold, sequence, &mark, error);
}

static void
drop_links(struct fold *fold, const uint8_t key[KEY_BYTES], const struct subject *other)
{
    for (struct link *at = bykey_first(&fold->links, key); at; at = bykey_next(&fold->links, at))
        if (!other || memcmp(at->other.key, other->key, KEY_BYTES) == 0)
            at->node.gone = true;
}

/* What is kept is moved again: that changes no row that is there. */
static avow_store_code
fold_kept(struct fold *fold, uint64_t sequence, const struct body *body, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < body->kept_count && code == AVOW_STORE_OK; i++) {
        const struct body_kept *kept = &body->kept[i];
        struct move to = {.subject = body->subject,
                          .term = term_of(fold, kept->policy, kept->state),
                          .value = kept->value,
                          .pending = body->kind == BODY_FORGET ? kept->pending : 0,
                          .received = kept->received};
        memcpy(to.subject.exact, kept->exact, EXACT_BYTES);
        code = to.term != no_term ? move(fold, sequence, &to, error)
                                  : unknown_name(kept->state, error);
    }
    return code;
}

/* Of a subject only what is kept. */
static avow_store_code
fold_forget(struct fold *fold, uint64_t sequence, const struct body *body, avow_store_error *error)
{
    for (struct row *at = bykey_first(&fold->rows, body->subject.key); at;
         at = bykey_next(&fold->rows, at))
        at->node.gone = true;
    drop_links(fold, body->subject.key, NULL);
    return fold_kept(fold, sequence, body, error);
}

avow_store_code
fold_entry(struct fold *fold, uint64_t sequence, const struct body *body, avow_store_error *error)
{
    switch (body->kind) {
    case BODY_EVENT:
        return fold_event(fold, sequence, body, error);
    case BODY_DONE:
        return fold_done(fold, body);
    case BODY_LINK:
        return fold_link(fold, sequence, body, error);
    case BODY_UNLINK:
        drop_links(fold, body->subject.key, &body->other);
        return fold_kept(fold, sequence, body, error);
    case BODY_FORGET:
        return fold_forget(fold, sequence, body, error);
    case BODY_ERASE:
        fold->incomplete = true;
        return AVOW_STORE_OK;
    default:
        return AVOW_STORE_OK;
    }
}

/* Against the rows --------------------------------------------------------------------------- */

struct comparison {
    struct fold *fold;
    fold_problem *problem;
    void *context;
};

static void
say_row(const struct comparison *to, const struct row *row, const char *text)
{
    to->problem(to->context, row ? row->sequence : 0, text);
}

static avow_store_code
compare_state(void *context, const uint8_t key[KEY_BYTES], const struct state_row *stored)
{
    struct comparison *to = context;
    struct row *row = find_row(to->fold, key, stored->exact, stored->term);
    bool same = row && row->value == stored->value && row->pending == stored->pending &&
                row->received == stored->received;
    if (row)
        row->seen = true;
    if (same)
        return AVOW_STORE_OK;
    if (to->fold->incomplete && (!row || stored->received >= row->received))
        to->fold->unprovable++;
    else if (row)
        say_row(to, row,
                "A state of somebody is not what the entries up to this one make it: the state was "
                "changed behind the ledger's back. Somebody may be treated as having agreed who "
                "has not, or the reverse.");
    else
        say_row(to, NULL,
                "The store holds a state of somebody that no entry speaks of: it was added behind "
                "the ledger's back, or its entries were removed.");
    return AVOW_STORE_OK;
}

static void
missing_states(const struct comparison *to)
{
    for (size_t i = 0; i < to->fold->rows.count; i++) {
        struct row *row = bykey_at(&to->fold->rows, i);
        if (!row->seen && !row->node.gone)
            say_row(to, row,
                    "A state that this entry made is not there any more: it was removed behind the "
                    "ledger's back. If it was a refusal, it is no longer obeyed.");
    }
}

static avow_store_code
compare_duty(void *context, const struct duty_row *stored)
{
    struct comparison *to = context;
    bool found = false;
    for (struct request *at = bykey_first(&to->fold->requests, stored->subject.key); at;
         at = bykey_next(&to->fold->requests, at))
        if (at->sequence == stored->sequence && at->request == stored->request)
            found = at->seen = true;
    if (!found && to->fold->incomplete)
        to->fold->unprovable++;
    else if (!found)
        to->problem(to->context, stored->sequence,
                    "A request waits to be done that no entry speaks of, or that was done "
                    "already.");
    return AVOW_STORE_OK;
}

static void
missing_duties(const struct comparison *to)
{
    uint64_t last = 0;
    for (size_t i = 0; i < to->fold->requests.count; i++) {
        struct request *at = bykey_at(&to->fold->requests, i);
        if (!at->seen && !at->node.gone && at->sequence != last) {
            last = at->sequence;
            to->problem(to->context, at->sequence,
                        "The request of this entry was never done, and yet does not wait any more: "
                        "it was removed behind the ledger's back, and would be forgotten.");
        }
    }
}

static avow_store_code
compare_link(void *context, const struct link_row *stored)
{
    struct comparison *to = context;
    struct link *at = bykey_first(&to->fold->links, stored->subject.key);
    while (at && memcmp(&at->other, &stored->other, sizeof at->other) != 0)
        at = bykey_next(&to->fold->links, at);
    if (at)
        at->seen = true;
    else if (to->fold->incomplete)
        to->fold->unprovable++;
    else
        to->problem(to->context, 0,
                    "Two identities are linked, and no entry says so: what one refused or agreed "
                    "to is taken for the other's.");
    return AVOW_STORE_OK;
}

static void
missing_links(const struct comparison *to)
{
    for (size_t i = 0; i < to->fold->links.count; i++) {
        struct link *at = bykey_at(&to->fold->links, i);
        if (!at->seen && !at->node.gone)
            to->problem(to->context, at->sequence,
                        "The link that this entry made is not there any more: what one identity "
                        "refused is no longer obeyed for the other.");
    }
}

avow_store_code
fold_compare(struct fold *fold, uint32_t part, fold_problem *problem, void *context,
             avow_store_error *error)
{
    struct comparison to = {fold, problem, context};
    const struct engine_ops *ops = fold->engine->ops;
    avow_store_code code = ops->all_states(fold->engine, part, compare_state, &to, error);
    if (code == AVOW_STORE_OK)
        code = ops->duties_due(fold->engine, part, INT64_MAX, compare_duty, &to, error);
    if (code == AVOW_STORE_OK)
        code = ops->all_links(fold->engine, part, compare_link, &to, error);
    if (code != AVOW_STORE_OK)
        return code;
    missing_states(&to);
    missing_duties(&to);
    missing_links(&to);
    return AVOW_STORE_OK;
}
