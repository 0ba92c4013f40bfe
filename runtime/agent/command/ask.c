/* avowd ask: whether something may be done, to or with the data of somebody, now. */
#include "runtime/agent/words.h"

enum { ACTOR, RECORD, GIVEN, WHY };

static const struct flag flags[] = {
    {"actor", "SYSTEM", "who does it; by default us"},
    {"record", "NAMESPACE:ID", "the record of data that is meant"},
    {"given", "STATES",
     "facts, and states that the store does not keep, parted by\n"
     "commas: region.eu,no:minor"},
    {"why", NULL, "also the published sentence, or why the answer is not certain"},
    {0},
};

static avow_store_code
read_question(const struct session *session, avow_store_question *question, avow_store_error *error)
{
    const struct call *call = session->call;
    const avow_table *table = session->bundle.table;
    *question = (avow_store_question){.record = words_record(call->flag[RECORD])};
    avow_store_code code =
        words_point(table, call->flag[ACTOR], call->operands, &question->point, error);
    if (code == AVOW_STORE_OK)
        code = words_given(table, call->flag[GIVEN], &question->states, error);
    if (code == AVOW_STORE_OK && call->operand_count == 4)
        code = words_address(call->operands[3], &question->subject, error);
    return code;
}

static void
print_clauses(const avow_table *table, avow_point point, const avow_store_answer *answer)
{
    avow_question asked = {point, answer->states};
    uint32_t clause = answer->answer.clause;
    fputs(words_of_verdict(answer->answer.verdict), stdout);
    if (clause == AVOW_NONE) {
        fputs("\t-\n", stdout);
        return;
    }
    for (char mark = '\t'; clause != AVOW_NONE; mark = ',') {
        avow_text name = avow_clause_at(table, clause).name;
        printf("%c%.*s", mark, (int)name.length, name.data);
        clause = avow_next_clause(table, &asked, clause);
    }
    putchar('\n');
}

static void
print_missing(const avow_table *table, uint64_t missing)
{
    const char *head = "Not known: ";
    for (avow_kind kind = AVOW_STATE; kind <= AVOW_FACT; kind++) {
        for (uint32_t i = 0; i < avow_count(table, kind); i++) {
            avow_id id = avow_first(table, kind) + i;
            avow_text name = avow_name(table, id);
            if (!(avow_bit(table, id) & missing))
                continue;
            printf("%s%.*s", head, (int)name.length, name.data);
            head = ", ";
        }
    }
    if (missing)
        fputs(".\n", stdout);
}

static void
print_why(const avow_table *table, const avow_store_answer *answer)
{
    const avow_answer *core = &answer->answer;
    if (core->clause != AVOW_NONE) {
        avow_text words = avow_clause_at(table, core->clause).words;
        if (words.length > 0)
            printf("%.*s\n", (int)words.length, words.data);
    }
    if (core->reason != AVOW_REASON_CLAUSE)
        printf("%s\n", avow_reason_text(core->reason));
    print_missing(table, core->missing);
    if (words_of_reason(answer->reason))
        printf("%s\n", words_of_reason(answer->reason));
}

static int
work(struct session *session)
{
    const struct call *call = session->call;
    avow_store_question question;
    avow_store_error error = {0};
    if (read_question(session, &question, &error) != AVOW_STORE_OK)
        return store_failed(call, &error);
    avow_store_answer answer = avow_store_ask(session->store, &question, &error);
    if (answer.reason == AVOW_STORE_UNTRUSTED)
        say_trust(session);
    else if (error.code != AVOW_STORE_OK)
        complain(call, "%s", error.text);
    print_clauses(session->bundle.table, question.point, &answer);
    if (call->flag[WHY])
        print_why(session->bundle.table, &answer);
    return avow_allowed(answer.answer) ? EXIT_FINE : EXIT_NO;
}

static int
run(const struct call *call)
{
    if (call->operand_count == 3 && !call->flag[RECORD])
        return wrong_use(call, "whom does it concern? Name the person by an address, or the data "
                               "with --record");
    return with_store(call, true, work);
}

const struct command ask_command = {
    .name = "ask",
    .summary = "whether something may be done now, to or about somebody",
    .forms = "[OPTION]... VERB OBJECT TARGET ADDRESS",
    .about =
        "Prints 'verdict<TAB>clause,clause', the verdict being allowed, forbidden, unstated (no\n"
        "clause permits it) or refused, and '-' for no clause. What is not known is refused.\n"
        "The answer is good for what is done at once; ask again each time.\n",
    .examples = "  avowd --store=sqlite:consent.db --policy=shop.avow ask email customer news "
                "joe@shop.example\n"
                "  … ask use order.email marketing --record=orders:4711\n",
    .status = "Exit status: 0 allowed; 1 not; 2 wrong use.\n",
    .flags = flags,
    .least = 3,
    .most = 4,
    .wanted = "an act, its object, its target and an address are needed, as in 'ask email customer "
              "news joe@shop.example'",
    .run = run,
};
