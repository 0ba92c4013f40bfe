#include "compiler/model/labels.h"

/* The widest name within an interval that starts at its first leaf. Groups without a declaration
 * have no label of their own and are passed over. */
static const struct symbol *
widest(const struct model *model, struct interval within)
{
    const struct symbol *best = leaf(model, within.low);
    for (uint32_t up = best->parent; up != NONE; up = model->symbols[up].parent) {
        const struct symbol *group = &model->symbols[up];
        if (group->leaves.low != within.low || group->leaves.high > within.high)
            break;
        if (group->declared)
            best = group;
    }
    return best;
}

struct labels {
    bool as_named; /* persons by their labels, not as "you" */
    size_t limit;
    VECTOR(struct text) list;
    size_t more; /* those that found no room */
};

static void
add_label(struct arena *arena, struct labels *labels, struct text label)
{
    for (size_t i = 0; i < labels->list.count; i++)
        if (text_equal(labels->list.at[i], label))
            return;
    if (labels->list.count < labels->limit)
        *VECTOR_PUSH(arena, &labels->list) = label;
    else
        labels->more++;
}

const struct symbol *
labels_next(const struct model *model, struct interval *left)
{
    const struct symbol *symbol = widest(model, *left);
    left->low = symbol->leaves.high;
    return symbol;
}

struct text
labels_name(const struct model *model, const struct symbol *symbol)
{
    if (symbol->built_in && symbol->kind != KIND_EVENT)
        return locale_phrase(model->locale, "page.us");
    if (symbol->kind == KIND_PERSON)
        return locale_phrase(model->locale, "page.you");
    return symbol->label;
}

static void
collect_labels(const struct model *model, struct arena *arena, struct set set,
               struct labels *labels)
{
    for (size_t i = 0; i < set.count; i++)
        for (struct interval left = set.at[i]; left.low < left.high;) {
            const struct symbol *symbol = labels_next(model, &left);
            bool named = labels->as_named && symbol->kind == KIND_PERSON;
            add_label(arena, labels, named ? symbol->label : labels_name(model, symbol));
        }
}

size_t
labels_count(const struct model *model, struct arena *arena, struct set set)
{
    struct labels labels = {.limit = LABELS_MAX};
    collect_labels(model, arena, set, &labels);
    return labels.list.count + labels.more;
}

struct text
phrase(const struct model *model, struct arena *arena, const char *key, struct text a,
       struct text b, struct text c)
{
    const struct text arguments[] = {a, b, c};
    return locale_filled(model->locale, arena, key, arguments, 3);
}

/* "a, b or c" */
static struct text
join_or(const struct model *model, struct arena *arena, const struct text *items, size_t count)
{
    struct buffer all_but_last = buffer_in(arena);
    if (count == 1)
        return items[0];
    for (size_t i = 0; i + 1 < count; i++) {
        if (i > 0)
            buffer_string(&all_but_last, ", ");
        buffer_add(&all_but_last, items[i]);
    }
    return phrase(model, arena, "page.or", buffer_text(&all_but_last), items[count - 1], TEXT(""));
}

struct text
words_join(const struct model *model, struct arena *arena, const struct text *items, size_t count,
           enum conjunction conjunction)
{
    if (count == 0)
        return TEXT("");
    if (conjunction == CONJUNCTION_OR)
        return join_or(model, arena, items, count);
    return locale_list(model->locale, arena, items, count);
}

static struct text
join_set(const struct model *model, struct arena *arena, struct set set, bool as_named,
         enum conjunction conjunction)
{
    struct labels labels = {.as_named = as_named, .limit = LABELS_MAX};
    collect_labels(model, arena, set, &labels);
    if (labels.more > 0) {
        struct text number = arena_format(arena, "%zu", labels.more + 1);
        labels.list.at[LABELS_MAX - 1] =
            phrase(model, arena, "page.more", number, TEXT(""), TEXT(""));
    }
    return words_join(model, arena, labels.list.at, labels.list.count, conjunction);
}

bool
labels_all(const struct model *model, struct arena *arena, struct set set,
           enum conjunction conjunction, struct text *out)
{
    struct labels labels = {.limit = LABELS_ALL};
    collect_labels(model, arena, set, &labels);
    *out = words_join(model, arena, labels.list.at, labels.list.count, conjunction);
    return labels.more == 0;
}

