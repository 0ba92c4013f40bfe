/* The words of the languages that are compiled in, read when the compiler was built. */
#ifndef AVOW_MODEL_SHIPPED_H
#define AVOW_MODEL_SHIPPED_H

#include "compiler/model/yaml.h"

/* What yaml_read makes of each of locale_files, in its order, without places (yaml_trees.py); a
 * test holds the two equal. */
extern const struct yaml *const locale_trees[];

#endif
