/* One walk over what a page says, and the callbacks that make a form of it. The walk decides what
 * stands where: which clauses run on in one paragraph, which lists become one, where each clause's
 * anchor goes. A form only knows how things are written. */
#ifndef AVOW_PAGE_WALK_H
#define AVOW_PAGE_WALK_H

#include "compiler/model/locale.h"
#include "compiler/page/short.h"

struct page;

struct form {
    /* Front matter or head, and what stands above the first section. */
    void (*begin)(struct page *page);
    void (*end)(struct page *page);

    /* The short layer: rows with a heading each, whose bodies are lists. */
    void (*short_begin)(struct page *page);
    void (*short_end)(struct page *page);
    void (*row_begin)(struct page *page, struct text title);
    void (*row_end)(struct page *page);

    void (*section_begin)(struct page *page, const struct section *section);
    void (*section_end)(struct page *page);

    /* PARAGRAPH, LIST, ITEM, QUOTE. */
    void (*block_begin)(struct page *page, const struct node *node);
    void (*block_end)(struct page *page, const struct node *node);

    /* Around the first run of a clause's words. */
    void (*clause_begin)(struct page *page, const struct clause *clause);
    void (*clause_end)(struct page *page, const struct clause *clause);
    /* The anchor of a clause that publishes no words; in_paragraph: one is open. */
    void (*clause_empty)(struct page *page, const struct clause *clause, bool in_paragraph);

    /* A table, which stands between blocks. clause: the one whose words begin with it, or NULL. */
    void (*table)(struct page *page, const struct table *table, const struct clause *clause);

    /* Words as they are to be read; the form escapes them. */
    void (*text)(struct page *page, struct text text);
    void (*code)(struct page *page, struct text text);
    void (*space)(struct page *page);
    void (*line_break)(struct page *page);
    /* EMPHASIS, STRONG, LINK. `before` is the neighbour in front of node, or NULL. */
    void (*span_begin)(struct page *page, const struct node *node, const struct node *before);
    void (*span_end)(struct page *page, const struct node *node, const struct node *before);
    /* Around words whose direction of writing must not spill over. */
    void (*isolate_begin)(struct page *page);
    void (*isolate_end)(struct page *page);
};

enum {
    PAGE_DEPTH_MAX = 128
}; /* of nested blocks; deeper ones lose their markup, not their words */

struct page_level { /* an open block */
    const struct node *node;
    uint32_t number; /* of the next item of an ordered LIST */
    size_t children; /* blocks begun in it so far */
};

struct page {
    const struct model *model;
    const struct short_layer *summary;
    const struct form *form;
    struct arena *arena;
    struct buffer *out;
    void *state;                                  /* of the form */
    const struct clause *clause;                  /* whose words are being written, or NULL */
    bool anchored;                                /* its anchor was written */
    struct page_level levels[PAGE_DEPTH_MAX + 1]; /* 0 is the section's top level */
    size_t depth;
    size_t blocks; /* all open blocks, those without markup included */
};

/* Writes model in a form to out, with the form's own state. */
void page_walk(const struct model *model, const struct short_layer *summary,
               const struct form *form, void *state, struct buffer *out);

/* The innermost open block. */
static inline struct page_level *
page_level(struct page *page)
{
    return &page->levels[page->depth];
}

/* The block around the innermost one. */
static inline const struct page_level *
page_outer(const struct page *page)
{
    return &page->levels[page->depth == 0 ? 0 : page->depth - 1];
}

/* True for a paragraph that is written without its own margin: in an item of a tight list. */
bool page_in_tight_item(const struct page *page);

/* Writes words through the form, kept apart from their neighbours if they turn the direction of
 * writing. */
void page_words(struct page *page, struct text words);
/* Whether words written from right to left, or marks that turn the direction, are among them. */
bool page_turns_direction(struct text words);

/* A phrase of the page's language. */
struct text page_phrase(const struct page *page, const char *key);

/* "In force since 1 March 2026" */
struct text page_in_force(const struct page *page);
/* For the footer: the policy's id, effective day and revision, and the version of the zone data. */
struct text page_version(const struct page *page);
/* The content hash in hexadecimal digits, with a word of what it is. */
struct text page_fingerprint(const struct page *page);

/* True for an address that a page may link to: in the page, relative, or of a harmless scheme. */
bool page_may_link(struct text address);

/* The first and the last character of the words of an inline node, 0 if they are not ASCII or the
 * node has none. */
char page_first_char(const struct page *page, const struct node *node);
char page_last_char(const struct page *page, const struct node *node);

/* Adds bytes with whatever `escape` has for them: NULL takes the byte as it is. Control characters
 * count as spaces, of which only one is written. */
void page_escaped(struct buffer *out, struct text text, const char *(*escape)(char c));

/* & < > " as entities. */
const char *page_html_escape(char c);

#endif
