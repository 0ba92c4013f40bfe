/* Braces and brackets in published words that were meant to be holes. */
#include "compiler/model/prose.h"

static bool
is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool
is_declared(const struct prose *prose, struct text name)
{
    return name.length > 0 && names_find(&prose->draft->model->by_name, name) != NONE;
}

/* The characters of a name from an offset on. */
static struct text
name_from(struct text raw, size_t at)
{
    size_t end = at;
    while (end < raw.length && end - at <= NAME_MAX_BYTES && is_name_character(raw.data[end]))
        end++;
    return (struct text){raw.data + at, end - at};
}

static struct text
name_before(struct text raw, size_t end)
{
    size_t at = end;
    while (at > 0 && end - at <= NAME_MAX_BYTES && is_name_character(raw.data[at - 1]))
        at--;
    return (struct text){raw.data + at, end - at};
}

static void
report_literal(const struct prose *prose, size_t begin, size_t end, struct text name,
               struct text printed)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    struct span span = prose_span(prose, begin, end);
    diagnose(diagnostics, E_HOLE, span, "the page would print “%.*s” here", TEXT_ARGS(printed));
    diagnose_why(diagnostics, "Only a name between single braces is filled in");
    diagnose_fix(diagnostics, "Write {%.*s}", TEXT_ARGS(name));
    diagnose_edit(diagnostics, span, "{%.*s}", TEXT_ARGS(name));
}

void
doubled_brace_check(const struct prose *prose, size_t at)
{
    struct text raw = prose->raw, name = name_from(raw, at + 2);
    size_t end = at + 2 + name.length;
    if (end + 2 > raw.length || raw.data[end] != '}' || raw.data[end + 1] != '}' ||
        !is_declared(prose, name))
        return;
    struct text printed = arena_format(prose->draft->arena, "{%.*s}", TEXT_ARGS(name));
    report_literal(prose, at, end + 2, name, printed);
}

void
bracket_check(const struct prose *prose, size_t at)
{
    struct text raw = prose->raw, name = name_from(raw, at + 1);
    size_t end = at + 1 + name.length;
    if (end >= raw.length || raw.data[end] != ']' || !is_declared(prose, name))
        return;
    if (end + 1 < raw.length && strchr("([:", raw.data[end + 1]))
        return; /* a link */
    report_literal(prose, at, end + 1, name, (struct text){raw.data + at, end + 1 - at});
}

void
lone_brace_report(const struct prose *prose, size_t at)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    struct text raw = prose->raw;
    bool opens = raw.data[at] == '{';
    struct text name = opens ? name_from(raw, at + 1) : name_before(raw, at);
    size_t place = opens ? at + 1 + name.length : at - name.length;
    diagnose(diagnostics, E_HOLE, prose_span(prose, at, at + 1),
             opens ? "this brace is not closed" : "this brace closes nothing");
    if (is_declared(prose, name)) {
        diagnose_fix(diagnostics, "Write {%.*s}", TEXT_ARGS(name));
        diagnose_edit(diagnostics, prose_span(prose, place, place), opens ? "}" : "{");
    } else {
        diagnose_fix(diagnostics, opens
                                      ? "Write “}” behind the name, or “{{” for a brace on the page"
                                      : "Write “}}” for a brace on the page");
    }
}

bool
joined_hole_report(const struct prose *prose, size_t begin, size_t end)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    struct text raw = prose->raw;
    struct buffer joined = buffer_in(prose->draft->arena);
    for (size_t i = begin; i < end; i++) {
        if (!is_name_character(raw.data[i]) && raw.data[i] != ' ')
            return false;
        buffer_char(&joined, raw.data[i] == ' ' ? '-' : raw.data[i]);
    }
    struct text name = buffer_text(&joined);
    if (!is_declared(prose, name))
        return false;
    struct span span = prose_span(prose, begin, end);
    diagnose(diagnostics, E_SEVERAL_WORDS, span, "“%.*s” is several words, and a name is one",
             (int)(end - begin), raw.data + begin);
    diagnose_fix(diagnostics, "Write {%.*s}", TEXT_ARGS(name));
    diagnose_edit(diagnostics, span, "%.*s", TEXT_ARGS(name));
    return true;
}
