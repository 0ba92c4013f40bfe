#include "compiler/model/events.h"

#include "compiler/model/labels.h"

static bool
names_change(const struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(list->at[i].text, TEXT(EVENT_CHANGE)))
            return true;
    return false;
}

static bool
sentence_uses_change(const struct sentence *sentence)
{
    bool tells = text_equal(sentence->act.verb.text, text_of(verb_forms[VERB_TELL].word));
    return names_change(&sentence->before) || names_change(&sentence->after) ||
           (tells && names_change(&sentence->act.targets));
}

bool
events_use_change(const struct tree *tree)
{
    for (size_t i = 0; i < tree->declarations.count; i++)
        if (names_change(&tree->declarations.at[i].after) ||
            names_change(&tree->declarations.at[i].until))
            return true;
    for (size_t i = 0; i < tree->clauses.count; i++)
        for (size_t k = 0; k < tree->clauses.at[i].sentence_count; k++)
            if (sentence_uses_change(&tree->clauses.at[i].sentences[k]))
                return true;
    return false;
}

bool
events_can_be_done(const struct clause_tree *clause)
{
    for (size_t i = 0; i < clause->sentence_count; i++) {
        const struct sentence *sentence = &clause->sentences[i];
        bool keeps = text_equal(sentence->act.verb.text, text_of(verb_forms[VERB_KEEP].word));
        if ((sentence->form == SENTENCE_MUST && !keeps) || sentence->form == SENTENCE_CHOICE)
            return true;
    }
    return false;
}

struct text
events_done_name(struct arena *arena, struct text clause)
{
    return arena_format(arena, EVENT_DONE "%.*s", TEXT_ARGS(clause));
}

uint32_t
events_done(const struct model *model, struct text clause)
{
    return names_find(&model->by_name, events_done_name(model->arena, clause));
}

/* What starts a clock ------------------------------------------------------------------------- */

static void
report_two_meanings(struct draft *draft, const struct name *name, uint32_t symbol, uint32_t clause)
{
    const struct symbol *other = &draft->model->symbols[symbol];
    diagnose(draft->diagnostics, E_CLOCK_TWICE, name->span,
             "“%.*s” is %.*s and also a clause with a duty, and either could start this clock",
             TEXT_ARGS(name->text), TEXT_ARGS(kinds_words(draft->arena, KINDS(other->kind))));
    diagnose_why(draft->diagnostics, "They are not at the same time: the duty is done later");
    diagnose_fix(draft->diagnostics, "Choose another name for one of them");
    diagnose_see(draft->diagnostics, draft->tree->clauses.at[clause].name.span, "the clause");
}

static void
report_no_duty(struct draft *draft, const struct name *name, uint32_t clause)
{
    diagnose(draft->diagnostics, E_CLOCK_CLAUSE, name->span,
             "the clause “%.*s” has no duty that could be done", TEXT_ARGS(name->text));
    diagnose_why(draft->diagnostics, "This clock would never start");
    diagnose_fix(draft->diagnostics, "Name a clause with such a duty, or an event or a request");
    diagnose_see(draft->diagnostics, draft->tree->clauses.at[clause].name.span, "the clause");
}

/* The symbol that a name behind "after" stands for, or NONE after a report. */
static uint32_t
start_of(struct draft *draft, const struct name *name)
{
    const struct model *model = draft->model;
    const unsigned kinds = KINDS(KIND_REQUEST) | KINDS(KIND_EVENT);
    uint32_t found = names_find(&model->by_name, name->text);
    uint32_t clause = names_find(&model->clause_by_name, name->text);
    bool starts = found != NONE && (kinds & KINDS(model->symbols[found].kind)) != 0;
    bool done = clause != NONE && events_can_be_done(&draft->tree->clauses.at[clause]);
    if (clause == NONE || (starts && !done))
        return resolve_symbol(&draft->resolver, name, kinds);
    if (!starts && done)
        return events_done(model, name->text);
    if (starts)
        report_two_meanings(draft, name, found, clause);
    else if (!draft_spoiled(draft, draft->tree->clauses.at[clause].span))
        report_no_duty(draft, name, clause);
    return NONE;
}

bool
events_resolve(struct draft *draft, const struct name_list *list, struct set *out)
{
    struct interval *parts = ARENA_ARRAY(draft->arena, list->count, struct interval);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t found = start_of(draft, &list->at[i]);
        if (found != NONE)
            parts[count++] = draft->model->symbols[found].leaves;
    }
    *out = set_from(parts, count);
    return count == list->count;
}

/* Labels -------------------------------------------------------------------------------------- */

/* The act that all duties of a clause are, or VERB_COUNT; their objects. */
static enum verb
common_act(struct draft *draft, uint32_t clause, struct set *objects)
{
    const struct model *model = draft->model;
    const struct clause *c = &model->clauses[clause];
    enum verb common = VERB_COUNT;
    *objects = (struct set){NULL, 0};
    for (uint32_t i = 0; i < c->sentence_count; i++) {
        const struct sentence_model *sentence = &model->sentences[c->first_sentence + i];
        for (uint32_t k = 0; k < sentence->duty_count; k++) {
            const struct duty *duty = &model->duties[sentence->first_duty + k];
            if (duty->verb == VERB_KEEP)
                continue;
            if (objects->count > 0 && duty->verb != common)
                return VERB_COUNT;
            common = duty->verb;
            *objects = set_union(draft->arena, *objects, duty->objects);
        }
    }
    return common;
}

