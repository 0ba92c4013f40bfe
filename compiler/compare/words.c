#include "compiler/compare/words.h"

#include "compiler/base/utf8.h"

static const struct clause *
clause_of(const struct edits *edits, enum version version, uint32_t clause)
{
    return &edits->common->side[version].model->clauses[clause];
}

static bool
is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* A name inside a hole, as it is called now. */
static void
add_name(const struct common *common, enum version version, struct text name, struct buffer *out)
{
    uint32_t symbol = version == OLD ? names_find(&common->side[OLD].renamed, name) : NONE;
    buffer_add(out, symbol == NONE
                        ? name
                        : common->side[NEW].model->symbols[common->side[OLD].symbol[symbol]].name);
}

/* The words as they were written, holes as holes: the same as long as nobody has changed them. */
static struct text
template_of(const struct edits *edits, enum version version, uint32_t clause)
{
    const struct clause_tree *tree = &edits->common->side[version].model->tree->clauses.at[clause];
    struct buffer out = buffer_in(edits->common->arena);
    bool hole = false;
    for (size_t i = 0; i < tree->prose_count; i++) {
        struct text line = text_trim(tree->prose[i].text);
        buffer_add(&out, line.length == 0 ? TEXT("\n") : TEXT(" "));
        for (size_t at = 0, end; at < line.length; at = end) {
            end = at + 1;
            hole = line.data[at] == '{' || (hole && line.data[at] != '}');
            while (hole && is_name_byte(line.data[at]) && end < line.length &&
                   is_name_byte(line.data[end]))
                end++;
            struct text piece = {line.data + at, end - at};
            if (hole)
                add_name(edits->common, version, piece, &out);
            else
                buffer_add(&out, piece);
        }
    }
    return buffer_text(&out);
}

/* Letters and digits alone, small: what is left when only marks and blanks differ. */
static struct text
letters_of(struct arena *arena, struct text words)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < words.length; i++) {
        char c = words.data[i];
        bool mark = (unsigned char)c == 0xE2 && i + 2 < words.length &&
                    (unsigned char)words.data[i + 1] == 0x80; /* general punctuation */
        if (mark)
            i += 2;
        else if (c >= 'A' && c <= 'Z')
            buffer_char(&out, (char)(c + 32));
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80)
            buffer_char(&out, c);
    }
    return buffer_text(&out);
}

static struct text
hashed(struct edits *edits, const char *word, struct text name, struct text before,
       struct text after)
{
    struct buffer out = buffer_in(edits->common->arena);
    buffer_format(&out, "%s %.*s ", word, TEXT_ARGS(name));
    buffer_quoted(&out, before);
    buffer_char(&out, ' ');
    buffer_quoted(&out, after);
    return buffer_text(&out);
}

/* Promises ---------------------------------------------------------------------------------------
 */

static const struct sentence *
promise_of(const struct edits *edits, enum version version, uint32_t clause, uint32_t *number)
{
    const struct clause *at = clause_of(edits, version, clause);
    for (uint32_t i = 0; i < at->sentence_count; i++) {
        *number = at->first_sentence + i;
        const struct sentence *tree = edits->common->side[version].model->sentences[*number].tree;
        if (tree->form == SENTENCE_PROMISE)
            return tree;
    }
    return NULL;
}

static void
promise_found(struct edits *edits, uint32_t edit, enum finding_kind kind, struct text name,
              struct text owner)
{
    static const char *const forms[] = {
        [FOUND_PROMISE_DROPPED] = "Clause “%.*s” is no longer a promise that “%.*s” keeps.",
        [FOUND_PROMISE_ADDED] = "Clause “%.*s” is now a promise that “%.*s” keeps.",
        [FOUND_OWNER] = "The promise of clause “%.*s” is now kept by “%.*s”."};
    struct arena *arena = edits->common->arena;
    struct text words;
    if (kind == FOUND_PROMISE_DROPPED)
        words =
            arena_format(arena, forms[FOUND_PROMISE_DROPPED], TEXT_ARGS(name), TEXT_ARGS(owner));
    else if (kind == FOUND_PROMISE_ADDED)
        words = arena_format(arena, forms[FOUND_PROMISE_ADDED], TEXT_ARGS(name), TEXT_ARGS(owner));
    else
        words = arena_format(arena, forms[FOUND_OWNER], TEXT_ARGS(name), TEXT_ARGS(owner));
    edit_found(
        edits, edit, kind, words,
        arena_format(arena, "%s %.*s %.*s", finding_word(kind), TEXT_ARGS(name), TEXT_ARGS(owner)));
}

/* The edit of a promise's sentence, or the clause's words. */
static uint32_t
edit_of_promise(struct edits *edits, enum version version, uint32_t sentence, uint32_t after)
{
    uint32_t edit = edits->of_sentence[version][sentence];
    return edit != NONE ? edit : edit_of_words(edits, after);
}

