#include "compiler/compare/redline.h"
#include "compiler/compare/render.h"

#include "compiler/base/utf8.h"

enum { INDENT = 4, LABEL = 9 };

static const char *const colours[CHANGE_CLASSES] = {[CHANGE_MATERIAL] = "\033[1;31m",
                                                    [CHANGE_REVIEW] = "\033[1;33m",
                                                    [CHANGE_FAVOURABLE] = "\033[1;32m",
                                                    [CHANGE_EDITORIAL] = "\033[1m"};

struct writer {
    struct buffer *out;
    const struct frame *frame;
    size_t column;
    unsigned indent;
};

static const char *
colour(const struct frame *frame, const char *code)
{
    return frame->colour ? code : "";
}

/* One word, on the next line if this one is full. */
static void
add_word(struct writer *w, struct text word, const char *on)
{
    size_t width = utf8_width(word);
    if (w->column > w->indent && w->column + 1 + width > w->frame->width) {
        buffer_char(w->out, '\n');
        w->column = 0;
    }
    if (w->column == 0) {
        buffer_fill(w->out, ' ', w->indent);
        w->column = w->indent;
    } else if (w->column > w->indent) {
        buffer_char(w->out, ' ');
        w->column++;
    }
    buffer_format(w->out, "%s%.*s%s", colour(w->frame, on), TEXT_ARGS(word),
                  *on ? colour(w->frame, "\033[0m") : "");
    w->column += width;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void
add_words(struct writer *w, struct text text, const char *on)
{
    for (size_t at = 0, end; at < text.length; at = end + 1) {
        for (end = at; end < text.length && !is_blank(text.data[end]); end++)
            ;
        if (end > at)
            add_word(w, (struct text){text.data + at, end - at}, on);
    }
}

static void
end_line(struct writer *w)
{
    if (w->column > 0)
        buffer_char(w->out, '\n');
    w->column = 0;
}

/* "    Before:  " and the words behind it, indented below each other. */
static void
begin_passage(struct writer *w, const char *label)
{
    buffer_fill(w->out, ' ', INDENT);
    buffer_format(w->out, "%s%-*s%s", colour(w->frame, "\033[2m"), LABEL, label,
                  colour(w->frame, "\033[0m"));
    w->indent = INDENT + LABEL;
    w->column = w->indent;
}

static void
add_side(struct writer *w, const struct redline *redline, const char *label, enum stroke stroke)
{
    begin_passage(w, label);
    for (size_t i = 0; i < redline->runs.count; i++) {
        const struct run *run = &redline->runs.at[i];
        if (run->stroke == STROKE_SAME)
            add_words(w, run->text, "");
        else if (run->stroke == stroke)
            add_words(w, run->text, stroke == STROKE_GONE ? "\033[31;9m" : "\033[32;4m");
    }
    end_line(w);
}

static void
add_texts(struct writer *w, struct text before, struct text after, const char *was, const char *is)
{
    if (before.length == 0 && after.length == 0)
        return;
    if (text_equal(before, after)) {
        begin_passage(w, is);
        add_words(w, after, "");
        end_line(w);
        return;
    }
    struct redline redline = redline_make(w->out->arena, before, after);
    if (before.length > 0)
        add_side(w, &redline, was, STROKE_GONE);
    if (after.length > 0)
        add_side(w, &redline, is, STROKE_NEW);
}

static void
add_where(struct writer *w, const struct change *change)
{
    const struct passage *old = &change->passage[OLD], *new = &change->passage[NEW];
    const struct passage *at = new->name.length > 0 ? new : old;
    if (at->name.length == 0)
        return;
    buffer_fill(w->out, ' ', INDENT);
    buffer_format(w->out, "%s%s %.*s", colour(w->frame, "\033[2m"),
                  at->clause != NONE ? "Clause" : "Word", TEXT_ARGS(at->name));
    if (old->name.length > 0)
        buffer_format(w->out, ", line %u of the old version", old->line);
    if (new->name.length > 0)
        buffer_format(w->out, "%s line %u of the new one", old->name.length > 0 ? " and" : ",",
                      new->line);
    buffer_format(w->out, "%s\n", colour(w->frame, "\033[0m"));
}

static void
add_example(struct writer *w, const struct finding *finding)
{
    struct text left = finding->example;
    if (left.length == 0)
        return;
    buffer_fill(w->out, ' ', INDENT);
    buffer_format(w->out, "%s%s%s\n", colour(w->frame, "\033[2m"),
                  finding->holds == NEW ? "True now, and not before; to paste:"
                                        : "True before, and no longer; to paste:",
                  colour(w->frame, "\033[0m"));
    while (left.length > 0) {
        const char *end = memchr(left.data, '\n', left.length);
        size_t length = end ? (size_t)(end - left.data) : left.length;
        buffer_fill(w->out, ' ', INDENT + 2);
        buffer_format(w->out, "%.*s\n", (int)length, left.data);
        length += end ? 1 : 0;
        left = (struct text){left.data + length, left.length - length};
    }
}

static void
add_line(struct writer *w, const char *mark, struct text words)
{
    w->indent = INDENT + 2;
    buffer_format(w->out, "%*s%s ", INDENT, "", mark);
    w->column = w->indent;
    add_words(w, words, "");
    end_line(w);
}

static void
add_change(struct writer *w, const struct comparison *comparison, size_t number)
{
    const struct change *change = &comparison->changes[number];
    const struct passage *passage = change->passage;
    w->indent = 2;
    w->column = 0;
    add_words(w, change->findings[0].words, "\033[1m");
    end_line(w);
    for (size_t i = 1; i < change->finding_count; i++)
        add_line(w, "·", change->findings[i].words);
    if (change->note.length > 0)
        add_line(w, "·", change->note);
    if (w->frame->approved && change->class == CHANGE_MATERIAL)
        add_line(w, "·", w->frame->approved[number] ? TEXT("Approved.") : TEXT("Not approved."));
    add_where(w, change);
    add_texts(w, passage[OLD].rules, passage[NEW].rules, "Before:", "Now:");
    add_texts(w, passage[OLD].words, passage[NEW].words, "Words:", "Words:");
    for (size_t i = 0; i < change->finding_count; i++)
        if (change->findings[i].example.length > 0) {
            add_example(w, &change->findings[i]);
            break;
        }
    buffer_char(w->out, '\n');
}

void
compare_counts(struct buffer *out, const struct comparison *comparison)
{
    static const char *const words[CHANGE_CLASSES][2] = {{"material change", "material changes"},
                                                         {"to review", "to review"},
                                                         {"favourable", "favourable"},
                                                         {"editorial", "editorial"}};
    const char *separator = "";
    for (int class = 0; class < CHANGE_CLASSES; class ++) {
        if (comparison->count[class] == 0)
            continue;
        buffer_format(out, "%s%zu %s", separator, comparison->count[class],
                      words[class][comparison->count[class] != 1]);
        separator = ", ";
    }
    if (comparison->change_count == 0)
        buffer_string(out, "no difference");
}

static const char *heading(enum change_class class)
{
    static const char *const words[CHANGE_CLASSES] = {"MATERIAL", "TO REVIEW", "FAVOURABLE",
                                                      "EDITORIAL"};
    return words[class];
}

void
compare_text(struct buffer *out, const struct comparison *comparison, const struct frame *frame)
{
    struct writer w = {out, frame, 0, 0};
    for (size_t i = 0; i < comparison->change_count; i++) {
        enum change_class class = comparison->changes[i].class;
        if (i == 0 || comparison->changes[i - 1].class != class)
            buffer_format(out, "%s%s%s\n\n", colour(frame, colours[class]), heading(class),
                          colour(frame, "\033[0m"));
        add_change(&w, comparison, i);
    }
    buffer_format(out, "%.*s against %.*s: ", TEXT_ARGS(frame->name[OLD]),
                  TEXT_ARGS(frame->name[NEW]));
    compare_counts(out, comparison);
    buffer_string(out, ".\n");
}
