/* avowd key: a new key, a backup, and back again. */
#include "runtime/agent/words.h"
#include "runtime/store/store.h"

#include <stdlib.h>
#include <string.h>

/* Without the store: so that keys can be put back when it cannot be trusted. */
static int
with_folder(const struct call *call, const char *file,
            avow_store_code (*work)(const char *folder, const char *file, avow_store_error *error))
{
    struct session session;
    avow_store_error error = {0};
    int status = session_begin(&session, call, false);
    char *folder = status == EXIT_FINE ? store_keys_folder(&session.options, &error) : NULL;
    if (status == EXIT_FINE && (!folder || work(folder, file, &error) != AVOW_STORE_OK))
        status = store_failed(call, &error);
    free(folder);
    session_close(&session);
    return status;
}

static int
rotate(struct session *session)
{
    avow_store_error error = {0};
    if (avow_store_add_key(session->store, &error) != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    puts("a new key is made, and used from now on for new addresses; older keys are still needed.\n"
         "Back up the keys again now: 'avowd key backup FILE'.");
    return EXIT_FINE;
}

static int
run(const struct call *call)
{
    const char *what = call->operands[0];
    bool file = call->operand_count == 2;
    if (strcmp(what, "rotate") == 0 && !file)
        return with_store(call, false, rotate);
    if (strcmp(what, "backup") == 0 && file)
        return with_folder(call, call->operands[1], keys_backup);
    if (strcmp(what, "restore") == 0 && file)
        return with_folder(call, call->operands[1], keys_restore);
    return wrong_use(call, "'rotate', 'backup FILE' or 'restore FILE' is needed");
}

const struct command key_command = {
    .name = "key",
    .summary = "back up the keys, put them back, or make a new one",
    .forms = "backup FILE\nrestore FILE\nrotate",
    .about =
        "The store knows people only by keyed hashes of their addresses. 'backup' writes all keys\n"
        "to a new file that only you can read: keep it apart from the database, for whoever has\n"
        "both can tell who is in it. 'restore' puts back the keys that are missing. 'rotate' adds\n"
        "a key for new addresses; older keys stay, since refusals are found only with them.\n",
    .status = "Exit status: 0 done; 2 wrong use, or it could not be done.\n",
    .least = 1,
    .most = 2,
    .wanted = "'rotate', 'backup FILE' or 'restore FILE' is needed",
    .run = run,
};
