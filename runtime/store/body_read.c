#include "runtime/store/body.h"
#include "runtime/store/fault.h"
#include "runtime/store/read.h"

#include <stdlib.h>
#include <string.h>

/* What body_read gives out stands in here. */
struct memory {
    json_t *root;
    char *moments;
    void *lists[3];
};

static uint8_t
number_of(const json_t *text, const char *(*name_of)(uint8_t), uint8_t count, bool *good)
{
    for (uint8_t i = 0; json_is_string(text) && i < count; i++)
        if (name_of(i) && strcmp(name_of(i), json_string_value(text)) == 0)
            return i;
    *good = false;
    return 0;
}

static const char *
kind_name(uint8_t kind)
{
    return body_kind_name((enum body_kind)kind);
}

static const char *
due_name(uint8_t kind)
{
    static const char *const names[] = {"nothing", "at", "at-once", "unknown"};
    return names[kind];
}

static const char *
value_name(uint8_t value)
{
    static const char *const names[] = {"off", "on", "unknown"};
    return names[value];
}

static void
read_subject(const json_t *root, const char *const names[3], struct subject *subject, bool *good)
{
    const json_t *kind = json_object_get(root, names[0]);
    if (!kind)
        return;
    subject->kind = number_of(kind, body_identity_name, AVOW_IDENTITY_KINDS, good);
    *good = *good && read_hex(root, names[1], subject->key, KEY_BYTES) == 1 &&
            read_hex(root, names[2], subject->exact, EXACT_BYTES) >= 0;
}

/* Room for the members of a list, or NULL: there are none, or *good is false. */
static void *
list_of(const json_t *root, const char *name, size_t size, size_t *count, void **list, bool *good)
{
    const json_t *array = json_object_get(root, name);
    *count = json_array_size(array);
    *good = *good && (!array || json_is_array(array));
    if (*count == 0)
        return NULL;
    *list = calloc(*count, size);
    return *list;
}

static bool
read_effects(const json_t *root, struct body *body, struct memory *memory, bool *good)
{
    body->effects = list_of(root, "effects", sizeof *body->effects, &body->effect_count,
                            &memory->lists[0], good);
    for (size_t i = 0; body->effects && i < body->effect_count; i++) {
        const json_t *pair = json_array_get(json_object_get(root, "effects"), i);
        body->effects[i].state = json_string_value(json_array_get(pair, 0));
        body->effects[i].value = number_of(json_array_get(pair, 1), value_name, 3, good);
        *good = *good && body->effects[i].state;
    }
    return body->effects || body->effect_count == 0;
}

static bool
read_erased(const json_t *root, struct body *body, struct memory *memory, bool *good)
{
    body->erased =
        list_of(root, "erased", sizeof *body->erased, &body->erased_count, &memory->lists[1], good);
    for (size_t i = 0; body->erased && i < body->erased_count; i++) {
        const json_t *number = json_array_get(json_object_get(root, "erased"), i);
        body->erased[i] = (uint64_t)json_integer_value(number);
        *good = *good && json_is_integer(number) && json_integer_value(number) > 0;
    }
    return body->erased || body->erased_count == 0;
}

static void
read_kept_row(const json_t *row, struct body_kept *kept, bool *good)
{
    const json_t *pending = json_array_get(row, 4), *received = json_array_get(row, 5);
    kept->policy = json_string_value(json_array_get(row, 0));
    kept->state = json_string_value(json_array_get(row, 1));
    kept->value = number_of(json_array_get(row, 3), value_name, 3, good);
    kept->pending = (uint32_t)json_integer_value(pending);
    kept->received = json_integer_value(received);
    *good = *good && kept->policy && kept->state &&
            read_hex_text(json_array_get(row, 2), kept->exact, EXACT_BYTES) &&
            json_is_integer(pending) && json_is_integer(received);
}

