#include "compiler/page/walk.h"

#include "compiler/base/utf8.h"

static void walk_inlines(struct page *page, const struct node *first);

/* Words ------------------------------------------------------------------------------------- */

bool
page_turns_direction(struct text words)
{
    static const struct {
        uint32_t low, high;
    } blocks[] = {
        {0x0590, 0x08FF}, {0x200E, 0x200F},   {0x202A, 0x202E},
        {0x2066, 0x2069}, {0xFB1D, 0xFDCF},   {0xFDF0, 0xFDFF},
        {0xFE70, 0xFEFC}, {0x10800, 0x10FFF}, {0x1E800, 0x1EFFF},
    };
    size_t at = utf8_past_ascii(words, 0);
    while (at < words.length && (unsigned char)words.data[at] < 0xD6) /* less than U+0580 */
        at++;
    while (at < words.length) {
        uint32_t c = utf8_next(words, &at);
        for (size_t i = 0; c >= 0x0590 && i < sizeof blocks / sizeof blocks[0]; i++)
            if (c >= blocks[i].low && c <= blocks[i].high)
                return true;
    }
    return false;
}

void
page_words(struct page *page, struct text words)
{
    bool isolate = page_turns_direction(words);
    if (isolate)
        page->form->isolate_begin(page);
    page->form->text(page, words);
    if (isolate)
        page->form->isolate_end(page);
}

static void
walk_hole(struct page *page, const struct hole *hole, const struct node *before)
{
    bool link = hole->kind == HOLE_LINK && page_may_link(hole->url);
    const struct node around = {.kind = NODE_LINK, .text = hole->url};
    if (link)
        page->form->span_begin(page, &around, before);
    page_words(page, hole->words);
    if (link)
        page->form->span_end(page, &around, before);
}

static void
walk_span(struct page *page, const struct node *node, const struct node *before)
{
    bool plain = node->kind == NODE_LINK && !page_may_link(node->text);
    if (!plain)
        page->form->span_begin(page, node, before);
    walk_inlines(page, node->child);
    if (!plain)
        page->form->span_end(page, node, before);
}

static void
walk_inline(struct page *page, const struct node *node, const struct node *before)
{
    switch (node->kind) {
    case NODE_TEXT:
        page_words(page, node->text);
        break;
    case NODE_CODE:
        page->form->code(page, node->text);
        break;
    case NODE_EMPHASIS:
    case NODE_STRONG:
    case NODE_LINK:
        walk_span(page, node, before);
        break;
    case NODE_HOLE:
        walk_hole(page, &page->clause->holes[node->hole], before);
        break;
    case NODE_SOFT_BREAK:
        page->form->space(page);
        break;
    case NODE_LINE_BREAK:
        page->form->line_break(page);
        break;
    case NODE_PARAGRAPH:
    case NODE_LIST:
    case NODE_ITEM:
    case NODE_QUOTE:
    case NODE_TABLE:
        break; /* not among inlines */
    }
}

static void
walk_inlines(struct page *page, const struct node *first)
{
    const struct node *before = NULL;
    for (const struct node *node = first; node; node = node->next) {
        walk_inline(page, node, before);
        before = node;
    }
}

/* Blocks ------------------------------------------------------------------------------------ */

static void
begin_block(struct page *page, const struct node *node)
{
    page->blocks++;
    if (page->blocks > PAGE_DEPTH_MAX)
        return;
    page_level(page)->children++;
    page->levels[++page->depth] = (struct page_level){node, node->start, 0};
    page->form->block_begin(page, node);
}

static void
end_block(struct page *page)
{
    if (page->blocks-- > PAGE_DEPTH_MAX)
        return;
    page->form->block_end(page, page_level(page)->node);
    page->depth--;
}

/* The words of a paragraph, with the clause's anchor if they are its first. */
static void
walk_words(struct page *page, const struct node *paragraph)
{
    bool first = page->clause && !page->anchored;
    if (first) {
        page->anchored = true;
        page->form->clause_begin(page, page->clause);
    }
    walk_inlines(page, paragraph->child);
    if (first)
        page->form->clause_end(page, page->clause);
}

static void walk_block(struct page *page, const struct node *block);

