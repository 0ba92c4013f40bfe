/* Everything an engine can be asked, against the model. */
#include "tests/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STOP = 77 };

/* A walk over rows: how many came, and what they are held against. */
struct walk {
    const struct model *model;
    int count, stop_at;
    uint8_t last_key[KEY_BYTES];
    int64_t last_due;
    uint64_t last_sequence;
};

static void
fail(const char *what)
{
    fprintf(stderr, "differs: %s\n", what);
    exit(1);
}

static void
need(bool right, const char *what)
{
    if (!right)
        fail(what);
}

static void
fine(avow_store_code code, const avow_store_error *error, const char *what)
{
    if (code == AVOW_STORE_OK)
        return;
    fprintf(stderr, "%s: code %d: %s\n", what, (int)code, error->text);
    exit(1);
}

const struct engine_ops *
engine_of(const char *url)
{
    if (strncmp(url, "sqlite:", 7) == 0)
        return &sqlite_engine;
    if (strncmp(url, "postgres", 8) == 0)
        return &postgres_engine;
    fprintf(stderr, "no engine for this URL\n");
    exit(2);
}

static avow_store_code
visit_state(void *context, const uint8_t key[KEY_BYTES], const struct state_row *row)
{
    struct walk *walk = context;
    if (++walk->count == walk->stop_at)
        return (avow_store_code)STOP;
    need(memcmp(walk->last_key, key, KEY_BYTES) <= 0, "states are not in the order of keys");
    memcpy(walk->last_key, key, KEY_BYTES);
    for (int i = 0; i < walk->model->states; i++) {
        const struct model_state *at = &walk->model->state[i];
        if (memcmp(at->key, key, KEY_BYTES) == 0 && at->row.term == row->term &&
            memcmp(at->row.exact, row->exact, EXACT_BYTES) == 0) {
            need(at->row.value == row->value, "a state's value");
            need(at->row.received == row->received, "a state's receipt");
            need(at->row.pending == row->pending, "a state's pending requests");
            return AVOW_STORE_OK;
        }
    }
    fail("a state that should not be there");
    return AVOW_STORE_OK;
}

static avow_store_code
visit_link(void *context, const struct link_row *row)
{
    struct walk *walk = context;
    walk->count++;
    for (int i = 0; i < walk->model->links; i++)
        if (memcmp(&walk->model->link[i], row, sizeof *row) == 0)
            return AVOW_STORE_OK;
    fail("a link that should not be there");
    return AVOW_STORE_OK;
}

static avow_store_code
visit_entry(void *context, const struct entry *entry)
{
    struct walk *walk = context;
    walk->count++;
    need(walk->last_sequence == 0 || entry->sequence == walk->last_sequence + 1,
         "entries are not in order");
    walk->last_sequence = entry->sequence;
    for (int i = 0; i < walk->model->entries; i++) {
        const struct model_entry *at = &walk->model->entry[i];
        if (at->entry.part != entry->part || at->entry.sequence != entry->sequence)
            continue;
        need(memcmp(at->entry.hash, entry->hash, HASH_BYTES) == 0, "an entry's hash");
        need(memcmp(at->entry.commitment, entry->commitment, HASH_BYTES) == 0, "a commitment");
        need(at->entry.recorded == entry->recorded, "when an entry was recorded");
        need(at->erased == !entry->salt && at->erased == !entry->body, "what is erased");
        need(at->erased || (entry->length == at->entry.length &&
                            memcmp(entry->body, at->body, entry->length) == 0 &&
                            memcmp(entry->salt, at->salt, SALT_BYTES) == 0),
             "an entry's body");
        return AVOW_STORE_OK;
    }
    fail("an entry that should not be there");
    return AVOW_STORE_OK;
}

static avow_store_code
visit_duty(void *context, const struct duty_row *row)
{
    struct walk *walk = context;
    walk->count++;
    need(row->due >= walk->last_due, "duties are not in the order of their instants");
    walk->last_due = row->due;
    for (int i = 0; i < walk->model->duties; i++) {
        const struct duty_row *at = &walk->model->duty[i];
        if (at->sequence == row->sequence &&
            memcmp(&at->subject, &row->subject, sizeof at->subject) == 0) {
            need(at->request == row->request && at->received == row->received &&
                     at->due == row->due && at->due_kind == row->due_kind &&
                     strcmp(at->reference, row->reference) == 0,
                 "a duty");
            return AVOW_STORE_OK;
        }
    }
    fail("a duty that should not be there");
    return AVOW_STORE_OK;
}

