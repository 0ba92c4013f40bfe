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
    struct span span;
    struct text message; /* one sentence without a full stop */
    struct text why;     /* one sentence, or empty */
    struct text fix;     /* one imperative sentence, or empty */
    bool has_related;
    struct span related_span;
    struct text related; /* what stands at the second place */
    uint32_t order;      /* of report; keeps the sort stable */
};

/* Messages past this number are counted and not kept: a file of garbage must end. */
enum { DIAGNOSTICS_MAX = 1000 };

struct diagnostics {
    struct arena *arena;
    VECTOR(struct diagnostic) list;
    size_t errors, warnings; /* those not kept included */
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

/* A text of the source as a message may repeat it: of a long one only the beginning. */
struct text text_shown(struct arena *arena, struct text t);

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
