/* avow test: the examples of a policy, and lists of cases. */
#include "compiler/check/prove.h"
#include "compiler/check/walk.h"
#include "compiler/command/command.h"
#include "compiler/question/cases.h"
#include "compiler/question/say.h"

#include <getopt.h>

struct options {
    enum colour colour;
    bool coverage, verbose;
    char **files; /* lists of cases */
    size_t file_count;
};

static const struct option long_options[] = {
    {"color", required_argument, NULL, 'c'}, {"colour", required_argument, NULL, 'c'},
    {"coverage", no_argument, NULL, 'o'},    {"help", no_argument, NULL, 'h'},
    {"verbose", no_argument, NULL, 'v'},     {NULL, 0, NULL, 0}};

struct run {
    struct compilation *c;
    const struct options *options;
    bool colour;
    struct prover *prover;
    const struct phrases *phrases;
    struct reached reached;
    struct buffer out;
    size_t examples, cases;               /* tried */
    size_t failed_examples, failed_cases; /* of those */
};

/* What is tried: an example of the policy, or a row of a list. */
struct subject {
    struct text path, title;
    uint32_t line;
    struct text asked;  /* as written */
    struct text wanted; /* in words */
};

static void
add_head(struct run *run, const struct subject *subject, bool good)
{
    say_coloured(&run->out, run->colour, good, good ? TEXT("ok    ") : TEXT("FAILED"));
    buffer_format(&run->out, " %.*s:%u %.*s\n", TEXT_ARGS(subject->path), subject->line,
                  TEXT_ARGS(subject->title));
}

static void
add_asked(struct run *run, const struct subject *subject)
{
    buffer_format(&run->out, "  Asked:  %.*s\n  Wanted: %.*s\n", TEXT_ARGS(subject->asked),
                  TEXT_ARGS(subject->wanted));
}

/* "it is forbidden if customer is stopped: us email customer about news" */
static void
add_found(struct run *run, const struct proved *proved)
{
    static const char *const words[] = {"nothing permits it", "it is forbidden", "it is allowed",
                                        "it cannot be"};
    const struct model *model = run->c->model;
    uint64_t states = proved->states.need | proved->states.forbid;
    buffer_format(&run->out, "  But:    %s", words[proved->verdict]);
    if (states != 0) {
        buffer_string(&run->out, " if ");
        say_states(&run->out, model, states, proved->states.need);
    }
    buffer_string(&run->out, ": ");
    act_words(&run->out, model, proved->point, "");
    buffer_string(&run->out, ".\n");
}

static void
add_counterexample(struct run *run, const struct example *example, const struct example_then *then,
                   const struct proved *proved)
{
    buffer_string(&run->out, "\n  What is true, to paste into the policy:\n    ");
    counterexample(&run->out, run->c->model, example, then, proved, 4);
    buffer_string(&run->out, ".\n");
}

static void
add_due(struct run *run, const struct example *example, const struct example_then *then,
        const struct proved *proved)
{
    struct asked asked = {.form = ASKED_DUE, .verb = then->verb};
    buffer_string(&run->out, "  But:    ");
    say_due(&run->out, run->c->model, &asked, proved->what, proved->due);
    if (proved->due.kind == AVOW_DUE_AT || proved->due.kind == AVOW_DUE_AT_ONCE)
        add_counterexample(run, example, then, proved);
}

static void
add_failure(struct run *run, const struct example *example, const struct example_then *then,
            const struct proved *proved)
{
    if (proved->proof != PROOF_FAILS) {
        buffer_string(&run->out, "  But:    it stands for more cases than can be tried. Give more "
                                 "states, or name fewer things at once.\n");
        return;
    }
    if (then->expects == EXPECT_DUE) {
        add_due(run, example, then, proved);
        return;
    }
    add_found(run, proved);
    for (size_t i = 0; i < proved->clause_count; i++)
        say_clause(&run->out, run->c->model, "Clause", proved->clauses[i]);
    add_counterexample(run, example, then, proved);
}

