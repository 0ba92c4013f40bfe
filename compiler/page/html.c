/* ID.html: one document that needs nothing else, and that may load nothing else. */
#include "compiler/page/page.h"
#include "compiler/page/walk.h"

#include "compiler/base/embedded.h"

static void
add(struct page *page, struct text text)
{
    page_escaped(page->out, text, page_html_escape);
}

static void
add_phrase(struct page *page, const char *key)
{
    add(page, page_phrase(page, key));
}

/* A link to an anchor of the page; ids of our own have an underscore, which no name has. */
static void
add_reference(struct page *page, struct text anchor)
{
    buffer_string(page->out, "href=\"#");
    add(page, anchor);
    buffer_char(page->out, '"');
}

static void
html_text(struct page *page, struct text text)
{
    add(page, text);
}

static void
html_space(struct page *page)
{
    buffer_char(page->out, '\n');
}

static void
html_code(struct page *page, struct text text)
{
    buffer_string(page->out, "<code>");
    add(page, text);
    buffer_string(page->out, "</code>");
}

static void
html_line_break(struct page *page)
{
    buffer_string(page->out, "<br>\n");
}

static void
html_isolate_begin(struct page *page)
{
    buffer_string(page->out, "<bdi>");
}

static void
html_isolate_end(struct page *page)
{
    buffer_string(page->out, "</bdi>");
}

static void
html_span_begin(struct page *page, const struct node *node, const struct node *before)
{
    (void)before;
    if (node->kind == NODE_LINK) {
        buffer_string(page->out, "<a href=\"");
        add(page, node->text);
        buffer_string(page->out, "\">");
    } else {
        buffer_add(page->out, node->kind == NODE_STRONG ? TEXT("<strong>") : TEXT("<em>"));
    }
}

static void
html_span_end(struct page *page, const struct node *node, const struct node *before)
{
    (void)before;
    buffer_add(page->out, node->kind == NODE_LINK     ? TEXT("</a>")
                          : node->kind == NODE_STRONG ? TEXT("</strong>")
                                                      : TEXT("</em>"));
}

/* Blocks -------------------------------------------------------------------------------------- */

static void
html_block_begin(struct page *page, const struct node *node)
{
    switch (node->kind) {
    case NODE_PARAGRAPH:
        if (!page_in_tight_item(page))
            buffer_string(page->out, "<p>");
        break;
    case NODE_ITEM:
        buffer_string(page->out, "<li>");
        break;
    case NODE_QUOTE:
        buffer_string(page->out, "<blockquote>\n");
        break;
    default:
        if (!node->ordered)
            buffer_string(page->out, "<ul>\n");
        else if (node->start == 1)
            buffer_string(page->out, "<ol>\n");
        else
            buffer_format(page->out, "<ol start=\"%u\">\n", node->start);
    }
}

static void
html_block_end(struct page *page, const struct node *node)
{
    switch (node->kind) {
    case NODE_PARAGRAPH:
        buffer_add(page->out, page_in_tight_item(page) ? TEXT("\n") : TEXT("</p>\n"));
        break;
    case NODE_ITEM:
        buffer_string(page->out, "</li>\n");
        break;
    case NODE_QUOTE:
        buffer_string(page->out, "</blockquote>\n");
        break;
    default:
        buffer_add(page->out, node->ordered ? TEXT("</ol>\n") : TEXT("</ul>\n"));
    }
}

static void
add_pin(struct page *page, struct text anchor, struct text name)
{
    buffer_string(page->out, "<a class=\"pin\" ");
    add_reference(page, anchor);
    buffer_string(page->out, " aria-label=\"");
    add(page, locale_filled(page->model->locale, page->arena, "page.permalink", &name, 1));
    buffer_string(page->out, "\"></a>");
}

/* On a page that is shaded, the class of a clause is a class of its element too. */
static void
add_shade(struct page *page, const struct clause *clause)
{
    if (page->state)
        buffer_format(page->out, " %s", clause_class_word(clause->class));
}

static void
html_clause_begin(struct page *page, const struct clause *clause)
{
    buffer_string(page->out, "<span class=\"clause");
    add_shade(page, clause);
    buffer_string(page->out, "\" id=\"");
    add(page, clause->anchor);
    buffer_string(page->out, "\">");
}

static void
html_clause_end(struct page *page, const struct clause *clause)
{
    add_pin(page, clause->anchor, clause->name);
    buffer_string(page->out, "</span>");
}

