/* Records of data that services hold, and when they must be gone. */
#include "runtime/store/held.h"

#include "runtime/store/emit.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MOMENTS_MAX = 256, HELD_MAX = 64 }; /* of one record; more are not looked at */

/* What is stored for the collection of data: no name of a policy begins so. */
static const char collected[] = "!collected";

/* Moments as they are stored -> as the core takes them. */
static size_t
read_moments(const avow_table *table, const char *text, avow_moment out[MOMENTS_MAX])
{
    size_t count = 0, i;
    json_t *pair, *list = json_loads(text, 0, NULL);
    json_array_foreach(list, i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0));
        if (!name || count == MOMENTS_MAX)
            continue;
        avow_id what = AVOW_NONE;
        if (strcmp(name, collected) != 0) {
            what = avow_find(table, AVOW_EVENT, name, strlen(name));
            if (what == AVOW_NONE)
                what = avow_find(table, AVOW_REQUEST, name, strlen(name));
            if (what == AVOW_NONE)
                continue; /* of an earlier policy */
        }
        out[count++] = (avow_moment){what, (int64_t)json_integer_value(json_array_get(pair, 1))};
    }
    json_decref(list);
    return count;
}

/* When data must be gone, by its stored moments and a policy. */
static avow_due
held_due(const avow_table *table, avow_id data, const char *moments)
{
    avow_moment at[MOMENTS_MAX];
    avow_due_question question = {.what = data, .moments = at};
    question.count = read_moments(table, moments, at);
    return avow_when_due(table, &question);
}

/* Whether an instant cannot be told only because its clock began before the years that the table
 * knows: had the same happened lately, it could. What ends after those years is not due yet. */
static bool
began_too_early(const avow_table *table, avow_id data, const char *moments, avow_due due,
                int64_t by)
{
    enum { YEAR = 366 * 86400 };
    avow_moment at[MOMENTS_MAX];
    avow_due_question question = {.what = data, .moments = at};
    if (due.kind != AVOW_DUE_UNKNOWN ||
        (due.reason != AVOW_DUE_PAST_ZONES && due.reason != AVOW_DUE_PAST_HOLIDAYS))
        return false;
    question.count = read_moments(table, moments, at);
    /* At the end of a year the holidays of the next may not be known yet. */
    for (int64_t lately = by; lately >= by - YEAR; lately -= YEAR) {
        for (size_t i = 0; i < question.count; i++)
            at[i].at = lately;
        if (avow_when_due(table, &question).kind == AVOW_DUE_AT)
            return true;
    }
    return false;
}

static void
emit_moment(struct emit *out, const char *name, int64_t at)
{
    emit_open(out, NULL, '[');
    emit_text(out, NULL, name ? name : collected);
    emit_number(out, NULL, at);
    emit_close(out, ']');
}

/* The moments that were stored, in front of new ones; a moment that is there is not added twice. */
static void
emit_stored(struct emit *out, const char *text, const avow_happened *happened, size_t count)
{
    size_t i;
    json_t *pair, *list = text ? json_loads(text, 0, NULL) : NULL;
    json_array_foreach(list, i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0));
        int64_t at = (int64_t)json_integer_value(json_array_get(pair, 1));
        bool again = false;
        for (size_t j = 0; name && j < count; j++)
            again = again || (happened[j].at == at &&
                              strcmp(happened[j].what ? happened[j].what : collected, name) == 0);
        if (name && !again)
            emit_moment(out, name, at);
    }
    json_decref(list);
}

/* Moments as they are stored, with more of them; the caller frees *out. */
static avow_store_code
held_moments(const char *stored, const avow_happened *happened, size_t count, char **out,
             avow_store_error *error)
{
    /* emit writes an object: the list is its only member, and is cut out. */
    struct emit json = {0};
    emit_begin(&json);
    emit_open(&json, "m", '[');
    emit_stored(&json, stored, happened, count);
    for (size_t i = 0; i < count; i++)
        emit_moment(&json, happened[i].what, happened[i].at);
    emit_close(&json, ']');
    avow_store_code code = emit_end(&json, error);
    *out = code == AVOW_STORE_OK ? strndup(json.text + 5, json.length - 6) : NULL;
    emit_free(&json);
    return code == AVOW_STORE_OK && !*out ? fault_memory(error) : code;
}

/* Puts a row with what was stored of it and what has happened since, and when it must be gone. */
static avow_store_code
put_row(const avow_store *store, struct engine *engine, struct held_row *row, avow_id data,
        const char *stored, const avow_happened *happened, size_t count, avow_store_error *error)
{
    char *moments = NULL;
    avow_store_code code = held_moments(stored, happened, count, &moments, error);
    if (code != AVOW_STORE_OK)
        return code;
    avow_due due = held_due(store->table, data, moments);
    row->moments = moments;
    row->due = due.kind == AVOW_DUE_AT ? due.at : INT64_MAX;
    code = engine->ops->put_held(engine, row, error);
    row->moments = NULL;
    free(moments);
    return code;
}

