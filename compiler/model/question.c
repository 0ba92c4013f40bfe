#include "compiler/model/question.h"

#include "compiler/base/buffer.h"

enum verb
verb_named(struct text word)
{
    for (int v = 0; v < VERB_QUESTIONS; v++)
        if (text_equal_folded(word, text_of(verb_forms[v].word)))
            return (enum verb)v;
    return VERB_COUNT;
}

uint32_t
leaf_named(const struct model *model, struct text name, enum kind first, enum kind last)
{
    if (text_equal_folded(name, TEXT("us")) || text_equal_folded(name, TEXT("we"))) {
        if (first <= KIND_SYSTEM && KIND_SYSTEM <= last)
            return us_actor(model);
        return first <= KIND_AUDIENCE && KIND_AUDIENCE <= last ? us_audience(model) : NONE;
    }
    uint32_t found = names_find(&model->by_name, name);
    if (found == NONE)
        return NONE;
    const struct symbol *symbol = &model->symbols[found];
    bool fits = !symbol->group && symbol->kind >= first && symbol->kind <= last;
    return fits ? symbol->leaves.low : NONE;
}

static const struct symbol *
nearest_symbol(const struct model *model, struct text name, enum kind first, enum kind last)
{
    const struct symbol *nearest = NULL;
    unsigned best = name.length < 4 ? 1 : 2;
    for (uint32_t i = model->first_symbol[first]; i < model->first_symbol[last + 1]; i++) {
        unsigned distance = text_distance(name, model->symbols[i].name, best);
        if (distance <= best && (!nearest || distance < best)) {
            nearest = &model->symbols[i];
            best = distance;
        }
    }
    return nearest;
}

static struct text
members_of(const struct model *model, struct arena *arena, const struct symbol *group)
{
    enum { SHOWN = 8 };
    struct buffer out = buffer_in(arena);
    uint32_t low = group->leaves.low, high = group->leaves.high;
    for (uint32_t l = low; l < high && l < low + SHOWN; l++)
        buffer_format(&out, "%s%.*s", l == low ? "" : ", ", TEXT_ARGS(leaf(model, l)->name));
    if (high - low > SHOWN)
        buffer_format(&out, " and %u more", high - low - SHOWN);
    return buffer_text(&out);
}

static struct text
kinds_wanted(struct arena *arena, enum kind first, enum kind last)
{
    struct buffer out = buffer_in(arena);
    for (int kind = (int)first; kind <= (int)last; kind++) {
        if (kind > (int)first)
            buffer_add(&out, kind == (int)last ? TEXT(" or ") : TEXT(", "));
        buffer_add(&out, text_of(kind_word((enum kind)kind)));
    }
    return buffer_text(&out);
}

struct text
leaf_problem(const struct model *model, struct arena *arena, struct text name, enum kind first,
             enum kind last)
{
    uint32_t found = names_find(&model->by_name, name);
    struct text wanted = kinds_wanted(arena, first, last);
    if (found == NONE) {
        const struct symbol *nearest = nearest_symbol(model, name, first, last);
        if (!nearest)
            return arena_format(arena, "“%.*s” is not declared; a %.*s is needed here",
                                TEXT_ARGS(name), TEXT_ARGS(wanted));
        return arena_format(arena, "“%.*s” is not declared; the nearest name is “%.*s”",
                            TEXT_ARGS(name), TEXT_ARGS(nearest->name));
    }
    const struct symbol *symbol = &model->symbols[found];
    if (symbol->kind < first || symbol->kind > last)
        return arena_format(arena, "“%.*s” is a %s; a %.*s is needed here", TEXT_ARGS(name),
                            kind_word(symbol->kind), TEXT_ARGS(wanted));
    return arena_format(arena, "“%.*s” is a group; ask about one of its members: %.*s",
                        TEXT_ARGS(name), TEXT_ARGS(members_of(model, arena, symbol)));
}

