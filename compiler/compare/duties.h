/* Deadlines, retention, notices. */
#ifndef AVOW_COMPARE_DUTIES_H
#define AVOW_COMPARE_DUTIES_H

#include "compiler/compare/rows.h"

void duties_compare(struct rules *rules);

/* What people may ask for, where, and when. */
void rights_compare(struct rules *rules);

#endif
