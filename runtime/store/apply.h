/* What an entry says, done again: for replay, from what its body says alone. */
#ifndef AVOW_STORE_APPLY_H
#define AVOW_STORE_APPLY_H

#include "runtime/store/body.h"
#include "runtime/store/engine.h"

/* Does to the rows what the store did when it recorded the entry: moves, duties, links, names,
 * records held, settlement, erasures. Within a transaction that writes, in which the entry has been
 * appended. An entry whose body was erased does nothing: a later one says what is kept. */
avow_store_code apply_entry(struct engine *engine, const struct entry *entry,
                            avow_store_error *error);

/* The same with the body read. */
avow_store_code apply_body(struct engine *engine, const struct entry *entry,
                           const struct body *body, avow_store_error *error);

#endif