static void
walk_items(struct page *page, const struct node *list)
{
    for (const struct node *item = list->child; item; item = item->next) {
        begin_block(page, item);
        for (const struct node *block = item->child; block; block = block->next)
            walk_block(page, block);
        end_block(page);
        page_level(page)->number++;
    }
}

/* What is in a block, without its own begin and end. */
static void
walk_inside(struct page *page, const struct node *block)
{
    if (block->kind == NODE_PARAGRAPH)
        walk_words(page, block);
    else if (block->kind == NODE_LIST)
        walk_items(page, block);
    else
        for (const struct node *inner = block->child; inner; inner = inner->next)
            walk_block(page, inner);
}

static void
walk_block(struct page *page, const struct node *block)
{
    begin_block(page, block);
    walk_inside(page, block);
    end_block(page);
}

/* Clauses and sections ---------------------------------------------------------------------- */

/* The last block of a clause stays open until the next clause has decided. */
static const struct node *
open_block(const struct page *page)
{
    return page->depth == 0 ? NULL : page->levels[1].node;
}

static bool
runs_on(const struct page *page, const struct clause *clause)
{
    const struct node *open = open_block(page), *block = clause->prose;
    if (!open || open->kind != block->kind)
        return false;
    if (block->kind == NODE_PARAGRAPH)
        return !clause->new_paragraph;
    return block->kind == NODE_LIST && open->ordered == block->ordered &&
           open->tight == block->tight &&
           (!block->ordered || block->start == page->levels[1].number);
}

static void
close_open(struct page *page)
{
    while (page->depth > 0)
        end_block(page);
}

static void
walk_table(struct page *page, const struct node *block)
{
    close_open(page);
    page->form->table(page, page->clause->holes[block->hole].table,
                      page->anchored ? NULL : page->clause);
    page->anchored = true;
}

/* A block at the top of a clause, which stays open. */
static void
walk_top(struct page *page, const struct node *block)
{
    if (block == page->clause->prose && runs_on(page, page->clause)) {
        if (block->kind == NODE_PARAGRAPH)
            page->form->space(page);
    } else {
        close_open(page);
        begin_block(page, block);
    }
    walk_inside(page, block);
}

static void
walk_clause(struct page *page, const struct clause *clause)
{
    page->clause = clause;
    page->anchored = false;
    for (const struct node *block = clause->prose; block; block = block->next) {
        if (block->kind == NODE_TABLE)
            walk_table(page, block);
        else
            walk_top(page, block);
    }
    if (!page->anchored) {
        const struct node *open = open_block(page);
        bool in_paragraph = open && open->kind == NODE_PARAGRAPH;
        if (!in_paragraph)
            close_open(page);
        page->form->clause_empty(page, clause, in_paragraph);
    }
    page->clause = NULL;
}

/* Clauses from index `at` on that stand in one section; gives the index behind them. */
static size_t
walk_clauses(struct page *page, size_t at, uint32_t section)
{
    const struct model *model = page->model;
    page->levels[0] = (struct page_level){0};
    for (; at < model->clause_count && model->clauses[at].section == section; at++) {
        walk_clause(page, &model->clauses[at]);
        buffer_settle(page->out);
    }
    close_open(page);
    return at;
}

/* A row's body is a list of its own, without clauses. */
static void
walk_short(struct page *page)
{
    const struct short_layer *layer = page->summary;
    if (layer->count == 0)
        return;
    page->form->short_begin(page);
    for (size_t i = 0; i < layer->count; i++) {
        page->levels[0] = (struct page_level){0};
        page->form->row_begin(page, layer->rows[i].title);
        walk_block(page, layer->rows[i].list);
        page->form->row_end(page);
        buffer_settle(page->out);
    }
    page->form->short_end(page);
}

void
page_walk(const struct model *model, const struct short_layer *summary, const struct form *form,
          void *state, struct buffer *out)
{
    struct page *page = ARENA_NEW(out->arena, struct page);
    page->model = model;
    page->summary = summary;
    page->form = form;
    page->arena = out->arena;
    page->out = out;
    page->state = state;
    form->begin(page);
    walk_short(page);
    size_t at = walk_clauses(page, 0, NONE);
    for (uint32_t i = 0; i < model->section_count; i++) {
        form->section_begin(page, &model->sections[i]);
        at = walk_clauses(page, at, i);
        form->section_end(page);
    }
    form->end(page);
}

