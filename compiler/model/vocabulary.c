/* Declarations to symbols: the hierarchy that the dots make, and the numbers of the leaves. What
 * the declarations say about each symbol is read in options.c. */
#include "compiler/model/vocabulary.h"
#include "compiler/model/events.h"
#include "compiler/model/internal.h"
#include "compiler/model/locale.h"
#include "compiler/model/similar.h"

/* Starts a list of siblings per kind and a table of names; the links are entries. */
struct siblings {
    uint32_t first, last;
};

struct growth {
    struct draft *draft;
    struct names by_name; /* name -> entry */
    struct names dotted;  /* see similar.h */
    struct siblings roots[KIND_COUNT];
    VECTOR(struct entry) entries;
};

static void
append(struct growth *growth, struct siblings *list, uint32_t entry)
{
    if (list->last == NONE)
        list->first = entry;
    else
        growth->entries.at[list->last].next = entry;
    list->last = entry;
}

static uint32_t
add_entry(struct growth *growth, struct text name, enum kind kind, struct span span,
          uint32_t parent)
{
    uint32_t index = (uint32_t)growth->entries.count;
    *VECTOR_PUSH(growth->draft->arena, &growth->entries) = (struct entry){.name = name,
                                                                          .kind = kind,
                                                                          .span = span,
                                                                          .parent = parent,
                                                                          .first_child = NONE,
                                                                          .last_child = NONE,
                                                                          .clause = NONE,
                                                                          .next = NONE};
    if (parent == NONE) {
        append(growth, &growth->roots[kind], index);
        return index;
    }
    struct entry *group = &growth->entries.at[parent];
    struct siblings children = {group->first_child, group->last_child};
    append(growth, &children, index);
    group->first_child = children.first;
    group->last_child = children.last;
    return index;
}

static void
report_similar(struct growth *growth, struct text name, struct span span, uint32_t other)
{
    const struct entry *entry = &growth->entries.at[other];
    struct diagnostics *diagnostics = growth->draft->diagnostics;
    diagnose(diagnostics, E_SIMILAR_NAMES, span, "“%.*s” and “%.*s” differ only in hyphen and dot",
             TEXT_ARGS(name), TEXT_ARGS(entry->name));
    diagnose_why(diagnostics, "In a program both would be the same name");
    diagnose_fix(diagnostics, "Choose another name for one of them");
    diagnose_see(diagnostics, entry->span, "“%.*s” stands here", TEXT_ARGS(entry->name));
}

/* Enters a name that is not there yet. */
static uint32_t
enter(struct growth *growth, struct text name, enum kind kind, struct span span, uint32_t parent)
{
    uint32_t index = add_entry(growth, name, kind, span, parent);
    names_add(&growth->by_name, name, index);
    uint32_t other = similar_enter(&growth->dotted, &growth->by_name, name, index);
    if (other != NONE)
        report_similar(growth, name, span, other);
    return index;
}

static struct text
kind_words(struct growth *growth, enum kind kind)
{
    return kinds_words(growth->draft->arena, KINDS(kind));
}

/* A name that cannot be used from here on: what is said with it is no second mistake. */
static void
give_up(struct growth *growth, struct text name)
{
    names_add(&growth->draft->resolver.reported, name, 0);
}

static void
report_hierarchy(struct growth *growth, const struct name *name, enum kind kind, uint32_t group)
{
    const struct entry *entry = &growth->entries.at[group];
    struct diagnostics *diagnostics = growth->draft->diagnostics;
    struct text other = kind_words(growth, entry->kind), this = kind_words(growth, kind);
    /* A group that is only implied stands in the text as the first name under it. */
    struct text first =
        entry->declared ? entry->name : span_text(growth->draft->sources, entry->span);
    diagnose(diagnostics, E_HIERARCHY, name->span, "“%.*s” is %.*s, but “%.*s” is %.*s",
             TEXT_ARGS(name->text), TEXT_ARGS(this), TEXT_ARGS(first), TEXT_ARGS(other));
    diagnose_why(diagnostics, "A dot makes a part of a whole, and both are of one kind");
    diagnose_fix(diagnostics, "Write a hyphen for the dot, or declare both as %.*s",
                 TEXT_ARGS(other));
    diagnose_see(diagnostics, entry->span, "“%.*s” is %.*s", TEXT_ARGS(first), TEXT_ARGS(other));
    give_up(growth, name->text);
}

