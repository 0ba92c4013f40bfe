#include "compiler/diag/diag.h"

#include "compiler/base/utf8.h"
#include "compiler/diag/control.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *number;
    enum severity severity;
    const char *title;
} codes[] = {
#define CODE(name, severity, number, title) {number, severity, title},
#include "compiler/diag/codes.def"
#undef CODE
};

const char *
code_number(enum code code)
{
    return codes[code].number;
}

enum severity
code_severity(enum code code)
{
    return codes[code].severity;
}

const char *
code_title(enum code code)
{
    return codes[code].title;
}

static struct text
print(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return TEXT("");
    char *place = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(place, (size_t)length + 1, format, arguments);
    return (struct text){place, (size_t)length};
}

/* Where the words of the latest message go; NULL if nobody will read them. */
static struct diagnostic *
latest(struct diagnostics *diagnostics)
{
    bool shown = diagnostics->latest != &diagnostics->dropped && !diagnostics_full(diagnostics);
    return shown ? diagnostics->latest : NULL;
}

/* The place for a message: that of all that are dropped if it is not shown, the last one if there
 * are too many, so that whoever completes it does no harm. */
static struct diagnostic *
place_of(struct diagnostics *diagnostics, enum code code, struct span span, enum severity *severity)
{
    uint8_t treatment = diagnostics->control.treatments[code];
    bool dropped = is_allowed(diagnostics, code, span) || treatment == TREAT_OFF;
    *severity = treatment == TREAT_AS_ERROR ? ERROR : codes[code].severity;
    if (dropped)
        return &diagnostics->dropped;
    *(*severity == ERROR ? &diagnostics->errors : &diagnostics->warnings) += 1;
    return diagnostics_full(diagnostics) ? &diagnostics->list.at[diagnostics->list.count - 1]
                                         : VECTOR_PUSH(diagnostics->arena, &diagnostics->list);
}

struct diagnostic *
diagnose(struct diagnostics *diagnostics, enum code code, struct span span, const char *format, ...)
{
    enum severity severity;
    struct diagnostic *d = diagnostics->latest = place_of(diagnostics, code, span, &severity);
    va_list arguments;
    va_start(arguments, format);
    bool kept = latest(diagnostics) != NULL;
    *d = (struct diagnostic){.code = code,
                             .severity = severity,
                             .span = span,
                             .message =
                                 kept ? print(diagnostics->arena, format, arguments) : TEXT(""),
                             .order = (uint32_t)diagnostics->list.count};
    va_end(arguments);
    return d;
}

void
diagnose_why(struct diagnostics *diagnostics, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (latest(diagnostics))
        latest(diagnostics)->why = print(diagnostics->arena, format, arguments);
    va_end(arguments);
}

void
diagnose_fix(struct diagnostics *diagnostics, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (latest(diagnostics))
        latest(diagnostics)->fix = print(diagnostics->arena, format, arguments);
    va_end(arguments);
}

void
diagnose_see(struct diagnostics *diagnostics, struct span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct diagnostic *d = latest(diagnostics);
    if (d) {
        d->has_related = true;
        d->related_span = span;
        d->related = print(diagnostics->arena, format, arguments);
    }
    va_end(arguments);
}

void
diagnose_edit(struct diagnostics *diagnostics, struct span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct diagnostic *d = latest(diagnostics);
    if (d) {
        d->has_edit = true;
        d->edit_span = span;
        d->edit = print(diagnostics->arena, format, arguments);
    }
    va_end(arguments);
}

struct text
text_shown(struct arena *arena, struct text t)
{
    enum { MOST = 64 };
    size_t at = 0;
    for (unsigned shown = 0; at < t.length && shown < MOST; shown++)
        (void)utf8_next(t, &at);
    if (at >= t.length)
        return t;
    return arena_format(arena, "%.*s...", (int)at, t.data);
}

