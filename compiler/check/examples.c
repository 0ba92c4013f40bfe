/* Examples, proved; and what is said of one that does not hold. */
#include "compiler/check/internal.h"
#include "compiler/check/prove.h"

#include "compiler/model/calendar.h"

/* A line that was tried, and what came of it. */
struct tried {
    struct checking *checking;
    const struct example *example;
    const struct example_then *then;
    struct proved proved;
};

static const char *
verdict_words(enum verdict verdict)
{
    static const char *const words[] = {"not stated by any clause", "forbidden by", "allowed by",
                                        "no question"};
    return words[verdict];
}

static void
report_act(const struct tried *t)
{
    const struct model *model = t->checking->model;
    const struct proved *proved = &t->proved;
    struct buffer act = buffer_in(t->checking->arena), by = buffer_in(t->checking->arena);
    bool may = t->then->expects == EXPECT_MAY;
    act_words(&act, model, proved->point, may ? "MAY" : "NEVER");
    for (size_t i = 0; i < proved->clause_count; i++)
        buffer_format(&by, "%s “%.*s”", i > 0 ? "," : "",
                      TEXT_ARGS(model->clauses[proved->clauses[i]].name));
    bool otherwise = (proved->verdict == VERDICT_ALLOWED) == may;
    diagnose(t->checking->diagnostics, E_EXAMPLE, t->then->tree->span,
             "“%.*s” does not hold%s: there is a case in which it is %s%.*s",
             TEXT_ARGS(buffer_text(&act)), otherwise ? " for this reason" : "",
             verdict_words(proved->verdict), TEXT_ARGS(buffer_text(&by)));
}

static void
report_unknown(const struct tried *t, struct text what)
{
    const struct due *due = &t->proved.due;
    bool open = due->kind == AVOW_DUE_UNKNOWN && due->reason == AVOW_DUE_NOT_STARTED;
    const char *why = due->kind == AVOW_DUE_NOTHING ? "no duty of the policy binds here"
                      : open                        ? "nothing that is given starts its clock"
                      : due->reason == AVOW_DUE_PAST_HOLIDAYS
                          ? "its day lies past the holidays that the calendar knows"
                          : "its day lies outside the years for which the time zone is known";
    diagnose(t->checking->diagnostics, E_EXAMPLE, t->then->tree->span,
             "it cannot be said when “%.*s” is due: %s", TEXT_ARGS(what), why);
    if (open)
        diagnose_fix(t->checking->diagnostics,
                     "Give what starts it, as in “given … received 2026-03-07 10:00” or “given … "
                     "at 2026-03-07”");
    else if (due->kind == AVOW_DUE_NOTHING)
        diagnose_fix(t->checking->diagnostics, "Change what is given, or add the duty");
    else
        diagnose_fix(t->checking->diagnostics, "Try another day, or complete the calendar");
}

static void
report_due(const struct tried *t, struct text what)
{
    const struct due *due = &t->proved.due;
    struct text at = calendar_words(t->checking->arena, t->checking->model->calendar, due->at);
    struct text clause = t->checking->model->clauses[due->clause].name;
    bool in_time = due->at >= t->then->by && due->at < t->then->by_end;
    if (in_time)
        diagnose(t->checking->diagnostics, E_EXAMPLE, t->then->tree->span,
                 "“%.*s” is due then because of “%.*s”", TEXT_ARGS(what), TEXT_ARGS(clause));
    else
        diagnose(t->checking->diagnostics, E_EXAMPLE, t->then->tree->span, "“%.*s” is due by %.*s",
                 TEXT_ARGS(what), TEXT_ARGS(at));
    struct buffer out = buffer_in(t->checking->arena);
    counterexample(&out, t->checking->model, t->example, t->then, &t->proved, 12);
    diagnose_fix(t->checking->diagnostics,
                 "Change the rules, or write what is true of them:\n            %.*s",
                 TEXT_ARGS(buffer_text(&out)));
}

static void
report_failure(const struct tried *t)
{
    struct checking *c = t->checking;
    uint32_t clause = t->proved.clause_count > 0 ? t->proved.clauses[0] : NONE;
    if (t->then->expects == EXPECT_DUE) {
        struct text what = arena_format(c->arena, "%s %.*s", verb_forms[t->then->verb].word,
                                        TEXT_ARGS(leaf(c->model, t->proved.what)->name));
        clause = t->proved.due.clause;
        if (t->proved.due.kind == AVOW_DUE_AT || t->proved.due.kind == AVOW_DUE_AT_ONCE)
            report_due(t, what);
        else
            report_unknown(t, what);
    } else {
        struct buffer out = buffer_in(c->arena);
        report_act(t);
        counterexample(&out, c->model, t->example, t->then, &t->proved, 10);
        diagnose_fix(c->diagnostics,
                     "Change the rules, or write what is true of them:\n          %.*s",
                     TEXT_ARGS(buffer_text(&out)));
    }
    if (clause != NONE)
        diagnose_see(c->diagnostics, c->model->tree->clauses.at[clause].name.span,
                     "the clause that decides it");
}

/* What was not tried must not pass for proved. */
static void
report(const struct tried *t)
{
    struct diagnostics *diagnostics = t->checking->diagnostics;
    switch (t->proved.proof) {
    case PROOF_HOLDS:
        break;
    case PROOF_FAILS:
        report_failure(t);
        break;
    case PROOF_TOO_LARGE:
        diagnose(diagnostics, E_EXAMPLE_SIZE, t->then->tree->span,
                 "this stands for more cases than can be tried");
        diagnose_why(diagnostics, "Every actor, thing and target that it names is tried with every "
                                  "combination of the states that are not given");
        diagnose_fix(diagnostics, "Give more states, or name fewer things at once");
        break;
    case PROOF_UNTRIED:
        diagnose(diagnostics, E_EXAMPLE_SIZE, t->then->tree->span,
                 "this was not tried, because the examples before it have too many cases");
        diagnose_fix(diagnostics, "Give more states in them, or name fewer things at once");
        break;
    }
}

void
check_examples(struct checking *checking)
{
    const struct model *model = checking->model;
    struct prover *prover = prover_make(checking->arena, model, checking->reach);
    for (size_t i = 0; i < model->example_count; i++) {
        const struct example *example = &model->examples[i];
        for (size_t k = 0; k < example->then_count; k++) {
            const struct example_then *then = &example->thens[k];
            struct tried tried = {checking, example, then, prove(prover, example, then)};
            report(&tried);
        }
    }
}
