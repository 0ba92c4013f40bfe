/* ID.md. Three readers must agree on it: Liquid, then kramdown or a CommonMark engine, each with
 * its own additions. What any of them could take for a mark is written as an entity, which all of
 * them give back as the character and nothing else. */
#include "compiler/page/page.h"
#include "compiler/page/walk.h"

#include "compiler/base/utf8.h"

struct markdown {
    struct buffer prefix; /* what every line of the open blocks begins with */
    size_t prefix_lengths[PAGE_DEPTH_MAX + 1];
    bool fresh;                    /* the line has its marker, and no words yet */
    bool line_start;               /* no character of the line's own was written */
    bool digits;                   /* only digits were */
    char last;                     /* the last character of the words so far */
    enum node_kind closed;         /* the block that ended last at this level */
    const struct clause *anchored; /* whose anchor was written before its words began */
};

static struct markdown *
state_of(const struct page *page)
{
    return page->state;
}

/* Characters ---------------------------------------------------------------------------------- */

/* What no place in a line is safe for. */
static const char *
always(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '#':
        return "&#35;";
    case '$':
        return "&#36;";
    case '*':
        return "&#42;";
    case '[':
        return "&#91;";
    case '\\':
        return "&#92;";
    case ']':
        return "&#93;";
    case '^':
        return "&#94;";
    case '_':
        return "&#95;";
    case '`':
        return "&#96;";
    case '{':
        return "&#123;";
    case '|':
        return "&#124;";
    case '}':
        return "&#125;";
    case '~':
        return "&#126;";
    default:
        return NULL;
    }
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_punctuation(char c)
{
    return c > ' ' && c < 0x7F && !is_digit(c) && !is_letter(c);
}

/* Marks that mean something doubled, at the start of a line, before a link or in an address. */
static bool
marks_here(const struct markdown *state, char c, char next)
{
    if (state->line_start)
        return is_punctuation(c);
    if (state->digits && (c == '.' || c == ')'))
        return true;
    if ((c == ':' && next == '/') || (c == '.' && (state->last == 'w' || state->last == 'W')))
        return true; /* where an address written out would become a link */
    if (c == '-' || c == '.' || c == '=' || c == ':')
        return state->last == c || next == c;
    return c == '!' && next == 0;
}

static void
write_char(struct page *page, char c, char next)
{
    struct markdown *state = state_of(page);
    const char *entity = always(c);
    if (entity)
        buffer_add(page->out, text_of(entity));
    else if (marks_here(state, c, next))
        buffer_format(page->out, "&#%d;", c);
    else
        buffer_char(page->out, c);
    state->digits = (state->line_start || state->digits) && is_digit(c);
    state->line_start = false;
    state->fresh = false;
    state->last = c;
}

static void
markdown_space(struct page *page)
{
    struct markdown *state = state_of(page);
    if (state->line_start || state->last == ' ')
        return;
    buffer_char(page->out, ' ');
    state->last = ' ';
    state->digits = false;
}

/* Writes the letters that text begins with, and whatever else is not ASCII: they are no marks, in
 * whatever place. Gives their bytes. */
static size_t
write_letters(struct page *page, struct text text)
{
    struct markdown *state = state_of(page);
    size_t count = 0;
    while (count < text.length &&
           (is_letter(text.data[count]) || (unsigned char)text.data[count] >= 0x80))
        count++;
    if (count == 0)
        return 0;
    buffer_add(page->out, (struct text){text.data, count});
    state->digits = false;
    state->line_start = false;
    state->fresh = false;
    state->last = text.data[count - 1];
    return count;
}

static void
markdown_text(struct page *page, struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        i += write_letters(page, (struct text){text.data + i, text.length - i});
        if (i == text.length)
            break;
        char c = text.data[i];
        if ((unsigned char)c <= ' ' || c == 0x7F)
            markdown_space(page);
        else
            write_char(page, c, i + 1 < text.length ? text.data[i + 1] : 0);
    }
}

/* A tag is no character of the line's own words, but after it nothing is at the line's start. */
static void
add_tag(struct page *page, struct text tag)
{
    struct markdown *state = state_of(page);
    buffer_add(page->out, tag);
    state->line_start = false;
    state->digits = false;
    state->fresh = false;
}

/* Lines --------------------------------------------------------------------------------------- */

static void
new_line(struct page *page)
{
    struct markdown *state = state_of(page);
    buffer_char(page->out, '\n');
    buffer_add(page->out, buffer_text(&state->prefix));
    state->line_start = true;
    state->digits = false;
    state->last = '\n';
}

