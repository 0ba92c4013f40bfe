#include "compiler/question/json.h"

#include "compiler/base/json.h"
#include "compiler/model/calendar.h"
#include "compiler/question/say.h"

static struct text
leaf_name(const struct model *model, uint32_t number)
{
    return leaf(model, number)->name;
}

static void
add_states(struct buffer *out, const struct model *model, const char *name, uint64_t states)
{
    json_name(out, name);
    buffer_char(out, '[');
    for (uint32_t i = 0; i < state_count(model); i++) {
        if ((states >> i & 1) == 0)
            continue;
        json_next(out);
        json_string(out, leaf_name(model, model->first_leaf[KIND_STATE] + i));
    }
    buffer_char(out, ']');
}

static void
add_clause(struct buffer *out, const struct model *model, uint32_t number)
{
    const struct clause *clause = &model->clauses[number];
    const struct source *source = &model->sources->list.at[clause->span.source];
    json_next(out);
    buffer_char(out, '{');
    json_member(out, "name", clause->name);
    json_member(out, "anchor", clause->anchor);
    if (clause->section != NONE) {
        json_number(out, "section", model->sections[clause->section].number);
        json_member(out, "title", model->sections[clause->section].title);
    }
    json_member(out, "words", clause->words);
    json_member(out, "file", source->path);
    json_number(out, "line", source_place(source, clause->span.begin).line);
    buffer_char(out, '}');
}

static void
add_clauses(struct buffer *out, const struct model *model, const uint32_t *clauses, size_t count)
{
    json_name(out, "clauses");
    buffer_char(out, '[');
    for (size_t i = 0; i < count; i++)
        add_clause(out, model, clauses[i]);
    buffer_char(out, ']');
}

static void
add_question(struct buffer *out, const struct model *model, struct question q)
{
    json_name(out, "question");
    buffer_char(out, '{');
    json_member(out, "actor", leaf_name(model, q.actor));
    json_member(out, "verb", text_of(verb_forms[q.verb].word));
    json_member(out, "object", leaf_name(model, q.object));
    json_member(out, "target", leaf_name(model, q.target));
    add_states(out, model, "holds", q.yes & q.known);
    add_states(out, model, "holds_not", q.known & ~q.yes);
    buffer_char(out, '}');
}

static const char *
verdict_word(enum verdict verdict)
{
    static const char *const words[] = {"unstated", "forbidden", "allowed", "refused"};
    return words[verdict];
}

static void
add_nearest(struct buffer *out, const struct model *model, struct question q)
{
    struct nearest nearest = answer_nearest(model, q);
    if (!nearest.rule)
        return;
    json_name(out, "nearest");
    buffer_char(out, '{');
    json_member(out, "clause", model->clauses[nearest.rule->clause].name);
    json_flag(out, "actor_wrong", nearest.actor_wrong);
    json_flag(out, "object_wrong", nearest.object_wrong);
    json_flag(out, "target_wrong", nearest.target_wrong);
    add_states(out, model, "must_hold", nearest.must_hold);
    add_states(out, model, "must_not_hold", nearest.must_not_hold);
    buffer_char(out, '}');
}

void
json_answer(struct buffer *out, const struct model *model, struct question question,
            const struct answer *answer)
{
    json_next(out);
    buffer_char(out, '{');
    add_question(out, model, question);
    json_member(out, "verdict", text_of(verdict_word(answer->verdict)));
    json_flag(out, "allowed", answer->verdict == VERDICT_ALLOWED);
    add_states(out, model, "missing", answer->missing);
    add_clauses(out, model, answer->clauses, answer->clause_count);
    if ((answer->verdict == VERDICT_UNSTATED || answer->rest) && answer->missing == 0)
        add_nearest(out, model, question);
    buffer_char(out, '}');
}

struct each { /* what json_list hands on for each point */
    struct buffer *out;
    const struct model *model;
};

static void
add_each(void *context, struct question question, const struct answer *answer)
{
    struct each *each = context;
    json_answer(each->out, each->model, question, answer);
}

void
json_list(struct buffer *out, const struct model *model, struct arena *arena,
          const struct asked *asked)
{
    struct each each = {out, model};
    buffer_string(out, "{\"answers\":[");
    answers_each(model, arena, asked, add_each, &each);
    buffer_string(out, "]}");
}

static const char *
due_word(avow_due_kind kind)
{
    static const char *const words[] = {
        [AVOW_DUE_NOTHING] = "nothing",
        [AVOW_DUE_AT] = "at",
        [AVOW_DUE_AT_ONCE] = "at once",
        [AVOW_DUE_UNKNOWN] = "unknown",
    };
    return words[kind];
}

static const char *
reason_word(avow_due_reason reason)
{
    static const char *const words[] = {
        [AVOW_DUE_CERTAIN] = "certain",
        [AVOW_DUE_POSSIBLE] = "possible",
        [AVOW_DUE_NOT_STARTED] = "not started",
        [AVOW_DUE_PAST_ZONES] = "past zones",
        [AVOW_DUE_PAST_HOLIDAYS] = "past holidays",
        [AVOW_DUE_BAD_QUESTION] = "bad question",
        [AVOW_DUE_KEPT] = "kept",
    };
    return words[reason];
}

void
json_due(struct buffer *out, const struct model *model, const struct asked *asked, uint32_t what,
         struct due due)
{
    bool known = due.kind == AVOW_DUE_AT || due.kind == AVOW_DUE_AT_ONCE;
    json_next(out);
    buffer_char(out, '{');
    json_member(out, "verb", text_of(verb_forms[asked->verb].word));
    json_member(out, "object", leaf_name(model, what));
    json_member(out, "due", text_of(due_word(due.kind)));
    json_member(out, "reason", text_of(reason_word(due.reason)));
    if (known) {
        json_number(out, "unix", due.at);
        json_member(out, "local", calendar_words(out->arena, model->calendar, due.at));
        json_member(out, "zone", model->calendar->zone);
    }
    add_states(out, model, "missing", due.missing);
    add_clauses(out, model, &due.clause, due.clause != NONE);
    buffer_char(out, '}');
}
