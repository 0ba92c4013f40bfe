/* Whether the published words of a clause have the tone of its rules. Words are never read for what
 * they mean; but a promise in a narrative, or a prohibition that sounds like none, strikes
 * everybody who compares the two. The lists of words are those of the page's language. */
#include "compiler/base/utf8.h"
#include "compiler/check/internal.h"
#include "compiler/model/locale.h"

struct tones { /* the first place of each tone in the words of a clause; empty: none */
    struct span at[TONES];
};

struct listening {
    struct checking *checking;
    struct tones *found;
    struct span words[TONE_WORDS]; /* the last ones, the newest first */
    size_t count;
};

/* Bytes of the letter or apostrophe at a place, 0 if there is none. */
static size_t
letter_at(struct text t, size_t i)
{
    char c = t.data[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'')
        return 1;
    if ((unsigned char)c < 0x80)
        return 0;
    size_t end = i;
    uint32_t wide = utf8_next(t, &end);
    bool mark = (wide >= 0x2000 && wide <= 0x206F && wide != 0x2019) || wide < 0xC0;
    return mark ? 0 : end - i;
}

bool
words_next(struct text t, size_t *at, struct text *word)
{
    while (*at < t.length && letter_at(t, *at) == 0)
        ++*at;
    size_t begin = *at, bytes;
    while (*at < t.length && (bytes = letter_at(t, *at)) > 0)
        *at += bytes;
    *word = (struct text){t.data + begin, *at - begin};
    return *at > begin;
}

/* Takes a word in: it may end what has a tone. */
static void
hear(struct listening *l, struct span word)
{
    const struct model *model = l->checking->model;
    size_t kept = l->count < TONE_WORDS - 1 ? l->count : TONE_WORDS - 1;
    memmove(l->words + 1, l->words, kept * sizeof *l->words);
    l->words[0] = word;
    l->count = kept + 1;
    struct text texts[TONE_WORDS];
    for (size_t i = 0; i < l->count; i++)
        texts[i] = span_text(model->sources, l->words[i]);
    for (int tone = 0; tone < TONES; tone++) {
        if (l->found->at[tone].end > 0)
            continue;
        size_t length = locale_tone(model->locale, (enum tone)tone, texts, l->count);
        if (length > 0)
            l->found->at[tone] = span_join(l->words[length - 1], word);
    }
}

/* Hears the words of a line; of a hole only the author's own. */
static void
hear_line(struct listening *l, const struct prose_line *line)
{
    struct text t = line->text;
    bool hole = false, own = false;
    for (size_t i = 0; i < t.length;) {
        size_t begin = i, bytes;
        while (i < t.length && (bytes = letter_at(t, i)) > 0)
            i += bytes;
        if (i > begin && (!hole || own))
            hear(l, (struct span){line->span.source, line->span.begin + (uint32_t)begin,
                                  line->span.begin + (uint32_t)i});
        if (i == begin) {
            char c = t.data[i++];
            own = hole && c == '"' ? !own : own && c != '}';
            hole = c == '{' ? true : hole && c != '}';
            if (strchr(".:;!?()", c))
                l->count = 0; /* what has a tone stands in one sentence */
        }
    }
}

static struct tones
listen(struct checking *c, uint32_t number)
{
    const struct clause_tree *tree = &c->model->tree->clauses.at[number];
    struct tones tones = {{{0, 0, 0}}};
    struct listening l = {.checking = c, .found = &tones};
    for (size_t i = 0; i < tree->prose_count; i++)
        hear_line(&l, &tree->prose[i]);
    return tones;
}

static struct text
words_at(struct checking *c, struct span span)
{
    struct text words = text_shown(c->arena, span_text(c->model->sources, span));
    char *line_end = memchr(words.data, '\n', words.length);
    return line_end ? (struct text){words.data, (size_t)(line_end - words.data)} : words;
}

static void
report_narrative(struct checking *c, struct span promise, const struct sentence *narrative)
{
    diagnose(c->diagnostics, W_NARRATIVE_PROMISE, promise,
             "“%.*s” reads like a promise, and nothing stands behind it",
             TEXT_ARGS(words_at(c, promise)));
    diagnose_why(c->diagnostics,
                 "A reader cannot see that this clause is only words, and will hold "
                 "you to it");
    diagnose_fix(c->diagnostics, "Write the rule, or “promise by \"who keeps it\".” instead of "
                                 "“narrative”, or put it otherwise");
    diagnose_see(c->diagnostics, narrative->span, "the clause is a narrative");
}

static void
report_unsaid(struct checking *c, const struct sentence *never, struct span words)
{
    diagnose(c->diagnostics, W_PROHIBITION_UNSAID, never->span,
             "the words of this clause do not say that anything is forbidden");
    diagnose_why(c->diagnostics,
                 "The rules forbid, and whoever reads the page learns nothing of it");
    diagnose_fix(c->diagnostics, "Say it in the words, such as with “never”, or correct the rule");
    diagnose_see(c->diagnostics, words, "these are the words");
}

static void
report_unruled(struct checking *c, struct span words, const struct sentence *may)
{
    diagnose(c->diagnostics, W_PROHIBITION_UNRULED, words,
             "“%.*s” forbids something, and this clause only permits",
             TEXT_ARGS(words_at(c, words)));
    diagnose_why(c->diagnostics, "What no rule forbids another clause may permit one day, and the "
                                 "page would then be wrong");
    diagnose_fix(c->diagnostics, "Add the sentence with NEVER, or put the words otherwise");
    diagnose_see(c->diagnostics, may->span, "this is a permission");
}

struct modes { /* what the sentences of a clause are */
    const struct sentence *narrative, *never, *may;
    bool other; /* something that may well be put as a negation */
};

static struct modes
modes_of(const struct clause_tree *tree)
{
    struct modes m = {NULL, NULL, NULL, false};
    for (size_t i = 0; i < tree->sentence_count; i++) {
        const struct sentence *s = &tree->sentences[i];
        bool limited = s->exception_count > 0 || s->subject_to.count > 0;
        for (size_t k = 0; k < s->condition.count; k++)
            limited = limited || s->condition.at[k].negated;
        if (s->form == SENTENCE_NARRATIVE)
            m.narrative = m.narrative ? m.narrative : s;
        else if (s->form == SENTENCE_NEVER)
            m.never = m.never ? m.never : s;
        else if (s->form == SENTENCE_MAY && !limited)
            m.may = m.may ? m.may : s;
        else
            m.other = true;
    }
    return m;
}

/* The first line that is not empty, if any. */
static struct span
first_words(const struct clause_tree *clause)
{
    size_t i = 0;
    while (i + 1 < clause->prose_count && text_trim(clause->prose[i].text).length == 0)
        i++;
    return clause->prose[i].span;
}

void
check_words(struct checking *c)
{
    const struct tree *tree = c->model->tree;
    for (uint32_t i = 0; i < tree->clauses.count; i++) {
        const struct clause_tree *clause = &tree->clauses.at[i];
        struct modes m = modes_of(clause);
        if (clause->prose_count == 0 || m.other)
            continue;
        struct tones tones = listen(c, i);
        const struct span *at = tones.at;
        if (m.narrative && at[TONE_PROMISE].end > 0)
            report_narrative(c, at[TONE_PROMISE], m.narrative);
        if (m.never && !m.may && at[TONE_NEGATION].end == 0)
            report_unsaid(c, m.never, first_words(clause));
        if (m.may && !m.never && at[TONE_REFUSAL].end > 0)
            report_unruled(c, at[TONE_REFUSAL], m.may);
    }
}
