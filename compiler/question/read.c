#include "compiler/question/reading.h"
#include "compiler/question/verbs.h"

static const char *const openers[] = {"please", "so", "and", "then", NULL};
static const char *const askers[] = {"who", "whom", "what", "which", "where", NULL};
static const char *const kind_nouns[] = {"data",     "purpose",   "purposes",   "place",  "places",
                                         "person",   "persons",   "people",     "system", "systems",
                                         "audience", "audiences", "recipients", NULL};
static const char *const modals[] = {"may",    "can",  "could", "might", "must",
                                     "do",     "does", "is",    "are",   "shall",
                                     "should", "will", "would", "did",   NULL};
static const char *const adverbs[] = {
    "be",  "been", "allowed", "permitted", "to", "ever", "also",   "still", "now", "may",
    "can", "must", "never",   "only",      "at", "the",  "latest", "by",    NULL};
static const char *const conditionals[] = {"if", "when", "given", "unless", "received", NULL};
static const char *const anything[] = {"anyone",   "anybody",    "everyone", "everybody",
                                       "anything", "everything", "anywhere", "somebody",
                                       "someone",  NULL};
static const char *const joins[] = {"and", "or", NULL};
static const char *const when[] = {"when", NULL};
static const char *const unless[] = {"unless", NULL};
static const char *const by[] = {"by", NULL};
static const char *const due_words[] = {"due", "done", "made", "gone", "over", NULL};

static bool
refuse(struct reading *r, struct span span, const char *format, struct text text)
{
    diagnose(r->diagnostics, E_QUESTION, span, format, TEXT_ARGS(text));
    diagnose_fix(r->diagnostics,
                 r->asked->form == ASKED_DUE
                     ? "Ask like this: “when is opt-out due if received 2026-03-07 10:00?”"
                     : "Ask like this: “may we email customer about news if subscribed?”");
    return false;
}

static unsigned
part_kinds(const struct reading *r, enum part part)
{
    const struct verb_form *form = &verb_forms[r->asked->verb];
    if (part == PART_ACTOR)
        return KINDS(KIND_SYSTEM);
    return part == PART_OBJECT ? KINDS(form->object)
                               : kinds_between(form->target_first, form->target_last);
}

/* Everything that can stand in a place: the kinds of one are neighbours. */
static struct set
all_of(const struct reading *r, unsigned kinds)
{
    struct interval *all = ARENA_NEW(r->arena, struct interval);
    bool begun = false;
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        if ((kinds & 1u << kind) == 0)
            continue;
        all->low = begun ? all->low : r->model->first_leaf[kind];
        all->high = r->model->first_leaf[kind + 1];
        begun = true;
    }
    return (struct set){all, all->high > all->low};
}

/* The persons that all of this data is of: nobody else is "the very person" it is shown to. */
static struct set
very_persons(const struct reading *r, struct set data)
{
    struct set persons = {0};
    for (size_t i = 0; i < data.count; i++)
        for (uint32_t l = data.at[i].low; l < data.at[i].high; l++)
            persons = set_union(r->arena, persons, leaf(r->model, l)->persons);
    return persons;
}

static void
leave_open(struct reading *r, enum part part)
{
    struct asked *asked = r->asked;
    asked->parts[part] = all_of(r, part_kinds(r, part));
    asked->free = part;
    if (part != PART_TARGET || (asked->verb != VERB_SHOW && asked->verb != VERB_SHARE))
        return;
    struct set audiences = all_of(r, KINDS(KIND_AUDIENCE));
    asked->parts[part] = set_union(r->arena, audiences, very_persons(r, asked->parts[PART_OBJECT]));
}

/* Whether a thing is of this owner, or a part of it. */
static bool
is_of(const struct reading *r, uint32_t symbol, uint32_t owner)
{
    const struct symbol *symbols = r->model->symbols;
    for (uint32_t at = symbol; at != NONE; at = symbols[at].parent)
        if (at == owner || symbols[at].owner == owner)
            return true;
    return false;
}

static const unsigned OWNERS = KINDS(KIND_DATA) | KINDS(KIND_PERSON);

