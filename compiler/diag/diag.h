/* What the compiler has to say about a policy: collected in any order, shown in order of place.
 *
 * Every message has a permanent code (codes.def), the place it is about, one sentence of what is
 * wrong, and where they help: why it matters, how to mend it, and a second place. */
#ifndef AVOW_DIAG_DIAG_H
#define AVOW_DIAG_DIAG_H

#include "compiler/base/buffer.h"
#include "compiler/diag/source.h"

enum severity { ERROR, WARNING };

enum code {
#define CODE(name, severity, number, title) name,
#include "compiler/diag/codes.def"
#undef CODE
    CODE_COUNT
};

struct diagnostic {
    enum code code;
    enum severity severity; /* the code's own, unless the command line made an error of it */
    struct span span;
    struct text message; /* one sentence without a full stop */
    struct text why;     /* one sentence, or empty */
    struct text fix;     /* one imperative sentence, or empty */
    bool has_related;
    struct span related_span;
    struct text related; /* what stands at the second place */
    bool has_edit;
    struct span edit_span; /* what to write edit instead of, where the mend is certain */
    struct text edit;
    uint32_t order; /* of report; keeps the sort stable */
};

/* Messages past this number are counted and not kept: a file of garbage must end. */
enum { DIAGNOSTICS_MAX = 1000 };

/* What the command line wants of each code. */
enum treatment { TREAT_AS_IS, TREAT_OFF, TREAT_AS_ERROR };

struct control {
    uint8_t treatments[CODE_COUNT];
};

struct allowance { /* a message that the policy itself allows, in one clause or of one word */
    enum code code;
    struct span within;
    struct span place; /* of the sentence that allows it */
    bool used;
};

struct diagnostics {
    struct arena *arena;
    VECTOR(struct diagnostic) list;
    size_t errors, warnings; /* those not kept included; those allowed are neither */
    struct control control;
    VECTOR(struct allowance) allowances[2]; /* of words, of clauses; each in order of place */
    struct diagnostic *latest;              /* the one that may be completed */
    struct diagnostic dropped;              /* one that is not shown */
};

/* Whether further messages are only counted, so that their words need not be made. */
static inline bool
diagnostics_full(const struct diagnostics *diagnostics)
{
    return diagnostics->list.count > DIAGNOSTICS_MAX;
}

/* Adds a message. The diagnostic it gives (never NULL) may be completed with the functions below
 * until the next call. */
struct diagnostic *diagnose(struct diagnostics *diagnostics, enum code code, struct span span,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));
void diagnose_why(struct diagnostics *diagnostics, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void diagnose_fix(struct diagnostics *diagnostics, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void diagnose_see(struct diagnostics *diagnostics, struct span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The mend as an edit that a program can make, in addition to the words of diagnose_fix: the bytes
 * of a span are replaced. Only where following the fix means exactly that. */
void diagnose_edit(struct diagnostics *diagnostics, struct span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A text of the source as a message may repeat it: of a long one only the beginning. */
struct text text_shown(struct arena *arena, struct text t);

/* Allows a code for whatever begins within a span, which is that of a clause or a declaration.
 * Called in order of place for each of the two. False if it is allowed there already. */
bool diagnostics_allow(struct diagnostics *diagnostics, enum code code, struct span within,
                       struct span place, bool clause);

/* Reads codes, parted by commas, in any case, or "all", and sets how each is treated: as an error,
 * or not at all. False if a word is no code, or one of an error; *wrong is then that word. */
bool control_read(struct control *control, struct text list, enum treatment treatment,
                  struct text *wrong);

/* No warnings: for who asks the policy something and is not at work on it. */
struct control control_quiet(void);

/* Whether a clause may allow it: warnings, and the number that was typed by hand. */
bool code_can_be_allowed(enum code code);

/* "E203" */
const char *code_number(enum code code);
enum severity code_severity(enum code code);
/* The heading of the code's page. */
const char *code_title(enum code code);

/* Sorts by source, place and order of report. */
void diagnostics_sort(struct diagnostics *diagnostics);

/* Writes all of them as text with carets; colour with ANSI sequences if asked. */
void diagnostics_render(const struct diagnostics *diagnostics, const struct sources *sources,
                        bool colour, struct buffer *out);

#endif
