#include "compiler/compare/match.h"

static bool
is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || (unsigned char)c >= 0x80;
}

static size_t
name_end(struct text text, size_t at)
{
    while (at < text.length && is_name_byte(text.data[at]))
        at++;
    return at;
}

static size_t
quote_end(struct text text, size_t at)
{
    const char *end = memchr(text.data + at + 1, '"', text.length - at - 1);
    return end ? (size_t)(end - text.data) + 1 : text.length;
}

static size_t
line_end(struct text text, size_t at)
{
    const char *end = memchr(text.data + at, '\n', text.length - at);
    return end ? (size_t)(end - text.data) : text.length;
}

/* A word of a sentence; an old name as it is called now. */
static void
add_word(const struct common *common, enum version version, struct text word, struct buffer *out)
{
    char small[NAME_MAX_BYTES + 1];
    struct text folded = word;
    if (word.length <= NAME_MAX_BYTES) {
        for (size_t i = 0; i < word.length; i++)
            small[i] = word.data[i] >= 'A' && word.data[i] <= 'Z' ? (char)(word.data[i] + 32)
                                                                  : word.data[i];
        folded = (struct text){small, word.length};
    }
    uint32_t symbol = version == OLD ? names_find(&common->side[OLD].renamed, folded) : NONE;
    if (symbol != NONE)
        folded = common->side[NEW].model->symbols[common->side[OLD].symbol[symbol]].name;
    buffer_char(out, ' ');
    buffer_add(out, folded);
}

struct text
sentence_key(const struct common *common, enum version version, uint32_t sentence)
{
    const struct model *model = common->side[version].model;
    struct text text = span_text(model->sources, model->sentences[sentence].tree->span);
    struct buffer out = buffer_in(common->arena);
    for (size_t at = 0, end; at < text.length; at = end) {
        end = at + 1;
        if (text.data[at] == '#')
            end = line_end(text, at);
        else if (text.data[at] == '"') {
            end = quote_end(text, at);
            buffer_add(&out, (struct text){text.data + at, end - at});
        } else if (is_name_byte(text.data[at])) {
            end = name_end(text, at);
            add_word(common, version, (struct text){text.data + at, end - at}, &out);
        }
    }
    return buffer_text(&out);
}

/* Clauses ----------------------------------------------------------------------------------------
 */

static void
join_clauses(struct common *common, uint32_t before, uint32_t after)
{
    common->side[OLD].clause[before] = after;
    common->side[NEW].clause[after] = before;
}

static void
join_by_name(struct common *common)
{
    const struct model *after = common->side[NEW].model;
    for (uint32_t i = 0; i < after->clause_count; i++) {
        uint32_t before =
            names_find(&common->side[OLD].model->clause_by_name, after->clauses[i].name);
        if (before != NONE)
            join_clauses(common, before, i);
    }
}

/* What a clause is recognised by: its words, or its sentences. Empty: by nothing. */
static struct text
clause_key(const struct common *common, enum version version, uint32_t number, bool words)
{
    const struct clause *clause = &common->side[version].model->clauses[number];
    if (words)
        return clause->words;
    struct buffer out = buffer_in(common->arena);
    for (uint32_t i = 0; i < clause->sentence_count; i++) {
        buffer_add(&out, sentence_key(common, version, clause->first_sentence + i));
        buffer_char(&out, '.');
    }
    return buffer_text(&out);
}

static bool
says_rules(const struct clause *clause)
{
    return clause->class == CLAUSE_ENFORCED || clause->class == CLAUSE_DUTY;
}

/* Clauses without a partner that have the same words (or sentences), each first with first. */
static void
join_by_key(struct common *common, bool words)
{
    const struct side *old = &common->side[OLD], *new = &common->side[NEW];
    struct names keys = names_in(common->arena);
    for (uint32_t i = 0; i < old->model->clause_count; i++)
        if (old->clause[i] == NONE && (words || says_rules(&old->model->clauses[i]))) {
            struct text key = clause_key(common, OLD, i, words);
            if (key.length > 0)
                (void)names_add(&keys, key, i);
        }
    for (uint32_t i = 0; keys.count > 0 && i < new->model->clause_count; i++)
        if (new->clause[i] == NONE && (words || says_rules(&new->model->clauses[i]))) {
            uint32_t before = names_find(&keys, clause_key(common, NEW, i, words));
            if (before != NONE && old->clause[before] == NONE)
                join_clauses(common, before, i);
        }
}

/* Sentences --------------------------------------------------------------------------------------
 */

