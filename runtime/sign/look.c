/* Looking at what is signed. */
#include "runtime/sign/sign.h"
#include "runtime/store/fault.h"

#include <stdio.h>

static void
print_key(const uint8_t key[SIGNATURE_KEY], const struct trust *trust, int64_t now)
{
    char text[SIGNATURE_KEY_TEXT];
    const struct trusted_key *known = trust ? trust_find(trust, key) : NULL;
    signature_key_text(key, text);
    fputs(text, stdout);
    if (trust && !known)
        fputs("  not trusted", stdout);
    if (known && known->last[0])
        printf("  %s %s", now < known->until ? "until" : "no longer trusted, since", known->last);
    if (known && known->comment[0])
        printf("  # %s", known->comment);
    putchar('\n');
}

avow_store_code
bundle_list(const char *path, const struct trust *trust, int64_t now, avow_store_error *error)
{
    struct file file;
    struct signatures signatures;
    size_t image_size = 0;
    avow_store_code code = bundle_open(&file, path, &image_size, &signatures, error);
    if (code == AVOW_STORE_OK && signatures.count == 0)
        code = fault(error, AVOW_STORE_NOT_FOUND, "%s is not signed.", path);
    for (size_t i = 0; i < signatures.count && code == AVOW_STORE_OK; i++)
        print_key(signatures.records + i * SIGNATURE_RECORD, trust, now);
    file_free(&file);
    return code;
}

avow_store_code
bundle_verify(const char *path, const struct trust *trust, int64_t now, avow_store_error *error)
{
    struct file file;
    struct signatures signatures;
    avow_store_error why = {0};
    size_t image_size = 0;
    avow_store_code code = bundle_open(&file, path, &image_size, &signatures, error);
    if (code == AVOW_STORE_OK) {
        code = signature_check(file.bytes, file.size, trust, now, &image_size, &why);
        if (code != AVOW_STORE_OK)
            fault(error, code, "%s: %s", path, why.text);
    }
    for (size_t i = 0; i < signatures.count && code == AVOW_STORE_OK; i++) {
        const uint8_t *key = signatures.records + i * SIGNATURE_RECORD;
        const struct trusted_key *known = trust_find(trust, key);
        if (known && now < known->until) {
            printf("%s: signed with ", path);
            print_key(key, trust, now);
        }
    }
    file_free(&file);
    return code;
}
