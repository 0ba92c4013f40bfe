#include "runtime/store/address_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* Room for any decomposition of ADDRESS_MAX bytes, which triples them at most. */
enum { ROOM = 4 * ADDRESS_MAX };

struct wide_text {
    size_t length;
    uint8_t text[ROOM];
};

/* How the libraries hand out a text: in the place they were given, or in one of their own. */
static avow_store_code
take(const uint8_t *result, const struct wide_text *place, avow_store_error *error)
{
    if (result == place->text)
        return AVOW_STORE_OK;
    if (!result && errno == ENOMEM)
        return fault_memory(error);
    free((void *)(uintptr_t)result);
    return address_too_long(error);
}

static avow_store_code
normalize(uninorm_t form, const uint8_t *text, size_t length, struct wide_text *out,
          avow_store_error *error)
{
    out->length = sizeof out->text;
    return take(u8_normalize(form, text, length, out->text, &out->length), out, error);
}

/* NFC of the case folding of NFD: Unicode's canonical caseless matching (D145). Without the first
 * step a mark that folds to a letter, U+0345, would not be where it belongs. */
static avow_store_code
fold(const uint8_t *text, size_t length, struct wide_text *out, avow_store_error *error)
{
    struct wide_text split, folded;
    avow_store_code code = normalize(UNINORM_NFD, text, length, &split, error);
    if (code)
        return code;
    folded.length = sizeof folded.text;
    code =
        take(u8_casefold(split.text, split.length, NULL, UNINORM_NFD, folded.text, &folded.length),
             &folded, error);
    return code ? code : normalize(UNINORM_NFC, folded.text, folded.length, out, error);
}

/* Whether the content can stand without quotes: atoms with a dot between any two. */
static bool
is_dot_atom(const struct wide_text *content)
{
    uint8_t last = '.';
    for (size_t i = 0; i < content->length; i++) {
        uint8_t c = content->text[i];
        if (c == '.' ? last == '.' : c < 0x80 && !(address_classes[c] & ADDRESS_ATOM))
            return false;
        last = c;
    }
    return last != '.';
}

static bool
put(struct piece *out, uint8_t byte)
{
    if (out->length == sizeof out->text)
        return false;
    out->text[out->length++] = (char)byte;
    return true;
}

/* The content as a local part: quotes only if there must be, escapes only for '"' and '\'. */
static avow_store_code
write_local(const struct wide_text *content, struct piece *out, avow_store_error *error)
{
    bool quoted = !is_dot_atom(content), fits = true;
    out->length = 0;
    if (quoted)
        fits = put(out, '"');
    for (size_t i = 0; i < content->length && fits; i++) {
        uint8_t c = content->text[i];
        fits = (c != '"' && c != '\\') || put(out, '\\');
        fits = fits && put(out, c);
    }
    fits = fits && (!quoted || put(out, '"'));
    return fits ? AVOW_STORE_OK : address_too_long(error);
}

/* Joiners are spelling in some scripts; all else without a shape comes from copying. */
static bool
is_letterless(ucs4_t c)
{
    uc_general_category_t wrong = uc_general_category_or(
        uc_general_category_or(UC_CATEGORY_Cc, UC_CATEGORY_Cf), UC_CATEGORY_Z);
    return c != ' ' && c != 0x200C && c != 0x200D && uc_is_general_category(c, wrong);
}

static avow_store_code
check_characters(const uint8_t *content, size_t length, avow_store_error *error)
{
    for (size_t at = 0; at < length;) {
        ucs4_t c;
        at += (size_t)u8_mbtouc(&c, content + at, length - at);
        if (is_letterless(c))
            return fault(error, AVOW_STORE_INPUT,
                         "The address has a character before its \"@\" that cannot be seen "
                         "(U+%04X). Write the address anew, without copying it.",
                         (unsigned)c);
        if (uc_is_general_category(c, UC_CATEGORY_Cn))
            return fault(error, AVOW_STORE_INPUT,
                         "The address has a character before its \"@\" that this version of "
                         "Unicode does not know (U+%04X), so that its capitals are not known "
                         "either. Check the address.",
                         (unsigned)c);
    }
    return AVOW_STORE_OK;
}

avow_store_code
address_local(const uint8_t *content, size_t length, struct piece *wide, struct piece *exact,
              avow_store_error *error)
{
    struct wide_text form;
    if (length == 0)
        return fault(error, AVOW_STORE_INPUT,
                     "The address has nothing before its \"@\". Give it whole, as in "
                     "joe@shop.example.");
    avow_store_code code = check_characters(content, length, error);
    if (!code)
        code = normalize(UNINORM_NFC, content, length, &form, error);
    if (!code)
        code = write_local(&form, exact, error);
    if (!code)
        code = fold(content, length, &form, error);
    return code ? code : write_local(&form, wide, error);
}
