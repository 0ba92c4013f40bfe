#include "runtime/store/address_parts.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Internationalized labels become A-labels by UTS 46, non-transitional, which is what browsers and
 * mail programs do today: capitals and wide letters are mapped, and "faß" and "fass" are two names,
 * as registries have it. What IDNA 2008 then forbids is an error, never a guess. Every flag is
 * named, so that no default of the library can move a key. */
enum {
    MODE = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES | IDN2_ALABEL_ROUNDTRIP
};

enum { LABEL_MAX = 63, DOMAIN_MAX = 253 };

static avow_store_code
wrong_label(int why, avow_store_error *error)
{
    switch (why) {
    case IDN2_MALLOC:
        return fault_memory(error);
    case IDN2_TOO_BIG_LABEL:
    case IDN2_TOO_BIG_DOMAIN:
    case IDN2_PUNYCODE_BIG_OUTPUT:
        return fault(error, AVOW_STORE_INPUT,
                     "A part of the address's domain is longer than 63 bytes. Check the part "
                     "after \"@\".");
    case IDN2_BIDI:
        return fault(error, AVOW_STORE_INPUT,
                     "The address's domain mixes letters that run left and right in a way that no "
                     "domain may. Check the part after \"@\".");
    case IDN2_HYPHEN_STARTEND:
        return fault(error, AVOW_STORE_INPUT,
                     "A part of the address's domain begins or ends with \"-\". Check the part "
                     "after \"@\".");
    case IDN2_INVALID_ALABEL:
        return fault(error, AVOW_STORE_INPUT,
                     "A part of the address's domain begins with \"xn--\" but stands for no name. "
                     "Check the part after \"@\", or write it in its own letters.");
    default:
        return fault(error, AVOW_STORE_INPUT,
                     "The address's domain has a character that no domain can have. Check the part "
                     "after \"@\".");
    }
}

/* By the library, from a text with its NUL. */
static int
encode(const char *label, char out[LABEL_MAX + 1])
{
    char *made = NULL;
    int why = idn2_to_ascii_8z(label, &made, MODE);
    if (why)
        return why;
    size_t length = strlen(made);
    if (length <= LABEL_MAX)
        memcpy(out, made, length + 1);
    idn2_free(made);
    return length <= LABEL_MAX ? IDN2_OK : IDN2_TOO_BIG_LABEL;
}

/* Of a label in ASCII, already in lower case: an A-label must be what its own name becomes. */
static int
check_label(const char *label, size_t length)
{
    char again[LABEL_MAX + 1];
    if (length > LABEL_MAX)
        return IDN2_TOO_BIG_LABEL;
    for (size_t i = 0; i < length; i++)
        if (!(address_classes[(uint8_t)label[i]] & ADDRESS_HOST) || label[i] == '.')
            return IDN2_DISALLOWED;
    if (address_is_plain_label(label, length))
        return IDN2_OK;
    if (length == 0) /* nothing was left of it */
        return IDN2_DISALLOWED;
    if (label[0] == '-' || label[length - 1] == '-')
        return IDN2_HYPHEN_STARTEND;
    int why = encode(label, again);
    if (why == IDN2_MALLOC || (why == IDN2_OK && strcmp(again, label) == 0))
        return why;
    return IDN2_INVALID_ALABEL;
}

/* U+1E9E became "ss" before Unicode 15.1 and becomes "ß" since: always the latter, for keys that
 * are stored must not change with the library. */
static void
pin_capital_sharp_s(char *label)
{
    for (char *at = label; (at = strstr(at, "\u1E9E"));) {
        memcpy(at, "\u00DF", 2);
        memmove(at + 2, at + 3, strlen(at + 3) + 1);
    }
}

/* One label as given to its one form, at out, which has room for LABEL_MAX + 1 bytes. */
static int
label_form(const uint8_t *text, size_t length, char *out)
{
    char label[ADDRESS_MAX + 1];
    bool ascii = true;
    for (size_t i = 0; i < length; i++) {
        label[i] = (char)(text[i] | (address_classes[text[i]] & ADDRESS_UPPER));
        ascii = ascii && text[i] < 0x80;
    }
    label[length] = '\0';
    if (!ascii) {
        pin_capital_sharp_s(label);
        int why = encode(label, out);
        return why ? why : check_label(out, strlen(out));
    }
    int why = check_label(label, length);
    if (!why)
        memcpy(out, label, length + 1);
    return why;
}

