/* Two identities of one human being. Each has a row that names the other, in its own part, and an
 * entry that says so. */
#include "runtime/store/store.h"

#include <string.h>

/* A row that says that there are links: questions about all others need not look for any. */
static struct move
mark(const struct subject *subject, int64_t now)
{
    return (struct move){.subject = *subject,
                         .term = TERM_LINKED,
                         .value = VALUE_ON,
                         .received = now,
                         .by_clock = true};
}

static avow_store_code
add_row(const avow_store *store, struct engine *engine, struct write *write,
        avow_store_error *error)
{
    (void)store;
    return engine->ops->add_link(engine, write->context, error);
}

static avow_store_code
link_one_way(avow_store *store, const struct subject *from, const struct subject *to,
             const char *evidence, avow_store_error *error)
{
    struct link_row row = {*from, *to};
    struct write write = {.more = add_row, .context = &row};
    struct body body;
    write_about(store, &write, &body, BODY_LINK, from);
    body.other = *to;
    body.evidence = evidence;
    write.move[write.move_count++] = mark(from, body.received);
    return commit_saying(store, &write, &body, error);
}

static avow_store_code
link_both_ways(avow_store *store, const struct subject *one, const struct subject *other,
               const char *evidence, avow_store_error *error)
{
    avow_store_code code = link_one_way(store, one, other, evidence, error);
    return code == AVOW_STORE_OK ? link_one_way(store, other, one, evidence, error) : code;
}

static avow_store_code
find_both(avow_store *store, avow_identity_text one, avow_identity_text other,
          struct somebody *first, struct somebody *second, avow_store_error *error)
{
    pthread_rwlock_rdlock(&store->facts);
    avow_store_code code = somebody_of(store, one, first, error);
    if (code == AVOW_STORE_OK)
        code = somebody_of(store, other, second, error);
    pthread_rwlock_unlock(&store->facts);
    return code;
}

avow_store_code
avow_store_link(avow_store *store, avow_identity_text one, avow_identity_text other,
                const char *evidence, avow_store_error *error)
{
    struct somebody first, second;
    avow_store_error own = {0};
    error = error ? error : &own;
    avow_store_code code = store_check_process(store, error);
    if (code == AVOW_STORE_OK &&
        (one.kind == AVOW_IDENTITY_RECORD || other.kind == AVOW_IDENTITY_RECORD))
        code = fault(error, AVOW_STORE_USAGE, "Only persons can be linked, and records are none.");
    if (code == AVOW_STORE_OK)
        code = find_both(store, one, other, &first, &second, error);
    if (code == AVOW_STORE_OK)
        code = link_epochs(store, &first, true, error);
    if (code == AVOW_STORE_OK)
        code = link_epochs(store, &second, true, error);
    if (code == AVOW_STORE_OK && memcmp(first.at[0].key, second.at[0].key, KEY_BYTES) == 0)
        return code; /* spellings of one address are one already */
    return code == AVOW_STORE_OK
               ? link_both_ways(store, &first.at[0], &second.at[0], evidence, error)
               : code;
}

/* Keys of several epochs --------------------------------------------------------------------- */

struct search {
    const struct subject *one, *wanted;
    bool linked, any;
};

static avow_store_code
look(void *context, const struct link_row *link)
{
    struct search *search = context;
    search->any = true;
    if (memcmp(link->other.key, search->wanted->key, KEY_BYTES) == 0 &&
        memcmp(link->other.exact, search->wanted->exact, EXACT_BYTES) == 0 &&
        memcmp(link->subject.exact, search->one->exact, EXACT_BYTES) == 0)
        search->linked = true;
    return AVOW_STORE_OK;
}

static avow_store_code
look_at_state(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    struct search *search = context;
    (void)key;
    (void)row;
    search->any = true;
    return AVOW_STORE_OK;
}

/* Somebody else may be linked to what an older key made; so what the newest makes must be. And who
 * is about to be linked brings along what is known of him by older keys. */
avow_store_code
link_epochs(avow_store *store, const struct somebody *who, bool for_link, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    for (size_t i = 1; i < who->count && code == AVOW_STORE_OK; i++) {
        struct search search = {.one = &who->at[i], .wanted = &who->at[0]};
        struct engine *engine = pool_borrow(store, error);
        if (!engine)
            return error->code;
        code = engine->ops->links(engine, who->at[i].key, look, &search, error);
        if (code == AVOW_STORE_OK && for_link)
            code = engine->ops->states(engine, who->at[i].key, look_at_state, &search, error);
        pool_return(store, engine, code != AVOW_STORE_OK);
        if (code == AVOW_STORE_OK && search.any && !search.linked)
            code = link_both_ways(store, &who->at[0], &who->at[i], "a new key", error);
    }
    return code;
}
