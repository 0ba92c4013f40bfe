/* Words to vocabulary: a name as it is declared, its label, the last part of a dotted name; with
 * or without articles, plurals and capitals, as long as only one thing can be meant. */
#ifndef AVOW_QUESTION_PHRASES_H
#define AVOW_QUESTION_PHRASES_H

#include "compiler/model/resolve.h"
#include "compiler/question/words.h"

struct phrases;

/* All that can be named in a policy; made once for any number of questions. */
const struct phrases *phrases_make(struct arena *arena, const struct model *model);

struct phrase {
    uint32_t symbol; /* NONE: nothing of these kinds is so called */
    uint32_t other;  /* a second one that could be meant as well, or NONE */
    size_t end;      /* word behind it */
};

/* The longest run of words from `begin`, ending before `end`, that names something of these
 * kinds. */
struct phrase phrase_at(const struct phrases *phrases, struct arena *arena, struct words words,
                        size_t begin, size_t end, unsigned kinds);

/* Reports words that name nothing of these kinds: what they name instead, or what comes near. */
void phrase_report(const struct phrases *phrases, struct words words, size_t begin, size_t end,
                   unsigned kinds, struct diagnostics *diagnostics);

/* Reports that two things could be meant. */
void phrase_report_two(const struct phrases *phrases, struct words words, size_t begin,
                       struct phrase phrase, struct diagnostics *diagnostics);

#endif