/* The blank line between two blocks, or the mere line end between the parts of a tight list. */
static void
part_blocks(struct page *page, bool tight)
{
    struct markdown *state = state_of(page);
    if (!state->fresh) {
        if (!tight) {
            struct text prefix = text_trim(buffer_text(&state->prefix));
            size_t indent = prefix.length > 0 ? (size_t)(prefix.data - state->prefix.data) : 0;
            buffer_char(page->out, '\n');
            buffer_fill(page->out, ' ', indent);
            buffer_add(page->out, prefix);
        }
        new_line(page);
    }
    state->fresh = true;
    state->line_start = true;
    state->digits = false;
    state->last = '\n';
}

/* The end of a line within a cell: for kramdown, to which a cell's words are HTML, a tag. */
static void
break_line(struct page *page)
{
    add_tag(page, TEXT("<br>"));
    new_line(page);
}

/* Blocks -------------------------------------------------------------------------------------- */

static void
add_anchor(struct page *page, struct text anchor)
{
    add_tag(page, TEXT("<span id=\""));
    page_escaped(page->out, anchor, page_html_escape);
    add_tag(page, TEXT("\"></span>"));
}

/* Between two items, and between an item's words and the list under them. */
static bool
no_blank_line(const struct page *page)
{
    const struct page_level *list = page_outer(page);
    bool nested = page->depth >= 4 && page->levels[page->depth - 2].node->kind == NODE_ITEM &&
                  page->levels[page->depth - 3].node->tight;
    return list->node->tight && (list->children > 1 || nested);
}

static void
begin_item(struct page *page)
{
    struct markdown *state = state_of(page);
    const struct page_level *list = page_outer(page);
    if (list->node->ordered && list->node->start != 1) {
        /* kramdown would count from 1: the number stands as a word, the item as a paragraph */
        part_blocks(page, false);
        if (page->clause && !page->anchored)
            add_anchor(page, page->clause->anchor);
        state->anchored = page->clause;
        buffer_format(page->out, "%u&#46; ", list->number);
        state->fresh = true;
        return;
    }
    part_blocks(page, no_blank_line(page));
    size_t begin = page->out->length;
    if (list->node->ordered)
        buffer_format(page->out, "%u. ", list->number);
    else
        buffer_string(page->out, "- ");
    buffer_fill(&state->prefix, ' ', page->out->length - begin);
}

static void
markdown_block_begin(struct page *page, const struct node *node)
{
    struct markdown *state = state_of(page);
    state->prefix_lengths[page->depth] = state->prefix.length;
    if (node->kind == NODE_PARAGRAPH) {
        part_blocks(page, page_in_tight_item(page) && page_outer(page)->children > 1);
    } else if (node->kind == NODE_ITEM) {
        begin_item(page);
    } else if (node->kind == NODE_QUOTE) {
        part_blocks(page, false);
        buffer_string(page->out, "> ");
        buffer_string(&state->prefix, "> ");
    } else if (state->closed == NODE_LIST) {
        part_blocks(page, false); /* two lists in a row would be one */
        add_tag(page, TEXT("<!-- -->"));
    }
    state->closed = NODE_PARAGRAPH;
}

static void
markdown_block_end(struct page *page, const struct node *node)
{
    struct markdown *state = state_of(page);
    state->prefix.length = state->prefix_lengths[page->depth];
    state->closed = node->kind;
    if (node->kind == NODE_ITEM && state->fresh)
        add_tag(page, TEXT("<!-- -->")); /* an empty item */
}

static void
markdown_clause_begin(struct page *page, const struct clause *clause)
{
    if (state_of(page)->anchored != clause)
        add_anchor(page, clause->anchor);
}

static void
markdown_clause_end(struct page *page, const struct clause *clause)
{
    (void)page;
    (void)clause;
}

static void
markdown_clause_empty(struct page *page, const struct clause *clause, bool in_paragraph)
{
    if (!in_paragraph)
        part_blocks(page, false);
    add_anchor(page, clause->anchor);
}

/* Tables -------------------------------------------------------------------------------------- */

/* A table as tags: every engine shows it. The words of a cell stand between blank lines, so that an
 * engine which leaves out tags still shows the words. */
static void
tag_line(struct page *page, struct text tag)
{
    new_line(page);
    add_tag(page, tag);
}

static void
add_cell(struct page *page, struct text begin, const struct text *lines, size_t count,
         struct text end)
{
    tag_line(page, begin);
    for (size_t i = 0; i < count; i++) {
        if (i == 0)
            part_blocks(page, false);
        else
            break_line(page);
        page_words(page, lines[i]);
    }
    if (count > 0)
        new_line(page);
    tag_line(page, end);
}

static void
add_table_tag(struct page *page, const struct table *table, const struct clause *clause)
{
    add_tag(page, TEXT("<table"));
    if (clause) {
        buffer_string(page->out, " id=\"");
        page_escaped(page->out, clause->anchor, always);
        buffer_char(page->out, '"');
    }
    buffer_string(page->out, " aria-label=\"");
    page_escaped(page->out, table->name, always);
    buffer_string(page->out, "\">");
}

