/* Prose as CommonMark: cmark's tree into nodes. */
#include "compiler/model/prose.h"

#define CMARK_NO_SHORT_NAMES
#include <cmark.h>

struct open { /* a node whose children are being read */
    struct node *node;
    const struct node **tail; /* where its next child goes */
};

enum { MISSES_MAX = 16 }; /* then links are placed by their lines: the search is bounded */

struct builder {
    struct prose *prose;
    struct open open[NESTING_MAX + 1];
    size_t depth;
    bool after_bracket; /* the line began its paragraph with "[" */
    bool after_tag;     /* a tag of HTML was reported */
    bool too_deep;      /* reported */
    bool after_bang;    /* the last text ended with a "!" before "[" */
    struct span bang;   /* its place */
    size_t cursor;      /* in raw: links are looked for from here on */
    unsigned misses;    /* links that were not found there */
};

static void
report(struct builder *b, struct span span, const char *problem, const char *mend)
{
    struct diagnostics *diagnostics = b->prose->draft->diagnostics;
    diagnose(diagnostics, E_MARKDOWN, span, "%s", problem);
    diagnose_fix(diagnostics, "%s", mend);
}

/* The source line on which something of masked begins. */
static struct span
line_span(const struct prose *prose, int masked_line)
{
    size_t index = masked_line < 1 ? 0 : (size_t)masked_line - 1;
    if (index >= prose->masked_lines.count)
        index = prose->masked_lines.count - 1;
    size_t line = prose->masked_lines.at[index];
    if (line >= prose->lines.count)
        line = prose->lines.count - 1;
    return prose->lines.at[line].source;
}

static struct node *
append(struct builder *b, enum node_kind kind)
{
    struct node *node = ARENA_NEW(b->prose->draft->arena, struct node);
    struct open *parent = &b->open[b->depth];
    node->kind = kind;
    node->hole = NONE;
    *parent->tail = node;
    parent->tail = &node->next;
    return node;
}

/* Marks --------------------------------------------------------------------------------------- */

/* The mark that begins at t[*at]; moves *at behind it. NULL if there is none, then *at stays. */
static const struct mark *
mark_at(const struct prose *prose, struct text t, size_t *at)
{
    const unsigned char *p = (const unsigned char *)t.data;
    size_t i = *at;
    size_t number = 0;
    if (t.length - i < 3 || p[i] != 0xEF || p[i + 1] != 0xB7 || p[i + 2] != 0x90)
        return NULL;
    for (i += 3; t.length - i >= 3 && p[i + 2] != 0xA1; i += 3)
        number = number << 4 | (size_t)(p[i + 2] - 0x91);
    *at = i + 3;
    return &prose->marks.at[number];
}

static const char *
sign_of(enum mark_kind kind)
{
    static const char *const signs[MARK_KINDS] = {"", "<", "!", ":", "&"};
    return signs[kind];
}

