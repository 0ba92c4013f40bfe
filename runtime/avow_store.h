/* avow_store.h - remember durably who has asked for what, and ask before you act.
 *
 * A store keeps what the table of a policy cannot know: which person has refused or agreed, which
 * request still waits to be done, which record is private. Its one promise: an acknowledged "no" is
 * never lost and never overruled. A call that records returns AVOW_STORE_OK only when the event is
 * on disk; a question about somebody of whom the store cannot be sure is answered with unknown
 * states, and so refused, with a reason of its own.
 *
 * Engines: "sqlite:PATH" (embedded) and "postgresql://..." (see libpq's connection URIs).
 *
 * Addresses are never kept. A person is a keyed hash of the address, made with keys that lie in a
 * folder of their own; without them the store knows nobody and refuses everything.
 *
 * Threads: one avow_store may be used by any number of threads at once; records that arrive
 * together share one commit. avow_store_close must be the last call. A store must not be used in a
 * child after fork: every call there fails with AVOW_STORE_USAGE. Open it again instead.
 *
 * Texts are UTF-8. Times are microseconds since 1970-01-01T00:00:00Z. Pointers that are passed in
 * are borrowed for the call. */
#ifndef AVOW_STORE_H
#define AVOW_STORE_H

#include "avow.h"

#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct avow_store avow_store;

/* What went wrong, by what the caller can do about it. */
typedef enum avow_store_code {
    AVOW_STORE_OK = 0,
    AVOW_STORE_USAGE,     /* the call is wrong: mend the program */
    AVOW_STORE_INPUT,     /* an address, a name or a time cannot be understood */
    AVOW_STORE_POLICY,    /* the policy does not fit: no such name, no init, a state not mapped */
    AVOW_STORE_KEYS,      /* keys are missing, changed or readable by others */
    AVOW_STORE_BUSY,      /* somebody else holds the database too long: try again */
    AVOW_STORE_IO,        /* disk or network */
    AVOW_STORE_CORRUPT,   /* what is stored contradicts itself */
    AVOW_STORE_SCHEMA,    /* made by a newer avow, or not made yet */
    AVOW_STORE_LOSS,      /* older than its anchor: entries are missing */
    AVOW_STORE_MEMORY,    /* out of memory */
    AVOW_STORE_REFUSED,   /* understood, and not permitted: it would overrule a no */
    AVOW_STORE_NOT_FOUND, /* no such receipt, duty or record */
    AVOW_STORE_UNCERTAIN  /* it may have been recorded, or not, and cannot be read back now:
                             record it again */
} avow_store_code;

/* An error: where, why, and how to mend it, in one to three sentences without personal data. Filled
 * by a call that fails, left alone by others. Every error parameter may be NULL. */
typedef struct avow_store_error {
    avow_store_code code;
    char text[512];
} avow_store_error;

/* Who somebody is. The numbers go into hashes: they never change. */
typedef enum avow_identity_kind {
    AVOW_IDENTITY_NONE = 0,
    AVOW_IDENTITY_EMAIL,  /* "joe@example.com" */
    AVOW_IDENTITY_PHONE,  /* E.164: "+4930123456" */
    AVOW_IDENTITY_ID,     /* a person by the caller's own number: any 1 to 255 bytes */
    AVOW_IDENTITY_RECORD, /* a record of data: "namespace:id" */
    AVOW_IDENTITY_KINDS
} avow_identity_kind;

typedef struct avow_identity_text {
    avow_identity_kind kind;
    const char *text;
    size_t length; /* bytes */
} avow_identity_text;

/* Opening ------------------------------------------------------------------------------------ */

typedef struct avow_store_options {
    const char *url;
    const char *keys; /* folder of the keys, or NULL: PATH.keys beside an SQLite database; for
                         PostgreSQL it must be given */
    const avow_table *table; /* the policy in force, borrowed until close; NULL: only calls that
                                need no policy */
    int wait_ms;             /* how long to wait for a locked database, or for one of the 16
                                connections that a store has at most; 0: 5,000 */
    /* The clock, for those who must not use the system's; NULL: the system's. Microseconds. */
    int64_t (*now)(void *context);
    void *now_context;
} avow_store_options;