static bool
read_kept(const json_t *root, struct body *body, struct memory *memory, bool *good)
{
    body->kept =
        list_of(root, "kept", sizeof *body->kept, &body->kept_count, &memory->lists[2], good);
    for (size_t i = 0; body->kept && i < body->kept_count; i++)
        read_kept_row(json_array_get(json_object_get(root, "kept"), i), &body->kept[i], good);
    return body->kept || body->kept_count == 0;
}

static void
read_due(const json_t *root, struct body *body, bool *good)
{
    const json_t *due = json_object_get(root, "due");
    if (!due)
        return;
    body->is_request = true;
    body->due_kind = number_of(json_object_get(due, "kind"), due_name, 4, good);
    body->due = body->due_kind == AVOW_DUE_AT ? 0 : INT64_MAX;
    *good = *good && read_number(due, "at", &body->due) &&
            read_text(due, "clause", &body->due_clause) && read_text(due, "tzdata", &body->tzdata);
}

static bool
read_moments(const json_t *root, struct body *body, struct memory *memory)
{
    const json_t *moments = json_object_get(root, "moments");
    if (!moments)
        return true;
    memory->moments = json_dumps(moments, JSON_COMPACT);
    body->moments = memory->moments;
    return memory->moments != NULL;
}

/* All members that are texts or numbers. */
static bool
read_members(const json_t *root, struct body *body)
{
    static const char *const subject[] = {"identity", "subject", "exact"};
    static const char *const other[] = {"other_identity", "other", "other_exact"};
    int64_t kinds = 0;
    bool good = true;
    int content = read_hex(root, "content", body->content, HASH_BYTES);
    int words = read_hex(root, "words", body->words, WORDS_BYTES);
    body->kind =
        (enum body_kind)number_of(json_object_get(root, "kind"), kind_name, BODY_KINDS, &good);
    body->has_content = content == 1;
    body->has_words = words == 1;
    body->by_clock = json_is_true(json_object_get(root, "clock"));
    body->done = json_is_true(json_object_get(root, "done"));
    if (body->kind == BODY_EVENT)
        body->source = number_of(json_object_get(root, "source"), body_source_name, 3, &good);
    read_subject(root, subject, &body->subject, &good);
    read_subject(root, other, &body->other, &good);
    read_due(root, body, &good);
    good = good && content >= 0 && words >= 0 && read_number(root, "kinds", &kinds);
    body->kinds = (unsigned)kinds;
    return good && read_text(root, "policy", &body->policy) &&
           read_text(root, "what", &body->what) && read_text(root, "evidence", &body->evidence) &&
           read_text(root, "reference", &body->reference) &&
           read_text(root, "clause", &body->clause) &&
           read_text(root, "language", &body->language) && read_text(root, "of", &body->of) &&
           read_text(root, "now", &body->now) && read_text(root, "record", &body->record) &&
           read_number(root, "received", &body->received);
}

avow_store_code
body_read(const char *text, size_t length, struct body *body, avow_store_error *error)
{
    memset(body, 0, sizeof *body);
    struct memory *memory = calloc(1, sizeof *memory);
    body->memory = memory;
    if (!memory)
        return fault_memory(error);
    json_error_t why;
    memory->root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    if (!memory->root && json_error_code(&why) == json_error_out_of_memory)
        return fault_memory(error);
    bool good = json_is_object(memory->root) && read_members(memory->root, body);
    if (good &&
        !(read_effects(memory->root, body, memory, &good) &&
          read_erased(memory->root, body, memory, &good) &&
          read_kept(memory->root, body, memory, &good) && read_moments(memory->root, body, memory)))
        return fault_memory(error);
    return good ? AVOW_STORE_OK
                : fault(error, AVOW_STORE_CORRUPT,
                        "What an entry of the ledger says cannot be read: it was changed, or was "
                        "written by a newer avow.");
}

void
body_free(struct body *body)
{
    struct memory *memory = body->memory;
    if (memory) {
        json_decref(memory->root);
        free(memory->moments);
        for (size_t i = 0; i < sizeof memory->lists / sizeof memory->lists[0]; i++)
            free(memory->lists[i]);
        free(memory);
    }
    memset(body, 0, sizeof *body);
}
