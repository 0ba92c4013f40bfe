#include "runtime/agent/place.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool
is_postgres(const char *url)
{
    return begins(url, "postgresql://") || begins(url, "postgres://");
}

/* What a part of the URL says, or "". */
static const char *
part_of_url(const PQconninfoOption *parts, const char *name)
{
    for (; parts->keyword; parts++)
        if (strcmp(parts->keyword, name) == 0)
            return parts->val ? parts->val : "";
    return "";
}

/* What libpq itself says of a wrong URL may quote a password, and so is not repeated. */
static PQconninfoOption *
take_apart(const char *url, avow_store_error *error)
{
    PQconninfoOption *parts = PQconninfoParse(url, NULL);
    if (!parts)
        fault(error, AVOW_STORE_USAGE,
              "The URL of the store cannot be understood. Write it as in "
              "postgresql://HOST/DATABASE, or postgresql:///DATABASE for a server on this "
              "machine; special characters as %%XX.");
    return parts;
}

avow_store_code
place_check(const char *url, avow_store_error *error)
{
    if (begins(url, "sqlite:") && url[7] != '\0')
        return AVOW_STORE_OK;
    if (!is_postgres(url))
        return fault(error, AVOW_STORE_USAGE,
                     "The store is neither sqlite:FILE nor postgresql://HOST/DATABASE. Give one "
                     "of them with --store.");
    PQconninfoOption *parts = take_apart(url, error);
    if (!parts)
        return AVOW_STORE_USAGE;
    bool secret = *part_of_url(parts, "password") || *part_of_url(parts, "sslpassword");
    PQconninfoFree(parts);
    if (!secret)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_USAGE,
                 "There is a password in the store's URL, where everybody on this machine can read "
                 "it, and the shell keeps it. Put it into a file of mode 0600, ~/.pgpass or one "
                 "named by ?passfile=FILE, and change it, since it was shown.");
}

/* Two databases must not share a folder by accident: its name tells them apart. */
static avow_store_code
folder_of(const char *url, const char *data, const char *below, char keys[PLACE_MAX],
          avow_store_error *error)
{
    static const char *const names[] = {"host", "hostaddr", "port", "dbname", "service"};
    PQconninfoOption *parts = take_apart(url, error);
    if (!parts)
        return AVOW_STORE_USAGE;
    char text[2048];
    size_t length = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && length < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s\n",
                                   part_of_url(parts, names[i]));
    PQconninfoFree(parts);
    uint8_t hash[32];
    avow_sha256(text, length < sizeof text ? length : sizeof text - 1, hash);
    int wrote =
        snprintf(keys, PLACE_MAX, "%s%s/avow/keys-%02x%02x%02x%02x%02x%02x%02x%02x", data, below,
                 hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
    return wrote < PLACE_MAX ? AVOW_STORE_OK
                             : fault(error, AVOW_STORE_USAGE,
                                     "The name of the key folder is too "
                                     "long. Give another with --keys.");
}

static avow_store_code
copy_to(char keys[PLACE_MAX], const char *folder, const char *below, avow_store_error *error)
{
    if (snprintf(keys, PLACE_MAX, "%s%s", folder, below) < PLACE_MAX)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_USAGE,
                 "The name of the key folder is too long. Give another with --keys.");
}

avow_store_code
place_keys(const struct place *place, char keys[PLACE_MAX], avow_store_error *error)
{
    keys[0] = '\0';
    if (place->keys)
        return copy_to(keys, place->keys, "", error);
    if (!is_postgres(place->store))
        return AVOW_STORE_OK;
    const char *given = getenv("AVOW_KEYS"), *state = getenv("STATE_DIRECTORY");
    if (given && *given)
        return copy_to(keys, given, "", error);
    if (state && *state) { /* systemd gives several, parted by colons: the first is ours */
        char first[PLACE_MAX];
        snprintf(first, sizeof first, "%.*s", (int)strcspn(state, ":"), state);
        return copy_to(keys, first, "/keys", error);
    }
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (data && *data == '/')
        return folder_of(place->store, data, "", keys, error);
    if (home && *home == '/')
        return folder_of(place->store, home, "/.local/share", keys, error);
    return fault(error, AVOW_STORE_USAGE,
                 "Where the keys are is not known: neither AVOW_KEYS, STATE_DIRECTORY nor HOME is "
                 "set. Give their folder with --keys.");
}

/* Makes a folder that outlives a power cut, if there is none; true if it is there. */
static bool
make_folder(const char *path)
{
    char above[PLACE_MAX + 3];
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST;
    snprintf(above, sizeof above, "%s/..", path);
    int file = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good;
}

avow_store_code
place_make_parents(const struct place *place, const char *keys, avow_store_error *error)
{
    char path[PLACE_MAX];
    const char *given = getenv("AVOW_KEYS");
    if (place->keys || (given && *given))
        return AVOW_STORE_OK; /* a slip in a name makes no folders */
    snprintf(path, sizeof path, "%s", keys);
    for (char *slash = path; *slash && (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        if (!make_folder(path))
            return fault(error, AVOW_STORE_IO,
                         "The folder %s, for the keys, cannot be made: %s. Mend that, or give "
                         "another with --keys.",
                         path, strerror(errno));
        *slash = '/';
    }
    return AVOW_STORE_OK;
}

bool
place_password_file(const char *url, char path[PLACE_MAX], bool *named)
{
    PQconninfoOption *parts = is_postgres(url) ? take_apart(url, NULL) : NULL;
    if (!parts)
        return false;
    const char *given = part_of_url(parts, "passfile"), *home = getenv("HOME");
    if (!*given)
        given = getenv("PGPASSFILE");
    *named = given && *given;
    if (*named)
        snprintf(path, PLACE_MAX, "%s", given);
    else if (home)
        snprintf(path, PLACE_MAX, "%s/.pgpass", home);
    PQconninfoFree(parts);
    return *named || home;
}
