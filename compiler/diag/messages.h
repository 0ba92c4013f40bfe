/* Messages for programs: as JSON of our own (grammar/messages.schema.json), and as SARIF 2.1.0. */
#ifndef AVOW_DIAG_MESSAGES_H
#define AVOW_DIAG_MESSAGES_H

#include "compiler/diag/diag.h"
#include "compiler/diag/document.h"

/* One file that was checked. */
struct checked_file {
    struct text path; /* as the user named it */
    const struct diagnostics *diagnostics;
    const struct sources *sources;
    bool read; /* it was there */
};

/* A document of both forms is begun, given each file as soon as it was checked, and ended; the
 * files need not live any longer than their call. */
struct messages {
    struct arena *arena;
    struct document json;
    bool sarif;
    bool all_read;
    VECTOR(enum code) codes;           /* of SARIF: the codes that occur, as they come */
    uint32_t code_numbers[CODE_COUNT]; /* their places there, from 1; 0 for those that do not */
};

void messages_begin(struct messages *messages, struct arena *arena, bool sarif, struct buffer *out);
void messages_add(struct messages *messages, const struct checked_file *file);
void messages_end(struct messages *messages);

/* The parts of SARIF: used by messages.c. */
void sarif_begin(struct messages *messages);
void sarif_add(struct messages *messages, const struct checked_file *file);
void sarif_end(struct messages *messages);

/* How many messages of a file are kept. */
size_t messages_kept(const struct diagnostics *diagnostics);

/* A sentence with its full stop. */
struct text messages_sentence(struct arena *arena, struct text sentence);

#endif
