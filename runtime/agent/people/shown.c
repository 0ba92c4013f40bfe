#include "runtime/agent/people/shown.h"

#include "runtime/store/ledger.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Words that are looked for begin so long before the time of their receipt: writers that come
 * together do not stand in order of the microsecond. */
enum { EARLIER = 100000, WORDS_MOST = 64 };

/* A word: what a row of somebody says was received last. */
struct word {
    uint8_t key[KEY_BYTES];
    int64_t received;
    bool found;
};

struct looking {
    struct shown *out;
    struct word word[WORDS_MOST];
    size_t count;
    const uint8_t *key;        /* whose rows are read */
    const struct word *wanted; /* of the entries that are looked through */
    int64_t recorded;          /* of the entry that was looked at */
    bool past;
    avow_store_error *error;
};

static avow_store_code
add_word(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    struct looking *looking = context;
    (void)key;
    if (row->term == TERM_LINKED)
        return AVOW_STORE_OK;
    for (size_t i = 0; i < looking->count; i++)
        if (looking->word[i].received == row->received &&
            memcmp(looking->word[i].key, looking->key, KEY_BYTES) == 0)
            return AVOW_STORE_OK;
    if (looking->count == WORDS_MOST) {
        looking->out->more = true;
        return AVOW_STORE_OK;
    }
    struct word *word = &looking->word[looking->count++];
    *word = (struct word){.received = row->received};
    memcpy(word->key, looking->key, KEY_BYTES);
    return AVOW_STORE_OK;
}

static avow_store_code
note_time(void *context, const struct entry *entry)
{
    ((struct looking *)context)->recorded = entry->recorded;
    return AVOW_STORE_OK;
}

/* The first entry of a part that was recorded at an instant or later, by halving. */
static avow_store_code
find_start(struct looking *looking, struct engine *engine, uint32_t part, int64_t instant,
           uint64_t *start)
{
    struct head head;
    avow_store_code code = engine->ops->head(engine, part, &head, looking->error);
    uint64_t low = 1, high = code == AVOW_STORE_OK ? head.sequence + 1 : 1;
    while (code == AVOW_STORE_OK && low < high) {
        uint64_t middle = low + (high - low) / 2;
        code = engine->ops->entries(engine, part, middle, 1, note_time, looking, looking->error);
        if (looking->recorded < instant)
            low = middle + 1;
        else
            high = middle;
    }
    *start = low;
    return code;
}

/* Whether an entry is the one that a word came by. */
static avow_store_code
is_it(const struct word *word, const struct entry *entry, struct body *body, bool *is,
      avow_store_error *error)
{
    char digits[2 * KEY_BYTES + 1];
    *is = false;
    sodium_bin2hex(digits, sizeof digits, word->key, KEY_BYTES);
    if (!entry->body || !memmem(entry->body, entry->length, digits, 2 * KEY_BYTES))
        return AVOW_STORE_OK;
    avow_store_code code = body_read(entry->body, entry->length, body, error);
    *is = code == AVOW_STORE_OK && body->kind == BODY_EVENT && body->received == word->received &&
          memcmp(body->subject.key, word->key, KEY_BYTES) == 0;
    return code;
}

static avow_store_code
look_at(void *context, const struct entry *entry)
{
    struct looking *looking = context;
    struct shown *out = looking->out;
    struct body body = {0};
    bool is;
    if (looking->past)
        return AVOW_STORE_OK;
    avow_store_code code = is_it(looking->wanted, entry, &body, &is, looking->error);
    if (is && out->count < SHOWN_RECEIPTS) {
        struct shown_receipt *receipt = &out->at[out->count++];
        receipt->received = body.received;
        ledger_name(entry, receipt->name);
        snprintf(receipt->what, sizeof receipt->what, "%s", body.what ? body.what : "");
        looking->past = true;
    }
    body_free(&body);
    return code;
}

static avow_store_code
find_receipt(struct looking *looking, struct engine *engine, const struct word *word)
{
    uint64_t start;
    uint32_t part = part_of(word->key);
    looking->wanted = word;
    looking->past = false;
    avow_store_code code = find_start(looking, engine, part, word->received - EARLIER, &start);
    if (code == AVOW_STORE_OK)
        code = engine->ops->entries(engine, part, start, SHOWN_LOOKS, look_at, looking,
                                    looking->error);
    if (looking->past)
        return AVOW_STORE_OK;
    looking->out->more = true;
    return code;
}

