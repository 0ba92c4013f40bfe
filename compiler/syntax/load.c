#include "compiler/syntax/load.h"

#include "compiler/base/names.h"
#include "compiler/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The place of a complaint about a file as a whole. */
static struct span
place_of(struct arena *arena, struct sources *sources, struct text path,
         const struct span *wanted_by)
{
    if (wanted_by)
        return *wanted_by;
    return (struct span){sources_add(arena, sources, path, TEXT("")), 0, 0};
}

static uint32_t
refuse(struct diagnostics *diagnostics, enum code code, struct span span, struct text path,
       const char *why)
{
    diagnose(diagnostics, code, span, "“%.*s” cannot be used: %s", TEXT_ARGS(path), why);
    return NONE;
}

static uint32_t
refuse_large(struct diagnostics *diagnostics, struct span span, struct text path)
{
    diagnose(diagnostics, E_TOO_LARGE, span, "“%.*s” is larger than %d MiB", TEXT_ARGS(path),
             SOURCE_MAX / (1024 * 1024));
    return NONE;
}

/* Reads to the end, or to one byte more than is allowed; false with errno if reading fails. */
static bool
read_all(struct arena *arena, int file, size_t hint, struct text *text)
{
    size_t room = hint + 1 > 65536 ? hint + 1 : 65536, length = 0;
    char *data = arena_alloc(arena, room);
    while (length <= SOURCE_MAX) {
        if (length == room) {
            data = arena_grow(arena, data, room, room * 2);
            room *= 2;
        }
        size_t most =
            room - length < SOURCE_MAX + 1 - length ? room - length : SOURCE_MAX + 1 - length;
        ssize_t count = read(file, data + length, most);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        if (count == 0)
            break;
        length += (size_t)count;
    }
    *text = (struct text){data, length};
    return true;
}

/* Why an open file is nothing to read, or NULL. */
static const char *
unfit(const struct stat *facts, bool standard_input)
{
    if (S_ISDIR(facts->st_mode))
        return "it is a folder, not a file";
    if (!standard_input && !S_ISREG(facts->st_mode))
        return "it is no ordinary file";
    return NULL;
}

static uint32_t
load_open(struct arena *arena, struct sources *sources, struct text path, int file,
          const struct span *wanted_by, struct diagnostics *diagnostics)
{
    struct stat facts;
    bool standard_input = file == STDIN_FILENO;
    struct text text = {"", 0};
    const char *why = NULL;
    if (fstat(file, &facts) != 0)
        why = strerror(errno);
    else
        why = unfit(&facts, standard_input);
    bool sized = !why && S_ISREG(facts.st_mode);
    bool large = sized && facts.st_size > SOURCE_MAX;
    size_t hint = sized && !large && facts.st_size > 0 ? (size_t)facts.st_size : 0;
    if (!why && !large && !read_all(arena, file, hint, &text))
        why = strerror(errno);
    if (why)
        return refuse(diagnostics, E_FILE, place_of(arena, sources, path, wanted_by), path, why);
    if (large || text.length > SOURCE_MAX)
        return refuse_large(diagnostics, place_of(arena, sources, path, wanted_by), path);
    uint32_t source = source_take(arena, sources, path, text, diagnostics);
    if (source != NONE)
        sources->list.at[source].is_file = !standard_input;
    return source;
}

uint32_t
source_load(struct arena *arena, struct sources *sources, struct text path,
            const struct span *wanted_by, struct diagnostics *diagnostics)
{
    if (text_equal(path, TEXT("-")))
        return load_open(arena, sources, TEXT("standard input"), STDIN_FILENO, wanted_by,
                         diagnostics);
    struct text name = arena_text(arena, path);
    if (memchr(name.data, 0, name.length) != NULL)
        return refuse(diagnostics, E_FILE, place_of(arena, sources, path, wanted_by), path,
                      "its name has a NUL in it");
    /* Without O_NONBLOCK a FIFO nobody writes to would be waited for. */
    int file = open(name.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return refuse(diagnostics, E_FILE, place_of(arena, sources, path, wanted_by), name,
                      errno == ENOENT ? "there is no such file" : strerror(errno));
    uint32_t source = load_open(arena, sources, name, file, wanted_by, diagnostics);
    close(file);
    return source;
}

/* Offset of the first noncharacter U+FDD0..U+FDEF, or the length. */
static size_t
noncharacter_at(struct text text)
{
    size_t at = 0;
    while (at < text.length) {
        const char *found = memchr(text.data + at, 0xEF, text.length - at);
        if (!found)
            return text.length;
        at = (size_t)(found - text.data);
        unsigned char last = (unsigned char)(at + 2 < text.length ? found[2] : 0);
        if ((unsigned char)found[1] == 0xB7 && last >= 0x90 && last <= 0xAF)
            return at;
        at++;
    }
    return at;
}

static bool
is_text(struct diagnostics *diagnostics, uint32_t source, struct text whole, size_t valid)
{
    struct span span = {source, (uint32_t)valid, (uint32_t)valid};
    const char *nul = memchr(whole.data, 0, whole.length);
    if (nul && (size_t)(nul - whole.data) <= valid) {
        span.begin = (uint32_t)(nul - whole.data);
        span.end = span.begin + 1;
        diagnose(diagnostics, E_UTF8, span, "here stands a NUL byte: this is no text file");
        diagnose_fix(diagnostics, "Save the file as text, in UTF-8");
        return false;
    }
    if (valid < whole.length) {
        diagnose(diagnostics, E_UTF8, span, "from here on the file is not UTF-8 text (byte %02X)",
                 (unsigned char)whole.data[valid]);
        diagnose_fix(diagnostics, "Save the file in the encoding UTF-8");
        return false;
    }
    size_t odd = noncharacter_at(whole);
    if (odd == whole.length)
        return true;
    diagnose(diagnostics, E_UTF8, (struct span){source, (uint32_t)odd, (uint32_t)odd + 3},
             "here stands a code point that is no character");
    diagnose_fix(diagnostics, "Delete it");
    return false;
}

uint32_t
source_take(struct arena *arena, struct sources *sources, struct text path, struct text text,
            struct diagnostics *diagnostics)
{
    if (text.length > SOURCE_MAX)
        return refuse_large(diagnostics, place_of(arena, sources, path, NULL), path);
    /* A byte order mark says nothing in UTF-8. */
    bool marked = text_starts(text, TEXT("\xEF\xBB\xBF"));
    if (marked) {
        text.data += 3;
        text.length -= 3;
    }
    size_t valid = utf8_invalid_at(text);
    /* Only what is valid may be shown. */
    uint32_t source = sources_add(arena, sources, path, (struct text){text.data, valid});
    sources->list.at[source].is_marked = marked;
    return is_text(diagnostics, source, text, valid) ? source : NONE;
}