/* A text in which marks are written out: code, and addresses. */
static struct text
written_out(struct builder *b, struct text t)
{
    const struct prose *prose = b->prose;
    struct buffer out = buffer_in(prose->draft->arena);
    for (size_t at = 0; at < t.length;) {
        const struct mark *mark = mark_at(prose, t, &at);
        if (!mark)
            buffer_char(&out, t.data[at++]);
        else if (mark->kind == MARK_HOLE)
            buffer_add(&out, prose->holes.at[mark->hole].words);
        else
            buffer_add(&out, text_of(sign_of(mark->kind)));
    }
    return buffer_text(&out);
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether "<" at raw[at] begins what HTML would take for a tag. An e-mail address is none: it is
 * reported as an address. */
static bool
begins_tag(struct text raw, size_t at)
{
    enum { LONGEST_ADDRESS = 256 };
    if (at + 1 >= raw.length || (!is_letter(raw.data[at + 1]) && !strchr("/!?", raw.data[at + 1])))
        return false;
    for (size_t i = at + 1; i < raw.length && i < at + LONGEST_ADDRESS; i++) {
        if (raw.data[i] == '@')
            return false;
        if (raw.data[i] <= ' ' || raw.data[i] == '>')
            break;
    }
    return true;
}

/* An end tag belongs to the tag that was reported. */
static void
judge_less(struct builder *b, const struct mark *mark, struct span span)
{
    struct text raw = b->prose->raw;
    if (!begins_tag(raw, mark->begin) || (b->after_tag && raw.data[mark->begin + 1] == '/'))
        return;
    b->after_tag = true;
    report(b, span, "HTML stands here, which the page does not take",
           "Leave it out, or write “\\<” for the sign itself");
}

static void
judge_sign(struct builder *b, const struct mark *mark)
{
    struct span span = prose_span(b->prose, mark->begin, mark->end);
    if (mark->kind == MARK_LESS)
        judge_less(b, mark, span);
    else if (mark->kind == MARK_AMPERSAND)
        report(b, span, "a character is written as a number here",
               "Write the character itself, or “\\&” for the sign");
    else if (mark->kind == MARK_COLON && b->after_bracket)
        report(b, span, "a link is defined here, which the page does not take",
               "Write the link where it belongs, as in [text](https://…)");
}

static void
add_text(struct builder *b, struct buffer *run)
{
    if (run->length == 0)
        return;
    append(b, NODE_TEXT)->text = arena_text(b->prose->draft->arena, buffer_text(run));
    run->length = 0;
}

static void
add_pending(struct builder *b, struct text t)
{
    struct buffer *run = &b->prose->run;
    for (size_t at = 0; at < t.length;) {
        const struct mark *mark = mark_at(b->prose, t, &at);
        b->after_bang = false;
        if (!mark) {
            buffer_char(run, t.data[at++]);
        } else if (mark->kind == MARK_HOLE) {
            add_text(b, run);
            append(b, NODE_HOLE)->hole = mark->hole;
        } else {
            judge_sign(b, mark);
            buffer_add(run, text_of(sign_of(mark->kind)));
            b->after_bang = mark->kind == MARK_BANG;
            b->bang = prose_span(b->prose, mark->begin, mark->end + 1);
        }
    }
    add_text(b, run);
}

/* Text comes in pieces; it is turned into nodes when something else follows. */
static void
flush(struct builder *b)
{
    struct text t = buffer_text(&b->prose->pending);
    const struct node *parent = b->open[b->depth].node;
    b->after_bang = false;
    if (t.length == 0)
        return;
    if (parent && parent->kind == NODE_PARAGRAPH && !parent->child)
        b->after_bracket = t.data[0] == '[';
    add_pending(b, t);
    b->prose->pending.length = 0;
}

/* Links --------------------------------------------------------------------------------------- */

/* Where the address of a link stands: links come in the order of the text. */
static struct span
address_span(struct builder *b, cmark_node *node, struct text url)
{
    struct text raw = b->prose->raw;
    const char *found = NULL;
    if (url.length > 0 && b->cursor < raw.length && b->misses < MISSES_MAX)
        found = memmem(raw.data + b->cursor, raw.length - b->cursor, url.data, url.length);
    if (!found) { /* it was written with escapes */
        b->misses++;
        return line_span(b->prose, cmark_node_get_start_line(node));
    }
    b->cursor = (size_t)(found - raw.data) + url.length;
    return prose_span(b->prose, (size_t)(found - raw.data), b->cursor);
}

static bool
has_hole(const struct prose *prose, struct text t)
{
    for (size_t at = 0; at < t.length;) {
        const struct mark *mark = mark_at(prose, t, &at);
        if (mark && mark->kind == MARK_HOLE)
            return true;
        if (!mark)
            at++;
    }
    return false;
}

static bool
is_web_address(struct text url)
{
    struct text https = {url.data, 8}, http = {url.data, 7};
    return (url.length > 8 && text_equal_folded(https, TEXT("https://"))) ||
           (url.length > 7 && text_equal_folded(http, TEXT("http://")));
}

static void
judge_link(struct builder *b, cmark_node *node, struct text masked, struct text url)
{
    const char *title = cmark_node_get_title(node);
    struct span span = address_span(b, node, url);
    if (has_hole(b->prose, masked))
        report(b, span, "a hole cannot stand in an address",
               "Write {link of NAME \"words\"}, which makes the whole link");
    else if (!is_web_address(url))
        report(
            b, span, "a link may only lead to an http or https address",
            "Write the whole address, or declare a contact with at \"mailto:…\" and use {link of "
            "NAME}");
    else if (title && *title)
        report(b, span, "a link takes no title", "Leave the quoted words behind the address out");
    else if (b->after_bang)
        report(b, b->bang, "an image stands here, which the page does not take",
               "Leave it out, or write a link to it");
}

static struct node *
open_link(struct builder *b, cmark_node *node)
{
    const char *address = cmark_node_get_url(node);
    struct text masked = text_of(address ? address : "");
    struct text url = written_out(b, masked);
    judge_link(b, node, masked, url);
    struct node *link = append(b, NODE_LINK);
    link->text = arena_text(b->prose->draft->arena, url);
    return link;
}

/* Nodes --------------------------------------------------------------------------------------- */

static struct node *
open_list(struct builder *b, cmark_node *node)
{
    struct node *list = append(b, NODE_LIST);
    int start = cmark_node_get_list_start(node);
    list->ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    list->tight = cmark_node_get_list_tight(node) != 0;
    list->start = list->ordered && start > 0 ? (uint32_t)start : 0;
    return list;
}

/* The node for what holds others; NULL if the page does not take it, which is reported. */
static struct node *
open_node(struct builder *b, cmark_node *node)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_PARAGRAPH:
        b->after_bracket = false;
        return append(b, NODE_PARAGRAPH);
    case CMARK_NODE_BLOCK_QUOTE:
        return append(b, NODE_QUOTE);
    case CMARK_NODE_LIST:
        return open_list(b, node);
    case CMARK_NODE_ITEM:
        return append(b, NODE_ITEM);
    case CMARK_NODE_EMPH:
        return append(b, NODE_EMPHASIS);
    case CMARK_NODE_STRONG:
        return append(b, NODE_STRONG);
    case CMARK_NODE_LINK:
        return open_link(b, node);
    default:
        return NULL;
    }
}

