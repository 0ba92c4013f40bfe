/* What the programs of this folder share. They use the store as a service would, on real files. */
#ifndef TESTS_STORE_KIT_H
#define TESTS_STORE_KIT_H

#include "runtime/avow_store.h"

/* Says what is wrong and ends the program with 1. */
_Noreturn void kit_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Like assert, in every build. */
#define KIT_MUST(condition)                                                                        \
    do {                                                                                           \
        if (!(condition))                                                                          \
            kit_fail("%s:%d: not so: %s", __FILE__, __LINE__, #condition);                         \
    } while (0)

/* The table of a bundle; it stays until the end. */
const avow_table *kit_table(const char *path);

/* "email:joe@x.example", "tel:+49...", "id:7", "record:issue:1"; "-" is nobody. */
avow_identity_text kit_identity(const char *text);

/* A point by four words, such as "us email customer advertising.news". */
avow_point kit_point(const avow_table *table, const char *words);

const char *kit_code(avow_store_code code);
const char *kit_verdict(unsigned verdict);
const char *kit_reason(avow_store_reason reason);

/* What is in an SQLite store, read without the store's own code. */
struct kit_ledger {
    unsigned entries, erased, terms, states;
};

/* Looks whether the file is sound (integrity_check), and whether each part's chain has no gap, each
 * entry the hash that it must have, and each payload the commitment. Gives false and what is wrong
 * in `wrong`. */
bool kit_inspect(const char *path, struct kit_ledger *out, char wrong[200]);

/* Copies the plain files and folders of one folder into another, which is emptied first. */
void kit_copy(const char *from, const char *to);

/* Nanoseconds of the clock that is one for all processes. */
int64_t kit_monotonic(void);

/* xorshift: the same numbers on every machine. */
uint64_t kit_random(uint64_t *state);

#endif
