#include "runtime/store/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
key_file_name(uint32_t epoch, char name[KEY_NAME_ROOM])
{
    if (epoch == 0)
        snprintf(name, KEY_NAME_ROOM, "signing.key");
    else
        snprintf(name, KEY_NAME_ROOM, "identity-%04u.key", (unsigned)epoch);
}

uint32_t
key_file_epoch(const char *name)
{
    static const char before[] = "identity-";
    char again[KEY_NAME_ROOM];
    if (strncmp(name, before, sizeof before - 1) != 0)
        return 0;
    unsigned long epoch = strtoul(name + sizeof before - 1, NULL, 10);
    if (epoch == 0 || epoch > 9999)
        return 0;
    key_file_name((uint32_t)epoch, again);
    return strcmp(again, name) == 0 ? (uint32_t)epoch : 0;
}

void
key_fingerprint(const uint8_t key[SECRET_BYTES], uint8_t fingerprint[FINGERPRINT_BYTES])
{
    /* Identities begin with a small number, so that no hash of one is a fingerprint. */
    static const uint8_t fixed[] = "avow: fingerprint of a key";
    crypto_generichash(fingerprint, FINGERPRINT_BYTES, fixed, sizeof fixed, key, SECRET_BYTES);
}

size_t
key_file_write_text(uint32_t epoch, const uint8_t key[SECRET_BYTES], char text[KEY_FILE_ROOM])
{
    uint8_t fingerprint[FINGERPRINT_BYTES];
    char digits[2 * SECRET_BYTES + 1], short_digits[2 * FINGERPRINT_BYTES + 1], what[40];
    key_fingerprint(key, fingerprint);
    sodium_bin2hex(digits, sizeof digits, key, SECRET_BYTES);
    sodium_bin2hex(short_digits, sizeof short_digits, fingerprint, sizeof fingerprint);
    if (epoch == 0)
        snprintf(what, sizeof what, "signing key");
    else
        snprintf(what, sizeof what, "identity key, epoch %u", (unsigned)epoch);
    int length = snprintf(text, KEY_FILE_ROOM, "# avow %s, secret; fingerprint %s\n%s\n", what,
                          short_digits, digits);
    sodium_memzero(digits, sizeof digits);
    return (size_t)length;
}

static bool
parse(uint32_t epoch, const char *text, size_t length, uint8_t key[SECRET_BYTES])
{
    char again[KEY_FILE_ROOM];
    const char *line = memchr(text, '\n', length);
    if (!line || length - (size_t)(line + 1 - text) != 2 * SECRET_BYTES + 1 ||
        sodium_hex2bin(key, SECRET_BYTES, line + 1, 2 * SECRET_BYTES, NULL, NULL, NULL) != 0)
        return false;
    /* Epoch and fingerprint with it: a renamed file or one wrong digit is found. */
    bool same =
        key_file_write_text(epoch, key, again) == length && memcmp(again, text, length) == 0;
    sodium_memzero(again, sizeof again);
    return same;
}

avow_store_code
key_file_load(const struct key_folder *folder, uint32_t epoch, uint8_t key[SECRET_BYTES],
              avow_store_error *error)
{
    char name[KEY_NAME_ROOM], text[KEY_FILE_ROOM];
    size_t length;
    key_file_name(epoch, name);
    avow_store_code code = key_file_read(folder, name, text, sizeof text, &length, error);
    if (!code && length == 0)
        code = fault(error, AVOW_STORE_KEYS,
                     "The key %s/%s is missing or empty. What was stored with it cannot be found "
                     "without it: restore it from the backup of the keys.",
                     folder->path, name);
    else if (!code && !parse(epoch, text, length, key))
        code = fault(error, AVOW_STORE_KEYS,
                     "%s/%s is damaged, or is another key under its name. Put it aside and restore "
                     "it from the backup of the keys.",
                     folder->path, name);
    sodium_memzero(text, sizeof text);
    return code;
}

