#include "runtime/store/address_parts.h"

#include <string.h>
#include <unistr.h>

#define A ADDRESS_ATOM
#define H (ADDRESS_ATOM | ADDRESS_HOST)
#define D (ADDRESS_ATOM | ADDRESS_HOST | ADDRESS_DIGIT)
#define U (ADDRESS_ATOM | ADDRESS_HOST | ADDRESS_UPPER)

/* '_' is no letter of a host name, but mail servers take it. */
const uint8_t address_classes[256] = {
    ['!'] = A, ['#'] = A, ['$'] = A, ['%'] = A, ['&'] = A, ['\''] = A, ['*'] = A, ['+'] = A,
    ['-'] = H, ['/'] = A, ['='] = A, ['?'] = A, ['^'] = A, ['_'] = H,  ['`'] = A, ['{'] = A,
    ['|'] = A, ['}'] = A, ['~'] = A, ['0'] = D, ['1'] = D, ['2'] = D,  ['3'] = D, ['4'] = D,
    ['5'] = D, ['6'] = D, ['7'] = D, ['8'] = D, ['9'] = D, ['A'] = U,  ['B'] = U, ['C'] = U,
    ['D'] = U, ['E'] = U, ['F'] = U, ['G'] = U, ['H'] = U, ['I'] = U,  ['J'] = U, ['K'] = U,
    ['L'] = U, ['M'] = U, ['N'] = U, ['O'] = U, ['P'] = U, ['Q'] = U,  ['R'] = U, ['S'] = U,
    ['T'] = U, ['U'] = U, ['V'] = U, ['W'] = U, ['X'] = U, ['Y'] = U,  ['Z'] = U, ['a'] = H,
    ['b'] = H, ['c'] = H, ['d'] = H, ['e'] = H, ['f'] = H, ['g'] = H,  ['h'] = H, ['i'] = H,
    ['j'] = H, ['k'] = H, ['l'] = H, ['m'] = H, ['n'] = H, ['o'] = H,  ['p'] = H, ['q'] = H,
    ['r'] = H, ['s'] = H, ['t'] = H, ['u'] = H, ['v'] = H, ['w'] = H,  ['x'] = H, ['y'] = H,
    ['z'] = H,
};

avow_store_code
address_too_long(avow_store_error *error)
{
    return fault(error, AVOW_STORE_INPUT,
                 "The address is longer than %d bytes, which is the most that mail can be sent to. "
                 "Give one address alone.",
                 ADDRESS_MAX);
}

/* Copies atoms with single dots between them, in lower case. Gives the offset of what ends them, or
 * 0 if this is no such local part. *upper gets a bit if there was a capital. */
static size_t
plain_local(const uint8_t *text, size_t length, char *wide, uint8_t *upper)
{
    uint8_t last = '.', capitals = 0;
    size_t at = 0;
    for (; at < length && text[at] != '@'; at++) {
        uint8_t c = text[at], class = address_classes[c];
        if (class == 0 && (c != '.' || last == '.'))
            return 0;
        wide[at] = (char)(c | (class & ADDRESS_UPPER));
        capitals |= class;
        last = c;
    }
    *upper = capitals & ADDRESS_UPPER;
    return last == '.' ? 0 : at;
}

/* Copies labels of ASCII in lower case. False if there is anything else, or to be looked at. */
static bool
plain_domain(const uint8_t *text, size_t length, char *wide)
{
    size_t start = 0;
    uint8_t other = 0; /* whether the label has anything but digits */
    for (size_t at = 0; at < length; at++) {
        uint8_t c = text[at], class = address_classes[c];
        if (class & ADDRESS_HOST) {
            wide[at] = (char)(c | (class & ADDRESS_UPPER));
            other |= ~class & ADDRESS_DIGIT;
            continue;
        }
        if (c != '.' || !address_is_plain_label(wide + start, at - start))
            return false;
        wide[at] = '.';
        start = at + 1;
        other = 0;
    }
    return other && address_is_plain_label(wide + start, length - start);
}

/* Nearly all addresses: one pass, nothing allocated. False leaves the address to the long way. */
static bool
read_plain(const uint8_t *text, size_t length, struct address *address)
{
    uint8_t upper;
    size_t at = plain_local(text, length, address->wide, &upper);
    if (at == 0 || at == length)
        return false;
    address->wide[at] = '@';
    if (!plain_domain(text + at + 1, length - at - 1, address->wide + at + 1))
        return false;
    address->same = upper == 0;
    address->wide_length = (uint16_t)length;
    address->exact_length = 0;
    if (upper) {
        memcpy(address->exact, text, at);
        memcpy(address->exact + at, address->wide + at, length - at);
        address->exact_length = (uint16_t)length;
    }
    return true;
}

/* Number of the character that starts at an offset, from 1: the place that a person counts. */
static unsigned
place(const uint8_t *text, size_t offset)
{
    return (unsigned)u8_mbsnlen(text, offset) + 1;
}

static avow_store_code
wrong_character(const uint8_t *text, size_t at, avow_store_error *error)
{
    unsigned where = place(text, at);
    switch (text[at]) {
    case '<':
    case '>':
        return fault(error, AVOW_STORE_INPUT,
                     "The address has \"%c\" at character %u. Give the bare address, without a "
                     "name and without \"<\" and \">\".",
                     text[at], where);
    case '(':
    case ')':
        return fault(error, AVOW_STORE_INPUT,
                     "The address has a remark in parentheses at character %u. Give the bare "
                     "address without it.",
                     where);
    case ' ':
    case '\t':
        return fault(error, AVOW_STORE_INPUT,
                     "The address has a space at character %u. Give the bare address, without a "
                     "name and without spaces around it.",
                     where);
    case ',':
    case ';':
        return fault(error, AVOW_STORE_INPUT,
                     "The address has \"%c\" at character %u. Give one address at a time.",
                     text[at], where);
    default:
        break;
    }
    if (text[at] < 0x20 || text[at] == 0x7F)
        return fault(error, AVOW_STORE_INPUT,
                     "The address has a control character at character %u. Write the address anew, "
                     "without copying it.",
                     where);
    return fault(error, AVOW_STORE_INPUT,
                 "The address has '%c' at character %u, which no address has there. Check the "
                 "address.",
                 text[at], where);
}