/* Finds the leaf of a name or reports why not. */
static uint32_t
resolve_leaf(const struct model *model, struct name name, enum kind first, enum kind last,
             struct diagnostics *diagnostics)
{
    uint32_t found = leaf_named(model, name.text, first, last);
    if (found == NONE) {
        struct text problem = leaf_problem(model, diagnostics->arena, name.text, first, last);
        diagnose(diagnostics, E_QUESTION, name.span, "%.*s", TEXT_ARGS(problem));
    }
    return found;
}

/* The only name of a part of the question, or NULL after a report. `before` is the word that it
 * stands behind. */
static const struct name *
single(const struct name_list *list, const char *before, struct text kinds, struct span span,
       struct diagnostics *diagnostics)
{
    if (list->count == 1)
        return list->at;
    if (list->count == 0) {
        diagnose(diagnostics, E_QUESTION, span, "Behind “%s” the question names no %.*s", before,
                 TEXT_ARGS(kinds));
        diagnose_fix(diagnostics,
                     "Ask like this: “may we email customer about news if subscribed?”");
        return NULL;
    }
    diagnose(diagnostics, E_QUESTION, list->span, "A question is about one %.*s at a time",
             TEXT_ARGS(kinds));
    diagnose_fix(diagnostics, "Ask once for each");
    return NULL;
}

static bool
resolve_states(const struct model *model, const struct condition *condition,
               struct diagnostics *diagnostics, struct question *question)
{
    bool good = true;
    for (size_t i = 0; i < condition->count; i++) {
        const struct literal *literal = &condition->at[i];
        uint32_t found = resolve_leaf(model, literal->name, KIND_STATE, KIND_FACT, diagnostics);
        if (found == NONE) {
            good = false;
            continue;
        }
        uint64_t bit = state_bit(model, found);
        if (question->known & bit && !(question->yes & bit) != literal->negated) {
            diagnose(diagnostics, E_QUESTION, literal->name.span,
                     "“%.*s” cannot both hold and not hold", TEXT_ARGS(literal->name.text));
            good = false;
        }
        question->known |= bit;
        if (!literal->negated)
            question->yes |= bit;
    }
    return good;
}

static bool
resolve_verb(const struct question_tree *tree, struct diagnostics *diagnostics, enum verb *verb)
{
    *verb = verb_named(tree->act.verb.text);
    if (*verb == VERB_COUNT) {
        diagnose(diagnostics, E_QUESTION, tree->act.verb.span,
                 "“%.*s” is no act that can be asked about", TEXT_ARGS(tree->act.verb.text));
        diagnose_fix(diagnostics,
                     "Ask about collect, store, use, show, share, email, text, call or "
                     "post");
        return false;
    }
    const struct verb_form *form = &verb_forms[*verb];
    if (tree->act.preposition != PREP_NONE && tree->act.preposition != form->preposition) {
        diagnose(diagnostics, E_QUESTION, tree->act.preposition_span,
                 "After “%s” stands “%s”, not “%s”", form->word,
                 preposition_word(form->preposition), preposition_word(tree->act.preposition));
        return false;
    }
    return true;
}

bool
question_resolve(const struct model *model, const struct question_tree *tree,
                 struct diagnostics *diagnostics, struct question *question)
{
    *question = (struct question){.actor = us_actor(model)};
    if (!resolve_verb(tree, diagnostics, &question->verb))
        return false;
    const struct verb_form *form = &verb_forms[question->verb];
    struct arena *arena = diagnostics->arena;
    struct text objects = kinds_wanted(arena, form->object, form->object);
    struct text targets = kinds_wanted(arena, form->target_first, form->target_last);
    const struct name *actor =
        tree->we ? NULL : single(&tree->subjects, "may", TEXT("actor"), tree->span, diagnostics);
    const struct name *object =
        single(&tree->act.objects, form->word, objects, tree->span, diagnostics);
    const struct name *target =
        !object ? NULL
                : single(&tree->act.targets, preposition_word(form->preposition), targets,
                         tree->span, diagnostics);
    if ((!tree->we && !actor) || !object || !target)
        return false;
    if (actor)
        question->actor = resolve_leaf(model, *actor, KIND_SYSTEM, KIND_SYSTEM, diagnostics);
    question->object = resolve_leaf(model, *object, form->object, form->object, diagnostics);
    question->target =
        resolve_leaf(model, *target, form->target_first, form->target_last, diagnostics);
    bool states = resolve_states(model, &tree->condition, diagnostics, question);
    return states && question->actor != NONE && question->object != NONE &&
           question->target != NONE;
}

