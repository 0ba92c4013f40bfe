/* Files that appear whole or not at all. */
#ifndef AVOW_COMMAND_OUTPUT_H
#define AVOW_COMMAND_OUTPUT_H

#include "compiler/base/buffer.h"

#include <sys/stat.h>

struct output {
    struct text path; /* where it shall be */
    struct text contents;
    /* The file that it replaces: it has to be the same still, and its rights and, if possible, its
     * owner are kept. NULL: whatever stands there, with the rights of the umask. */
    const struct stat *replaced;
    struct text temporary; /* where it is until it is put in its place; empty: nowhere */
};

/* A file that is being written beside its place, in pieces. */
struct output_file {
    struct sink sink; /* of the buffer that its contents are made in */
    struct output *output;
    mode_t mask;
    int file;
    int error; /* of the first piece that could not be written, else 0 */
};

/* Creates the file beside its place; contents are not looked at. False after a message to standard
 * error. */
bool output_begin(struct arena *arena, struct output *output, struct output_file *file);

/* Nothing comes any more. False after a message to standard error, also if a piece could not be
 * written. */
bool output_end(struct output_file *file);

/* Puts all prepared files in their places. False after a message to standard error; then none of
 * the places has changed (unless the system fails between two renames), and nothing is left behind.
 */
bool outputs_finish(struct output *outputs, size_t count);

/* Removes what was prepared, and not finished. */
void outputs_forget(const struct output *outputs, size_t count);

/* All of it: writes the files beside their places first and puts them there only when every one is
 * complete. False as with outputs_finish.
 *
 * As with compilers and linkers, nobody waits for the disk: what a power cut takes can be built
 * again, and half of it is no danger, since a table that is cut off does not link and a bundle is
 * verified when it is opened. */
bool outputs_write(struct arena *arena, struct output *outputs, size_t count);

/* Writes a file that is not there yet; path ends with a zero byte. False after a message to
 * standard error, also if something has that name already: then it is left alone. */
bool file_create(struct text path, struct text contents);

/* Makes a folder and those above it; true if it is there in the end. */
bool folder_make(struct arena *arena, struct text path);

#endif