/* The content of a local part without quotes, up to *at, where "@" is. */
static avow_store_code
unquoted(const uint8_t *text, size_t length, struct piece *content, size_t *at,
         avow_store_error *error)
{
    for (*at = 0; *at < length && text[*at] != '@'; ++*at)
        if (text[*at] < 0x80 && text[*at] != '.' && address_classes[text[*at]] == 0)
            return wrong_character(text, *at, error);
    content->length = *at;
    memcpy(content->text, text, *at);
    return AVOW_STORE_OK;
}

/* The content of a local part in quotes, up to *at, where "@" should be. */
static avow_store_code
quoted(const uint8_t *text, size_t length, struct piece *content, size_t *at,
       avow_store_error *error)
{
    content->length = 0;
    for (*at = 1; *at < length && text[*at] != '"'; ++*at) {
        *at += text[*at] == '\\' && *at + 1 < length;
        if (text[*at] < 0x20 || text[*at] == 0x7F)
            return wrong_character(text, *at, error);
        content->text[content->length++] = (char)text[*at];
    }
    if (*at == length)
        return fault(error, AVOW_STORE_INPUT,
                     "The address begins with a quotation mark that is not closed. Close it before "
                     "the \"@\", or take it away.");
    ++*at;
    if (*at < length && text[*at] != '@')
        return fault(error, AVOW_STORE_INPUT,
                     "The address has more between the closing quotation mark and its \"@\". Give "
                     "the bare address, without a name.");
    return AVOW_STORE_OK;
}

/* What a domain may not even look like, so that the words fit. Others are for address_domain. */
static avow_store_code
check_domain(const uint8_t *text, size_t from, size_t length, avow_store_error *error)
{
    for (size_t at = from; at < length; at++) {
        if (text[at] == '@')
            return fault(error, AVOW_STORE_INPUT,
                         "The address has a second \"@\" at character %u. Give one address at a "
                         "time.",
                         place(text, at));
        bool fits = text[at] >= 0x80 || text[at] == '.' || (text[from] == '[' && text[at] > ' ') ||
                    (address_classes[text[at]] & ADDRESS_HOST);
        if (!fits)
            return wrong_character(text, at, error);
    }
    return AVOW_STORE_OK;
}

static avow_store_code
check_bytes(const uint8_t *text, size_t length, avow_store_error *error)
{
    if (length == 0)
        return fault(error, AVOW_STORE_INPUT,
                     "There is no address. Give one, as in joe@shop.example.");
    if (length > ADDRESS_MAX)
        return address_too_long(error);
    const uint8_t *wrong = u8_check(text, length);
    if (wrong)
        return fault(error, AVOW_STORE_INPUT,
                     "The address is not in UTF-8 (byte %zu). Save the list that it comes from as "
                     "UTF-8.",
                     (size_t)(wrong - text) + 1);
    if (length >= 7 && memcmp(text, "mailto:", 7) == 0)
        return fault(error, AVOW_STORE_INPUT,
                     "The address begins with \"mailto:\". Give the bare address without it.");
    return AVOW_STORE_OK;
}

/* LOCAL@DOMAIN, each in a form of its own. */
static avow_store_code
join(const struct piece *local, const struct piece *domain, char *out, uint16_t *length,
     avow_store_error *error)
{
    size_t whole = local->length + 1 + domain->length;
    if (whole > ADDRESS_MAX)
        return address_too_long(error);
    memcpy(out, local->text, local->length);
    out[local->length] = '@';
    memcpy(out + local->length + 1, domain->text, domain->length);
    *length = (uint16_t)whole;
    return AVOW_STORE_OK;
}

static avow_store_code
write_forms(const struct piece *content, const uint8_t *domain_text, size_t domain_length,
            struct address *address, avow_store_error *error)
{
    struct piece wide, exact, domain;
    avow_store_code code =
        address_local((const uint8_t *)content->text, content->length, &wide, &exact, error);
    if (!code)
        code = address_domain(domain_text, domain_length, &domain, error);
    if (!code)
        code = join(&wide, &domain, address->wide, &address->wide_length, error);
    if (!code)
        code = join(&exact, &domain, address->exact, &address->exact_length, error);
    if (code)
        return code;
    address->same = wide.length == exact.length && memcmp(wide.text, exact.text, wide.length) == 0;
    if (address->same)
        address->exact_length = 0;
    return AVOW_STORE_OK;
}

avow_store_code
address_read(const char *text, size_t length, struct address *address, avow_store_error *error)
{
    const uint8_t *bytes = (const uint8_t *)text;
    if (length <= ADDRESS_MAX && read_plain(bytes, length, address))
        return AVOW_STORE_OK;
    struct piece content;
    size_t at = 0;
    avow_store_code code = check_bytes(bytes, length, error);
    if (!code)
        code = (bytes[0] == '"' ? quoted : unquoted)(bytes, length, &content, &at, error);
    if (!code && at == length)
        code = fault(error, AVOW_STORE_INPUT,
                     "The address has no \"@\". Give it whole, as in joe@shop.example.");
    if (!code)
        code = check_domain(bytes, at + 1, length, error);
    return code ? code : write_forms(&content, bytes + at + 1, length - at - 1, address, error);
}