/* Examples of the policy --------------------------------------------------------------------------
 */

static struct subject
subject_of_line(const struct run *run, const struct example *example,
                const struct example_then *then)
{
    const struct model *model = run->c->model;
    const struct source *source = &model->sources->list.at[then->tree->span.source];
    struct text words = span_text(model->sources, then->tree->span);
    return (struct subject){source->path, example->title,
                            source_place(source, then->tree->span.begin).line, words,
                            TEXT("that it holds, in every case of the states that are not given")};
}

static void
try_example(struct run *run, const struct example *example)
{
    bool good = true;
    run->examples++;
    for (size_t i = 0; i < example->then_count; i++) {
        const struct example_then *then = &example->thens[i];
        struct proved proved = prove(run->prover, example, then);
        if (proved.proof == PROOF_HOLDS)
            continue;
        struct subject subject = subject_of_line(run, example, then);
        good = false;
        add_head(run, &subject, false);
        add_asked(run, &subject);
        add_failure(run, example, then, &proved);
        buffer_char(&run->out, '\n');
    }
    run->failed_examples += !good;
    if (good && run->options->verbose && example->then_count > 0) {
        struct subject subject = subject_of_line(run, example, &example->thens[0]);
        add_head(run, &subject, true);
    }
}

/* Lists of cases ----------------------------------------------------------------------------------
 */

/* Whoever acts does not matter: it may be done if one of them may. Else the failure of the first.
 */
static struct proved
prove_for_any(struct run *run, const struct wanted_lines *wanted, struct example_then then)
{
    struct proved first = {.proof = PROOF_UNTRIED};
    struct walk actor;
    for (actor = walk_from_start(wanted->asked.parts[PART_ACTOR]); !walk_ended(&actor);
         walk_on(&actor)) {
        struct interval one = {actor.leaf, actor.leaf + 1};
        then.actors = (struct set){&one, 1};
        struct proved proved = prove(run->prover, &wanted->example, &then);
        if (proved.proof == PROOF_HOLDS)
            return proved;
        first = first.proof == PROOF_UNTRIED ? proved : first;
    }
    return first;
}

/* Each thing and target may have another who acts. */
static struct proved
prove_each_for_any(struct run *run, const struct wanted_lines *wanted, struct example_then then)
{
    struct walk object, target;
    struct set objects = then.objects, targets = then.targets;
    for (object = walk_from_start(objects); !walk_ended(&object); walk_on(&object))
        for (target = walk_from_start(targets); !walk_ended(&target); walk_on(&target)) {
            struct interval o = {object.leaf, object.leaf + 1}, t = {target.leaf, target.leaf + 1};
            then.objects = (struct set){&o, 1};
            then.targets = (struct set){&t, 1};
            struct proved proved = prove_for_any(run, wanted, then);
            if (proved.proof != PROOF_HOLDS)
                return proved;
        }
    return (struct proved){.proof = PROOF_HOLDS};
}

static struct proved
prove_line(struct run *run, const struct wanted_lines *wanted, const struct example_then *then)
{
    if (wanted->asked.any_actor && then->expects == EXPECT_MAY)
        return prove_each_for_any(run, wanted, *then);
    return prove(run->prover, &wanted->example, then);
}

static bool
is_at_once(struct run *run, const struct wanted_lines *wanted, struct proved *proved)
{
    const struct asked *asked = &wanted->asked;
    struct walk thing;
    for (thing = walk_from_start(asked->parts[PART_OBJECT]); !walk_ended(&thing); walk_on(&thing)) {
        struct due_question q = {thing.leaf, asked->moments, asked->moment_count, asked->given.need,
                                 asked->given.need | asked->given.forbid};
        struct due due = due_of_act(run->c->model, asked->verb, asked->parts[PART_TARGET], q);
        if (due.kind == AVOW_DUE_AT_ONCE)
            continue;
        *proved = (struct proved){.proof = PROOF_FAILS, .what = thing.leaf, .due = due};
        return false;
    }
    return true;
}

