#include "compiler/diag/explain.h"

#include "compiler/base/embedded.h"
#include "compiler/base/utf8.h"

bool
code_find(struct text word, enum code *code)
{
    for (unsigned i = 0; i < CODE_COUNT; i++) {
        if (text_equal_folded(word, text_of(code_number((enum code)i)))) {
            *code = (enum code)i;
            return true;
        }
    }
    return false;
}

enum code
code_nearest(struct text word)
{
    enum code nearest = CODE_COUNT;
    unsigned best = 2;
    for (unsigned i = 0; i < CODE_COUNT; i++) {
        unsigned distance = text_distance(word, text_of(code_number((enum code)i)), 1);
        if (distance < best) {
            best = distance;
            nearest = (enum code)i;
        }
    }
    return nearest;
}

struct text
explanation(enum code code)
{
    for (const struct embedded *file = explain_files; file->name; file++)
        if (strcmp(file->name, code_number(code)) == 0)
            return text_trim(embedded_text(file));
    return TEXT("");
}

/* The next line of a text, which is moved behind it. */
static struct text
next_line(struct text *rest)
{
    const char *end = rest->length > 0 ? memchr(rest->data, '\n', rest->length) : NULL;
    size_t length = end ? (size_t)(end - rest->data) : rest->length;
    struct text line = {rest->data, length};
    size_t taken = end ? length + 1 : length;
    *rest = (struct text){rest->data + taken, rest->length - taken};
    return line;
}

struct text
explanation_what(struct arena *arena, enum code code)
{
    struct buffer out = buffer_in(arena);
    struct text rest = explanation(code), line;
    while (rest.length > 0 && (line = next_line(&rest)).length > 0) {
        if (out.length > 0)
            buffer_char(&out, ' ');
        buffer_add(&out, line);
    }
    return buffer_text(&out);
}

static const char *
severity_word(enum code code)
{
    return code_severity(code) == ERROR ? "error" : "warning";
}

/* The page as text: words run on in lines of WIDTH columns, blocks stay as they are. */
struct page {
    struct buffer *out;
    bool colour;
    bool fenced;
    size_t column;
};

enum { WIDTH = 78 };

static void
end_line(struct page *page)
{
    if (page->column > 0)
        buffer_char(page->out, '\n');
    page->column = 0;
}

static void
add_word(struct page *page, struct text word)
{
    size_t width = utf8_width(word);
    if (page->column > 0 && page->column + 1 + width > WIDTH)
        end_line(page);
    if (page->column > 0)
        buffer_char(page->out, ' ');
    page->column += width + (page->column > 0);
    buffer_add(page->out, word);
}

/* “**Why.** Because” as “Why: Because”. */
static struct text
add_mark(struct page *page, struct text line)
{
    static const char *const marks[] = {"**Why.**", "**Example.**", "**Mend.**"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t length = strlen(marks[i]);
        if (!text_starts(line, text_of(marks[i])))
            continue;
        struct text word = {marks[i] + 2, length - 5}; /* without “**” and “.**” */
        buffer_format(page->out, "%s%.*s:%s", page->colour ? "\033[1m" : "", TEXT_ARGS(word),
                      page->colour ? "\033[0m" : "");
        page->column = word.length + 1;
        return (struct text){line.data + length, line.length - length};
    }
    return line;
}

static void
add_words(struct page *page, struct text line)
{
    line = add_mark(page, line);
    while ((line = text_trim(line)).length > 0) {
        const char *blank = memchr(line.data, ' ', line.length);
        size_t length = blank ? (size_t)(blank - line.data) : line.length;
        add_word(page, (struct text){line.data, length});
        line = (struct text){line.data + length, line.length - length};
    }
}

static void
add_line(struct page *page, struct text line)
{
    if (text_starts(line, TEXT("```"))) {
        page->fenced = !page->fenced;
    } else if (line.length == 0) {
        end_line(page);
        buffer_char(page->out, '\n');
    } else if (page->fenced) {
        buffer_format(page->out, "    %.*s\n", TEXT_ARGS(line));
    } else {
        add_words(page, line);
    }
}

void
explain_as_text(enum code code, bool colour, struct buffer *out)
{
    buffer_format(out, "%s%s %s: %s%s\n\n", colour ? "\033[1m" : "", severity_word(code),
                  code_number(code), code_title(code), colour ? "\033[0m" : "");
    struct page page = {.out = out, .colour = colour};
    struct text rest = explanation(code);
    while (rest.length > 0)
        add_line(&page, next_line(&rest));
    end_line(&page);
}

void
explain_as_markdown(enum code code, struct buffer *out)
{
    buffer_format(out, "### %s\n\n*%s: %s*\n\n", code_number(code), severity_word(code),
                  code_title(code));
    buffer_add(out, explanation(code));
    buffer_char(out, '\n');
}

void
explain_list(struct buffer *out)
{
    for (unsigned i = 0; i < CODE_COUNT; i++)
        buffer_format(out, "%-4s  %s\n", code_number((enum code)i), code_title((enum code)i));
}

/* The codes of one hundred, or the warnings, with their heading. */
static void
add_group(const char *prefix, const char *heading, struct buffer *out)
{
    buffer_format(out, "\n## %s\n", heading);
    for (unsigned i = 0; i < CODE_COUNT; i++) {
        if (!text_starts(text_of(code_number((enum code)i)), text_of(prefix)))
            continue;
        buffer_char(out, '\n');
        explain_as_markdown((enum code)i, out);
    }
}

void
explain_all_as_markdown(struct buffer *out)
{
    static const struct {
        const char *prefix, *heading;
    } groups[] = {{"E1", "The file and its form"},
                  {"E2", "The vocabulary"},
                  {"E3", "Sentences"},
                  {"E4", "The words that are published"},
                  {"E5", "What the rules mean together"},
                  {"W", "Warnings"}};
    buffer_string(out,
                  "# Messages\n\n"
                  "Every message of `avow` has a permanent code. `avow explain CODE` prints "
                  "the page of one of them;\nthis is all of them. An error keeps a policy from "
                  "being built; a warning is a question to whoever\nwrote it. The examples "
                  "leave out what [`LANGUAGE.md`](LANGUAGE.md) says in its first one, and "
                  "use\nits words; each of them is compiled when the project is tested, and "
                  "so is its mend.\n");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        add_group(groups[i].prefix, groups[i].heading, out);
}
