#include "compiler/compare/words.h"

/* The other policy's symbol of the same word; NONE stays NONE. */
static uint32_t
as_new(const struct common *common, uint32_t old)
{
    return old == NONE ? NONE : common->side[OLD].symbol[old];
}

struct word { /* that both policies have */
    struct edits *edits;
    const struct symbol *old, *new;
    uint32_t symbol; /* the new one */
};

static void
found(const struct word *word, enum finding_kind kind, struct text words, struct text detail)
{
    struct arena *arena = word->edits->common->arena;
    edit_found(word->edits, edit_of_symbol(word->edits, NEW, word->symbol), kind, words,
               arena_format(arena, "%s %s %.*s %.*s", finding_word(kind),
                            kind_word(word->new->kind), TEXT_ARGS(word->new->name),
                            TEXT_ARGS(detail)));
}

/* "before" "after" */
static struct text
both(const struct word *word, struct text before, struct text after)
{
    struct buffer out = buffer_in(word->edits->common->arena);
    buffer_quoted(&out, before);
    buffer_char(&out, ' ');
    buffer_quoted(&out, after);
    return buffer_text(&out);
}

/* Members of a group that was renamed as a whole are not told one by one. */
static bool
renamed_with_group(const struct word *word)
{
    const struct common *common = word->edits->common;
    const struct model *before = common->side[OLD].model, *after = common->side[NEW].model;
    if (word->old->parent == NONE || word->new->parent == NONE ||
        as_new(common, word->old->parent) != word->new->parent)
        return false;
    struct text old = before->symbols[word->old->parent].name;
    struct text new = after->symbols[word->new->parent].name;
    struct text old_rest = {word->old->name.data + old.length, word->old->name.length - old.length};
    struct text new_rest = {word->new->name.data + new.length, word->new->name.length - new.length};
    return !text_equal(old, new) && text_equal(old_rest, new_rest);
}

static void
compare_name(const struct word *word)
{
    struct arena *arena = word->edits->common->arena;
    if (text_equal(word->old->name, word->new->name) || renamed_with_group(word))
        return;
    found(word, FOUND_RENAMED,
          arena_format(arena, "The %s “%.*s” is now called “%.*s” in the rules.",
                       kind_word(word->new->kind), TEXT_ARGS(word->old->name),
                       TEXT_ARGS(word->new->name)),
          word->old->name);
}

static void
compare_label(const struct word *word)
{
    struct arena *arena = word->edits->common->arena;
    bool made = !word->old->declared || !word->new->declared;
    if (made || text_equal(word->old->label, word->new->label))
        return;
    found(word, FOUND_LABEL,
          arena_format(arena, "“%.*s” is now called “%.*s” wherever it is published.",
                       TEXT_ARGS(word->old->label), TEXT_ARGS(word->new->label)),
          both(word, word->old->label, word->new->label));
}

static void
compare_value(const struct word *word, struct text before, struct text after, const char *what)
{
    struct arena *arena = word->edits->common->arena;
    if (text_equal(before, after))
        return;
    struct text words =
        after.length == 0 ? arena_format(arena, "The %s of “%.*s” is gone; it was “%.*s”.", what,
                                         TEXT_ARGS(word->new->label), TEXT_ARGS(before))
        : before.length == 0
            ? arena_format(arena, "The %s of “%.*s” is now “%.*s”.", what,
                           TEXT_ARGS(word->new->label), TEXT_ARGS(after))
            : arena_format(arena, "The %s of “%.*s” is now “%.*s”, no longer “%.*s”.", what,
                           TEXT_ARGS(word->new->label), TEXT_ARGS(after), TEXT_ARGS(before));
    found(word, FOUND_DEFINITION, words, both(word, before, after));
}

static struct text
name_in(const struct common *common, enum version version, uint32_t symbol)
{
    if (symbol == NONE)
        return (struct text){NULL, 0};
    const struct model *model = common->side[version].model;
    uint32_t other = version == OLD ? as_new(common, symbol) : NONE;
    return other != NONE ? common->side[NEW].model->symbols[other].label
                         : model->symbols[symbol].label;
}

