/* Files that are read whole, and written whole or not at all. */
#ifndef AVOW_SIGN_FILE_H
#define AVOW_SIGN_FILE_H

#include "runtime/avow_store.h"

#include <stdbool.h>
#include <sys/stat.h>

struct file {
    const char *path;
    uint8_t *bytes; /* private, aligned to 8, with zeros behind up to a multiple of 8 */
    size_t size;
    struct stat stat; /* as it was when it was read */
};

/* Reads a file of at most so many bytes; AVOW_STORE_IO, AVOW_STORE_MEMORY. What is read is zeroed
 * by file_free, which is called also after an error. */
avow_store_code file_read(struct file *file, const char *path, size_t most,
                          avow_store_error *error);
void file_free(struct file *file);

/* Puts these bytes into the place of a file that was read, with its rights and, if that is
 * possible, its owner; on the disk before its old form is gone. AVOW_STORE_IO, also if the file
 * changed since it was read: then nothing was done. */
avow_store_code file_replace(const struct file *file, const void *bytes, size_t size,
                             avow_store_error *error);

/* Creates a file with these rights, which is on the disk then. AVOW_STORE_BUSY if something has
 * that name: it is left alone. AVOW_STORE_IO. */
avow_store_code file_create(const char *path, mode_t mode, const char *text, size_t size,
                            avow_store_error *error);

#endif
