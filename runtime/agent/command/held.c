/* avowd held, gone, expired: records of data, and when they must be gone. */
#include "runtime/agent/words.h"

#include <string.h>
#include <time.h>

enum { HAPPENED };
enum { MICROS = 1000000, NAME = 65 };

static const struct flag held_flags[] = {
    {"happened", "EVENT=TIME", "what has happened to it; without EVENT= its collection"},
    {0},
};

/* EVENT=TIME, or TIME alone. */
static avow_store_code
read_happened(const char *text, char name[NAME], avow_happened *happened, avow_store_error *error)
{
    const char *mark = strchr(text, '='), *time = mark ? mark + 1 : text;
    size_t length = mark ? (size_t)(mark - text) : 0;
    if (length >= NAME)
        return AVOW_STORE_INPUT;
    memcpy(name, text, length);
    name[length] = '\0';
    happened->what = mark ? name : NULL;
    avow_store_code code = words_time(time, &happened->at, error);
    happened->at /= MICROS;
    return code;
}

static int
hold(struct session *session)
{
    const struct call *call = session->call;
    char name[NAME];
    avow_happened happened;
    avow_store_error error = {.code = AVOW_STORE_INPUT, .text = "The name is too long."};
    const char *given = call->flag[HAPPENED];
    if ((given && read_happened(given, name, &happened, &error) != AVOW_STORE_OK) ||
        avow_store_held(session->store, call->operands[0], words_record(call->operands[1]),
                        &happened, given ? 1 : 0, &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    return EXIT_FINE;
}

static int
end(struct session *session)
{
    const struct call *call = session->call;
    avow_store_error error = {0};
    if (avow_store_gone(session->store, call->operands[0], words_record(call->operands[1]),
                        &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    return EXIT_FINE;
}

struct shown {
    const avow_table *table;
    bool any;
};

static avow_store_code
show(void *context, const avow_expired *expired)
{
    struct shown *shown = context;
    char due[TIME_TEXT];
    avow_text clause = avow_clause_at(shown->table, expired->due.clause).name;
    bool known = expired->due.kind == AVOW_DUE_AT;
    printf("%s\t%s\t%s\t%.*s\n", expired->data, expired->record,
           known ? words_of_time(expired->due.at, due) : "not-known",
           clause.data ? (int)clause.length : 1, clause.data ? clause.data : "-");
    shown->any = true;
    return AVOW_STORE_OK;
}

static int
list(struct session *session)
{
    struct shown shown = {.table = session->bundle.table};
    avow_store_error error = {0};
    if (avow_store_expired(session->store, time(NULL), show, &shown, &error) != AVOW_STORE_OK)
        return store_failed(session->call, &error);
    return shown.any ? EXIT_NO : EXIT_FINE;
}

static int
run_held(const struct call *call)
{
    return with_store(call, true, hold);
}

static int
run_gone(const struct call *call)
{
    return with_store(call, true, end);
}

static int
run_expired(const struct call *call)
{
    return with_store(call, true, list);
}

const struct command held_command = {
    .name = "held",
    .summary = "say that a service holds a record of data",
    .forms = "[OPTION]... DATA NAMESPACE:ID",
    .about =
        "Says that a service holds a record of data of the policy, and what has happened to it, "
        "so\n"
        "that 'avowd expired' can tell when it must be gone. Again: adds what happened since.\n",
    .examples = "  avowd --store=sqlite:consent.db --policy=shop.avow held order orders:4711 \\\n"
                "        --happened=2026-03-07T10:00:00Z\n",
    .status = "Exit status: 0 recorded; 2 wrong use, or it could not be recorded; 3 try again.\n",
    .flags = held_flags,
    .least = 2,
    .most = 2,
    .wanted = "the data's name in the policy and the record are needed",
    .run = run_held,
};

const struct command gone_command = {
    .name = "gone",
    .summary = "say that a record of data is erased",
    .forms = "DATA NAMESPACE:ID",
    .about = "Says that a record which a service held is erased.\n",
    .status =
        "Exit status: 0 recorded, or it was not held; 2 wrong use, or it could not be recorded;\n"
        "3 try again.\n",
    .least = 2,
    .most = 2,
    .wanted = "the data's name in the policy and the record are needed",
    .run = run_gone,
};

const struct command expired_command = {
    .name = "expired",
    .summary = "records of data that must be gone by now",
    .forms = "",
    .about =
        "Lists the records that services hold and that must be gone by now. A line has, parted by\n"
        "tabs, the data, the record, when it had to be gone, and the clause. The time is "
        "not-known\n"
        "where something is older than the years that the policy's calendar knows. 'avowd gone' "
        "ends\none.\n",
    .status =
        "Exit status: 0 there is none; 1 there are some; 2 wrong use, or they cannot be read.\n",
    .least = 0,
    .most = 0,
    .wanted = "no words are needed",
    .run = run_expired,
};
