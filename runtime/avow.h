/* avow.h - ask a compiled privacy policy before you act.
 *
 * The core: freestanding C11 (and C++17), no allocation, no I/O, no global state, const in, value
 * out. A table is made by `avow build`: linked in as C (ID_policy.c), or loaded as a bundle
 * (ID.avow) and verified once with avow_open. Every function may be called from any thread.
 *
 * Nothing here fails open: whatever goes wrong, the answer is a refusal with its own reason. */
#ifndef AVOW_H
#define AVOW_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the table format. Generated code refuses to compile against another. */
#define AVOW_ABI 1

#if defined(__GNUC__) || defined(__clang__)
#define AVOW_NODISCARD __attribute__((warn_unused_result))
#else
#define AVOW_NODISCARD
#endif

#ifndef AVOW_API
#if defined(AVOW_BUILDING) && (defined(__GNUC__) || defined(__clang__))
#define AVOW_API __attribute__((visibility("default")))
#else
#define AVOW_API
#endif
#endif

/* A compiled policy: an aligned, read-only image of 32-bit words and texts (runtime/core/table.h).
 * Opaque; the pointer is borrowed for as long as the image stays where it is. */
typedef struct avow_table avow_table;

/* Number of a name of the policy (a leaf of its vocabulary), or AVOW_NONE. Numbers mean something
 * only for the table, or a table of the same vocabulary hash, that they came from. */
typedef uint32_t avow_id;
#define AVOW_NONE UINT32_MAX

/* Bytes of a table: NUL-terminated UTF-8, length without the NUL. data is NULL if there is none. */
typedef struct avow_text {
    const char *data;
    size_t length;
} avow_text;

/* Kinds of vocabulary, in the order of their numbers. */
typedef enum avow_kind {
    AVOW_DATA,
    AVOW_PURPOSE,
    AVOW_AUDIENCE,
    AVOW_PERSON,
    AVOW_PLACE,
    AVOW_SYSTEM, /* the first is the policy's own "us" */
    AVOW_REQUEST,
    AVOW_EVENT,
    AVOW_STATE,
    AVOW_FACT,
    AVOW_CONTACT,
    AVOW_VALUE,
    AVOW_KINDS
} avow_kind;

/* Acts that can be asked about. */
typedef enum avow_verb {
    AVOW_COLLECT, /* data from a person, place or audience */
    AVOW_STORE,   /* data in a place or system */
    AVOW_USE,     /* data for a purpose */
    AVOW_SHOW,    /* data to an audience, or to the very person it is of */
    AVOW_SHARE,   /* data with an audience, or with the very person it is of */
    AVOW_EMAIL,   /* a person about a purpose; so the next three */
    AVOW_MESSAGE, /* "text" in the language */
    AVOW_CALL,
    AVOW_POST,
    AVOW_VERBS
} avow_verb;

/* What holds. A state whose bit is not set in `known` is unknown, whatever `yes` says of it; zero
 * bits everywhere mean that nothing is known. Bits come from the generated header or avow_bit. */
typedef struct avow_states {
    uint64_t yes;
    uint64_t known;
} avow_states;

/* Who does what with what, to, for, in or about whom. */
typedef struct avow_point {
    avow_id actor; /* a system */
    uint32_t verb; /* avow_verb */
    avow_id object;
    avow_id target;
} avow_point;

typedef struct avow_question {
    avow_point point;
    avow_states states;
} avow_question;

/* Only AVOW_ALLOWED is a yes. */
typedef enum avow_verdict {
    AVOW_REFUSED = 0,   /* the question could not be decided: see reason */
    AVOW_UNSTATED = 1,  /* refused, because nothing permits it */
    AVOW_FORBIDDEN = 2, /* refused, because a clause prohibits it */
    AVOW_ALLOWED = 3
} avow_verdict;

typedef enum avow_reason {
    AVOW_REASON_NONE = 0,      /* of an answer that was never made */
    AVOW_REASON_CLAUSE = 1,    /* the cited clauses decide */
    AVOW_REASON_NO_CLAUSE = 2, /* no clause permits it */
    AVOW_REASON_UNKNOWN = 3,   /* it depends on the states in `missing`, which are not known */
    AVOW_REASON_NO_TABLE = 4,  /* table is NULL */
    AVOW_REASON_BAD_POINT = 5, /* a number that is no leaf of the right kind */
    AVOW_REASON_BAD_STATES = 6 /* two members of a one-of group hold, or none does */
} avow_reason;

