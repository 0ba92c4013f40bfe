/* What stands between braces in prose. */
#include "compiler/base/utf8.h"
#include "compiler/model/labels.h"
#include "compiler/model/prose.h"
#include "compiler/model/tables.h"
#include "compiler/model/total.h"

/* The parts of a hole as written: {WORD of NAME "own words"}, or without the first two; of a table
 * {table of SORT GROUP}. */
struct parts {
    struct span span; /* with the braces */
    struct text form; /* the word before "of", empty if there is none */
    struct name name;
    struct name group; /* text.length is 0 if there is none */
    bool has_words;
    struct text words;
    size_t words_begin, words_end; /* in raw */
};

struct scanner {
    struct prose *prose;
    size_t at, end; /* in raw; end is that of the hole's inside */
};

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_blanks(struct scanner *s)
{
    while (s->at < s->end && is_blank(s->prose->raw.data[s->at]))
        s->at++;
}

/* Length of a quotation mark at an offset: straight, or any of the curly double ones. */
static size_t
quote_length(struct text raw, size_t at)
{
    const char *mark = raw.data + at;
    if (at == raw.length)
        return 0;
    if (*mark == '"')
        return 1;
    bool curly = raw.length - at >= 3 && memcmp(mark, "\xE2\x80", 2) == 0 &&
                 (mark[2] == '\x9C' || mark[2] == '\x9D' || mark[2] == '\x9E');
    return curly ? 3 : 0;
}

static bool
is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
}

static struct name
take_name(struct scanner *s)
{
    size_t begin = s->at;
    const char *raw = s->prose->raw.data;
    while (s->at < s->end && is_name_character(raw[s->at]))
        s->at++;
    return (struct name){{raw + begin, s->at - begin}, prose_span(s->prose, begin, s->at)};
}

/* Own words keep no line breaks: a hole may be wrapped like any text. */
static struct text
one_line(struct arena *arena, struct text words)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < words.length; i++)
        buffer_char(&out, words.data[i] == '\n' || words.data[i] == '\r' ? ' ' : words.data[i]);
    return text_trim(buffer_text(&out));
}

static bool
take_words(struct scanner *s, struct parts *parts)
{
    struct text raw = s->prose->raw;
    size_t open = quote_length(raw, s->at);
    if (open == 0)
        return true;
    size_t begin = s->at + open, end = begin;
    while (end < s->end && quote_length(raw, end) == 0)
        end++;
    if (end == s->end)
        return false;
    parts->has_words = true;
    parts->words_begin = begin;
    parts->words_end = end;
    parts->words = one_line(s->prose->draft->arena, (struct text){raw.data + begin, end - begin});
    s->at = end + quote_length(raw, end);
    return true;
}

static bool
take_parts(struct scanner *s, struct parts *parts)
{
    skip_blanks(s);
    parts->name = take_name(s);
    skip_blanks(s);
    struct scanner ahead = *s;
    if (text_equal_folded(take_name(&ahead).text, TEXT("of"))) {
        parts->form = parts->name.text;
        skip_blanks(&ahead);
        parts->name = take_name(&ahead);
        skip_blanks(&ahead);
        if (text_equal_folded(parts->form, TEXT("table")))
            parts->group = take_name(&ahead);
        skip_blanks(&ahead);
        *s = ahead;
    }
    if (parts->name.text.length == 0 || !take_words(s, parts))
        return false;
    skip_blanks(s);
    return s->at == s->end;
}

static struct text
small_letters(struct arena *arena, struct text name)
{
    struct text copy = arena_text(arena, name);
    char *out = arena_alloc(arena, name.length + 1);
    for (size_t i = 0; i < copy.length; i++)
        out[i] = (char)(name.data[i] >= 'A' && name.data[i] <= 'Z' ? name.data[i] - 'A' + 'a'
                                                                   : name.data[i]);
    return (struct text){out, name.length};
}