static avow_store_code
visit_duty_of(void *context, const struct duty_row *row)
{
    struct walk *walk = context;
    walk->last_due = INT64_MIN; /* in any order */
    return visit_duty(context, row);
}

static avow_store_code
visit_held(void *context, const struct held_row *row)
{
    struct walk *walk = context;
    walk->count++;
    for (int i = 0; i < walk->model->held; i++) {
        const struct model_held *at = &walk->model->held_row[i];
        if (at->row.data == row->data &&
            memcmp(at->row.subject.key, row->subject.key, KEY_BYTES) == 0) {
            need(row->subject.kind == AVOW_IDENTITY_RECORD && at->row.due == row->due &&
                     strcmp(at->record, row->record) == 0 && strcmp(at->moments, row->moments) == 0,
                 "a record that is held");
            return AVOW_STORE_OK;
        }
    }
    fail("a record that should not be there");
    return AVOW_STORE_OK;
}

/* How many of each there should be ----------------------------------------------------------- */

static bool
in_part(const uint8_t *key, const uint8_t *wanted, uint32_t part)
{
    return wanted ? memcmp(key, wanted, KEY_BYTES) == 0 : part_of(key) == part;
}

static int
count_states(const struct model *model, const uint8_t *key, uint32_t part)
{
    int count = 0;
    for (int i = 0; i < model->states; i++)
        count += in_part(model->state[i].key, key, part);
    return count;
}

static int
count_links(const struct model *model, const uint8_t *key, uint32_t part)
{
    int count = 0;
    for (int i = 0; i < model->links; i++)
        count += in_part(model->link[i].subject.key, key, part);
    return count;
}

static int
count_duties(const struct model *model, const uint8_t *key, uint32_t part, int64_t until)
{
    int count = 0;
    for (int i = 0; i < model->duties; i++)
        count += in_part(model->duty[i].subject.key, key, part) && model->duty[i].due <= until;
    return count;
}

static int
count_held(const struct model *model, const uint8_t *key, uint32_t part, int64_t until)
{
    int count = 0;
    for (int i = 0; i < model->held; i++)
        count += in_part(model->held_row[i].row.subject.key, key, part) &&
                 model->held_row[i].row.due <= until;
    return count;
}

static int
count_entries(const struct model *model, uint32_t part, uint64_t from)
{
    int count = 0;
    for (int i = 0; i < model->entries; i++)
        count += model->entry[i].entry.part == part && model->entry[i].entry.sequence >= from;
    return count;
}

/* Comparing ---------------------------------------------------------------------------------- */

static void
check_subject(struct engine *engine, const struct model *model, uint32_t n)
{
    avow_store_error error;
    uint8_t key[KEY_BYTES];
    memset(key, (int)(n * 37 % 256), KEY_BYTES);
    key[0] = (uint8_t)n;
    struct walk states = {.model = model}, links = states, duties = states, held = states;
    fine(engine->ops->states(engine, key, visit_state, &states, &error), &error, "states");
    need(states.count == count_states(model, key, 0), "how many states somebody has");
    fine(engine->ops->links(engine, key, visit_link, &links, &error), &error, "links");
    need(links.count == count_links(model, key, 0), "how many links somebody has");
    fine(engine->ops->duties_of(engine, key, visit_duty_of, &duties, &error), &error, "duties");
    need(duties.count == count_duties(model, key, 0, INT64_MAX), "how many duties somebody has");
    fine(engine->ops->held_of(engine, key, visit_held, &held, &error), &error, "held");
    need(held.count == count_held(model, key, 0, INT64_MAX), "how many records are held");
    if (states.count > 1) {
        struct walk stopped = {.model = model, .stop_at = 2};
        avow_store_code code = engine->ops->states(engine, key, visit_state, &stopped, &error);
        need((int)code == STOP && stopped.count == 2, "a walk that was stopped");
    }
}

