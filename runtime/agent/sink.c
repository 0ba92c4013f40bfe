#include "runtime/agent/sink.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 1 << 18 };

static avow_store_code
cannot_write(const struct sink *sink, int why, avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO, "%s cannot be written: %s.", sink->path, strerror(why));
}

static avow_store_code
prepare(struct sink *sink, uint64_t length, const struct stat *input, avow_store_error *error)
{
    struct stat stat;
    if (fstat(sink->file, &stat) != 0)
        return cannot_write(sink, errno, error);
    sink->regular = S_ISREG(stat.st_mode);
    if (!sink->regular || sink->file == STDOUT_FILENO)
        return AVOW_STORE_OK;
    if (input && stat.st_dev == input->st_dev && stat.st_ino == input->st_ino)
        return fault(error, AVOW_STORE_USAGE,
                     "%s would be read and written at once. Give it another name.", sink->path);
    if ((uint64_t)stat.st_size < length)
        return fault(error, AVOW_STORE_IO,
                     "%s is shorter than when it was left: it cannot be gone on with. Begin anew.",
                     sink->path);
    if (ftruncate(sink->file, (off_t)length) != 0 || lseek(sink->file, (off_t)length, SEEK_SET) < 0)
        return cannot_write(sink, errno, error);
    return AVOW_STORE_OK;
}

avow_store_code
sink_open(struct sink *sink, const char *path, uint64_t length, const struct stat *input,
          avow_store_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    *sink = (struct sink){.path = standard ? "standard output" : path, .length = length};
    /* Addresses are nobody else's affair. */
    sink->file = standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (sink->file < 0)
        return cannot_write(sink, errno, error);
    sink->buffer = malloc(BUFFER);
    return sink->buffer ? prepare(sink, length, input, error) : fault_memory(error);
}

void
sink_close(struct sink *sink)
{
    free(sink->buffer);
    sink->buffer = NULL;
    if (sink->file > STDERR_FILENO)
        close(sink->file);
    sink->file = -1;
}

static void
write_out(struct sink *sink, const char *bytes, size_t count)
{
    while (count > 0 && !sink->failed) {
        ssize_t wrote = write(sink->file, bytes, count);
        if (wrote < 0 && errno != EINTR)
            sink->failed = errno;
        if (wrote <= 0)
            continue;
        bytes += wrote;
        count -= (size_t)wrote;
    }
}

void
sink_add(struct sink *sink, const char *bytes, size_t count)
{
    sink->length += count;
    if (sink->used + count > BUFFER) {
        write_out(sink, sink->buffer, sink->used);
        sink->used = 0;
    }
    if (count > BUFFER) {
        write_out(sink, bytes, count);
        return;
    }
    memcpy(sink->buffer + sink->used, bytes, count);
    sink->used += count;
}

void
sink_text(struct sink *sink, const char *text)
{
    sink_add(sink, text, strlen(text));
}

avow_store_code
sink_flush(struct sink *sink, bool to_disk, avow_store_error *error)
{
    write_out(sink, sink->buffer, sink->used);
    sink->used = 0;
    if (!sink->failed && to_disk && sink->regular && fdatasync(sink->file) != 0)
        sink->failed = errno;
    return sink->failed ? cannot_write(sink, sink->failed, error) : AVOW_STORE_OK;
}