static void
fold_name(struct prose *prose, struct parts *parts)
{
    struct text folded = small_letters(prose->draft->arena, parts->name.text);
    if (text_equal(folded, parts->name.text))
        return;
    diagnose(prose->draft->diagnostics, E_NAME_FORM, parts->name.span,
             "the name “%.*s” is not in small letters", TEXT_ARGS(parts->name.text));
    diagnose_fix(prose->draft->diagnostics, "Write {%.*s \"%.*s\"} to have a capital on the page",
                 TEXT_ARGS(folded), TEXT_ARGS(parts->name.text));
    if (parts->form.length == 0 && !parts->has_words)
        diagnose_edit(prose->draft->diagnostics, parts->name.span, "%.*s \"%.*s\"",
                      TEXT_ARGS(folded), TEXT_ARGS(parts->name.text));
    parts->name.text = folded;
}

static bool
refuse_own_words(struct prose *prose, struct parts *parts, const char *why)
{
    if (!parts->has_words)
        return false;
    diagnose(prose->draft->diagnostics, E_HOLE,
             prose_span(prose, parts->words_begin, parts->words_end),
             "this hole takes no words of its own");
    diagnose_why(prose->draft->diagnostics, "%s", why);
    diagnose_fix(prose->draft->diagnostics, "Leave the quoted words out");
    parts->has_words = false;
    return true;
}

static void
read_label(struct prose *prose, struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    hole->kind = HOLE_NAME;
    hole->symbol = resolve_symbol(&draft->resolver, &parts->name, ANY_KIND);
    if (hole->symbol != NONE)
        hole->words = parts->has_words ? parts->words : draft->model->symbols[hole->symbol].label;
}

static void
read_list(struct prose *prose, struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    const struct model *model = draft->model;
    hole->kind = HOLE_LIST;
    if (refuse_own_words(prose, parts, "A list is written from the labels of its names"))
        return;
    hole->symbol = resolve_symbol(&draft->resolver, &parts->name, ANY_KIND);
    if (hole->symbol == NONE)
        return;
    struct interval leaves = model->symbols[hole->symbol].leaves;
    struct text *labels = ARENA_ARRAY(draft->arena, leaves.high - leaves.low, struct text);
    for (uint32_t l = leaves.low; l < leaves.high; l++)
        labels[l - leaves.low] = leaf(model, l)->label;
    hole->words = locale_list(model->locale, draft->arena, labels, leaves.high - leaves.low);
}

static void
read_link(struct prose *prose, struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    hole->kind = HOLE_LINK;
    hole->symbol = resolve_symbol(&draft->resolver, &parts->name, ANY_KIND);
    if (hole->symbol == NONE)
        return;
    const struct symbol *symbol = &draft->model->symbols[hole->symbol];
    hole->url = symbol->url;
    hole->words = parts->has_words ? parts->words : symbol->label;
    if (symbol->url.length > 0)
        return;
    diagnose(draft->diagnostics, E_HOLE, parts->name.span, "“%.*s” has no address to link to",
             TEXT_ARGS(symbol->name));
    diagnose_fix(draft->diagnostics, "Add at \"https://…\" or at \"mailto:…\" to its declaration");
    diagnose_see(draft->diagnostics, symbol->span, "it is declared here");
}

static void
read_value(struct prose *prose, struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    hole->kind = HOLE_VALUE;
    if (refuse_own_words(prose, parts, "What the page says must be the declared value"))
        return;
    hole->symbol = resolve_symbol(&draft->resolver, &parts->name, KINDS(KIND_VALUE));
    if (hole->symbol != NONE)
        hole->words = draft->model->symbols[hole->symbol].value;
}

static void
read_announced(struct prose *prose, const struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    const struct settings *settings = draft->model->settings;
    if (settings->announced.year > 0) {
        hole->words = locale_date(draft->model->locale, draft->arena, settings->announced);
        return;
    }
    diagnose(draft->diagnostics, E_HOLE, parts->name.span,
             "the front matter does not say when this version was made known");
    diagnose_fix(draft->diagnostics, "Add “announced:” and the day to it, or leave the hole out");
}