bool
page_in_tight_item(const struct page *page)
{
    if (page->depth < 3 || page_outer(page)->node->kind != NODE_ITEM)
        return false;
    return page->levels[page->depth - 2].node->tight;
}

/* What the forms share ---------------------------------------------------------------------- */

struct text
page_phrase(const struct page *page, const char *key)
{
    return locale_phrase(page->model->locale, key);
}

struct text
page_in_force(const struct page *page)
{
    const struct locale *locale = page->model->locale;
    struct text date = locale_date(locale, page->arena, page->model->settings->effective);
    return locale_filled(locale, page->arena, "page.in_force", &date, 1);
}

/* Adds a part of the line that tells versions apart. */
static void
add_version_part(const struct page *page, struct buffer *out, const char *key, struct text value)
{
    if (value.length == 0)
        return;
    if (out->length > 0)
        buffer_string(out, " · ");
    buffer_add(out, locale_filled(page->model->locale, page->arena, key, &value, 1));
}

struct text
page_version(const struct page *page)
{
    const struct settings *settings = page->model->settings;
    struct text effective = locale_date(page->model->locale, page->arena, settings->effective);
    struct buffer out = buffer_in(page->arena);
    add_version_part(page, &out, "page.policy", settings->policy);
    add_version_part(page, &out, "page.revision", settings->revision);
    add_version_part(page, &out, "page.effective", effective);
    if (settings->announced.year > 0)
        add_version_part(page, &out, "page.announced",
                         locale_date(page->model->locale, page->arena, settings->announced));
    add_version_part(page, &out, "page.zone_data", page->model->calendar->tzdata);
    return buffer_text(&out);
}

struct text
page_fingerprint(const struct page *page)
{
    struct buffer digits = buffer_in(page->arena);
    buffer_hex(&digits, page->model->content_hash, sizeof page->model->content_hash);
    struct text hash = buffer_text(&digits);
    return locale_filled(page->model->locale, page->arena, "page.fingerprint", &hash, 1);
}

bool
page_may_link(struct text address)
{
    static const char *const schemes[] = {"http", "https", "mailto", "tel"};
    size_t colon = 0;
    while (colon < address.length && !memchr(":/?#", address.data[colon], 4))
        colon++;
    if (address.length == 0)
        return false;
    if (colon == address.length || address.data[colon] != ':')
        return true;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (text_equal_folded((struct text){address.data, colon}, text_of(schemes[i])))
            return true;
    return false;
}

/* The words that an inline node begins (or ends) with. */
static struct text
edge_words(const struct page *page, const struct node *node, bool end)
{
    while (node && node->child) {
        node = node->child;
        while (end && node->next)
            node = node->next;
    }
    if (!node || (node->kind != NODE_TEXT && node->kind != NODE_HOLE))
        return TEXT("");
    return node->kind == NODE_TEXT ? node->text : page->clause->holes[node->hole].words;
}

static char
ascii(char c)
{
    return (unsigned char)c < 0x80 ? c : 0;
}

char
page_first_char(const struct page *page, const struct node *node)
{
    struct text words = edge_words(page, node, false);
    return words.length == 0 ? 0 : ascii(words.data[0]);
}

char
page_last_char(const struct page *page, const struct node *node)
{
    struct text words = edge_words(page, node, true);
    return words.length == 0 ? 0 : ascii(words.data[words.length - 1]);
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void
page_escaped(struct buffer *out, struct text text, const char *(*escape)(char c))
{
    size_t from = 0; /* what stands as it is, and is not written yet, begins here */
    for (size_t i = 0; i < text.length; i++) {
        if (is_letter(text.data[i]))
            continue;
        char c = (unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7F ? ' ' : text.data[i];
        bool more = c == ' ' && i > 0 && (unsigned char)text.data[i - 1] <= ' ';
        const char *entity = more ? "" : escape(c);
        if (!entity && c == text.data[i])
            continue;
        buffer_add(out, (struct text){text.data + from, i - from});
        buffer_add(out, entity ? text_of(entity) : TEXT(" "));
        from = i + 1;
    }
    buffer_add(out, (struct text){text.data + from, text.length - from});
}

const char *
page_html_escape(char c)
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
    default:
        return NULL;
    }
}