/* States: what switches them ---------------------------------------------------------------------
 */

/* Whether more of it allows more: a permission needs it, or a prohibition spares it; and the other
 * way round. */
static void
polarity(const struct word *word, bool *on_allows, bool *off_allows)
{
    const struct model *model = word->edits->common->side[NEW].model;
    uint64_t bit = state_bit(model, word->new->leaves.low);
    *on_allows = *off_allows = false;
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        bool may = rule->mode == MODE_MAY;
        *on_allows |= ((may ? rule->when.need : rule->when.forbid) & bit) != 0;
        *off_allows |= ((may ? rule->when.forbid : rule->when.need) & bit) != 0;
    }
    for (size_t i = 0; i < model->duty_count; i++) { /* a duty that binds less often */
        *on_allows |= (model->duties[i].when.forbid & bit) != 0;
        *off_allows |= (model->duties[i].when.need & bit) != 0;
    }
}

static void
compare_switches(const struct word *word)
{
    const struct common *common = word->edits->common;
    struct set after[2] = {common_set(common, OLD, word->old->after),
                           common_set(common, NEW, word->new->after)};
    struct set until[2] = {common_set(common, OLD, word->old->until),
                           common_set(common, NEW, word->new->until)};
    if (word->new->kind != KIND_STATE ||
        (set_same(after[OLD], after[NEW]) && set_same(until[OLD], until[NEW])))
        return;
    bool on_allows, off_allows;
    polarity(word, &on_allows, &off_allows);
    bool more_on = !set_within(after[NEW], after[OLD]) || !set_within(until[OLD], until[NEW]);
    bool more_off = !set_within(after[OLD], after[NEW]) || !set_within(until[NEW], until[OLD]);
    bool worse = (more_on && on_allows) || (more_off && off_allows);
    struct buffer detail = buffer_in(common->arena);
    for (int i = 0; i < 4; i++) {
        struct set set = i < 2 ? after[i] : until[i - 2];
        for (size_t k = 0; k < set.count; k++)
            for (uint32_t at = set.at[k].low; at < set.at[k].high; at++)
                buffer_format(&detail, "%.*s ", TEXT_ARGS(common_symbol(common, at)->name));
        buffer_string(&detail, "; ");
    }
    found(word, worse ? FOUND_STATE_SWITCH : FOUND_DEFINITION,
          arena_format(common->arena,
                       worse
                           ? "Something else switches “%.*s”, so that more is allowed than before."
                           : "Something else switches “%.*s” on or off.",
                       TEXT_ARGS(word->new->label)),
          buffer_text(&detail));
}

/* Legal bases and places of recipients -----------------------------------------------------------
 */

static struct text
bases_of(struct arena *arena, const struct symbol *symbol, bool *consent)
{
    struct buffer out = buffer_in(arena);
    *consent = false;
    for (size_t i = 0; i < symbol->basis_count; i++) {
        *consent |= symbol->bases[i].kind == BASIS_CONSENT;
        buffer_format(&out, "%s%s (%.*s)", i == 0 ? "" : ", ", basis_word(symbol->bases[i].kind),
                      TEXT_ARGS(symbol->bases[i].why));
    }
    return buffer_text(&out);
}

static void
compare_bases(const struct word *word)
{
    struct arena *arena = word->edits->common->arena;
    bool was, is;
    struct text before = bases_of(arena, word->old, &was), after = bases_of(arena, word->new, &is);
    if (was && !is)
        found(
            word, FOUND_CONSENT_DROPPED,
            arena_format(arena, "“%.*s” no longer rests on consent.", TEXT_ARGS(word->new->label)),
            both(word, before, after));
    else
        compare_value(word, before, after, "legal basis");
}

static bool
is_in(const struct word *word, enum version version, uint32_t place)
{
    const struct symbol *symbol = version == OLD ? word->old : word->new;
    for (size_t i = 0; i < symbol->in_count; i++) {
        uint32_t at = version == OLD ? as_new(word->edits->common, symbol->in[i]) : symbol->in[i];
        if (at == place)
            return true;
    }
    return false;
}

