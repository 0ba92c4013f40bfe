#include "runtime/agent/bundle.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* More than any policy has; a page of today's size makes a bundle of some 100 KB. */
enum { BUNDLE_MOST = 64 << 20, ALIGNMENT = 8, SECONDS_OF_DAY = 86400 };

static avow_store_code
cannot_read(const char *path, avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO,
                 "The policy %s cannot be read: %s. Give with --policy the "
                 "file that 'avow build' made.",
                 path, strerror(errno));
}

/* Not waiting: a pipe or a device in place of the file must not stop us. */
static int
open_file(const char *path, size_t *size, avow_store_error *error)
{
    struct stat stat;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0 || fstat(file, &stat) != 0) {
        cannot_read(path, error);
    } else if (!S_ISREG(stat.st_mode)) {
        fault(error, AVOW_STORE_IO,
              "The policy %s is no file. Give with --policy the file that "
              "'avow build' made.",
              path);
    } else if (stat.st_size > BUNDLE_MOST) {
        fault(error, AVOW_STORE_POLICY,
              "The policy %s is larger than any compiled policy. Give with "
              "--policy the file ID.avow that 'avow build' made.",
              path);
    } else {
        *size = (size_t)stat.st_size;
        return file;
    }
    if (file >= 0)
        close(file);
    return -1;
}

/* Reads until the end or until `room` bytes are full; -1 with errno. */
static ssize_t
read_whole(int file, char *bytes, size_t room)
{
    size_t length = 0;
    while (length < room) {
        ssize_t got = read(file, bytes + length, room - length);
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

/* What is wrong with a bundle, and what mends it. */
static avow_store_code
refuse(const char *path, avow_error why, avow_store_error *error)
{
    const char *mend = "Build it again with 'avow build'.";
    if (why == AVOW_ERROR_MAGIC)
        mend = "A .policy file is compiled first: 'avow build --only=avow FILE.policy' makes "
               "ID.avow.";
    if (why == AVOW_ERROR_ABI)
        mend = "Build it again with the avow of this version, " AVOW_VERSION ".";
    return fault(error, AVOW_STORE_POLICY, "The policy %s cannot be used: %s %s", path,
                 avow_error_text(why), mend);
}

/* Whose it is comes first: of what nobody trusted has signed, nothing is read. */
static avow_store_code
check_signatures(const struct bundle *bundle, const char *path, const struct trust *trust,
                 int64_t now, size_t *size, avow_store_error *error)
{
    avow_store_error why = {0};
    avow_store_code code = signature_check(bundle->bytes, *size, trust, now, size, &why);
    if (code == AVOW_STORE_OK)
        return code;
    return fault(error, code, "The policy %s cannot be used: %s", path, why.text);
}

static avow_store_code
verify(struct bundle *bundle, const char *path, size_t size, int64_t now, avow_store_error *error)
{
    avow_error why = AVOW_OK;
    const avow_table *table = avow_open(bundle->bytes, size, &why);
    if (!table)
        return refuse(path, why, error);
    why = avow_may_replace(table, NULL, (int32_t)(now / SECONDS_OF_DAY));
    if (why == AVOW_OK) {
        bundle->table = table;
        return AVOW_STORE_OK;
    }
    if (why != AVOW_ERROR_NOT_YET)
        return refuse(path, why, error);
    time_t effective = (time_t)avow_identify(table).effective * SECONDS_OF_DAY;
    struct tm day;
    char text[16] = "";
    if (gmtime_r(&effective, &day))
        strftime(text, sizeof text, "%Y-%m-%d", &day);
    return fault(error, AVOW_STORE_POLICY,
                 "The policy %s is not in force before %s. Until then use "
                 "the one that is in force.",
                 path, text);
}

avow_store_code
bundle_load(struct bundle *bundle, const char *path, const struct trust *trust, int64_t now,
            avow_store_error *error)
{
    *bundle = (struct bundle){0};
    size_t size = 0;
    int file = open_file(path, &size, error);
    if (file < 0)
        return error ? error->code : AVOW_STORE_IO;
    /* A byte more than it says, to see whether it grows. */
    size_t room = (size + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    bundle->bytes = aligned_alloc(ALIGNMENT, room);
    avow_store_code code = AVOW_STORE_OK;
    ssize_t length = bundle->bytes ? read_whole(file, bundle->bytes, room) : 0;
    if (!bundle->bytes)
        code = fault_memory(error);
    else if (length < 0)
        code = cannot_read(path, error);
    else if ((size_t)length != size)
        code = fault(error, AVOW_STORE_IO,
                     "The policy %s changed while it was read. Put a new one "
                     "in its place by renaming it, and try again.",
                     path);
    close(file);
    if (code == AVOW_STORE_OK)
        code = check_signatures(bundle, path, trust, now, &size, error);
    return code == AVOW_STORE_OK ? verify(bundle, path, size, now, error) : code;
}

void
bundle_free(struct bundle *bundle)
{
    free(bundle->bytes);
    *bundle = (struct bundle){0};
}