static void
refuse(struct builder *b, cmark_node *node)
{
    struct span span = line_span(b->prose, cmark_node_get_start_line(node));
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
        report(b, span, "a heading stands here, which a clause does not take",
               "Begin a section with this title instead");
        break;
    case CMARK_NODE_CODE_BLOCK:
        report(b, span, "this would be shown as computer code",
               "Write at most three blanks before the words");
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        report(b, span, "a dividing line stands here, which a clause does not take",
               "Leave it out, or begin a new section");
        break;
    default:
        report(b, span, "this formatting is not taken by the page", "Leave it out");
        break;
    }
}

/* What holds nothing; false if it is none of these. */
static bool
add_leaf(struct builder *b, cmark_node *node)
{
    const char *literal = cmark_node_get_literal(node);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
        buffer_add(&b->prose->pending, text_of(literal ? literal : ""));
        return true;
    case CMARK_NODE_CODE:
        flush(b);
        append(b, NODE_CODE)->text = written_out(b, text_of(literal ? literal : ""));
        return true;
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        flush(b);
        b->after_bracket = false;
        append(b, cmark_node_get_type(node) == CMARK_NODE_SOFTBREAK ? NODE_SOFT_BREAK
                                                                    : NODE_LINE_BREAK);
        return true;
    default:
        return false;
    }
}

static void
report_depth(struct builder *b, struct span span)
{
    if (!b->too_deep)
        diagnose(b->prose->draft->diagnostics, E_DEPTH, span,
                 "lists, quotes or emphasis are nested more than %d deep here", NESTING_MAX);
    b->too_deep = true;
}

/* Whether the children of a node that was entered are wanted. */
static bool
enter(struct builder *b, cmark_node *node)
{
    flush(b);
    if (b->depth == NESTING_MAX) {
        report_depth(b, line_span(b->prose, cmark_node_get_start_line(node)));
        return false;
    }
    struct node *made = open_node(b, node);
    if (!made) {
        refuse(b, node);
        return false;
    }
    b->open[++b->depth] = (struct open){made, &made->child};
    return true;
}

/* A paragraph that is nothing but a table's hole becomes the table. */
static void
leave(struct builder *b)
{
    struct node *node = b->open[b->depth--].node;
    const struct node *only = node->child;
    if (node->kind != NODE_PARAGRAPH || b->depth > 0 || !only || only->next ||
        only->kind != NODE_HOLE || b->prose->holes.at[only->hole].kind != HOLE_TABLE)
        return;
    node->kind = NODE_TABLE;
    node->hole = only->hole;
    node->child = NULL;
}

/* Reports the tables that stand elsewhere. Those in their place come in the order of their holes.
 */
static void
judge_tables(struct builder *b, const struct node *first)
{
    const struct prose *prose = b->prose;
    for (uint32_t i = 0; i < prose->holes.count; i++) {
        if (prose->holes.at[i].kind != HOLE_TABLE)
            continue;
        while (first && (first->kind != NODE_TABLE || first->hole < i))
            first = first->next;
        if (first && first->hole == i)
            continue;
        diagnose(prose->draft->diagnostics, E_TABLE_PLACE, prose->holes.at[i].span,
                 "this table stands among other words");
        diagnose_why(prose->draft->diagnostics, "A table cannot be part of a sentence or a list");
        diagnose_fix(prose->draft->diagnostics,
                     "Give it a line of its own, with an empty line “>” before and after it");
    }
}

static void
walk(struct builder *b, cmark_node *document)
{
    cmark_iter *iter = cmark_iter_new(document);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (node == document)
            continue;
        if (event == CMARK_EVENT_EXIT) {
            flush(b);
            leave(b);
        } else if (!add_leaf(b, node) && !enter(b, node) && cmark_node_first_child(node)) {
            /* Jump over the children: the next event is the one behind this node's exit. */
            cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
        }
    }
    flush(b);
    cmark_iter_free(iter);
}

