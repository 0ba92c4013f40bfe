/* The comparison as a page that stands alone and may load nothing. */
#include "compiler/compare/redline.h"
#include "compiler/compare/render.h"

#include "compiler/base/embedded.h"

static void
add(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (c == '&')
            buffer_string(out, "&amp;");
        else if (c == '<')
            buffer_string(out, "&lt;");
        else if (c == '>')
            buffer_string(out, "&gt;");
        else if (c == '"')
            buffer_string(out, "&quot;");
        else
            buffer_char(out, c);
    }
}

struct heading {
    const char *title, *means;
};

static const struct heading headings[CHANGE_CLASSES] = {
    [CHANGE_MATERIAL] = {"Material",
                         "Less is promised to people than before. They must be told, or "
                         "agree, before it takes effect."},
    [CHANGE_REVIEW] = {"To review",
                       "Whether people have more or less of it, only a person can say."},
    [CHANGE_FAVOURABLE] = {"Favourable", "More is promised to people than before."},
    [CHANGE_EDITORIAL] = {"Editorial", "Nothing but the form has changed."}};

/* Strokes are told in words too, for those who hear the page. */
static void
add_redline(struct buffer *out, const struct redline *redline, enum stroke shown)
{
    for (size_t i = 0; i < redline->runs.count; i++) {
        const struct run *run = &redline->runs.at[i];
        bool gone = run->stroke == STROKE_GONE;
        if (run->stroke != STROKE_SAME && run->stroke != shown)
            continue;
        struct text core = text_trim(run->text);
        if (run->stroke != STROKE_SAME)
            buffer_format(out, "<%s><span class=\"told\">%s </span>", gone ? "del" : "ins",
                          gone ? "deleted:" : "inserted:");
        add(out, run->stroke == STROKE_SAME ? run->text : core);
        if (run->stroke != STROKE_SAME)
            buffer_format(out, "<span class=\"told\">%s</span></%s> ",
                          gone ? " end of what is deleted" : " end of what is inserted",
                          gone ? "del" : "ins");
    }
}

static void
add_text(struct buffer *out, const char *element, const struct change *change, enum version side,
         bool rules)
{
    struct text old = rules ? change->passage[OLD].rules : change->passage[OLD].words;
    struct text new = rules ? change->passage[NEW].rules : change->passage[NEW].words;
    struct redline redline = redline_make(out->arena, old, new);
    if ((side == OLD ? old : new).length == 0)
        return;
    buffer_format(out, "<%s>", element);
    add_redline(out, &redline, side == OLD ? STROKE_GONE : STROKE_NEW);
    buffer_format(out, "</%.*s>\n", (int)strcspn(element, " "), element);
}

static void
add_side(struct buffer *out, const struct change *change, enum version side)
{
    const struct passage *passage = &change->passage[side];
    const char *title = side == OLD ? "Before" : "Now";
    buffer_format(out, "<div class=\"side\">\n<h4>%s", title);
    if (passage->name.length == 0) {
        buffer_string(out, "</h4>\n<p class=\"none\">—</p>\n</div>\n");
        return;
    }
    buffer_format(out, " <span class=\"line\">line %u</span></h4>\n", passage->line);
    add_text(out, "p class=\"rule\"", change, side, true);
    if (passage->words.length > 0)
        add_text(out, "blockquote", change, side, false);
    buffer_string(out, "</div>\n");
}

static void
add_where(struct buffer *out, const struct change *change)
{
    const struct passage *old = &change->passage[OLD], *new = &change->passage[NEW];
    const struct passage *at = new->name.length > 0 ? new : old;
    if (at->name.length == 0)
        return;
    buffer_format(out, "<p class=\"where\">%s <code>", at->clause != NONE ? "Clause" : "Word");
    add(out, at->name);
    buffer_format(out, "</code>%s%s</p>\n<div class=\"sides\">\n",
                  old->name.length == 0 ? ", new" : "", new->name.length == 0 ? ", gone" : "");
    add_side(out, change, OLD);
    add_side(out, change, NEW);
    buffer_string(out, "</div>\n");
}

static void
add_example(struct buffer *out, const struct change *change)
{
    for (size_t i = 0; i < change->finding_count; i++) {
        const struct finding *finding = &change->findings[i];
        if (finding->example.length == 0)
            continue;
        buffer_format(
            out, "<details>\n<summary>An example that was %s</summary>\n<pre tabindex=\"0\">",
            finding->holds == NEW ? "not true before and is now" : "true before and is no longer");
        add(out, finding->example);
        buffer_string(out, "</pre>\n</details>\n");
        return;
    }
}

