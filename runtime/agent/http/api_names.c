/* Names of people, records and the policy. */
#include "runtime/agent/http/api.h"

#include "runtime/agent/words.h"

#include <string.h>

bool
api_person(const json_t *object, avow_identity_text *who, struct problem *problem)
{
    static const struct {
        const char *name;
        avow_identity_kind kind;
    } kinds[] = {
        {"email", AVOW_IDENTITY_EMAIL}, {"phone", AVOW_IDENTITY_PHONE}, {"id", AVOW_IDENTITY_ID}};
    *who = (avow_identity_text){0};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *text;
        if (!api_text(object, kinds[i].name, false, &text, problem))
            return false;
        if (text && who->kind != AVOW_IDENTITY_NONE)
            return problem_is(problem, 422, "member",
                              "The person is named by one of email, phone and id, not by several.");
        if (text)
            *who = (avow_identity_text){kinds[i].kind, text, strlen(text)};
    }
    return true;
}

bool
api_record(const json_t *object, const char *name, avow_identity_text *record,
           struct problem *problem)
{
    const char *text;
    *record = (avow_identity_text){0};
    if (!api_text(object, name, false, &text, problem))
        return false;
    if (text)
        *record = words_record(text);
    return true;
}

static uint64_t
bit_of(const avow_table *table, const char *name)
{
    avow_id id = avow_find(table, AVOW_STATE, name, strlen(name));
    if (id == AVOW_NONE)
        id = avow_find(table, AVOW_FACT, name, strlen(name));
    return avow_bit(table, id);
}

/* What the command line would say of a name that the policy does not have. */
static bool
no_such_state(const avow_table *table, const char *name, struct problem *problem)
{
    avow_store_error error = {0};
    avow_states states;
    if (strchr(name, ',') || strncmp(name, "no:", 3) == 0 ||
        words_given(table, name, &states, &error) == AVOW_STORE_OK)
        return problem_is(problem, 422, "name", "The policy has no state or fact '%.64s'.", name);
    if (strncmp(error.text, "--given", 7) == 0)
        return problem_is(problem, 422, "name", "The policy has no state or fact '%.64s'.", name);
    return problem_is(problem, 422, "name", "%s", error.text);
}

bool
api_states(const avow_table *table, const json_t *object, avow_states *states,
           struct problem *problem)
{
    json_t *given = json_object_get(object, "states"), *value;
    const char *name;
    *states = (avow_states){0};
    if (!given)
        return true;
    if (!json_is_object(given))
        return problem_is(problem, 422, "member",
                          "'states' is an object of names, each true, false or null (not known).");
    json_object_foreach(given, name, value)
    {
        uint64_t bit = bit_of(table, name);
        if (!bit)
            return no_such_state(table, name, problem);
        if (!json_is_boolean(value) && !json_is_null(value))
            return problem_is(problem, 422, "member",
                              "The state '%.64s' is true, false or null (not known).", name);
        states->known |= json_is_null(value) ? 0 : bit;
        states->yes |= json_is_true(value) ? bit : 0;
    }
    return true;
}

bool
api_point(const avow_table *table, const json_t *object, avow_point *point, struct problem *problem)
{
    const char *actor, *words[3];
    if (!api_text(object, "actor", false, &actor, problem) ||
        !api_text(object, "verb", true, &words[0], problem) ||
        !api_text(object, "object", true, &words[1], problem) ||
        !api_text(object, "target", true, &words[2], problem))
        return false;
    avow_store_error error = {0};
    char *const copies[3] = {(char *)(uintptr_t)words[0], (char *)(uintptr_t)words[1],
                             (char *)(uintptr_t)words[2]};
    if (words_point(table, actor, copies, point, &error) == AVOW_STORE_OK)
        return true;
    return problem_is(problem, 422, "name", "%s", error.text);
}
