/* Whether avowd lives, whether it can answer, and what it counts. */
#include "runtime/agent/http/http.h"

#include "runtime/agent/words.h"

static void
healthz(const struct request *request, struct reply *reply)
{
    (void)request;
    reply->status = 200;
    reply->content_type = "text/plain; charset=utf-8";
    emit_raw(&reply->body, "ok\n", 3);
}

static void
emit_table(struct emit *out, const avow_table *table)
{
    avow_identity identity = avow_identify(table);
    char effective[TIME_TEXT];
    words_of_time((int64_t)identity.effective * 86400, effective);
    effective[10] = '\0'; /* the day alone */
    emit_bytes(out, "policy", identity.policy.data, identity.policy.length);
    emit_text(out, "effective", effective);
    if (identity.revision.length)
        emit_bytes(out, "revision", identity.revision.data, identity.revision.length);
    emit_hex(out, "content", identity.content, sizeof identity.content);
}

/* Ready: questions can be answered from what is known. A bad new policy leaves the last good one in
 * force, which is "problem", not "not ready". */
static void
readyz(const struct request *request, struct reply *reply)
{
    const struct generation *generation = request->generation;
    avow_store_error error = {0};
    char problem[512], since[TIME_TEXT];
    bool ready = avow_store_trust(generation->store, &error) == AVOW_STORE_OK;
    reply->status = ready ? 200 : 503;
    reply->content_type = "application/json";
    struct emit *out = &reply->body;
    emit_begin(out);
    emit_text(out, "status", ready ? "ready" : "not ready");
    emit_table(out, generation->table);
    emit_number(out, "generation", (int64_t)generation->number);
    emit_text(out, "since", words_of_time(generation->since, since));
    if (!ready)
        emit_text(out, "store", error.text);
    if (generations_trouble(request->daemon->generations, problem))
        emit_text(out, "problem", problem);
    emit_end(out, NULL);
}

static void
metrics(const struct request *request, struct reply *reply)
{
    static const char form[] = "# HELP avowd_generation Configurations and policies that came into "
                               "force since the start.\n# TYPE avowd_generation gauge\n"
                               "avowd_generation %llu\n"
                               "# HELP avowd_in_force_since_seconds When that was, since 1970.\n"
                               "# TYPE avowd_in_force_since_seconds gauge\n"
                               "avowd_in_force_since_seconds %lld\n"
                               "# HELP avowd_last_good_goes_on 1 if a policy or configuration was "
                               "refused.\n# TYPE avowd_last_good_goes_on gauge\n"
                               "avowd_last_good_goes_on %d\n";
    char text[1024], problem[512];
    bool trouble = generations_trouble(request->daemon->generations, problem);
    int length = snprintf(text, sizeof text, form, (unsigned long long)request->generation->number,
                          (long long)request->generation->since, trouble);
    reply->status = 200;
    reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    emit_raw(&reply->body, text, (size_t)length);
    metrics_write(request->daemon->metrics, &reply->body);
}

const struct route health_routes[] = {
    {"/healthz", METHOD_GET | METHOD_HEAD, DOOR_HEALTH, SCOPE_NONE, WAITS_NOT, healthz},
    {"/readyz", METHOD_GET | METHOD_HEAD, DOOR_HEALTH, SCOPE_NONE, WAITS_READ, readyz},
    {"/metrics", METHOD_GET | METHOD_HEAD, DOOR_METRICS, SCOPE_NONE, WAITS_NOT, metrics},
    {0},
};
