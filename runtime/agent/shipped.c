#include "runtime/agent/shipped.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "shipped"
#define FIRST_LINE "avowd shipped 1 "

avow_store_code
shipped_read(const char *folder, struct shipped *shipped, avow_store_error *error)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" FILE_NAME, folder);
    FILE *in = fopen(path, "re");
    if (!in)
        return fault(error, errno == ENOENT ? AVOW_STORE_NOT_FOUND : AVOW_STORE_IO,
                     "%s cannot be read: %s.", path, strerror(errno));
    bool good = fscanf(in, FIRST_LINE "%" SCNd64, &shipped->at) == 1;
    for (uint32_t part = 0; part < ENGINE_PARTS && good; part++)
        good = fscanf(in, "%" SCNu64, &shipped->sequence[part]) == 1;
    fclose(in);
    if (good)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT,
                 "%s does not say how far the ledger was written out. The next 'avowd ledger "
                 "export' writes it anew.",
                 path);
}

static bool
write_to(int file, const struct shipped *shipped)
{
    bool good = dprintf(file, FIRST_LINE "%" PRId64 "\n", shipped->at) > 0;
    for (uint32_t part = 0; part < ENGINE_PARTS && good; part++)
        good = dprintf(file, "%" PRIu64 "\n", shipped->sequence[part]) > 0;
    return good && fdatasync(file) == 0;
}

avow_store_code
shipped_write(const char *folder, const struct shipped *shipped, avow_store_error *error)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    snprintf(path, sizeof path, "%s/" FILE_NAME, folder);
    snprintf(fresh, sizeof fresh, "%s/." FILE_NAME "-%ld", folder, (long)getpid());
    int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = file >= 0 && write_to(file, shipped);
    int why = errno;
    if (file >= 0)
        close(file);
    if (good && rename(fresh, path) == 0)
        return AVOW_STORE_OK;
    why = good ? errno : why;
    if (file >= 0)
        unlink(fresh);
    return fault(error, AVOW_STORE_IO, "%s cannot be written: %s.", path, strerror(why));
}