/* The answer. It must be looked at, and does not convert to bool: compare the verdict, or call
 * avow_allowed. All zero is a refusal. */
typedef struct avow_answer {
    uint8_t verdict;  /* avow_verdict */
    uint8_t reason;   /* avow_reason */
    uint8_t possible; /* 1: forbidden only as long as the states in missing are not known */
    uint8_t zero;
    uint32_t clause;  /* first clause cited, in page order, or AVOW_NONE */
    uint64_t missing; /* states whose knowledge could change the answer; 0 if it is certain */
} avow_answer;

/* Decides one question. Takes a few nanoseconds, independent of the number of clauses; the answer
 * depends on nothing but the arguments. */
AVOW_API AVOW_NODISCARD avow_answer avow_ask(const avow_table *table, avow_point point,
                                             avow_states states);

/* 1 if the verdict is AVOW_ALLOWED, else 0. */
static inline int
avow_allowed(avow_answer answer)
{
    return answer.verdict == AVOW_ALLOWED;
}

/* The next clause that the answer to `question` cites behind `previous` (a clause it cited), in
 * page order, or AVOW_NONE. Start from answer.clause. */
AVOW_API uint32_t avow_next_clause(const avow_table *table, const avow_question *question,
                                   uint32_t previous);

/* A question by names, for callers without the generated header. Names are those of the policy,
 * "us" among them; the verb is the language's word. Lengths in bytes. */
typedef struct avow_named_point {
    const char *actor, *verb, *object, *target;
    size_t actor_length, verb_length, object_length, target_length;
} avow_named_point;

/* Looks the names up. On an unknown name, or one of a kind that the verb does not take, the part
 * is AVOW_NONE, and avow_ask answers AVOW_REASON_BAD_POINT. */
AVOW_API avow_point avow_find_point(const avow_table *table, const avow_named_point *named);

/* The number of a name of a kind, or AVOW_NONE. Groups have no number. */
AVOW_API avow_id avow_find(const avow_table *table, avow_kind kind, const char *name,
                           size_t length);
/* How many leaves a kind has, and the number of its first. */
AVOW_API uint32_t avow_count(const avow_table *table, avow_kind kind);
AVOW_API avow_id avow_first(const avow_table *table, avow_kind kind);
/* Name and label of a leaf; no data for AVOW_NONE. */
AVOW_API avow_text avow_name(const avow_table *table, avow_id id);
AVOW_API avow_text avow_label(const avow_table *table, avow_id id);
/* The bit of a state or fact in avow_states, or 0. */
AVOW_API uint64_t avow_bit(const avow_table *table, avow_id id);
/* The address behind a contact or event ("mailto:..."); no data if it has none. */
AVOW_API avow_text avow_address(const avow_table *table, avow_id id);

/* What a clause says, ready to be logged or shown. */
typedef struct avow_clause {
    avow_text name;
    avow_text anchor;        /* of the clause on the page, without "#" */
    avow_text words;         /* as published */
    avow_text section_title; /* no data before the first section */
    uint32_t section;        /* number of the section, 0 before the first */
} avow_clause;

/* Clauses of the table, in page order from 0. */
AVOW_API uint32_t avow_clause_count(const avow_table *table);
/* Clause by index (as in answer.clause). All zero for an index that does not exist. */
AVOW_API avow_clause avow_clause_at(const avow_table *table, uint32_t clause);

/* Identity of a table. */
typedef struct avow_identity {
    avow_text policy; /* its id */
    avow_text title;
    avow_text language; /* BCP 47 */
    avow_text revision;
    avow_text tzdata;       /* version of the zone data that deadlines were computed with */
    int32_t effective;      /* civil day, days since 1970-01-01 */
    uint8_t content[32];    /* SHA-256 that page, C table and bundle carry */
    uint8_t vocabulary[32]; /* equal: the same names have the same numbers */
} avow_identity;

/* Who a table says it is; the texts are the table's. All zero if table is NULL. */
AVOW_API avow_identity avow_identify(const avow_table *table);

/* Deadlines ---------------------------------------------------------------------------------- */

/* Something that happened, and when. */
typedef struct avow_moment {
    avow_id what; /* a request (its receipt), an event, a state (from when it holds), or AVOW_NONE:
                     the collection of the data. An event may be planned: then `at` lies ahead, and
                     what is due before it is computed from the plan in force. Of an event that is
                     moved give the new moment only; of an event that happened again give every
                     moment, or the first and the last. Where the policy lets a clock wait
                     for a clause ("after CLAUSE"), that the clause's duties are done is an event
                     too, which the policy does not declare: ID_done_CLAUSE in the generated header,
                     "done:CLAUSE" by name. Its moment is when the last of them was done, for the
                     subject that is asked about */
    int64_t at;   /* Unix seconds */
} avow_moment;

