/* What changed between two versions of a policy, by meaning and not by text.
 *
 * Passes, each over what those before it made:
 *
 *   common   one vocabulary out of both: every leaf of either has a place; names that were renamed
 *            share one (by `formerly`, or because the same definition stands under another name).
 *   match    clauses and sentences of both: what stands where it stood, what moved, what was
 *            edited. Each edit (of a sentence, a whole clause, a word) is to become one change.
 *   rules    the rules of both as boxes of places. Those that both have cancel: a verdict can
 *            differ only where one of the others reaches.
 *   cells    these boxes, cut into classes of points that the same rules reach, so that no point is
 *            looked at alone; each class is visited once.
 *   cases    for one class the states that its rules name, each with three values (it holds, it
 *            does not, nobody knows), as sets of cases; whether the old and the new verdict can
 *            differ, and exactly when.
 *   permissions, duties, rights, words, vocabulary
 *            findings: what differs, in words, each given to the edit that caused it.
 *   changes  the edits that made a difference, the worst first.
 *
 * What an unknown state means is written in model/answer.h. A class with more states than
 * LOCAL_MOST or more work than STEPS_MOST is reported as a change that must be looked at: nothing
 * is left out.
 */
#ifndef AVOW_COMPARE_COMPARE_H
#define AVOW_COMPARE_COMPARE_H

#include "compiler/model/model.h"

/* The worst first. */
enum change_class {
    CHANGE_MATERIAL,   /* people must agree or be told: less is promised to them than before */
    CHANGE_REVIEW,     /* nobody but a person can say */
    CHANGE_FAVOURABLE, /* more is promised to people than before */
    CHANGE_EDITORIAL,  /* nothing but its form */
    CHANGE_CLASSES
};

/* "material", "review", "favourable", "editorial" */
const char *change_class_word(enum change_class class);

enum finding_kind {
#define FINDING(name, word, class) name,
#include "compiler/compare/findings.def"
#undef FINDING
    FINDING_KINDS
};

/* "allowed", "deadline-longer" ...: permanent, for programs. */
const char *finding_word(enum finding_kind kind);

enum version { OLD, NEW };

struct finding {
    enum finding_kind kind;
    enum change_class class;
    struct text words;   /* one sentence of English */
    struct text meaning; /* one line, the same however either version words it: what is hashed */
    struct text example; /* for a policy, to paste; empty if the language has none for this */
    enum version holds;  /* of the example: in which version it holds; in the other it does not */
};

struct passage {       /* what stands on one side of a change */
    struct text name;  /* of the clause or word; empty: there is none on this side */
    uint32_t clause;   /* or NONE */
    uint32_t line;     /* of its file, from 1 */
    struct text rules; /* as written, a sentence a line; empty if they are not what changed */
    struct text words; /* as published */
};

struct change {
    enum change_class class;
    struct passage passage[2];
    const struct finding *findings; /* at least one, the worst first: the first is the change */
    size_t finding_count;
    struct text note; /* a sentence that belongs to all of it, or empty */
    uint8_t hash[32]; /* SHA-256 of the class of the change and the meanings of its findings */
};

struct comparison {
    const struct model *model[2];
    const struct change *changes; /* the worst first, of one class in page order */
    size_t change_count;
    size_t count[CHANGE_CLASSES];
};

/* Compares two policies without errors. All that it gives lives in the arena, or in the models. */
struct comparison *compare_make(struct arena *arena, const struct model *before,
                                const struct model *after);

/* "6f3a…": the hash of a change in hexadecimal digits. */
struct text change_hash(struct arena *arena, const struct change *change);

/* Whether the new version says a day on which it takes effect that the old one did not: the only
 * honest way to make a material change. */
bool compare_dated(const struct comparison *comparison);

#endif