/* "name of the support request", where the phrase was "name": skips whose it is. */
static void
skip_owner(struct reading *r, uint32_t symbol, size_t end)
{
    static const char *const of[] = {"of", NULL};
    if (r->next + 1 >= end || !word_is(&r->words.at[r->next], of))
        return;
    struct phrase owner = phrase_at(r->phrases, r->arena, r->words, r->next + 1, end, OWNERS);
    if (owner.symbol != NONE && is_of(r, symbol, owner.symbol))
        r->next = owner.end;
}

/* What is named next, or "customer's order", where the owner stands first. */
static struct phrase
next_phrase(struct reading *r, size_t end, unsigned kinds)
{
    struct phrase found = phrase_at(r->phrases, r->arena, r->words, r->next, end, kinds);
    if (found.symbol != NONE || (kinds & KINDS(KIND_DATA)) == 0)
        return found;
    struct phrase owner = phrase_at(r->phrases, r->arena, r->words, r->next, end, OWNERS);
    if (owner.symbol == NONE || owner.end == end)
        return found;
    struct phrase owned = phrase_at(r->phrases, r->arena, r->words, owner.end, end, kinds);
    return owned.symbol != NONE && is_of(r, owned.symbol, owner.symbol) ? owned : found;
}

/* Reads names of these kinds joined with "and", "or" or commas, ending before `end`. False after a
 * report; `found` stays empty where the first word is no such name. */
static bool
read_names(struct reading *r, unsigned kinds, size_t end, struct set *found, struct span *span)
{
    size_t begin = r->next;
    *found = (struct set){0};
    while (r->next < end) {
        struct phrase phrase = next_phrase(r, end, kinds);
        if (phrase.other != NONE) {
            phrase_report_two(r->phrases, r->words, r->next, phrase, r->diagnostics);
            return false;
        }
        struct set set;
        if (phrase.symbol != NONE) {
            set = (struct set){&r->model->symbols[phrase.symbol].leaves, 1};
        } else if (word_is(&r->words.at[r->next], anything)) {
            set = all_of(r, kinds);
            phrase.end = r->next + 1;
        } else {
            break;
        }
        *found = set_union(r->arena, *found, set);
        r->next = phrase.end;
        if (phrase.symbol != NONE)
            skip_owner(r, phrase.symbol, end);
        *span = words_span(r->words, begin, r->next);
        bool more = r->next + 1 < end && word_is(&r->words.at[r->next], joins);
        if (!more && !(r->next < end && r->words.at[r->next].comma))
            break;
        r->next += more;
    }
    return true;
}

/* Reports the words from the next on, up to a preposition or the end. */
static bool
refuse_names(struct reading *r, unsigned kinds, size_t end)
{
    size_t stop = r->next + 1;
    while (stop < end && !is_preposition(&r->words.at[stop]))
        stop++;
    phrase_report(r->phrases, r->words, r->next, stop, kinds, r->diagnostics);
    return false;
}

/* The words before an act, without adverbs behind them. */
static size_t
subject_end(const struct reading *r, size_t verb)
{
    while (verb > r->next && word_is(&r->words.at[verb - 1], adverbs))
        verb--;
    return verb;
}

/* Whether the words before the one at `verb` are all somebody who can be the subject of such an
 * act. Nothing at all is fine too. */
static bool
has_subject(struct reading *r, size_t verb, unsigned kinds)
{
    size_t end = subject_end(r, verb), at = r->next;
    while (at < end) {
        struct phrase phrase = phrase_at(r->phrases, r->arena, r->words, at, end, kinds);
        if (phrase.symbol == NONE && !word_is(&r->words.at[at], anything))
            return false;
        at = phrase.symbol == NONE ? at + 1 : phrase.end;
        at += at + 1 < end && word_is(&r->words.at[at], joins);
    }
    return true;
}

static unsigned
subject_kinds(const struct verb_word *verb)
{
    const struct verb_form *form = &verb_forms[verb->verb];
    switch (verb->voice) {
    case VOICE_PASSIVE:
        return KINDS(form->object);
    case VOICE_TARGET:
        return kinds_between(form->target_first, form->target_last);
    case VOICE_ACTIVE:
        break;
    }
    return KINDS(KIND_SYSTEM);
}

