#include "runtime/sign/file.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALIGNMENT = 8, ROOM_MORE = 8 };

static avow_store_code
io_fault(const char *path, const char *what, avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO, "%s cannot be %s: %s.", path, what, strerror(errno));
}

/* Reads until the end or until there is no more room; -1 with errno. */
static ssize_t
read_all(int descriptor, uint8_t *bytes, size_t room)
{
    size_t length = 0;
    while (length < room) {
        ssize_t got = read(descriptor, bytes + length, room - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

static avow_store_code
read_open(struct file *file, int descriptor, size_t most, avow_store_error *error)
{
    if (fstat(descriptor, &file->stat) != 0)
        return io_fault(file->path, "read", error);
    if (!S_ISREG(file->stat.st_mode))
        return fault(error, AVOW_STORE_IO, "%s is no file.", file->path);
    if (file->stat.st_size < 0 || (uintmax_t)file->stat.st_size > most)
        return fault(error, AVOW_STORE_IO, "%s is too large to be what is wanted here.",
                     file->path);
    file->size = (size_t)file->stat.st_size;
    size_t room = (file->size + ALIGNMENT + ROOM_MORE) / ALIGNMENT * ALIGNMENT;
    file->bytes = aligned_alloc(ALIGNMENT, room);
    if (!file->bytes)
        return fault_memory(error);
    memset(file->bytes, 0, room);
    ssize_t length = read_all(descriptor, file->bytes, room);
    if (length < 0)
        return io_fault(file->path, "read", error);
    if ((size_t)length != file->size)
        return fault(error, AVOW_STORE_IO, "%s changed while it was read. Try again.", file->path);
    return AVOW_STORE_OK;
}

avow_store_code
file_read(struct file *file, const char *path, size_t most, avow_store_error *error)
{
    *file = (struct file){.path = path};
    /* Not waiting: a pipe in place of the file must not stop us. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0)
        return io_fault(path, "read", error);
    avow_store_code code = read_open(file, descriptor, most, error);
    close(descriptor);
    return code;
}

void
file_free(struct file *file)
{
    if (file->bytes)
        sodium_memzero(file->bytes, file->size);
    free(file->bytes);
    *file = (struct file){.path = file->path};
}

static bool
write_all(int descriptor, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(descriptor, bytes, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

/* A new name is there after a power cut only if its folder is on the disk. */
static bool
sync_folder(const char *path)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return good;
}

/* Makes a file beside its place, whole and on the disk; its name into `name`. */
static bool
write_beside(const char *path, char name[PATH_MAX], mode_t mode, const struct stat *owner,
             const void *bytes, size_t size)
{
    if (snprintf(name, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    int descriptor = mkostemp(name, O_CLOEXEC);
    if (descriptor < 0)
        return false;
    /* Who may not give a file away keeps at least its group; another group gets no rights by it. */
    if (owner && fchown(descriptor, owner->st_uid, owner->st_gid) != 0 &&
        fchown(descriptor, (uid_t)-1, owner->st_gid) != 0)
        mode &= 0707;
    bool good = fchmod(descriptor, mode) == 0 && write_all(descriptor, bytes, size) &&
                fsync(descriptor) == 0;
    int why = errno;
    good &= close(descriptor) == 0;
    if (!good) {
        unlink(name);
        errno = why;
    }
    return good;
}

static bool
is_unchanged(const struct file *file)
{
    struct stat now;
    const struct stat *then = &file->stat;
    return stat(file->path, &now) == 0 && now.st_dev == then->st_dev &&
           now.st_ino == then->st_ino && now.st_size == then->st_size &&
           now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

/* Through links: the file itself is replaced, and the link stays. */
static avow_store_code
replace_real(const struct file *file, const char *real, const void *bytes, size_t size,
             avow_store_error *error)
{
    char name[PATH_MAX];
    if (!write_beside(real, name, file->stat.st_mode & 0777, &file->stat, bytes, size))
        return io_fault(file->path, "written", error);
    if (!is_unchanged(file)) {
        unlink(name);
        return fault(error, AVOW_STORE_IO,
                     "%s changed meanwhile, and was left as it is. Sign it again.", file->path);
    }
    if (rename(name, real) != 0) {
        avow_store_code code = io_fault(file->path, "replaced", error);
        unlink(name);
        return code;
    }
    return sync_folder(real) ? AVOW_STORE_OK : io_fault(file->path, "brought to the disk", error);
}

avow_store_code
file_replace(const struct file *file, const void *bytes, size_t size, avow_store_error *error)
{
    char *real = realpath(file->path, NULL);
    if (!real)
        return io_fault(file->path, "replaced", error);
    avow_store_code code = replace_real(file, real, bytes, size, error);
    free(real);
    return code;
}

avow_store_code
file_create(const char *path, mode_t mode, const char *text, size_t size, avow_store_error *error)
{
    char name[PATH_MAX];
    if (!write_beside(path, name, mode, NULL, text, size))
        return io_fault(path, "created", error);
    avow_store_code code = AVOW_STORE_OK;
    bool linked = link(name, path) == 0;
    if (!linked && errno == EEXIST)
        code = fault(error, AVOW_STORE_BUSY,
                     "%s is there already, and is not written over. Choose another name.", path);
    else if (!linked || !sync_folder(path))
        code = io_fault(path, "created", error);
    unlink(name);
    return code;
}
