/* Records that are held: how what happened to them is stored. */
#ifndef AVOW_STORE_HELD_H
#define AVOW_STORE_HELD_H

#include "runtime/store/store.h"

/* Something happened to a record: adds it to all data of the record that are held, within a write's
 * transaction. */
avow_store_code held_happen(const avow_store *store, struct engine *engine,
                            const struct subject *record, const avow_happened *happened,
                            avow_store_error *error);

#endif
