/* The one way in which the store says what went wrong. */
#ifndef AVOW_STORE_FAULT_H
#define AVOW_STORE_FAULT_H

/* What kind of trouble an error is. Whatever it is, nothing was permitted. */
enum avow_store_code {
    AVOW_STORE_OK,
    AVOW_STORE_USAGE,     /* the caller's mistake */
    AVOW_STORE_INPUT,     /* an address, a name or a file that cannot be understood */
    AVOW_STORE_POLICY,    /* the policy and the store do not fit */
    AVOW_STORE_KEYS,      /* keys are missing, wrong, or others could read them */
    AVOW_STORE_LOCKED,    /* somebody else is at work: try again */
    AVOW_STORE_IO,        /* a file could not be read or written */
    AVOW_STORE_CORRUPT,   /* what is stored contradicts itself */
    AVOW_STORE_SCHEMA,    /* the store was written by a newer avow */
    AVOW_STORE_LOSS,      /* the store is older than its anchor: something was lost */
    AVOW_STORE_UNSETTLED, /* nobody has said yet whether past refusals are in */
    AVOW_STORE_MEMORY,
    AVOW_STORE_REFUSED, /* the rules do not permit it: an import or a grant without evidence */
    AVOW_STORE_DATABASE /* the engine failed in a way of its own */
};

/* An error in words: where, why and how to mend it, in one to three sentences of valid UTF-8 that
 * end with a NUL and are never cut inside a character. No text names a person's address. */
typedef struct avow_store_error {
    int code; /* enum avow_store_code */
    char text[512];
} avow_store_error;

/* Says what went wrong, printf-like, and gives code back. error may be NULL. Bytes of the arguments
 * that are not valid UTF-8, and control characters, become '?'; a text too long ends with "...". */
int fault(struct avow_store_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The fault of memory that could not be had. */
int fault_memory(struct avow_store_error *error);

#endif
