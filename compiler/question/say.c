#include "compiler/question/say.h"

#include "compiler/base/utf8.h"

enum { WIDTH = 76, INDENT = 4 };

/* Writes words in lines of WIDTH columns at most, each indented. */
static void
add_wrapped(struct buffer *out, struct text words)
{
    size_t column = 0;
    while (words.length > 0) {
        size_t length = 0;
        while (length < words.length && words.data[length] != ' ' && words.data[length] != '\n')
            length++;
        struct text word = {words.data, length};
        size_t width = utf8_width(word);
        if (column > 0 && column + 1 + width > WIDTH) {
            buffer_char(out, '\n');
            column = 0;
        }
        if (length > 0) {
            buffer_fill(out, ' ', column == 0 ? INDENT : 1);
            buffer_add(out, word);
            column += width + (column == 0 ? INDENT : 1);
        }
        if (length < words.length && words.data[length] == '\n' && column > 0) {
            buffer_char(out, '\n');
            column = 0;
        }
        length += length < words.length;
        words.data += length;
        words.length -= length;
    }
    if (column > 0)
        buffer_char(out, '\n');
}

static void
add_place(struct buffer *out, const struct model *model, struct span span)
{
    const struct source *source = &model->sources->list.at[span.source];
    buffer_format(out, "%.*s:%u", TEXT_ARGS(source->path), source_place(source, span.begin).line);
}

void
say_clause(struct buffer *out, const struct model *model, const char *intro, uint32_t index)
{
    const struct clause *clause = &model->clauses[index];
    buffer_format(out, "\n  %s %.*s (", intro, TEXT_ARGS(clause->name));
    if (clause->section != NONE) {
        const struct section *section = &model->sections[clause->section];
        buffer_format(out, "section %u, %.*s; ", section->number, TEXT_ARGS(section->title));
    }
    add_place(out, model, clause->span);
    if (clause->words.length == 0) {
        buffer_string(out, "), which publishes no words.\n");
        return;
    }
    buffer_string(out, "):\n");
    struct buffer quoted = buffer_in(out->arena);
    buffer_format(&quoted, "“%.*s”", TEXT_ARGS(clause->words));
    add_wrapped(out, buffer_text(&quoted));
}

void
say_coloured(struct buffer *out, bool colour, bool good, struct text text)
{
    const char *on = !colour ? "" : good ? "\033[1;32m" : "\033[1;31m";
    buffer_format(out, "%s%.*s%s", on, TEXT_ARGS(text), colour ? "\033[0m" : "");
}

static uint32_t
owner_of(const struct symbol *state)
{
    return state->kind == KIND_STATE ? state->owner : NONE;
}

/* Of a group of facts of which exactly one holds, the one that does says all. */
static uint64_t
without_implied(const struct model *model, uint64_t states, uint64_t yes)
{
    for (size_t i = 0; i < model->one_of_count; i++)
        if ((states & yes & model->one_of[i]) != 0)
            states &= ~model->one_of[i] | yes;
    return states;
}

/* "customer is stopped and not subscribed": a state is said of its owner, a fact alone. */
void
say_states(struct buffer *out, const struct model *model, uint64_t states, uint64_t yes)
{
    uint32_t owner = NONE;
    bool first = true;
    states = without_implied(model, states, yes);
    for (uint32_t i = 0; i < state_count(model); i++) {
        if ((states >> i & 1) == 0)
            continue;
        const struct symbol *state = leaf(model, model->first_leaf[KIND_STATE] + i);
        buffer_add(out, first ? TEXT("") : TEXT(" and "));
        if (owner_of(state) != NONE && (first || owner_of(state) != owner))
            buffer_format(out, "%.*s is ", TEXT_ARGS(model->symbols[owner_of(state)].name));
        buffer_format(out, "%s%.*s", (yes >> i & 1) != 0 ? "" : "not ", TEXT_ARGS(state->name));
        owner = owner_of(state);
        first = false;
    }
}

void
say_whether(struct buffer *out, const struct model *model, uint64_t states)
{
    bool first = true;
    for (uint64_t left = states; left; left &= left - 1) {
        buffer_add(out, first ? TEXT("whether ") : TEXT(", and whether "));
        say_states(out, model, left & (~left + 1), left);
        first = false;
    }
}

static const char *
participle(enum verb verb)
{
    static const char *const words[VERB_QUESTIONS] = {
        [VERB_COLLECT] = "collected", [VERB_STORE] = "stored", [VERB_USE] = "used",
        [VERB_SHOW] = "shown",        [VERB_SHARE] = "shared", [VERB_EMAIL] = "emailed",
        [VERB_TEXT] = "texted",       [VERB_CALL] = "called",  [VERB_POST] = "posted"};
    return words[verb];
}