struct text
labels_join(const struct model *model, struct arena *arena, struct set set,
            enum conjunction conjunction)
{
    return join_set(model, arena, set, false, conjunction);
}

struct text
labels_persons(const struct model *model, struct arena *arena, struct set persons)
{
    return join_set(model, arena, persons, true, CONJUNCTION_AND);
}

struct text
labels_basis(const struct model *model, struct arena *arena, const struct symbol *symbol,
             const struct basis *basis)
{
    static const char *const keys[BASIS_COUNT] = {"basis.consent", "basis.contract",
                                                  "basis.law",     "basis.vital",
                                                  "basis.public",  "basis.interest"};
    if (symbol->kind != KIND_PURPOSE)
        return basis->why;
    return phrase(model, arena, "basis.because", locale_phrase(model->locale, keys[basis->kind]),
                  basis->why, TEXT(""));
}

const char *const channel_keys[CHANNELS] = {"page.by_email", "page.by_text", "page.by_call",
                                            "page.by_post"};

struct text
labels_clock(const struct model *model, struct arena *arena, const struct duty *duty)
{
    struct set after = duty->after;
    struct text words = TEXT("");
    size_t count = 0;
    for (size_t i = 0; i < after.count; i++)
        for (uint32_t at = after.at[i].low; at < after.at[i].high && count < LABELS_MAX; at++) {
            const struct symbol *symbol = leaf(model, at);
            struct text start = symbol->label;
            if (symbol->kind == KIND_REQUEST)
                start =
                    phrase(model, arena, duty->last ? "page.last_request" : "page.after_request",
                           start, TEXT(""), TEXT(""));
            words = count++ == 0 ? start : phrase(model, arena, "page.or", words, start, TEXT(""));
        }
    return duty->last ? phrase(model, arena, "page.last", words, TEXT(""), TEXT("")) : words;
}

/* The labels of states and facts, each in quotation marks; a member of a group of facts with its
 * group's name. */
static struct text
quoted_label(const struct model *model, struct arena *arena, unsigned bit)
{
    const struct symbol *symbol = leaf(model, model->first_leaf[KIND_STATE] + bit);
    struct text words = symbol->label;
    if (symbol->parent != NONE && model->symbols[symbol->parent].one_of)
        words = phrase(model, arena, "page.member", model->symbols[symbol->parent].label, words,
                       TEXT(""));
    return phrase(model, arena, "page.quoted", words, TEXT(""), TEXT(""));
}

static struct text
join_bits(const struct model *model, struct arena *arena, uint64_t bits,
          enum conjunction conjunction)
{
    struct text items[64];
    size_t count = 0;
    for (unsigned bit = 0; bit < 64; bit++)
        if (bits >> bit & 1)
            items[count++] = quoted_label(model, arena, bit);
    return words_join(model, arena, items, count, conjunction);
}

/* A case of several states at once: "“a” and not “b”". */
static struct text
case_words(const struct model *model, struct arena *arena, struct cube cube)
{
    struct text items[64];
    size_t count = 0;
    for (unsigned bit = 0; bit < 64; bit++)
        if (cube.need >> bit & 1)
            items[count++] = quoted_label(model, arena, bit);
    for (unsigned bit = 0; bit < 64; bit++)
        if (cube.forbid >> bit & 1)
            items[count++] = phrase(model, arena, "page.not", quoted_label(model, arena, bit),
                                    TEXT(""), TEXT(""));
    return words_join(model, arena, items, count, CONJUNCTION_AND);
}

static void
add_part(struct buffer *out, struct text part)
{
    if (out->length > 0)
        buffer_string(out, "; ");
    buffer_add(out, part);
}

struct text
labels_terms(const struct model *model, struct arena *arena, const struct terms *terms)
{
    const struct text none = TEXT("");
    struct buffer out = buffer_in(arena);
    if (terms->when.need) {
        struct text states = join_bits(model, arena, terms->when.need, CONJUNCTION_AND);
        add_part(&out, phrase(model, arena, "page.only_if", states, none, none));
    }
    if (terms->when.forbid) {
        struct text states = join_bits(model, arena, terms->when.forbid, CONJUNCTION_OR);
        add_part(&out, phrase(model, arena, "page.not_if", states, none, none));
    }
    for (size_t i = 0; i < terms->unless_count; i++) {
        struct text states = case_words(model, arena, terms->unless[i]);
        add_part(&out, phrase(model, arena, "page.not_if", states, none, none));
    }
    return buffer_text(&out);
}
