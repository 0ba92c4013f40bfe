/* Names to symbols, and what is said about those that are not there. */
#include "compiler/model/resolve.h"

/* Comparisons of names in one run: enough for a thousand wrong names in a large policy. */
enum { PATIENCE = 30 * 1000 * 1000, PATIENCE_OF_DISTANCE = 50, NAME_MAX_LENGTH = 64 };

struct resolver
resolver_make(struct arena *arena, const struct model *model, struct diagnostics *diagnostics)
{
    return (struct resolver){.arena = arena,
                             .diagnostics = diagnostics,
                             .model = model,
                             .reported = names_in(arena),
                             .patience = PATIENCE};
}

static const char *
kind_with_article(enum kind kind)
{
    static const char *const words[KIND_COUNT] = {"data",    "a purpose", "an audience", "a person",
                                                  "a place", "a system",  "a request",   "an event",
                                                  "a state", "a fact",    "a contact",   "a value"};
    return words[kind];
}

struct text
kinds_words(struct arena *arena, unsigned kinds)
{
    struct buffer out = buffer_in(arena);
    for (unsigned k = 0; k < KIND_COUNT; k++) {
        if (!(kinds & 1u << k))
            continue;
        bool last = kinds >> k == 1;
        if (out.length > 0)
            buffer_add(&out, last ? TEXT(" or ") : TEXT(", "));
        buffer_add(&out, text_of(kind_with_article((enum kind)k)));
    }
    return buffer_text(&out);
}

struct text
members_words(struct arena *arena, const struct model *model, uint32_t group)
{
    enum { SHOWN = 8 };
    struct buffer out = buffer_in(arena);
    struct interval leaves = model->symbols[group].leaves;
    uint32_t count = leaves.high - leaves.low;
    uint32_t shown = count <= SHOWN ? count : SHOWN;
    for (uint32_t i = 0; i < shown; i++) {
        if (i > 0)
            buffer_add(&out, i + 1 == count ? TEXT(" and ") : TEXT(", "));
        buffer_add(&out, leaf(model, leaves.low + i)->name);
    }
    if (count > shown)
        buffer_format(&out, " and %u more", count - shown);
    return buffer_text(&out);
}

/* The letters of a name as bits: two names that are a few edits apart differ in few of them. */
static uint64_t
letters_of(struct text name)
{
    uint64_t letters = 0;
    for (size_t i = 0; i < name.length; i++)
        letters |= UINT64_C(1) << (name.data[i] & 63);
    return letters;
}

static unsigned
bits_in(uint64_t bits)
{
    unsigned count = 0;
    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

static void
prepare_letters(struct resolver *resolver)
{
    const struct model *model = resolver->model;
    uint64_t *letters = ARENA_ARRAY(resolver->arena, model->symbol_count + 1, uint64_t);
    for (size_t i = 0; i < model->symbol_count; i++)
        letters[i] = letters_of(model->symbols[i].name);
    resolver->letters = letters;
}

/* Whether `name` is what stands behind the last dot of `whole`: "eu" for "region.eu". */
static bool
is_last_part(struct text whole, struct text name)
{
    if (whole.length <= name.length || whole.data[whole.length - name.length - 1] != '.')
        return false;
    struct text tail = {whole.data + whole.length - name.length, name.length};
    return text_equal(tail, name);
}

static unsigned
edits_allowed(struct text name)
{
    return name.length < 4 ? 1 : name.length < 9 ? 2 : 3;
}

struct search {
    struct text name;
    uint64_t letters;
    unsigned best; /* edits of the nearest so far; over the limit while there is none */
    uint32_t found;
};

static void
compare(struct resolver *resolver, struct search *search, uint32_t symbol)
{
    struct text candidate = resolver->model->symbols[symbol].name;
    if (is_last_part(candidate, search->name)) {
        search->best = search->best > 1 ? 1 : search->best;
        search->found = symbol;
        return;
    }
    unsigned limit = search->best - 1;
    if (bits_in(resolver->letters[symbol] ^ search->letters) > 2 * limit)
        return;
    if (resolver->patience >= PATIENCE_OF_DISTANCE)
        resolver->patience -= PATIENCE_OF_DISTANCE;
    unsigned distance = text_distance(search->name, candidate, limit);
    if (distance <= limit) {
        search->best = distance;
        search->found = symbol;
    }
}

/* The symbol of these kinds whose name is nearest, or NONE. */
static uint32_t
nearest_symbol(struct resolver *resolver, struct text name, unsigned kinds)
{
    const struct model *model = resolver->model;
    struct search search = {name, letters_of(name), edits_allowed(name) + 1, NONE};
    if (!resolver->letters)
        prepare_letters(resolver);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        if (!(kinds & 1u << kind))
            continue;
        uint32_t end = model->first_symbol[kind + 1];
        for (uint32_t i = model->first_symbol[kind]; i < end && search.best > 1; i++) {
            if (resolver->patience < PATIENCE_OF_DISTANCE)
                return search.found;
            resolver->patience--;
            compare(resolver, &search, i);
        }
    }
    return search.found;
}

