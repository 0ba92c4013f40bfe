#include "runtime/store/export.h"
#include "runtime/store/fault.h"
#include "runtime/store/ledger.h"
#include "runtime/store/read.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    FILE *in;
    char *line;
    size_t room, length;
    uint64_t number; /* of the line, from 1 */
    json_t *object;
    uint32_t part; /* of the entry before */
    const uint8_t *key;
    crypto_sign_state state;
    struct export_result *result;
    avow_store_error *error;
};

static avow_store_code
wrong(const struct reading *from, const char *why)
{
    return fault(from->error, AVOW_STORE_CORRUPT,
                 "Line %" PRIu64 " of the export is wrong: %s. It was damaged or changed on its "
                 "way: ship it again.",
                 from->number, why);
}

/* The next line, without its end, as a JSON object. */
static avow_store_code
next_line(struct reading *from)
{
    json_decref(from->object);
    from->object = NULL;
    from->number++;
    ssize_t got = getline(&from->line, &from->room, from->in);
    if (got < 0 && (ferror(from->in) || errno == ENOMEM))
        return fault(from->error, AVOW_STORE_IO, "The export cannot be read: %s.", strerror(errno));
    if (got <= 0 || from->line[got - 1] != '\n')
        return wrong(from, "it was cut short before its end");
    from->length = (size_t)got - 1;
    json_error_t why;
    from->object = json_loadb(from->line, from->length, JSON_REJECT_DUPLICATES, &why);
    if (!from->object && json_error_code(&why) == json_error_out_of_memory)
        return fault_memory(from->error);
    return json_is_object(from->object) ? AVOW_STORE_OK : wrong(from, "it is no JSON object");
}

static bool
get_heads(const json_t *object, const char *name, struct head heads[ENGINE_PARTS])
{
    const json_t *list = json_object_get(object, name);
    bool good = json_is_array(list) && json_array_size(list) == ENGINE_PARTS;
    for (uint32_t part = 0; part < ENGINE_PARTS && good; part++) {
        const json_t *pair = json_array_get(list, part), *number = json_array_get(pair, 0);
        good = json_is_integer(number) && json_integer_value(number) >= 0 &&
               read_hex_text(json_array_get(pair, 1), heads[part].hash, HASH_BYTES);
        heads[part].sequence = (uint64_t)json_integer_value(number);
    }
    return good;
}

static avow_store_code
read_header(struct reading *from)
{
    const char *avow = NULL;
    int64_t version = 0;
    struct export_result *result = from->result;
    avow_store_code code = next_line(from);
    if (code != AVOW_STORE_OK)
        return code;
    if (!read_text(from->object, "avow", &avow) || !avow || strcmp(avow, "ledger") != 0)
        return wrong(from, "this is no export of a ledger");
    if (!read_number(from->object, "version", &version) || version != 1)
        return fault(from->error, AVOW_STORE_SCHEMA,
                     "The export is of version %" PRId64 ", and this program reads version 1. Use "
                     "a newer avow.",
                     version);
    if (read_hex(from->object, "store", result->store, 32) != 1 ||
        !get_heads(from->object, "from", result->from))
        return wrong(from, "it does not say whose ledger it is, and from where on");
    if (from->key && memcmp(from->key, result->store, 32) != 0)
        return fault(from->error, AVOW_STORE_INPUT,
                     "The export is of another store: its signing key is not this one's. Take the "
                     "export of this store.");
    memcpy(result->heads, result->from, sizeof result->heads);
    crypto_sign_init(&from->state);
    crypto_sign_update(&from->state, (const uint8_t *)from->line, from->length + 1);
    return AVOW_STORE_OK;
}

