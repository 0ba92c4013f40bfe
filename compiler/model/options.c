/* The parts of a declaration behind its label, and what follows from owners. */
#include "compiler/model/vocabulary.h"

enum { OWNERS_MAX = 16 };

#define OWNED                                                                                      \
    (KINDS(KIND_DATA) | KINDS(KIND_PLACE) | KINDS(KIND_REQUEST) | KINDS(KIND_EVENT) |              \
     KINDS(KIND_STATE))
#define WITH_ADDRESS                                                                               \
    (KINDS(KIND_CONTACT) | KINDS(KIND_AUDIENCE) | KINDS(KIND_SYSTEM) | KINDS(KIND_PLACE) |         \
     KINDS(KIND_EVENT))

void
report_part(struct draft *draft, const struct declaration *declaration, unsigned kinds,
            const char *words, struct span span)
{
    struct text kind = kinds_words(draft->arena, KINDS(declaration->kind));
    struct text all = kinds_words(draft->arena, kinds);
    diagnose(draft->diagnostics, E_OPTION, span, "“%s” cannot stand with %.*s", words,
             TEXT_ARGS(kind));
    diagnose_why(draft->diagnostics, "It says something about %.*s only", TEXT_ARGS(all));
    diagnose_fix(draft->diagnostics, "Leave it out");
}

/* Whether a part may stand in a declaration: of one of these kinds, and not of a group, whose
 * members do not inherit it. */
static bool
takes(struct draft *draft, const struct declaration *declaration, const struct symbol *symbol,
      unsigned kinds, const char *words, struct span span)
{
    if (!(kinds & KINDS(declaration->kind))) {
        report_part(draft, declaration, kinds, words, span);
        return false;
    }
    if (!symbol->group)
        return true;
    diagnose(draft->diagnostics, E_OPTION, span, "“%s” cannot stand with a group", words);
    diagnose_why(draft->diagnostics, "“%.*s” has names under it, and they do not inherit it",
                 TEXT_ARGS(symbol->name));
    diagnose_fix(draft->diagnostics, "Say it of each member");
    return false;
}

static void
report_lack(struct draft *draft, const struct symbol *symbol, enum code code, const char *message,
            const char *fix)
{
    diagnose(draft->diagnostics, code, symbol->span, "“%.*s” %s", TEXT_ARGS(symbol->name), message);
    diagnose_fix(draft->diagnostics, "%s", fix);
}

static void
read_owner(struct draft *draft, const struct declaration *declaration, struct symbol *symbol)
{
    if (declaration->owner.text.length == 0)
        return;
    if (!(OWNED & KINDS(declaration->kind))) {
        report_part(draft, declaration, OWNED, "of", declaration->owner.span);
        return;
    }
    unsigned kinds = KINDS(KIND_PERSON);
    if (declaration->kind != KIND_PLACE)
        kinds |= KINDS(KIND_DATA);
    symbol->owner = resolve_symbol(&draft->resolver, &declaration->owner, kinds);
}

/* The requests and events of "after" or "until". */
static void
read_switch(struct draft *draft, const struct name_list *list, struct set *out)
{
    const struct model *model = draft->model;
    struct interval *parts = ARENA_ARRAY(draft->arena, list->count, struct interval);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct name *name = &list->at[i];
        uint32_t found = names_find(&model->by_name, name->text);
        enum kind kind = found == NONE ? KIND_REQUEST : model->symbols[found].kind;
        if (kind == KIND_REQUEST || kind == KIND_EVENT) {
            found = resolve_symbol(&draft->resolver, name, KINDS(KIND_REQUEST) | KINDS(KIND_EVENT));
            if (found != NONE)
                parts[count++] = model->symbols[found].leaves;
            continue;
        }
        struct text words = kinds_words(draft->arena, KINDS(kind));
        diagnose(draft->diagnostics, E_STATE_SWITCH, name->span,
                 "“%.*s” is %.*s, and only a request or an event switches a state",
                 TEXT_ARGS(name->text), TEXT_ARGS(words));
        diagnose_fix(draft->diagnostics, "Name the request or event that switches it");
        diagnose_see(draft->diagnostics, model->symbols[found].span, "“%.*s” is declared here",
                     TEXT_ARGS(name->text));
    }
    *out = set_from(parts, count);
}

static void
read_state(struct draft *draft, const struct declaration *declaration, struct symbol *symbol)
{
    unsigned state = KINDS(KIND_STATE);
    if (declaration->after.count > 0 &&
        takes(draft, declaration, symbol, state, "after", declaration->after.span))
        read_switch(draft, &declaration->after, &symbol->after);
    if (declaration->until.count > 0 &&
        takes(draft, declaration, symbol, state, "until", declaration->until.span))
        read_switch(draft, &declaration->until, &symbol->until);
    if (declaration->kept_in.text.length > 0 &&
        takes(draft, declaration, symbol, state, "kept in", declaration->kept_in.span))
        symbol->kept_in =
            resolve_symbol(&draft->resolver, &declaration->kept_in, KINDS(KIND_PLACE));
    if (declaration->kind == KIND_STATE && !symbol->group && declaration->after.count == 0 &&
        !declaration->broken)
        report_lack(draft, symbol, E_STATE_SWITCH, "is never switched on",
                    "Add “after” and the request or event that switches it on");
}

