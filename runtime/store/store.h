/* What a store is made of, for the files that are it.
 *
 * Events become writes (record.c): each has all that can be known before its transaction. Writes
 * queue for the one writer (commit.c), who puts many into one transaction. Questions borrow a
 * connection of their own (pool.c), read the rows of a subject (rows.c), fold them (states.c) and
 * ask the core (ask.c). Both trust the store only as far as trust.c does. */
#ifndef AVOW_STORE_STORE_H
#define AVOW_STORE_STORE_H

#include "runtime/avow_store.h"
#include "runtime/store/body.h"
#include "runtime/store/engine.h"
#include "runtime/store/fault.h"
#include "runtime/store/identity.h"
#include "runtime/store/keys.h"
#include "runtime/store/lifecycle.h"

#include <pthread.h>
#include <sys/types.h>

enum {
    STATES_MAX = 64,
    READERS = 8,
    READERS_MOST = CONNECTIONS_MOST - 1,
    EPOCHS_MAX = 32,
    LINKS_MAX = 64
};

/* What a stored name means to the policy in force. */
enum { MEANS_NOTHING = -1, MEANS_OTHER = -2 /* of another policy, or no state */ };

/* The states of the policy in force, and what every stored name means to it. */
struct terms {
    int32_t *state; /* by term id (they count from 1): index of lifecycle_state_at, or as above */
    size_t count;
    uint32_t of_state[STATES_MAX]; /* term that new rows of a state get; 0: none yet */
    uint32_t *of_request;          /* term of each request of the policy, or 0 */
    char unknown[65];              /* a state of this policy that it does not know; empty: none */
};

struct queue {
    pthread_mutex_t lock;
    struct write *first, **last;
    size_t count;
    bool leading;
    pthread_cond_t gathered; /* as many wait as were expected */
    size_t expected;         /* how many there were the last time */
    int64_t took;            /* the last commit, in nanoseconds */
};

struct avow_store {
    const struct engine_ops *ops;
    avow_store_options options;
    char *url, *keys_folder;
    pid_t process;
    const struct keys *keys; /* NULL: not to be had, see trust */
    const avow_table *table;
    uint32_t state_count;
    struct lifecycle_state state[STATES_MAX];
    uint64_t owned; /* bits of states that the store keeps */
    struct queue queue;
    struct engine *writer; /* whoever leads the queue */

    pthread_mutex_t lock;    /* of the five below */
    pthread_cond_t returned; /* a connection for reading is idle, or was closed */
    size_t readers;          /* connections for reading that there are */
    struct engine *idle[READERS];
    size_t idle_count;
    struct head seen[ENGINE_PARTS]; /* the latest heads that this process has seen */

    pthread_rwlock_t facts; /* of what follows, and of keys */
    struct terms terms;
    unsigned settled;       /* kinds, by avow_store_settle */
    uint32_t epoch;         /* the one that new rows are made with */
    avow_store_error trust; /* why everything is unknown */
    _Atomic int64_t looked; /* when it was last looked, by the monotonic clock */
};

int64_t store_now(const avow_store *store);

/* The same, and USAGE if there is no policy. */
avow_store_code store_check_ready(const avow_store *store, avow_store_error *error);

/* The engine of a URL, or NULL: INPUT. */
const struct engine_ops *store_engine(const char *url, avow_store_error *error);
/* The folder of the keys; the caller frees it. NULL: error. */
char *store_keys_folder(const avow_store_options *options, avow_store_error *error);

/* USAGE in a child of the process that opened the store. */
avow_store_code store_check_process(const avow_store *store, avow_store_error *error);

/* The kind of identity that an act reaches people by; AVOW_IDENTITY_NONE: by any. */
uint8_t store_channel_of(uint32_t verb);

/* Connections for reading; no more than READERS_MOST beside the writer's, and who gets none in
 * time is told that the store is busy (NULL). What was idle is there: a server that was restarted
 * meanwhile is connected to anew. One that failed is given back with `failed`, and closed. */
struct engine *pool_borrow(avow_store *store, avow_store_error *error);
void pool_return(avow_store *store, struct engine *engine, bool failed);
void pool_empty(avow_store *store);

/* Reads what is stored about names, keys and settlement, and whether the store can be trusted. */
void trust_look(avow_store *store, struct engine *engine);
/* The same, if the last look was over a second ago: so long a process may not know of a new key. */
void trust_look_again(avow_store *store, struct engine *engine);

/* The names of the store, read anew; what they mean to the policy. */
avow_store_code terms_read(const avow_store *store, struct engine *engine, struct terms *out,
                           avow_store_error *error);
