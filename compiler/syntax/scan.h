/* Between flex and the vector of tokens: used by grammar/policy.l and tokens.c only. */
#ifndef AVOW_SYNTAX_SCAN_H
#define AVOW_SYNTAX_SCAN_H

#include "compiler/syntax/tokens.h"

struct scan {
    struct arena *arena;
    const char *text; /* of the source */
    uint32_t at;      /* offset behind the token that was matched */
    bool line_start;
    bool full; /* TOKENS_MAX was reached */
    VECTOR(struct token) tokens;
};

/* Adds the token of that length which ends at scan->at. */
void scan_token(struct scan *scan, int kind, uint32_t length);

/* The same for a line of prose, of which only the text behind the mark counts. */
void scan_prose(struct scan *scan, uint32_t length);

/* Runs flex over a buffer that ends with two NULs, which it writes to. */
void scan_run(struct scan *scan, char *buffer, size_t size);

/* Memory for flex: from the arena, never given back. */
void *scan_alloc(struct scan *scan, size_t size);

#endif
