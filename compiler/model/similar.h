/* Names that differ only in hyphen and dot: in a program they would be one. */
#ifndef AVOW_MODEL_SIMILAR_H
#define AVOW_MODEL_SIMILAR_H

#include "compiler/base/names.h"

/* Enters a name that was just added to by_name with a number, and gives the number of an earlier
 * name that differs from it only in hyphen and dot, or NONE. `dotted` keeps what later names are
 * compared with: of two such names one has a dot, so that only those need a second entry. */
uint32_t similar_enter(struct names *dotted, const struct names *by_name, struct text name,
                       uint32_t number);

#endif
