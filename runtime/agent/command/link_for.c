/* avowd link-for: the links of one person, for a letter or for somebody who asks at the desk. */
#include "runtime/agent/people/people.h"
#include "runtime/agent/words.h"

enum { CONFIG, ABOUT, PERSON };

static const struct flag flags[] = {
    {"config", "FILE",
     "what avowd serves: see avowd.yaml(5); by default\n"
     "/etc/avowd/avowd.yaml"},
    {"about", "PURPOSE",
     "links that go into mail about this purpose: good for\n"
     "ever, and only to stop it. Without, a link for the person\n"
     "alone, to see everything and to agree: give it only to\n"
     "whoever has shown who they are, for it is good for an hour,\n"
     "or as 'people: fresh' says"},
    {"person", "NAME", "what the policy calls such a person"},
    {0},
};

static void
complain_line(void *context, const char *line)
{
    complain(context, "%s", line);
}

static int
print_links(struct session *session, const struct config *config)
{
    const struct call *call = session->call;
    struct generation generation = {
        .config = *config, .table = session->bundle.table, .store = session->store};
    avow_identity_text who;
    avow_store_error error = {0};
    struct emit out = {0};
    avow_store_code code = people_new(&generation, &generation.people, &error);
    if (code == AVOW_STORE_OK)
        code = words_address(call->operands[0], &who, &error);
    if (code == AVOW_STORE_OK)
        code = people_links(&generation, who, call->flag[PERSON], call->flag[ABOUT], &out, &error);
    if (code == AVOW_STORE_OK)
        puts(out.text);
    emit_free(&out);
    people_free(generation.people);
    return code == AVOW_STORE_OK ? EXIT_FINE : store_failed(call, &error);
}

static int
with_config(const struct call *call, const struct config *config)
{
    struct session session;
    struct call here = *call;
    here.place.store = config->store;
    here.place.policy = config->policy;
    here.place.keys = config->keys;
    int status = session_open(&session, &here, true);
    if (status == EXIT_FINE)
        status = print_links(&session, config);
    session_close(&session);
    return status;
}

static int
run(const struct call *call)
{
    struct config config;
    avow_store_error error = {0};
    const char *path = call->flag[CONFIG] ? call->flag[CONFIG] : "/etc/avowd/avowd.yaml";
    if (call->place.store || call->place.policy || call->place.keys)
        return wrong_use(call, "the configuration says which store, policy and keys to use; leave "
                               "--store, --policy and --keys out");
    avow_store_code code =
        config_read(&config, path, complain_line, (void *)(uintptr_t)call, &error);
    int status = code == AVOW_STORE_OK ? with_config(call, &config) : store_failed(call, &error);
    config_free(&config);
    return status;
}

const struct command link_for_command = {
    .name = "link-for",
    .summary = "print the links of a person: to stop mail, or to see and agree",
    .forms = "[OPTION]... ADDRESS",
    .about = "Prints, as JSON, the links to the pages of 'avowd serve' for one person.\n",
    .examples = "  avowd link-for --about=news joe@shop.example\n"
                "  avowd link-for id:4711\n",
    .status = "Exit status: 0 printed; 1 mail about this has no link; 2 wrong use, or no link can\n"
              "be made; 3 the store is busy: try again.\n",
    .flags = flags,
    .least = 1,
    .most = 1,
    .wanted = "the address of one person is needed",
    .run = run,
};
