/* What people are written to or called about, and what never. */
#include "compiler/page/row.h"

/* The people addressed, where that says more than "everybody this is about". */
static struct text
with_persons(const struct row *row, struct text purposes, struct set persons)
{
    struct interval all = kind_leaves(row->model, KIND_PERSON);
    if (set_size(persons) == all.high - all.low)
        return purposes;
    struct text names = labels_persons(row->model, row->arena, persons);
    return row_phrase(row, "page.to_persons", purposes, names);
}

/* Who may (or must never) be addressed about what, and in which ways. */
struct mailing {
    struct grant grant;
    bool ways[CHANNELS];
};

struct mailings {
    struct mailing *at;
    size_t count;
    bool overflow;
};

static bool
same_mailing(const struct grant *a, const struct grant *b)
{
    return set_same(a->objects, b->objects) && set_same(a->targets, b->targets) &&
           set_same(a->actors, b->actors) && terms_same(&a->terms, &b->terms);
}

static void
add_mailing(struct mailings *mailings, const struct grant *grant, int channel)
{
    size_t i = 0;
    while (i < mailings->count && !same_mailing(&mailings->at[i].grant, grant))
        i++;
    if (i == mailings->count)
        mailings->at[mailings->count++].grant = *grant;
    mailings->at[i].ways[channel] = true;
}

static struct mailings
mailings_of(const struct row *row, enum mode mode)
{
    struct mailings mailings = {NULL, 0, false};
    mailings.at = ARENA_ARRAY(row->arena, CHANNELS * GRANTS_MAX, struct mailing);
    for (int channel = 0; channel < CHANNELS; channel++) {
        enum verb verb = (enum verb)(VERB_EMAIL + channel);
        struct grants grants = mode == MODE_NEVER ? grants_never(row->model, row->arena, verb)
                                                  : grants_allowed(row->model, row->arena, verb,
                                                                   row_targets(row->model, verb));
        for (size_t i = 0; i < grants.list.count; i++)
            add_mailing(&mailings, &grants.list.at[i], channel);
        mailings.overflow |= grants.overflow;
    }
    return mailings;
}

/* "by e-mail or by telephone" */
static struct text
ways_words(const struct row *row, const struct mailing *mailing)
{
    struct text ways[CHANNELS];
    size_t count = 0;
    for (int channel = 0; channel < CHANNELS; channel++)
        if (mailing->ways[channel])
            ways[count++] = locale_phrase(row->model->locale, channel_keys[channel]);
    return words_join(row->model, row->arena, ways, count, CONJUNCTION_OR);
}

/* "newsletter (customer)" */
static struct text
mailing_lead(struct row *row, const struct grant *grant)
{
    struct interval purposes = kind_leaves(row->model, KIND_PURPOSE);
    bool any = set_size(grant->targets) == purposes.high - purposes.low;
    struct text lead =
        any ? locale_phrase(row->model->locale, "page.any_purpose") : row_and(row, grant->targets);
    return with_persons(row, row_clause_link(row, lead, grant->clause), grant->objects);
}

const struct node *
row_contacted(const struct model *model, struct arena *arena)
{
    struct row row = row_begin(model, arena);
    struct mailings mailings = mailings_of(&row, MODE_MAY);
    for (size_t i = 0; i < mailings.count; i++) {
        const struct mailing *mailing = &mailings.at[i];
        struct text lead = mailing_lead(&row, &mailing->grant);
        struct text words = row_phrase(&row, "page.item", lead, ways_words(&row, mailing));
        row_add(&row, words, &mailing->grant.terms);
    }
    row.overflow |= mailings.overflow;
    return row_end(&row);
}

void
row_add_silence(struct row *row)
{
    struct mailings mailings = mailings_of(row, MODE_NEVER);
    for (size_t i = 0; i < mailings.count; i++) {
        const struct mailing *mailing = &mailings.at[i];
        struct text lead = mailing_lead(row, &mailing->grant);
        struct text words = row_phrase(row, "page.never_contact", lead, ways_words(row, mailing));
        row_add(row, row_bound(row, words, mailing->grant.actors), NULL);
    }
    row->overflow |= mailings.overflow;
}