static void
read_date(struct prose *prose, struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    hole->kind = HOLE_DATE;
    if (refuse_own_words(prose, parts, "What the page says must be the date itself"))
        return;
    if (text_equal(parts->name.text, TEXT("effective"))) {
        hole->words =
            locale_date(draft->model->locale, draft->arena, draft->model->settings->effective);
        return;
    }
    if (text_equal(parts->name.text, TEXT("announced"))) {
        read_announced(prose, parts, hole);
        return;
    }
    diagnose(draft->diagnostics, E_HOLE, parts->name.span, "there is no date “%.*s”",
             TEXT_ARGS(parts->name.text));
    diagnose_fix(draft->diagnostics, "Write {date of effective}, the day from which the policy "
                                     "holds");
}

/* The place of the sentence that a duty was written in. */
static struct span
sentence_span(const struct model *model, uint32_t duty)
{
    return model->sentences[model->duties[duty].sentence].tree->span;
}

static void
report_two(struct prose *prose, const struct parts *parts, struct deadline_pair pair)
{
    struct draft *draft = prose->draft;
    const struct model *model = draft->model;
    struct text times[2];
    for (size_t i = 0; i < 2; i++)
        times[i] = locale_duration(model->locale, draft->arena, model->duties[pair.duty[i]].timing);
    diagnose(draft->diagnostics, E_TWO_DEADLINES, parts->span,
             "two sentences set a time for “%.*s”: “%.*s” and “%.*s”", TEXT_ARGS(parts->name.text),
             TEXT_ARGS(times[0]), TEXT_ARGS(times[1]));
    uint32_t clause = model->duties[pair.duty[0]].clause;
    if (clause != prose->clause && model->duties[pair.duty[1]].clause != clause)
        diagnose_fix(draft->diagnostics,
                     "Name the clause whose time you mean, as in {deadline of %.*s}",
                     TEXT_ARGS(model->clauses[clause].name));
    else
        diagnose_fix(draft->diagnostics, "Put one of the two sentences into a clause of its own, "
                                         "and name that clause");
    diagnose_see(draft->diagnostics, sentence_span(model, pair.duty[1]),
                 "this sentence sets “%.*s”", TEXT_ARGS(times[1]));
}

static void
report_none(struct prose *prose, const struct parts *parts, bool clause)
{
    struct draft *draft = prose->draft;
    if (prose->duties_lost)
        return;
    diagnose(draft->diagnostics, E_NO_DEADLINE, parts->span,
             clause ? "no sentence of the clause “%.*s” sets a time"
                    : "no sentence sets a time for “%.*s”",
             TEXT_ARGS(parts->name.text));
    diagnose_why(draft->diagnostics, "The page may only name a time that the rules enforce");
    diagnose_fix(draft->diagnostics, "Write a sentence with MUST and “within …”, or leave the "
                                     "hole out");
}

static void
set_deadline(struct prose *prose, const struct parts *parts, struct hole *hole,
             struct deadline_pair pair)
{
    struct draft *draft = prose->draft;
    const struct model *model = draft->model;
    if (pair.duty[0] == NONE) {
        report_none(prose, parts, hole->clause != NONE);
    } else if (pair.duty[1] != NONE) {
        report_two(prose, parts, pair);
    } else if (model->duties[pair.duty[0]].timing.form == TIMING_AT_ONCE) {
        diagnose(draft->diagnostics, E_NO_DEADLINE, parts->span,
                 "what is due for “%.*s” is due at once, so there is no time to name",
                 TEXT_ARGS(parts->name.text));
        diagnose_fix(draft->diagnostics, "Say it in words, such as “%.*s”, without a hole",
                     TEXT_ARGS(locale_duration(model->locale, draft->arena,
                                               model->duties[pair.duty[0]].timing)));
        diagnose_see(draft->diagnostics, sentence_span(model, pair.duty[0]),
                     "this sentence says so");
    } else {
        hole->duty = pair.duty[0];
        hole->words =
            locale_duration(model->locale, draft->arena, model->duties[hole->duty].timing);
    }
}

