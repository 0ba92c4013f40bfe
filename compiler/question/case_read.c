/* What a case of a list asks, and what must hold for its answer to be true. */
#include "compiler/model/civil.h"
#include "compiler/model/givens.h"
#include "compiler/question/cases.h"
#include "compiler/question/reading.h"
#include "compiler/syntax/load.h"

struct case_reader {
    const struct model *model;
    const struct phrases *phrases;
    struct sources *sources;
    const struct test_case *row;
    struct diagnostics *diagnostics;
    struct wanted_lines *wanted;
    uint32_t answer; /* source */
};

/* A cell as a source of its own, whose place is the row. */
static uint32_t
cell_source(struct case_reader *c, struct text cell)
{
    struct arena *arena = c->diagnostics->arena;
    uint32_t source = source_take(arena, c->sources, c->row->path, cell, c->diagnostics);
    if (source != NONE)
        c->sources->list.at[source].before = c->row->line - 1;
    return source;
}

static bool
refuse_answer(struct case_reader *c, const char *mend)
{
    struct span whole = {c->answer, 0, (uint32_t)c->row->answer.length};
    diagnose(c->diagnostics, E_CASES, whole, "“%.*s” is no answer to this question",
             TEXT_ARGS(text_shown(c->diagnostics->arena, c->row->answer)));
    diagnose_fix(c->diagnostics, "%s", mend);
    return false;
}

static bool
answer_is(const struct case_reader *c, const char *const *words)
{
    struct text answer = c->row->answer;
    while (answer.length > 0 && answer.data[answer.length - 1] == '.')
        answer.length--;
    for (; *words; words++)
        if (text_equal_folded(answer, text_of(*words)))
            return true;
    return false;
}

/* One more line that must hold, about these targets (or other parts). */
static void
add_line(struct case_reader *c, enum expectation expects, const struct set parts[PART_COUNT])
{
    struct arena *arena = c->diagnostics->arena;
    const struct asked *asked = &c->wanted->asked;
    struct example *example = &c->wanted->example;
    struct example_then *thens = ARENA_ARRAY(arena, example->then_count + 1, struct example_then);
    if (example->then_count > 0)
        memcpy(thens, example->thens, example->then_count * sizeof *thens);
    thens[example->then_count++] = (struct example_then){.expects = expects,
                                                         .verb = asked->verb,
                                                         .actors = parts[PART_ACTOR],
                                                         .objects = parts[PART_OBJECT],
                                                         .targets = parts[PART_TARGET],
                                                         .given = asked->given};
    example->thens = thens;
}

/* "who may see order?" with the names of all who may. */
static bool
read_names_answer(struct case_reader *c)
{
    static const char *const nobody[] = {"nobody", "nothing", "none", "nowhere", "no one", NULL};
    const struct asked *asked = &c->wanted->asked;
    struct set parts[PART_COUNT], allowed = {0};
    memcpy(parts, asked->parts, sizeof parts);
    if (!answer_is(c, nobody) &&
        !question_names(c->model, c->phrases, c->answer, asked, c->diagnostics, &allowed))
        return false;
    struct arena *arena = c->diagnostics->arena;
    parts[asked->free] = allowed;
    if (allowed.count > 0)
        add_line(c, EXPECT_MAY, parts);
    parts[asked->free] = set_minus(arena, asked->parts[asked->free], allowed);
    if (parts[asked->free].count > 0)
        add_line(c, EXPECT_NEVER, parts);
    return true;
}