void terms_free(struct terms *terms);
/* The term of a state (by index) or of a request, added if the store does not have it yet. So the
 * store holds no name that was never used, and does not trouble those who do not know it. */
avow_store_code terms_of_state(avow_store *store, uint32_t state, uint32_t *term,
                               avow_store_error *error);
avow_store_code terms_of_request(avow_store *store, avow_id request, uint32_t *term,
                                 avow_store_error *error);
avow_store_code terms_of_data(avow_store *store, avow_id data, uint32_t *term,
                              avow_store_error *error);

/* Subjects that somebody is: by the newest epoch first, then by older ones. */
struct somebody {
    size_t count;
    struct subject at[EPOCHS_MAX + LINKS_MAX];
};
/* The identity under every epoch, the one for new rows first. */
avow_store_code somebody_of(const avow_store *store, avow_identity_text who, struct somebody *out,
                            avow_store_error *error);

/* What the rows of somebody say of each state. */
struct known {
    struct state_fold {
        bool any, pending, tie;
        uint8_t value;
        int64_t received;
    } exact[STATES_MAX], other[STATES_MAX];
};
void known_add(struct known *known, const struct terms *terms, const struct state_row *row,
               bool exact);
/* Adds the states of records, or of persons, to `states`, and for each why it is unknown.
 * `settled`: no row means off. */
void known_states(const avow_store *store, const struct known *known, bool of_record, bool settled,
                  avow_states *states, avow_store_reason why[STATES_MAX]);

/* One thing to be written. Made by the caller, who waits on it; filled in by whoever commits it. */
struct write {
    struct write *next;
    struct subject subject;
    int64_t recorded;
    uint8_t salt[SALT_BYTES];
    uint8_t commitment[HASH_BYTES];
    char *body;
    size_t length;
    struct move move[STATES_MAX];
    size_t move_count;
    struct duty_row duty;
    bool has_duty;
    /* What is to be looked at in the transaction before anything is written; it may change the
     * write, or say that it is to be skipped. Unless `thorough`, it may say what it expects. */
    avow_store_code (*before)(avow_store *, struct engine *, struct write *, bool thorough,
                              avow_store_error *);
    uint32_t ends;       /* requests of this term that wait are done by this; 0: none */
    uint64_t ends_until; /* those whose entry has this sequence or an earlier one */
    /* What else is to be done in the transaction; it sees the write's sequence. */
    avow_store_code (*more)(const avow_store *, struct engine *, struct write *,
                            avow_store_error *);
    void *context;
    /* Filled in: */
    pthread_cond_t changed; /* it is finished, or may lead */
    bool finished, skipped;
    avow_store_code code;
    avow_store_error error;
    uint64_t sequence;
    uint8_t hash[HASH_BYTES];
};

/* A condition whose waits are timed by the monotonic clock. */
bool store_make_condition(pthread_cond_t *condition);
bool queue_make(struct queue *queue);
void queue_destroy(struct queue *queue);

/* Waits until the write is on disk, or is not. */
avow_store_code commit_write(avow_store *store, struct write *write, avow_store_error *error);
/* The same with what it says, which is written down first; what it was written into is freed. */
avow_store_code commit_saying(avow_store *store, struct write *write, const struct body *body,
                              avow_store_error *error);

/* Begins a write about somebody, by the policy in force and now, and what it says. */
void write_about(const avow_store *store, struct write *write, struct body *body,
                 enum body_kind kind, const struct subject *subject);
/* Writes down what it says, salts it and commits to it. */
avow_store_code write_say(struct write *write, const struct body *body, avow_store_error *error);
void write_free(struct write *write);
/* The name of its receipt, once it is committed. */
void write_name(const struct write *write, char name[AVOW_RECEIPT_MAX]);

/* Ends the requests of a term that wait, within the write's transaction. */
avow_store_code done_end(const avow_store *store, struct engine *engine, struct write *write,
                         avow_store_error *error);

/* Links what the newest key makes of somebody with what older keys made, if those have links; or,
 * when he is to be linked to somebody else, if anything is known of him by them. */
avow_store_code link_epochs(avow_store *store, const struct somebody *who, bool for_link,
                            avow_store_error *error);

/* Rows of somebody and of all who are linked to him, each with whether its spelling is the asked
 * one; all of these subjects are added to `who`. Gives where it failed. */
avow_store_code rows_read(const avow_store *store, struct engine *engine, struct somebody *who,
                          struct known *known, avow_store_error *error);
/* The same, outside of a transaction: as of one moment. Mostly nobody is linked, and one statement
 * is enough. */
avow_store_code rows_read_alone(const avow_store *store, struct engine *engine,
                                struct somebody *who, struct known *known, avow_store_error *error);

#endif