static void
html_clause_empty(struct page *page, const struct clause *clause, bool in_paragraph)
{
    const char *element = in_paragraph ? "span" : "div";
    buffer_format(page->out, "<%s id=\"", element);
    add(page, clause->anchor);
    buffer_format(page->out, "\"></%s>%s", element, in_paragraph ? "" : "\n");
}

/* Tables -------------------------------------------------------------------------------------- */

/* On a narrow screen a row is shown as a block of its own, which takes from a table, its rows and
 * cells what they are for those who hear it: hence the roles. */
static void
add_heads(struct page *page, const struct table *table)
{
    buffer_string(page->out, "<thead role=\"rowgroup\">\n<tr role=\"row\">\n");
    for (size_t i = 0; i < table->column_count; i++) {
        buffer_string(page->out, "<th role=\"columnheader\" scope=\"col\">");
        page_words(page, table->heads[i]);
        buffer_string(page->out, "</th>\n");
    }
    buffer_string(page->out, "</tr>\n</thead>\n");
}

/* What stands in a cell: its only line, or a paragraph for each. */
static void
add_lines(struct page *page, const struct cell *cell)
{
    for (size_t i = 0; i < cell->count; i++) {
        if (cell->count > 1)
            buffer_string(page->out, "<p>");
        page_words(page, cell->lines[i]);
        if (cell->count > 1)
            buffer_string(page->out, "</p>");
    }
}

static void
add_row(struct page *page, const struct table *table, const struct cell *cells)
{
    buffer_string(page->out, "<tr role=\"row\">\n");
    for (size_t i = 0; i < table->column_count; i++) {
        buffer_add(page->out, i == 0 ? TEXT("<th role=\"rowheader\" scope=\"row\"")
                                     : TEXT("<td role=\"cell\""));
        buffer_string(page->out, " data-head=\"");
        add(page, table->heads[i]);
        buffer_string(page->out, "\">");
        add_lines(page, &cells[i]);
        buffer_add(page->out, i == 0 ? TEXT("</th>\n") : TEXT("</td>\n"));
    }
    buffer_string(page->out, "</tr>\n");
}

static void
html_table(struct page *page, const struct table *table, const struct clause *clause)
{
    buffer_string(page->out, "<div class=\"table");
    if (clause) {
        buffer_string(page->out, " clause");
        add_shade(page, clause);
        buffer_string(page->out, "\" id=\"");
        add(page, clause->anchor);
    }
    buffer_string(page->out, "\">\n<table role=\"table\" aria-label=\"");
    add(page, table->name);
    buffer_string(page->out, "\">\n");
    add_heads(page, table);
    buffer_string(page->out, "<tbody role=\"rowgroup\">\n");
    for (size_t row = 0; row < table->row_count; row++)
        add_row(page, table, &table->cells[row * table->column_count]);
    buffer_string(page->out, "</tbody>\n</table>\n");
    if (clause)
        add_pin(page, clause->anchor, clause->name);
    buffer_string(page->out, "</div>\n");
}

static void
html_section_begin(struct page *page, const struct section *section)
{
    buffer_string(page->out, "<section>\n<h2 id=\"");
    add(page, section->anchor);
    buffer_format(page->out, "\"><span class=\"number\">%u.</span> ", section->number);
    add(page, section->title);
    add_pin(page, section->anchor, section->title);
    buffer_string(page->out, "</h2>\n");
}

static void
html_section_end(struct page *page)
{
    buffer_string(page->out, "</section>\n");
}

/* The short layer ----------------------------------------------------------------------------- */

static void
html_short_begin(struct page *page)
{
    buffer_string(page->out, "<section class=\"short\">\n<h2 id=\"_short\">");
    add_phrase(page, "page.short");
    buffer_string(page->out, "</h2>\n<dl>\n");
}

static void
html_short_end(struct page *page)
{
    buffer_string(page->out, "</dl>\n<p class=\"note\">");
    add_phrase(page, "page.short_note");
    buffer_string(page->out, "</p>\n</section>\n");
}

static void
html_row_begin(struct page *page, struct text title)
{
    buffer_string(page->out, "<dt>");
    add(page, title);
    buffer_string(page->out, "</dt>\n<dd>\n");
}

static void
html_row_end(struct page *page)
{
    buffer_string(page->out, "</dd>\n");
}

/* Head and foot ------------------------------------------------------------------------------- */

static bool
right_to_left(struct text language)
{
    static const char *const languages[] = {"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"};
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (language.length >= 2 && (language.length == 2 || language.data[2] == '-') &&
            text_equal_folded((struct text){language.data, 2}, text_of(languages[i])))
            return true;
    return false;
}