static void
read_texts(struct draft *draft, const struct declaration *declaration, struct symbol *symbol)
{
    if (declaration->url.given &&
        takes(draft, declaration, symbol, WITH_ADDRESS, "at", declaration->url.span))
        symbol->url = declaration->url.text;
    else if (declaration->broken && KINDS(declaration->kind) & WITH_ADDRESS)
        symbol->url = TEXT("#"); /* what it has could not be read, and was reported */
    if (declaration->value.given &&
        takes(draft, declaration, symbol, KINDS(KIND_VALUE), "is", declaration->value.span))
        symbol->value = declaration->value.text;
    if (declaration->kind == KIND_VALUE && !symbol->group && !declaration->value.given &&
        !declaration->broken)
        report_lack(draft, symbol, E_OPTION, "has no value", "Add “is” and the number or word");
    if (declaration->member_count > 0 && declaration->kind != KIND_FACT)
        report_part(draft, declaration, KINDS(KIND_FACT), "one of",
                    declaration->members[0].name.span);
    if (declaration->kind == KIND_FACT && declaration->member_count == 1)
        report_lack(draft, symbol, E_OPTION, "has only one member",
                    "Name at least two, of which exactly one holds");
}

/* An earlier name may be neither in use nor claimed twice. */
static void
read_formerly(struct draft *draft, const struct declaration *declaration, struct symbol *symbol,
              struct names *former)
{
    const struct name *name = &declaration->formerly;
    if (name->text.length == 0 ||
        !takes(draft, declaration, symbol, ANY_KIND, "formerly", name->span))
        return;
    uint32_t number = (uint32_t)(symbol - draft->symbols);
    uint32_t now = names_find(&draft->model->by_name, name->text);
    uint32_t first = names_add(former, name->text, number);
    uint32_t other = now != NONE ? now : first;
    if (other == number && now == NONE) {
        symbol->formerly = name->text;
        return;
    }
    diagnose(draft->diagnostics, E_DOUBLE_NAME, name->span, "“%.*s” is %s", TEXT_ARGS(name->text),
             now != NONE ? "still in use" : "the former name of two");
    diagnose_why(draft->diagnostics, "What was stored under a former name must have one new name");
    diagnose_fix(draft->diagnostics, "Leave it out here");
    if (!draft->symbols[other].built_in)
        diagnose_see(draft->diagnostics, draft->symbols[other].span, "“%.*s” stands here",
                     TEXT_ARGS(draft->symbols[other].name));
}

/* Members have the owner of their group unless they have one of their own. */
static void
inherit_owners(struct draft *draft)
{
    for (uint32_t i = 0; i < draft->model->symbol_count; i++) {
        struct symbol *symbol = &draft->symbols[i];
        if (symbol->owner != NONE || symbol->parent == NONE)
            continue;
        uint32_t owner = draft->symbols[symbol->parent].owner;
        symbol->owner = owner == i ? NONE : owner;
    }
}

static void
cut_owner(struct draft *draft, uint32_t number, bool circle)
{
    struct symbol *symbol = &draft->symbols[number];
    if (circle)
        diagnose(draft->diagnostics, E_OWNER_CIRCLE, symbol->span,
                 "“%.*s” is of something that is of “%.*s” in turn", TEXT_ARGS(symbol->name),
                 TEXT_ARGS(symbol->name));
    else
        diagnose(draft->diagnostics, E_DEPTH, symbol->span,
                 "“%.*s” has a row of more than %d owners behind it", TEXT_ARGS(symbol->name),
                 OWNERS_MAX);
    diagnose_fix(draft->diagnostics, "Say of whom it is in the end");
    symbol->owner = NONE;
}

/* Follows owners from a symbol, as far as one whose row of owners is known; cuts and reports a
 * circle, or a row that is too long. `depth` holds 0 while it is not known, `seen` the last start
 * from which a symbol was reached. */
static void
check_owners(struct draft *draft, uint32_t start, uint8_t *depth, uint32_t *seen)
{
    uint32_t at = start;
    unsigned steps = 0;
    for (; at != NONE && depth[at] == 0; at = draft->symbols[at].owner, steps++) {
        if (steps > 0 && at == start) {
            cut_owner(draft, start, true);
            depth[start] = 1;
            return;
        }
        if (seen[at] == start) /* a circle behind: it is cut when one of its members is the start */
            return;
        seen[at] = start;
        if (steps > OWNERS_MAX)
            break;
    }
    unsigned whole = steps + (at == NONE ? 0 : depth[at]);
    if (whole > OWNERS_MAX) {
        cut_owner(draft, start, false);
        whole = 1;
    }
    depth[start] = (uint8_t)whole;
}

