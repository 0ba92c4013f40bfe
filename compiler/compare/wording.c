#include "compiler/compare/wording.h"

#include "compiler/model/labels.h"

#include <stdlib.h>

enum { NAMED_MOST = 8 };

static void
add_quoted(struct buffer *out, struct text label)
{
    buffer_format(out, "“%.*s”", TEXT_ARGS(label));
}

/* What is said of all that there is of a kind. */
static const char *
word_for_all(enum kind kind)
{
    static const char *const words[KIND_COUNT] = {
        [KIND_DATA] = "anything",       [KIND_PURPOSE] = "any purpose",
        [KIND_AUDIENCE] = "anyone",     [KIND_PERSON] = "anyone",
        [KIND_PLACE] = "anywhere",      [KIND_SYSTEM] = "any system",
        [KIND_REQUEST] = "any request", [KIND_EVENT] = "any event"};
    return words[kind];
}

struct listing {
    const struct common *common;
    struct arena *arena;
    VECTOR(struct text) items;
    size_t more;
};

static void
add_item(struct listing *listing, struct text item)
{
    for (size_t i = 0; i < listing->items.count; i++)
        if (text_equal(listing->items.at[i], item))
            return;
    if (listing->items.count < NAMED_MOST)
        *VECTOR_PUSH(listing->arena, &listing->items) = item;
    else
        listing->more++;
}

static struct text
term(struct arena *arena, const struct symbol *symbol)
{
    if (symbol->built_in && symbol->kind != KIND_EVENT)
        return TEXT("us");
    struct buffer out = buffer_in(arena);
    add_quoted(&out, symbol->label);
    return buffer_text(&out);
}

/* Whether the set has all that the new policy has of a kind, and that is more than one. */
static bool
has_all(const struct common *common, struct set places, enum kind kind)
{
    const struct model *model = common->side[NEW].model;
    uint32_t low = common->first[kind],
             count = model->first_leaf[kind + 1] - model->first_leaf[kind];
    for (size_t i = 0; i < places.count; i++)
        if (places.at[i].low <= low && places.at[i].high >= low + count)
            return count > 1;
    return false;
}

static void
add_version(struct listing *listing, enum version version, struct set places)
{
    const struct model *model = listing->common->side[version].model;
    struct set leaves = common_leaves(listing->common, version, places);
    for (size_t i = 0; i < leaves.count; i++)
        for (struct interval left = leaves.at[i]; left.low < left.high;)
            add_item(listing, term(listing->arena, labels_next(model, &left)));
}

/* Those of one kind; first what the new policy calls them. */
static void
add_kind(struct listing *listing, struct set places, enum kind kind)
{
    const struct common *common = listing->common;
    const char *all = word_for_all(kind);
    if (all && has_all(common, places, kind)) {
        add_item(listing, text_of(all));
        return;
    }
    struct interval of_kind = {common->first[kind], common->first[kind + 1]}, *old;
    struct set here = set_both(listing->arena, places, (struct set){&of_kind, 1});
    size_t count = 0;
    add_version(listing, NEW, here);
    old = ARENA_ARRAY(listing->arena, set_size(here) + 1, struct interval);
    for (size_t i = 0; i < here.count; i++)
        for (uint32_t at = here.at[i].low; at < here.at[i].high; at++)
            if (!common_has(common, NEW, at))
                old[count++] = (struct interval){at, at + 1};
    add_version(listing, OLD, set_from(old, count));
}

static void
join_items(struct buffer *out, const struct listing *listing, const char *conjunction)
{
    size_t count = listing->items.count;
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count && listing->more == 0;
        if (i > 0 && last)
            buffer_format(out, " %s ", conjunction);
        else if (i > 0)
            buffer_string(out, ", ");
        buffer_add(out, listing->items.at[i]);
    }
    if (listing->more > 0)
        buffer_format(out, " %s %zu more", conjunction, listing->more);
}