/* The group that a name is in, made if it is not there yet; false after a report. */
static bool
enter_groups(struct growth *growth, const struct name *name, enum kind kind, uint32_t *parent)
{
    *parent = NONE;
    for (size_t i = 0; i < name->text.length; i++) {
        if (name->text.data[i] != '.')
            continue;
        struct text prefix = {name->text.data, i};
        uint32_t found = names_find(&growth->by_name, prefix);
        if (found == NONE)
            found = enter(growth, prefix, kind, name->span, *parent);
        if (growth->entries.at[found].kind != kind) {
            report_hierarchy(growth, name, kind, found);
            return false;
        }
        *parent = found;
    }
    return true;
}

static void
report_double(struct growth *growth, const struct name *name, enum kind kind, uint32_t other)
{
    const struct entry *entry = &growth->entries.at[other];
    struct diagnostics *diagnostics = growth->draft->diagnostics;
    struct text before = kind_words(growth, entry->kind), now = kind_words(growth, kind);
    if (entry->kind == kind)
        diagnose(diagnostics, E_DOUBLE_NAME, name->span, "“%.*s” is declared twice",
                 TEXT_ARGS(name->text));
    else
        diagnose(diagnostics, E_DOUBLE_NAME, name->span, "“%.*s” is both %.*s and %.*s",
                 TEXT_ARGS(name->text), TEXT_ARGS(before), TEXT_ARGS(now));
    diagnose_why(diagnostics, "Every name has one meaning in a policy");
    diagnose_fix(diagnostics, entry->kind == kind ? "Leave out one of the two declarations"
                                                  : "Choose another name for one of them");
    diagnose_see(diagnostics, entry->span, "“%.*s” is declared here first", TEXT_ARGS(name->text));
    if (entry->kind != kind)
        give_up(growth, name->text);
}

static bool
is_reserved(struct text name)
{
    static const char *const words[] = {"us", "anyone", "anything", "anywhere"};
    size_t length = 0;
    while (length < name.length && name.data[length] != '.')
        length++;
    struct text head = {name.data, length};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_equal(head, text_of(words[i])))
            return true;
    return false;
}

static bool
check_name(struct growth *growth, const struct name *name)
{
    if (name->text.length == 0)
        return false;
    if (name->text.length > NAME_MAX_BYTES) { /* reported by the reader of the file */
        give_up(growth, name->text);
        return false;
    }
    if (!is_reserved(name->text))
        return true;
    struct diagnostics *diagnostics = growth->draft->diagnostics;
    diagnose(diagnostics, E_RESERVED_NAME, name->span, "“%.*s” has a meaning of its own",
             TEXT_ARGS(name->text));
    diagnose_why(diagnostics, "“us” is built in, and “anyone”, “anything” and “anywhere” stand "
                              "for all names in a prohibition");
    diagnose_fix(diagnostics, "Choose another name");
    give_up(growth, name->text);
    return false;
}

/* The entry of a name that is declared now, or NONE after a report. */
static uint32_t
declare(struct growth *growth, const struct name *name, enum kind kind)
{
    uint32_t parent;
    if (!check_name(growth, name))
        return NONE;
    uint32_t found = names_find(&growth->by_name, name->text);
    if (found == NONE) {
        if (!enter_groups(growth, name, kind, &parent))
            return NONE;
        found = enter(growth, name->text, kind, name->span, parent);
    } else if (growth->entries.at[found].declared) {
        report_double(growth, name, kind, found);
        return NONE;
    } else if (growth->entries.at[found].kind != kind) {
        report_hierarchy(growth, name, kind, found);
        return NONE;
    }
    growth->entries.at[found].declared = true;
    growth->entries.at[found].span = name->span;
    return found;
}

static void
declare_members(struct growth *growth, const struct declaration *declaration)
{
    for (size_t i = 0; i < declaration->member_count; i++) {
        const struct member *member = &declaration->members[i];
        struct name whole = {arena_format(growth->draft->arena, "%.*s.%.*s",
                                          TEXT_ARGS(declaration->name.text),
                                          TEXT_ARGS(member->name.text)),
                             member->name.span};
        uint32_t entry = declare(growth, &whole, KIND_FACT);
        if (entry != NONE)
            growth->entries.at[entry].label = member->label;
    }
}

static void
declare_all(struct growth *growth)
{
    const struct tree *tree = growth->draft->tree;
    for (size_t i = 0; i < tree->declarations.count; i++) {
        const struct declaration *declaration = &tree->declarations.at[i];
        uint32_t entry = declare(growth, &declaration->name, declaration->kind);
        if (entry == NONE)
            continue;
        growth->entries.at[entry].declaration = declaration;
        growth->entries.at[entry].label = declaration->label;
        if (declaration->broken) /* its members may be lost */
            give_up(growth, declaration->name.text);
        if (declaration->kind == KIND_FACT)
            declare_members(growth, declaration);
    }
}