/* A request or data first; then a clause, which may well have the name of the request. */
static void
read_deadline(struct prose *prose, struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    const struct model *model = draft->model;
    hole->kind = HOLE_DEADLINE;
    if (refuse_own_words(prose, parts, "The time on the page must be the one of the rules"))
        return;
    uint32_t symbol = names_find(&model->by_name, parts->name.text);
    uint32_t clause = names_find(&model->clause_by_name, parts->name.text);
    bool fits = symbol != NONE && (model->symbols[symbol].kind == KIND_REQUEST ||
                                   model->symbols[symbol].kind == KIND_DATA);
    struct deadline_pair pair = {{NONE, NONE}};
    if (fits)
        pair = deadlines_of_symbol(prose->deadlines, prose->clause, symbol);
    if (pair.duty[0] == NONE && clause != NONE) {
        hole->clause = clause;
        pair = deadlines_of_clause(prose->deadlines, clause);
    } else if (fits) {
        hole->symbol = symbol;
    } else {
        (void)resolve_symbol(&draft->resolver, &parts->name,
                             KINDS(KIND_REQUEST) | KINDS(KIND_DATA));
        return;
    }
    set_deadline(prose, parts, hole, pair);
}

/* A basis among those said so far. */
static bool
said_before(const struct text *words, size_t count, struct text next)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(words[i], next))
            return true;
    return false;
}

/* The bases of a name, or those of all its members. */
static struct text
bases_words(const struct draft *draft, const struct symbol *symbol)
{
    const struct model *model = draft->model;
    VECTOR(struct text) words = {NULL, 0, 0};
    for (uint32_t at = symbol->leaves.low; at < symbol->leaves.high; at++) {
        const struct symbol *member = leaf(model, at);
        for (size_t i = 0; i < member->basis_count; i++) {
            struct text basis = labels_basis(model, draft->arena, member, &member->bases[i]);
            if (words.count < LABELS_ALL && !said_before(words.at, words.count, basis))
                *VECTOR_PUSH(draft->arena, &words) = basis;
        }
    }
    return locale_list(model->locale, draft->arena, words.at, words.count);
}

static void
read_basis(struct prose *prose, struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    hole->kind = HOLE_BASIS;
    if (refuse_own_words(prose, parts, "What the page says must be the declared basis"))
        return;
    hole->symbol = resolve_symbol(&draft->resolver, &parts->name,
                                  KINDS(KIND_PURPOSE) | KINDS(KIND_AUDIENCE) | KINDS(KIND_SYSTEM));
    if (hole->symbol == NONE)
        return;
    const struct symbol *symbol = &draft->model->symbols[hole->symbol];
    hole->words = bases_words(draft, symbol);
    if (hole->words.length > 0 || draft_spoiled(draft, symbol->span))
        return;
    diagnose(draft->diagnostics, E_BASIS_HOLE, parts->span, "“%.*s” says no legal basis",
             TEXT_ARGS(symbol->name));
    diagnose_why(draft->diagnostics, "The page may only name a basis that is declared");
    diagnose_fix(draft->diagnostics,
                 "Add it to the declaration, as in basis contract \"you ordered it\"");
    diagnose_see(draft->diagnostics, symbol->span, "it is declared here");
}

/* Tables -------------------------------------------------------------------------------------- */

/* The sort with this name, or with the one nearest to it; TABLE_SORTS if there is none. */
static enum table_sort
sort_near(struct text word, unsigned limit)
{
    for (unsigned distance = 0; distance <= limit; distance++)
        for (int i = 0; i < TABLE_SORTS; i++)
            if (text_distance(word, text_of(table_forms[i].word), distance) <= distance)
                return (enum table_sort)i;
    return TABLE_SORTS;
}

static void
report_sort(struct prose *prose, const struct parts *parts)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    enum table_sort near = sort_near(parts->name.text, 3);
    diagnose(diagnostics, E_HOLE, parts->name.span, "there is no table of “%.*s”",
             TEXT_ARGS(parts->name.text));
    if (near < TABLE_SORTS)
        diagnose_fix(diagnostics, "Write {table of %s}", table_forms[near].word);
    else
        diagnose_fix(diagnostics, "Write {table of purposes}, {table of retention}, {table of "
                                  "cookies} or {table of recipients}");
}

