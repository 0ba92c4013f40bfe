#include "runtime/store/phone.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistr.h>

/* Bytes of a separator at text, 0 if there is none. Word processors write the longer ones. */
static size_t
separator(const char *text, size_t left)
{
    static const char *const longer[] = {
        "\u00A0", "\u202F", "\u2009", "\u2010", "\u2011", "\u2012", "\u2013",
    };
    if (*text && strchr(" -./()", *text))
        return 1;
    for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
        size_t length = strlen(longer[i]);
        if (length <= left && memcmp(text, longer[i], length) == 0)
            return length;
    }
    return 0;
}

static avow_store_code
no_country(const char *text, size_t length, avow_store_error *error)
{
    if (length == 0)
        return fault(error, AVOW_STORE_INPUT,
                     "There is no telephone number. Give one, as in +49 30 1234567.");
    if (length >= 2 && memcmp(text, "00", 2) == 0)
        return fault(error, AVOW_STORE_INPUT,
                     "The telephone number begins with 00, which means \"abroad\" only in some "
                     "countries. Write \"+\" and the code of the country instead of 00, as in "
                     "+49 30 1234567.");
    return fault(error, AVOW_STORE_INPUT,
                 "The telephone number does not begin with \"+\" and the code of its country. "
                 "Write both in front, as in +49 30 1234567.");
}

static avow_store_code
wrong_length(size_t digits, avow_store_error *error)
{
    return fault(error, AVOW_STORE_INPUT,
                 "The telephone number has %s than %d digits, which no international number has. "
                 "Check it.",
                 digits < PHONE_DIGITS_LEAST ? "fewer" : "more",
                 digits < PHONE_DIGITS_LEAST ? PHONE_DIGITS_LEAST : PHONE_DIGITS_MOST);
}

static avow_store_code
wrong_digit(const char *text, size_t at, avow_store_error *error)
{
    unsigned where = (unsigned)u8_mbsnlen((const uint8_t *)text, at) + 1;
    return fault(error, AVOW_STORE_INPUT,
                 "The telephone number has something other than a digit at character %u. Give "
                 "\"+\", the code of the country and the number in digits, without an extension.",
                 where);
}

/* What dialling from inside a country needs, and from outside must not have. */
static bool
is_trunk_zero(const char *text, size_t left)
{
    return left >= 3 && memcmp(text, "(0)", 3) == 0;
}

avow_store_code
phone_read(const char *text, size_t length, struct phone *phone, avow_store_error *error)
{
    if (length == 0 || text[0] != '+')
        return no_country(text, length, error);
    size_t digits = 0;
    phone->text[0] = '+';
    for (size_t at = 1, skip = 1; at < length; at += skip) {
        if (is_trunk_zero(text + at, length - at))
            return fault(error, AVOW_STORE_INPUT,
                         "The telephone number has (0) in it, which is dialled only inside its "
                         "country. Take it away.");
        skip = separator(text + at, length - at);
        if (skip > 0)
            continue;
        if (text[at] < '0' || text[at] > '9')
            return wrong_digit(text, at, error);
        if (digits++ < PHONE_DIGITS_MOST)
            phone->text[digits] = text[at];
        skip = 1;
    }
    if (digits < PHONE_DIGITS_LEAST || digits > PHONE_DIGITS_MOST)
        return wrong_length(digits, error);
    if (phone->text[1] == '0')
        return fault(
            error, AVOW_STORE_INPUT,
            "The telephone number has 0 after its \"+\", but no country's code begins with "
            "0. Write the code of the country there, as in +49 30 1234567.");
    phone->length = digits + 1;
    return AVOW_STORE_OK;
}

avow_store_code
opaque_check(const char *text, size_t length, avow_store_error *error)
{
    const uint8_t *bytes = (const uint8_t *)text, *wrong;
    if (length == 0)
        return fault(error, AVOW_STORE_INPUT, "The id is empty. Give at least one character.");
    if (length > ID_MAX)
        return fault(error, AVOW_STORE_INPUT,
                     "The id is longer than %d bytes. Give a shorter one, for instance a hash.",
                     ID_MAX);
    if ((wrong = u8_check(bytes, length)))
        return fault(error, AVOW_STORE_INPUT,
                     "The id is not in UTF-8 (byte %zu). Give it in UTF-8, or its hash in "
                     "hexadecimal digits.",
                     (size_t)(wrong - bytes) + 1);
    for (size_t at = 0; at < length;) {
        ucs4_t c;
        size_t size = (size_t)u8_mbtouc(&c, bytes + at, length - at);
        if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            return fault(error, AVOW_STORE_INPUT,
                         "The id has a control character at byte %zu. Give it without.", at + 1);
        at += size;
    }
    return AVOW_STORE_OK;
}

avow_store_code
record_check(const char *text, size_t length, avow_store_error *error)
{
    size_t at = 0;
    while (at < length && ((text[at] >= 'a' && text[at] <= 'z') ||
                           (at > 0 && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.' ||
                                       text[at] == '-'))))
        at++;
    if (at == 0 || at == length || text[at] != ':')
        return fault(error, AVOW_STORE_INPUT,
                     "The record's id does not begin with a namespace and a colon, as in "
                     "order:1234. A namespace is a lower-case letter, and then lower-case letters, "
                     "digits, \".\" and \"-\".");
    avow_store_code code = opaque_check(text + at + 1, length - at - 1, error);
    return code ? code : opaque_check(text, length, error);
}
