/* What is not about a subject: terms, sentences, and notes of the store about itself. */
#include "runtime/store/fault.h"
#include "runtime/store/postgres.h"

#include <string.h>

static void
add_text(struct pg_parameters *to, const char *text)
{
    pg_add_bytes(to, text, strlen(text));
}

struct names {
    term_visit *term;
    meta_visit *meta;
    void (*words)(void *, const char *, size_t);
    void *context;
    bool found;
};

static avow_store_code
read_term(void *context, const PGresult *result, int row, avow_store_error *error)
{
    const struct names *names = context;
    struct term term = {.id = (uint32_t)pg_number(result, row, 0),
                        .mapped = pg_number(result, row, 3) != 0};
    avow_store_code code = pg_text(result, row, 1, term.policy, sizeof term.policy, error);
    if (code == AVOW_STORE_OK)
        code = pg_text(result, row, 2, term.name, sizeof term.name, error);
    if (code == AVOW_STORE_OK)
        code = pg_text(result, row, 4, term.now, sizeof term.now, error);
    return code == AVOW_STORE_OK ? names->term(names->context, &term) : code;
}

avow_store_code
pg_terms(struct engine *engine, term_visit *visit, void *context, avow_store_error *error)
{
    struct names names = {.term = visit, .context = context};
    struct pg_reader reader = {.visit = read_term, .context = &names};
    return pg_read(pg_of(engine), PG_TERMS, PG_WHOLE, NULL, &reader, error);
}

static avow_store_code
read_id(void *context, const PGresult *result, int row, avow_store_error *error)
{
    (void)error;
    *(uint32_t *)context = (uint32_t)pg_number(result, row, 0);
    return AVOW_STORE_OK;
}

avow_store_code
pg_add_term(struct engine *engine, struct term *term, avow_store_error *error)
{
    struct pg_link *link = pg_of(engine);
    struct pg_parameters parameters = {0};
    uint32_t id = 0;
    struct pg_reader reader = {.visit = read_id, .context = &id};
    add_text(&parameters, term->policy);
    add_text(&parameters, term->name);
    avow_store_code code = pg_write(link, PG_ADD_TERM, PG_WHOLE, &parameters, error);
    if (code == AVOW_STORE_OK)
        code = pg_read(link, PG_FIND_TERM, PG_WHOLE, &parameters, &reader, error);
    if (code == AVOW_STORE_OK && id == 0)
        return pg_failed(
            link, fault(error, AVOW_STORE_CORRUPT, "A name was stored and cannot be found again."));
    if (code == AVOW_STORE_OK)
        term->id = id;
    return code;
}

avow_store_code
pg_map_term(struct engine *engine, const struct term *term, avow_store_error *error)
{
    struct pg_parameters parameters = {0};
    pg_add_int4(&parameters, term->id);
    pg_add_int2(&parameters, term->mapped);
    add_text(&parameters, term->now);
    return pg_write(pg_of(engine), PG_MAP_TERM, PG_WHOLE, &parameters, error);
}

static avow_store_code
read_meta(void *context, const PGresult *result, int row, avow_store_error *error)
{
    (void)error;
    const struct names *names = context;
    return names->meta(names->context, PQgetvalue(result, row, 0), PQgetvalue(result, row, 1));
}

avow_store_code
pg_meta(struct engine *engine, meta_visit *visit, void *context, avow_store_error *error)
{
    struct names names = {.meta = visit, .context = context};
    struct pg_reader reader = {.visit = read_meta, .context = &names};
    return pg_read(pg_of(engine), PG_META, PG_WHOLE, NULL, &reader, error);
}

avow_store_code
pg_put_meta(struct engine *engine, const char *name, const char *value, avow_store_error *error)
{
    struct pg_parameters parameters = {0};
    add_text(&parameters, name);
    add_text(&parameters, value);
    return pg_write(pg_of(engine), PG_PUT_META, PG_WHOLE, &parameters, error);
}

static avow_store_code
read_words(void *context, const PGresult *result, int row, avow_store_error *error)
{
    (void)error;
    struct names *names = context;
    names->found = true;
    names->words(names->context, PQgetvalue(result, row, 0), (size_t)PQgetlength(result, row, 0));
    return AVOW_STORE_OK;
}

avow_store_code
pg_words(struct engine *engine, const uint8_t hash[16], void (*visit)(void *, const char *, size_t),
         void *context, avow_store_error *error)
{
    struct names names = {.words = visit, .context = context};
    struct pg_reader reader = {.visit = read_words, .context = &names};
    struct pg_parameters parameters = {0};
    pg_add_bytes(&parameters, hash, 16);
    avow_store_code code = pg_read(pg_of(engine), PG_WORDS, PG_WHOLE, &parameters, &reader, error);
    if (code == AVOW_STORE_OK && !names.found)
        return fault(error, AVOW_STORE_NOT_FOUND, "The store does not hold this sentence.");
    return code;
}

avow_store_code
pg_put_words(struct engine *engine, const uint8_t hash[16], const char *words, size_t length,
             avow_store_error *error)
{
    struct pg_parameters parameters = {0};
    pg_add_bytes(&parameters, hash, 16);
    pg_add_bytes(&parameters, words, length);
    return pg_write(pg_of(engine), PG_PUT_WORDS, PG_WHOLE, &parameters, error);
}