static uint32_t
add_edit(struct edits *edits, enum edit_form form)
{
    struct edit *edit = VECTOR_PUSH(edits->common->arena, &edits->list);
    edit->form = form;
    for (int v = OLD; v <= NEW; v++)
        edit->clause[v] = edit->sentence[v] = edit->symbol[v] = NONE;
    return (uint32_t)edits->list.count - 1;
}

/* Sentences of one clause: whatever stands on both sides in the same words is no edit. */
struct pairing {
    struct edits *edits;
    const struct clause *clause[2];
    struct text *key[2];
    bool *paired[2];
};

static void
prepare(struct pairing *pairing)
{
    struct common *common = pairing->edits->common;
    for (int v = OLD; v <= NEW; v++) {
        const struct clause *clause = pairing->clause[v];
        pairing->key[v] = ARENA_ARRAY(common->arena, clause->sentence_count + 1, struct text);
        pairing->paired[v] = ARENA_ARRAY(common->arena, clause->sentence_count + 1, bool);
        for (uint32_t i = 0; i < clause->sentence_count; i++)
            pairing->key[v][i] = sentence_key(common, (enum version)v, clause->first_sentence + i);
    }
}

static void
pair_equal(struct pairing *pairing)
{
    struct names keys = names_in(pairing->edits->common->arena);
    for (uint32_t i = 0; i < pairing->clause[OLD]->sentence_count; i++)
        (void)names_add(&keys, pairing->key[OLD][i], i);
    for (uint32_t i = 0; i < pairing->clause[NEW]->sentence_count; i++) {
        uint32_t before = names_find(&keys, pairing->key[NEW][i]);
        if (before == NONE || pairing->paired[OLD][before])
            continue;
        pairing->paired[OLD][before] = pairing->paired[NEW][i] = true;
    }
}

static const struct sentence *
tree_of(const struct pairing *pairing, enum version version, uint32_t number)
{
    const struct model *model = pairing->edits->common->side[version].model;
    return model->sentences[pairing->clause[version]->first_sentence + number].tree;
}

/* How many words one sentence has of the other, of those at its begin and at its end. */
static size_t
common_bytes(struct text a, struct text b)
{
    size_t head = 0, tail = 0, least = a.length < b.length ? a.length : b.length;
    while (head < least && a.data[head] == b.data[head])
        head++;
    while (tail < least - head && a.data[a.length - 1 - tail] == b.data[b.length - 1 - tail])
        tail++;
    return head + tail;
}

/* How near an old sentence is to a new one; 0: they are two different things. */
static size_t
nearness(const struct pairing *pairing, uint32_t before, uint32_t after)
{
    const struct sentence *old = tree_of(pairing, OLD, before);
    const struct sentence *new = tree_of(pairing, NEW, after);
    bool may = old->form <= SENTENCE_MAY_ONLY && new->form <= SENTENCE_MAY_ONLY;
    bool act = old->form <= SENTENCE_NEVER && new->form <= SENTENCE_NEVER;
    if (old->form != new->form && !act)
        return 0;
    size_t near = 1 + common_bytes(pairing->key[OLD][before], pairing->key[NEW][after]);
    bool same_verb = text_equal(old->act.verb.text, new->act.verb.text);
    bool same_object = old->act.objects.count > 0 && new->act.objects.count > 0 &&
                       text_equal(old->act.objects.at[0].text, new->act.objects.at[0].text);
    if (!same_verb && !(same_object && old->form == new->form))
        return 0;
    return near + (may || old->form == new->form ? 1000 : 0) + (same_verb ? 2000 : 0) +
           (same_object ? 500 : 0);
}

static void
add_sentence_edit(struct pairing *pairing, uint32_t before, uint32_t after)
{
    struct edits *edits = pairing->edits;
    uint32_t number = add_edit(edits, EDIT_SENTENCE);
    struct edit *edit = &edits->list.at[number];
    const uint32_t at[2] = {before, after};
    for (int v = OLD; v <= NEW; v++) {
        const struct side *side = &edits->common->side[v];
        edit->clause[v] = (uint32_t)(pairing->clause[v] - side->model->clauses);
        if (at[v] == NONE)
            continue;
        edit->sentence[v] = pairing->clause[v]->first_sentence + at[v];
        edits->of_sentence[v][edit->sentence[v]] = number;
        pairing->paired[v][at[v]] = true;
    }
}

enum { SEARCHED_MOST = 200 }; /* sentences of a clause among which a partner is looked for */

