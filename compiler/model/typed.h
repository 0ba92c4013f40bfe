/* What is said of a number, date or address that was typed by hand. */
#ifndef AVOW_MODEL_TYPED_H
#define AVOW_MODEL_TYPED_H

#include "compiler/model/prose.h"

enum finding {
    FOUND_NOTHING,
    FOUND_AMOUNT,
    FOUND_TIME,
    FOUND_DATE,
    FOUND_EMAIL,
    FOUND_PHONE,
    FOUND_POSTAL
};

/* Reports raw[begin..end) with the hole that belongs there. */
void typed_number_report(const struct prose *prose, enum finding finding, size_t begin, size_t end);

#endif
