#include "compiler/command/revision.h"

#include "compiler/command/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MADE_MOST = 64 }; /* files and folders of one revision */

struct revision {
    const struct command *command;
    struct arena *arena;
    struct text name;            /* before the colon */
    struct text file;            /* behind it, without "./" */
    const char *before;          /* "./" if it was there: from the working folder, not the top */
    char folder[PATH_MAX];       /* where its files are put */
    const char *made[MADE_MOST]; /* in the order in which they were made */
    size_t made_count;
};

bool
revision_is_named(const char *word)
{
    struct stat facts;
    return strchr(word, ':') != NULL && stat(word, &facts) != 0;
}

/* git(1) ------------------------------------------------------------------------------------------
 */

/* What git has under a path of the revision. git itself says what is wrong, unless quiet. */
static bool
ask_git(struct revision *revision, struct text path, bool quiet, struct text *text)
{
    struct text spec = arena_format(revision->arena, "%.*s:%s%.*s", TEXT_ARGS(revision->name),
                                    revision->before, TEXT_ARGS(path));
    struct buffer out = buffer_in(revision->arena);
    char git[] = "git", cat[] = "cat-file", blob[] = "blob";
    char *word = arena_alloc(revision->arena, spec.length + 1);
    char *words[] = {git, cat, blob, word, NULL};
    memcpy(word, spec.data, spec.length);
    int status = program_output(git, words, quiet, &out, SOURCE_MAX);
    if (status < 0)
        fprintf(stderr, "avow %s: git cannot be run: %s\n", revision->command->name,
                strerror(errno));
    *text = buffer_text(&out);
    return status == 0;
}

/* Files of the revision in a folder of their own --------------------------------------------------
 */

static bool
note_made(struct revision *revision, struct text path)
{
    if (revision->made_count == MADE_MOST)
        return false;
    revision->made[revision->made_count++] = arena_text(revision->arena, path).data;
    return true;
}

/* Makes the folders above a file. */
static bool
make_folders(struct revision *revision, struct text path)
{
    for (size_t i = strlen(revision->folder) + 1; i < path.length; i++) {
        if (path.data[i] != '/')
            continue;
        struct text above = arena_text(revision->arena, (struct text){path.data, i});
        if (mkdir(above.data, 0700) == 0) {
            if (!note_made(revision, above))
                return false;
        } else if (errno != EEXIST) {
            return false;
        }
    }
    return true;
}

static struct text
place_of(struct revision *revision, struct text path)
{
    return arena_format(revision->arena, "%s/%.*s", revision->folder, TEXT_ARGS(path));
}

