/* Items into the text of a policy: blank lines, indentation, and the comments between items. */
#include "compiler/syntax/format_internal.h"

enum {
    INDENT = 2,
    HANG = 4,
    COMMENT_GAP = 2,
    COMMENT_FAR = 80 /* behind wider declarations comments do not push the others */
};

struct writer {
    const struct parts *parts;
    struct layout layout;
    size_t comment_column; /* where the comments behind these declarations stand if they can */
};

/* Where what stands before an item belongs to: nothing, the file as a whole, a clause or example.
 */
enum level { LEVEL_NONE, LEVEL_TOP, LEVEL_OPENED, LEVEL_INSIDE };

static enum level
level_behind(const struct parts *parts, size_t i)
{
    if (i == 0)
        return LEVEL_NONE;
    switch (parts->items.at[i - 1].form) {
    case ITEM_OPENING:
        return LEVEL_OPENED;
    case ITEM_SENTENCE:
    case ITEM_PROSE:
        return LEVEL_INSIDE;
    default:
        return LEVEL_TOP;
    }
}

static bool
is_inside(const struct item *item)
{
    return item->form == ITEM_SENTENCE || item->form == ITEM_PROSE;
}

static bool
is_heading(const struct item *item)
{
    return item->form == ITEM_SECTION || item->form == ITEM_OPENING;
}

/* What stands together in columns, and what belongs to that. */
static bool
is_vocabulary(const struct item *item)
{
    return item->form == ITEM_DECLARATION || item->form == ITEM_ALLOWANCE;
}

static bool
is_indented(const struct item *item)
{
    return is_inside(item) || item->form == ITEM_ALLOWANCE;
}

static const struct comment *
comments_of(const struct parts *parts, const struct item *item)
{
    return parts->comments.at + item->comment;
}

/* How many of the comments before an item stand in the line of the item before it: one or none. */
static size_t
trailing(const struct parts *parts, size_t i)
{
    const struct item *item = &parts->items.at[i];
    return i > 0 && item->comment_count > 0 && !comments_of(parts, item)->own_line;
}

/* The comments before an item that still belong to the clause before it. Where a clause ends, how
 * far a comment is indented says which of the two it belongs to. */
static size_t
comments_inside(const struct parts *parts, size_t i)
{
    const struct item *item = &parts->items.at[i];
    enum level level = level_behind(parts, i);
    if (is_indented(item))
        return item->comment_count;
    size_t count = trailing(parts, i);
    if (level != LEVEL_OPENED && level != LEVEL_INSIDE)
        return count;
    while (count < item->comment_count && comments_of(parts, item)[count].indented)
        count++;
    return count;
}

/* The first of the comments that stand directly before a heading, and so belong to it. */
static size_t
comments_attached(const struct parts *parts, const struct item *item, size_t from)
{
    size_t first = item->comment_count;
    bool blank = item->blank_before;
    while (first > from && !blank)
        blank = comments_of(parts, item)[--first].blank_before;
    return first;
}

/* What is about to be written behind an item: comment `at` of item `i`, or that item. */
struct position {
    size_t i, at;
    size_t inside;   /* comments_inside */
    size_t attached; /* comments_attached, or SIZE_MAX */
};

static bool
wants_blank(const struct parts *parts, const struct position *position)
{
    const struct item *item = &parts->items.at[position->i];
    enum level level = level_behind(parts, position->i);
    bool last = position->at == item->comment_count;
    if (level == LEVEL_OPENED && position->at == trailing(parts, position->i) &&
        (position->inside > position->at || is_inside(item)))
        return false;
    if (last && item->form == ITEM_END)
        return false;
    bool ends_clause =
        level >= LEVEL_OPENED && !is_inside(item) && position->at == position->inside;
    if (ends_clause || (level != LEVEL_NONE && position->at == position->attached))
        return true;
    return last ? item->blank_before : comments_of(parts, item)[position->at].blank_before;
}

static void
put_comments(struct writer *writer, size_t i)
{
    const struct parts *parts = writer->parts;
    const struct item *item = &parts->items.at[i];
    struct position position = {.i = i, .inside = comments_inside(parts, i), .attached = SIZE_MAX};
    position.at = trailing(parts, i);
    if (is_heading(item))
        position.attached = comments_attached(parts, item, position.inside);
    for (;; position.at++) {
        if (wants_blank(parts, &position))
            layout_line(&writer->layout);
        if (position.at == item->comment_count)
            return;
        layout_blanks(&writer->layout, position.at < position.inside ? INDENT : 0);
        layout_put(&writer->layout, comments_of(parts, item)[position.at].text);
        layout_line(&writer->layout);
    }
}

