#include "runtime/agent/session.h"

#include <string.h>
#include <time.h>

avow_store_code
session_policy(const struct place *place, int64_t now, struct bundle *bundle,
               avow_store_error *error)
{
    struct trust trust = {0};
    avow_store_code code = AVOW_STORE_OK;
    *bundle = (struct bundle){0};
    if (place->trust)
        code = trust_read(&trust, &place->trust, 1, error);
    if (code == AVOW_STORE_OK)
        code = bundle_load(bundle, place->policy, place->trust ? &trust : NULL, now, error);
    trust_free(&trust);
    return code;
}

int
session_begin(struct session *session, const struct call *call, bool needs_policy)
{
    const struct place *place = &call->place;
    avow_store_error error = {0};
    *session = (struct session){.call = call};
    if (!place->store)
        return wrong_use(call,
                         "which store? Give it with --store, as in --store=sqlite:consent.db");
    if (place_check(place->store, &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    if (needs_policy && !place->policy)
        return wrong_use(call, "which policy is in force? Give it with --policy, as in "
                               "--policy=shop.avow");
    if (place_keys(place, session->keys, &error) != AVOW_STORE_OK ||
        (place->policy &&
         session_policy(place, time(NULL), &session->bundle, &error) != AVOW_STORE_OK))
        return store_failed(call, &error);
    session->options = (avow_store_options){.url = place->store,
                                            .keys = session->keys[0] ? session->keys : NULL,
                                            .table = session->bundle.table};
    return EXIT_FINE;
}

int
session_open(struct session *session, const struct call *call, bool needs_policy)
{
    int status = session_begin(session, call, needs_policy);
    if (status != EXIT_FINE)
        return status;
    avow_store_error error = {0};
    session->store = avow_store_open(&session->options, &error);
    return session->store ? EXIT_FINE : store_failed(call, &error);
}

void
session_close(struct session *session)
{
    if (session->store)
        avow_store_close(session->store);
    bundle_free(&session->bundle);
}

int
with_store(const struct call *call, bool needs_policy, int (*work)(struct session *session))
{
    struct session session;
    int status = session_open(&session, call, needs_policy);
    if (status == EXIT_FINE)
        status = work(&session);
    session_close(&session);
    return status;
}

void
say_trust(const struct session *session)
{
    avow_store_error error = {0};
    if (avow_store_trust(session->store, &error) != AVOW_STORE_OK)
        complain(session->call, "%s", error.text);
}
