/* Signing: reads a bundle, adds to what stands behind its image, puts it in its place. */
#include "runtime/sign/sign.h"
#include "runtime/store/fault.h"
#include "runtime/store/number.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* A copy is opened: on a machine of the other byte order the words of its own are turned. */
static avow_store_code
open_image(const struct file *file, size_t image_size, avow_store_error *error)
{
    size_t room = (image_size + 7) / 8 * 8;
    void *copy = aligned_alloc(8, room);
    avow_error why = AVOW_OK;
    if (!copy)
        return fault_memory(error);
    memcpy(copy, file->bytes, image_size);
    const avow_table *table = avow_open(copy, image_size, &why);
    free(copy);
    if (table)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_POLICY, "%s is not taken by services: %s Build it again.",
                 file->path, avow_error_text(why));
}

static avow_store_code
name_file(const char *path, avow_store_code code, const avow_store_error *why,
          avow_store_error *error)
{
    return code == AVOW_STORE_OK ? code : fault(error, code, "%s: %s", path, why->text);
}

avow_store_code
bundle_open(struct file *file, const char *path, size_t *image_size, struct signatures *signatures,
            avow_store_error *error)
{
    avow_store_error why = {0};
    avow_store_code code = file_read(file, path, BUNDLE_MOST, error);
    if (code != AVOW_STORE_OK)
        return code;
    code = signature_split(file->bytes, file->size, image_size, signatures, &why);
    if (code != AVOW_STORE_OK)
        return name_file(path, code, &why, error);
    code = open_image(file, *image_size, error);
    if (code != AVOW_STORE_OK)
        return code;
    code = signature_check(file->bytes, file->size, NULL, 0, image_size, &why);
    return name_file(path, code, &why, error);
}

/* Signatures on their way into a trailer, keys rising. */
struct trailer {
    uint8_t bytes[SIGNATURE_HEAD + SIGNATURES_MOST * SIGNATURE_RECORD];
    size_t count;
};

static uint8_t *
record_at(struct trailer *trailer, size_t number)
{
    return trailer->bytes + SIGNATURE_HEAD + number * SIGNATURE_RECORD;
}

/* The place of a key's record, which is made if there is none; NULL if there is no room. */
static uint8_t *
place_of(struct trailer *trailer, const uint8_t key[SIGNATURE_KEY])
{
    size_t at = 0;
    int order = -1;
    while (at < trailer->count && (order = memcmp(record_at(trailer, at), key, SIGNATURE_KEY)) < 0)
        at++;
    uint8_t *record = record_at(trailer, at);
    if (at < trailer->count && order == 0)
        return record;
    if (trailer->count == SIGNATURES_MOST)
        return NULL;
    memmove(record + SIGNATURE_RECORD, record, (trailer->count - at) * SIGNATURE_RECORD);
    trailer->count++;
    return record;
}

static int
add_signature(struct trailer *trailer, const struct secret *key,
              const uint8_t message[SIGNATURE_MESSAGE])
{
    uint8_t *record = place_of(trailer, key_public(key));
    if (!record)
        return 0;
    memcpy(record, key_public(key), SIGNATURE_KEY);
    crypto_sign_detached(record + SIGNATURE_KEY, NULL, message, SIGNATURE_MESSAGE, key->bytes);
    return 1;
}

static size_t
finish(struct trailer *trailer)
{
    memcpy(trailer->bytes, "avowsig1", 8);
    put_number(put_number(trailer->bytes + 8, trailer->count, 4), 0, 4);
    return SIGNATURE_HEAD + trailer->count * SIGNATURE_RECORD;
}

static avow_store_code
write_signed(const struct file *file, size_t image_size, struct trailer *trailer,
             avow_store_error *error)
{
    size_t length = finish(trailer), image = 0;
    uint8_t *whole = malloc(image_size + length);
    if (!whole)
        return fault_memory(error);
    memcpy(whole, file->bytes, image_size);
    memcpy(whole + image_size, trailer->bytes, length);
    /* What is written is what verifies. */
    avow_store_code code = signature_check(whole, image_size + length, NULL, 0, &image, error);
    if (code == AVOW_STORE_OK)
        code = file_replace(file, whole, image_size + length, error);
    free(whole);
    return code;
}

avow_store_code
bundle_sign(const char *path, const struct secret *keys, size_t count, avow_store_error *error)
{
    struct file file;
    struct signatures signatures;
    struct trailer trailer = {0};
    uint8_t message[SIGNATURE_MESSAGE];
    size_t image_size = 0;
    avow_store_code code = bundle_open(&file, path, &image_size, &signatures, error);
    if (code == AVOW_STORE_OK) {
        signature_message(file.bytes, image_size, message);
        trailer.count = signatures.count;
        if (trailer.count > 0)
            memcpy(record_at(&trailer, 0), signatures.records, trailer.count * SIGNATURE_RECORD);
        for (size_t i = 0; i < count && code == AVOW_STORE_OK; i++)
            if (!add_signature(&trailer, &keys[i], message))
                code = fault(error, AVOW_STORE_POLICY,
                             "%s has %d signatures, and takes no more. Build it again and sign it "
                             "with the keys that still count.",
                             path, SIGNATURES_MOST);
    }
    if (code == AVOW_STORE_OK)
        code = write_signed(&file, image_size, &trailer, error);
    file_free(&file);
    return code;
}