/* The first line that fails, or NULL. Of a case that depends on states the lines must fail. */
static const struct example_then *
failing_line(struct run *run, const struct wanted_lines *wanted, struct proved *proved)
{
    if (wanted->wanted == WANTED_AT_ONCE)
        return is_at_once(run, wanted, proved) ? NULL : wanted->example.thens;
    bool depends = wanted->wanted == WANTED_DEPENDS;
    for (size_t i = 0; i < wanted->example.then_count; i++) {
        *proved = prove_line(run, wanted, &wanted->example.thens[i]);
        if ((proved->proof == PROOF_HOLDS) == depends || (depends && proved->proof != PROOF_FAILS))
            return &wanted->example.thens[i];
    }
    return NULL;
}

static struct text
wanted_words(struct run *run, const struct test_case *row)
{
    if (row->because.length == 0)
        return row->answer;
    return arena_format(&run->c->arena, "%.*s, because %.*s", TEXT_ARGS(row->answer),
                        TEXT_ARGS(row->because));
}

static void
try_case(struct run *run, const struct test_case *row)
{
    struct compilation *c = run->c;
    struct wanted_lines wanted;
    run->cases++;
    if (!case_read(c->model, run->phrases, &c->sources, row, &c->diagnostics, &wanted)) {
        run->failed_cases++; /* and why was reported */
        return;
    }
    struct proved proved = {0};
    const struct example_then *then = failing_line(run, &wanted, &proved);
    struct subject subject = {row->path, wanted.example.title, row->line, row->question,
                              wanted_words(run, row)};
    if (!then && run->options->verbose)
        add_head(run, &subject, true);
    if (!then)
        return;
    run->failed_cases++;
    add_head(run, &subject, false);
    add_asked(run, &subject);
    if (proved.proof == PROOF_HOLDS)
        buffer_format(&run->out, "  But:    it is always %s.\n",
                      then->expects == EXPECT_MAY ? "allowed" : "refused");
    else
        add_failure(run, &wanted.example, then, &proved);
    buffer_char(&run->out, '\n');
}

/* Coverage ----------------------------------------------------------------------------------------
 */

static bool
is_reached(const struct run *run, const struct sentence_model *sentence)
{
    for (uint32_t i = 0; i < sentence->rule_count; i++)
        if (run->reached.rules[sentence->first_rule + i])
            return true;
    for (uint32_t i = 0; i < sentence->duty_count; i++)
        if (run->reached.duties[sentence->first_duty + i])
            return true;
    return false;
}

static void
add_coverage(struct run *run)
{
    const struct model *model = run->c->model;
    struct buffer list = buffer_in(&run->c->arena);
    size_t all = 0, reached = 0;
    for (size_t i = 0; i < model->sentence_count; i++) {
        const struct sentence_model *sentence = &model->sentences[i];
        if (sentence->rule_count + sentence->duty_count == 0)
            continue;
        all++;
        if (is_reached(run, sentence)) {
            reached++;
            continue;
        }
        struct span span = sentence->tree->span;
        const struct source *source = &model->sources->list.at[span.source];
        buffer_format(&list, "  %.*s:%u ", TEXT_ARGS(source->path),
                      source_place(source, span.begin).line);
        say_flat(&list, span_text(model->sources, span));
        buffer_string(&list, ".\n");
    }
    buffer_format(&run->out, "%zu of %zu rules are reached by an example or case%s", reached, all,
                  reached == all ? ".\n" : "; these are not:\n");
    buffer_add(&run->out, buffer_text(&list));
}

