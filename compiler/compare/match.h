/* Which clause and sentence of the new policy is which of the old one, and what was edited. */
#ifndef AVOW_COMPARE_MATCH_H
#define AVOW_COMPARE_MATCH_H

#include "compiler/compare/common.h"

enum edit_form {
    EDIT_SENTENCE, /* in a clause that both have; one side may have no sentence */
    EDIT_CLAUSE,   /* a clause that only one has */
    EDIT_WORDS,    /* of a clause that both have */
    EDIT_SYMBOL,   /* a word of the vocabulary; one side may not have it */
    EDIT_WHOLE     /* what belongs to the policy as such: its calendar, the order of clauses */
};

struct edit {
    enum edit_form form;
    uint32_t clause[2], sentence[2], symbol[2]; /* by version; NONE */
    VECTOR(struct finding) findings;
    bool explained; /* what it did is told elsewhere, or is nothing */
};

struct edits {
    struct common *common;
    VECTOR(struct edit) list;
    uint32_t *of_sentence[2]; /* edit of a sentence; NONE: it stands where it stood */
    uint32_t *of_clause[2];   /* edit of the whole clause, or of its words; made when needed */
    uint32_t *of_symbol[2];   /* made when needed */
};

/* Matches clauses (by name; or under another name, by their words or sentences) and sentences. */
void match_make(struct edits *edits, struct common *common);

/* The edit of a word of either policy. */
uint32_t edit_of_symbol(struct edits *edits, enum version version, uint32_t symbol);
/* The edit of the words of a clause that both have. */
uint32_t edit_of_words(struct edits *edits, uint32_t clause_after);
/* A new edit of what belongs to no clause and no word. */
uint32_t edit_of_whole(struct edits *edits);

/* Adds what an edit did. The texts must last. */
struct finding *edit_found(struct edits *edits, uint32_t edit, enum finding_kind kind,
                           struct text words, struct text meaning);

/* A sentence as both policies would write it: in small letters, names as they are now called,
 * without comments, blanks and commas that mean nothing. */
struct text sentence_key(const struct common *common, enum version version, uint32_t sentence);

#endif