avow_store_code
key_folder_open(const char *path, struct key_folder *folder, avow_store_error *error)
{
    folder->path = path;
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder->fd >= 0)
        return AVOW_STORE_OK;
    if (errno == ENOENT)
        return fault(error, AVOW_STORE_KEYS,
                     "There is no key folder %s. If there never was one, initialise the store; "
                     "else restore the keys from their backup.",
                     path);
    if (errno == ENOTDIR || errno == ELOOP)
        return fault(error, AVOW_STORE_KEYS,
                     "The key folder %s is a file or a link. Give the folder itself.", path);
    return fault(error, errno == EACCES ? AVOW_STORE_KEYS : AVOW_STORE_IO,
                 "The key folder %s cannot be opened: %s. Run this as the user it belongs to.",
                 path, strerrordesc_np(errno));
}

void
key_folder_close(struct key_folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = -1;
}

/* Whether only the running user, or root, can get at it; name is NULL for the folder itself. */
static avow_store_code
check_owner(const struct key_folder *folder, const char *name, const struct stat *status,
            avow_store_error *error)
{
    const char *slash = name ? "/" : "", *file = name ? name : "";
    unsigned mode = (unsigned)status->st_mode & 07777;
    if (status->st_uid != geteuid() && status->st_uid != 0)
        return fault(error, AVOW_STORE_KEYS,
                     "%s%s%s belongs to another user (number %u). Run this as that user, or: chown "
                     "%u %s%s%s",
                     folder->path, slash, file, (unsigned)status->st_uid, (unsigned)geteuid(),
                     folder->path, slash, file);
    if (mode & 077)
        return fault(error, AVOW_STORE_KEYS,
                     "%s%s%s is open to other users (mode %04o), and whoever reads a key can tell "
                     "who refused. Mend it: chmod %s %s%s%s",
                     folder->path, slash, file, mode, name ? "600" : "700", folder->path, slash,
                     file);
    return AVOW_STORE_OK;
}

avow_store_code
key_folder_check(const struct key_folder *folder, avow_store_error *error)
{
    struct stat status;
    if (fstat(folder->fd, &status) != 0)
        return fault(error, AVOW_STORE_IO, "The key folder %s cannot be examined: %s.",
                     folder->path, strerrordesc_np(errno));
    return check_owner(folder, NULL, &status, error);
}

static avow_store_code
io_fault(const struct key_folder *folder, const char *name, const char *what, int why,
         avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO, "%s/%s cannot be %s: %s. Mend that and try again.",
                 folder->path, name, what, strerrordesc_np(why));
}

