/* Any bytes as a question of `avow ask`, to a small policy with words of every kind. */
#include "compiler/compile.h"
#include "compiler/model/due.h"
#include "compiler/question/list.h"
#include "compiler/question/say.h"
#include "compiler/syntax/load.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char policy[] =
    "---\npolicy: q\ntitle: Q\nlanguage: en\neffective: 2026-03-01\n---\n"
    "person customer \"customer\". data order \"order details\" of customer.\n"
    "data order.email \"e-mail address\" of customer. data order.phone \"phone number\" of "
    "customer.\n"
    "purpose news \"newsletter\". purpose delivery \"delivery\". place cloud \"our servers\".\n"
    "audience couriers \"the couriers\". system shop \"our shop\". request stop \"stop all "
    "e-mail\".\n"
    "state stopped \"asked us to stop\" of customer after stop. fact region one of eu \"the EU\", "
    "us-a.\n"
    "event closed \"closing of the order\" of order. contact help \"help\" at "
    "\"https://q.example\".\n"
    "clause one: we MAY email customer about news if region.eu, subject to two.\n"
    "we MAY use order for delivery. shop MAY store order in cloud. we MAY show order to couriers.\n"
    "> We write about {news} and use your {order} for {delivery}.\n"
    "clause two: customer MAY request stop via help. we MUST do stop within 3 days.\n"
    "we NEVER email anyone if stopped. we MUST erase order within 30 days after closed.\n"
    "> Tell {link of help} to {stop}.\n";

static void
answer(struct compilation *c, const struct asked *asked)
{
    struct buffer out = buffer_in(&c->arena);
    if (asked->form == ASKED_DUE) {
        struct set things = asked->parts[PART_OBJECT];
        struct due_question q = {things.at[0].low, asked->moments, asked->moment_count,
                                 asked->given.need, asked->given.need | asked->given.forbid};
        struct due due = due_of_act(c->model, asked->verb, asked->parts[PART_TARGET], q);
        say_due(&out, c->model, asked, things.at[0].low, due);
        return;
    }
    struct answer_list list = answers_list(c->model, &c->arena, asked);
    say_list(&out, c->model, asked, &list, false);
}

static void
ask(struct compilation *c, struct text text)
{
    struct asked asked;
    uint32_t source = source_take(&c->arena, &c->sources, TEXT("question"), text, &c->diagnostics);
    if (source == NONE)
        return;
    if (question_read(c->model, phrases_make(&c->arena, c->model), source, &c->diagnostics, &asked))
        answer(c, &asked);
    else if (c->diagnostics.errors != 1)
        abort(); /* what is not understood is said, and once */
    struct buffer out = buffer_in(&c->arena);
    diagnostics_sort(&c->diagnostics);
    diagnostics_render(&c->diagnostics, &c->sources, false, &out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct compilation c;
    bool done = compile_text(&c, TEXT("q.policy"), text_of(policy), STAGE_MODEL);
    if (done && c.diagnostics.errors > 0)
        abort();
    if (done && setjmp(c.arena.out_of_memory) == 0)
        ask(&c, (struct text){(const char *)data, size});
    compilation_free(&c);
    return 0;
}