/* What makes rows of a table, for an author who has none. */
static const char *
table_wants(enum table_sort sort)
{
    static const char *const wants[TABLE_SORTS] = {
        "Write what data is used for (we MAY use order for delivery)",
        "Write where data is kept and when it is erased (we MUST erase order within 30 days)",
        "A cookie is data that is stored in a place of a person: declare the browser with “of "
        "visitor”, and write who stores the cookie there",
        "Write who gets data (we MAY share order with couriers), or where it is stored for you (we "
        "MAY store order in mailer)",
    };
    return wants[sort];
}

static void
report_empty(struct prose *prose, const struct parts *parts, enum table_sort sort)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    if (prose->errors_before > 0)
        return;
    diagnose(diagnostics, E_TABLE_EMPTY, parts->span, "this table would have no rows");
    if (parts->group.text.length > 0)
        diagnose_why(diagnostics, "No rule says anything of “%.*s” that belongs in it",
                     TEXT_ARGS(parts->group.text));
    else
        diagnose_why(diagnostics, "Its rows come from the rules, and no rule makes one");
    diagnose_fix(diagnostics, "%s, or leave the table out", table_wants(sort));
}

static void
report_large(struct prose *prose, const struct parts *parts, enum table_sort sort)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    diagnose(diagnostics, E_TABLE_LARGE, parts->span,
             "this table would have more than %d rows, or too much in one row", TABLE_ROWS_MAX);
    diagnose_why(diagnostics, "Nobody would find anything in it");
    diagnose_fix(diagnostics, "Divide it by groups of names, as in {table of %s GROUP}",
                 table_forms[sort].word);
}

static void
fill_table(struct prose *prose, const struct parts *parts, struct hole *hole, enum table_sort sort)
{
    struct draft *draft = prose->draft;
    const struct table *table = table_make(draft->model, draft->arena, sort, hole->symbol);
    if (!table) {
        report_large(prose, parts, sort);
    } else if (table->row_count == 0) {
        report_empty(prose, parts, sort);
    } else {
        hole->table = table;
        hole->words = table_words(draft->model, draft->arena, table);
    }
}

static void
read_table(struct prose *prose, struct parts *parts, struct hole *hole)
{
    struct draft *draft = prose->draft;
    parts->name.text = small_letters(draft->arena, parts->name.text);
    parts->group.text = small_letters(draft->arena, parts->group.text);
    enum table_sort sort = sort_near(parts->name.text, 0);
    hole->kind = HOLE_TABLE;
    if (refuse_own_words(prose, parts, "A table is written from the rules and labels"))
        return;
    if (sort == TABLE_SORTS) {
        report_sort(prose, parts);
        return;
    }
    if (parts->group.text.length > 0) {
        hole->symbol = resolve_symbol(&draft->resolver, &parts->group, table_forms[sort].kinds);
        if (hole->symbol == NONE)
            return;
    }
    if (++prose->tables <= TABLES_MAX) {
        fill_table(prose, parts, hole, sort);
        return;
    }
    diagnose(draft->diagnostics, E_TABLE_LARGE, parts->span,
             "there are more than %d tables in this policy", TABLES_MAX);
    diagnose_fix(draft->diagnostics, "Make one of several");
}

static void
read_total(struct prose *prose, struct parts *parts, struct hole *hole)
{
    hole->kind = HOLE_TOTAL;
    if (refuse_own_words(prose, parts, "The time on the page must be the one of the rules"))
        return;
    hole->clause = resolve_clause(&prose->draft->resolver, &parts->name);
    if (hole->clause != NONE)
        hole->words = total_words(prose->draft, hole->clause, parts->span, prose->duties_lost);
}

static const struct form {
    const char *word;
    void (*read)(struct prose *prose, struct parts *parts, struct hole *hole);
} forms[] = {
    {"deadline", read_deadline}, {"list", read_list},   {"link", read_link},
    {"value", read_value},       {"date", read_date},   {"table", read_table},
    {"basis", read_basis},       {"total", read_total},
};

enum { FORM_COUNT = sizeof forms / sizeof forms[0] };

