/* What the body of an entry says: written when something is recorded, read again by verification,
 * replay and receipts. The one place that knows the names of its members and their order. */
#ifndef AVOW_STORE_BODY_H
#define AVOW_STORE_BODY_H

#include "runtime/store/emit.h"
#include "runtime/store/engine.h"

enum { WORDS_BYTES = 16 };

/* What stands before the name of a request where states have names, too. */
#define BODY_REQUEST_MARK "!"

enum body_kind {
    BODY_CREATE, /* the store was made */
    BODY_EVENT,  /* a request was received, or an event happened */
    BODY_DONE,   /* a request was carried out */
    BODY_LINK,   /* subject and other are one; an entry in the part of each, about itself */
    BODY_UNLINK, /* no longer: the other was forgotten; what it refused is `kept` here, not pending
                  */
    BODY_FORGET, /* of the subject's states only `kept` remains, of its links nothing; payloads of
                    `erased` are gone */
    BODY_SETTLE, /* the past is settled for `kinds` */
    BODY_MAP,    /* the state `what` is now called `now`; no `now`: it means nothing any more */
    BODY_LOSS,   /* entries between `heads` and the anchor were given up */
    BODY_ERASE,  /* payloads of `erased` are gone: the ledger's own retention */
    BODY_HELD,   /* a service holds the record `subject` of data `what` */
    BODY_GONE,   /* no longer */
    BODY_KINDS
};

/* A state that the event switches: of the body's policy, by name. */
struct body_effect {
    const char *state;
    uint8_t value; /* enum value */
};

/* A row of the subject that stays when the rest is forgotten. */
struct body_kept {
    const char *policy, *state;
    uint8_t exact[EXACT_BYTES];
    uint8_t value;
    uint32_t pending;
    int64_t received;
};

/* Texts may be NULL, counts 0: then there is no such member.
 *
 * What the store does for an EVENT: each effect is a move of the subject, with pending 1 if it
 * `is_request` that is not `done`; then a duty is added. One that is done already ends all equal
 * requests (policy, what and subject's key) that wait; a DONE ends the one of the receipt `of` and
 * equal ones before it. To end a request is to take it out of the duties, and 1 from the pending of
 * each state that it moved: as its own body names them, whatever the policy says by now. A request
 * that waits keeps its payload for that, even when its subject is forgotten. */
struct body {
    enum body_kind kind;
    const char *policy; /* its id */
    bool has_content;
    uint8_t content[HASH_BYTES];
    const char *what;                          /* name of the request, event, data or state */
    struct subject subject;                    /* kind NONE: nobody */
    int64_t received;                          /* microseconds */
    bool by_clock;                             /* see struct move */
    uint8_t source;                            /* avow_source; of EVENT only */
    const char *evidence, *reference, *clause; /* the clause by its name */
    bool has_words;
    uint8_t words[WORDS_BYTES]; /* hash of the sentence that was shown */
    const char *language;
    struct body_effect *effects;
    size_t effect_count;
    bool done;
    bool is_request; /* or data held: the next members are meant */
    uint8_t due_kind;
    int64_t due; /* Unix seconds */
    const char *due_clause, *tzdata;
    const char *of; /* name of a receipt */
    struct subject other;
    uint64_t *erased;
    size_t erased_count;
    struct body_kept *kept;
    size_t kept_count;
    unsigned kinds;
    const char *now;
    const char *record, *moments; /* see struct held_row; moments is a JSON list */
    const struct head *heads;     /* ENGINE_PARTS, or NULL; written, not read */
    void *memory;                 /* of body_read */
};

/* Writes a body into *out, which keeps it. INPUT if a text is not UTF-8. */
avow_store_code body_write(struct emit *out, const struct body *body, avow_store_error *error);

/* Reads one; whatever it has not is zero. What it points to lives until body_free, which may be
 * called whatever happened. CORRUPT if it is none. */
avow_store_code body_read(const char *text, size_t length, struct body *body,
                          avow_store_error *error);
void body_free(struct body *body);

/* The name of a kind of body, of an identity or source, as it is written. */
const char *body_kind_name(enum body_kind kind);
const char *body_identity_name(uint8_t kind);
const char *body_source_name(uint8_t source);

#endif
