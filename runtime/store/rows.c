/* The rows of somebody, and of everybody who is the same human being. */
#include "runtime/store/store.h"

#include <string.h>

struct rows {
    const struct terms *terms;
    struct known *known;
    struct somebody *who;
    bool foreign[EPOCHS_MAX + LINKS_MAX]; /* of who: reached by another spelling than his own */
    bool read[EPOCHS_MAX + LINKS_MAX];
    size_t at; /* of who: whose rows are read */
    bool linked, overflow, strange;
};

static avow_store_code
add_row(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    struct rows *rows = context;
    (void)key;
    if (row->term == TERM_LINKED)
        rows->linked = true;
    else if (row->term >= rows->terms->count)
        rows->strange = true;
    else
        known_add(rows->known, rows->terms, row,
                  !rows->foreign[rows->at] &&
                      memcmp(row->exact, rows->who->at[rows->at].exact, EXACT_BYTES) == 0);
    return AVOW_STORE_OK;
}

/* Who was linked to another spelling is the same human being, but only a refusal of his counts: it
 * was not this spelling that he was linked to. */
static avow_store_code
add_link(void *context, const struct link_row *link)
{
    struct rows *rows = context;
    struct somebody *who = rows->who;
    bool foreign = rows->foreign[rows->at] ||
                   memcmp(link->subject.exact, who->at[rows->at].exact, EXACT_BYTES) != 0;
    size_t i = 0;
    while (i < who->count && memcmp(who->at[i].key, link->other.key, KEY_BYTES) != 0)
        i++;
    if (i == sizeof who->at / sizeof who->at[0]) {
        rows->overflow = true;
        return AVOW_STORE_OK;
    }
    if (i < who->count && (foreign || !rows->foreign[i]))
        return AVOW_STORE_OK;
    who->count += i == who->count;
    who->at[i] = link->other;
    rows->foreign[i] = foreign;
    return AVOW_STORE_OK;
}

static avow_store_code
read_one(struct rows *rows, struct engine *engine, avow_store_error *error)
{
    const uint8_t *key = rows->who->at[rows->at].key;
    rows->linked = false;
    rows->read[rows->at] = true;
    avow_store_code code = engine->ops->states(engine, key, add_row, rows, error);
    if (code == AVOW_STORE_OK && rows->linked)
        code = engine->ops->links(engine, key, add_link, rows, error);
    if (code == AVOW_STORE_OK && rows->overflow)
        code = fault(error, AVOW_STORE_CORRUPT,
                     "Somebody is linked to more than %d others; no human being is. Forget what "
                     "was linked by mistake.",
                     (int)LINKS_MAX);
    return code;
}

/* Who is to be read next: those reached by another spelling last, for they may yet be reached by
 * their own. False if all are read. */
static bool
choose(struct rows *rows)
{
    for (int foreign = 0; foreign < 2; foreign++)
        for (size_t i = 0; i < rows->who->count; i++)
            if (!rows->read[i] && rows->foreign[i] == (foreign == 1)) {
                rows->at = i;
                return true;
            }
    return false;
}

static avow_store_code
read_all(struct rows *rows, struct engine *engine, avow_store_error *error)
{
    avow_store_code code = AVOW_STORE_OK;
    while (code == AVOW_STORE_OK && choose(rows))
        code = read_one(rows, engine, error);
    if (code == AVOW_STORE_OK && rows->strange)
        code = (avow_store_code)ENGINE_CONFLICT; /* names were added: read them first */
    return code;
}

avow_store_code
rows_read(const avow_store *store, struct engine *engine, struct somebody *who, struct known *known,
          avow_store_error *error)
{
    struct rows rows = {.terms = &store->terms, .known = known, .who = who};
    return read_all(&rows, engine, error);
}

/* Forgetting moves a refusal from one who is linked to another; who reads one before and the other
 * after would miss it. */
static avow_store_code
read_at_once(struct rows *rows, struct engine *engine, avow_store_error *error)
{
    avow_store_code code = engine->ops->begin(engine, false, error);
    if (code == AVOW_STORE_OK)
        code = read_all(rows, engine, error);
    if (code == AVOW_STORE_OK)
        code = engine->ops->commit(engine, error);
    else
        engine->ops->rollback(engine);
    return code;
}

avow_store_code
rows_read_alone(const avow_store *store, struct engine *engine, struct somebody *who,
                struct known *known, avow_store_error *error)
{
    const struct somebody asked = *who;
    struct rows rows = {.terms = &store->terms, .known = known, .who = who};
    avow_store_code code = AVOW_STORE_OK;
    for (; rows.at < asked.count && code == AVOW_STORE_OK && !rows.linked; rows.at++)
        code = engine->ops->states(engine, asked.at[rows.at].key, add_row, &rows, error);
    if (code == AVOW_STORE_OK && (rows.linked || asked.count > 1)) {
        memset(known, 0, sizeof *known);
        rows = (struct rows){.terms = &store->terms, .known = known, .who = who};
        return read_at_once(&rows, engine, error);
    }
    if (code == AVOW_STORE_OK && rows.strange)
        code = (avow_store_code)ENGINE_CONFLICT;
    return code;
}
