/* The words by which questions name acts. */
#ifndef AVOW_QUESTION_VERBS_H
#define AVOW_QUESTION_VERBS_H

#include "compiler/model/model.h"
#include "compiler/question/words.h"

/* How an act is said: "we email", "is emailed", or from the other side: "customer sees". */
enum voice { VOICE_ACTIVE, VOICE_PASSIVE, VOICE_TARGET };

struct verb_word {
    const char *word;
    enum verb verb;
    enum voice voice;
};

/* NULL if the word is no act. */
const struct verb_word *verb_word_of(const struct word *word);

/* Whether a word stands for the preposition of an act, or may stand for it. */
bool verb_takes(enum verb verb, const struct word *word);

/* Whether a word is a preposition of some act. */
bool is_preposition(const struct word *word);

#endif