static void
compare_promises(struct edits *edits, uint32_t before, uint32_t after)
{
    uint32_t old = NONE, new = NONE;
    const struct sentence *was = promise_of(edits, OLD, before, &old);
    const struct sentence *is = promise_of(edits, NEW, after, &new);
    struct text name = clause_of(edits, NEW, after)->name;
    if (was && !is)
        promise_found(edits, edit_of_promise(edits, OLD, old, after), FOUND_PROMISE_DROPPED, name,
                      was->owner.text);
    else if (is && !was)
        promise_found(edits, edit_of_promise(edits, NEW, new, after), FOUND_PROMISE_ADDED, name,
                      is->owner.text);
    else if (is && !text_equal(is->owner.text, was->owner.text))
        promise_found(edits, edit_of_promise(edits, NEW, new, after), FOUND_OWNER, name,
                      is->owner.text);
}

/* Words ------------------------------------------------------------------------------------------
 */

/* Whether an edit of a sentence of the clause was found to do something. */
static bool
rules_changed(const struct edits *edits, enum version version, uint32_t clause)
{
    const struct clause *at = clause_of(edits, version, clause);
    for (uint32_t i = 0; i < at->sentence_count; i++) {
        uint32_t edit = edits->of_sentence[version][at->first_sentence + i];
        if (edit != NONE && edits->list.at[edit].findings.count > 0)
            return true;
    }
    return false;
}

static const char words_other[] = "Clause “%.*s” says the same rules in other words.";
static const char words_promise[] = "The promise of clause “%.*s” has other words: it may promise "
                                    "less.";
static const char words_narrative[] = "Clause “%.*s”, which rules nothing, has other words.";
static const char words_form[] = "Clause “%.*s” is set differently; its words are the same.";

static void
words_found(struct edits *edits, uint32_t after, enum finding_kind kind)
{
    struct arena *arena = edits->common->arena;
    const struct clause *new = clause_of(edits, NEW, after);
    const struct clause *old = clause_of(edits, OLD, edits->common->side[NEW].clause[after]);
    struct text words =
        kind == FOUND_PROMISE_WORDS ? arena_format(arena, words_promise, TEXT_ARGS(new->name))
        : kind == FOUND_NARRATIVE   ? arena_format(arena, words_narrative, TEXT_ARGS(new->name))
        : kind == FOUND_FORM        ? arena_format(arena, words_form, TEXT_ARGS(new->name))
                                    : arena_format(arena, words_other, TEXT_ARGS(new->name));
    edit_found(edits, edit_of_words(edits, after), kind, words,
               hashed(edits, finding_word(kind), new->name, old->words, new->words));
}

static void
compare_words(struct edits *edits, uint32_t before, uint32_t after)
{
    struct arena *arena = edits->common->arena;
    const struct clause *old = clause_of(edits, OLD, before), *new = clause_of(edits, NEW, after);
    if (text_equal(template_of(edits, OLD, before), template_of(edits, NEW, after)))
        return;
    bool ruled = rules_changed(edits, OLD, before) || rules_changed(edits, NEW, after);
    if (text_equal(letters_of(arena, old->words), letters_of(arena, new->words)))
        words_found(edits, after, FOUND_FORM);
    else if (old->class == CLAUSE_PROMISE || new->class == CLAUSE_PROMISE)
        words_found(edits, after, FOUND_PROMISE_WORDS);
    else if (old->class == CLAUSE_NARRATIVE && new->class == CLAUSE_NARRATIVE)
        words_found(edits, after, FOUND_NARRATIVE);
    else if (!ruled)
        words_found(edits, after, FOUND_WORDS);
}

static void
compare_names(struct edits *edits, uint32_t before, uint32_t after)
{
    struct text old = clause_of(edits, OLD, before)->name, new = clause_of(edits, NEW, after)->name;
    struct arena *arena = edits->common->arena;
    if (text_equal(old, new))
        return;
    edit_found(
        edits, edit_of_words(edits, after), FOUND_RENAMED,
        arena_format(arena, "Clause “%.*s” is now called “%.*s”.", TEXT_ARGS(old), TEXT_ARGS(new)),
        arena_format(arena, "renamed clause %.*s %.*s", TEXT_ARGS(old), TEXT_ARGS(new)));
}

/* What nothing was found of ----------------------------------------------------------------------
 */