static int
by_place(const void *a, const void *b)
{
    const struct diagnostic *x = a, *y = b;
    if (x->span.source != y->span.source)
        return x->span.source < y->span.source ? -1 : 1;
    if (x->span.begin != y->span.begin)
        return x->span.begin < y->span.begin ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

void
diagnostics_sort(struct diagnostics *diagnostics)
{
    if (diagnostics->list.count > DIAGNOSTICS_MAX)
        diagnostics->list.count = DIAGNOSTICS_MAX;
    if (diagnostics->list.count > 0)
        qsort(diagnostics->list.at, diagnostics->list.count, sizeof *diagnostics->list.at,
              by_place);
}

/* Sequences of ECMA-48. */
struct palette {
    const char *bold, *error, *warning, *dim, *off;
};

static const struct palette plain = {"", "", "", "", ""};
static const struct palette colours = {"\033[1m", "\033[1;31m", "\033[1;35m", "\033[2m", "\033[0m"};

/* The most of a line that is shown, in characters: a line of megabytes must not be printed whole.
 */
enum { SHOWN_MAX = 160 };

/* Writes one character of a text of the author; gives the columns that it takes. */
static size_t
add_shown(struct buffer *out, struct text text, size_t *at)
{
    size_t from = *at;
    uint32_t c = utf8_next(text, at);
    if (c == '\t') {
        buffer_string(out, "    ");
        return 4;
    }
    if (utf8_is_hidden(c)) {
        buffer_string(out, "\xEF\xBF\xBD");
        return 1;
    }
    buffer_add(out, (struct text){text.data + from, *at - from});
    return utf8_columns(c);
}

/* Writes a message, which may repeat words of the author, and have lines. */
static void
add_words(struct buffer *out, struct text words)
{
    for (size_t at = 0; at < words.length;) {
        if (words.data[at] == '\n') {
            buffer_char(out, '\n');
            at++;
        } else {
            (void)add_shown(out, words, &at);
        }
    }
}

/* Where the part of a line that is shown begins, so that a place in it is shown. */
static size_t
shown_from(struct text line, size_t place)
{
    size_t at = place;
    if (line.length <= SHOWN_MAX)
        return 0;
    for (unsigned back = 0; at > 0 && back < SHOWN_MAX / 2; back++) {
        at--;
        while (at > 0 && ((unsigned char)line.data[at] & 0xC0) == 0x80)
            at--;
    }
    return at > 3 ? at : 0; /* three dots would take as much room */
}

/* The source line with a caret line under it. */
static void
add_quote(struct buffer *out, const struct source *source, struct span span,
          const struct palette *palette, const char *mark)
{
    struct place place = source_place(source, span.begin);
    struct text line = source_line(source, place.line);
    uint32_t line_begin = source->lines.at[place.line - 1];
    size_t first = span.begin - line_begin, last = span.end - line_begin;
    size_t before = 0, width = 0;
    if (first > line.length)
        first = line.length;
    if (last > line.length)
        last = line.length;
    size_t at = shown_from(line, first);
    buffer_format(out, "%s%5u | %s", palette->dim, place.line, palette->off);
    if (at > 0) {
        buffer_string(out, "...");
        before = 3;
    }
    for (size_t shown = 0; at < line.length && shown < SHOWN_MAX; shown++) {
        size_t here = at;
        size_t columns = add_shown(out, line, &at);
        if (here < first)
            before += columns;
        else if (here < last)
            width += columns;
    }
    if (at < line.length)
        buffer_string(out, "...");
    buffer_format(out, "\n%s      | %s", palette->dim, palette->off);
    buffer_fill(out, ' ', before);
    buffer_format(out, "%s^", mark);
    buffer_fill(out, '~', width > 1 ? width - 1 : 0);
    buffer_format(out, "%s\n", palette->off);
}

static void
add_where(struct buffer *out, const struct source *source, struct span span)
{
    struct place place = source_place(source, span.begin);
    buffer_format(out, "%.*s:%u:%u", TEXT_ARGS(source->path), place.line, place.column);
}

static void
render_one(const struct diagnostic *d, const struct sources *sources, const struct palette *palette,
           struct buffer *out)
{
    bool error = d->severity == ERROR;
    const char *mark = error ? palette->error : palette->warning;
    const struct source *source = &sources->list.at[d->span.source];
    buffer_format(out, "%s", palette->bold);
    add_where(out, source, d->span);
    buffer_format(out, ":%s %s%s %s:%s %s", palette->off, mark, error ? "error" : "warning",
                  codes[d->code].number, palette->off, palette->bold);
    add_words(out, d->message);
    buffer_format(out, ".%s\n", palette->off);
    add_quote(out, source, d->span, palette, mark);
    if (d->why.length > 0) {
        buffer_string(out, "        ");
        add_words(out, d->why);
        buffer_string(out, ".\n");
    }
    if (d->fix.length > 0) {
        buffer_format(out, "        %sMend:%s ", palette->bold, palette->off);
        add_words(out, d->fix);
        buffer_string(out, ".\n");
    }
    if (d->has_related) {
        const struct source *other = &sources->list.at[d->related_span.source];
        buffer_string(out, "        See ");
        add_where(out, other, d->related_span);
        buffer_string(out, ": ");
        add_words(out, d->related);
        buffer_string(out, ".\n");
        add_quote(out, other, d->related_span, palette, palette->dim);
    }
}

void
diagnostics_render(const struct diagnostics *diagnostics, const struct sources *sources,
                   bool colour, struct buffer *out)
{
    size_t shown =
        diagnostics->list.count < DIAGNOSTICS_MAX ? diagnostics->list.count : DIAGNOSTICS_MAX;
    for (size_t i = 0; i < shown; i++) {
        if (i > 0)
            buffer_char(out, '\n');
        render_one(&diagnostics->list.at[i], sources, colour ? &colours : &plain, out);
    }
    size_t all = diagnostics->errors + diagnostics->warnings;
    if (all > shown)
        buffer_format(out, "\n... and %zu more.\n", all - shown);
}
