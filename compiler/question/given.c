/* What a question gives: "if stopped and not subscribed", "if received 2026-03-07 10:00". */
#include "compiler/question/reading.h"

#include "compiler/model/civil.h"

/* Words between the states that say nothing by themselves. */
static const char *const fillers[] = {
    "is",   "are",  "was",  "were", "has",   "have",  "had",     "be",        "been", "being",
    "it",   "they", "he",   "she",  "him",   "them",  "who",     "that",      "if",   "and",
    "but",  "also", "when", "the",  "then",  "there", "already", "currently", "a",    "an",
    "this", "on",   "at",   "in",   "after", "holds", "true",    "of",        "with", NULL};
static const char *const negations[] = {"not",    "no",    "never",  "isn't",  "aren't", "hasn't",
                                        "wasn't", "isn’t", "aren’t", "hasn’t", "wasn’t", NULL};
static const char *const received[] = {"received", "receipt", "asked", "made", "requested", NULL};
static const char *const either[] = {"or", NULL};

static const unsigned STATES = KINDS(KIND_STATE) | KINDS(KIND_FACT);
static const unsigned HAPPENING = KINDS(KIND_REQUEST) | KINDS(KIND_EVENT);

struct condition_reader {
    struct reading *reading;
    struct givens givens;
    bool negated;
    uint32_t subject; /* leaf of the request or event that a date would belong to, or NONE */
};

static bool
refuse(struct condition_reader *g, struct span span, const char *problem, const char *mend)
{
    struct diagnostics *diagnostics = g->reading->diagnostics;
    diagnose(diagnostics, E_QUESTION, span, "%s", problem);
    diagnose_fix(diagnostics, "%s", mend);
    return false;
}

static bool
add_state(struct condition_reader *g, const struct symbol *symbol, struct span span)
{
    if (symbol->group && symbol->kind == KIND_FACT && !reading_done(g->reading))
        return true; /* "if region is eu": the member follows */
    if (symbol->group) {
        const struct model *model = g->reading->model;
        struct text members =
            members_words(g->reading->arena, model, (uint32_t)(symbol - model->symbols));
        diagnose(g->reading->diagnostics, E_QUESTION, span, "“%.*s” is a group",
                 TEXT_ARGS(symbol->name));
        diagnose_fix(g->reading->diagnostics, "Say which of its members: %.*s", TEXT_ARGS(members));
        return false;
    }
    uint64_t bit = state_bit(g->reading->model, symbol->leaves.low);
    struct cube cube = {g->negated ? 0 : bit, g->negated ? bit : 0};
    g->negated = false;
    if (givens_say(&g->givens, cube))
        return true;
    uint32_t group = symbol->parent;
    if (group != NONE && g->reading->model->symbols[group].one_of)
        diagnose(g->reading->diagnostics, E_QUESTION, span,
                 "of these facts exactly one holds: the question names more than one, or says that "
                 "none does");
    else
        diagnose(g->reading->diagnostics, E_QUESTION, span, "“%.*s” cannot both hold and not hold",
                 TEXT_ARGS(symbol->name));
    return false;
}

/* Two digits and what is behind them. */
static bool
read_two(const char *digits, unsigned limit, uint8_t *out)
{
    bool good = digits[0] >= '0' && digits[0] <= '9' && digits[1] >= '0' && digits[1] <= '9';
    unsigned value = (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[1] - '0');
    *out = (uint8_t)value;
    return good && value < limit;
}

bool
moment_read(struct words words, size_t *next, struct moment *moment)
{
    struct date date;
    if (*next >= words.count || !civil_read(words.at[*next].text, &date))
        return false;
    *moment = (struct moment){.year = date.year, .month = date.month, .day = date.day};
    struct text time = ++*next < words.count ? words.at[*next].text : TEXT("");
    if (time.length != 5 || time.data[2] != ':')
        return true;
    moment->has_time = true;
    ++*next;
    return read_two(time.data, 24, &moment->hour) && read_two(time.data + 3, 60, &moment->minute);
}

