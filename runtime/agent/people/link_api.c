/* POST /v1/link: links for those who send mail by other ways than Postfix, and for somebody who has
 * signed in with a service.
 *
 *     {"who": "joe@shop.example", "about": "news"}  -> unsubscribe and preferences, good for ever
 *     {"who": "id:4711", "person": "customer"}      -> preferences and when they expire: her own */
#include "runtime/agent/people/unsubscribe.h"

#include "runtime/agent/words.h"
#include "runtime/store/identity.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct wish {
    avow_identity_text who;
    const char *person, *about;
};

static bool
take_text(json_t *object, const char *name, const char **out, struct reply *reply)
{
    json_t *value = json_object_get(object, name);
    *out = json_string_value(value);
    if (value && !*out)
        reply_problem(reply, 422, "not-understood", "%s is a text.", name);
    return !value || *out;
}

static bool
knows_members(json_t *object, struct reply *reply)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) if (strcmp(name, "who") != 0 &&
                                                 strcmp(name, "person") != 0 &&
                                                 strcmp(name, "about") != 0)
    {
        reply_problem(reply, 422, "not-understood",
                      "There is a member that is none of who, person and about.");
        return false;
    }
    return true;
}

static bool
take_wish(json_t *object, struct wish *wish, struct reply *reply)
{
    const char *who;
    avow_store_error error = {0};
    if (!json_is_object(object)) {
        reply_problem(reply, 400, "no-json",
                      "The body is no JSON object such as {\"who\": \"joe@shop.example\", "
                      "\"about\": \"news\"}.");
        return false;
    }
    if (!knows_members(object, reply) || !take_text(object, "who", &who, reply) ||
        !take_text(object, "person", &wish->person, reply) ||
        !take_text(object, "about", &wish->about, reply))
        return false;
    if (!who) {
        reply_problem(reply, 422, "not-understood",
                      "Whose link? who is an address, such as joe@shop.example or id:4711.");
        return false;
    }
    if (identity_parse_kind(who, strlen(who), &wish->who.kind, &wish->who.text, &wish->who.length,
                            &error) == AVOW_STORE_OK &&
        wish->who.kind != AVOW_IDENTITY_RECORD)
        return true;
    reply_problem(reply, 422, "not-understood", "%s",
                  error.code ? error.text : "A record is nobody; name a person.");
    return false;
}

/* The person is given, or the only one who gets mail about this. */
static avow_store_code
find_person(const struct generation *generation, const struct wish *wish, avow_id purpose,
            avow_id *person, avow_store_error *error)
{
    const struct people *people = generation->people;
    *person = AVOW_NONE;
    if (wish->person) {
        *person = avow_find(generation->table, AVOW_PERSON, wish->person, strlen(wish->person));
        return *person != AVOW_NONE ? AVOW_STORE_OK
                                    : fault(error, AVOW_STORE_POLICY,
                                            "The policy has no person of the name in `person`.");
    }
    for (size_t i = 0; wish->about && i < people->count; i++) {
        if (people->offers[i].purpose != purpose)
            continue;
        if (*person != AVOW_NONE)
            return fault(error, AVOW_STORE_POLICY,
                         "Several kinds of persons get mail about this: say which by `person`.");
        *person = people->offers[i].person;
    }
    return AVOW_STORE_OK;
}

avow_store_code
people_links(const struct generation *generation, avow_identity_text who, const char *person_name,
             const char *about, struct emit *out, avow_store_error *error)
{
    const struct wish wish = {who, person_name, about};
    char *link = NULL, time[TIME_TEXT];
    int64_t expires = 0;
    avow_id person, purpose = AVOW_NONE;
    if (!generation->people)
        return fault(error, AVOW_STORE_USAGE,
                     "There are no pages for people: the settings have no `people`.");
    if (about)
        purpose = avow_find(generation->table, AVOW_PURPOSE, about, strlen(about));
    if (about && purpose == AVOW_NONE)
        return fault(error, AVOW_STORE_POLICY, "The policy has no purpose of the name in `about`.");
    avow_store_code code = find_person(generation, &wish, purpose, &person, error);
    if (code == AVOW_STORE_OK)
        code = about ? people_link(generation, who, person, purpose, &link, error)
                     : people_fresh_link(generation, who, person, &link, &expires, error);
    if (code != AVOW_STORE_OK)
        return code;
    emit_begin(out);
    if (about) {
        emit_text(out, "unsubscribe", link);
        memcpy(link + strlen(generation->people->address), "p/", 2);
    }
    emit_text(out, "preferences", link);
    if (!about)
        emit_text(out, "expires", words_of_time(expires, time));
    free(link);
    return emit_end(out, error);
}

void
people_link_api(const struct request *request, struct reply *reply)
{
    struct wish wish = {0};
    avow_store_error error = {0};
    json_t *object = json_loadb(request->body, request->length, JSON_REJECT_DUPLICATES, NULL);
    if (take_wish(object, &wish, reply)) {
        if (people_links(request->generation, wish.who, wish.person, wish.about, &reply->body,
                         &error) == AVOW_STORE_OK) {
            reply->status = 200;
            reply->content_type = "application/json";
        } else {
            reply_store_problem(reply, &error);
        }
    }
    json_decref(object);
}
