/* Verification goes the way of writing once more: from the entry that the proof holds all other
 * members follow, and must be what the document has. */
#include "runtime/store/canonical.h"
#include "runtime/store/fault.h"
#include "runtime/store/ledger.h"
#include "runtime/store/read.h"
#include "runtime/store/receipt_fields.h"

#include <sodium.h>
#include <string.h>

struct document {
    json_t *root;
    struct entry entry;
    uint8_t salt[SALT_BYTES], previous[HASH_BYTES], party[32], signature[64];
    struct receipt_source source;
    struct body body;
    avow_store_error *error;
};

static avow_store_code
no_receipt(const struct document *document)
{
    return fault(document->error, AVOW_STORE_INPUT,
                 "This is no receipt, or not a whole one. Give the file as it was issued.");
}

static avow_store_code
wrong(const struct document *document, const char *what)
{
    return fault(document->error, AVOW_STORE_CORRUPT,
                 "The receipt was changed, or is not genuine: %s.", what);
}

static bool
read_proof(struct document *document)
{
    const json_t *proof = json_object_get(document->root, "proof");
    const json_t *body = json_object_get(proof, "body");
    struct entry *entry = &document->entry;
    int64_t part = -1, sequence = 0;
    bool good = json_object_get(proof, "recorded") && read_number(proof, "part", &part) &&
                read_number(proof, "sequence", &sequence) &&
                read_number(proof, "recorded", &entry->recorded) && json_is_string(body) &&
                read_hex(proof, "previous", document->previous, HASH_BYTES) == 1 &&
                read_hex(proof, "commitment", entry->commitment, HASH_BYTES) == 1 &&
                read_hex(proof, "hash", entry->hash, HASH_BYTES) == 1 &&
                read_hex(proof, "salt", document->salt, SALT_BYTES) == 1;
    entry->part = (uint32_t)part;
    entry->sequence = (uint64_t)sequence;
    entry->salt = document->salt;
    entry->body = json_string_value(body);
    entry->length = json_string_length(body);
    return good && part >= 0 && part < ENGINE_PARTS && sequence > 0;
}

static bool
read_source(struct document *document)
{
    const json_t *notice = json_object_get(document->root, "privacy_notice");
    const json_t *event = json_object_get(document->root, "event");
    const json_t *controllers = json_object_get(document->root, "pii_controllers");
    const json_t *controller = json_array_get(controllers, 0);
    struct receipt_source *source = &document->source;
    const char *state = NULL;
    int found = -1;
    bool good = read_text(event, "event_state", &state) && state &&
                read_text(notice, "statement", &source->statement) &&
                read_text(controller, "party_name", &source->party_name) &&
                read_hex(controller, "party_id", document->party, 32) == 1 &&
                read_hex(document->root, "signature", document->signature, 64) == 1;
    for (int i = 0; good && i < 3; i++)
        if (strcmp(receipt_states[i], state) == 0)
            found = i;
    source->state = (enum receipt_state)found;
    source->entry = &document->entry;
    source->previous = document->previous;
    return good && found >= 0;
}

static avow_store_code
check_entry(struct document *document)
{
    uint8_t hash[HASH_BYTES];
    const struct entry *entry = &document->entry;
    ledger_commit(entry->salt, entry->body, entry->length, hash);
    if (memcmp(hash, entry->commitment, HASH_BYTES) != 0)
        return wrong(document, "the entry's text and salt do not give its commitment");
    ledger_hash(document->previous, entry, hash);
    if (memcmp(hash, entry->hash, HASH_BYTES) != 0)
        return wrong(document, "the members of the proof do not give the entry's hash");
    if (body_read(entry->body, entry->length, &document->body, document->error) != AVOW_STORE_OK)
        return wrong(document, "the entry's text cannot be read");
    return receipt_check(&document->source, &document->body, document->error);
}

/* The first member that is not what follows from the entry, or NULL. */
static const char *
differing(json_t *wanted, json_t *found)
{
    const char *name;
    json_t *value;
    json_object_foreach(wanted, name, value)
    {
        if (!json_equal(value, json_object_get(found, name)))
            return name;
    }
    return json_object_size(wanted) + 1 == json_object_size(found) ? NULL : "a member too many";
}

static avow_store_code
check_fields(struct document *document)
{
    json_t *wanted = receipt_fields(&document->source, &document->body, document->party);
    if (!wanted)
        return fault_memory(document->error);
    const char *name = differing(wanted, document->root);
    avow_store_code code = AVOW_STORE_OK;
    if (name)
        code = fault(document->error, AVOW_STORE_CORRUPT,
                     "The receipt was changed, or is not genuine: %.40s is not what follows from "
                     "the entry of the ledger.",
                     name);
    json_decref(wanted);
    return code;
}

static avow_store_code
check_signature(const struct document *document, const uint8_t *public_key)
{
    struct emit text = {0};
    json_t *unsigned_one = json_copy(document->root);
    if (!unsigned_one)
        return fault_memory(document->error);
    json_object_del(unsigned_one, "signature");
    avow_store_code code = canonical_write(&text, unsigned_one, document->error);
    if (code == AVOW_STORE_OK && public_key && memcmp(public_key, document->party, 32) != 0)
        code = wrong(document, "it was not signed with the key that was given");
    else if (code == AVOW_STORE_OK &&
             crypto_sign_verify_detached(document->signature, (const uint8_t *)text.text,
                                         text.length, document->party) != 0)
        code = wrong(document, "the signature does not match");
    emit_free(&text);
    json_decref(unsigned_one);
    return code;
}

static avow_store_code
check_form(const struct document *document, const char *bytes, size_t length)
{
    struct emit text = {0};
    avow_store_code code = canonical_write(&text, document->root, document->error);
    if (code == AVOW_STORE_OK && (text.length != length || memcmp(text.text, bytes, length) != 0))
        code = wrong(document, "it is not written as it was issued");
    emit_free(&text);
    return code;
}

static avow_store_code
verify(struct document *document, const char *bytes, size_t length, const uint8_t *public_key)
{
    const char *version = NULL;
    if (!json_is_object(document->root) || !read_text(document->root, "schema_version", &version) ||
        !version)
        return no_receipt(document);
    if (strcmp(version, RECEIPT_VERSION) != 0)
        return fault(
            document->error, AVOW_STORE_INPUT,
            "This is no receipt, or one of another version than this program knows (%.60s).",
            version);
    if (!read_proof(document) || !read_source(document))
        return no_receipt(document);
    avow_store_code code = check_entry(document);
    if (code == AVOW_STORE_OK)
        code = check_fields(document);
    if (code == AVOW_STORE_OK)
        code = check_form(document, bytes, length);
    return code == AVOW_STORE_OK ? check_signature(document, public_key) : code;
}

avow_store_code
receipt_verify(const char *bytes, size_t length, const uint8_t *public_key,
               struct receipt_verified *out, avow_store_error *error)
{
    struct document document = {.error = error};
    json_error_t why;
    length -= length > 0 && bytes[length - 1] == '\n';
    document.root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &why);
    avow_store_code code = !document.root && json_error_code(&why) == json_error_out_of_memory
                               ? fault_memory(error)
                               : verify(&document, bytes, length, public_key);
    if (code == AVOW_STORE_OK) {
        ledger_name(&document.entry, out->name);
        out->part = document.entry.part;
        out->head.sequence = document.entry.sequence;
        memcpy(out->head.hash, document.entry.hash, HASH_BYTES);
        memcpy(out->party, document.party, 32);
    }
    body_free(&document.body);
    json_decref(document.root);
    return code;
}