/* "erasure of your account", "completion of “delete my account”" */
static struct text
done_label(struct draft *draft, uint32_t clause)
{
    const struct model *model = draft->model;
    struct set objects;
    enum verb verb = common_act(draft, clause, &objects);
    struct text none = TEXT("");
    if (verb == VERB_ERASE)
        return phrase(model, draft->arena, "page.done_erase",
                      labels_join(model, draft->arena, objects, CONJUNCTION_AND), none, none);
    struct text what = verb == VERB_DO ? labels_join(model, draft->arena, objects, CONJUNCTION_AND)
                                       : model->clauses[clause].name;
    return phrase(model, draft->arena, "page.done_what", what, none, none);
}

/* Circles ------------------------------------------------------------------------------------- */

/* From a clause to one that its duty waits for. */
struct wait {
    uint32_t clause, sentence;
    uint32_t next; /* another wait of the same clause, or NONE */
};

struct circles {
    struct draft *draft;
    uint32_t *first;  /* of each clause its first wait, NONE at the end and when all are seen */
    uint32_t *before; /* the clause from which a clause on the way was reached */
    uint8_t *state;   /* of each clause: not seen, on the way, done with */
    VECTOR(struct wait) waits;
};

enum { UNSEEN, ON_THE_WAY, SEEN };

static void
add_waits(struct circles *c, const struct duty *duty)
{
    const struct model *model = c->draft->model;
    uint32_t first = c->draft->first_done, end = model->first_leaf[KIND_EVENT + 1];
    for (size_t i = 0; i < duty->after.count && duty->verb != VERB_KEEP; i++) {
        uint32_t low = duty->after.at[i].low < first ? first : duty->after.at[i].low;
        for (; low < duty->after.at[i].high && low < end; low++) {
            uint32_t number = (uint32_t)c->waits.count;
            *VECTOR_PUSH(c->draft->arena, &c->waits) =
                (struct wait){leaf(model, low)->clause, duty->sentence, c->first[duty->clause]};
            c->first[duty->clause] = number;
        }
    }
}

/* "a", "b" and "c", which wait for each other: from the last one on the way back to the first. */
static struct text
circle_words(struct circles *c, uint32_t last, uint32_t first)
{
    enum { SHOWN = 8 };
    struct buffer out = buffer_in(c->draft->arena);
    uint32_t names[SHOWN], count = 0;
    for (uint32_t at = last; count < SHOWN; at = c->before[at]) {
        names[count++] = at;
        if (at == first)
            break;
    }
    bool cut = names[count - 1] != first;
    for (uint32_t i = count; i-- > 0;)
        buffer_format(&out, "“%.*s”%s", TEXT_ARGS(c->draft->model->clauses[names[i]].name),
                      i == 0           ? ""
                      : i == 1 && !cut ? " and "
                                       : ", ");
    if (cut)
        buffer_format(&out, " and others");
    return buffer_text(&out);
}

static void
report_circle(struct circles *c, uint32_t from, const struct wait *wait)
{
    struct diagnostics *to = c->draft->diagnostics;
    const struct model *model = c->draft->model;
    struct span span = c->draft->sentences.at[wait->sentence].tree->span;
    if (from == wait->clause)
        diagnose(to, E_CLOCK_CIRCLE, span, "the duties of “%.*s” wait for themselves to be done",
                 TEXT_ARGS(model->clauses[from].name));
    else
        diagnose(to, E_CLOCK_CIRCLE, span, "the duties of %.*s wait for each other",
                 TEXT_ARGS(circle_words(c, from, wait->clause)));
    diagnose_why(to, "None of their clocks would ever start");
    diagnose_fix(to, from == wait->clause
                         ? "Put the duty that comes first into a clause of its own, and name that"
                         : "Let one of them count from an event or a request");
    if (from != wait->clause)
        diagnose_see(to, model->clauses[wait->clause].span, "the clause that it waits for");
}

/* Follows the waits of a clause and of those it waits for; `before` is the way back. */
static void
follow(struct circles *c, uint32_t clause)
{
    c->before[clause] = NONE;
    c->state[clause] = ON_THE_WAY;
    while (clause != NONE) {
        if (c->first[clause] == NONE) {
            c->state[clause] = SEEN;
            clause = c->before[clause];
            continue;
        }
        const struct wait *wait = &c->waits.at[c->first[clause]];
        c->first[clause] = wait->next;
        if (c->state[wait->clause] == ON_THE_WAY)
            report_circle(c, clause, wait);
        if (c->state[wait->clause] != UNSEEN)
            continue;
        c->before[wait->clause] = clause;
        c->state[wait->clause] = ON_THE_WAY;
        clause = wait->clause;
    }
}

static void
check_circles(struct draft *draft)
{
    size_t count = draft->model->clause_count;
    struct circles c = {.draft = draft,
                        .first = ARENA_ARRAY(draft->arena, count, uint32_t),
                        .before = ARENA_ARRAY(draft->arena, count, uint32_t),
                        .state = ARENA_ARRAY(draft->arena, count, uint8_t)};
    for (size_t i = 0; i < count; i++)
        c.first[i] = NONE;
    for (size_t i = 0; i < draft->duties.count; i++)
        add_waits(&c, &draft->duties.at[i]);
    for (uint32_t i = 0; i < count; i++)
        if (c.state[i] == UNSEEN)
            follow(&c, i);
}

void
events_finish(struct draft *draft)
{
    const struct model *model = draft->model;
    uint32_t end = model->first_leaf[KIND_EVENT + 1];
    if (draft->first_done == end)
        return;
    for (uint32_t l = draft->first_done; l < end; l++) {
        struct symbol *symbol = &draft->symbols[model->leaf_symbol[l]];
        symbol->label = done_label(draft, symbol->clause);
    }
    check_circles(draft);
}
