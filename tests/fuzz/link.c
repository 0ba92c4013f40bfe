/* Any bytes as a link, and as a form: the first line is its Content-Type, the rest its body. What
 * is read of a form fits; a token that is taken is the only one of what it says. */
#include "runtime/agent/people/form.h"
#include "runtime/agent/people/seal.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
    if (!holds)
        abort();
}

/* Text of its own, so that reading past its end is noticed. */
static char *
copy(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    must(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

static void
check_form(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    size_t head = end ? (size_t)(end - data) : 0;
    char *type = copy(data, head), *body = copy(data + head, size - head);
    struct form form;
    form_read(&form, type, body, size - head);
    must(form.count <= FORM_FIELDS);
    for (size_t i = 0; i < form.count; i++) {
        must(memchr(form.at[i].name, 0, sizeof form.at[i].name) != NULL);
        must(memchr(form.at[i].value, 0, sizeof form.at[i].value) != NULL);
        must(form.at[i].name[0] != '\0');
        const char *value = form_value(&form, form.at[i].name);
        must(!value || strlen(value) < FORM_VALUE);
    }
    free(type);
    free(body);
}

static void
check_token(const struct keys *keys, const uint8_t *data, size_t size)
{
    char *token = copy(data, size), again[SEAL_ROOM];
    struct seal seal;
    uint32_t epoch;
    if (seal_read(keys, token, &seal, &epoch)) {
        must(seal_write(keys, epoch, &seal, again));
        must(strcmp(token, again) == 0);
    } else {
        must(seal.kind == 0 && seal.who_length == 0 && seal.person[0] == '\0');
    }
    free(token);
}

/* What is sealed comes back, whatever it is. */
static void
check_seal(const struct keys *keys, const uint8_t *data, size_t size)
{
    struct seal seal = {.kind = SEAL_WITHDRAW, .who_kind = AVOW_IDENTITY_ID}, got;
    char token[SEAL_ROOM];
    uint32_t epoch;
    seal.who_length = size < SEAL_WHO ? size : SEAL_WHO;
    memcpy(seal.who, data, seal.who_length);
    must(seal_write(keys, 1, &seal, token));
    must(seal_read(keys, token, &got, &epoch) && epoch == 1);
    must(got.who_length == seal.who_length && memcmp(got.who, seal.who, seal.who_length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct keys *keys;
    if (!keys) {
        must(keys_begin(NULL) == AVOW_STORE_OK && (keys = keys_allocate(2)) != NULL);
        memset(keys->identity, 18, 2 * sizeof keys->identity[0]);
    }
    check_form(data, size);
    check_token(keys, data, size);
    check_seal(keys, data, size);
    return 0;
}