static void
add_head(struct page *page)
{
    const struct settings *settings = page->model->settings;
    buffer_string(page->out, "<!DOCTYPE html>\n<html lang=\"");
    add(page, settings->language);
    buffer_add(page->out, right_to_left(settings->language) ? TEXT("\" dir=\"rtl\"") : TEXT("\""));
    buffer_string(page->out,
                  ">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'sha256-");
    buffer_add(page->out, text_of(style_files->sha256));
    if (page->state)
        buffer_format(page->out, "' 'sha256-%s", style_files[1].sha256);
    buffer_string(page->out, "'; base-uri 'none'; form-action 'none'\">\n"
                             "<meta name=\"referrer\" content=\"no-referrer\">\n"
                             "<meta name=\"format-detection\" content=\"telephone=no\">\n"
                             "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    add(page, settings->title);
    buffer_string(page->out, "</title>\n<style>");
    buffer_add(page->out, embedded_text(style_files));
    buffer_string(page->out, "</style>\n");
    if (page->state) {
        buffer_string(page->out, "<style>");
        buffer_add(page->out, embedded_text(&style_files[1]));
        buffer_string(page->out, "</style>\n");
    }
    buffer_string(page->out, "</head>\n");
}

static void
add_contents(struct page *page)
{
    const struct model *model = page->model;
    if (model->section_count == 0)
        return;
    buffer_string(page->out, "<nav aria-labelledby=\"_contents\">\n<div>\n<p id=\"_contents\">");
    add_phrase(page, "page.contents");
    buffer_string(page->out, "</p>\n<ol>\n");
    for (size_t i = 0; i < model->section_count; i++) {
        const struct section *section = &model->sections[i];
        buffer_string(page->out, "<li><a ");
        add_reference(page, section->anchor);
        buffer_format(page->out, "><span class=\"number\">%u.</span> <span>", section->number);
        add(page, section->title);
        buffer_string(page->out, "</span></a></li>\n");
    }
    buffer_string(page->out, "</ol>\n</div>\n</nav>\n");
}

static void
add_legend(struct page *page, const struct page_shading *shading)
{
    buffer_string(page->out, "<ul class=\"legend\">\n");
    for (int class = 0; class < CLAUSE_CLASSES; class ++) {
        const char *word = clause_class_word((enum clause_class) class);
        buffer_format(page->out, "<li><span class=\"clause %s\">%s: %zu</span></li>\n", word, word,
                      shading->count[class]);
    }
    buffer_string(page->out, "</ul>\n");
}

static void
html_begin(struct page *page)
{
    add_head(page);
    buffer_string(page->out, "<body>\n<a class=\"skip\" href=\"#_policy\">");
    add_phrase(page, "page.skip");
    buffer_string(page->out, "</a>\n<header>\n<h1>");
    add(page, page->model->settings->title);
    buffer_string(page->out, "</h1>\n<p class=\"version\">");
    add(page, page_in_force(page));
    buffer_string(page->out, "</p>\n");
    if (page->state)
        add_legend(page, page->state);
    buffer_string(page->out, "</header>\n");
    add_contents(page);
    buffer_string(page->out, "<main id=\"_policy\">\n");
}

static void
html_end(struct page *page)
{
    buffer_string(page->out, "</main>\n<footer>\n<p>");
    add(page, page_version(page));
    buffer_string(page->out, "</p>\n<p class=\"hash\">");
    add(page, page_fingerprint(page));
    buffer_string(page->out, "</p>\n</footer>\n</body>\n</html>\n");
}

static const struct form html_form = {
    .begin = html_begin,
    .end = html_end,
    .short_begin = html_short_begin,
    .short_end = html_short_end,
    .row_begin = html_row_begin,
    .row_end = html_row_end,
    .section_begin = html_section_begin,
    .section_end = html_section_end,
    .block_begin = html_block_begin,
    .block_end = html_block_end,
    .clause_begin = html_clause_begin,
    .clause_end = html_clause_end,
    .clause_empty = html_clause_empty,
    .table = html_table,
    .text = html_text,
    .code = html_code,
    .space = html_space,
    .line_break = html_line_break,
    .span_begin = html_span_begin,
    .span_end = html_span_end,
    .isolate_begin = html_isolate_begin,
    .isolate_end = html_isolate_end,
};

void
page_html(const struct model *model, const struct short_layer *summary, struct buffer *out)
{
    page_walk(model, summary, &html_form, NULL, out);
}

void
page_html_shaded(const struct model *model, const struct short_layer *summary,
                 struct page_shading *shading, struct buffer *out)
{
    page_walk(model, summary, &html_form, shading, out);
}
