/* A policy taken apart for layout: items of words, and the comments between them. */
#ifndef AVOW_SYNTAX_FORMAT_INTERNAL_H
#define AVOW_SYNTAX_FORMAT_INTERNAL_H

#include "compiler/base/vector.h"
#include "compiler/syntax/format.h"

struct comment {
    struct text text;  /* from "#" on, without blanks at its end */
    bool own_line;     /* nothing but blanks stands before it on its line */
    bool blank_before; /* a line without anything stands before it */
    bool indented;
};

struct word {
    struct text text; /* as it is to be written */
    size_t comment;   /* the first of those between it and the word before */
    uint32_t comment_count;
    uint16_t kind;      /* of its token */
    char mark;          /* comma, colon or full stop directly behind it, or NUL */
    bool begins_phrase; /* a line is better broken before it than elsewhere */
    size_t column;      /* where it begins if it can, 0: anywhere */
    uint8_t gap;        /* blanks before it at least, 0: one */
};

enum item_form {
    ITEM_SECTION,
    ITEM_OPENING, /* "clause news:", "example "...":" */
    ITEM_DECLARATION,
    ITEM_ALLOWANCE, /* of a declaration; that of a clause is a sentence */
    ITEM_SENTENCE,  /* of a clause or example */
    ITEM_PROSE,
    ITEM_END /* of the file: only the comments before it */
};

struct item {
    enum item_form form;
    size_t word, word_count;
    size_t comment, comment_count; /* before it; some may stand in the line of the item before */
    bool blank_before;             /* between those, or the item before, and it */
};

struct parts {
    struct arena *arena;
    struct text front;         /* everything up to the rules, as it stands there */
    VECTOR(struct item) items; /* the last one is ITEM_END */
    VECTOR(struct word) words;
    VECTOR(struct comment) comments;
};

/* Takes a source apart that was read without errors. */
struct parts *format_parts(struct arena *arena, const struct sources *sources, uint32_t source);

/* Sets the columns of the words of the declarations among items first .. end - 1, which stand
 * together. */
void format_columns(struct parts *parts, size_t first, size_t end);

/* Where a piece of layout goes. */
struct layout {
    const struct parts *parts;
    struct buffer *out;  /* NULL: only measured */
    struct text newline; /* "\n" or "\r\n" */
    size_t column;       /* of what comes next, from 0 */
    size_t lines;        /* that were begun behind the first */
};

void layout_put(struct layout *layout, struct text text);
void layout_blanks(struct layout *layout, size_t count);
void layout_line(struct layout *layout);

/* The words of an item from the current column on; lines that have to be begun do so at `hang`.
 * Does not end the last line. */
void layout_words(struct layout *layout, const struct item *item, size_t hang);

/* Columns of the words from the first on that had better stay together, with their blanks. */
size_t layout_phrase(const struct word *words, size_t count);

/* Where further lines of a declaration begin. */
size_t format_hang(const struct parts *parts, const struct item *declaration);

#endif
