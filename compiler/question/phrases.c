#include "compiler/question/phrases.h"

/* How well a phrase names a symbol; the better one wins. */
enum rank { RANK_NAME, RANK_LABEL, RANK_TAIL, RANKS };

struct entry {
    uint32_t symbol;
    enum rank rank;
    uint32_t next; /* entry with the same key, or NONE */
};

struct phrases {
    const struct model *model;
    struct names keys; /* key -> first entry */
    VECTOR(struct entry) entries;
};

enum { LONGEST = 16 }; /* words of one phrase */

static void
add_entry(struct phrases *phrases, struct arena *arena, struct text text, uint32_t symbol,
          enum rank rank)
{
    struct text key = text_key(arena, text);
    if (key.length == 0)
        return;
    uint32_t number = (uint32_t)phrases->entries.count;
    uint32_t first = names_add(&phrases->keys, key, number);
    *VECTOR_PUSH(arena, &phrases->entries) = (struct entry){symbol, rank, NONE};
    if (first == number)
        return;
    struct entry *head = &phrases->entries.at[first];
    phrases->entries.at[number].next = head->next;
    head->next = number;
}

const struct phrases *
phrases_make(struct arena *arena, const struct model *model)
{
    struct phrases *phrases = ARENA_NEW(arena, struct phrases);
    phrases->model = model;
    phrases->keys = names_in(arena);
    for (uint32_t i = 0; i < model->symbol_count; i++) {
        struct text name = model->symbols[i].name;
        add_entry(phrases, arena, name, i, RANK_NAME);
        add_entry(phrases, arena, model->symbols[i].label, i, RANK_LABEL);
        for (size_t at = 0; at < name.length; at++)
            if (name.data[at] == '.')
                add_entry(phrases, arena, (struct text){name.data + at + 1, name.length - at - 1},
                          i, RANK_TAIL);
    }
    return phrases;
}

static bool
fits(const struct phrases *phrases, uint32_t symbol, unsigned kinds)
{
    return (KINDS(phrases->model->symbols[symbol].kind) & kinds) != 0;
}

/* A name just as it is declared is never in doubt. "us" and "we" are built in. */
static uint32_t
exact(const struct phrases *phrases, struct text word, unsigned kinds)
{
    const struct model *model = phrases->model;
    if (text_equal(word, TEXT("us")) || text_equal(word, TEXT("we"))) {
        if ((kinds & KINDS(KIND_SYSTEM)) != 0)
            return model->leaf_symbol[us_actor(model)];
        return (kinds & KINDS(KIND_AUDIENCE)) != 0 ? model->leaf_symbol[us_audience(model)] : NONE;
    }
    uint32_t found = names_find(&model->by_name, word);
    return found != NONE && fits(phrases, found, kinds) ? found : NONE;
}

static struct phrase
look_up(const struct phrases *phrases, struct text key, unsigned kinds, size_t end)
{
    struct phrase found = {NONE, NONE, end};
    enum rank best = RANKS;
    uint32_t at = names_find(&phrases->keys, key);
    for (; at != NONE; at = phrases->entries.at[at].next) {
        const struct entry *entry = &phrases->entries.at[at];
        if (!fits(phrases, entry->symbol, kinds) || entry->rank > best)
            continue;
        if (entry->rank < best)
            found.other = NONE;
        else if (entry->symbol != found.symbol)
            found.other = found.symbol;
        found.symbol = entry->symbol;
        best = entry->rank;
    }
    return found;
}

struct phrase
phrase_at(const struct phrases *phrases, struct arena *arena, struct words words, size_t begin,
          size_t end, unsigned kinds)
{
    if (end - begin > LONGEST)
        end = begin + LONGEST;
    for (; end > begin; end--) {
        struct phrase found = {NONE, NONE, end};
        if (end == begin + 1)
            found.symbol = exact(phrases, words.at[begin].text, kinds);
        if (found.symbol == NONE)
            found = look_up(phrases, words_key(arena, words, begin, end), kinds, end);
        if (found.symbol != NONE)
            return found;
    }
    return (struct phrase){NONE, NONE, begin};
}

