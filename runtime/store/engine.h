/* What the store asks of a database: one connection, short transactions, rows by subject.
 *
 * Everything about a subject has its part (the first byte of its key modulo the number of parts),
 * and each part has one chain of the ledger; a sharded database keeps a part in one place. Every
 * statement names the part, and the subject where there is one.
 *
 * Writes go: begin; head of each part, in rising order; states of subjects that must be read; then
 * appends and moves in any number; commit. An engine may hold writes back until commit. Where two
 * writers extend one chain, the second gets ENGINE_CONFLICT from any of its calls and begins anew.
 *
 * All functions give AVOW_STORE_OK or fill the error; after a failure the transaction is over
 * (rolled back, or, at commit, unknown) and only `rollback` (which may be called at any time),
 * `begin` or `close` may follow. Nothing is retried inside an engine. */
#ifndef AVOW_STORE_ENGINE_H
#define AVOW_STORE_ENGINE_H

#include "runtime/avow_store.h"

enum { ENGINE_CONFLICT = 100, ENGINE_UNMET, ENGINE_SCHEMA = 1, ENGINE_PARTS = 16 };
/* One that writes, the others to read. */
enum { CONNECTIONS_MOST = 16 };
enum { KEY_BYTES = 16, EXACT_BYTES = 8, HASH_BYTES = 32, SALT_BYTES = 16 };

/* A subject: a person by one identity, or a record of data. */
struct subject {
    uint8_t kind; /* avow_identity_kind */
    /* Keyed BLAKE2b-128 of the kind and the wide form, under an epoch's key: finds a refusal. */
    uint8_t key[KEY_BYTES];
    /* First bytes of the keyed BLAKE2b-128 of the kind and the exact form: a consent needs the
     * same. All zero if the exact form is the wide form: the usual spelling. */
    uint8_t exact[EXACT_BYTES];
};

static inline uint32_t
part_of(const uint8_t key[KEY_BYTES])
{
    return key[0] % ENGINE_PARTS;
}

/* A name that is stored: a state, or what a duty is about. */
struct term {
    uint32_t id;
    char policy[65], name[65];
    bool mapped; /* is now called `now`; an empty one: it means nothing any more */
    char now[65];
};

/* A row of this term says that its subject has links. */
enum { TERM_LINKED = 0 };

enum value { VALUE_OFF, VALUE_ON, VALUE_UNKNOWN };

/* One state of one spelling of a subject. */
struct state_row {
    uint8_t exact[EXACT_BYTES];
    uint32_t term;
    uint8_t value;    /* enum value: of the last receipt */
    uint32_t pending; /* requests that switch it and are not done */
    int64_t received; /* of the last receipt, microseconds */
};

/* What an event does to a state. The row afterwards: value and received of the later receipt (equal
 * ones with different values: VALUE_UNKNOWN), pending more. By the clock: the event is later than
 * what is there, whatever the clock shows: received is at least one more than the row's. */
struct move {
    struct subject subject;
    uint32_t term;
    uint8_t value;
    uint32_t pending;
    int64_t received;
    bool by_clock;
};

struct head {
    uint64_t sequence; /* of the last entry; 0: none */
    uint8_t hash[HASH_BYTES];
};

/* An entry of the ledger. The hash covers the chain: see ledger.h. */
struct entry {
    uint32_t part;
    uint64_t sequence; /* from 1 */
    int64_t recorded;
    uint8_t commitment[HASH_BYTES]; /* salted hash of the body */
    uint8_t hash[HASH_BYTES];
    const uint8_t *salt; /* SALT_BYTES; NULL: erased */
    const char *body;    /* JSON; NULL: erased */
    size_t length;
};

/* A request that waits to be done. */
struct duty_row {
    struct subject subject;
    uint64_t sequence; /* of the entry of its receipt, in the subject's part */
    uint32_t request;  /* term */
    int64_t received;
    int64_t due;      /* Unix seconds; INT64_MAX: no instant is known (see due_kind) */
    uint8_t due_kind; /* avow_due_kind */
    char reference[65];
};

/* A record of data that a service holds, for retention. */
struct held_row {
    struct subject subject; /* kind RECORD */
    uint32_t data;          /* term */
    const char *record;     /* as the service calls it */
    const char *moments;    /* JSON: [["event", seconds], ...] */
    int64_t due;            /* Unix seconds; INT64_MAX: not yet */
};

/* Two identities of one human being; stored at both. */
struct link_row {
    struct subject subject, other;
};

/* Called for each row; anything but AVOW_STORE_OK ends the walk and is its result. */
typedef avow_store_code state_visit(void *context, const uint8_t key[KEY_BYTES],
                                    const struct state_row *row);
typedef avow_store_code entry_visit(void *context, const struct entry *entry);
typedef avow_store_code duty_visit(void *context, const struct duty_row *row);
typedef avow_store_code held_visit(void *context, const struct held_row *row);
typedef avow_store_code link_visit(void *context, const struct link_row *row);
typedef avow_store_code term_visit(void *context, const struct term *term);
typedef avow_store_code meta_visit(void *context, const char *name, const char *value);

struct engine; /* one connection */

struct engine_ops {
    const char *scheme; /* "sqlite", "postgresql" */
    /* Whether, once a connection was closed whose commit failed, the next one sees for good if that
     * commit is there. A server may still be at it. */
    bool reading_settles;