static bool
get_entry(const struct reading *from, struct entry *entry, uint8_t salt[SALT_BYTES])
{
    int64_t part = -1, sequence = -1;
    const json_t *body = json_object_get(from->object, "body");
    int salted = read_hex(from->object, "salt", salt, SALT_BYTES);
    if (!read_number(from->object, "part", &part) ||
        !read_number(from->object, "sequence", &sequence) ||
        !read_number(from->object, "recorded", &entry->recorded) ||
        !json_object_get(from->object, "recorded") || part < 0 || part >= ENGINE_PARTS ||
        sequence < 1 || salted < 0 || (salted == 1) != json_is_string(body) ||
        read_hex(from->object, "commitment", entry->commitment, HASH_BYTES) != 1 ||
        read_hex(from->object, "hash", entry->hash, HASH_BYTES) != 1)
        return false;
    entry->part = (uint32_t)part;
    entry->sequence = (uint64_t)sequence;
    entry->salt = salted == 1 ? salt : NULL;
    entry->body = json_string_value(body);
    entry->length = json_string_length(body);
    return true;
}

/* That an entry follows the one before it, and says what was committed to. */
static avow_store_code
check_entry(struct reading *from, const struct entry *entry)
{
    struct head *head = &from->result->heads[entry->part];
    uint8_t hash[HASH_BYTES], commitment[HASH_BYTES];
    if (entry->part < from->part || entry->sequence != head->sequence + 1)
        return wrong(from, "entries before it are missing, or it stands in the wrong place");
    ledger_hash(head->hash, entry, hash);
    if (memcmp(hash, entry->hash, HASH_BYTES) != 0)
        return wrong(from, "its hash does not follow from what stands in it and before it");
    if (entry->body) {
        ledger_commit(entry->salt, entry->body, entry->length, commitment);
        if (memcmp(commitment, entry->commitment, HASH_BYTES) != 0)
            return wrong(from, "what the entry says is not what was committed to");
    }
    from->part = entry->part;
    head->sequence = entry->sequence;
    memcpy(head->hash, entry->hash, HASH_BYTES);
    from->result->entries++;
    return AVOW_STORE_OK;
}

static avow_store_code
read_trailer(struct reading *from)
{
    static const char before[] = ",\"signature\":\"";
    struct head heads[ENGINE_PARTS];
    int64_t entries = -1;
    uint8_t signature[64];
    struct export_result *result = from->result;
    if (!get_heads(from->object, "heads", heads) ||
        !read_number(from->object, "entries", &entries) ||
        read_hex(from->object, "signature", signature, sizeof signature) != 1)
        return wrong(from, "it is neither an entry nor the end");
    if (memcmp(heads, result->heads, sizeof heads) != 0 || (uint64_t)entries != result->entries)
        return wrong(from, "the entries before it are not all that were exported");
    const char *at = memmem(from->line, from->length, before, sizeof before - 1);
    if (!at || from->length != (size_t)(at - from->line) + sizeof before - 1 + 128 + 2)
        return wrong(from, "it does not end with the signature");
    crypto_sign_update(&from->state, (const uint8_t *)from->line, (size_t)(at - from->line));
    if (crypto_sign_final_verify(&from->state, signature, result->store) != 0)
        return wrong(from, "the signature is not that of the store");
    if (fgetc(from->in) != EOF)
        return wrong(from, "something stands behind it");
    return AVOW_STORE_OK;
}

static avow_store_code
read_lines(struct reading *from, export_visit *visit, void *context)
{
    for (;;) {
        uint8_t salt[SALT_BYTES];
        struct entry entry = {0};
        avow_store_code code = next_line(from);
        if (code != AVOW_STORE_OK)
            return code;
        if (json_object_get(from->object, "heads"))
            return read_trailer(from);
        code = get_entry(from, &entry, salt) ? check_entry(from, &entry)
                                             : wrong(from, "it is neither an entry nor the end");
        if (code == AVOW_STORE_OK)
            code = visit(context, &entry);
        if (code != AVOW_STORE_OK)
            return code;
    }
}

avow_store_code
export_read(FILE *in, const uint8_t *public_key, export_visit *visit, void *context,
            struct export_result *result, avow_store_error *error)
{
    struct reading from = {.in = in, .key = public_key, .result = result, .error = error};
    *result = (struct export_result){0};
    avow_store_code code = read_header(&from);
    if (code == AVOW_STORE_OK)
        code = read_lines(&from, visit, context);
    json_decref(from.object);
    free(from.line);
    return code;
}