static bool
can_be_asked(const struct reading *r, const struct verb_word *verb)
{
    return (verb->verb >= VERB_QUESTIONS) == (r->asked->form == ASKED_DUE);
}

/* The first act with somebody before it who can do it; else the first one; else NULL. */
static const struct verb_word *
find_verb(struct reading *r, size_t *at)
{
    const struct verb_word *first = NULL;
    for (size_t i = r->next; i < r->end; i++) {
        const struct verb_word *verb = verb_word_of(&r->words.at[i]);
        if (!verb || !can_be_asked(r, verb))
            continue;
        if (!first)
            *at = i;
        first = first ? first : verb;
        if (has_subject(r, i, subject_kinds(verb))) {
            *at = i;
            return verb;
        }
    }
    return first;
}

static bool
refuse_verb(struct reading *r)
{
    size_t at = r->next;
    struct phrase actor = phrase_at(r->phrases, r->arena, r->words, at, r->end, KINDS(KIND_SYSTEM));
    at = actor.symbol != NONE && actor.end < r->end ? actor.end : at;
    if (at >= r->end)
        return refuse(r, r->whole, "here is no act%.*s", TEXT(""));
    diagnose(r->diagnostics, E_QUESTION, r->words.at[at].span,
             "“%.*s” is no act that can be asked about", TEXT_ARGS(r->words.at[at].text));
    diagnose_fix(r->diagnostics,
                 r->asked->form == ASKED_DUE
                     ? "Ask when something must be done, erased, kept or told"
                     : "Ask about collect, store, use, show, share, email, text, call or post");
    return false;
}

/* Reads a part of the question, which may be missing. */
static bool
read_part(struct reading *r, enum part part, size_t end)
{
    return read_names(r, part_kinds(r, part), end, &r->asked->parts[part],
                      &r->asked->part_spans[part]);
}

static bool
has_part(const struct reading *r, enum part part)
{
    return r->asked->parts[part].count > 0;
}

/* Who acts, or what is acted on, before the act; moves behind the act. */
static bool
read_subject(struct reading *r, const struct verb_word *verb, size_t at)
{
    static const enum part part_of[] = {
        [VOICE_ACTIVE] = PART_ACTOR, [VOICE_PASSIVE] = PART_OBJECT, [VOICE_TARGET] = PART_TARGET};
    enum part part = part_of[verb->voice];
    size_t end = subject_end(r, at);
    r->asked->verb = verb->verb;
    if (!read_part(r, part, end))
        return false;
    if (r->next < end)
        return refuse_names(r, part_kinds(r, part), end);
    r->next = at + 1;
    return true;
}

static bool
read_object(struct reading *r)
{
    if (has_part(r, PART_OBJECT) || reading_done(r))
        return true;
    if (is_preposition(&r->words.at[r->next]) && verb_takes(r->asked->verb, &r->words.at[r->next]))
        return true;
    if (!read_part(r, PART_OBJECT, r->end))
        return false;
    return has_part(r, PART_OBJECT) || refuse_names(r, part_kinds(r, PART_OBJECT), r->end);
}

/* "about news", "with whom", or a preposition alone at the end. */
static bool
read_target(struct reading *r)
{
    const struct verb_form *form = &verb_forms[r->asked->verb];
    if (has_part(r, PART_TARGET) || reading_done(r) || reading_at(r, by))
        return true;
    const struct word *word = &r->words.at[r->next];
    if (!verb_takes(r->asked->verb, word)) {
        if (!is_preposition(word) || form->preposition == PREP_NONE)
            return refuse(r, word->span, "“%.*s” was not understood here", word->text);
        diagnose(r->diagnostics, E_QUESTION, word->span, "After “%s” stands “%s”, not “%.*s”",
                 form->word, preposition_word(form->preposition), TEXT_ARGS(word->text));
        return false;
    }
    r->next++;
    if (reading_done(r) || reading_skip(r, askers))
        return true;
    if (!read_part(r, PART_TARGET, r->end))
        return false;
    return has_part(r, PART_TARGET) || refuse_names(r, part_kinds(r, PART_TARGET), r->end);
}

