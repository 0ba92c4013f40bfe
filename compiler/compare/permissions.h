/* Verdicts that differ. */
#ifndef AVOW_COMPARE_PERMISSIONS_H
#define AVOW_COMPARE_PERMISSIONS_H

#include "compiler/compare/rows.h"

void permissions_compare(struct rules *rules);

#endif
