/* How far a run has come: shown to people, and kept in a small file for going on after a stop. */
#ifndef AVOW_AGENT_PROGRESS_H
#define AVOW_AGENT_PROGRESS_H

#include "runtime/avow_store.h"

#include <stdbool.h>
#include <stdio.h>

enum { PROGRESS_QUESTION = 65 };

/* Where a run is between two rows. Everything in bytes, or counts. */
struct progress {
    char question[PROGRESS_QUESTION]; /* fingerprint of what is asked, and of which file */
    uint64_t input, line;             /* where the next row begins */
    uint64_t out, refused;            /* lengths of what was written */
    uint64_t rows, refusals;
};

/* Reads FILE; AVOW_STORE_NOT_FOUND if there is none, AVOW_STORE_INPUT if it is of another run. */
avow_store_code progress_read(struct progress *progress, const char *file, avow_store_error *error);

/* Puts FILE in its place whole; on return it is on disk. */
avow_store_code progress_write(const struct progress *progress, const char *file,
                               avow_store_error *error);

/* Tells people now and then. */
struct meter {
    bool on, terminal, shown;
    int64_t next; /* when it is due, by the monotonic clock, milliseconds */
};

/* On if standard error is a terminal, or if it was asked for. */
struct meter meter_begin(bool asked);
/* Shows `now` if it is time. `size` is the input's in bytes, 0: not known. */
void meter_show(struct meter *meter, const struct progress *now, uint64_t size);
/* Wipes the line. */
void meter_end(struct meter *meter);

int64_t monotonic_ms(void);

#endif