static bool
read_by(struct reading *r)
{
    if (!reading_skip(r, by) || has_part(r, PART_ACTOR))
        return true;
    if (!read_part(r, PART_ACTOR, r->end))
        return false;
    return has_part(r, PART_ACTOR) || reading_done(r) ||
           refuse_names(r, KINDS(KIND_SYSTEM), r->end);
}

/* Whoever acts where nobody is named: anybody in what is said from another side ("who may see
 * issue.name?" asks for whoever it may be shown to), else us. */
static void
settle_actor(struct reading *r, enum voice voice)
{
    struct asked *asked = r->asked;
    asked->any_actor = voice != VOICE_ACTIVE;
    if (asked->any_actor)
        asked->parts[PART_ACTOR] = all_of(r, KINDS(KIND_SYSTEM));
    else
        asked->parts[PART_ACTOR] =
            (struct set){&r->model->symbols[r->model->leaf_symbol[us_actor(r->model)]].leaves, 1};
}

/* The place that is asked for, or left open: one at most. */
static bool
settle_open(struct reading *r, bool asks, enum voice voice)
{
    bool actor = !has_part(r, PART_ACTOR) && asks && voice == VOICE_ACTIVE;
    bool object = !has_part(r, PART_OBJECT), target = !has_part(r, PART_TARGET);
    const struct verb_form *form = &verb_forms[r->asked->verb];
    if (object && !asks) {
        diagnose(r->diagnostics, E_QUESTION, r->whole, "Behind “%s” the question names no %s",
                 form->word, kind_word(form->object));
        diagnose_fix(r->diagnostics,
                     "Ask like this: “may we email customer about news if subscribed?”");
        return false;
    }
    if (actor + object + target > 1)
        return refuse(r, r->whole,
                      "this leaves more than one place open, and a question can leave one%.*s",
                      TEXT(""));
    if (object)
        leave_open(r, PART_OBJECT);
    if (target)
        leave_open(r, PART_TARGET);
    if (actor)
        leave_open(r, PART_ACTOR);
    else if (!has_part(r, PART_ACTOR))
        settle_actor(r, voice);
    return true;
}

static bool
read_act(struct reading *r)
{
    bool asks = false;
    if (r->next + 1 < r->end && is_preposition(&r->words.at[r->next]) &&
        word_is(&r->words.at[r->next + 1], askers))
        r->next++;
    asks = reading_skip(r, askers);
    if (asks)
        (void)reading_skip(r, kind_nouns);
    (void)reading_skip(r, modals);
    size_t at = 0;
    const struct verb_word *verb = find_verb(r, &at);
    if (!verb)
        return refuse_verb(r);
    if (!read_subject(r, verb, at) || !read_object(r) || !read_target(r) || !read_by(r))
        return false;
    if (!reading_done(r))
        return refuse(r, r->words.at[r->next].span, "“%.*s” was not understood here",
                      r->words.at[r->next].text);
    return settle_open(r, asks, verb->voice);
}

/* "is opt-out due": the duty that such a thing has. */
static bool
read_due_thing(struct reading *r)
{
    unsigned kinds = KINDS(KIND_REQUEST) | KINDS(KIND_DATA);
    struct set *found = &r->asked->parts[PART_OBJECT];
    size_t end = r->end;
    while (end > r->next &&
           (word_is(&r->words.at[end - 1], due_words) || word_is(&r->words.at[end - 1], adverbs)))
        end--;
    if (!read_names(r, kinds, end, found, &r->asked->part_spans[PART_OBJECT]))
        return false;
    if (found->count == 0)
        return r->next < end ? refuse_names(r, kinds, end)
                             : refuse(r, r->whole, "it is not said what is due%.*s", TEXT(""));
    if (r->next < end)
        return refuse(r, r->words.at[r->next].span, "“%.*s” was not understood here",
                      r->words.at[r->next].text);
    bool request = found->at[0].low >= r->model->first_leaf[KIND_REQUEST];
    r->asked->verb = request ? VERB_DO : VERB_ERASE;
    return true;
}

