#include "runtime/store/keys.h"

#include <sodium.h>

/* Where problems go. */
struct report {
    void (*say)(void *context, const avow_store_error *);
    void *context;
    unsigned count;
};

static void
tell(struct report *report, avow_store_code code, const avow_store_error *error)
{
    if (code == AVOW_STORE_OK)
        return;
    report->count++;
    report->say(report->context, error);
}

static void
check_keys(const struct key_folder *folder, uint32_t epochs, struct report *report)
{
    avow_store_error error;
    uint8_t key[SECRET_BYTES];
    avow_store_code code = key_file_load(folder, 0, key, &error);
    tell(report, code, &error);
    if (!code)
        tell(report, keys_public(folder, key, false, &error), &error);
    /* An empty folder lacks the first one. */
    for (uint32_t epoch = 1; epoch <= epochs || epoch == 1; epoch++)
        tell(report, key_file_load(folder, epoch, key, &error), &error);
    sodium_memzero(key, sizeof key);
}

unsigned
keys_check(const char *path, void (*say)(void *context, const avow_store_error *), void *context)
{
    struct report report = {say, context, 0};
    avow_store_error error;
    struct key_folder folder;
    uint32_t epochs;
    unsigned leftovers;
    avow_store_code code = key_folder_open(path, &folder, &error);
    tell(&report, code, &error);
    if (code)
        return report.count;
    tell(&report, key_folder_check(&folder, &error), &error);
    code = keys_scan(&folder, &epochs, &leftovers, &error);
    tell(&report, code, &error);
    if (!code)
        check_keys(&folder, epochs, &report);
    if (!code && leftovers > 0)
        tell(&report,
             fault(&error, AVOW_STORE_KEYS,
                   "A crash left files in %s (.new-*, %u in number). Nothing in them counts: rm "
                   "%s/.new-*",
                   path, leftovers, path),
             &error);
    key_folder_close(&folder);
    return report.count;
}