static void
put_words(struct layout *layout, const struct parts *parts, const struct item *item)
{
    if (is_indented(item))
        layout_blanks(layout, INDENT);
    bool declaration = item->form == ITEM_DECLARATION;
    layout_words(layout, item, declaration ? format_hang(parts, item) : HANG);
}

/* Published words that end in a carriage return would lose it to the line end. */
static void
end_line(struct writer *writer, const struct item *item)
{
    struct layout *layout = &writer->layout;
    struct text last = {0};
    if (item->form == ITEM_PROSE)
        last = writer->parts->words.at[item->word].text;
    bool protect = last.length > 0 && last.data[last.length - 1] == '\r';
    if (protect && layout->newline.length == 1)
        layout_put(layout, TEXT("\r"));
    layout_line(layout);
}

static void
put_item(struct writer *writer, size_t i)
{
    const struct parts *parts = writer->parts;
    const struct item *item = &parts->items.at[i];
    struct layout *layout = &writer->layout;
    size_t lines = layout->lines;
    put_words(layout, parts, item);
    if (trailing(parts, i + 1) > 0) {
        size_t gap = COMMENT_GAP;
        if (item->form == ITEM_DECLARATION && layout->lines == lines &&
            writer->comment_column > layout->column + gap)
            gap = writer->comment_column - layout->column;
        layout_blanks(layout, gap);
        layout_put(layout, comments_of(parts, item + 1)->text);
    }
    end_line(writer, item);
}

/* Declarations without an empty line between them: gives the end of those from i on. */
static size_t
run_end(const struct parts *parts, size_t i)
{
    for (i++; is_vocabulary(&parts->items.at[i]); i++) {
        const struct item *item = &parts->items.at[i];
        for (size_t c = 0; c < item->comment_count; c++)
            if (comments_of(parts, item)[c].blank_before)
                return i;
        if (item->blank_before)
            return i;
    }
    return i;
}

/* The comments that stand behind declarations stand below each other too. */
static void
find_comment_column(struct writer *writer, size_t first, size_t end)
{
    writer->comment_column = 0;
    for (size_t i = first; i < end; i++) {
        const struct item *item = &writer->parts->items.at[i];
        if (item->form != ITEM_DECLARATION || trailing(writer->parts, i + 1) == 0)
            continue;
        struct layout measured = {.parts = writer->parts};
        put_words(&measured, writer->parts, item);
        size_t column = measured.column + COMMENT_GAP;
        if (measured.lines == 0 && column <= COMMENT_FAR && column > writer->comment_column)
            writer->comment_column = column;
    }
}

static void
write_items(struct writer *writer, struct parts *parts)
{
    size_t end = 0; /* of the declarations that stand together */
    for (size_t i = 0; i < parts->items.count; i++) {
        if (i >= end && parts->items.at[i].form == ITEM_DECLARATION) {
            end = run_end(parts, i);
            format_columns(parts, i, end);
            find_comment_column(writer, i, end);
        }
        put_comments(writer, i);
        if (parts->items.at[i].form != ITEM_END)
            put_item(writer, i);
    }
}

/* Lines end as the first of the file does. */
static struct text
newline_of(struct text text)
{
    const char *first = memchr(text.data, '\n', text.length);
    return first && first > text.data && first[-1] == '\r' ? TEXT("\r\n") : TEXT("\n");
}

struct text
format_policy(struct arena *arena, const struct sources *sources, uint32_t source)
{
    struct parts *parts = format_parts(arena, sources, source);
    struct buffer out = buffer_in(arena);
    struct writer writer = {.parts = parts,
                            .layout = {.parts = parts,
                                       .out = &out,
                                       .newline = newline_of(sources->list.at[source].text)}};
    layout_put(&writer.layout, parts->front);
    if (parts->front.length > 0 && parts->front.data[parts->front.length - 1] != '\n')
        layout_line(&writer.layout);
    writer.layout.column = 0;
    write_items(&writer, parts);
    return buffer_text(&out);
}