/* The nearest old sentence without a partner. */
static uint32_t
nearest_of(const struct pairing *pairing, uint32_t after)
{
    uint32_t best = NONE, count = pairing->clause[OLD]->sentence_count;
    size_t near = 0;
    for (uint32_t i = 0; i < count && i < SEARCHED_MOST; i++) {
        size_t this = pairing->paired[OLD][i] ? 0 : nearness(pairing, i, after);
        if (this > near) {
            near = this;
            best = i;
        }
    }
    return best;
}

static void
pair_sentences(struct edits *edits, uint32_t before, uint32_t after)
{
    struct pairing pairing = {.edits = edits};
    pairing.clause[OLD] = &edits->common->side[OLD].model->clauses[before];
    pairing.clause[NEW] = &edits->common->side[NEW].model->clauses[after];
    prepare(&pairing);
    pair_equal(&pairing);
    for (uint32_t i = 0; i < pairing.clause[NEW]->sentence_count; i++)
        if (!pairing.paired[NEW][i])
            add_sentence_edit(&pairing, nearest_of(&pairing, i), i);
    for (uint32_t i = 0; i < pairing.clause[OLD]->sentence_count; i++)
        if (!pairing.paired[OLD][i])
            add_sentence_edit(&pairing, i, NONE);
}

static void
add_clause_edit(struct edits *edits, enum version version, uint32_t clause)
{
    uint32_t number = add_edit(edits, EDIT_CLAUSE);
    const struct clause *at = &edits->common->side[version].model->clauses[clause];
    edits->list.at[number].clause[version] = clause;
    edits->of_clause[version][clause] = number;
    for (uint32_t i = 0; i < at->sentence_count; i++)
        edits->of_sentence[version][at->first_sentence + i] = number;
}

static uint32_t *
nothing(struct arena *arena, size_t count)
{
    uint32_t *made = ARENA_ARRAY(arena, count + 1, uint32_t);
    memset(made, 0xff, (count + 1) * sizeof *made);
    return made;
}

void
match_make(struct edits *edits, struct common *common)
{
    memset(edits, 0, sizeof *edits);
    edits->common = common;
    for (int v = OLD; v <= NEW; v++) {
        const struct model *model = common->side[v].model;
        edits->of_sentence[v] = nothing(common->arena, model->sentence_count);
        edits->of_clause[v] = nothing(common->arena, model->clause_count);
        edits->of_symbol[v] = nothing(common->arena, model->symbol_count);
    }
    join_by_name(common);
    join_by_key(common, true);
    join_by_key(common, false);
    for (uint32_t i = 0; i < common->side[NEW].model->clause_count; i++) {
        uint32_t before = common->side[NEW].clause[i];
        if (before != NONE)
            pair_sentences(edits, before, i);
        else
            add_clause_edit(edits, NEW, i);
    }
    for (uint32_t i = 0; i < common->side[OLD].model->clause_count; i++)
        if (common->side[OLD].clause[i] == NONE)
            add_clause_edit(edits, OLD, i);
}

uint32_t
edit_of_symbol(struct edits *edits, enum version version, uint32_t symbol)
{
    uint32_t *number = &edits->of_symbol[version][symbol];
    if (*number != NONE)
        return *number;
    *number = add_edit(edits, EDIT_SYMBOL);
    enum version other = version == OLD ? NEW : OLD;
    uint32_t partner = edits->common->side[version].symbol[symbol];
    edits->list.at[*number].symbol[version] = symbol;
    edits->list.at[*number].symbol[other] = partner;
    if (partner != NONE)
        edits->of_symbol[other][partner] = *number;
    return *number;
}

uint32_t
edit_of_words(struct edits *edits, uint32_t after)
{
    uint32_t *number = &edits->of_clause[NEW][after];
    if (*number == NONE) {
        *number = add_edit(edits, EDIT_WORDS);
        edits->list.at[*number].clause[NEW] = after;
        edits->list.at[*number].clause[OLD] = edits->common->side[NEW].clause[after];
    }
    return *number;
}

uint32_t
edit_of_whole(struct edits *edits)
{
    return add_edit(edits, EDIT_WHOLE);
}

struct finding *
edit_found(struct edits *edits, uint32_t edit, enum finding_kind kind, struct text words,
           struct text meaning)
{
    static const enum change_class classes[] = {
#define FINDING(name, word, class) [name] = class,
#include "compiler/compare/findings.def"
#undef FINDING
    };
    struct finding *finding = VECTOR_PUSH(edits->common->arena, &edits->list.at[edit].findings);
    finding->kind = kind;
    finding->class = classes[kind];
    finding->words = words;
    finding->meaning = meaning;
    return finding;
}