/* Saying so ---------------------------------------------------------------------------------- */

struct stored {
    uint32_t data;
    char *moments;
    bool failed;
};

static avow_store_code
take_stored(void *context, const struct held_row *row)
{
    struct stored *stored = context;
    if (row->data != stored->data)
        return AVOW_STORE_OK;
    free(stored->moments);
    stored->moments = strdup(row->moments);
    stored->failed = !stored->moments;
    return AVOW_STORE_OK;
}

struct holding {
    const avow_table *table;
    avow_id data;
    struct held_row row;
    const avow_happened *happened;
    size_t count;
    bool gone;
};

/* Within the transaction: what was stored meanwhile is not lost. */
static avow_store_code
put(const avow_store *store, struct engine *engine, struct write *write, avow_store_error *error)
{
    struct holding *holding = write->context;
    struct stored stored = {.data = holding->row.data};
    holding->row.subject = write->subject;
    if (holding->gone)
        return engine->ops->drop_held(engine, &holding->row, error);
    avow_store_code code =
        engine->ops->held_of(engine, write->subject.key, take_stored, &stored, error);
    if (code == AVOW_STORE_OK && stored.failed)
        code = fault_memory(error);
    if (code == AVOW_STORE_OK)
        code = put_row(store, engine, &holding->row, holding->data, stored.moments,
                       holding->happened, holding->count, error);
    free(stored.moments);
    return code;
}

static avow_store_code
check_happened(const avow_store *store, const avow_happened *happened, size_t count,
               avow_store_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (happened[i].what &&
            avow_find(store->table, AVOW_EVENT, happened[i].what, strlen(happened[i].what)) ==
                AVOW_NONE &&
            avow_find(store->table, AVOW_REQUEST, happened[i].what, strlen(happened[i].what)) ==
                AVOW_NONE)
            return fault(error, AVOW_STORE_INPUT, "The policy has no event or request \"%.64s\".",
                         happened[i].what);
    return AVOW_STORE_OK;
}

static avow_store_code
write_holding(avow_store *store, struct holding *holding, const char *data,
              avow_identity_text record, avow_store_error *error)
{
    struct somebody somebody;
    struct write write = {.more = put, .context = holding};
    struct body body;
    char *moments = NULL, *name = NULL;
    pthread_rwlock_rdlock(&store->facts);
    avow_store_code code = somebody_of(store, record, &somebody, error);
    pthread_rwlock_unlock(&store->facts);
    if (code == AVOW_STORE_OK)
        code = terms_of_data(store, holding->data, &holding->row.data, error);
    if (code == AVOW_STORE_OK)
        code = held_moments(NULL, holding->happened, holding->count, &moments, error);
    if (code == AVOW_STORE_OK && !(name = strndup(record.text, record.length)))
        code = fault_memory(error);
    if (code == AVOW_STORE_OK) {
        holding->row.record = name;
        write_about(store, &write, &body, holding->gone ? BODY_GONE : BODY_HELD, &somebody.at[0]);
        body.what = data;
        body.record = name;
        body.moments = moments;
        code = commit_saying(store, &write, &body, error);
    }
    free(moments);
    free(name);
    return code;
}

static avow_store_code
hold(avow_store *store, const char *data, avow_identity_text record, struct holding *holding,
     avow_store_error *error)
{
    avow_store_code code = store_check_ready(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (record.kind != AVOW_IDENTITY_RECORD)
        return fault(error, AVOW_STORE_USAGE,
                     "What is held is a record: give its namespace and id.");
    holding->table = store->table;
    holding->data = avow_find(store->table, AVOW_DATA, data, strlen(data));
    if (holding->data == AVOW_NONE)
        return fault(error, AVOW_STORE_INPUT,
                     "The policy has no data \"%.64s\", or it is a group: name its members.", data);
    code = check_happened(store, holding->happened, holding->count, error);
    return code == AVOW_STORE_OK ? write_holding(store, holding, data, record, error) : code;
}

avow_store_code
avow_store_held(avow_store *store, const char *data, avow_identity_text record,
                const avow_happened *happened, size_t count, avow_store_error *error)
{
    struct holding holding = {.happened = happened, .count = count};
    avow_store_error own = {0};
    return hold(store, data, record, &holding, error ? error : &own);
}

avow_store_code
avow_store_gone(avow_store *store, const char *data, avow_identity_text record,
                avow_store_error *error)
{
    struct holding holding = {.gone = true};
    avow_store_error own = {0};
    return hold(store, data, record, &holding, error ? error : &own);
}

/* Events ------------------------------------------------------------------------------------- */

/* Rows of one record, copied: the walk must be over before they are written again. */
struct rows {
    struct held_copy {
        uint32_t data;
        char *record, *moments;
        char name[65];
    } at[HELD_MAX];
    size_t count;
    bool failed;
};

static avow_store_code
copy_row(void *context, const struct held_row *row)
{
    struct rows *rows = context;
    if (rows->count == HELD_MAX)
        return AVOW_STORE_OK;
    struct held_copy *copy = &rows->at[rows->count++];
    *copy = (struct held_copy){
        .data = row->data, .record = strdup(row->record), .moments = strdup(row->moments)};
    rows->failed = rows->failed || !copy->record || !copy->moments;
    return AVOW_STORE_OK;
}

static avow_store_code
name_row(void *context, const struct term *term)
{
    struct rows *rows = context;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->at[i].data == term->id && term->name[0] != '\0')
            memcpy(rows->at[i].name, term->name + 1, sizeof rows->at[i].name - 1);
    return AVOW_STORE_OK;
}

