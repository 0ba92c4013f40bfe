#include "runtime/store/ledger.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

void
ledger_salt(uint8_t salt[SALT_BYTES])
{
    randombytes_buf(salt, SALT_BYTES);
}

void
ledger_commit(const uint8_t salt[SALT_BYTES], const char *body, size_t length,
              uint8_t commitment[HASH_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    crypto_generichash_update(&state, salt, SALT_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)body, length);
    crypto_generichash_final(&state, commitment, HASH_BYTES);
}

static uint8_t *
put_number(uint8_t *at, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *at++ = (uint8_t)(number >> 8 * i);
    return at;
}

void
ledger_hash(const uint8_t previous[HASH_BYTES], const struct entry *entry, uint8_t hash[HASH_BYTES])
{
    uint8_t bytes[HASH_BYTES + 4 + 8 + 8 + HASH_BYTES], *at = bytes + HASH_BYTES;
    memcpy(bytes, previous, HASH_BYTES);
    at = put_number(at, entry->part, 4);
    at = put_number(at, entry->sequence, 8);
    at = put_number(at, (uint64_t)entry->recorded, 8);
    memcpy(at, entry->commitment, HASH_BYTES);
    crypto_generichash(hash, HASH_BYTES, bytes, sizeof bytes, NULL, 0);
}

void
ledger_extend(struct head *head, struct entry *entry)
{
    entry->sequence = head->sequence + 1;
    ledger_hash(head->hash, entry, entry->hash);
    head->sequence = entry->sequence;
    memcpy(head->hash, entry->hash, HASH_BYTES);
}

static void
write_name(uint32_t part, uint64_t sequence, const uint8_t *hash, char name[AVOW_RECEIPT_MAX])
{
    char digits[RECEIPT_DIGITS + 1];
    sodium_bin2hex(digits, sizeof digits, hash, RECEIPT_DIGITS / 2);
    snprintf(name, AVOW_RECEIPT_MAX, "r%" PRIu32 "-%" PRIu64 "-%s", part, sequence, digits);
}

void
ledger_name(const struct entry *entry, char name[AVOW_RECEIPT_MAX])
{
    write_name(entry->part, entry->sequence, entry->hash, name);
}

/* Digits from *text on, up to `end`; false if there are none or too many. */
static bool
read_number(const char **text, char end, uint64_t *number)
{
    const char *at = *text;
    for (*number = 0; *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (*number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    if (at == *text || *at != end)
        return false;
    *text = at + 1;
    return true;
}

bool
ledger_read_name(const char *text, struct receipt_name *name)
{
    uint64_t part;
    size_t read;
    char again[AVOW_RECEIPT_MAX];
    const char *at = text + 1;
    if (text[0] != 'r' || !read_number(&at, '-', &part) || part >= ENGINE_PARTS)
        return false;
    if (!read_number(&at, '-', &name->sequence) || name->sequence == 0)
        return false;
    if (sodium_hex2bin(name->hash, sizeof name->hash, at, strlen(at), NULL, &read, NULL) != 0 ||
        read != sizeof name->hash)
        return false;
    name->part = (uint32_t)part;
    write_name(name->part, name->sequence, name->hash, again);
    return strcmp(again, text) == 0;
}

bool
ledger_is_named(const struct receipt_name *name, const struct entry *entry)
{
    return name->part == entry->part && name->sequence == entry->sequence &&
           memcmp(name->hash, entry->hash, sizeof name->hash) == 0;
}
