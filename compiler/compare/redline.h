/* Two texts, word by word: what stays, what is gone, what is new. */
#ifndef AVOW_COMPARE_REDLINE_H
#define AVOW_COMPARE_REDLINE_H

#include "compiler/base/buffer.h"
#include "compiler/base/vector.h"

enum stroke { STROKE_SAME, STROKE_GONE, STROKE_NEW };

struct run { /* words in a row, with the blanks behind them */
    enum stroke stroke;
    struct text text;
};

struct redline {
    VECTOR(struct run) runs;
};

/* Where the texts are too long to compare word by word (WORDS_MOST), what they have in common at
 * begin and end stays, and the rest is gone and new. */
struct redline redline_make(struct arena *arena, struct text before, struct text after);

#endif
