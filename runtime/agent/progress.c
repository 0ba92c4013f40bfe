#include "runtime/agent/progress.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATH_MOST = 4096 };

static const char form[] =
    "avowd filter 1\nquestion %64s\ninput %" SCNu64 " line %" SCNu64 "\nout %" SCNu64
    "\nrefused %" SCNu64 "\nrows %" SCNu64 " refusals %" SCNu64 "\n%n";

avow_store_code
progress_read(struct progress *progress, const char *file, avow_store_error *error)
{
    char text[1024];
    FILE *in = fopen(file, "re");
    if (!in && errno == ENOENT)
        return fault(error, AVOW_STORE_NOT_FOUND,
                     "There is no run to go on with: %s does not exist. Begin without --resume.",
                     file);
    if (!in)
        return fault(error, AVOW_STORE_IO, "%s cannot be read: %s.", file, strerror(errno));
    size_t length = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[length] = '\0';
    int end = 0;
    if (sscanf(text, form, progress->question, &progress->input, &progress->line, &progress->out,
               &progress->refused, &progress->rows, &progress->refusals, &end) == 7 &&
        (size_t)end == length)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT,
                 "%s does not say how far a run has come. Remove it and begin without --resume.",
                 file);
}

static bool
sync_folder(const char *file)
{
    char copy[PATH_MOST];
    snprintf(copy, sizeof copy, "%s", file);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return done;
}

static bool
write_whole(const struct progress *progress, const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool good =
        dprintf(file,
                "avowd filter 1\nquestion %s\ninput %" PRIu64 " line %" PRIu64 "\nout %" PRIu64
                "\nrefused %" PRIu64 "\nrows %" PRIu64 " refusals %" PRIu64 "\n",
                progress->question, progress->input, progress->line, progress->out,
                progress->refused, progress->rows, progress->refusals) > 0 &&
        fdatasync(file) == 0;
    int why = errno;
    good = close(file) == 0 && good;
    errno = why;
    return good;
}

avow_store_code
progress_write(const struct progress *progress, const char *file, avow_store_error *error)
{
    char fresh[PATH_MOST];
    snprintf(fresh, sizeof fresh, "%s~", file);
    if (write_whole(progress, fresh) && rename(fresh, file) == 0 && sync_folder(file))
        return AVOW_STORE_OK;
    int why = errno;
    unlink(fresh);
    return fault(error, AVOW_STORE_IO, "%s cannot be written: %s.", file, strerror(why));
}

int64_t
monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct meter
meter_begin(bool asked)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    return (struct meter){.on = asked || terminal, .terminal = terminal, .next = monotonic_ms()};
}

void
meter_show(struct meter *meter, const struct progress *now, uint64_t size)
{
    int64_t time = meter->on ? monotonic_ms() : 0;
    if (!meter->on || time < meter->next)
        return;
    meter->next = time + (meter->terminal ? 200 : 1000);
    meter->shown = true;
    char share[24] = "";
    if (size > 0)
        snprintf(share, sizeof share, "%3" PRIu64 " %%, ",
                 now->input < size ? now->input * 100 / size : 100);
    fprintf(stderr, "%s%s%" PRIu64 " addresses, %" PRIu64 " refused%s", meter->terminal ? "\r" : "",
            share, now->rows, now->refusals, meter->terminal ? "" : "\n");
}

void
meter_end(struct meter *meter)
{
    if (meter->shown && meter->terminal)
        fputs("\r\033[K", stderr);
    meter->on = false;
}