typedef enum avow_due_kind {
    AVOW_DUE_NOTHING = 0, /* no duty binds */
    AVOW_DUE_AT = 1,      /* due at `at` */
    AVOW_DUE_AT_ONCE = 2, /* in the same transaction */
    AVOW_DUE_UNKNOWN = 3  /* a duty binds, but its instant cannot be computed: see reason */
} avow_due_kind;

typedef enum avow_due_reason {
    AVOW_DUE_CERTAIN = 0,
    AVOW_DUE_POSSIBLE = 1,      /* a condition is unknown; the earliest candidate binds */
    AVOW_DUE_NOT_STARTED = 2,   /* the event that starts the clock was not among the moments */
    AVOW_DUE_PAST_ZONES = 3,    /* outside the years for which the table knows the zone */
    AVOW_DUE_PAST_HOLIDAYS = 4, /* outside the years for which the calendar knows holidays */
    AVOW_DUE_BAD_QUESTION = 5,
    AVOW_DUE_KEPT = 6 /* a duty to keep moved the instant: due when that ends */
} avow_due_reason;

typedef struct avow_due {
    uint8_t kind;   /* avow_due_kind */
    uint8_t reason; /* avow_due_reason */
    uint16_t zero;
    uint32_t clause; /* whose deadline it is, or AVOW_NONE */
    int64_t at;      /* Unix seconds; the last second that is still in time */
    uint64_t missing;
} avow_due;

typedef struct avow_due_question {
    avow_id what; /* a request that must be done, data that must be erased, or an event that people
                     must be told about */
    const avow_moment *moments; /* borrowed for the call */
    size_t count;
    avow_states states;
} avow_due_question;

/* When the request must have been acted on, the data be gone, or people have been told about the
 * event, at the latest. A duty "within" a time counts from the first moment of what starts it, or,
 * if the policy says "after last", from the last. A duty "at least" a time "before" an event counts
 * back from the first moment of that event, and leaves whole civil days: two days before any time
 * on the 31st is the end of the 28th. */
AVOW_API AVOW_NODISCARD avow_due avow_when_due(const avow_table *table,
                                               const avow_due_question *question);

/* Bundles ------------------------------------------------------------------------------------ */

typedef enum avow_error {
    AVOW_OK = 0,
    AVOW_ERROR_ALIGNMENT, /* memory not aligned to 8 bytes */
    AVOW_ERROR_SHORT,     /* fewer bytes than the bundle says */
    AVOW_ERROR_MAGIC,     /* not a bundle */
    AVOW_ERROR_ABI,       /* a bundle of another version of the format */
    AVOW_ERROR_HASH,      /* bytes were changed */
    AVOW_ERROR_STRUCTURE, /* a number points outside the bundle, or breaks its rules */
    AVOW_ERROR_NOT_YET,   /* not yet effective */
    AVOW_ERROR_OLDER,     /* older than the table in force */
    AVOW_ERROR_POLICY,    /* of another policy than the table in force */
    AVOW_ERROR_VOCABULARY /* made for another vocabulary */
} avow_error;

/* Verifies a bundle whole (structure and SHA-256) and gives its table, or NULL and, if error is not
 * NULL, why. bytes is the caller's private, writable memory (a mapping that others may change is
 * not), aligned to 8 and unchanged from now on for as long as the table is used; words are swapped
 * in place where the machine's byte order is another. Bytes behind the bundle's own are not read:
 * that is where 'avow sign' puts signatures. They are not verified here, but by avowd. */
AVOW_API AVOW_NODISCARD const avow_table *avow_open(void *bytes, size_t size, avow_error *error);

/* Whether `next` may take the place of `current` (NULL: there is none) on a civil day: effective by
 * then, of the same policy, not older by effective day, then revision. */
AVOW_API avow_error avow_may_replace(const avow_table *next, const avow_table *current,
                                     int32_t today);

/* One English sentence for an error, a verdict or a reason; never NULL. */
AVOW_API const char *avow_error_text(avow_error error);
AVOW_API const char *avow_reason_text(avow_reason reason);

/* SHA-256 (FIPS 180-4) of size bytes. */
AVOW_API void avow_sha256(const void *bytes, size_t size, uint8_t digest[32]);

#ifdef __cplusplus
}
#endif

#endif