/* Length of a list mark at the start of a line ("- ", "12. "), or 0. */
static size_t
list_mark(struct text line)
{
    size_t i = 0;
    if (line.length > 0 && strchr("-+*", line.data[0]))
        i = 1;
    else
        while (i < line.length && i < 9 && line.data[i] >= '0' && line.data[i] <= '9')
            i++;
    if (i > 0 && line.data[0] >= '0' && line.data[0] <= '9') {
        if (i == line.length || (line.data[i] != '.' && line.data[i] != ')'))
            return 0;
        i++;
    }
    bool ends = i == line.length || line.data[i] == ' ' || line.data[i] == '\t';
    return i > 0 && ends ? i : 0;
}

/* Bytes at the start of a line that can open or continue lists and quotes. */
static size_t
container_prefix(struct text line)
{
    size_t at = 0, marks = 0;
    while (at < line.length) {
        struct text rest = {line.data + at, line.length - at};
        size_t mark = list_mark(rest);
        if (rest.data[0] == ' ' || rest.data[0] == '\t' || rest.data[0] == '>')
            at++;
        else if (mark > 0)
            at += mark;
        else
            break;
        marks++;
    }
    return at == line.length && marks == at && !memchr(line.data, '>', at) ? 0 : at;
}

/* cmark's time grows with the depth of nesting times the number of lines, so what could nest too
 * deeply is refused before. A list or quote costs a byte or more of every line that belongs to it
 * (blank lines apart), so short beginnings of lines mean little depth. */
static bool
nests_too_deeply(struct builder *b)
{
    enum { PREFIX_MAX = 4 * NESTING_MAX };
    struct text masked = buffer_text(&b->prose->masked);
    int number = 1;
    for (size_t at = 0; at < masked.length; number++) {
        const char *end = memchr(masked.data + at, '\n', masked.length - at);
        size_t length = (size_t)(end - (masked.data + at));
        if (container_prefix((struct text){masked.data + at, length}) > PREFIX_MAX) {
            report_depth(b, line_span(b->prose, number));
            return true;
        }
        at += length + 1;
    }
    return false;
}

const struct node *
markdown_read(struct prose *prose)
{
    const struct node *first = NULL;
    struct builder b = {.prose = prose};
    b.open[0] = (struct open){NULL, &first};
    if (nests_too_deeply(&b))
        return NULL;
    cmark_node *document =
        cmark_parse_document(prose->masked.data, prose->masked.length, CMARK_OPT_DEFAULT);
    walk(&b, document);
    judge_tables(&b, first);
    cmark_node_free(document);
    return first;
}

/* Plain text ---------------------------------------------------------------------------------- */

struct writer {
    struct buffer *out;
    const struct hole *holes;
};

static void
write_inlines(struct writer *w, const struct node *node)
{
    for (; node; node = node->next) {
        if (node->kind == NODE_HOLE)
            buffer_add(w->out, w->holes[node->hole].words);
        else if (node->kind == NODE_TEXT || node->kind == NODE_CODE)
            buffer_add(w->out, node->text);
        else if (node->kind == NODE_SOFT_BREAK)
            buffer_char(w->out, ' ');
        else if (node->kind == NODE_LINE_BREAK)
            buffer_char(w->out, '\n');
        else
            write_inlines(w, node->child); /* no deeper than NESTING_MAX */
    }
}

static void
part(struct writer *w, bool tight)
{
    if (w->out->length > 0 && w->out->data[w->out->length - 1] != ' ')
        buffer_add(w->out, tight ? TEXT("\n") : TEXT("\n\n"));
}

static void write_blocks(struct writer *w, const struct node *node, bool tight);

static void
write_list(struct writer *w, const struct node *list, bool tight)
{
    uint32_t number = list->start;
    for (const struct node *item = list->child; item; item = item->next) {
        part(w, item == list->child ? tight : list->tight);
        if (list->ordered)
            buffer_format(w->out, "%u. ", number++);
        else
            buffer_string(w->out, "- ");
        write_blocks(w, item->child, list->tight);
    }
}

static void
write_blocks(struct writer *w, const struct node *node, bool tight)
{
    for (; node; node = node->next) {
        if (node->kind == NODE_LIST) {
            write_list(w, node, tight);
        } else if (node->kind == NODE_TABLE) {
            part(w, false);
            buffer_add(w->out, w->holes[node->hole].words);
        } else if (node->kind == NODE_QUOTE) {
            write_blocks(w, node->child, false);
        } else {
            part(w, tight);
            write_inlines(w, node->child);
        }
    }
}

struct text
markdown_words(struct prose *prose, const struct node *first)
{
    struct writer w = {&prose->words, prose->holes.at};
    prose->words.length = 0;
    write_blocks(&w, first, false);
    return text_trim(buffer_text(w.out));
}
