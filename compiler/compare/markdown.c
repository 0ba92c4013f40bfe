/* For a comment in a review: what a reader needs open, the rest folded. */
#include "compiler/compare/redline.h"
#include "compiler/compare/render.h"

static void
add(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (strchr("\\`*_[]<>&~#|", c) && c != '\0')
            buffer_char(out, '\\');
        buffer_char(out, c == '\n' || c == '\r' ? ' ' : c);
    }
}

/* A fence that nothing inside can close. */
static void
add_fence(struct buffer *out, struct text inside)
{
    size_t longest = 2, run = 0;
    for (size_t i = 0; i < inside.length; i++) {
        run = inside.data[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    buffer_fill(out, '`', longest + 1);
}

static void
add_block(struct buffer *out, const char *language, struct text inside)
{
    add_fence(out, inside);
    buffer_format(out, "%s\n", language);
    buffer_add(out, inside);
    if (inside.length > 0 && inside.data[inside.length - 1] != '\n')
        buffer_char(out, '\n');
    add_fence(out, inside);
    buffer_string(out, "\n\n");
}

static void
add_lines(struct buffer *out, char mark, struct text text)
{
    while (text.length > 0) {
        const char *end = memchr(text.data, '\n', text.length);
        size_t length = end ? (size_t)(end - text.data) : text.length;
        buffer_format(out, "%c %.*s\n", mark, (int)length, text.data);
        length += end ? 1 : 0;
        text = (struct text){text.data + length, text.length - length};
    }
}

/* Rules as a difference, in which deleted and new lines have their own colour. */
static void
add_rules(struct buffer *out, const struct change *change)
{
    struct text old = change->passage[OLD].rules, new = change->passage[NEW].rules;
    struct buffer inside = buffer_in(out->arena);
    if (old.length + new.length == 0)
        return;
    if (text_equal(old, new)) {
        add_lines(&inside, ' ', new);
    } else {
        add_lines(&inside, '-', old);
        add_lines(&inside, '+', new);
    }
    add_block(out, "diff", buffer_text(&inside));
}

static void
add_run(struct buffer *out, const struct run *run)
{
    struct text core = text_trim(run->text);
    const char *mark = run->stroke == STROKE_GONE ? "~~" : run->stroke == STROKE_NEW ? "**" : "";
    if (core.length == 0)
        return;
    buffer_add(out, text_of(mark));
    add(out, core);
    buffer_format(out, "%s ", mark);
}

static void
add_words(struct buffer *out, const struct change *change)
{
    struct text old = change->passage[OLD].words, new = change->passage[NEW].words;
    struct redline redline = redline_make(out->arena, old, new);
    if (old.length + new.length == 0)
        return;
    buffer_string(out, "> ");
    for (size_t i = 0; i < redline.runs.count; i++)
        add_run(out, &redline.runs.at[i]);
    buffer_string(out, "\n\n");
}

static void
add_example(struct buffer *out, const struct change *change)
{
    for (size_t i = 0; i < change->finding_count; i++) {
        const struct finding *finding = &change->findings[i];
        if (finding->example.length == 0)
            continue;
        buffer_add(out, finding->holds == NEW
                            ? TEXT("True now, and not before; it can stand in the policy:\n\n")
                            : TEXT("True before, and no longer:\n\n"));
        add_block(out, "policy", finding->example);
        return;
    }
}

static void
add_summary(struct buffer *out, const struct change *change)
{
    const struct passage *old = &change->passage[OLD], *new = &change->passage[NEW];
    const struct passage *at = new->name.length > 0 ? new : old;
    if (at->name.length == 0) {
        buffer_char(out, '\n');
        return;
    }
    buffer_format(out, "\n<details><summary>%s <code>%.*s</code>%s%s</summary>\n\n",
                  at->clause != NONE ? "Clause" : "Word", TEXT_ARGS(at->name),
                  old->name.length == 0 ? ", which is new" : "",
                  new->name.length == 0 ? ", which is gone" : "");
    add_rules(out, change);
    add_words(out, change);
    add_example(out, change);
    buffer_string(out, "</details>\n\n");
}

static void
add_change(struct buffer *out, const struct change *change, const bool *approved)
{
    buffer_string(out, "**");
    add(out, change->findings[0].words);
    buffer_string(out, "**\n");
    for (size_t i = 1; i < change->finding_count; i++) {
        buffer_add(out, i == 1 ? TEXT("\n- ") : TEXT("- "));
        add(out, change->findings[i].words);
        buffer_char(out, '\n');
    }
    if (change->note.length > 0)
        buffer_format(out, "\n%.*s\n", TEXT_ARGS(change->note));
    if (approved && change->class == CHANGE_MATERIAL)
        buffer_format(out, "\n%s\n", *approved ? "Approved." : "Not approved.");
    add_summary(out, change);
}

void
compare_markdown(struct buffer *out, const struct comparison *comparison, const struct frame *frame)
{
    static const char *const headings[CHANGE_CLASSES] = {"Material", "To review", "Favourable",
                                                         "Editorial"};
    buffer_string(out, "## ");
    add(out, comparison->model[NEW]->settings->title);
    buffer_string(out, ": ");
    compare_counts(out, comparison);
    buffer_string(out, "\n\n");
    add(out, frame->name[NEW]);
    buffer_string(out, ", compared with ");
    add(out, frame->name[OLD]);
    buffer_string(out, ".\n\n");
    for (size_t i = 0; i < comparison->change_count; i++) {
        enum change_class class = comparison->changes[i].class;
        if (i == 0 || comparison->changes[i - 1].class != class)
            buffer_format(out, "### %s\n\n", headings[class]);
        add_change(out, &comparison->changes[i], frame->approved ? &frame->approved[i] : NULL);
    }
}
