/* Forgetting: consent, links, evidence go; what was refused stays, as hashes.
 *
 * What only somebody linked has refused holds for the forgotten one, too, and the reverse: so
 * before a link goes, each side keeps what the other has refused. */
#include "runtime/store/store.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct kept_row {
    struct state_row row;
    uint8_t from[KEY_BYTES]; /* whose it is */
    bool withdrawal;         /* says no only to those who have said yes: they must keep it */
    char policy[65], name[65];
};

/* All that is to be done to one subject. */
struct forgetting {
    const avow_store *store;
    struct engine *engine;
    avow_store_error *error;
    struct subject subject;
    const struct somebody *self; /* the subject under every key; each is forgotten in its turn */
    struct state_row dropped[STATES_MAX * 2];
    size_t dropped_count;
    struct kept_row kept[STATES_MAX * 2];
    size_t kept_count;
    struct link_row links[LINKS_MAX]; /* of the subject himself */
    size_t link_count;
    struct subject others[LINKS_MAX]; /* all who are linked to him, also by others */
    size_t other_count;
    uint64_t *erased, *waiting;
    size_t erased_count, erased_room, waiting_count;
    char hex[KEY_BYTES * 2 + 1];
    bool overflow;
};

/* A row refuses, or may: all that cannot be told is kept. */
static bool
refuses(const avow_store *store, const struct state_row *row)
{
    int32_t at = row->term < store->terms.count ? store->terms.state[row->term] : MEANS_OTHER;
    if (at < 0 || row->pending > 0 || row->value == VALUE_UNKNOWN)
        return at != MEANS_NOTHING;
    const struct lifecycle_state *state = &store->state[at];
    return row->value == VALUE_ON ? state->on_refuses || !state->off_refuses
                                  : state->off_refuses && state->on_refuses;
}

static bool
withdraws(const avow_store *store, const struct state_row *row)
{
    int32_t at = row->term < store->terms.count ? store->terms.state[row->term] : MEANS_OTHER;
    return at >= 0 && row->value == VALUE_OFF && store->state[at].off_refuses;
}

/* Whether somebody else must keep it. A request for consent that waits is no no. */
static bool
says_no(const avow_store *store, const struct state_row *row)
{
    struct state_row done = *row;
    done.pending = 0;
    return refuses(store, &done) || withdraws(store, &done);
}

static void
add_kept(struct forgetting *all, const uint8_t from[KEY_BYTES], const struct state_row *row)
{
    if (all->kept_count == sizeof all->kept / sizeof all->kept[0]) {
        all->overflow = true;
        return;
    }
    struct kept_row *kept = &all->kept[all->kept_count++];
    memcpy(kept->from, from, KEY_BYTES);
    kept->row = *row;
    kept->withdrawal = !refuses(all->store, row);
}

static bool
is_self(const struct forgetting *all, const uint8_t key[KEY_BYTES])
{
    for (size_t i = 0; i < all->self->count; i++)
        if (memcmp(all->self->at[i].key, key, KEY_BYTES) == 0)
            return true;
    return false;
}

static avow_store_code
sort_row(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    struct forgetting *all = context;
    bool own = memcmp(key, all->subject.key, KEY_BYTES) == 0;
    bool stays = row->term != TERM_LINKED && refuses(all->store, row);
    if (stays || (row->term != TERM_LINKED && withdraws(all->store, row)))
        add_kept(all, key, row);
    if (own && !stays) {
        if (all->dropped_count == sizeof all->dropped / sizeof all->dropped[0])
            all->overflow = true;
        else
            all->dropped[all->dropped_count++] = *row;
    }
    return AVOW_STORE_OK;
}

static avow_store_code
add_link(void *context, const struct link_row *link)
{
    struct forgetting *all = context;
    if (all->link_count == LINKS_MAX)
        all->overflow = true;
    else
        all->links[all->link_count++] = *link;
    return AVOW_STORE_OK;
}