    /* Makes or migrates the schema (the owner's role), in one transaction. */
    avow_store_code (*create)(const avow_store_options *, avow_store_error *);
    /* Connects, and makes sure that what it finds is durable: see enforcement. */
    struct engine *(*open)(const avow_store_options *, avow_store_error *);
    void (*close)(struct engine *);
    /* Whether an idle connection is not known to be lost. */
    bool (*is_there)(struct engine *);

    avow_store_code (*begin)(struct engine *, bool write, avow_store_error *);
    avow_store_code (*commit)(struct engine *, avow_store_error *);
    void (*rollback)(struct engine *);

    /* Outside of a transaction these are one of their own. */
    avow_store_code (*head)(struct engine *, uint32_t part, struct head *, avow_store_error *);
    avow_store_code (*states)(struct engine *, const uint8_t key[KEY_BYTES], state_visit *, void *,
                              avow_store_error *);
    avow_store_code (*links)(struct engine *, const uint8_t key[KEY_BYTES], link_visit *, void *,
                             avow_store_error *);
    /* Entries of a part from a sequence on, in order; at most `count`. */
    avow_store_code (*entries)(struct engine *, uint32_t part, uint64_t from, uint64_t count,
                               entry_visit *, void *, avow_store_error *);
    /* Open duties: of a subject (key), or of a part due at or before an instant, in order of due.
     */
    avow_store_code (*duties_of)(struct engine *, const uint8_t key[KEY_BYTES], duty_visit *,
                                 void *, avow_store_error *);
    avow_store_code (*duties_due)(struct engine *, uint32_t part, int64_t until, duty_visit *,
                                  void *, avow_store_error *);
    avow_store_code (*held_of)(struct engine *, const uint8_t key[KEY_BYTES], held_visit *, void *,
                               avow_store_error *);
    avow_store_code (*held_due)(struct engine *, uint32_t part, int64_t until, held_visit *, void *,
                                avow_store_error *);
    /* All states of a part, ordered by key: for a snapshot, within one read transaction. */
    avow_store_code (*all_states)(struct engine *, uint32_t part, state_visit *, void *,
                                  avow_store_error *);
    avow_store_code (*all_links)(struct engine *, uint32_t part, link_visit *, void *,
                                 avow_store_error *);
    avow_store_code (*terms)(struct engine *, term_visit *, void *, avow_store_error *);
    avow_store_code (*meta)(struct engine *, meta_visit *, void *, avow_store_error *);
    /* The published sentence with this hash (16 bytes); NOT_FOUND. */
    avow_store_code (*words)(struct engine *, const uint8_t hash[16],
                             void (*visit)(void *, const char *, size_t), void *,
                             avow_store_error *);

    /* Within a transaction that writes. */
    avow_store_code (*append)(struct engine *, const struct entry *, avow_store_error *);
    avow_store_code (*move)(struct engine *, const struct move *, avow_store_error *);
    /* Only if the row still has this value and receipt. */
    avow_store_code (*drop_state)(struct engine *, const uint8_t key[KEY_BYTES],
                                  const struct state_row *, avow_store_error *);
    avow_store_code (*settle_pending)(struct engine *, const uint8_t key[KEY_BYTES],
                                      const struct state_row *, uint32_t less, avow_store_error *);
    /* What the transaction relies on, instead of reading it: if it is not so, this or a later call
     * up to the commit gives ENGINE_UNMET and nothing of it happens. No request of this term waits
     * at the subject; it has no links, and no row with a receipt at or after an instant. They see
     * what was there before the transaction's own moves. */
    avow_store_code (*expect_done)(struct engine *, const uint8_t key[KEY_BYTES], uint32_t request,
                                   avow_store_error *);
    avow_store_code (*expect_older)(struct engine *, const uint8_t key[KEY_BYTES], int64_t received,
                                    avow_store_error *);
    avow_store_code (*add_duty)(struct engine *, const struct duty_row *, avow_store_error *);
    avow_store_code (*end_duty)(struct engine *, const struct duty_row *, avow_store_error *);
    avow_store_code (*put_held)(struct engine *, const struct held_row *, avow_store_error *);
    avow_store_code (*drop_held)(struct engine *, const struct held_row *, avow_store_error *);
    avow_store_code (*add_link)(struct engine *, const struct link_row *, avow_store_error *);
    avow_store_code (*drop_link)(struct engine *, const struct link_row *, avow_store_error *);
    avow_store_code (*erase_payload)(struct engine *, uint32_t part, uint64_t sequence,
                                     avow_store_error *);
    /* Adds a term and gives its id, or the id it has; changes what it maps to. */
    avow_store_code (*add_term)(struct engine *, struct term *, avow_store_error *);
    avow_store_code (*map_term)(struct engine *, const struct term *, avow_store_error *);
    avow_store_code (*put_meta)(struct engine *, const char *name, const char *value,
                                avow_store_error *);
    avow_store_code (*put_words)(struct engine *, const uint8_t hash[16], const char *words,
                                 size_t length, avow_store_error *);

    /* For avowd doctor: one line a finding; `bad` if it must be mended. */
    avow_store_code (*examine)(struct engine *, void (*finding)(void *, bool bad, const char *text),
                               void *, avow_store_error *);
};

/* The connection and what it is; engines put it first in a structure of their own. */
struct engine {
    const struct engine_ops *ops;
};

extern const struct engine_ops sqlite_engine, postgres_engine;

#endif