/* Bytes of a full stop at text: ASCII's, and those that UTS 46 takes for one (ideographic,
 * fullwidth, halfwidth); 0 if there is none. */
static size_t
full_stop(const uint8_t *text, size_t left)
{
    if (left > 0 && *text == '.')
        return 1;
    bool other = left >= 3 && (memcmp(text, "\u3002", 3) == 0 || memcmp(text, "\uFF0E", 3) == 0 ||
                               memcmp(text, "\uFF61", 3) == 0);
    return other ? 3 : 0;
}

static avow_store_code
put_label(const uint8_t *text, size_t length, struct piece *out, avow_store_error *error)
{
    char label[LABEL_MAX + 1];
    if (length == 0)
        return fault(error, AVOW_STORE_INPUT,
                     "The address's domain has an empty part: two dots, or one at its beginning. "
                     "Check the part after \"@\".");
    int why = label_form(text, length, label);
    if (why)
        return wrong_label(why, error);
    size_t size = strlen(label), dot = out->length > 0;
    if (out->length + dot + size > DOMAIN_MAX)
        return address_too_long(error);
    if (dot)
        out->text[out->length++] = '.';
    memcpy(out->text + out->length, label, size);
    out->length += size;
    return AVOW_STORE_OK;
}

/* An address of the internet without its brackets would otherwise pass for a name. */
static bool
ends_in_number(const struct piece *domain)
{
    size_t at = domain->length;
    while (at > 0 && (address_classes[(uint8_t)domain->text[at - 1]] & ADDRESS_DIGIT))
        at--;
    return at == 0 || (at < domain->length && domain->text[at - 1] == '.');
}

avow_store_code
address_domain(const uint8_t *text, size_t length, struct piece *out, avow_store_error *error)
{
    out->length = 0;
    if (length == 0)
        return fault(error, AVOW_STORE_INPUT,
                     "The address has nothing after its \"@\". Give it whole, as in "
                     "joe@shop.example.");
    if (text[0] == '[')
        return address_literal(text, length, out, error);
    for (size_t start = 0, at = 0; start < length; start = at) {
        size_t stop;
        while ((stop = full_stop(text + at, length - at)) == 0 && at < length)
            at++;
        avow_store_code code = put_label(text + start, at - start, out, error);
        if (code)
            return code;
        at += stop;
    }
    if (ends_in_number(out))
        return fault(error, AVOW_STORE_INPUT,
                     "The address's domain ends in a number, which no domain does. Write an IP "
                     "address in brackets, as in joe@[192.0.2.1].");
    return AVOW_STORE_OK;
}

/* The text between the brackets, written in the one way. False if it is no IP address. */
static bool
write_literal(const char *inside, struct piece *out)
{
    bool tagged = strncasecmp(inside, "IPv6:", 5) == 0, six = tagged || strchr(inside, ':');
    struct in6_addr bytes;
    char shown[INET6_ADDRSTRLEN];
    int family = six ? AF_INET6 : AF_INET;
    if (inet_pton(family, tagged ? inside + 5 : inside, &bytes) != 1 ||
        !inet_ntop(family, &bytes, shown, sizeof shown))
        return false;
    int length = snprintf(out->text, sizeof out->text, "[%s%s]", six ? "IPv6:" : "", shown);
    out->length = (size_t)length;
    return length > 0;
}

avow_store_code
address_literal(const uint8_t *text, size_t length, struct piece *out, avow_store_error *error)
{
    char inside[64];
    if (length >= 3 && length - 2 < sizeof inside && text[length - 1] == ']') {
        memcpy(inside, text + 1, length - 2);
        inside[length - 2] = '\0';
        if (write_literal(inside, out))
            return AVOW_STORE_OK;
    }
    return fault(error, AVOW_STORE_INPUT,
                 "The address has brackets after its \"@\", but no IP address in them. Write it as "
                 "in joe@[192.0.2.1] or joe@[IPv6:2001:db8::1].");
}
