/* The rules of both policies over one vocabulary, and which of them both have. */
#ifndef AVOW_COMPARE_RULES_H
#define AVOW_COMPARE_RULES_H

#include "compiler/compare/cells.h"
#include "compiler/compare/match.h"

struct held { /* a rule of either */
    const struct rule *rule;
    struct condition_bits when;
    enum version version;
    uint32_t same; /* number of the rules that say the same, in either version */
};

struct rules {
    struct common *common;
    struct edits *edits;
    struct held *at; /* by verb, the old ones first */
    struct box *boxes;
    size_t count;
    size_t first[VERB_COUNT + 1]; /* of each verb */
};

/* Collects and matches them; what another clause says now is found at once. */
void rules_make(struct rules *rules, struct common *common, struct edits *edits);

/* The edit that a changed rule comes from: that of its sentence; if that stands where it stood, of
 * the word at one of these places that only one policy has; else of the clause's words. */
uint32_t edit_behind(struct edits *edits, enum version version, uint32_t sentence, uint32_t clause,
                     const struct set axis[AXES]);

#endif