/* Whether a name, or a group that it is in, is known to be wrong: that was reported. */
static bool
was_reported(const struct resolver *resolver, struct text name)
{
    if (name.length == 0 || name.length > NAME_MAX_BYTES ||
        names_find(&resolver->reported, name) != NONE)
        return true;
    for (size_t i = 0; i < name.length; i++)
        if (name.data[i] == '.' &&
            names_find(&resolver->reported, (struct text){name.data, i}) != NONE)
            return true;
    return false;
}

static bool
is_wild(struct text name)
{
    return text_equal(name, TEXT("anyone")) || text_equal(name, TEXT("anything")) ||
           text_equal(name, TEXT("anywhere"));
}

static void
report_unknown(struct resolver *resolver, const struct name *name, unsigned kinds)
{
    const struct model *model = resolver->model;
    struct text words = kinds_words(resolver->arena, kinds);
    if (is_wild(name->text)) {
        diagnose(resolver->diagnostics, E_WRONG_KIND, name->span,
                 "“%.*s” cannot stand here, where only %.*s can", TEXT_ARGS(name->text),
                 TEXT_ARGS(words));
        diagnose_fix(resolver->diagnostics, "Name %.*s", TEXT_ARGS(words));
        return;
    }
    diagnose(resolver->diagnostics, E_UNKNOWN_NAME, name->span, "“%.*s” is not declared",
             TEXT_ARGS(name->text));
    uint32_t clause = names_find(&model->clause_by_name, name->text);
    if (clause != NONE)
        diagnose_why(resolver->diagnostics, "“%.*s” is a clause, and none can stand here",
                     TEXT_ARGS(name->text));
    uint32_t nearest = nearest_symbol(resolver, name->text, kinds);
    if (nearest == NONE) {
        diagnose_fix(resolver->diagnostics, "Declare it as %.*s, or name one that is declared",
                     TEXT_ARGS(words));
        return;
    }
    const struct symbol *symbol = &model->symbols[nearest];
    diagnose_fix(resolver->diagnostics, "Write “%.*s”, or declare “%.*s”", TEXT_ARGS(symbol->name),
                 TEXT_ARGS(name->text));
    diagnose_edit(resolver->diagnostics, name->span, "%.*s", TEXT_ARGS(symbol->name));
    if (!symbol->built_in)
        diagnose_see(resolver->diagnostics, symbol->span, "“%.*s” is %s", TEXT_ARGS(symbol->name),
                     kind_with_article(symbol->kind));
}

static void
report_kind(struct resolver *resolver, const struct name *name, const struct symbol *symbol,
            unsigned kinds)
{
    struct text words = kinds_words(resolver->arena, kinds);
    diagnose(resolver->diagnostics, E_WRONG_KIND, name->span,
             "“%.*s” is %s, where only %.*s can stand", TEXT_ARGS(name->text),
             kind_with_article(symbol->kind), TEXT_ARGS(words));
    uint32_t nearest = nearest_symbol(resolver, name->text, kinds);
    if (nearest != NONE)
        diagnose_fix(resolver->diagnostics, "Write “%.*s”, if that is meant",
                     TEXT_ARGS(resolver->model->symbols[nearest].name));
    else
        diagnose_fix(resolver->diagnostics, "Name %.*s", TEXT_ARGS(words));
    if (!symbol->built_in)
        diagnose_see(resolver->diagnostics, symbol->span, "“%.*s” is declared here",
                     TEXT_ARGS(name->text));
}