static void
check_entries(struct engine *engine, const struct model *model, uint32_t part)
{
    avow_store_error error;
    struct head head, right = model_head(model, part);
    fine(engine->ops->head(engine, part, &head, &error), &error, "head");
    need(head.sequence == right.sequence && memcmp(head.hash, right.hash, HASH_BYTES) == 0,
         "a head");
    struct walk entries = {.model = model}, some = entries;
    fine(engine->ops->entries(engine, part, 1, UINT64_MAX, visit_entry, &entries, &error), &error,
         "entries");
    need(entries.count == count_entries(model, part, 1), "how many entries a part has");
    uint64_t from = right.sequence / 2 + 1;
    fine(engine->ops->entries(engine, part, from, 5, visit_entry, &some, &error), &error,
         "some entries");
    int rest = count_entries(model, part, from);
    need(some.count == (rest < 5 ? rest : 5), "how many entries there are from one on");
}

static void
check_part(struct engine *engine, const struct model *model, uint32_t part)
{
    avow_store_error error;
    struct walk states = {.model = model}, links = states, duties = states, held = states;
    check_entries(engine, model, part);
    fine(engine->ops->all_states(engine, part, visit_state, &states, &error), &error, "states");
    need(states.count == count_states(model, NULL, part), "how many states a part has");
    fine(engine->ops->all_links(engine, part, visit_link, &links, &error), &error, "links");
    need(links.count == count_links(model, NULL, part), "how many links a part has");
    int64_t until = 100 * (int64_t)part;
    fine(engine->ops->duties_due(engine, part, until, visit_duty, &duties, &error), &error, "due");
    need(duties.count == count_duties(model, NULL, part, until), "how many duties are due");
    fine(engine->ops->held_due(engine, part, until, visit_held, &held, &error), &error, "held");
    need(held.count == count_held(model, NULL, part, until), "how many records are due");
    if (states.count > 1) {
        struct walk stopped = {.model = model, .stop_at = 2};
        avow_store_code code = engine->ops->all_states(engine, part, visit_state, &stopped, &error);
        need((int)code == STOP && stopped.count == 2, "a walk over a part that was stopped");
    }
}

static avow_store_code
visit_term(void *context, const struct term *term)
{
    struct walk *walk = context;
    for (int i = 0; i < walk->model->terms; i++) {
        const struct term *at = &walk->model->term[i];
        if (at->id == term->id && strcmp(at->name, term->name) == 0 &&
            strcmp(at->policy, term->policy) == 0 && strcmp(at->now, term->now) == 0 &&
            at->mapped == term->mapped)
            walk->count++;
    }
    return AVOW_STORE_OK;
}

static avow_store_code
visit_meta(void *context, const char *name, const char *value)
{
    struct walk *walk = context;
    for (int i = 0; i < walk->model->notes; i++)
        if (strcmp(walk->model->note[i].name, name) == 0 &&
            strcmp(walk->model->note[i].value, value) == 0)
            walk->count++;
    return AVOW_STORE_OK;
}

static void
visit_words(void *context, const char *words, size_t length)
{
    const struct model_words *right = context;
    need(length == right->length && memcmp(words, right->words, length) == 0, "a sentence");
}

static void
check_names(struct engine *engine, const struct model *model)
{
    avow_store_error error;
    uint8_t none[16] = {0xEE};
    struct walk terms = {.model = model}, notes = terms;
    fine(engine->ops->terms(engine, visit_term, &terms, &error), &error, "terms");
    need(terms.count == model->terms, "terms");
    fine(engine->ops->meta(engine, visit_meta, &notes, &error), &error, "meta");
    need(notes.count == model->notes, "meta");
    for (int i = 0; i < model->words; i++) {
        struct model_words right = model->sentence[i];
        fine(engine->ops->words(engine, right.hash, visit_words, &right, &error), &error, "words");
    }
    need(engine->ops->words(engine, none, visit_words, NULL, &error) == AVOW_STORE_NOT_FOUND,
         "a sentence that nobody stored");
}

void
check_some(struct engine *engine, const struct model *model, uint32_t which)
{
    if (which % 4 == 0)
        check_names(engine, model);
    else if (which % 4 == 1)
        check_part(engine, model, which / 4 % ENGINE_PARTS);
    else
        check_subject(engine, model, which / 4 % 24);
}

void
check_all(struct engine *engine, const struct model *model)
{
    avow_store_error error;
    fine(engine->ops->begin(engine, false, &error), &error, "begin");
    for (uint32_t i = 0; i < 24; i++)
        check_subject(engine, model, i);
    for (uint32_t i = 0; i < ENGINE_PARTS; i++)
        check_part(engine, model, i);
    check_names(engine, model);
    fine(engine->ops->commit(engine, &error), &error, "commit");
}