static avow_store_code
find_words(struct looking *looking, avow_store *store, struct engine *engine,
           avow_identity_text subject)
{
    struct somebody who;
    struct known known = {0};
    pthread_rwlock_rdlock(&store->facts);
    avow_store_code code = somebody_of(store, subject, &who, looking->error);
    if (code == AVOW_STORE_OK)
        code = rows_read(store, engine, &who, &known, looking->error);
    pthread_rwlock_unlock(&store->facts);
    for (size_t i = 0; i < who.count && code == AVOW_STORE_OK; i++) {
        looking->key = who.at[i].key;
        code = engine->ops->states(engine, looking->key, add_word, looking, looking->error);
    }
    return code;
}

static int
later(const void *one, const void *other)
{
    const struct shown_receipt *a = one, *b = other;
    return (a->received < b->received) - (a->received > b->received);
}

static avow_store_code
read_receipts(struct looking *looking, avow_store *store, struct engine *engine,
              avow_identity_text who)
{
    avow_store_code code = engine->ops->begin(engine, false, looking->error);
    if (code == AVOW_STORE_OK)
        code = find_words(looking, store, engine, who);
    for (size_t i = 0; i < looking->count && code == AVOW_STORE_OK; i++)
        code = find_receipt(looking, engine, &looking->word[i]);
    engine->ops->rollback(engine);
    qsort(looking->out->at, looking->out->count, sizeof looking->out->at[0], later);
    return code;
}

avow_store_code
shown_read(avow_store *store, avow_identity_text who, struct shown *out, avow_store_error *error)
{
    struct looking looking = {.out = out, .error = error};
    *out = (struct shown){0};
    avow_store_code code =
        avow_store_states(store, who, (avow_identity_text){0}, &out->states, &out->reason, error);
    if (code != AVOW_STORE_OK)
        return code;
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    code = read_receipts(&looking, store, engine, who);
    pool_return(store, engine, code != AVOW_STORE_OK);
    return code;
}

/* One receipt -------------------------------------------------------------------------------- */

struct owner {
    const struct somebody *who;
    bool hers;
    avow_store_error *error;
};

static avow_store_code
check_owner(void *context, const struct entry *entry)
{
    struct owner *owner = context;
    struct body body = {0};
    if (!entry->body)
        return AVOW_STORE_OK;
    avow_store_code code = body_read(entry->body, entry->length, &body, owner->error);
    for (size_t i = 0; code == AVOW_STORE_OK && i < owner->who->count; i++)
        owner->hers =
            owner->hers || memcmp(owner->who->at[i].key, body.subject.key, KEY_BYTES) == 0;
    body_free(&body);
    return code;
}

static avow_store_code
find_owner(avow_store *store, struct engine *engine, avow_identity_text subject,
           const struct receipt_name *name, struct owner *owner)
{
    struct somebody who;
    struct known known = {0};
    owner->who = &who;
    pthread_rwlock_rdlock(&store->facts);
    avow_store_code code = somebody_of(store, subject, &who, owner->error);
    if (code == AVOW_STORE_OK)
        code = rows_read(store, engine, &who, &known, owner->error);
    pthread_rwlock_unlock(&store->facts);
    if (code == AVOW_STORE_OK)
        code = engine->ops->entries(engine, name->part, name->sequence, 1, check_owner, owner,
                                    owner->error);
    return code;
}

avow_store_code
shown_receipt(avow_store *store, avow_identity_text who, const char *name, char **document,
              avow_store_error *error)
{
    struct receipt_name parts;
    struct owner owner = {.error = error};
    *document = NULL;
    if (!ledger_read_name(name, &parts))
        return AVOW_STORE_NOT_FOUND;
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    avow_store_code code = find_owner(store, engine, who, &parts, &owner);
    pool_return(store, engine, code != AVOW_STORE_OK);
    if (code != AVOW_STORE_OK)
        return code;
    return owner.hers ? avow_store_receipt(store, name, document, error) : AVOW_STORE_NOT_FOUND;
}
