#include "runtime/store/receipt.h"
#include "runtime/store/body.h"
#include "runtime/store/canonical.h"
#include "runtime/store/fault.h"
#include "runtime/store/ledger.h"
#include "runtime/store/receipt_fields.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *const receipt_states[3] = {"given", "withdrawn", "requested"};

static json_t *
hex(const uint8_t *bytes, size_t count)
{
    char digits[2 * 64 + 1];
    return json_string(sodium_bin2hex(digits, sizeof digits, bytes, count));
}

/* Sets a member, if there is a text. */
static bool
set_text(json_t *object, const char *name, const char *text)
{
    return !text || json_object_set_new(object, name, json_string(text)) == 0;
}

static bool
set(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0;
}

/* "2026-11-24T17:00:00.000000Z" */
static json_t *
instant(int64_t microseconds)
{
    struct tm tm;
    char day[40], text[64];
    int64_t fraction = microseconds % 1000000, carry = fraction < 0;
    time_t seconds = (time_t)(microseconds / 1000000 - carry);
    if (!gmtime_r(&seconds, &tm) || strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        return json_integer(microseconds);
    snprintf(text, sizeof text, "%s.%06" PRId64 "Z", day, fraction + carry * 1000000);
    return json_string(text);
}

static json_t *
principal(const struct body *body)
{
    char digits[2 * KEY_BYTES + 1], text[64];
    sodium_bin2hex(digits, sizeof digits, body->subject.key, KEY_BYTES);
    snprintf(text, sizeof text, "%s:%s", body_identity_name(body->subject.kind), digits);
    return json_string(text);
}

static bool
add_notice(json_t *root, const struct body *body, const char *statement)
{
    json_t *notice = json_object();
    bool good = set_text(notice, "id", body->policy) && set_text(notice, "clause", body->clause) &&
                set_text(notice, "language", body->language) &&
                set_text(notice, "statement", statement);
    if (good && body->has_content)
        good = set(notice, "content_hash", hex(body->content, HASH_BYTES));
    if (good && body->has_words)
        good = set(notice, "statement_hash", hex(body->words, WORDS_BYTES));
    return set(root, "privacy_notice", notice) && good;
}

static bool
add_processing(json_t *root, const struct body *body)
{
    static const char *const values[] = {"off", "on", "unknown"};
    json_t *processing = json_object(), *purposes = json_array();
    bool good = true;
    for (size_t i = 0; i < body->effect_count && good; i++) {
        json_t *purpose = json_object();
        good = set_text(purpose, "purpose", body->effects[i].state) &&
               set_text(purpose, "value", values[body->effects[i].value]);
        good = json_array_append_new(purposes, purpose) == 0 && good;
    }
    good = set(processing, "purposes", purposes) && good;
    return set(root, "pii_processing", processing) && good;
}

static bool
add_event(json_t *root, const struct body *body, const char *state)
{
    json_t *event = json_object();
    bool good = set(event, "event_time", instant(body->received)) &&
                set_text(event, "event_type", body->what) &&
                set_text(event, "event_state", state) && set(event, "entity_id", principal(body)) &&
                set_text(event, "source", body_source_name(body->source)) &&
                set_text(event, "evidence", body->evidence) &&
                set_text(event, "reference", body->reference);
    return set(root, "event", event) && good;
}

static bool
add_controller(json_t *root, const uint8_t party[32], const char *name)
{
    json_t *list = json_array(), *controller = json_object();
    bool good =
        set(controller, "party_id", hex(party, 32)) && set_text(controller, "party_name", name);
    good = json_array_append_new(list, controller) == 0 && good;
    return set(root, "pii_controllers", list) && good;
}

static bool
add_proof(json_t *root, const struct entry *entry, const uint8_t previous[HASH_BYTES])
{
    json_t *proof = json_object();
    bool good = set(proof, "part", json_integer(entry->part)) &&
                set(proof, "sequence", json_integer((json_int_t)entry->sequence)) &&
                set(proof, "recorded", json_integer(entry->recorded)) &&
                set(proof, "previous", hex(previous, HASH_BYTES)) &&
                set(proof, "commitment", hex(entry->commitment, HASH_BYTES)) &&
                set(proof, "hash", hex(entry->hash, HASH_BYTES)) &&
                set(proof, "salt", hex(entry->salt, SALT_BYTES)) &&
                set(proof, "body", json_stringn(entry->body, entry->length));
    return set(root, "proof", proof) && good;
}

json_t *
receipt_fields(const struct receipt_source *source, const struct body *body,
               const uint8_t party[32])
{
    char name[AVOW_RECEIPT_MAX];
    json_t *root = json_object();
    ledger_name(source->entry, name);
    bool good = set_text(root, "schema_version", RECEIPT_VERSION) &&
                set_text(root, "record_id", name) &&
                set(root, "pii_principal_id", principal(body)) &&
                add_controller(root, party, source->party_name) &&
                add_notice(root, body, source->statement) && add_processing(root, body) &&
                add_event(root, body, receipt_states[source->state]) &&
                add_proof(root, source->entry, source->previous);
    if (good)
        return root;
    json_decref(root);
    return NULL;
}

avow_store_code
receipt_check(const struct receipt_source *source, const struct body *body, avow_store_error *error)
{
    uint8_t words[WORDS_BYTES];
    if (body->kind != BODY_EVENT || !body->subject.kind)
        return fault(error, AVOW_STORE_INPUT,
                     "This entry is of no event that somebody could have a receipt for.");
    if ((source->state == RECEIPT_REQUESTED) != (body->is_request && !body->done))
        return fault(error, AVOW_STORE_CORRUPT,
                     "The state of the event is not that of its entry: a request that waits is "
                     "requested, and only that.");
    if ((source->statement != NULL) != body->has_words)
        return fault(error, AVOW_STORE_CORRUPT,
                     "The sentence that was shown is missing, or there was none.");
    if (!source->statement)
        return AVOW_STORE_OK;
    crypto_generichash(words, sizeof words, (const uint8_t *)source->statement,
                       strlen(source->statement), NULL, 0);
    return memcmp(words, body->words, sizeof words) == 0
               ? AVOW_STORE_OK
               : fault(error, AVOW_STORE_CORRUPT,
                       "The sentence is not the one that was shown: its hash is another.");
}

/* The document, signed. */
static avow_store_code
sign(json_t *root, const struct keys *keys, struct emit *out, avow_store_error *error)
{
    uint8_t signature[64];
    avow_store_code code = canonical_write(out, root, error);
    if (code != AVOW_STORE_OK)
        return code;
    crypto_sign_detached(signature, NULL, (const uint8_t *)out->text, out->length,
                         keys->signing_secret);
    if (!set(root, "signature", hex(signature, sizeof signature)))
        return fault_memory(error);
    return canonical_write(out, root, error);
}

avow_store_code
receipt_write(const struct receipt_source *source, const struct keys *keys, struct emit *out,
              avow_store_error *error)
{
    struct body body;
    if (!source->entry->body || !source->entry->salt)
        return fault(error, AVOW_STORE_NOT_FOUND, "What this receipt said has been erased.");
    avow_store_code code = body_read(source->entry->body, source->entry->length, &body, error);
    if (code == AVOW_STORE_OK)
        code = receipt_check(source, &body, error);
    if (code == AVOW_STORE_OK) {
        json_t *root = receipt_fields(source, &body, keys->signing_public);
        code = root ? sign(root, keys, out, error) : fault_memory(error);
        json_decref(root);
    }
    body_free(&body);
    return code;
}