void
say_asked(struct buffer *out, const struct model *model, const struct asked *asked,
          const struct set parts[PART_COUNT], bool may)
{
    const struct verb_form *form = &verb_forms[asked->verb];
    struct set actors = parts[PART_ACTOR];
    const char *operator= may ? "may" : "may not";
    if (asked->any_actor) {
        set_names(model, parts[PART_OBJECT], out);
        buffer_format(out, " %s be %s", operator, participle(asked->verb));
    } else {
        if (set_size(actors) == 1 && actors.at[0].low == us_actor(model))
            buffer_string(out, "we");
        else
            set_names(model, actors, out);
        buffer_format(out, " %s %s ", operator, form->word);
        set_names(model, parts[PART_OBJECT], out);
    }
    buffer_format(out, " %s ", preposition_word(form->preposition));
    set_names(model, parts[PART_TARGET], out);
    if ((asked->given.need | asked->given.forbid) != 0) {
        buffer_string(out, " if ");
        say_states(out, model, asked->given.need | asked->given.forbid, asked->given.need);
    }
}

/* The answer in one sentence, which says the question again as it was understood. */
static void
add_sentence(struct buffer *out, const struct model *model, const struct asked *asked,
             const struct answer *answer, bool colour)
{
    bool yes = answer->verdict == VERDICT_ALLOWED;
    say_coloured(out, colour, yes, yes ? TEXT("Yes") : TEXT("No"));
    buffer_string(out, ": ");
    say_asked(out, model, asked, asked->parts, yes);
    if (answer->missing != 0) {
        buffer_string(out, ", as long as it is not known ");
        say_whether(out, model, answer->missing);
    } else if (!yes) {
        buffer_add(out, answer->verdict == VERDICT_FORBIDDEN ? TEXT(". It is forbidden")
                                                             : TEXT(". Nothing permits it"));
    }
    buffer_string(out, ".\n");
}

static void
add_case(struct buffer *out, const struct model *model, struct question question, uint64_t missing)
{
    struct answer answer = answer_make(model, out->arena, question);
    if (answer.verdict == VERDICT_BAD_QUESTION)
        return;
    buffer_string(out, "  If ");
    say_states(out, model, missing, question.yes);
    buffer_format(out, ": %s", answer.verdict == VERDICT_ALLOWED ? "yes" : "no");
    if (answer.missing)
        buffer_string(out, ", as long as the rest is not known");
    for (size_t c = 0; c < answer.clause_count; c++)
        buffer_format(out, "%s%.*s", c == 0 ? " (" : ", ",
                      TEXT_ARGS(model->clauses[answer.clauses[c]].name));
    buffer_format(out, "%s\n", answer.clause_count > 0 ? ")." : ", nothing permits it.");
}

/* The verdict in each case of the states that are missing: what the asker has to find out. */
static void
add_cases(struct buffer *out, const struct model *model, struct question question, uint64_t missing)
{
    enum { MOST = 3 };
    uint64_t bits[MOST];
    unsigned count = 0;
    for (uint64_t left = missing; left; left &= left - 1) {
        if (count == MOST)
            return; /* more cases than anyone would read; the states were named above */
        bits[count++] = left & (~left + 1);
    }
    buffer_char(out, '\n');
    for (unsigned i = 0; i < 1u << count; i++) {
        struct question known = question;
        known.known |= missing;
        for (unsigned b = 0; b < count; b++)
            if (i >> b & 1)
                known.yes |= bits[b];
        add_case(out, model, known, missing);
    }
}

/* A part of a permission, and if that is what keeps it from the question, what was asked about. */
static void
add_part(struct buffer *out, const struct model *model, struct set set, bool wrong, uint32_t asked)
{
    set_names(model, set, out);
    if (wrong)
        buffer_format(out, " (not %.*s)", TEXT_ARGS(leaf(model, asked)->name));
}

static void
add_nearest(struct buffer *out, const struct model *model, struct question question)
{
    struct nearest nearest = answer_nearest(model, question);
    if (!nearest.rule)
        return;
    const struct rule *rule = nearest.rule;
    const struct verb_form *form = &verb_forms[question.verb];
    say_clause(out, model, "The nearest permission is in clause", rule->clause);
    buffer_string(out, "  It permits ");
    add_part(out, model, rule->actors, nearest.actor_wrong, question.actor);
    buffer_format(out, " to %s ", form->word);
    add_part(out, model, rule->objects, nearest.object_wrong, question.object);
    buffer_format(out, " %s ", preposition_word(form->preposition));
    add_part(out, model, rule->targets, nearest.target_wrong, question.target);
    if (nearest.must_hold | nearest.must_not_hold) {
        buffer_string(out, ", only if ");
        say_states(out, model, nearest.must_hold | nearest.must_not_hold, nearest.must_hold);
    }
    buffer_string(out, ".\n");
}

void
say_answer(struct buffer *out, const struct model *model, const struct asked *asked,
           struct question question, const struct answer *answer, bool colour)
{
    add_sentence(out, model, asked, answer, colour);
    for (size_t i = 0; i < answer->clause_count; i++)
        say_clause(out, model, "Clause", answer->clauses[i]);
    if (answer->missing)
        add_cases(out, model, question, answer->missing);
    else if (answer->rest)
        buffer_format(out, "\n  What no clause permits is forbidden by %s.\n",
                      answer->clause_count == 1 ? "this one" : "these");
    if (!answer->missing && (answer->rest || answer->verdict == VERDICT_UNSTATED))
        add_nearest(out, model, question);
}