static void
add_summary(struct run *run)
{
    buffer_format(&run->out, "%zu of %zu example%s hold%s", run->examples - run->failed_examples,
                  run->examples, run->examples == 1 ? "" : "s", run->examples == 1 ? "s" : "");
    if (run->cases > 0)
        buffer_format(&run->out, ", and %zu of %zu case%s", run->cases - run->failed_cases,
                      run->cases, run->cases == 1 ? "" : "s");
    buffer_string(&run->out, ".\n");
}

static int
try_all(struct run *run)
{
    struct compilation *c = run->c;
    struct test_cases cases = {{0}};
    bool read = true;
    for (size_t i = 0; i < run->options->file_count; i++)
        read &= cases_load(&c->arena, &c->sources, text_of(run->options->files[i]), &cases,
                           &c->diagnostics);
    for (size_t i = 0; i < c->model->example_count; i++)
        try_example(run, &c->model->examples[i]);
    for (size_t i = 0; i < cases.list.count; i++)
        try_case(run, &cases.list.at[i]);
    if (run->options->coverage)
        add_coverage(run);
    add_summary(run);
    diagnostics_sort(&c->diagnostics);
    report(c, run->options->colour);
    if (!print_text(stdout, buffer_text(&run->out)) || !read)
        return EXIT_USE;
    return run->failed_examples + run->failed_cases > 0 ? EXIT_NO : EXIT_FINE;
}

static int
test(struct compilation *c, const void *context)
{
    const struct options *options = context;
    const struct model *model = c->model;
    c->diagnostics.list.count = c->diagnostics.errors = c->diagnostics.warnings = 0;
    struct run run = {.c = c,
                      .options = options,
                      .colour = colour_on(options->colour, stdout),
                      .prover = prover_make(&c->arena, model, reach_make(&c->arena, model)),
                      .phrases = phrases_make(&c->arena, model),
                      .out = buffer_in(&c->arena)};
    run.reached.rules = ARENA_ARRAY(&c->arena, model->rule_count + 1, bool);
    run.reached.duties = ARENA_ARRAY(&c->arena, model->duty_count + 1, bool);
    if (options->coverage)
        prover_note_reached(run.prover, run.reached);
    return try_all(&run);
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {.colour = COLOUR_AUTO};
    int letter;
    while ((letter = getopt_long(argc, argv, "hv", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
        if (letter == 'c' && !colour_parse(optarg, &options.colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        options.coverage |= letter == 'o';
        options.verbose |= letter == 'v';
    }
    if (optind == argc)
        return wrong_use(command, "a policy is needed, and lists of cases if there are any");
    options.files = argv + optind + 1;
    options.file_count = (size_t)(argc - optind - 1);
    return with_policy(command, argv[optind], STAGE_MODEL, options.colour, test, &options);
}

const struct command test_command = {
    "test", "try the examples of a policy, and lists of cases",
    "Usage: avow test [OPTION]... FILE [CASES]...\n"
    "Tries every example of a policy, and every case of lists: YAML, or CSV as a spreadsheet "
    "saves\n"
    "it. A case has a question as for 'avow ask' and the answer that is wanted:\n\n"
    "  cases:\n"
    "    - case: Subscribers get the newsletter\n"
    "      ask: may we email customer about news if subscribed?\n"
    "      answer: yes\n"
    "      because: newsletter\n\n"
    "Answers are yes, no, depends, forbidden, unstated; names, where a place is left open "
    "('who');\n"
    "a day, or 'at once' ('when'). States that a case does not name are all tried. One that fails\n"
    "is shown with the clause that decides, and what is true as an example to paste.\n\n"
    "  --coverage      list the rules that no example or case reaches\n"
    "  -v, --verbose   name those that hold, too\n"
    "  --color=WHEN    auto, always or never\n"
    "  --help          this text\n\n"
    "Exit status: 0 all hold, 1 some do not, or the policy has errors, 2 wrong use, or a list "
    "that\n"
    "cannot be read.\n",
    run};