static void
markdown_table(struct page *page, const struct table *table, const struct clause *clause)
{
    part_blocks(page, false);
    add_table_tag(page, table, clause);
    tag_line(page, TEXT("<thead>"));
    tag_line(page, TEXT("<tr>"));
    for (size_t i = 0; i < table->column_count; i++)
        add_cell(page, TEXT("<th scope=\"col\">"), &table->heads[i], 1, TEXT("</th>"));
    tag_line(page, TEXT("</tr>"));
    tag_line(page, TEXT("</thead>"));
    tag_line(page, TEXT("<tbody>"));
    for (size_t i = 0; i < table->row_count * table->column_count; i++) {
        const struct cell *cell = &table->cells[i];
        bool first = i % table->column_count == 0;
        if (first)
            tag_line(page, TEXT("<tr>"));
        add_cell(page, first ? TEXT("<th scope=\"row\">") : TEXT("<td>"), cell->lines, cell->count,
                 first ? TEXT("</th>") : TEXT("</td>"));
        if ((i + 1) % table->column_count == 0)
            tag_line(page, TEXT("</tr>"));
    }
    tag_line(page, TEXT("</tbody>"));
    tag_line(page, TEXT("</table>"));
    state_of(page)->closed = NODE_PARAGRAPH;
}

static void
heading(struct page *page, uint32_t number, struct text anchor, struct text words)
{
    part_blocks(page, false);
    add_tag(page, TEXT("## "));
    if (anchor.length > 0)
        add_anchor(page, anchor);
    if (number > 0)
        buffer_format(page->out, "%u. ", number);
    markdown_text(page, words);
    state_of(page)->closed = NODE_PARAGRAPH;
}

static void
markdown_section_begin(struct page *page, const struct section *section)
{
    heading(page, section->number, section->anchor, section->title);
}

static void
markdown_nothing(struct page *page)
{
    (void)page;
}

/* Words in spans ------------------------------------------------------------------------------ */

/* Whether * around a span is understood by every engine: letters at both inner edges, blanks or
 * stops outside. Otherwise a tag does it. */
static bool
stars_hold(const struct page *page, const struct node *node, const struct node *before)
{
    if (!is_letter(page_first_char(page, node)) || !is_letter(page_last_char(page, node)))
        return false;
    for (const struct node *inner = node->child; inner; inner = inner->next)
        if (inner->kind == NODE_EMPHASIS || inner->kind == NODE_STRONG)
            return false;
    const struct node *after = node->next;
    bool begins = !before || before->kind == NODE_SOFT_BREAK ||
                  (before->kind == NODE_TEXT && page_last_char(page, before) == ' ');
    if (!begins || !after || after->kind == NODE_SOFT_BREAK)
        return begins;
    char next = after->kind == NODE_TEXT ? page_first_char(page, after) : 0;
    return next != 0 && strchr(" ,.;:)", next) != NULL;
}

/* What would end an address early, or mean something to Liquid or a table, as %XX. */
static void
add_address(struct page *page, struct text address)
{
    for (size_t i = 0; i < address.length; i++) {
        unsigned char c = (unsigned char)address.data[i];
        if (c == '&')
            buffer_string(page->out, "&amp;");
        else if (c <= ' ' || c == 0x7F || strchr("\"()<>\\^`{|}", c))
            buffer_format(page->out, "%%%02X", c);
        else
            buffer_char(page->out, (char)c);
    }
}

static void
markdown_span_begin(struct page *page, const struct node *node, const struct node *before)
{
    if (node->kind == NODE_LINK) {
        add_tag(page, TEXT("["));
        return;
    }
    bool strong = node->kind == NODE_STRONG;
    if (stars_hold(page, node, before))
        add_tag(page, strong ? TEXT("**") : TEXT("*"));
    else
        add_tag(page, strong ? TEXT("<strong>") : TEXT("<em>"));
}

static void
markdown_span_end(struct page *page, const struct node *node, const struct node *before)
{
    if (node->kind == NODE_LINK) {
        add_tag(page, TEXT("]("));
        add_address(page, node->text);
        add_tag(page, TEXT(")"));
        return;
    }
    bool strong = node->kind == NODE_STRONG;
    if (stars_hold(page, node, before))
        add_tag(page, strong ? TEXT("**") : TEXT("*"));
    else
        add_tag(page, strong ? TEXT("</strong>") : TEXT("</em>"));
}

/* Between backquotes entities mean nothing, so that braces could not be kept from Liquid. */
static void
markdown_code(struct page *page, struct text text)
{
    add_tag(page, TEXT("<code>"));
    markdown_text(page, text);
    add_tag(page, TEXT("</code>"));
}

