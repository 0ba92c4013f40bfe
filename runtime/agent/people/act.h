/* A visit by a link, and what is recorded for whoever it is about. */
#ifndef AVOW_AGENT_ACT_H
#define AVOW_AGENT_ACT_H

#include "runtime/agent/http/http.h"
#include "runtime/agent/people/door.h"

struct visit {
    const struct request *request;
    struct people *people;
    struct seal seal;
    avow_identity_text who; /* points into the seal */
    bool fresh;             /* she has just shown who she is */
};

/* Reads the link of a request. NOT_FOUND if it is none, and else why no link can be read. */
avow_store_code visit_begin(struct visit *visit, const struct request *request,
                            avow_store_error *error);

/* Whether all that a request or event switches is already as it leaves it, for certain. */
bool visit_holds(const struct visit *visit, avow_id what);

/* Records that she makes a request, or that the event happened, and returns when it is on disk. A
 * withdrawal that this link has made already, and that still holds, is not written again. What is
 * to be done at once is done with it. `recorded` (or NULL) gets its receipt, empty if nothing was
 * written. Errors are logged and counted. */
avow_store_code visit_act(const struct visit *visit, avow_id what, const char *evidence,
                          avow_recorded *recorded, avow_store_error *error);

#endif
