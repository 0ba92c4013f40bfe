/* Cases in bulk: a list of questions with the answers that are wanted, as YAML or CSV. */
#ifndef AVOW_QUESTION_CASES_H
#define AVOW_QUESTION_CASES_H

#include "compiler/question/question.h"

struct test_case {        /* one row */
    struct text title;    /* empty if it has none */
    struct text question; /* as "avow ask" takes it */
    struct text answer;   /* as written */
    struct text because;  /* clauses that must be among the cited, as written; may be empty */
    struct text path;     /* the file */
    uint32_t line;        /* in it */
};

struct test_cases {
    VECTOR(struct test_case) list;
};

/* Reads a file: CSV if its name ends with ".csv" (parted by commas, semicolons or tabs, whichever
 * the first line has), else YAML with the list "cases". False after a report. */
bool cases_load(struct arena *arena, struct sources *sources, struct text path,
                struct test_cases *cases, struct diagnostics *diagnostics);

enum wanted { WANTED_LINES, WANTED_DEPENDS, WANTED_AT_ONCE };

/* What a case comes to: lines of an example that must hold. */
struct wanted_lines {
    struct asked asked;
    enum wanted wanted; /* DEPENDS: thens has MAY and NEVER, and neither may hold */
    struct example example;
};

/* Understands a case. False after a report, whose place is the row. */
bool case_read(const struct model *model, const struct phrases *phrases, struct sources *sources,
               const struct test_case *row, struct diagnostics *diagnostics,
               struct wanted_lines *wanted);

#endif