/* A clause that only one policy has. */
static void
tell_clause(struct edits *edits, uint32_t number, enum version version)
{
    const struct edit *edit = &edits->list.at[number];
    const struct clause *clause = clause_of(edits, version, edit->clause[version]);
    struct arena *arena = edits->common->arena;
    bool gone = version == OLD;
    uint32_t sentence;
    const struct sentence *promise = promise_of(edits, version, edit->clause[version], &sentence);
    if (promise)
        promise_found(edits, number, gone ? FOUND_PROMISE_DROPPED : FOUND_PROMISE_ADDED,
                      clause->name, promise->owner.text);
    if (edits->list.at[number].findings.count > 0 || edits->list.at[number].explained)
        return;
    bool narrative = clause->class == CLAUSE_NARRATIVE;
    enum finding_kind kind = narrative ? FOUND_NARRATIVE : gone ? FOUND_ELSEWHERE : FOUND_WORDS;
    struct text words =
        narrative ? arena_format(arena, "Clause “%.*s”, which rules nothing, is %s.",
                                 TEXT_ARGS(clause->name), gone ? "gone" : "new")
        : gone
            ? arena_format(arena, "Clause “%.*s” is gone; what it ruled, other clauses rule.",
                           TEXT_ARGS(clause->name))
            : arena_format(arena, "Clause “%.*s” is new; its rules add nothing to those of others.",
                           TEXT_ARGS(clause->name));
    struct text none = {NULL, 0};
    edit_found(edits, number, kind, words,
               hashed(edits, finding_word(kind), clause->name, gone ? clause->words : none,
                      gone ? none : clause->words));
}

static const struct sentence *
sentence_of(const struct edits *edits, const struct edit *edit, enum version version)
{
    return edit->sentence[version] == NONE
               ? NULL
               : edits->common->side[version].model->sentences[edit->sentence[version]].tree;
}

static bool
is_bare(const struct sentence *sentence)
{
    return !sentence || sentence->form == SENTENCE_PROMISE || sentence->form == SENTENCE_NARRATIVE;
}

/* Whether another sentence of the clause is said to rule the same as before: then what was split
 * off or joined to it is told with it. */
static bool
told_beside(const struct edits *edits, uint32_t number)
{
    const struct edit *edit = &edits->list.at[number];
    for (uint32_t i = number; i > 0; i--) {
        const struct edit *other = &edits->list.at[i - 1];
        if (other->form != EDIT_SENTENCE || other->clause[NEW] != edit->clause[NEW])
            break;
        if (other->findings.count > 0 && other->findings.at[0].kind == FOUND_SAME_RULES)
            return true;
    }
    return false;
}

/* A sentence that was edited, and nothing came of it. */
static void
tell_sentence(struct edits *edits, uint32_t number)
{
    struct edit *edit = &edits->list.at[number];
    struct arena *arena = edits->common->arena;
    const struct sentence *old = sentence_of(edits, edit, OLD);
    const struct sentence *new = sentence_of(edits, edit, NEW);
    if (edit->findings.count > 0 || edit->explained || (is_bare(old) && is_bare(new)) ||
        ((!old || !new) && told_beside(edits, number)))
        return;
    struct text name = clause_of(edits, NEW, edit->clause[NEW])->name;
    bool gone = !new;
    struct text words =
        old && new ? arena_format(arena,
                                  "A rule of clause “%.*s” is written differently and rules "
                                  "the same.",
                                  TEXT_ARGS(name))
        : gone     ? arena_format(arena, "Clause “%.*s” no longer says what others still rule.",
                                  TEXT_ARGS(name))
                   : arena_format(arena, "Clause “%.*s” also says what others rule already.",
                                  TEXT_ARGS(name));
    enum version version = gone ? OLD : NEW;
    edit_found(
        edits, number, gone ? FOUND_ELSEWHERE : FOUND_SAME_RULES, words,
        arena_format(arena, "%s %.*s%.*s", finding_word(gone ? FOUND_ELSEWHERE : FOUND_SAME_RULES),
                     TEXT_ARGS(name),
                     TEXT_ARGS(sentence_key(edits->common, version, edit->sentence[version]))));
}

void
words_compare(struct edits *edits)
{
    const struct side *new = &edits->common->side[NEW];
    for (uint32_t i = 0; i < new->model->clause_count; i++) {
        uint32_t before = new->clause[i];
        if (before == NONE)
            continue;
        compare_promises(edits, before, i);
        compare_words(edits, before, i);
        compare_names(edits, before, i);
    }
    for (uint32_t i = 0; i < edits->list.count; i++) {
        enum edit_form form = edits->list.at[i].form;
        if (form == EDIT_CLAUSE)
            tell_clause(edits, i,
                        edits->list.at[i].clause[NEW] == NONE ||
                                edits->of_clause[NEW][edits->list.at[i].clause[NEW]] != i
                            ? OLD
                            : NEW);
        else if (form == EDIT_SENTENCE)
            tell_sentence(edits, i);
    }
}
