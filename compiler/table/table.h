/* The table in its outward forms. All are byte-identical from run to run. */
#ifndef AVOW_TABLE_TABLE_H
#define AVOW_TABLE_TABLE_H

#include "compiler/table/image.h"

/* ID_policy.c: the image as static const data, C11 and C++17. */
void table_c_source(const struct model *model, const struct image *image, struct buffer *out);
/* ID_policy.h: a type for each kind, a constant for each name, a function for each act. */
void table_c_header(const struct model *model, const struct image *image, struct buffer *out);
/* ID.avow: the image as bytes, little-endian, sealed with SHA-256. */
void table_bundle(const struct model *model, const struct image *image, struct buffer *out);

#endif