void
word_places(struct buffer *out, const struct common *common, struct set places,
            const char *conjunction)
{
    struct listing listing = {.common = common, .arena = out->arena};
    bool everywhere = has_all(common, places, KIND_PLACE) && has_all(common, places, KIND_SYSTEM);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        if (everywhere && kind == KIND_SYSTEM)
            continue; /* "anywhere" */
        struct interval of_kind = {common->first[kind], common->first[kind + 1]};
        if (of_kind.low < of_kind.high && set_meets(places, (struct set){&of_kind, 1}))
            add_kind(&listing, places, (enum kind)kind);
    }
    join_items(out, &listing, conjunction);
}

void
word_actors(struct buffer *out, const struct common *common, struct set actors)
{
    uint32_t us = common->first[KIND_SYSTEM];
    if (actors.at[0].low == us && (set_size(actors) == 1 || has_all(common, actors, KIND_SYSTEM))) {
        buffer_string(out, "we");
        return;
    }
    struct listing listing = {.common = common, .arena = out->arena};
    if (set_has(actors, us)) {
        struct interval one = {us, us + 1};
        add_item(&listing, TEXT("we"));
        actors = set_minus(out->arena, actors, (struct set){&one, 1});
    }
    add_kind(&listing, actors, KIND_SYSTEM);
    join_items(out, &listing, "and");
}

static const char *
act_word(enum verb verb)
{
    static const char *const words[VERB_COUNT] = {[VERB_EMAIL] = "e-mail",
                                                  [VERB_TEXT] = "send text messages to",
                                                  [VERB_POST] = "write by post to"};
    return words[verb] ? words[verb] : verb_forms[verb].word;
}

/* A person to whom something is shown or given is the one whose data it is. */
static void
say_targets(struct buffer *out, const struct common *common, enum verb verb, struct set targets,
            const char *conjunction)
{
    struct interval persons = {common->first[KIND_PERSON], common->first[KIND_PERSON + 1]};
    bool own = (verb == VERB_SHOW || verb == VERB_SHARE) && persons.low < persons.high &&
               set_meets(targets, (struct set){&persons, 1});
    if (!own) {
        word_places(out, common, targets, conjunction);
        return;
    }
    struct set others = set_minus(out->arena, targets, (struct set){&persons, 1});
    if (others.count > 0) {
        word_places(out, common, others, conjunction);
        buffer_format(out, " %s ", conjunction);
    }
    word_places(out, common, set_both(out->arena, targets, (struct set){&persons, 1}), conjunction);
    buffer_string(out, " themselves");
}

void
word_act(struct buffer *out, const struct common *common, enum verb verb, struct set objects,
         struct set targets, const char *conjunction)
{
    struct buffer where = buffer_in(out->arena);
    buffer_format(out, "%s ", act_word(verb));
    word_places(out, common, objects, conjunction);
    if (targets.count == 0)
        return;
    say_targets(&where, common, verb, targets, conjunction);
    if (!text_starts(buffer_text(&where), TEXT("anywhere")))
        buffer_format(out, " %s", preposition_word(verb_forms[verb].preposition));
    buffer_format(out, " %.*s", TEXT_ARGS(buffer_text(&where)));
}

static void
say_state(struct buffer *out, const struct cases *cases, unsigned local)
{
    uint32_t place = cases->common->state_place[cases->state[local]];
    add_quoted(out, common_symbol(cases->common, place)->label);
}

/* Of facts of which one holds, that one says all. */
static bool
goes_without_saying(const struct cases *cases, struct cube wide, unsigned local)
{
    const struct symbol *symbol =
        common_symbol(cases->common, cases->common->state_place[cases->state[local]]);
    for (unsigned i = 0; i < cases->count; i++) {
        const struct symbol *other =
            common_symbol(cases->common, cases->common->state_place[cases->state[i]]);
        if (i != local && (wide.need & bit_yes(i)) != 0 && symbol->kind == KIND_FACT &&
            other->kind == KIND_FACT && other->parent != NONE && other->parent == symbol->parent &&
            (wide.need & bit_no(local)) != 0)
            return true;
    }
    return false;
}

