/* A file that is written in large pieces, and whose length is known. */
#ifndef AVOW_AGENT_SINK_H
#define AVOW_AGENT_SINK_H

#include "runtime/avow_store.h"

#include <stdbool.h>
#include <sys/stat.h>

struct sink {
    const char *path; /* for messages */
    int file;
    bool regular;
    char *buffer;
    size_t used;
    uint64_t length; /* bytes that were given, with those that still wait */
    int failed;      /* errno of the first write that failed, or 0 */
};

/* Opens a file of mode 0600 for writing, "-" for standard output, and cuts it to `length`: what is
 * shorter is AVOW_STORE_IO. It must not be the file `input`. The caller closes it in any case. */
avow_store_code sink_open(struct sink *sink, const char *path, uint64_t length,
                          const struct stat *input, avow_store_error *error);
void sink_close(struct sink *sink);

/* Adds bytes. An error is kept for sink_flush. */
void sink_add(struct sink *sink, const char *bytes, size_t count);
void sink_text(struct sink *sink, const char *text);

/* Hands everything to the system, and, if it must, to the disk. */
avow_store_code sink_flush(struct sink *sink, bool to_disk, avow_store_error *error);

#endif
