/* Questions line by line, as programs ask them. */
#include "compiler/base/buffer.h"
#include "compiler/question/question.h"

static enum verb
verb_named(struct text word)
{
    for (int v = 0; v < VERB_QUESTIONS; v++)
        if (text_equal_folded(word, text_of(verb_forms[v].word)))
            return (enum verb)v;
    return VERB_COUNT;
}

/* The leaf of a name of one of the kinds first..last, or NONE. "us" is the actor where systems are
 * asked for, else the audience. */
static uint32_t
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

/* Why leaf_named gave NONE, as a sentence without a full stop: not declared (with the nearest
 * name), a group (with its members), or of another kind. */
static struct text
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