uint32_t
resolve_symbol(struct resolver *resolver, const struct name *name, unsigned kinds)
{
    const struct model *model = resolver->model;
    uint32_t found = names_find(&model->by_name, name->text);
    /* What stands in for all names of a kind is no mistake where any kind would do. */
    bool silent = was_reported(resolver, name->text) || (kinds == ANY_KIND && is_wild(name->text));
    if (found == NONE) {
        if (!silent)
            report_unknown(resolver, name, kinds);
        if (!is_wild(name->text))
            names_add(&resolver->reported, name->text, 0);
        return NONE;
    }
    bool us = model->symbols[found].built_in && model->symbols[found].kind == KIND_SYSTEM &&
              !(kinds & KINDS(KIND_SYSTEM));
    if (us && kinds & KINDS(KIND_AUDIENCE))
        found = model->first_symbol[KIND_AUDIENCE];
    if (kinds & KINDS(model->symbols[found].kind))
        return found;
    if (!silent)
        report_kind(resolver, name, &model->symbols[found], kinds);
    return NONE;
}

uint32_t
resolve_leaf_symbol(struct resolver *resolver, const struct name *name, unsigned kinds)
{
    uint32_t found = resolve_symbol(resolver, name, kinds);
    if (found == NONE || !resolver->model->symbols[found].group)
        return found;
    struct text members = members_words(resolver->arena, resolver->model, found);
    diagnose(resolver->diagnostics, E_GROUP_ASKED, name->span,
             "“%.*s” is a group, and here one of its members must be named", TEXT_ARGS(name->text));
    diagnose_fix(resolver->diagnostics, "Name one of its members: %.*s", TEXT_ARGS(members));
    return NONE;
}

bool
resolve_list(struct resolver *resolver, const struct name_list *list, unsigned kinds,
             struct set *out)
{
    struct interval *parts = ARENA_ARRAY(resolver->arena, list->count, struct interval);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t found = resolve_symbol(resolver, &list->at[i], kinds);
        if (found != NONE)
            parts[count++] = resolver->model->symbols[found].leaves;
    }
    *out = set_from(parts, count);
    return count == list->count;
}

/* The nearest clause, or NONE. */
static uint32_t
nearest_clause(struct resolver *resolver, struct text name)
{
    const struct model *model = resolver->model;
    unsigned limit = edits_allowed(name);
    uint32_t found = NONE;
    for (uint32_t i = 0; i < model->clause_count && limit > 0; i++) {
        if (resolver->patience < PATIENCE_OF_DISTANCE)
            break;
        resolver->patience -= PATIENCE_OF_DISTANCE;
        unsigned distance = text_distance(name, model->clauses[i].name, limit);
        if (distance <= limit) {
            found = i;
            limit = distance - 1;
        }
    }
    return found;
}

uint32_t
resolve_clause(struct resolver *resolver, const struct name *name)
{
    const struct model *model = resolver->model;
    uint32_t found = names_find(&model->clause_by_name, name->text);
    if (found != NONE)
        return found;
    /* Clauses have names of their own: a mark keeps them apart from the vocabulary's. */
    struct text key = arena_format(resolver->arena, "clause %.*s", TEXT_ARGS(name->text));
    if (names_find(&resolver->reported, key) != NONE)
        return NONE;
    names_add(&resolver->reported, key, 0);
    if (model->tree->clause_lost)
        return NONE; /* it may be that one */
    diagnose(resolver->diagnostics, E_UNKNOWN_CLAUSE, name->span, "there is no clause “%.*s”",
             TEXT_ARGS(name->text));
    uint32_t nearest = nearest_clause(resolver, name->text);
    if (nearest != NONE) {
        const struct clause *clause = &model->clauses[nearest];
        diagnose_fix(resolver->diagnostics, "Write “%.*s”", TEXT_ARGS(clause->name));
        diagnose_see(resolver->diagnostics, clause->span, "the clause “%.*s”",
                     TEXT_ARGS(clause->name));
    } else {
        diagnose_fix(resolver->diagnostics, "Name one of the clauses of this policy");
    }
    return NONE;
}
