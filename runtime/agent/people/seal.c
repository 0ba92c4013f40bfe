#include "runtime/agent/people/seal.h"

#include <sodium.h>
#include <string.h>

/* Formats differ in their first byte, and in what keys are made for. */
enum { FORMAT = 1, HEAD = 2, TAG = 16, OPEN = HEAD + TAG, BLOCK = 16 };
enum { PLAIN_MOST = 2 + 8 + 2 * (1 + SEAL_NAME) + 1 + SEAL_WHO + BLOCK };

static const char FOR_TAG[] = "avow link 1 tag", FOR_CIPHER[] = "avow link 1 cipher";

static void
make_key(const uint8_t identity[SECRET_BYTES], const char *use, size_t length,
         uint8_t key[SECRET_BYTES])
{
    crypto_generichash(key, SECRET_BYTES, (const uint8_t *)use, length, identity, SECRET_BYTES);
}

/* The head and what is sealed under a key. */
static void
make_tag(const uint8_t identity[SECRET_BYTES], const uint8_t head[HEAD], const uint8_t *plain,
         size_t length, uint8_t tag[TAG])
{
    uint8_t key[SECRET_BYTES];
    crypto_generichash_state state;
    make_key(identity, FOR_TAG, sizeof FOR_TAG, key);
    crypto_generichash_init(&state, key, sizeof key, TAG);
    crypto_generichash_update(&state, head, HEAD);
    crypto_generichash_update(&state, plain, length);
    crypto_generichash_final(&state, tag, TAG);
    sodium_memzero(key, sizeof key);
}

static void
cipher(const uint8_t identity[SECRET_BYTES], const uint8_t tag[TAG], const uint8_t *in,
       size_t length, uint8_t *out)
{
    uint8_t key[SECRET_BYTES], nonce[crypto_stream_xchacha20_NONCEBYTES] = {0};
    make_key(identity, FOR_CIPHER, sizeof FOR_CIPHER, key);
    memcpy(nonce, tag, TAG);
    crypto_stream_xchacha20_xor(out, in, length, nonce, key);
    sodium_memzero(key, sizeof key);
}

/* What is sealed: kind, instant, then texts with their lengths; padded, so that an address does not
 * show how long it is. */
struct plain {
    uint8_t bytes[PLAIN_MOST];
    size_t length, at;
    bool bad;
};

static void
put_text(struct plain *plain, const char *text, size_t length, size_t most)
{
    plain->bad = plain->bad || length > most;
    if (plain->bad)
        return;
    plain->bytes[plain->length++] = (uint8_t)length;
    memcpy(plain->bytes + plain->length, text, length);
    plain->length += length;
}

static void
put_all(struct plain *plain, const struct seal *seal)
{
    plain->bytes[plain->length++] = (uint8_t)seal->kind;
    plain->bytes[plain->length++] = (uint8_t)seal->who_kind;
    for (unsigned i = 0; seal->kind == SEAL_FRESH && i < 8; i++)
        plain->bytes[plain->length++] = (uint8_t)((uint64_t)seal->expires >> 8 * i);
    put_text(plain, seal->person, strlen(seal->person), SEAL_NAME);
    put_text(plain, seal->purpose, strlen(seal->purpose), SEAL_NAME);
    put_text(plain, seal->who, seal->who_length, SEAL_WHO);
    while (plain->length % BLOCK != 0)
        plain->bytes[plain->length++] = 0;
}

static uint8_t
take_byte(struct plain *plain)
{
    plain->bad = plain->bad || plain->at >= plain->length;
    return plain->bad ? 0 : plain->bytes[plain->at++];
}

static size_t
take_text(struct plain *plain, char *out, size_t most)
{
    size_t length = take_byte(plain);
    plain->bad = plain->bad || length > most || length > plain->length - plain->at;
    length = plain->bad ? 0 : length;
    memcpy(out, plain->bytes + plain->at, length);
    out[length] = '\0';
    plain->at += length;
    return length;
}

static bool
take_all(struct plain *plain, struct seal *seal)
{
    uint64_t expires = 0;
    seal->kind = (enum seal_kind)take_byte(plain);
    seal->who_kind = (avow_identity_kind)take_byte(plain);
    for (unsigned i = 0; seal->kind == SEAL_FRESH && i < 8; i++)
        expires |= (uint64_t)take_byte(plain) << 8 * i;
    seal->expires = (int64_t)expires;
    take_text(plain, seal->person, SEAL_NAME);
    take_text(plain, seal->purpose, SEAL_NAME);
    seal->who_length = take_text(plain, seal->who, SEAL_WHO);
    return !plain->bad && (seal->kind == SEAL_WITHDRAW || seal->kind == SEAL_FRESH);
}

bool
seal_write(const struct keys *keys, uint32_t epoch, const struct seal *seal, char token[SEAL_ROOM])
{
    struct plain plain = {0};
    uint8_t whole[OPEN + PLAIN_MOST] = {FORMAT, (uint8_t)epoch};
    put_all(&plain, seal);
    if (plain.bad || epoch < 1 || epoch > keys->epochs || epoch > UINT8_MAX)
        return false;
    const uint8_t *identity = keys->identity[epoch - 1];
    make_tag(identity, whole, plain.bytes, plain.length, whole + HEAD);
    cipher(identity, whole + HEAD, plain.bytes, plain.length, whole + OPEN);
    sodium_bin2base64(token, SEAL_ROOM, whole, OPEN + plain.length,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(&plain, sizeof plain);
    return true;
}

/* libsodium takes some bytes outside of ASCII for letters of the alphabet. */
static bool
is_written_well(const char *token)
{
    return strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
           strlen(token);
}

bool
seal_read(const struct keys *keys, const char *token, struct seal *out, uint32_t *epoch)
{
    uint8_t whole[OPEN + PLAIN_MOST] = {0}, tag[TAG];
    struct plain plain = {0};
    size_t length = 0;
    bool good = sodium_base642bin(whole, sizeof whole, token, strlen(token), NULL, &length, NULL,
                                  sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
    good = good && is_written_well(token) && length > OPEN && whole[0] == FORMAT;
    *epoch = good ? whole[1] : 0;
    good = good && *epoch >= 1 && *epoch <= keys->epochs;
    /* What cannot be one goes the same way as what may be, up to the comparison. */
    plain.length = good ? length - OPEN : BLOCK;
    const uint8_t *identity = keys->identity[good ? *epoch - 1 : 0];
    cipher(identity, whole + HEAD, whole + OPEN, plain.length, plain.bytes);
    make_tag(identity, whole, plain.bytes, plain.length, tag);
    good = (sodium_memcmp(tag, whole + HEAD, TAG) == 0) & good;
    *out = (struct seal){0};
    good = good && take_all(&plain, out);
    sodium_memzero(&plain, sizeof plain);
    return good;
}
