#include "compiler/question/verbs.h"

static const struct verb_word verb_words[] = {
    {"collect", VERB_COLLECT, VOICE_ACTIVE},
    {"collects", VERB_COLLECT, VOICE_ACTIVE},
    {"collected", VERB_COLLECT, VOICE_PASSIVE},
    {"store", VERB_STORE, VOICE_ACTIVE},
    {"stores", VERB_STORE, VOICE_ACTIVE},
    {"stored", VERB_STORE, VOICE_PASSIVE},
    {"use", VERB_USE, VOICE_ACTIVE},
    {"uses", VERB_USE, VOICE_ACTIVE},
    {"used", VERB_USE, VOICE_PASSIVE},
    {"show", VERB_SHOW, VOICE_ACTIVE},
    {"shows", VERB_SHOW, VOICE_ACTIVE},
    {"shown", VERB_SHOW, VOICE_PASSIVE},
    {"see", VERB_SHOW, VOICE_TARGET},
    {"sees", VERB_SHOW, VOICE_TARGET},
    {"share", VERB_SHARE, VOICE_ACTIVE},
    {"shares", VERB_SHARE, VOICE_ACTIVE},
    {"shared", VERB_SHARE, VOICE_PASSIVE},
    {"get", VERB_SHARE, VOICE_TARGET},
    {"gets", VERB_SHARE, VOICE_TARGET},
    {"receive", VERB_SHARE, VOICE_TARGET},
    {"receives", VERB_SHARE, VOICE_TARGET},
    {"email", VERB_EMAIL, VOICE_ACTIVE},
    {"e-mail", VERB_EMAIL, VOICE_ACTIVE},
    {"mail", VERB_EMAIL, VOICE_ACTIVE},
    {"emails", VERB_EMAIL, VOICE_ACTIVE},
    {"emailed", VERB_EMAIL, VOICE_PASSIVE},
    {"e-mailed", VERB_EMAIL, VOICE_PASSIVE},
    {"text", VERB_TEXT, VOICE_ACTIVE},
    {"texts", VERB_TEXT, VOICE_ACTIVE},
    {"texted", VERB_TEXT, VOICE_PASSIVE},
    {"call", VERB_CALL, VOICE_ACTIVE},
    {"calls", VERB_CALL, VOICE_ACTIVE},
    {"called", VERB_CALL, VOICE_PASSIVE},
    {"post", VERB_POST, VOICE_ACTIVE},
    {"posts", VERB_POST, VOICE_ACTIVE},
    {"posted", VERB_POST, VOICE_PASSIVE},
    {"do", VERB_DO, VOICE_ACTIVE},
    {"done", VERB_DO, VOICE_PASSIVE},
    {"erase", VERB_ERASE, VOICE_ACTIVE},
    {"erased", VERB_ERASE, VOICE_PASSIVE},
    {"delete", VERB_ERASE, VOICE_ACTIVE},
    {"deleted", VERB_ERASE, VOICE_PASSIVE},
    {"keep", VERB_KEEP, VOICE_ACTIVE},
    {"kept", VERB_KEEP, VOICE_PASSIVE},
    {"tell", VERB_TELL, VOICE_ACTIVE},
    {"told", VERB_TELL, VOICE_PASSIVE},
};

const struct verb_word *
verb_word_of(const struct word *word)
{
    for (size_t i = 0; i < sizeof verb_words / sizeof *verb_words; i++)
        if (text_equal(word->text, text_of(verb_words[i].word)))
            return &verb_words[i];
    return NULL;
}

/* Others than the language's own, by preposition. */
static const char *const *
synonyms(enum preposition preposition)
{
    static const char *const none[] = {NULL};
    static const char *const from[] = {"of", NULL};
    static const char *const in[] = {"on", "at", "into", NULL};
    static const char *const to[] = {"with", NULL};
    static const char *const with[] = {"to", NULL};
    static const char *const about[] = {"regarding", "concerning", "on", "for", NULL};
    switch (preposition) {
    case PREP_FROM:
        return from;
    case PREP_IN:
        return in;
    case PREP_TO:
        return to;
    case PREP_WITH:
        return with;
    case PREP_ABOUT:
        return about;
    default:
        return none;
    }
}

bool
verb_takes(enum verb verb, const struct word *word)
{
    enum preposition preposition = verb_forms[verb].preposition;
    return text_equal(word->text, text_of(preposition_word(preposition))) ||
           word_is(word, synonyms(preposition));
}

bool
is_preposition(const struct word *word)
{
    static const char *const words[] = {"from", "in", "for", "to", "with", "about", NULL};
    return word_is(word, words);
}