static avow_store_code
add_other(void *context, const struct link_row *link)
{
    struct forgetting *all = context;
    if (memcmp(link->other.key, all->subject.key, KEY_BYTES) == 0)
        return AVOW_STORE_OK;
    for (size_t i = 0; i < all->other_count; i++)
        if (memcmp(all->others[i].key, link->other.key, KEY_BYTES) == 0)
            return AVOW_STORE_OK;
    if (all->other_count == LINKS_MAX)
        all->overflow = true;
    else
        all->others[all->other_count++] = link->other;
    return AVOW_STORE_OK;
}

static avow_store_code
name_rows(void *context, const struct term *term)
{
    struct forgetting *all = context;
    for (size_t i = 0; i < all->kept_count; i++)
        if (all->kept[i].row.term == term->id) {
            memcpy(all->kept[i].policy, term->policy, sizeof all->kept[i].policy);
            memcpy(all->kept[i].name, term->name, sizeof all->kept[i].name);
        }
    return AVOW_STORE_OK;
}

/* Payloads ----------------------------------------------------------------------------------- */

static avow_store_code
note_waiting(void *context, const struct duty_row *duty)
{
    struct forgetting *all = context;
    uint64_t *grown = realloc(all->waiting, (all->waiting_count + 1) * sizeof *grown);
    if (!grown)
        return fault_memory(all->error);
    all->waiting = grown;
    all->waiting[all->waiting_count++] = duty->sequence;
    return AVOW_STORE_OK;
}

static bool
waits(const struct forgetting *all, uint64_t sequence)
{
    for (size_t i = 0; i < all->waiting_count; i++)
        if (all->waiting[i] == sequence)
            return true;
    return false;
}

static bool
is_about(const struct forgetting *all, const struct entry *entry)
{
    struct body body;
    if (!entry->body || !memmem(entry->body, entry->length, all->hex, KEY_BYTES * 2))
        return false;
    bool about = body_read(entry->body, entry->length, &body, NULL) == AVOW_STORE_OK &&
                 memcmp(body.subject.key, all->subject.key, KEY_BYTES) == 0 &&
                 body.kind != BODY_FORGET && body.kind != BODY_UNLINK;
    body_free(&body);
    return about;
}

static avow_store_code
note_payload(void *context, const struct entry *entry)
{
    struct forgetting *all = context;
    if (!is_about(all, entry) || waits(all, entry->sequence))
        return AVOW_STORE_OK;
    if (all->erased_count == all->erased_room) {
        size_t room = all->erased_room * 2 + 16;
        uint64_t *grown = realloc(all->erased, room * sizeof *grown);
        if (!grown)
            return fault_memory(all->error);
        all->erased = grown;
        all->erased_room = room;
    }
    all->erased[all->erased_count++] = entry->sequence;
    return AVOW_STORE_OK;
}

/* One subject -------------------------------------------------------------------------------- */