static bool
read_act_answer(struct case_reader *c)
{
    static const struct {
        const char *words[6];
        enum expectation expects;
    } answers[] = {
        {{"yes", "y", "allowed", "may", "true", NULL}, EXPECT_MAY},
        {{"no", "n", "not allowed", "never", "false", NULL}, EXPECT_NEVER},
        {{"forbidden", "prohibited", NULL}, EXPECT_FORBIDDEN},
        {{"unstated", "nothing permits it", NULL}, EXPECT_UNSTATED},
    };
    static const char *const depends[] = {"depends", "it depends", NULL};
    const struct asked *asked = &c->wanted->asked;
    if (answer_is(c, depends)) {
        c->wanted->wanted = WANTED_DEPENDS;
        add_line(c, EXPECT_MAY, asked->parts);
        add_line(c, EXPECT_NEVER, asked->parts);
        return true;
    }
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        if (answer_is(c, answers[i].words)) {
            add_line(c, answers[i].expects, asked->parts);
            return true;
        }
    if (asked->free != PART_COUNT)
        return read_names_answer(c);
    return refuse_answer(c, "Write yes, no, depends, forbidden or unstated");
}

static bool
read_due_answer(struct case_reader *c)
{
    static const char *const at_once[] = {"at once", "immediately", NULL};
    struct words words =
        words_of(c->diagnostics->arena, c->row->answer, (struct span){c->answer, 0, 0});
    struct moment by = {0};
    add_line(c, EXPECT_DUE, c->wanted->asked.parts);
    if (answer_is(c, at_once)) {
        c->wanted->wanted = WANTED_AT_ONCE;
        return true;
    }
    size_t next = 0;
    if (!moment_read(words, &next, &by) || next != words.count)
        return refuse_answer(c,
                             "Write a day, such as 2026-03-09 or 2026-03-09 17:00, or “at once”");
    struct example_then *then = ARENA_NEW(c->diagnostics->arena, struct example_then);
    *then = c->wanted->example.thens[0];
    then->by = moment_begin(c->model->calendar, &by);
    then->by_end = moment_end(c->model->calendar, &by);
    c->wanted->example.thens = then;
    return true;
}

/* The clauses that must be cited by every line, but for those that may not stand in an open place:
 * they are refused for all kinds of reasons. */
static bool
read_because(struct case_reader *c)
{
    struct arena *arena = c->diagnostics->arena;
    uint32_t source = cell_source(c, c->row->because);
    if (source == NONE)
        return false;
    struct words words = words_of(arena, c->row->because, (struct span){source, 0, 0});
    uint32_t *clauses = ARENA_ARRAY(arena, words.count + 1, uint32_t);
    size_t count = 0;
    struct resolver resolver = resolver_make(arena, c->model, c->diagnostics);
    for (size_t i = 0; i < words.count; i++) {
        struct name name = {words.at[i].text, words.at[i].span};
        if (text_equal(name.text, TEXT("and")))
            continue;
        clauses[count] = resolve_clause(&resolver, &name);
        if (clauses[count++] == NONE)
            return false;
    }
    struct example *example = &c->wanted->example;
    struct example_then *thens = ARENA_ARRAY(arena, example->then_count, struct example_then);
    for (size_t i = 0; i < example->then_count; i++) {
        thens[i] = example->thens[i];
        if (c->wanted->asked.free != PART_COUNT && thens[i].expects == EXPECT_NEVER)
            continue;
        thens[i].because = clauses;
        thens[i].because_count = count;
    }
    example->thens = thens;
    return true;
}

bool
case_read(const struct model *model, const struct phrases *phrases, struct sources *sources,
          const struct test_case *row, struct diagnostics *diagnostics, struct wanted_lines *wanted)
{
    struct case_reader c = {model, phrases, sources, row, diagnostics, wanted, NONE};
    *wanted = (struct wanted_lines){0};
    uint32_t question = cell_source(&c, row->question);
    c.answer = cell_source(&c, row->answer);
    if (question == NONE || c.answer == NONE ||
        !question_read(model, phrases, question, diagnostics, &wanted->asked))
        return false;
    wanted->example = (struct example){
        .title = row->title.length > 0 ? row->title : row->question,
        .pending = wanted->asked.pending,
        .moments = wanted->asked.moments,
        .moment_count = wanted->asked.moment_count,
    };
    bool due = wanted->asked.form == ASKED_DUE;
    if (!(due ? read_due_answer(&c) : read_act_answer(&c)))
        return false;
    return row->because.length == 0 || read_because(&c);
}
