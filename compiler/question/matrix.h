/* Who may do what: every point that some rule reaches, gathered into rows that a reader can take
 * in. Nothing permits what no row names. */
#ifndef AVOW_QUESTION_MATRIX_H
#define AVOW_QUESTION_MATRIX_H

#include "compiler/model/model.h"
#include "compiler/question/question.h"

enum standing {
    STANDING_YES,     /* allowed, whatever the states */
    STANDING_DEPENDS, /* on states: see the conditions */
    STANDING_NO       /* forbidden, whatever the states */
};

/* A rule as it counts here: when it holds, and the clause that says so. */
struct effect {
    struct cube when;
    uint32_t clause;
    enum mode mode;
};

struct matrix_row { /* all points of a product */
    enum verb verb;
    struct set parts[PART_COUNT];
    enum standing standing;
    const struct effect *effects; /* prohibitions first; in page order; each once */
    size_t effect_count; /* one that forbids the rest is among them only beside permissions */
};

struct matrix {
    VECTOR(struct matrix_row) rows; /* by verb, actors, objects, targets */
    bool overflow;                  /* there were more than MATRIX_MOST */
};

enum { MATRIX_MOST = 20000 };

/* `expand`: a row for each point instead. */
struct matrix matrix_make(const struct model *model, struct arena *arena, bool expand);

/* "yes", "no", "if customer is subscribed, but never if customer is stopped" */
void matrix_when(struct buffer *out, const struct model *model, const struct matrix_row *row);

/* The clauses behind a row, each once, parted by commas. */
void matrix_clauses(struct buffer *out, const struct model *model, const struct matrix_row *row);

/* For a terminal of so many columns. */
void matrix_text(struct buffer *out, const struct model *model, const struct matrix *matrix,
                 unsigned width, bool colour);
/* A page of its own, with filters. */
void matrix_html(struct buffer *out, const struct model *model, const struct matrix *matrix);
/* RFC 4180, with a header. */
void matrix_csv(struct buffer *out, const struct model *model, const struct matrix *matrix);
void matrix_json(struct buffer *out, const struct model *model, const struct matrix *matrix);

#endif