/* The person that a single name is about: itself, or the last of its owners. */
static uint32_t
person_of(const struct draft *draft, uint32_t symbol)
{
    while (symbol != NONE && draft->symbols[symbol].kind != KIND_PERSON)
        symbol = draft->symbols[symbol].owner;
    return symbol;
}

static struct set
leaves_of(const struct draft *draft, uint32_t symbol)
{
    if (symbol == NONE)
        return (struct set){NULL, 0};
    return (struct set){&draft->symbols[symbol].leaves, 1};
}

/* The owners, or the persons, of all members of a group. Mostly they share one, and then the set.
 */
static struct set
shared_owners(struct draft *draft, const struct symbol *group, bool persons)
{
    const struct model *model = draft->model;
    uint32_t low = group->leaves.low, high = group->leaves.high;
    struct interval *parts = ARENA_ARRAY(draft->arena, high - low, struct interval);
    struct set last = {NULL, 0};
    size_t count = 0;
    for (uint32_t l = low; l < high; l++) {
        struct set next = persons ? leaf(model, l)->persons : leaf(model, l)->owners;
        if (next.count == 0 || next.at == last.at)
            continue;
        parts[count++] = next.at[0]; /* of a leaf: one owner, one person or group of them */
        last = next;
    }
    return count == 1 ? last : set_from(parts, count);
}

static void
find_owners(struct draft *draft)
{
    struct model *model = draft->model;
    uint8_t *depth = ARENA_ARRAY(draft->arena, model->symbol_count, uint8_t);
    uint32_t *seen = ARENA_ARRAY(draft->arena, model->symbol_count, uint32_t);
    memset(seen, 0xFF, model->symbol_count * sizeof *seen);
    for (uint32_t i = 0; i < model->symbol_count; i++)
        check_owners(draft, i, depth, seen);
    for (uint32_t i = 0; i < model->symbol_count; i++) {
        draft->symbols[i].owners = leaves_of(draft, draft->symbols[i].owner);
        draft->symbols[i].persons = leaves_of(draft, person_of(draft, i));
    }
    for (uint32_t i = 0; i < model->symbol_count; i++) {
        struct symbol *symbol = &draft->symbols[i];
        if (!symbol->group || symbol->kind == KIND_PERSON || !(OWNED & KINDS(symbol->kind)))
            continue;
        symbol->owners = shared_owners(draft, symbol, false);
        symbol->persons = shared_owners(draft, symbol, true);
    }
}

/* Whether the declaration of a state, or of a group that it is in, says whose it is. */
static bool
says_owner(const struct entry *entries, uint32_t entry)
{
    for (; entry != NONE; entry = entries[entry].parent) {
        const struct declaration *declaration = entries[entry].declaration;
        if (declaration && (declaration->owner.text.length > 0 || declaration->broken))
            return true;
    }
    return false;
}

static void
check_state_owners(struct draft *draft, const struct entry *entries, size_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct symbol *symbol = &draft->symbols[entries[i].symbol];
        if (symbol->kind != KIND_STATE || symbol->group || says_owner(entries, i))
            continue;
        report_lack(draft, symbol, E_OPTION, "does not say whose state it is",
                    "Add “of” and a person or data, or declare it as a fact");
    }
}

/* One mask for each fact group of which exactly one holds. */
static void
collect_one_of(struct draft *draft)
{
    struct model *model = draft->model;
    VECTOR(uint64_t) masks = {NULL, 0, 0};
    for (uint32_t i = model->first_symbol[KIND_FACT]; i < model->first_symbol[KIND_FACT + 1]; i++) {
        const struct symbol *symbol = &model->symbols[i];
        if (!symbol->one_of || state_count(model) > 64)
            continue;
        uint64_t mask = 0;
        for (uint32_t l = symbol->leaves.low; l < symbol->leaves.high; l++)
            mask |= state_bit(model, l);
        *VECTOR_PUSH(draft->arena, &masks) = mask;
    }
    model->one_of = masks.at;
    model->one_of_count = masks.count;
}

void
options_read(struct draft *draft, const struct entry *entries, size_t count)
{
    struct names former = names_in(draft->arena);
    for (size_t i = 0; i < count; i++) {
        const struct declaration *declaration = entries[i].declaration;
        if (!declaration)
            continue;
        struct symbol *symbol = &draft->symbols[entries[i].symbol];
        read_owner(draft, declaration, symbol);
        read_state(draft, declaration, symbol);
        bases_read(draft, declaration, symbol);
        read_texts(draft, declaration, symbol);
        read_formerly(draft, declaration, symbol, &former);
    }
    inherit_owners(draft);
    bases_inherit(draft);
    check_state_owners(draft, entries, count);
    find_owners(draft);
    collect_one_of(draft);
}
