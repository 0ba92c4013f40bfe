#include "runtime/agent/signature.h"

#include "runtime/core/table.h"
#include "runtime/store/fault.h"

#include <sodium.h>
#include <string.h>

static const char magic[] = "avowsig1";
static const char domain[40] = "avow: signature of a bundle, 1";

enum { MESSAGE_SIZE_AT = sizeof domain, MESSAGE_HASH_AT = MESSAGE_SIZE_AT + 8 };

_Static_assert(MESSAGE_HASH_AT + crypto_hash_sha512_BYTES == SIGNATURE_MESSAGE, "its parts");
_Static_assert(SIGNATURE_KEY + crypto_sign_BYTES == SIGNATURE_RECORD, "its parts");

void
signature_message(const void *image, size_t size, uint8_t message[SIGNATURE_MESSAGE])
{
    memcpy(message, domain, sizeof domain);
    for (unsigned i = 0; i < 8; i++)
        message[MESSAGE_SIZE_AT + i] = (uint8_t)((uint64_t)size >> (8 * i));
    crypto_hash_sha512(message + MESSAGE_HASH_AT, image, size);
}

int
signature_holds(const uint8_t record[SIGNATURE_RECORD], const uint8_t message[SIGNATURE_MESSAGE])
{
    return crypto_sign_verify_detached(record + SIGNATURE_KEY, message, SIGNATURE_MESSAGE,
                                       record) == 0;
}

void
signature_key_text(const uint8_t key[SIGNATURE_KEY], char text[SIGNATURE_KEY_TEXT])
{
    sodium_bin2base64(text, SIGNATURE_KEY_TEXT, key, SIGNATURE_KEY, sodium_base64_VARIANT_ORIGINAL);
}

static avow_store_code
refuse(avow_store_error *error, const char *why)
{
    return fault(error, AVOW_STORE_POLICY, "%s", why);
}

/* Of the image only its first words are looked at: the core verifies the rest. */
static avow_store_code
measure_image(const uint8_t *bytes, size_t size, size_t *image_size, avow_store_error *error)
{
    if (size < AT_MAGIC * 4 + 8 || table_load_4(bytes) != TABLE_MAGIC_LOW ||
        table_load_4(bytes + 4) != TABLE_MAGIC_HIGH)
        return refuse(error, "It is no compiled policy. A .policy file is compiled first: 'avow "
                             "build --only=avow FILE.policy' makes ID.avow.");
    size_t image = size < AT_CELLS * 4 ? 0 : table_load_4(bytes + AT_SIZE * 4);
    if (image < AT_CELLS * 4 || image > size)
        return refuse(error, "It is cut off, or damaged. Copy it again from where it was signed.");
    *image_size = image;
    return AVOW_STORE_OK;
}

/* One form for one set of signatures. */
static int
keys_rise(const struct signatures *signatures)
{
    const uint8_t *at = signatures->records;
    for (size_t i = 1; i < signatures->count; i++, at += SIGNATURE_RECORD)
        if (memcmp(at, at + SIGNATURE_RECORD, SIGNATURE_KEY) >= 0)
            return 0;
    return 1;
}

avow_store_code
signature_split(const void *file_bytes, size_t size, size_t *image_size,
                struct signatures *signatures, avow_store_error *error)
{
    *signatures = (struct signatures){0};
    avow_store_code code = measure_image(file_bytes, size, image_size, error);
    if (code != AVOW_STORE_OK || *image_size == size)
        return code;
    const uint8_t *trailer = (const uint8_t *)file_bytes + *image_size;
    size_t length = size - *image_size;
    if (length > SIGNATURE_HEAD && memcmp(trailer, magic, sizeof magic - 1) == 0) {
        signatures->records = trailer + SIGNATURE_HEAD;
        signatures->count = table_load_4(trailer + 8);
    }
    if (signatures->count == 0 || signatures->count > SIGNATURES_MOST ||
        table_load_4(trailer + 12) != 0 ||
        length != SIGNATURE_HEAD + signatures->count * SIGNATURE_RECORD || !keys_rise(signatures)) {
        *signatures = (struct signatures){0};
        return refuse(error, "What stands behind the policy in it are no signatures, or damaged "
                             "ones. Build and sign it again.");
    }
    return AVOW_STORE_OK;
}

/* The signatures as they were found. */
struct finding {
    const uint8_t *damaged;            /* one that does not hold */
    const struct trusted_key *expired; /* a trusted key that counts no longer */
    const uint8_t *unknown;            /* one of a key that is not trusted */
    int good;                          /* one of a trusted key that counts */
};

static struct finding
look_at(const struct signatures *signatures, const uint8_t message[SIGNATURE_MESSAGE],
        const struct trust *trust, int64_t now)
{
    struct finding finding = {0};
    for (size_t i = 0; i < signatures->count; i++) {
        const uint8_t *record = signatures->records + i * SIGNATURE_RECORD;
        const struct trusted_key *key = trust ? trust_find(trust, record) : NULL;
        if (!signature_holds(record, message))
            finding.damaged = record;
        else if (!key)
            finding.unknown = record;
        else if (now >= key->until)
            finding.expired = key;
        else
            finding.good = 1;
    }
    return finding;
}

static avow_store_code
judge(const struct finding *finding, const struct trust *trust, avow_store_error *error)
{
    char text[SIGNATURE_KEY_TEXT];
    if (finding->damaged) {
        signature_key_text(finding->damaged, text);
        return fault(error, AVOW_STORE_POLICY,
                     "The signature of key %s does not belong to it: the policy or the signature "
                     "was changed since. Build and sign it again.",
                     text);
    }
    if (!trust || finding->good)
        return AVOW_STORE_OK;
    if (finding->expired) {
        signature_key_text(finding->expired->key, text);
        return fault(error, AVOW_STORE_POLICY,
                     "It is signed with key %s, whose last day was %s. Sign it with a key that "
                     "still counts: 'avow sign --key=FILE ID.avow'.",
                     text, finding->expired->last);
    }
    if (!finding->unknown)
        return refuse(error, "It is not signed, and only signed policies are taken here. Sign it: "
                             "'avow sign --key=FILE ID.avow'.");
    signature_key_text(finding->unknown, text);
    return fault(error, AVOW_STORE_POLICY,
                 "It is signed with key %s, which is not trusted here. Sign it with a trusted key, "
                 "or, if that key is to be trusted, add its line to the file of trusted keys.",
                 text);
}

avow_store_code
signature_check(const void *file_bytes, size_t size, const struct trust *trust, int64_t now,
                size_t *image_size, avow_store_error *error)
{
    struct signatures signatures;
    uint8_t message[SIGNATURE_MESSAGE];
    *image_size = size;
    if (sodium_init() < 0)
        return refuse(error, "Signatures cannot be verified: libsodium does not start.");
    if (!trust && measure_image(file_bytes, size, image_size, NULL) != AVOW_STORE_OK)
        return AVOW_STORE_OK;
    avow_store_code code = signature_split(file_bytes, size, image_size, &signatures, error);
    if (code != AVOW_STORE_OK)
        return code;
    if (signatures.count > 0)
        signature_message(file_bytes, *image_size, message);
    struct finding finding = look_at(&signatures, message, trust, now);
    return judge(&finding, trust, error);
}
