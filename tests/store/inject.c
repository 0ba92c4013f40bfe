#include "tests/store/inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct inject inject;

/* Which errors a call is known for. */
enum { FAILS = 1, FULL = 2, MANY = 4, STOPPED = 8 };

static unsigned
class_of(int error)
{
    switch (error) {
    case ENOSPC:
        return FULL;
    case EMFILE:
        return MANY;
    case EINTR:
        return STOPPED;
    default:
        return FAILS;
    }
}

static bool
fails(const char *call, unsigned classes)
{
    if (!inject.armed || inject.memory || !(classes & class_of(inject.error)))
        return false;
    inject.count++;
    if (inject.at == 0 || inject.count < inject.at ||
        (inject.count > inject.at && !inject.for_good))
        return false;
    if (!inject.hit)
        inject.hit = call;
    errno = inject.error;
    return true;
}

/* The library's own function of this name. */
#define REAL(type, name, ...)                                                                      \
    static type (*real)(__VA_ARGS__);                                                              \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, name)

static mode_t
mode_of(int flags, va_list list)
{
    return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(list, unsigned) : 0;
}

int
open(const char *path, int flags, ...)
{
    REAL(int, "open64", const char *, int, ...);
    va_list list;
    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    return fails("open", FAILS | FULL | MANY | STOPPED) ? -1 : real(path, flags, mode);
}

int
openat(int folder, const char *path, int flags, ...)
{
    REAL(int, "openat64", int, const char *, int, ...);
    va_list list;
    va_start(list, flags);
    mode_t mode = mode_of(flags, list);
    va_end(list);
    return fails("openat", FAILS | FULL | MANY) ? -1 : real(folder, path, flags, mode);
}

ssize_t
read(int fd, void *out, size_t count)
{
    REAL(ssize_t, "read", int, void *, size_t);
    return fails("read", FAILS | STOPPED) ? -1 : real(fd, out, count);
}

ssize_t
pread(int fd, void *out, size_t count, off_t at)
{
    REAL(ssize_t, "pread64", int, void *, size_t, off_t);
    return fails("pread", FAILS | STOPPED) ? -1 : real(fd, out, count, at);
}

/* A full disk takes what it still has room for. */
static size_t
room_for(size_t count)
{
    return inject.error == ENOSPC && !inject.for_good ? count / 2 : 0;
}

ssize_t
write(int fd, const void *bytes, size_t count)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    if (!fails("write", FAILS | FULL | STOPPED))
        return real(fd, bytes, count);
    return room_for(count) > 0 ? real(fd, bytes, room_for(count)) : -1;
}

ssize_t
pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off_t);
    if (!fails("pwrite", FAILS | FULL | STOPPED))
        return real(fd, bytes, count, at);
    return room_for(count) > 0 ? real(fd, bytes, room_for(count), at) : -1;
}

int
fsync(int fd)
{
    REAL(int, "fsync", int);
    return fails("fsync", FAILS | FULL) ? -1 : real(fd);
}

int
fdatasync(int fd)
{
    REAL(int, "fdatasync", int);
    return fails("fdatasync", FAILS | FULL) ? -1 : real(fd);
}

int
ftruncate(int fd, off_t size)
{
    REAL(int, "ftruncate64", int, off_t);
    return fails("ftruncate", FAILS | FULL) ? -1 : real(fd, size);
}

int
unlink(const char *path)
{
    REAL(int, "unlink", const char *);
    return fails("unlink", FAILS) ? -1 : real(path);
}

int
unlinkat(int folder, const char *path, int flags)
{
    REAL(int, "unlinkat", int, const char *, int);
    return fails("unlinkat", FAILS) ? -1 : real(folder, path, flags);
}

int
linkat(int from, const char *old, int to, const char *path, int flags)
{
    REAL(int, "linkat", int, const char *, int, const char *, int);
    return fails("linkat", FAILS | FULL) ? -1 : real(from, old, to, path, flags);
}

int
mkdir(const char *path, mode_t mode)
{
    REAL(int, "mkdir", const char *, mode_t);
    return fails("mkdir", FAILS | FULL) ? -1 : real(path, mode);
}

int
flock(int fd, int operation)
{
    REAL(int, "flock", int, int);
    return fails("flock", FAILS | STOPPED) ? -1 : real(fd, operation);
}

int
stat(const char *restrict path, struct stat *restrict out)
{
    REAL(int, "stat64", const char *, struct stat *);
    return fails("stat", FAILS) ? -1 : real(path, out);
}

int
fstat(int fd, struct stat *out)
{
    REAL(int, "fstat64", int, struct stat *);
    return fails("fstat", FAILS) ? -1 : real(fd, out);
}

/* Locks only. */
int
fcntl(int fd, int command, ...)
{
    REAL(int, "fcntl64", int, int, ...);
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    bool lock = command == F_SETLK || command == F_GETLK;
    return lock && fails("fcntl", FAILS) ? -1 : real(fd, command, argument);
}

/* Memory ------------------------------------------------------------------------------------- */

static bool
no_memory(const char *call)
{
    if (!inject.armed || !inject.memory)
        return false;
    inject.count++;
    if (inject.at == 0 || inject.count < inject.at ||
        (inject.count > inject.at && !inject.for_good))
        return false;
    if (!inject.hit)
        inject.hit = call;
    errno = ENOMEM;
    return true;
}

#ifdef INJECT_WRAP /* with a sanitizer, which has an allocator of its own: the store's calls only  \
                    */
void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
#define NAME(call) __wrap_##call
#define THE(call) __real_##call
#else
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
#define NAME(call) call
#define THE(call) __libc_##call
#endif

void *
NAME(malloc)(size_t size)
{
    return no_memory("malloc") ? NULL : THE(malloc)(size);
}

void *
NAME(calloc)(size_t count, size_t size)
{
    return no_memory("calloc") ? NULL : THE(calloc)(count, size);
}

void *
NAME(realloc)(void *old, size_t size)
{
    return no_memory("realloc") ? NULL : THE(realloc)(old, size);
}