/* Makes an empty store (or migrates an older one) and its keys, if they are not there. In
 * PostgreSQL this needs the owner's role; everything else runs with the runtime role. What was
 * refused before the store existed is still unknown, and so is everything about everybody, until
 * avow_store_settle. */
AVOW_API avow_store_code avow_store_create(const avow_store_options *options,
                                           avow_store_error *error);

/* Opens a store, or gives NULL and why. A store that cannot be trusted (older than its anchor,
 * keys missing, a state that the policy does not know) opens all the same: it records, and answers
 * unknown; avow_store_trust says why. */
AVOW_API avow_store *avow_store_open(const avow_store_options *options, avow_store_error *error);
AVOW_API void avow_store_close(avow_store *store);

/* Whether states are known at all: AVOW_STORE_OK, or why everything is answered unknown. */
AVOW_API avow_store_code avow_store_trust(avow_store *store, avow_store_error *error);

/* Says, on record, that every refusal of the past has been imported or that there is none: from now
 * on somebody of whom nothing is recorded has refused and agreed to nothing. `kinds` are the kinds
 * of identities this holds for, as bits (1u << AVOW_IDENTITY_EMAIL ...); who is known by another
 * kind only stays unknown. */
AVOW_API avow_store_code avow_store_settle(avow_store *store, unsigned kinds, const char *evidence,
                                           avow_store_error *error);

/* Says, on record, what became of a state that the policy in force does not know: it is now called
 * `now` (a state of the policy), or NULL: it means nothing any more. */
AVOW_API avow_store_code avow_store_map_state(avow_store *store, const char *before,
                                              const char *now, const char *evidence,
                                              avow_store_error *error);

/* Accepts, on record, that entries between the store and its anchor are lost. */
AVOW_API avow_store_code avow_store_accept_loss(avow_store *store, const char *evidence,
                                                avow_store_error *error);

/* Adds an identity key (an epoch). Ten seconds later, when every process has noticed, new rows are
 * made with it; old keys stay, since what was recorded with them can be found by no other. */
AVOW_API avow_store_code avow_store_add_key(avow_store *store, avow_store_error *error);

/* Recording ---------------------------------------------------------------------------------- */

/* Who says so. Only the person, with evidence, can undo a refusal. Staff and imports can add
 * refusals, and consent only where nothing was ever recorded. */
typedef enum avow_source { AVOW_BY_PERSON = 0, AVOW_BY_STAFF, AVOW_BY_IMPORT } avow_source;

typedef struct avow_event {
    const char *what;           /* name of a request or event of the policy */
    avow_identity_text subject; /* the person; kind NONE if only a record is meant */
    avow_identity_text record;  /* the record of data, or kind NONE */
    int64_t received;           /* when it was received or happened; 0: now. Not in the future */
    avow_source source;
    const char *evidence;  /* what shows it: needed by the person's consent; NULL: none */
    const char *reference; /* the caller's own, such as a ticket's number; NULL: none. Kept as it
                              is, so without personal data */
    bool done;             /* the request is carried out already */
} avow_event;

enum { AVOW_RECEIPT_MAX = 64 }; /* bytes of a receipt's name, with its NUL */

typedef struct avow_recorded {
    char receipt[AVOW_RECEIPT_MAX]; /* names the receipt */
    bool recorded; /* false: nothing was, since an import met an earlier word of the person */
    avow_due due;  /* when a request must be done; kind AVOW_DUE_NOTHING for an event */
} avow_recorded;

/* Records that a request was received or an event happened, and returns when it is on disk. From
 * then on every question is answered by it, in every process. What a request switches is unknown
 * from its receipt until it is done. Order is that of receipt: between two at one instant the state
 * is unknown.
 * Consent by the person without evidence: AVOW_STORE_REFUSED. When it cannot be told whether the
 * event reached the disk, the store is opened anew and read, and the event tried again. What is
 * reported as failed is not there and will not come back; AVOW_STORE_UNCERTAIN says that even this
 * could not be made sure of. */