static void
compare_places(const struct word *word)
{
    const struct common *common = word->edits->common;
    for (size_t i = 0; i < word->new->in_count; i++)
        if (!is_in(word, OLD, word->new->in[i])) {
            struct text place = name_in(common, NEW, word->new->in[i]);
            found(word, FOUND_PLACE_ADDED,
                  arena_format(common->arena, "“%.*s” is now in “%.*s” too.",
                               TEXT_ARGS(word->new->label), TEXT_ARGS(place)),
                  place);
        }
    for (size_t i = 0; i < word->old->in_count; i++) {
        uint32_t place = as_new(common, word->old->in[i]);
        if (place == NONE || !is_in(word, NEW, place)) {
            struct text name = name_in(common, OLD, word->old->in[i]);
            found(word, FOUND_PLACE_LEFT,
                  arena_format(common->arena, "“%.*s” is no longer in “%.*s”.",
                               TEXT_ARGS(word->new->label), TEXT_ARGS(name)),
                  name);
        }
    }
}

static void
compare_word(struct edits *edits, uint32_t old, uint32_t new)
{
    const struct common *common = edits->common;
    struct word word = {edits, &common->side[OLD].model->symbols[old],
                        &common->side[NEW].model->symbols[new], new};
    compare_name(&word);
    compare_label(&word);
    compare_value(&word, word.old->url, word.new->url, "address");
    compare_value(&word, word.old->value, word.new->value, "value");
    compare_value(&word, name_in(common, OLD, word.old->owner),
                  name_in(common, NEW, word.new->owner), "owner");
    compare_value(&word, name_in(common, OLD, word.old->kept_in),
                  name_in(common, NEW, word.new->kept_in), "place");
    compare_switches(&word);
    compare_bases(&word);
    compare_places(&word);
    if (word.old->one_of != word.new->one_of)
        found(&word, FOUND_DEFINITION,
              arena_format(common->arena,
                           word.new->one_of ? "Of the facts “%.*s” exactly one holds now."
                                            : "Of the facts “%.*s” several or none may hold now.",
                           TEXT_ARGS(word.new->label)),
              TEXT("one of"));
}

/* Words that only one policy has and no other finding speaks of, in one sentence. */
static void
tell_rest(struct edits *edits, enum version version)
{
    const struct side *side = &edits->common->side[version];
    struct arena *arena = edits->common->arena;
    struct buffer words = buffer_in(arena), meaning = buffer_in(arena);
    size_t count = 0;
    bool new = version == NEW;
    buffer_add(&meaning, new ? TEXT("word-added") : TEXT("word-removed"));
    for (uint32_t i = 0; i < side->model->symbol_count; i++) {
        const struct symbol *symbol = &side->model->symbols[i];
        uint32_t edit = edits->of_symbol[version][i];
        if (side->symbol[i] != NONE || !symbol->declared || symbol->built_in ||
            (edit != NONE && (edits->list.at[edit].findings.count > 0)) ||
            (!symbol->group && edits->common->told[side->place[symbol->leaves.low]]))
            continue;
        buffer_format(&words, "%s“%.*s”", count++ == 0 ? "" : ", ", TEXT_ARGS(symbol->label));
        buffer_format(&meaning, " %s %.*s", kind_word(symbol->kind), TEXT_ARGS(symbol->name));
    }
    if (count == 0)
        return;
    struct text list = buffer_text(&words);
    edit_found(edits, edit_of_whole(edits), new ? FOUND_ADDED : FOUND_REMOVED,
               arena_format(arena,
                            new ? "New word%s of the policy: %.*s."
                                : "No longer word%s of the policy: %.*s.",
                            count == 1 ? "" : "s", TEXT_ARGS(list)),
               buffer_text(&meaning));
}

void
vocabulary_compare(struct edits *edits)
{
    const struct side *new = &edits->common->side[NEW];
    for (uint32_t i = 0; i < new->model->symbol_count; i++)
        if (new->symbol[i] != NONE &&new->model->symbols[i].clause == NONE)
            compare_word(edits, new->symbol[i], i);
    tell_rest(edits, NEW);
    tell_rest(edits, OLD);
}
