#include "runtime/store/identity.h"

#include "runtime/store/address.h"
#include "runtime/store/phone.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

/* What is hashed: the kind, which form it is, and the form. */
enum { FORM_WIDE = 1, FORM_EXACT = 2, FORM_MOST = 255 };

static void
hash(const uint8_t key[SECRET_BYTES], avow_identity_kind kind, uint8_t form, const char *text,
     size_t length, uint8_t out[KEY_BYTES])
{
    uint8_t message[2 + FORM_MOST];
    message[0] = (uint8_t)kind;
    message[1] = form;
    memcpy(message + 2, text, length);
    crypto_generichash(out, KEY_BYTES, message, 2 + length, key, SECRET_BYTES);
}

static avow_store_code
email(const uint8_t key[SECRET_BYTES], const char *text, size_t length, struct subject *identity,
      avow_store_error *error)
{
    struct address address;
    uint8_t exact[KEY_BYTES];
    avow_store_code code = address_read(text, length, &address, error);
    if (code)
        return code;
    hash(key, AVOW_IDENTITY_EMAIL, FORM_WIDE, address.wide, address.wide_length, identity->key);
    if (!address.same) {
        hash(key, AVOW_IDENTITY_EMAIL, FORM_EXACT, address.exact, address.exact_length, exact);
        memcpy(identity->exact, exact, sizeof identity->exact);
    }
    return AVOW_STORE_OK;
}

/* Kinds whose exact form is the wide form. */
static avow_store_code
plain(const uint8_t key[SECRET_BYTES], avow_identity_kind kind, const char *text, size_t length,
      struct subject *identity, avow_store_error *error)
{
    struct phone phone;
    avow_store_code code;
    if (kind == AVOW_IDENTITY_PHONE) {
        code = phone_read(text, length, &phone, error);
        text = phone.text;
        length = phone.length;
    } else {
        code = (kind == AVOW_IDENTITY_ID ? opaque_check : record_check)(text, length, error);
    }
    if (!code)
        hash(key, kind, FORM_WIDE, text, length, identity->key);
    return code;
}

avow_store_code
identity_of(const struct keys *keys, uint32_t epoch, avow_identity_kind kind, const char *text,
            size_t length, struct subject *identity, avow_store_error *error)
{
    *identity = (struct subject){.kind = (uint8_t)kind};
    if (epoch == 0 || epoch > keys->epochs)
        return fault(
            error, AVOW_STORE_KEYS,
            "There is no identity key of epoch %u. Restore it from the backup of the keys.",
            (unsigned)epoch);
    const uint8_t *key = keys->identity[epoch - 1];
    switch (kind) {
    case AVOW_IDENTITY_EMAIL:
        return email(key, text, length, identity, error);
    case AVOW_IDENTITY_PHONE:
    case AVOW_IDENTITY_ID:
    case AVOW_IDENTITY_RECORD:
        return plain(key, kind, text, length, identity, error);
    default:
        return fault(error, AVOW_STORE_USAGE, "%d is no kind of identity. Take one of the four.",
                     (int)kind);
    }
}

avow_store_code
identity_parse_kind(const char *text, size_t length, avow_identity_kind *kind, const char **part,
                    size_t *part_length, avow_store_error *error)
{
    static const struct {
        const char *prefix;
        avow_identity_kind kind;
    } prefixes[] = {{"tel:", AVOW_IDENTITY_PHONE},
                    {"id:", AVOW_IDENTITY_ID},
                    {"record:", AVOW_IDENTITY_RECORD}};
    size_t skip = 0;
    *kind = AVOW_IDENTITY_NONE;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0] && !*kind; i++) {
        skip = strlen(prefixes[i].prefix);
        if (length >= skip && strncasecmp(text, prefixes[i].prefix, skip) == 0)
            *kind = prefixes[i].kind;
    }
    skip = *kind ? skip : 0;
    if (!*kind && length > 0 && memchr(text, '@', length))
        *kind = AVOW_IDENTITY_EMAIL;
    else if (!*kind && length > 0 && (text[0] == '+' || (text[0] >= '0' && text[0] <= '9')))
        *kind = AVOW_IDENTITY_PHONE; /* a number without its "+" is told what it lacks */
    *part = text + skip;
    *part_length = length - skip;
    if (*kind)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT,
                 "This names nobody. Write an e-mail address, a telephone number with its country "
                 "(+49 30 1234567), id: and an id, or record: and a record's id "
                 "(record:order:1234).");
}