static void
add_change(struct buffer *out, const struct comparison *comparison, const struct frame *frame,
           size_t number)
{
    const struct change *change = &comparison->changes[number];
    buffer_format(out, "<article>\n<h3>");
    add(out, change->findings[0].words);
    buffer_string(out, "</h3>\n");
    if (change->finding_count > 1 || change->note.length > 0)
        buffer_string(out, "<ul>\n");
    for (size_t i = 1; i < change->finding_count; i++) {
        buffer_string(out, "<li>");
        add(out, change->findings[i].words);
        buffer_string(out, "</li>\n");
    }
    if (change->note.length > 0)
        buffer_format(out, "<li>%.*s</li>\n", TEXT_ARGS(change->note));
    if (change->finding_count > 1 || change->note.length > 0)
        buffer_string(out, "</ul>\n");
    if (frame->approved && change->class == CHANGE_MATERIAL)
        buffer_format(out, "<p class=\"%s\">%s</p>\n",
                      frame->approved[number] ? "approved" : "open",
                      frame->approved[number] ? "Approved" : "Not approved");
    add_where(out, change);
    add_example(out, change);
    buffer_format(out, "<p class=\"hash\">Change %.*s</p>\n</article>\n",
                  TEXT_ARGS(change_hash(out->arena, change)));
}

static void
add_version(struct buffer *out, const char *word, const struct model *model, struct text name)
{
    struct date day = model->settings->effective;
    buffer_format(out,
                  "<div><dt>%s</dt><dd>in force from <time datetime=\"%04d-%02u-%02u\">"
                  "%04d-%02u-%02u</time><br><span class=\"file\">",
                  word, day.year, day.month, day.day, day.year, day.month, day.day);
    add(out, name);
    buffer_string(out, "</span></dd></div>\n");
}

static void
add_header(struct buffer *out, const struct comparison *comparison, const struct frame *frame)
{
    buffer_string(out, "<header>\n<p class=\"kind\">Comparison of two versions</p>\n<h1>");
    add(out, comparison->model[NEW]->settings->title);
    buffer_string(out, "</h1>\n<dl class=\"versions\">\n");
    add_version(out, "Before", comparison->model[OLD], frame->name[OLD]);
    add_version(out, "Now", comparison->model[NEW], frame->name[NEW]);
    buffer_string(out, "</dl>\n</header>\n<nav aria-label=\"Kinds of change\">\n<ul>\n");
    for (int class = 0; class < CHANGE_CLASSES; class ++)
        if (comparison->count[class] > 0)
            buffer_format(out, "<li class=\"%s\"><a href=\"#%s\"><b>%zu</b> %s</a></li>\n",
                          change_class_word((enum change_class) class),
                          change_class_word((enum change_class) class), comparison->count[class],
                          headings[class].title);
    if (comparison->change_count == 0)
        buffer_string(out, "<li>No difference</li>\n");
    buffer_string(out, "</ul>\n</nav>\n");
}

static void
add_fingerprint(struct buffer *out, const char *word, const struct model *model)
{
    buffer_format(out, "<p>%s: <span class=\"hash\">", word);
    buffer_hex(out, model->content_hash, sizeof model->content_hash);
    buffer_string(out, "</span></p>\n");
}

static void
add_head(struct buffer *out, const struct comparison *comparison)
{
    const struct embedded *style = compare_files;
    buffer_format(out,
                  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'sha256-%s'\">\n<title>",
                  style->sha256);
    add(out, comparison->model[NEW]->settings->title);
    buffer_string(out, ": what changes</title>\n<style>");
    buffer_add(out, embedded_text(style));
    buffer_string(out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#changes\">To the "
                       "changes</a>\n");
}

void
compare_html(struct buffer *out, const struct comparison *comparison, const struct frame *frame)
{
    add_head(out, comparison);
    add_header(out, comparison, frame);
    buffer_string(out, "<main id=\"changes\">\n");
    for (size_t i = 0; i < comparison->change_count; i++) {
        enum change_class class = comparison->changes[i].class;
        if (i == 0 || comparison->changes[i - 1].class != class)
            buffer_format(out,
                          "%s<section class=\"%s\" id=\"%s\">\n<h2>%s</h2>\n<p class=\"means\">"
                          "%s</p>\n",
                          i == 0 ? "" : "</section>\n", change_class_word(class),
                          change_class_word(class), headings[class].title, headings[class].means);
        add_change(out, comparison, frame, i);
    }
    buffer_add(out, comparison->change_count > 0
                        ? TEXT("</section>\n")
                        : TEXT("<p class=\"means\">Both versions say the same.</p>\n"));
    buffer_string(out, "</main>\n<footer>\n<p>Made from the rules of both versions by avow. "
                       "Fingerprints (SHA-256):</p>\n");
    add_fingerprint(out, "Before", comparison->model[OLD]);
    add_fingerprint(out, "Now", comparison->model[NEW]);
    buffer_string(out, "</footer>\n</body>\n</html>\n");
}
