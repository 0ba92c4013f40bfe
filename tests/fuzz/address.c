/* Any bytes as an address, a telephone number, an id. The forms of an address are addresses with
 * the same wide form, and nothing that is refused goes unsaid. */
#include "runtime/store/address.h"
#include "runtime/store/identity.h"
#include "runtime/store/phone.h"

#include <stdlib.h>
#include <string.h>
#include <unistr.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

/* What is refused is said, in UTF-8, with its code. */
static bool
is_fine(avow_store_code code, const struct avow_store_error *error)
{
    if (code == AVOW_STORE_OK)
        return true;
    must(code == AVOW_STORE_INPUT && error->code == code && error->text[0]);
    must(!u8_check((const uint8_t *)error->text, strlen(error->text)));
    return false;
}

static void
check_form(const char *form, size_t length, const struct address *first)
{
    struct address again;
    must(length > 0 && length <= ADDRESS_MAX);
    must(address_read(form, length, &again, NULL) == AVOW_STORE_OK);
    must(again.wide_length == first->wide_length);
    must(memcmp(again.wide, first->wide, again.wide_length) == 0);
}

static void
check_address(const char *text, size_t size)
{
    struct address address;
    struct avow_store_error error;
    if (!is_fine(address_read(text, size, &address, &error), &error))
        return;
    check_form(address.wide, address.wide_length, &address);
    must(address.same == (address.exact_length == 0));
    if (!address.same)
        check_form(address.exact, address.exact_length, &address);
}

static void
check_phone(const char *text, size_t size)
{
    struct phone phone, again;
    struct avow_store_error error;
    if (!is_fine(phone_read(text, size, &phone, &error), &error))
        return;
    must(phone_read(phone.text, phone.length, &again, NULL) == AVOW_STORE_OK);
    must(again.length == phone.length && memcmp(again.text, phone.text, phone.length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *part;
    avow_identity_kind kind;
    size_t length;
    struct avow_store_error error;
    check_address(text, size);
    check_phone(text, size);
    is_fine(opaque_check(text, size, &error), &error);
    is_fine(record_check(text, size, &error), &error);
    if (is_fine(identity_parse_kind(text, size, &kind, &part, &length, &error), &error))
        must(part + length == text + size);
    return 0;
}