void
word_case(struct buffer *out, const struct cases *cases, struct cube wide)
{
    const char *word = "if ";
    for (unsigned i = 0; i < cases->count; i++) {
        bool yes = (wide.need & bit_yes(i)) != 0, no = (wide.need & bit_no(i)) != 0;
        if ((!yes && !no) || goes_without_saying(cases, wide, i))
            continue;
        buffer_format(out, "%s%s", word, yes ? "" : "not ");
        say_state(out, cases, i);
        word = " and ";
    }
    bool first = word[0] == 'i';
    word = first ? "while nobody knows whether " : ", while nobody knows whether ";
    for (unsigned i = 0; i < cases->count; i++)
        if ((wide.forbid & bit_yes(i)) != 0) {
            buffer_add(out, text_of(word));
            say_state(out, cases, i);
            word = " or ";
        }
}

void
word_clock(struct buffer *out, const struct common *common, uint32_t place)
{
    const struct symbol *symbol = common_symbol(common, place);
    if (symbol->kind == KIND_REQUEST)
        buffer_string(out, "the request ");
    add_quoted(out, symbol->label);
}

void
word_time(struct buffer *out, struct timing timing)
{
    static const char *const units[] = {"hour", "day", "business day", "week", "month", "year"};
    if (timing.form == TIMING_AT_ONCE)
        buffer_string(out, "at once");
    else
        buffer_format(out, "%u %s%s", timing.amount, units[timing.unit],
                      timing.amount == 1 ? "" : "s");
}

/* What is hashed ---------------------------------------------------------------------------------
 */

static int
by_text(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

void
mean_places(struct buffer *out, const struct common *common, struct set places)
{
    struct text *names = ARENA_ARRAY(out->arena, set_size(places) + 1, struct text);
    size_t count = 0;
    for (size_t i = 0; i < places.count; i++)
        for (uint32_t at = places.at[i].low; at < places.at[i].high; at++)
            names[count++] =
                at < common->first[KIND_COUNT] ? common_symbol(common, at)->name : TEXT("-");
    if (count > 1)
        qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%s%.*s", i == 0 ? "" : ",", TEXT_ARGS(names[i]));
}

void
mean_case(struct buffer *out, const struct cases *cases, struct cube wide)
{
    struct text *names = ARENA_ARRAY(out->arena, cases->count + 1, struct text);
    size_t count = 0;
    for (unsigned i = 0; i < cases->count; i++) {
        const char *mark = (wide.need & bit_yes(i)) != 0     ? "+"
                           : (wide.need & bit_no(i)) != 0    ? "-"
                           : (wide.forbid & bit_yes(i)) != 0 ? "?"
                                                             : NULL;
        if (mark)
            names[count++] = arena_format(
                out->arena, "%s%.*s", mark,
                TEXT_ARGS(common_symbol(cases->common, cases->common->state_place[cases->state[i]])
                              ->name));
    }
    if (count > 1)
        qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%s%.*s", i == 0 ? " if " : ",", TEXT_ARGS(names[i]));
}

void
mean_time(struct buffer *out, struct timing timing)
{
    static const char *const forms[] = {[TIMING_NONE] = "",
                                        [TIMING_WITHIN] = "within ",
                                        [TIMING_AT_ONCE] = "",
                                        [TIMING_FOR] = "for ",
                                        [TIMING_BEFORE] = "before "};
    buffer_add(out, text_of(forms[timing.form]));
    word_time(out, timing);
}

struct text
sentence_case(struct buffer *out)
{
    if (out->length > 0 && out->data[0] >= 'a' && out->data[0] <= 'z')
        out->data[0] = (char)(out->data[0] - 'a' + 'A');
    return buffer_text(out);
}
