/* A signed bundle with any bytes changed, cut off or added: only the genuine one is taken. And any
 * bytes as what stands behind an image, and as a line of trusted keys. */
#include "runtime/agent/signature.h"
#include "runtime/core/table.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IMAGE = AT_CELLS * 4 + 8, WHOLE = IMAGE + SIGNATURE_HEAD + SIGNATURE_RECORD };

static void
must(int holds)
{
    if (!holds)
        abort();
}

static void
make_genuine(uint8_t file[WHOLE], struct trusted_key *key)
{
    static const uint8_t seed[32] = {7};
    uint8_t secret[64], message[SIGNATURE_MESSAGE];
    memset(file, 0, WHOLE);
    memcpy(file, "avow\r\n\x1a\n", 8);
    file[AT_SIZE * 4] = IMAGE & 0xff;
    file[AT_SIZE * 4 + 1] = IMAGE >> 8;
    memcpy(file + IMAGE, "avowsig1\1", 9);
    crypto_sign_seed_keypair(key->key, secret, seed);
    key->until = 100;
    signature_message(file, IMAGE, message);
    memcpy(file + IMAGE + SIGNATURE_HEAD, key->key, SIGNATURE_KEY);
    crypto_sign_detached(file + IMAGE + SIGNATURE_HEAD + SIGNATURE_KEY, NULL, message,
                         sizeof message, secret);
}

/* In memory of exactly its size: a read behind it is seen. */
static int
is_taken(const uint8_t *file, size_t size, const struct trust *trust)
{
    avow_store_error error = {0};
    size_t image = 0;
    uint8_t *copy = malloc(size ? size : 1);
    must(copy != NULL);
    memcpy(copy, file, size);
    avow_store_code code = signature_check(copy, size, trust, 99, &image, &error);
    must(code == AVOW_STORE_OK ? image <= size && !error.text[0]
                               : code == AVOW_STORE_POLICY && error.text[0]);
    free(copy);
    return code == AVOW_STORE_OK;
}

/* Three bytes an edit: where, and what is changed there; the first two bytes say how long it is. */
static void
edit(const uint8_t *data, size_t size, const uint8_t genuine[WHOLE], const struct trust *trust)
{
    uint8_t file[WHOLE + 256] = {0};
    if (size < 2)
        return;
    memcpy(file, genuine, WHOLE);
    size_t length = WHOLE - data[0] + (size_t)data[1];
    for (size_t i = 2; i + 2 < size; i += 3)
        file[(data[i] | (size_t)data[i + 1] << 8) % sizeof file] ^= data[i + 2];
    int same = length == WHOLE && memcmp(file, genuine, WHOLE) == 0;
    must(is_taken(file, length, trust) == same);
    (void)is_taken(file, length, NULL);
}

static void
append(const uint8_t *data, size_t size, const uint8_t genuine[WHOLE], const struct trust *trust)
{
    uint8_t *file = malloc(IMAGE + size);
    must(file != NULL);
    memcpy(file, genuine, IMAGE);
    if (size > 0)
        memcpy(file + IMAGE, data, size);
    int same = size == WHOLE - IMAGE && memcmp(file, genuine, WHOLE) == 0;
    must(is_taken(file, IMAGE + size, trust) == same);
    free(file);
}

static void
read_line(const uint8_t *data, size_t size)
{
    struct trusted_key key;
    const char *why = NULL;
    char *line = malloc(size ? size : 1);
    must(line != NULL);
    if (size > 0)
        memcpy(line, data, size);
    int found = trust_line(line, size, &key, &why);
    if (found < 0)
        must(why && why[0]);
    if (found > 0)
        must(strlen(key.comment) < sizeof key.comment &&
             (key.last[0] != '\0') == (key.until != INT64_MAX));
    free(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t genuine[WHOLE];
    struct trusted_key key = {0};
    struct trust trust = {&key, 1};
    must(sodium_init() >= 0);
    make_genuine(genuine, &key);
    must(is_taken(genuine, WHOLE, &trust));
    edit(data, size, genuine, &trust);
    append(data, size, genuine, &trust);
    read_line(data, size);
    return 0;
}
