#include "compiler/command/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
complain(const char *what, struct text path)
{
    fprintf(stderr, "avow: cannot %s %.*s: %s\n", what, TEXT_ARGS(path), strerror(errno));
}

static bool
write_all(int file, struct text contents)
{
    while (contents.length > 0) {
        ssize_t done = write(file, contents.data, contents.length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        contents.data += done;
        contents.length -= (size_t)done;
    }
    return true;
}

static mode_t
current_umask(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return mask;
}

/* Who may not give a file away keeps at least its group. */
static mode_t
mode_of_replaced(int file, const struct stat *replaced)
{
    if (fchown(file, replaced->st_uid, replaced->st_gid) != 0 &&
        fchown(file, (uid_t)-1, replaced->st_gid) != 0)
        return replaced->st_mode & 0707; /* another group gets no rights by it */
    return replaced->st_mode & 0777;
}

/* What is built can be built again; what somebody wrote has to be on the disk before its old form
 * is gone. */
static bool
finish(int file, const struct stat *replaced, mode_t mask)
{
    if (!replaced)
        return fchmod(file, 0666 & ~mask) == 0;
    return fchmod(file, mode_of_replaced(file, replaced)) == 0 && fsync(file) == 0;
}

/* What comes behind a piece that could not be written is let go: the file is not finished then. */
static void
take_piece(struct sink *sink, struct text piece)
{
    struct output_file *file = (struct output_file *)sink; /* its first member */
    if (file->error == 0 && !write_all(file->file, piece))
        file->error = errno != 0 ? errno : EIO;
}

/* A folder (or anything else that rename would refuse late) in the place of a file. */
static bool
place_is_free(const struct output *output)
{
    struct stat found;
    if (stat(output->path.data, &found) == 0 && S_ISDIR(found.st_mode)) {
        errno = EISDIR;
        complain("replace", output->path);
        return false;
    }
    return true;
}

/* mkstemp makes files only for their owner; the page is for everybody the umask allows. */
bool
output_begin(struct arena *arena, struct output *output, struct output_file *file)
{
    if (!place_is_free(output))
        return false;
    struct text name = arena_format(arena, "%.*s.XXXXXX", TEXT_ARGS(output->path));
    char *template = arena_alloc(arena, name.length + 1);
    memcpy(template, name.data, name.length);
    *file = (struct output_file){{take_piece}, output, current_umask(), -1, 0};
    file->file = mkostemp(template, O_CLOEXEC);
    if (file->file < 0) {
        complain("create", output->path);
        return false;
    }
    output->temporary = (struct text){template, name.length};
    return true;
}

bool
output_end(struct output_file *file)
{
    struct output *output = file->output;
    errno = file->error;
    bool done = file->error == 0 && finish(file->file, output->replaced, file->mask);
    if (!done)
        complain("write", output->path);
    if (close(file->file) != 0 && done) {
        complain("write", output->path);
        done = false;
    }
    return done;
}

void
outputs_forget(const struct output *outputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (outputs[i].temporary.length > 0)
            unlink(outputs[i].temporary.data);
}

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Somebody may have saved the file since it was read. */
static bool
is_unchanged(const struct output *output)
{
    struct stat found;
    if (!output->replaced ||
        (stat(output->path.data, &found) == 0 && is_same_file(&found, output->replaced)))
        return true;
    fprintf(stderr, "avow: cannot replace %.*s: it changed meanwhile\n", TEXT_ARGS(output->path));
    return false;
}

static bool
put_in_place(struct output *output)
{
    if (!is_unchanged(output))
        return false;
    if (rename(output->temporary.data, output->path.data) != 0) {
        complain("replace", output->path);
        return false;
    }
    output->temporary.length = 0;
    return true;
}

bool
outputs_finish(struct output *outputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!put_in_place(&outputs[i])) {
            outputs_forget(outputs, count);
            return false;
        }
    return true;
}

static bool
output_prepare(struct arena *arena, struct output *output)
{
    struct output_file file;
    if (!output_begin(arena, output, &file))
        return false;
    take_piece(&file.sink, output->contents);
    return output_end(&file);
}

bool
outputs_write(struct arena *arena, struct output *outputs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!output_prepare(arena, &outputs[i])) {
            outputs_forget(outputs, count);
            return false;
        }
    return outputs_finish(outputs, count);
}

static bool
folder_step(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

bool
folder_make(struct arena *arena, struct text path)
{
    char *copy = arena_alloc(arena, path.length + 1);
    memcpy(copy, path.data, path.length);
    for (size_t i = 1; i < path.length; i++) {
        if (copy[i] != '/')
            continue;
        copy[i] = '\0';
        bool made = folder_step(copy);
        copy[i] = '/';
        if (!made)
            break;
    }
    struct stat found;
    bool there = folder_step(copy) && stat(copy, &found) == 0;
    if (there && !S_ISDIR(found.st_mode)) {
        errno = ENOTDIR;
        there = false;
    }
    if (!there)
        complain("make the folder", path);
    return there;
}

bool
file_create(struct text path, struct text contents)
{
    int file = open(path.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0 && errno == EEXIST) {
        fprintf(stderr,
                "avow: %.*s is there already, and is not overwritten; choose another name\n",
                TEXT_ARGS(path));
        return false;
    }
    if (file < 0) {
        complain("create", path);
        return false;
    }
    bool done = write_all(file, contents);
    if (!done)
        complain("write", path);
    if (close(file) != 0 && done) {
        complain("write", path);
        done = false;
    }
    if (!done)
        unlink(path.data);
    return done;
}