/* The next word of a line parted by blanks; empty at the end. */
static struct text
next_word(struct text *line)
{
    *line = text_trim(*line);
    size_t length = 0;
    while (length < line->length && line->data[length] != ' ' && line->data[length] != '\t')
        length++;
    struct text word = {line->data, length};
    line->data += length;
    line->length -= length;
    return word;
}

/* Reads "a,?b" into yes and known (which begins as all known). */
static bool
read_states(const struct model *model, struct arena *arena, struct text list, uint64_t *yes,
            uint64_t *unknown, struct text *problem)
{
    if (text_equal(list, TEXT("-")))
        return true;
    while (list.length > 0) {
        const char *comma = memchr(list.data, ',', list.length);
        size_t length = comma ? (size_t)(comma - list.data) : list.length;
        struct text name = {list.data, length};
        list.data += length + (comma ? 1 : 0);
        list.length -= length + (comma ? 1 : 0);
        bool open = name.length > 0 && name.data[0] == '?';
        if (open)
            name = (struct text){name.data + 1, name.length - 1};
        uint32_t found = leaf_named(model, name, KIND_STATE, KIND_FACT);
        if (found == NONE) {
            *problem = leaf_problem(model, arena, name, KIND_STATE, KIND_FACT);
            return false;
        }
        *(open ? unknown : yes) |= state_bit(model, found);
    }
    return true;
}

static bool
word_leaf(const struct model *model, struct arena *arena, struct text word, enum kind first,
          enum kind last, uint32_t *found, struct text *problem)
{
    *found = leaf_named(model, word, first, last);
    if (*found == NONE)
        *problem = leaf_problem(model, arena, word, first, last);
    return *found != NONE;
}

bool
question_of_line(const struct model *model, struct arena *arena, struct text line,
                 struct question *question, struct text *problem)
{
    struct text actor = next_word(&line), verb = next_word(&line), object = next_word(&line);
    struct text target = next_word(&line), states = next_word(&line);
    if (states.length == 0 || text_trim(line).length > 0) {
        *problem = TEXT("a line has five words: actor verb object target states ('-' for none)");
        return false;
    }
    question->verb = verb_named(verb);
    if (question->verb == VERB_COUNT) {
        *problem = arena_format(arena, "“%.*s” is no act that can be asked about", TEXT_ARGS(verb));
        return false;
    }
    const struct verb_form *form = &verb_forms[question->verb];
    uint64_t yes = 0, unknown = 0;
    if (!word_leaf(model, arena, actor, KIND_SYSTEM, KIND_SYSTEM, &question->actor, problem) ||
        !word_leaf(model, arena, object, form->object, form->object, &question->object, problem) ||
        !word_leaf(model, arena, target, form->target_first, form->target_last, &question->target,
                   problem) ||
        !read_states(model, arena, states, &yes, &unknown, problem))
        return false;
    for (size_t i = 0; i < model->one_of_count; i++)
        if (!(yes & model->one_of[i]))
            unknown |= model->one_of[i];
    uint32_t bits = state_count(model);
    question->yes = yes & ~unknown;
    question->known = (bits == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1) & ~unknown;
    return true;
}