static int
read_all(int fd, char *text, size_t room, size_t *length)
{
    *length = 0;
    while (*length < room) {
        ssize_t got = read(fd, text + *length, room - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        *length += (size_t)got;
    }
    return 0;
}

static avow_store_code
read_checked(const struct key_folder *folder, const char *name, int fd, char *text, size_t room,
             size_t *length, avow_store_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return io_fault(folder, name, "examined", errno, error);
    if (!S_ISREG(status.st_mode))
        return fault(error, AVOW_STORE_KEYS, "%s/%s is no file. Put it aside.", folder->path, name);
    avow_store_code code = check_owner(folder, name, &status, error);
    if (code)
        return code;
    int why = read_all(fd, text, room, length);
    if (why)
        return io_fault(folder, name, "read", why, error);
    if (*length == room)
        return fault(error, AVOW_STORE_KEYS,
                     "%s/%s is longer than what belongs there. Put it aside and restore it from "
                     "the backup of the keys.",
                     folder->path, name);
    text[*length] = '\0';
    return AVOW_STORE_OK;
}

avow_store_code
key_file_read(const struct key_folder *folder, const char *name, char *text, size_t room,
              size_t *length, avow_store_error *error)
{
    /* Without O_NONBLOCK, opening a FIFO would wait for ever. */
    int fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    *length = 0;
    if (fd < 0 && errno == ENOENT)
        return AVOW_STORE_OK;
    if (fd < 0 && errno == ELOOP)
        return fault(error, AVOW_STORE_KEYS,
                     "%s/%s is a link. Keys are kept in files: put the file itself there.",
                     folder->path, name);
    if (fd < 0 && errno == EACCES)
        return fault(error, AVOW_STORE_KEYS,
                     "%s/%s cannot be read by user %u. Run this as the user it belongs to.",
                     folder->path, name, (unsigned)geteuid());
    if (fd < 0)
        return io_fault(folder, name, "opened", errno, error);
    avow_store_code code = read_checked(folder, name, fd, text, room, length, error);
    close(fd);
    return code;
}

avow_store_code
key_folder_sync(const struct key_folder *folder, avow_store_error *error)
{
    if (fsync(folder->fd) == 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_IO,
                 "The key folder %s cannot be written to disk: %s. Mend that and try again.",
                 folder->path, strerrordesc_np(errno));
}

/* The folder's own entry, in the folder that it is in. */
static avow_store_code
sync_parent(const struct key_folder *folder, avow_store_error *error)
{
    struct key_folder parent = {openat(folder->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                folder->path};
    if (parent.fd < 0)
        return fault(error, AVOW_STORE_IO,
                     "The folder that %s is in cannot be opened: %s. Mend that and try again.",
                     folder->path, strerrordesc_np(errno));
    avow_store_code code = key_folder_sync(&parent, error);
    key_folder_close(&parent);
    return code;
}

avow_store_code
key_folder_make(const char *path, struct key_folder *folder, avow_store_error *error)
{
    *folder = (struct key_folder){-1, path};
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fault(error, AVOW_STORE_IO,
                     "The key folder %s cannot be made: %s. Mend that and try again.", path,
                     strerrordesc_np(errno));
    avow_store_code code = key_folder_open(path, folder, error);
    if (!code)
        code = key_folder_check(folder, error);
    if (!code)
        code = sync_parent(folder, error);
    if (code)
        key_folder_close(folder);
    return code;
}

/* Writes and syncs; gives errno, or 0. */
static int
write_all(int fd, const char *text, size_t length)
{
    /* Whatever the umask is. */
    if (fchmod(fd, 0600) != 0)
        return errno;
    for (size_t done = 0; done < length;) {
        ssize_t put = write(fd, text + done, length - done);
        if (put < 0 && errno != EINTR)
            return errno;
        done += put > 0 ? (size_t)put : 0;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

/* Gives the written file its name, if nobody has it. */
static avow_store_code
put_in_place(const struct key_folder *folder, const char *written, const char *name,
             avow_store_error *error)
{
    if (linkat(folder->fd, written, folder->fd, name, 0) == 0) {
        avow_store_code code = key_folder_sync(folder, error);
        if (code)
            unlinkat(folder->fd, name, 0);
        return code;
    }
    if (errno == EEXIST)
        return fault(error, AVOW_STORE_BUSY,
                     "%s/%s is there already, and is never written over. Try again, or choose "
                     "another name.",
                     folder->path, name);
    return io_fault(folder, name, "put in its place", errno, error);
}

avow_store_code
key_file_create(const struct key_folder *folder, const char *name, const char *text, size_t length,
                avow_store_error *error)
{
    char written[KEY_NAME_ROOM];
    snprintf(written, sizeof written, ".new-%08x%08x", randombytes_random(), randombytes_random());
    int fd =
        openat(folder->fd, written, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return io_fault(folder, name, "created", errno, error);
    int why = write_all(fd, text, length);
    if (close(fd) != 0 && why == 0)
        why = errno;
    avow_store_code code = why ? io_fault(folder, name, "written", why, error)
                               : put_in_place(folder, written, name, error);
    unlinkat(folder->fd, written, 0);
    return code;
}