static bool
put_file(struct revision *revision, struct text path, struct text text)
{
    struct text place = place_of(revision, path);
    if (!make_folders(revision, place))
        return false;
    int file = open(place.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return errno == EEXIST;
    bool noted = note_made(revision, place);
    size_t done = 0;
    while (noted && done < text.length) {
        ssize_t count = write(file, text.data + done, text.length - done);
        if (count < 0 && errno != EINTR)
            break;
        done += count > 0 ? (size_t)count : 0;
    }
    return close(file) == 0 && noted && done == text.length;
}

static void
remove_files(struct revision *revision)
{
    while (revision->made_count > 0) {
        const char *path = revision->made[--revision->made_count];
        if (unlink(path) != 0)
            (void)rmdir(path);
    }
    (void)rmdir(revision->folder);
}

/* A path without "." and "..", from that of a file to what it names; empty if it leads out. */
static struct text
beside(struct arena *arena, struct text file, struct text path)
{
    struct buffer out = buffer_in(arena);
    size_t folder = file.length;
    while (folder > 0 && file.data[folder - 1] != '/')
        folder--;
    buffer_add(&out, (struct text){file.data, folder});
    buffer_add(&out, path);
    struct text whole = buffer_text(&out);
    struct buffer made = buffer_in(arena);
    for (size_t at = 0, end; at < whole.length; at = end + 1) {
        for (end = at; end < whole.length && whole.data[end] != '/'; end++)
            ;
        struct text part = {whole.data + at, end - at};
        if (part.length == 0 || text_equal(part, TEXT(".")))
            continue;
        if (!text_equal(part, TEXT(".."))) {
            buffer_add(&made, made.length > 0 ? TEXT("/") : TEXT(""));
            buffer_add(&made, part);
            continue;
        }
        if (made.length == 0)
            return (struct text){NULL, 0};
        while (made.length > 0 && made.data[made.length - 1] != '/')
            made.length--;
        made.length -= made.length > 0;
    }
    return buffer_text(&made);
}

/* A file that the policy needs, if the revision has it: what it lacks, compiling will say. */
static void
fetch_beside(struct revision *revision, struct text path)
{
    struct text there = beside(revision->arena, revision->file, path), text;
    if (path.length > 0 && path.data[0] != '/' && there.length > 0 &&
        ask_git(revision, there, true, &text))
        (void)put_file(revision, there, text);
}

/* The calendar, and the words of the language ("en-GB" takes those of "en"). */
static void
fetch_what_it_names(struct revision *revision, const struct settings *settings)
{
    struct arena *arena = revision->arena;
    struct text language = settings->language;
    const char *dash = language.length > 0 ? memchr(language.data, '-', language.length) : NULL;
    fetch_beside(revision, settings->calendar);
    if (language.length == 0)
        return;
    fetch_beside(revision, arena_format(arena, "locales/%.*s.yaml", TEXT_ARGS(language)));
    if (dash)
        fetch_beside(revision, arena_format(arena, "locales/%.*s.yaml", (int)(dash - language.data),
                                            language.data));
}

/* Compiling ---------------------------------------------------------------------------------------
 */

/* Calls the sources by the revision instead of the folder that they were put in. */
static void
name_sources(const struct revision *revision, struct compilation *c)
{
    size_t length = strlen(revision->folder) + 1;
    for (size_t i = 0; i < c->sources.list.count; i++) {
        struct text *path = &c->sources.list.at[i].path;
        if (path->length > length && memcmp(path->data, revision->folder, length - 1) == 0)
            *path =
                arena_format(&c->arena, "%.*s:%s%.*s", TEXT_ARGS(revision->name), revision->before,
                             (int)(path->length - length), path->data + length);
    }
}

static bool
fetch(struct revision *revision)
{
    struct compilation tree;
    struct text text;
    if (!ask_git(revision, revision->file, false, &text))
        return false;
    const char *temporary = getenv("TMPDIR");
    int length = snprintf(revision->folder, sizeof revision->folder, "%s/avow-XXXXXX",
                          temporary && *temporary ? temporary : "/tmp");
    if (length < 0 || (size_t)length >= sizeof revision->folder || !mkdtemp(revision->folder)) {
        revision->folder[0] = '\0';
        fprintf(stderr, "avow %s: no folder can be made in %s\n", revision->command->name,
                temporary && *temporary ? temporary : "/tmp");
        return false;
    }
    if (!put_file(revision, revision->file, text)) {
        fprintf(stderr, "avow %s: %s: %s\n", revision->command->name, revision->folder,
                strerror(errno));
        return false;
    }
    if (compile(&tree, place_of(revision, revision->file), STAGE_TREE) && tree.tree)
        fetch_what_it_names(revision, &tree.tree->settings);
    compilation_free(&tree);
    return true;
}

/* Parts the word; false after a message if it cannot name a file of a revision. */
static bool
read_word(struct revision *revision, const char *word)
{
    const char *colon = strchr(word, ':'), *file = colon + 1;
    bool here = file[0] == '.' && file[1] == '/';
    revision->name = (struct text){word, (size_t)(colon - word)};
    revision->before = here ? "./" : "";
    struct text path = text_of(here ? file + 2 : file);
    revision->file = beside(revision->arena, TEXT(""), path);
    if (word[0] != '-' && revision->name.length > 0 && path.length > 0 && path.data[0] != '/' &&
        text_equal(revision->file, path))
        return true;
    wrong_use(revision->command,
              "'%s' does not name a file of a revision, as HEAD:shop.policy does", word);
    return false;
}

int
revision_compile(const struct command *command, struct compilation *c, const char *word,
                 enum colour colour)
{
    struct arena arena;
    struct revision revision = {.command = command, .arena = &arena, .folder = ""};
    struct control control = control_quiet();
    int status = EXIT_USE;
    memset(c, 0, sizeof *c);
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0) {
        fprintf(stderr, "avow %s: out of memory\n", command->name);
    } else if (read_word(&revision, word) && fetch(&revision)) {
        bool made =
            compile_controlled(c, place_of(&revision, revision.file), STAGE_MODEL, &control);
        if (made && setjmp(c->arena.out_of_memory) == 0) {
            name_sources(&revision, c);
            report(c, colour);
            status = compilation_status(c) == EXIT_FINE ? EXIT_FINE : EXIT_USE;
        }
    }
    if (revision.folder[0] != '\0')
        remove_files(&revision);
    arena_free(&arena);
    return status;
}

int
revision_load(const struct command *command, struct compilation *c, const char *path,
              enum colour colour)
{
    if (revision_is_named(path))
        return revision_compile(command, c, path, colour);
    int status = compile_and_report(c, path, STAGE_MODEL, colour);
    return status == EXIT_FINE ? EXIT_FINE : EXIT_USE;
}