static avow_store_code
put_again(const avow_store *store, struct engine *engine, const struct subject *record,
          const struct held_copy *copy, const avow_happened *happened, avow_store_error *error)
{
    avow_id data = avow_find(store->table, AVOW_DATA, copy->name, strlen(copy->name));
    struct held_row row = {.subject = *record, .data = copy->data, .record = copy->record};
    return put_row(store, engine, &row, data, copy->moments, happened, 1, error);
}

avow_store_code
held_happen(const avow_store *store, struct engine *engine, const struct subject *record,
            const avow_happened *happened, avow_store_error *error)
{
    struct rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return fault_memory(error);
    avow_store_code code = engine->ops->held_of(engine, record->key, copy_row, rows, error);
    if (code == AVOW_STORE_OK && rows->failed)
        code = fault_memory(error);
    if (code == AVOW_STORE_OK && rows->count > 0)
        code = engine->ops->terms(engine, name_row, rows, error);
    for (size_t i = 0; i < rows->count && code == AVOW_STORE_OK; i++)
        code = put_again(store, engine, record, &rows->at[i], happened, error);
    for (size_t i = 0; i < rows->count; i++) {
        free(rows->at[i].record);
        free(rows->at[i].moments);
    }
    free(rows);
    return code;
}

/* What must be gone -------------------------------------------------------------------------- */

struct looking {
    const avow_store *store;
    int64_t by;
    avow_expired_visit *visit;
    void *context;
    struct {
        uint32_t term;
        avow_id data;
        char name[65];
    } * data;
    size_t data_count;
    avow_store_error *error;
};

static avow_store_code
note_data(void *context, const struct term *term)
{
    struct looking *looking = context;
    avow_text policy = avow_identify(looking->store->table).policy;
    if (term->name[0] != '=' || strlen(term->policy) != policy.length ||
        memcmp(term->policy, policy.data, policy.length) != 0)
        return AVOW_STORE_OK;
    void *grown = realloc(looking->data, (looking->data_count + 1) * sizeof *looking->data);
    if (!grown)
        return fault_memory(looking->error);
    looking->data = grown;
    looking->data[looking->data_count].term = term->id;
    looking->data[looking->data_count].data =
        avow_find(looking->store->table, AVOW_DATA, term->name + 1, strlen(term->name + 1));
    memcpy(looking->data[looking->data_count].name, term->name + 1, 64);
    looking->data_count++;
    return AVOW_STORE_OK;
}

static avow_store_code
look(void *context, const struct held_row *row)
{
    struct looking *looking = context;
    for (size_t i = 0; i < looking->data_count; i++) {
        if (looking->data[i].term != row->data)
            continue;
        avow_due due = held_due(looking->store->table, looking->data[i].data, row->moments);
        if (due.kind != AVOW_DUE_AT || due.at > row->due) {
            due.kind = row->due < INT64_MAX ? AVOW_DUE_AT : due.kind;
            due.at = row->due; /* as it was promised; a later calendar may only shorten it */
        }
        if (due.kind == AVOW_DUE_AT ? due.at > looking->by
                                    : !began_too_early(looking->store->table, looking->data[i].data,
                                                       row->moments, due, looking->by))
            return AVOW_STORE_OK;
        avow_expired expired = {looking->data[i].name, row->record, due};
        return looking->visit(looking->context, &expired);
    }
    return AVOW_STORE_OK;
}

avow_store_code
avow_store_expired(avow_store *store, int64_t by, avow_expired_visit *visit, void *context,
                   avow_store_error *error)
{
    avow_store_error own = {0};
    error = error ? error : &own;
    struct looking looking = {
        .store = store, .by = by, .visit = visit, .context = context, .error = error};
    avow_store_code code = store_check_ready(store, error);
    if (code != AVOW_STORE_OK)
        return code;
    struct engine *engine = pool_borrow(store, error);
    if (!engine)
        return error->code;
    code = engine->ops->terms(engine, note_data, &looking, error);
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++)
        code = engine->ops->held_due(engine, part, INT64_MAX, look, &looking, error);
    pool_return(store, engine, code != AVOW_STORE_OK);
    free(looking.data);
    return code;
}
