/* Records that are held: how what happened to them is stored. */
#ifndef AVOW_STORE_HELD_H
#define AVOW_STORE_HELD_H

#include "runtime/store/store.h"

enum { MOMENTS_MAX = 256, HELD_MAX = 64 }; /* of one record; more are not looked at */

/* When data must be gone, by its stored moments and a policy. */
avow_due held_due(const avow_table *table, avow_id data, const char *moments);

/* Moments as they are stored, with more of them; the caller frees *out. */
avow_store_code held_moments(const char *stored, const avow_happened *happened, size_t count,
                             char **out, avow_store_error *error);

/* Something happened to a record: adds it to all data of the record that are held, within a write's
 * transaction. */
avow_store_code held_happen(const avow_store *store, struct engine *engine,
                            const struct subject *record, const avow_happened *happened,
                            avow_store_error *error);

#endif