AVOW_API avow_store_code avow_store_record(avow_store *store, const avow_event *event,
                                           avow_recorded *out, avow_store_error *error);

/* Records that the request behind a receipt has been carried out (with all equal requests of this
 * subject before it). Twice is once. */
AVOW_API avow_store_code avow_store_done(avow_store *store, const char *receipt,
                                         avow_store_error *error);

/* Says that two identities are one human being: what either has refused or agreed to holds for
 * both. It can only be undone by forgetting one of them. */
AVOW_API avow_store_code avow_store_link(avow_store *store, avow_identity_text one,
                                         avow_identity_text other, const char *evidence,
                                         avow_store_error *error);

/* Erases what is known of somebody: evidence, references, consent, links. What was refused stays
 * refused; of that only hashes remain. */
AVOW_API avow_store_code avow_store_forget(avow_store *store, avow_identity_text who,
                                           const char *evidence, avow_store_error *error);

/* Asking ------------------------------------------------------------------------------------- */

typedef enum avow_store_reason {
    AVOW_STORE_KNOWN = 0,  /* the states were read */
    AVOW_STORE_PENDING,    /* a request that switches a state waits to be done */
    AVOW_STORE_SPELLING,   /* known under another spelling of the address only */
    AVOW_STORE_NO_SUBJECT, /* nobody was named, or in no way that the channel uses */
    AVOW_STORE_UNSETTLED,  /* nothing is recorded, and the past is not settled */
    AVOW_STORE_UNTRUSTED,  /* see avow_store_trust */
    AVOW_STORE_FAILED      /* the store could not be read: see the error */
} avow_store_reason;

typedef struct avow_store_question {
    avow_point point;           /* numbers of the store's table: avow_find_point, or the header's */
    avow_identity_text subject; /* the human being concerned, by the address that would be used:
                                   an e-mail address for AVOW_EMAIL. With an AVOW_IDENTITY_ID the
                                   addresses of this channel that are linked to it count */
    avow_identity_text record;  /* of the data concerned, or kind NONE */
    avow_states states;         /* facts, and states that the store does not keep */
} avow_store_question;

typedef struct avow_store_answer {
    avow_answer answer;       /* as avow_ask gives it; look at the verdict, or call avow_allowed */
    avow_states states;       /* that it was given for: for avow_next_clause */
    avow_store_reason reason; /* why states are unknown, if some that matter are; else KNOWN */
} avow_store_answer;

/* Asks. The answer is good for the transaction that asked; a refusal that was acknowledged before
 * is always seen. Never fails: on any error states are unknown, the reason is AVOW_STORE_FAILED and
 * error says why. */
AVOW_API AVOW_NODISCARD avow_store_answer avow_store_ask(avow_store *store,
                                                         const avow_store_question *question,
                                                         avow_store_error *error);

/* The states of somebody, of a record, or of both merged, as avow_store_ask sees them. */
AVOW_API avow_store_code avow_store_states(avow_store *store, avow_identity_text subject,
                                           avow_identity_text record, avow_states *out,
                                           avow_store_reason *reason, avow_store_error *error);

/* Duties and retention ------------------------------------------------------------------------ */

/* A request that waits to be done. Texts live until the visit returns. */
typedef struct avow_duty {
    const char *receipt;   /* for avow_store_done */
    const char *request;   /* its name */
    const char *reference; /* the caller's own, or "" */
    int64_t received;      /* microseconds */
    avow_due due;          /* as it was promised; a later policy or calendar may only shorten it */
} avow_duty;

/* Called for each; anything but AVOW_STORE_OK ends the walk and is its result. */
typedef avow_store_code avow_duty_visit(void *context, const avow_duty *duty);

/* Requests that are due by an instant (Unix seconds; INT64_MAX: all that wait, those without an
 * instant last), in order of it. Takes memory for each. */
