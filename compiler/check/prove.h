/* Whether a line of an example holds: tried at every point that it names, in every case of the
 * states that it leaves open. */
#ifndef AVOW_CHECK_PROVE_H
#define AVOW_CHECK_PROVE_H

#include "compiler/check/reach.h"
#include "compiler/model/answer.h"
#include "compiler/model/due.h"

enum proof {
    PROOF_HOLDS,
    PROOF_FAILS,
    PROOF_TOO_LARGE, /* it stands for more cases than can be tried */
    PROOF_UNTRIED    /* those before it had too many */
};

struct proved {
    enum proof proof;
    /* Of an act that fails: where, in which case (no more states than matter), and what is true. */
    struct point point;
    struct cube states;
    enum verdict verdict;
    const uint32_t *clauses; /* in page order, each once */
    size_t clause_count;
    /* Of a duty that fails: about what, and when it is due. */
    uint32_t what;
    struct due due;
};

struct prover;

/* The reach is of the model's rules. What can be tried by one prover is bounded. */
struct prover *prover_make(struct arena *arena, const struct model *model,
                           const struct reach *reach);

/* Which rules and duties the lines that are tried reach: a prohibition that may hold there, a
 * permission that holds where nothing prohibits, the duty that sets a deadline. By number. */
struct reached {
    bool *rules, *duties;
};

/* From now on notes what is reached. */
void prover_note_reached(struct prover *prover, struct reached reached);

struct proved prove(struct prover *prover, const struct example *example,
                    const struct example_then *then);

/* What is true instead of a line that fails, as an example to paste, each line after the first
 * indented by so many blanks and two more below the first. Of a duty only its line. */
void counterexample(struct buffer *out, const struct model *model, const struct example *example,
                    const struct example_then *then, const struct proved *proved, unsigned indent);

/* "us MAY email customer about news"; the operator may be empty. */
void act_words(struct buffer *out, const struct model *model, struct point point,
               const char *operator);

#endif