static const struct form *
form_near(struct text word, unsigned limit)
{
    for (unsigned distance = 0; distance <= limit; distance++)
        for (size_t i = 0; i < FORM_COUNT; i++)
            if (text_distance(word, text_of(forms[i].word), distance) <= distance)
                return &forms[i];
    return NULL;
}

static void
report_form(struct prose *prose, const struct parts *parts)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    const struct form *near = form_near(parts->form, 2);
    diagnose(diagnostics, E_HOLE, parts->span, "there is no hole “%.*s of …”",
             TEXT_ARGS(parts->form));
    if (near)
        diagnose_fix(diagnostics, "Write {%s of %.*s}", near->word, TEXT_ARGS(parts->name.text));
    else
        diagnose_fix(diagnostics,
                     "Write {%.*s}, or one of {deadline of …}, {total of …}, {list of …}, "
                     "{link of …}, {value of …}, {basis of …}, {date of effective}, {table of …}",
                     TEXT_ARGS(parts->name.text));
}

static void
report_unreadable(struct prose *prose, const struct parts *parts)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    const struct form *form = form_near(parts->name.text, 0);
    diagnose(diagnostics, E_HOLE, parts->span, "what stands between these braces is no hole");
    if (form) {
        diagnose_fix(diagnostics, "Write “of” behind “%s”, as in {%s of …}", form->word,
                     form->word);
        return;
    }
    diagnose_fix(diagnostics, "Write a name, as in {order} or {order \"your orders\"}; for a brace "
                              "on the page write it twice, as in {{");
}

static void
resolve_hole(struct prose *prose, struct parts *parts, struct hole *hole)
{
    char place[16];
    if (!text_equal_folded(parts->form, TEXT("table")))
        fold_name(prose, parts);
    if (parts->form.length == 0) {
        read_label(prose, parts, hole);
        return;
    }
    struct text form = parts->form;
    for (size_t i = 0; i < form.length && form.length < sizeof place; i++)
        place[i] =
            (char)(form.data[i] >= 'A' && form.data[i] <= 'Z' ? form.data[i] + 32 : form.data[i]);
    if (form.length < sizeof place)
        form.data = place;
    const struct form *known = form_near(form, 0);
    if (known)
        known->read(prose, parts, hole);
    else
        report_form(prose, parts);
}

/* Offset of the brace that closes the hole, or 0. Another opening brace means it was forgotten. */
static size_t
closing_brace(struct text raw, size_t begin)
{
    bool quoted = false;
    size_t limit = raw.length - begin > HOLE_MAX ? begin + HOLE_MAX : raw.length;
    for (size_t i = begin + 1; i < limit; i++) {
        if (quote_length(raw, i) > 0)
            quoted = !quoted;
        else if (raw.data[i] == '}' && !quoted)
            return i;
        else if (raw.data[i] == '{' && !quoted)
            return 0;
    }
    return 0;
}

size_t
hole_read(struct prose *prose, size_t begin)
{
    size_t end = closing_brace(prose->raw, begin);
    if (end == 0)
        return 0;
    struct parts parts = {.span = prose_span(prose, begin, end + 1)};
    struct hole hole = {HOLE_NAME, NONE, NONE, NONE, TEXT(""), TEXT(""), parts.span, NULL};
    struct scanner scanner = {prose, begin + 1, end};
    if (take_parts(&scanner, &parts))
        resolve_hole(prose, &parts, &hole);
    else if (!joined_hole_report(prose, begin + 1, end))
        report_unreadable(prose, &parts);
    struct mark *mark = VECTOR_PUSH(prose->draft->arena, &prose->marks);
    *mark = (struct mark){.kind = MARK_HOLE,
                          .hole = (uint32_t)prose->holes.count,
                          .begin = (uint32_t)begin,
                          .end = (uint32_t)end + 1};
    if (parts.has_words) {
        mark->words_begin = (uint32_t)parts.words_begin;
        mark->words_end = (uint32_t)parts.words_end;
    }
    *VECTOR_PUSH(prose->draft->arena, &prose->holes) = hole;
    return end + 1;
}