/* A date, and the time of day that may follow it: what happened then. */
static bool
read_moment(struct condition_reader *g)
{
    struct reading *r = g->reading;
    struct span span = r->words.at[r->next].span;
    struct words words = {r->words.at, r->end};
    struct moment moment;
    if (!moment_read(words, &r->next, &moment))
        return refuse(g, r->words.at[r->next - 1].span, "there is no such time of day",
                      "Write a time from 00:00 to 23:59");
    uint32_t what = g->subject;
    if (what == NONE && r->asked->form == ASKED_DUE &&
        verb_forms[r->asked->verb].object == KIND_REQUEST)
        what = r->asked->parts[PART_OBJECT].at[0].low;
    if (what == NONE && r->asked->form != ASKED_DUE)
        return refuse(
            g, span, "it is not said what happened on this day",
            "Name the request or event before it, as in “if opt-out received 2026-03-07”");
    bool request = what != NONE && what >= r->model->first_leaf[KIND_REQUEST] &&
                   what < r->model->first_leaf[KIND_REQUEST + 1];
    int64_t at = moment_begin(r->model->calendar, &moment);
    givens_happen(&g->givens, (struct moment_of){what, at}, request);
    g->subject = NONE;
    return true;
}

/* A word that no phrase begins with. */
static bool
read_word(struct condition_reader *g)
{
    struct reading *r = g->reading;
    const struct word *word = &r->words.at[r->next];
    struct date date;
    if (civil_read(word->text, &date))
        return read_moment(g);
    if (word->text.length >= 8 && word->text.data[0] >= '0' && word->text.data[0] <= '9')
        return refuse(g, word->span, "this is no date",
                      "Write the year with four digits, the month and the day with two, as in "
                      "2026-03-01");
    if (reading_at(r, either))
        return refuse(g, word->span, "states stand side by side with “and”, not with “or”",
                      "Ask once for each case");
    if (reading_at(r, negations))
        g->negated = true;
    else if (!reading_at(r, fillers) && !reading_at(r, received)) {
        size_t end = r->next + 1;
        while (end < r->end && !word_is(&r->words.at[end], fillers) &&
               !word_is(&r->words.at[end], negations))
            end++;
        phrase_report(r->phrases, r->words, r->next, end, STATES, r->diagnostics);
        return false;
    }
    r->next++;
    return true;
}

static bool
read_one(struct condition_reader *g)
{
    struct reading *r = g->reading;
    struct phrase state = phrase_at(r->phrases, r->arena, r->words, r->next, r->end, STATES);
    struct phrase other = phrase_at(r->phrases, r->arena, r->words, r->next, r->end,
                                    HAPPENING | KINDS(KIND_PERSON) | KINDS(KIND_DATA));
    bool is_state = state.symbol != NONE && state.end >= other.end;
    struct phrase phrase = is_state ? state : other;
    if (phrase.symbol == NONE)
        return read_word(g);
    if (phrase.other != NONE) {
        phrase_report_two(r->phrases, r->words, r->next, phrase, r->diagnostics);
        return false;
    }
    const struct symbol *symbol = &r->model->symbols[phrase.symbol];
    struct span span = words_span(r->words, r->next, phrase.end);
    r->next = phrase.end;
    if (is_state)
        return add_state(g, symbol, span);
    if ((KINDS(symbol->kind) & HAPPENING) != 0 && symbol->group)
        return refuse(g, span, "this is a group", "Name the one of it that you mean");
    if ((KINDS(symbol->kind) & HAPPENING) != 0)
        g->subject = symbol->leaves.low; /* of a person or data only: whose state follows */
    return true;
}

bool
reading_given(struct reading *r)
{
    struct condition_reader g = {.reading = r, .givens = {.model = r->model}, .subject = NONE};
    while (!reading_done(r))
        if (!read_one(&g))
            return false;
    r->asked->given = givens_states(&g.givens);
    r->asked->pending = g.givens.pending;
    r->asked->moments = g.givens.moments.at;
    r->asked->moment_count = g.givens.moments.count;
    return true;
}