static bool
read_due(struct reading *r)
{
    size_t at = 0;
    while (reading_skip(r, modals) || reading_skip(r, adverbs)) {
    }
    const struct verb_word *verb = find_verb(r, &at);
    bool passive_due = verb && at + 1 == r->end && word_is(&r->words.at[at], due_words);
    if (!verb || passive_due)
        return read_due_thing(r);
    if (!read_subject(r, verb, at) || !read_object(r) || !read_target(r) || !read_by(r))
        return false;
    if (!reading_done(r))
        return refuse(r, r->words.at[r->next].span, "“%.*s” was not understood here",
                      r->words.at[r->next].text);
    return has_part(r, PART_OBJECT) ||
           refuse(r, r->whole, "it is not said what is due%.*s", TEXT(""));
}

/* Where what is given begins. */
static size_t
head_end(const struct reading *r)
{
    size_t at = r->next + (r->next < r->words.count);
    while (at < r->words.count && !word_is(&r->words.at[at], conditionals))
        at++;
    return at;
}

static bool
read_question(struct reading *r)
{
    while (reading_skip(r, openers)) {
    }
    if (reading_done(r))
        return refuse(r, r->whole, "this asks nothing%.*s", TEXT(""));
    if (r->words.count > r->next + 1 && reading_at(r, by) &&
        word_is(&r->words.at[r->next + 1], when))
        r->next++;
    if (reading_skip(r, when))
        r->asked->form = ASKED_DUE;
    r->end = head_end(r);
    if (!(r->asked->form == ASKED_DUE ? read_due(r) : read_act(r)))
        return false;
    r->next = r->end;
    r->end = r->words.count;
    if (r->next + 1 == r->end && word_is(&r->words.at[r->next], conditionals))
        return refuse(r, r->words.at[r->next].span, "nothing stands behind “%.*s”",
                      r->words.at[r->next].text);
    if (reading_at(r, unless)) {
        diagnose(r->diagnostics, E_QUESTION, r->words.at[r->next].span,
                 "“unless” can be read in two ways");
        diagnose_fix(r->diagnostics, "Write “if not”");
        return false;
    }
    return reading_given(r);
}

static struct reading
begin(const struct model *model, const struct phrases *phrases, uint32_t source,
      struct diagnostics *diagnostics, struct asked *asked)
{
    struct text text = model->sources->list.at[source].text;
    struct span whole = {source, 0, (uint32_t)text.length};
    struct reading r = {.model = model,
                        .phrases = phrases,
                        .arena = diagnostics->arena,
                        .diagnostics = diagnostics,
                        .words = words_of(diagnostics->arena, text, whole),
                        .whole = whole,
                        .asked = asked};
    r.end = r.words.count;
    return r;
}

bool
question_read(const struct model *model, const struct phrases *phrases, uint32_t source,
              struct diagnostics *diagnostics, struct asked *asked)
{
    *asked = (struct asked){.free = PART_COUNT};
    struct reading r = begin(model, phrases, source, diagnostics, asked);
    return read_question(&r);
}

bool
question_names(const struct model *model, const struct phrases *phrases, uint32_t source,
               const struct asked *asked, struct diagnostics *diagnostics, struct set *names)
{
    struct asked copy = *asked;
    struct span span;
    struct reading r = begin(model, phrases, source, diagnostics, &copy);
    unsigned kinds = part_kinds(&r, asked->free);
    if (!read_names(&r, kinds, r.end, names, &span))
        return false;
    if (reading_done(&r) && names->count > 0)
        return true;
    return reading_done(&r) ? refuse(&r, r.whole, "this names nothing%.*s", TEXT(""))
                            : refuse_names(&r, kinds, r.end);
}

uint64_t
asked_size(const struct asked *asked)
{
    uint64_t size = set_size(asked->parts[PART_OBJECT]);
    if (asked->form == ASKED_DUE)
        return size;
    size *= set_size(asked->parts[PART_TARGET]);
    uint64_t actors = asked->any_actor ? 1 : set_size(asked->parts[PART_ACTOR]);
    return size > UINT32_MAX && actors > UINT32_MAX ? UINT64_MAX : size * actors;
}

struct question
asked_point(const struct asked *asked)
{
    return (struct question){
        .verb = asked->verb,
        .actor = asked->parts[PART_ACTOR].at[0].low,
        .object = asked->parts[PART_OBJECT].at[0].low,
        .target = asked->parts[PART_TARGET].at[0].low,
        .yes = asked->given.need,
        .known = asked->given.need | asked->given.forbid,
    };
}