AVOW_API avow_store_code avow_store_duties(avow_store *store, int64_t until, avow_duty_visit *visit,
                                           void *context, avow_store_error *error);

/* Something that happened to data: a name of an event or request, or NULL for its collection. */
typedef struct avow_happened {
    const char *what;
    int64_t at; /* Unix seconds */
} avow_happened;

/* Says that a service holds a record of data (its name in the policy), so that avow_store_expired
 * can say when it must be gone. Again: adds what has happened meanwhile. An event that is recorded
 * for the record counts by itself. */
AVOW_API avow_store_code avow_store_held(avow_store *store, const char *data,
                                         avow_identity_text record, const avow_happened *happened,
                                         size_t count, avow_store_error *error);

/* Says that the record is gone. */
AVOW_API avow_store_code avow_store_gone(avow_store *store, const char *data,
                                         avow_identity_text record, avow_store_error *error);

/* A record that must be gone. Texts live until the visit returns. */
typedef struct avow_expired {
    const char *data;   /* its name in the policy */
    const char *record; /* as the service named it */
    /* With the clause. Of kind AVOW_DUE_UNKNOWN, with the reason, where the clock began before the
     * years that the table knows, so that nobody can say when it had to be gone. */
    avow_due due;
} avow_expired;

typedef avow_store_code avow_expired_visit(void *context, const avow_expired *expired);

/* Records that had to be gone by an instant (Unix seconds), part by part, and those that are so old
 * that their instant cannot be computed. Reads all that are held. */
AVOW_API avow_store_code avow_store_expired(avow_store *store, int64_t by,
                                            avow_expired_visit *visit, void *context,
                                            avow_store_error *error);

/* Receipts and the ledger -------------------------------------------------------------------- */

/* The receipt with this name as a signed JSON document after ISO/IEC TS 27560, for the person to
 * keep: it quotes the sentence that was in force and the hash of the policy. *document is the
 * caller's, NUL-terminated, to be freed with avow_store_free. NOT_FOUND if there is no such
 * receipt, or what it said has been erased. */
AVOW_API avow_store_code avow_store_receipt(avow_store *store, const char *receipt, char **document,
                                            avow_store_error *error);

/* Checks such a document, without a store, by the public key of who is said to have issued it;
 * NULL: by the key that it names itself, which shows only that it is whole. AVOW_STORE_CORRUPT if
 * anything in it does not match. Gives the receipt's name. */
AVOW_API avow_store_code avow_receipt_verify(const char *document, size_t length,
                                             const uint8_t public_key[32],
                                             char receipt[AVOW_RECEIPT_MAX],
                                             avow_store_error *error);

/* Frees what avow_store_receipt gave. */
AVOW_API void avow_store_free(void *memory);

typedef struct avow_verified {
    uint64_t entries; /* of the ledger */
    uint64_t erased;  /* of which the content was erased, as other entries say */
    uint64_t problems;
    char first[384]; /* what the first problem is, and what it means */
} avow_verified;

/* Whether the ledger is what was recorded: every chain, every payload, the anchor, and the states
 * against all that the entries say. OK also when there are problems: look at the result.
 * `progress` (or NULL) is called now and then; true stops, with AVOW_STORE_BUSY. */
AVOW_API avow_store_code
avow_store_verify(avow_store *store, bool (*progress)(void *context, uint64_t done, uint64_t all),
                  void *context, avow_verified *out, avow_store_error *error);

/* Writes the ledger to a file that is open for writing, as JSON lines with a signature at the end.
 * Kept elsewhere, it brings back what a lost or older store does not have. */
AVOW_API avow_store_code avow_store_export(avow_store *store, FILE *out, avow_store_error *error);

/* Adds from an export what the store does not have; what it has must be the same, else
 * AVOW_STORE_LOSS. May be done twice. `added` (or NULL) is the number of entries. */
AVOW_API avow_store_code avow_store_import(avow_store *store, FILE *in, uint64_t *added,
                                           avow_store_error *error);

#ifdef __cplusplus
}
#endif

#endif