static avow_store_code
read_rows(struct forgetting *all)
{
    struct engine *engine = all->engine;
    avow_store_code code = engine->ops->states(engine, all->subject.key, sort_row, all, all->error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->links(engine, all->subject.key, add_link, all, all->error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->links(engine, all->subject.key, add_other, all, all->error);
    for (size_t i = 0; i < all->other_count && code == AVOW_STORE_OK; i++) {
        const struct subject other = all->others[i]; /* more may come behind it */
        code = engine->ops->states(engine, other.key, sort_row, all, all->error);
        if (code == AVOW_STORE_OK)
            code = engine->ops->links(engine, other.key, add_other, all, all->error);
    }
    if (code == AVOW_STORE_OK)
        code = engine->ops->terms(engine, name_rows, all, all->error);
    return code;
}

static avow_store_code
read_all(struct forgetting *all)
{
    struct engine *engine = all->engine;
    sodium_bin2hex(all->hex, sizeof all->hex, all->subject.key, KEY_BYTES);
    avow_store_code code = read_rows(all);
    if (code == AVOW_STORE_OK)
        code = engine->ops->duties_of(engine, all->subject.key, note_waiting, all, all->error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->entries(engine, part_of(all->subject.key), 1, UINT64_MAX, note_payload,
                                    all, all->error);
    if (code == AVOW_STORE_OK && all->overflow)
        code = fault(all->error, AVOW_STORE_CORRUPT,
                     "More is recorded of one person than can be forgotten at once.");
    return code;
}

/* The rows that stay, as the entry says them. */
static size_t
say_kept(const struct forgetting *all, struct body_kept *out)
{
    for (size_t i = 0; i < all->kept_count; i++) {
        const struct kept_row *kept = &all->kept[i];
        out[i] = (struct body_kept){.policy = kept->policy,
                                    .state = kept->name,
                                    .value = kept->row.value,
                                    .pending = kept->row.pending,
                                    .received = kept->row.received};
        memcpy(out[i].exact, kept->row.exact, EXACT_BYTES);
    }
    return all->kept_count;
}

/* Leaves of what is kept what a heir gets, under his spelling: every no that is not his already.
 * If he is the forgotten one himself, what is his stays as it is; what is his by another key is
 * forgotten in its turn. */
static void
leave_for(struct forgetting *all, const struct subject *heir)
{
    bool himself = memcmp(heir->key, all->subject.key, KEY_BYTES) == 0;
    size_t left = 0;
    for (size_t i = 0; i < all->kept_count; i++) {
        struct kept_row kept = all->kept[i];
        bool own = memcmp(kept.from, heir->key, KEY_BYTES) == 0;
        if (own ? !himself || kept.withdrawal
                : !says_no(all->store, &kept.row) || (himself && is_self(all, kept.from)))
            continue;
        if (!own) {
            kept.row.pending = 0;
            memcpy(kept.row.exact, heir->exact, EXACT_BYTES);
        }
        all->kept[left++] = kept;
    }
    all->kept_count = left;
}

/* Puts what stays at a subject that may not have it. An engine gives a row that is already there
 * the later receipt, so nothing is lost and nothing counts twice. */
static avow_store_code
keep(const struct forgetting *all, struct engine *engine, const struct subject *subject,
     avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < all->kept_count && code == AVOW_STORE_OK; i++) {
        const struct state_row *row = &all->kept[i].row;
        struct move move = {
            .subject = *subject, .term = row->term, .value = row->value, .received = row->received};
        memcpy(move.subject.exact, row->exact, EXACT_BYTES);
        code = engine->ops->move(engine, &move, error);
    }
    return code;
}

static avow_store_code
carry_out(const avow_store *store, struct engine *engine, struct write *write,
          avow_store_error *error)
{
    const struct forgetting *all = write->context;
    avow_store_code code = AVOW_STORE_OK;
    (void)store;
    for (size_t i = 0; i < all->dropped_count && code == AVOW_STORE_OK; i++)
        code = engine->ops->drop_state(engine, write->subject.key, &all->dropped[i], error);
    for (size_t i = 0; i < all->link_count && code == AVOW_STORE_OK; i++)
        code = engine->ops->drop_link(engine, &all->links[i], error);
    for (size_t i = 0; i < all->erased_count && code == AVOW_STORE_OK; i++)
        code =
            engine->ops->erase_payload(engine, part_of(write->subject.key), all->erased[i], error);
    return code == AVOW_STORE_OK ? keep(all, engine, &write->subject, error) : code;
}

static avow_store_code
write_forget(avow_store *store, struct forgetting *all, const char *evidence,
             avow_store_error *error)
{
    struct body_kept kept[STATES_MAX * 2];
    struct write write = {.more = carry_out, .context = all};
    struct body body;
    write_about(store, &write, &body, BODY_FORGET, &all->subject);
    body.evidence = evidence;
    leave_for(all, &all->subject);
    body.kept = kept;
    body.kept_count = say_kept(all, kept);
    body.erased = all->erased;
    body.erased_count = all->erased_count;
    return commit_saying(store, &write, &body, error);
}

/* The other side of a link: it keeps what was refused here, under its own spelling. */
static avow_store_code
carry_out_unlink(const avow_store *store, struct engine *engine, struct write *write,
                 avow_store_error *error)
{
    struct forgetting *all = write->context;
    (void)store;
    struct link_row row = {.subject = write->subject, .other = all->subject};
    avow_store_code code = engine->ops->drop_link(engine, &row, error);
    return code == AVOW_STORE_OK ? keep(all, engine, &write->subject, error) : code;
}

static avow_store_code
write_unlink(avow_store *store, struct forgetting *all, const struct subject *other,
             avow_store_error *error)
{
    struct forgetting their = *all;
    struct body_kept kept[STATES_MAX * 2];
    struct write write = {.more = carry_out_unlink, .context = &their};
    struct body body;
    leave_for(&their, other);
    if (is_self(all, other->key))
        their.kept_count = 0;
    write_about(store, &write, &body, BODY_UNLINK, other);
    body.other = all->subject;
    body.kept = kept;
    body.kept_count = say_kept(&their, kept);
    return commit_saying(store, &write, &body, error);
}

static struct forgetting *
begin(avow_store *store, const struct somebody *self, size_t which, avow_store_error *error)
{
    struct forgetting *all = calloc(1, sizeof *all);
    if (!all) {
        fault_memory(error);
        return NULL;
    }
    all->store = store;
    all->error = error;
    all->self = self;
    all->subject = self->at[which];
    return all;
}

static avow_store_code
read_through_pool(avow_store *store, struct forgetting *all, avow_store_error *error)
{
    all->engine = pool_borrow(store, error);
    avow_store_code code = all->engine ? read_all(all) : error->code;
    pool_return(store, all->engine, code != AVOW_STORE_OK);
    return code;
}

static avow_store_code
forget_one(avow_store *store, struct forgetting *all, const char *evidence, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < all->link_count && code == AVOW_STORE_OK; i++)
        code = write_unlink(store, all, &all->links[i].other, error);
    return code == AVOW_STORE_OK ? write_forget(store, all, evidence, error) : code;
}

/* By every key. All is read first: what one of them leaves to others must not come back by another.
 */
static avow_store_code
forget_all(avow_store *store, const struct somebody *self, const char *evidence,
           avow_store_error *error)
{
    struct forgetting *all[EPOCHS_MAX] = {NULL};
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 0; i < self->count && code == AVOW_STORE_OK; i++) {
        all[i] = begin(store, self, i, error);
        code = all[i] ? read_through_pool(store, all[i], error) : AVOW_STORE_MEMORY;
    }
    for (size_t i = 0; i < self->count && code == AVOW_STORE_OK; i++)
        code = forget_one(store, all[i], evidence, error);
    for (size_t i = 0; i < self->count && all[i]; i++) {
        free(all[i]->erased);
        free(all[i]->waiting);
        free(all[i]);
    }
    return code;
}

avow_store_code
avow_store_forget(avow_store *store, avow_identity_text who, const char *evidence,
                  avow_store_error *error)
{
    struct somebody somebody;
    avow_store_error own = {0};
    error = error ? error : &own;
    avow_store_code code = store_check_ready(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    pthread_rwlock_rdlock(&store->facts);
    code = somebody_of(store, who, &somebody, error);
    if (code == AVOW_STORE_OK && store->trust.code != AVOW_STORE_OK) {
        *error = store->trust; /* it could not be told what is a refusal */
        code = store->trust.code;
    }
    pthread_rwlock_unlock(&store->facts);
    return code == AVOW_STORE_OK ? forget_all(store, &somebody, evidence, error) : code;
}