/* "us" stands first among the systems and among the audiences; as a name it is the system. */
static void
declare_us(struct growth *growth)
{
    static const enum kind kinds[] = {KIND_SYSTEM, KIND_AUDIENCE};
    struct span nowhere = {growth->draft->tree->source, 0, 0};
    for (size_t i = 0; i < 2; i++) {
        uint32_t entry = add_entry(growth, TEXT("us"), kinds[i], nowhere, NONE);
        growth->entries.at[entry].built_in = true;
        growth->entries.at[entry].declared = true;
        names_add(&growth->by_name, TEXT("us"), entry);
    }
}

/* An event that the rules speak of and nobody declares. */
static void
add_event(struct growth *growth, struct text name, struct text label, uint32_t clause)
{
    struct span nowhere = {growth->draft->tree->source, 0, 0};
    uint32_t entry = add_entry(growth, name, KIND_EVENT, nowhere, NONE);
    growth->entries.at[entry].built_in = true;
    growth->entries.at[entry].declared = true;
    growth->entries.at[entry].label = (struct quoted){label, nowhere, true};
    growth->entries.at[entry].clause = clause;
    names_add(&growth->by_name, name, entry);
}

/* The events that clauses are done, of those that a clock waits for. What is a request or event
 * itself is none of them: see events_resolve. */
static void
add_done(struct growth *growth, const struct name_list *after)
{
    const struct draft *draft = growth->draft;
    for (size_t i = 0; i < after->count; i++) {
        struct text name = after->at[i].text;
        uint32_t entry = names_find(&growth->by_name, name);
        uint32_t clause = names_find(&draft->model->clause_by_name, name);
        bool starts = entry != NONE && (growth->entries.at[entry].kind == KIND_REQUEST ||
                                        growth->entries.at[entry].kind == KIND_EVENT);
        if (starts || clause == NONE || !events_can_be_done(&draft->tree->clauses.at[clause]))
            continue;
        struct text done = events_done_name(draft->arena, name);
        if (names_find(&growth->by_name, done) == NONE)
            add_event(growth, done, name, clause);
    }
}

static void
add_events(struct growth *growth)
{
    const struct draft *draft = growth->draft;
    if (names_find(&growth->by_name, TEXT(EVENT_CHANGE)) == NONE && events_use_change(draft->tree))
        add_event(growth, TEXT(EVENT_CHANGE), locale_phrase(draft->model->locale, "page.change"),
                  NONE);
    growth->draft->first_done = (uint32_t)growth->entries.count; /* until leaves have numbers */
    for (size_t i = 0; i < draft->tree->clauses.count; i++)
        for (size_t k = 0; k < draft->tree->clauses.at[i].sentence_count; k++)
            add_done(growth, &draft->tree->clauses.at[i].sentences[k].after);
}

/* The last part of the name with spaces for hyphens. */
static struct text
label_of(struct arena *arena, const struct entry *entry)
{
    if (entry->label.given && text_trim(entry->label.text).length > 0)
        return entry->label.text;
    struct text name = entry->name;
    size_t from = name.length;
    while (from > 0 && name.data[from - 1] != '.')
        from--;
    struct text copy = arena_text(arena, (struct text){name.data + from, name.length - from});
    for (size_t i = 0; i < copy.length; i++)
        if (copy.data[i] == '-')
            ((char *)copy.data)[i] = ' ';
    return copy;
}

/* The entry behind this one in pre-order among the descendants of one root, or NONE. */
static uint32_t
next_in_order(const struct growth *growth, uint32_t entry)
{
    const struct entry *entries = growth->entries.at;
    if (entries[entry].first_child != NONE)
        return entries[entry].first_child;
    while (entry != NONE && entries[entry].next == NONE)
        entry = entries[entry].parent;
    return entry == NONE ? NONE : entries[entry].next;
}