/* The declared name that is nearest to the words joined with hyphens, or NULL. */
static const struct symbol *
nearest(const struct phrases *phrases, struct text name, unsigned kinds)
{
    const struct symbol *found = NULL;
    unsigned best = name.length < 4 ? 1 : 2;
    for (size_t i = 0; i < phrases->model->symbol_count; i++) {
        const struct symbol *symbol = &phrases->model->symbols[i];
        if ((KINDS(symbol->kind) & kinds) == 0)
            continue;
        unsigned distance = text_distance(name, symbol->name, best);
        if (distance <= best && (!found || distance < best)) {
            found = symbol;
            best = distance;
        }
    }
    return found;
}

static struct text
joined(struct arena *arena, struct words words, size_t begin, size_t end)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = begin; i < end; i++) {
        if (i > begin)
            buffer_char(&out, '-');
        buffer_add(&out, words.at[i].text);
    }
    return buffer_text(&out);
}

/* Some of what could stand there. */
static void
suggest(const struct phrases *phrases, unsigned kinds, struct diagnostics *diagnostics)
{
    enum { SHOWN = 8 };
    struct buffer out = buffer_in(diagnostics->arena);
    size_t count = 0;
    for (size_t i = 0; i < phrases->model->symbol_count; i++) {
        const struct symbol *symbol = &phrases->model->symbols[i];
        if ((KINDS(symbol->kind) & kinds) == 0 || symbol->group || symbol->built_in)
            continue;
        if (count++ < SHOWN)
            buffer_format(&out, "%s%.*s", count == 1 ? "" : ", ", TEXT_ARGS(symbol->name));
    }
    if (count == 0)
        return;
    if (count > SHOWN)
        buffer_format(&out, " and %zu more", count - SHOWN);
    diagnose_fix(diagnostics, "The policy has: %.*s", TEXT_ARGS(buffer_text(&out)));
}

void
phrase_report(const struct phrases *phrases, struct words words, size_t begin, size_t end,
              unsigned kinds, struct diagnostics *diagnostics)
{
    struct arena *arena = diagnostics->arena;
    struct text wanted = kinds_words(arena, kinds);
    struct phrase other = phrase_at(phrases, arena, words, begin, end, ANY_KIND);
    if (other.symbol != NONE) {
        const struct symbol *symbol = &phrases->model->symbols[other.symbol];
        uint32_t one = KINDS(symbol->kind);
        diagnose(diagnostics, E_QUESTION, words_span(words, begin, other.end),
                 "“%.*s” is %.*s; %.*s is needed here", TEXT_ARGS(symbol->name),
                 TEXT_ARGS(kinds_words(arena, one)), TEXT_ARGS(wanted));
        return;
    }
    struct text name = joined(arena, words, begin, end);
    const struct symbol *near = nearest(phrases, name, kinds);
    if (!near && end > begin + 1) {
        name = words.at[begin].text;
        near = nearest(phrases, name, kinds);
    }
    struct text shown = span_text(phrases->model->sources, words_span(words, begin, end));
    shown = text_shown(arena, near && end > begin + 1 ? name : shown);
    if (near) {
        diagnose(diagnostics, E_QUESTION, words_span(words, begin, end),
                 "“%.*s” is not declared; the nearest name is “%.*s”", TEXT_ARGS(shown),
                 TEXT_ARGS(near->name));
        return;
    }
    diagnose(diagnostics, E_QUESTION, words_span(words, begin, end),
             "“%.*s” is not declared; %.*s is needed here", TEXT_ARGS(shown), TEXT_ARGS(wanted));
    suggest(phrases, kinds, diagnostics);
}

void
phrase_report_two(const struct phrases *phrases, struct words words, size_t begin,
                  struct phrase phrase, struct diagnostics *diagnostics)
{
    const struct symbol *one = &phrases->model->symbols[phrase.other];
    const struct symbol *two = &phrases->model->symbols[phrase.symbol];
    diagnose(diagnostics, E_QUESTION, words_span(words, begin, phrase.end),
             "this could be “%.*s” or “%.*s”", TEXT_ARGS(one->name), TEXT_ARGS(two->name));
    diagnose_fix(diagnostics, "Write the name that you mean");
}