static void
markdown_line_break(struct page *page)
{
    buffer_string(page->out, "  ");
    new_line(page);
}

static void
markdown_isolate_begin(struct page *page)
{
    add_tag(page, TEXT("<span dir=\"auto\">"));
}

static void
markdown_isolate_end(struct page *page)
{
    add_tag(page, TEXT("</span>"));
}

/* The page ------------------------------------------------------------------------------------ */

/* A YAML text in double quotation marks. */
static void
add_yaml(struct buffer *out, struct text text)
{
    buffer_char(out, '"');
    for (size_t at = 0; at < text.length;) {
        size_t begin = at;
        uint32_t c = utf8_next(text, &at);
        bool printable = (c >= ' ' && c < 0x7F) || (c >= 0xA0 && c < 0x2028) ||
                         (c >= 0x2070 && c < 0xFDD0) || c >= 0x10000;
        if (c == '"' || c == '\\')
            buffer_format(out, "\\%c", (char)c);
        else if (printable)
            buffer_add(out, (struct text){text.data + begin, at - begin});
        else
            buffer_format(out, "\\u%04X", c);
    }
    buffer_char(out, '"');
}

static void
markdown_begin(struct page *page)
{
    const struct settings *settings = page->model->settings;
    buffer_string(page->out, "---\ntitle: ");
    add_yaml(page->out, settings->title);
    buffer_char(page->out, '\n');
    for (size_t i = 0; i < settings->extra_count; i++) {
        struct text yaml = settings->extras[i].yaml;
        buffer_add(page->out, yaml);
        if (yaml.length == 0 || yaml.data[yaml.length - 1] != '\n')
            buffer_char(page->out, '\n');
    }
    buffer_string(page->out, "---");
}

static void
row_title(struct page *page, struct text title)
{
    part_blocks(page, false);
    add_tag(page, TEXT("**"));
    markdown_text(page, title);
    add_tag(page, TEXT("**"));
    state_of(page)->closed = NODE_PARAGRAPH;
}

/* Whether kramdown's own id for an unnumbered heading is also a clause's or section's anchor. */
static bool
id_is_taken(const struct page *page, struct text words)
{
    const struct model *model = page->model;
    struct buffer id = buffer_in(page->arena);
    for (size_t i = 0; i < words.length; i++) {
        char c = words.data[i];
        if (c == ' ' || c == '-')
            buffer_char(&id, '-');
        else if (is_letter(c) || is_digit(c))
            buffer_char(&id, (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    if (names_find(&model->clause_by_name, buffer_text(&id)) != NONE)
        return true;
    for (size_t i = 0; i < model->section_count; i++)
        if (text_equal(model->sections[i].anchor, buffer_text(&id)))
            return true;
    return false;
}

static void
markdown_short_begin(struct page *page)
{
    struct text words = page_phrase(page, "page.short");
    if (id_is_taken(page, words))
        row_title(page, words);
    else
        heading(page, 0, TEXT(""), words);
}

static void
paragraph(struct page *page, struct text words)
{
    part_blocks(page, false);
    markdown_text(page, words);
    state_of(page)->closed = NODE_PARAGRAPH;
}

static void
markdown_short_end(struct page *page)
{
    paragraph(page, page_phrase(page, "page.short_note"));
}

static void
markdown_end(struct page *page)
{
    part_blocks(page, false);
    add_tag(page, TEXT("* * *"));
    paragraph(page, page_version(page));
    paragraph(page, page_fingerprint(page));
    buffer_char(page->out, '\n');
}

static const struct form markdown_form = {
    .begin = markdown_begin,
    .end = markdown_end,
    .short_begin = markdown_short_begin,
    .short_end = markdown_short_end,
    .row_begin = row_title,
    .row_end = markdown_nothing,
    .section_begin = markdown_section_begin,
    .section_end = markdown_nothing,
    .block_begin = markdown_block_begin,
    .block_end = markdown_block_end,
    .clause_begin = markdown_clause_begin,
    .clause_end = markdown_clause_end,
    .clause_empty = markdown_clause_empty,
    .table = markdown_table,
    .text = markdown_text,
    .code = markdown_code,
    .space = markdown_space,
    .line_break = markdown_line_break,
    .span_begin = markdown_span_begin,
    .span_end = markdown_span_end,
    .isolate_begin = markdown_isolate_begin,
    .isolate_end = markdown_isolate_end,
};

void
page_markdown(const struct model *model, const struct short_layer *summary, struct buffer *out)
{
    struct markdown state = {.prefix = buffer_in(out->arena), .closed = NODE_PARAGRAPH};
    page_walk(model, summary, &markdown_form, &state, out);
}