static void
add_symbol(struct growth *growth, uint32_t index, uint32_t *leaf_count, uint32_t *leaf_symbol)
{
    struct draft *draft = growth->draft;
    struct entry *entry = &growth->entries.at[index];
    uint32_t number = (uint32_t)draft->model->symbol_count++;
    entry->symbol = number;
    uint32_t low = *leaf_count;
    bool group = entry->first_child != NONE;
    draft->symbols[number] = (struct symbol){
        .kind = entry->kind,
        .name = entry->name,
        .label = label_of(draft->arena, entry),
        .group = group,
        .declared = entry->declared,
        .built_in = entry->built_in,
        .span = entry->span,
        .parent = entry->parent == NONE ? NONE : growth->entries.at[entry->parent].symbol,
        .owner = NONE,
        .kept_in = NONE,
        .leaves = {low, low + (group ? 0 : 1)},
        .one_of = entry->declaration && entry->declaration->member_count > 0,
        .clause = entry->clause,
    };
    if (!group)
        leaf_symbol[(*leaf_count)++] = number;
}

/* Numbers symbols and leaves: by kind, in pre-order. */
static void
number_all(struct growth *growth)
{
    struct draft *draft = growth->draft;
    struct model *model = draft->model;
    draft->symbols = ARENA_ARRAY(draft->arena, growth->entries.count, struct symbol);
    uint32_t *leaf_symbol = ARENA_ARRAY(draft->arena, growth->entries.count, uint32_t);
    uint32_t leaves = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        model->first_symbol[kind] = (uint32_t)model->symbol_count;
        model->first_leaf[kind] = leaves;
        for (uint32_t e = growth->roots[kind].first; e != NONE; e = next_in_order(growth, e))
            add_symbol(growth, e, &leaves, leaf_symbol);
    }
    model->first_symbol[KIND_COUNT] = (uint32_t)model->symbol_count;
    model->first_leaf[KIND_COUNT] = leaves;
    model->leaf_symbol = leaf_symbol;
    model->symbols = draft->symbols;
    /* Members stand behind their group: backwards, each group has all of its leaves. */
    for (size_t i = model->symbol_count; i-- > 0;) {
        struct symbol *symbol = &draft->symbols[i];
        if (symbol->parent != NONE &&
            draft->symbols[symbol->parent].leaves.high < symbol->leaves.high)
            draft->symbols[symbol->parent].leaves.high = symbol->leaves.high;
    }
}

/* The table of names leads to symbols from now on. */
static void
name_all(struct growth *growth)
{
    struct draft *draft = growth->draft;
    uint32_t *symbols = ARENA_ARRAY(draft->arena, growth->entries.count, uint32_t);
    for (size_t i = 0; i < growth->entries.count; i++)
        symbols[i] = growth->entries.at[i].symbol;
    names_renumber(&growth->by_name, symbols);
    draft->model->by_name = growth->by_name;
}

/* More states and facts than a question has bits for. */
static void
check_state_limit(struct draft *draft)
{
    const struct model *model = draft->model;
    uint32_t count = state_count(model);
    if (count <= 64)
        return;
    const struct symbol *first_over = leaf(model, model->first_leaf[KIND_STATE] + 64);
    diagnose(draft->diagnostics, E_STATE_LIMIT, first_over->span,
             "the policy has %u states and facts, and 64 are possible", count);
    diagnose_why(draft->diagnostics, "Every question carries all of them, one bit each");
    diagnose_fix(draft->diagnostics, "Take out %u of them, or join some", count - 64);
}

/* Room for what is declared, so that nothing is moved while it grows; groups may be implied. */
static void
make_room(struct growth *growth)
{
    const struct tree *tree = growth->draft->tree;
    size_t count = tree->declarations.count + 2;
    for (size_t i = 0; i < tree->declarations.count; i++)
        count += tree->declarations.at[i].member_count;
    growth->entries.at = ARENA_ARRAY(growth->draft->arena, count, struct entry);
    growth->entries.room = count;
    names_reserve(&growth->by_name, count);
}

/* They are the last of the events. */
static void
note_first_done(struct growth *growth)
{
    struct draft *draft = growth->draft;
    uint32_t count = (uint32_t)growth->entries.count - draft->first_done;
    draft->first_done = draft->model->first_leaf[KIND_EVENT + 1] - count;
}

void
vocabulary_make(struct draft *draft)
{
    struct growth growth = {
        .draft = draft, .by_name = names_in(draft->arena), .dotted = names_in(draft->arena)};
    for (int kind = 0; kind < KIND_COUNT; kind++)
        growth.roots[kind] = (struct siblings){NONE, NONE};
    make_room(&growth);
    declare_us(&growth);
    declare_all(&growth);
    add_events(&growth);
    number_all(&growth);
    note_first_done(&growth);
    name_all(&growth);
    check_state_limit(draft);
    options_read(draft, growth.entries.at, growth.entries.count);
}
