/* What differs at points, gathered until each edit has a few sentences. */
#ifndef AVOW_COMPARE_ROWS_H
#define AVOW_COMPARE_ROWS_H

#include "compiler/compare/rules.h"

struct rows;

struct row { /* a difference at all points of a product */
    struct text (*words)(const struct rows *rows, const struct row *row);
    struct text (*example)(const struct rows *rows, const struct row *row, enum version *holds);
    uint32_t edit;
    enum finding_kind kind;
    enum verb verb;
    struct set axis[AXES];
    bool also;           /* in other cases it was so before */
    struct text when;    /* in words: "if …"; empty: always */
    struct text meaning; /* the same, hashed */
    /* For an example: the first case, in which states are known; and a clause that it cites. */
    struct condition_bits given;
    uint32_t clause;     /* of `holds`, or NONE */
    struct text unknown; /* a request that makes a state unknown, if one must be */
    bool can_show;
    /* Of a duty and a right. */
    struct timing timing[2];
    struct text clock;    /* " after “closing of the order”"; of a right: the contact */
    uint32_t clock_place; /* what starts it; NONE: nothing that an example can give */
    int64_t start, later; /* the start with the greatest delay, Unix seconds; and that, in days */
};

struct rows {
    struct rules *rules;
    VECTOR(struct row) list;
};

/* Puts rows together that differ in one axis only, and adds findings to their edits. */
void rows_finish(struct rows *rows);

/* The words of a verdict's row. */
struct text row_words(const struct rows *rows, const struct row *row);

#endif
