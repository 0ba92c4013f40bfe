/* What is in force: one configuration, one policy, one store that obeys it.
 *
 * A request holds a generation from its beginning to its end, so a reload never pulls anything from
 * under it: the next generation is made whole, judged, and put in place of the last by one store of
 * a pointer; the last one is freed by whoever lets go of it last. A generation never changes. */
#ifndef AVOW_AGENT_GENERATION_H
#define AVOW_AGENT_GENERATION_H

#include "runtime/agent/bundle.h"
#include "runtime/agent/http/tokens.h"
#include "runtime/agent/serve/config.h"

struct people; /* people/people.h: what is worked out of policy and settings at load */
struct mail;   /* mail/mail.h */

struct generation {
    struct config config;
    struct bundle bundle;
    const avow_table *table; /* bundle.table */
    avow_store *store;
    struct tokens *tokens;
    struct people *people; /* NULL: no such door */
    struct mail *mail;     /* NULL: no such door */
    uint64_t number;       /* from 1 */
    int64_t since;         /* Unix seconds */
    _Atomic long holders;
};

/* The one that is in force, and what is known of attempts to replace it. */
struct generations;

struct generations *generations_new(void);
void generations_free(struct generations *);

/* Reads configuration and policy and puts them in force. On any error the last good generation
 * stays; what is wrong is told by say and kept for generations_trouble. `listening`: what cannot
 * change while running (listeners, user, mail sockets) is compared with the generation in force,
 * and a difference told as "takes effect at the next start". */
avow_store_code generations_load(struct generations *, const char *config_path,
                                 void (*say)(void *context, const char *line), void *context,
                                 avow_store_error *error);

/* Never NULL once a load has succeeded. From any thread. */
struct generation *generation_hold(struct generations *);
void generation_release(struct generation *);

/* Why the last attempt to load failed; false: it did not. */
bool generations_trouble(struct generations *, char text[512]);

#endif
