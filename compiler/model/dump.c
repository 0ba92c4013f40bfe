/* The model as text. model_dump is what the content hash is of: whatever the page, the table or an
 * answer depends on stands in it, and nothing else, so that moving a sentence by a line changes
 * nothing. Texts are quoted and numbers are written out: two models with one text are the same. */
#include "compiler/model/internal.h"
#include "compiler/model/locale.h"
#include "runtime/core/sha256.h"

/* " word "..."", if there is a text. */
static void
put_text(struct buffer *out, const char *word, struct text t)
{
    if (t.length == 0)
        return;
    buffer_format(out, " %s ", word);
    buffer_quoted(out, t);
}

static void
put_number(struct buffer *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    buffer_add(out, (struct text){digits + at, sizeof digits - at});
}

/* " word 3-5,9": leaves, the last one included. */
static void
put_set(struct buffer *out, const char *word, struct set set)
{
    if (set.count == 0)
        return;
    buffer_char(out, ' ');
    buffer_add(out, text_of(word));
    for (size_t i = 0; i < set.count; i++) {
        buffer_char(out, i == 0 ? ' ' : ',');
        put_number(out, set.at[i].low);
        if (set.at[i].high - set.at[i].low == 1)
            continue;
        buffer_char(out, '-');
        put_number(out, set.at[i].high - 1);
    }
}

static void
put_cube(struct buffer *out, struct cube when)
{
    if (when.need)
        buffer_format(out, " need %llx", (unsigned long long)when.need);
    if (when.forbid)
        buffer_format(out, " forbid %llx", (unsigned long long)when.forbid);
}

/* Kinds, names and numbers of the leaves: what a program that was compiled against the policy
 * relies on. */
static void
put_vocabulary(const struct model *model, struct buffer *out)
{
    buffer_string(out, "avow vocabulary 1\n");
    for (uint32_t l = 0; l < model->first_leaf[KIND_COUNT]; l++) {
        const struct symbol *symbol = leaf(model, l);
        put_number(out, l);
        buffer_char(out, ' ');
        buffer_add(out, text_of(kind_word(symbol->kind)));
        buffer_char(out, ' ');
        buffer_add(out, symbol->name);
        buffer_char(out, '\n');
    }
}

static void
put_settings(const struct model *model, struct buffer *out)
{
    const struct settings *settings = model->settings;
    buffer_string(out, "settings");
    put_text(out, "policy", settings->policy);
    put_text(out, "title", settings->title);
    put_text(out, "language", settings->language);
    put_text(out, "revision", settings->revision);
    buffer_format(out, " effective %04d-%02u-%02u\n", settings->effective.year,
                  settings->effective.month, settings->effective.day);
    if (settings->announced.year > 0)
        buffer_format(out, "announced %04d-%02u-%02u\n", settings->announced.year,
                      settings->announced.month, settings->announced.day);
    for (size_t i = 0; i < settings->extra_count; i++) {
        buffer_string(out, "passed on ");
        buffer_quoted(out, settings->extras[i].key);
        buffer_char(out, ' ');
        buffer_quoted(out, settings->extras[i].yaml);
        buffer_char(out, '\n');
    }
    locale_dump(model->locale, out);
}

static void
put_calendar(const struct calendar *calendar, struct buffer *out)
{
    buffer_string(out, "calendar");
    put_text(out, "name", calendar->name);
    put_text(out, "zone", calendar->zone);
    put_text(out, "tzdata", calendar->tzdata);
    buffer_format(out, " business %d working %x cut-off %u until-day %d from %lld until %lld\n",
                  calendar->business, calendar->working_days, calendar->cut_off,
                  calendar->valid_until, (long long)calendar->from, (long long)calendar->until);
    for (size_t i = 0; i < calendar->holiday_count; i++)
        buffer_format(out, "holiday %d\n", calendar->holidays[i]);
    for (size_t i = 0; i < calendar->change_count; i++)
        buffer_format(out, "zone from %lld offset %d\n", (long long)calendar->changes[i].instant,
                      calendar->changes[i].offset);
}

static void
put_symbol_name(const struct model *model, struct buffer *out, const char *word, uint32_t symbol)
{
    if (symbol == NONE)
        return;
    buffer_format(out, " %s ", word);
    buffer_add(out, model->symbols[symbol].name);
}

static void
put_symbols(const struct model *model, struct buffer *out)
{
    for (size_t i = 0; i < model->symbol_count; i++) {
        const struct symbol *symbol = &model->symbols[i];
        buffer_add(out, text_of(kind_word(symbol->kind)));
        buffer_char(out, ' ');
        buffer_add(out, symbol->name);
        if (symbol->group)
            buffer_add(out, symbol->one_of ? TEXT(" one of") : TEXT(" group"));
        put_text(out, "label", symbol->label);
        put_symbol_name(model, out, "of", symbol->owner);
        put_set(out, "after", symbol->after);
        put_set(out, "until", symbol->until);
        put_symbol_name(model, out, "kept in", symbol->kept_in);
        for (size_t k = 0; k < symbol->in_count; k++)
            put_symbol_name(model, out, "in", symbol->in[k]);
        for (size_t k = 0; k < symbol->basis_count; k++) {
            buffer_string(out, " basis");
            put_text(out, basis_word(symbol->bases[k].kind), symbol->bases[k].why);
        }
        put_text(out, "at", symbol->url);
        put_text(out, "is", symbol->value);
        put_text(out, "formerly", symbol->formerly);
        buffer_char(out, '\n');
    }
}

static void
put_rules(const struct model *model, struct buffer *out)
{
    static const char *const modes[] = {"never ", "may ", "never-unless-stated "};
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        buffer_add(out, text_of(modes[rule->mode]));
        buffer_add(out, text_of(verb_forms[rule->verb].word));
        put_set(out, "actors", rule->actors);
        put_set(out, "objects", rule->objects);
        put_set(out, "targets", rule->targets);
        put_cube(out, rule->when);
        buffer_string(out, " clause ");
        put_number(out, rule->clause);
        buffer_char(out, '\n');
    }
}

static void
put_timing(struct buffer *out, struct timing timing)
{
    static const char *const units[] = {"hour", "day", "business-day", "week", "month", "year"};
    if (timing.form == TIMING_AT_ONCE)
        buffer_string(out, " at once");
    else
        buffer_format(out, " %s %u %s",
                      timing.form == TIMING_FOR      ? "for"
                      : timing.form == TIMING_BEFORE ? "at least"
                                                     : "within",
                      timing.amount, units[timing.unit]);
}

static void
put_duties(const struct model *model, struct buffer *out)
{
    for (size_t i = 0; i < model->duty_count; i++) {
        const struct duty *duty = &model->duties[i];
        buffer_format(out, "must %s", verb_forms[duty->verb].word);
        put_set(out, "actors", duty->actors);
        put_set(out, "objects", duty->objects);
        put_set(out, "targets", duty->targets);
        put_timing(out, duty->timing);
        put_set(out,
                duty->timing.form == TIMING_BEFORE ? "before"
                : duty->last                       ? "after last"
                                                   : "after",
                duty->after);
        put_cube(out, duty->when);
        buffer_format(out, " clause %u\n", duty->clause);
    }
}

static void
put_rights(const struct model *model, struct buffer *out)
{
    for (size_t i = 0; i < model->right_count; i++) {
        const struct right *right = &model->rights[i];
        buffer_string(out, "right");
        put_set(out, "persons", right->persons);
        put_set(out, "requests", right->requests);
        for (size_t k = 0; k < right->contact_count; k++)
            put_symbol_name(model, out, "via", right->contacts[k]);
        put_cube(out, right->when);
        buffer_format(out, " clause %u\n", right->clause);
    }
}

static void
put_node(struct buffer *out, const struct node *node)
{
    static const char *const words[] = {"p",    "list",   "item", "quote", "table", "text", "code",
                                        "emph", "strong", "link", "hole",  "soft",  "break"};
    buffer_char(out, '(');
    buffer_add(out, text_of(words[node->kind]));
    if (node->kind == NODE_LIST)
        buffer_format(out, " %s %s %u", node->ordered ? "ordered" : "bullets",
                      node->tight ? "tight" : "loose", node->start);
    if (node->kind == NODE_HOLE || node->kind == NODE_TABLE)
        buffer_format(out, " %u", node->hole);
    if (node->text.length > 0) {
        buffer_char(out, ' ');
        buffer_quoted(out, node->text);
    }
}

/* The tree of a clause's prose, however deep it is: what is open stands in a list. */
static void
put_prose(const struct model *model, const struct clause *clause, struct buffer *out)
{
    VECTOR(const struct node *) open = {NULL, 0, 0};
    const struct node *node = clause->prose;
    buffer_string(out, "prose ");
    while (node || open.count > 0) {
        if (!node) {
            buffer_char(out, ')');
            node = open.at[--open.count]->next;
            continue;
        }
        put_node(out, node);
        *VECTOR_PUSH(model->arena, &open) = node;
        node = node->child;
    }
    buffer_char(out, '\n');
}

static void
put_hole(const struct model *model, const struct hole *hole, struct buffer *out)
{
    static const char *const words[] = {"name", "deadline", "list",  "link", "value",
                                        "date", "table",    "basis", "total"};
    buffer_format(out, "hole %s", words[hole->kind]);
    put_symbol_name(model, out, "of", hole->symbol);
    if (hole->clause != NONE)
        buffer_format(out, " clause %u", hole->clause);
    if (hole->duty != NONE)
        buffer_format(out, " duty %u", hole->duty);
    put_text(out, "words", hole->words);
    put_text(out, "url", hole->url);
    buffer_char(out, '\n');
}

const char *clause_class_word(enum clause_class class)
{
    static const char *const words[CLAUSE_CLASSES] = {"enforced", "duty", "promise", "narrative"};
    return words[class];
}

static void
put_clause(const struct model *model, const struct clause *clause, struct buffer *out)
{
    buffer_format(out, "clause %s", clause_class_word(clause->class));
    put_text(out, "name", clause->name);
    put_text(out, "anchor", clause->anchor);
    if (clause->section != NONE)
        buffer_format(out, " section %u", clause->section);
    for (size_t i = 0; i < clause->repeat_count; i++)
        buffer_format(out, "%s%u", i == 0 ? " repeats " : ",", clause->repeats[i]);
    if (clause->new_paragraph)
        buffer_string(out, " new paragraph");
    for (uint32_t i = 0; i < clause->sentence_count; i++)
        put_text(out, "promise by", model->sentences[clause->first_sentence + i].tree->owner.text);
    buffer_char(out, '\n');
    for (size_t i = 0; i < clause->hole_count; i++)
        put_hole(model, &clause->holes[i], out);
    if (clause->prose)
        put_prose(model, clause, out);
    if (clause->words.length > 0) {
        buffer_string(out, "words ");
        buffer_quoted(out, clause->words);
        buffer_char(out, '\n');
    }
}

void
model_dump(const struct model *model, struct buffer *out)
{
    put_vocabulary(model, out);
    buffer_string(out, "avow model 1\n");
    put_settings(model, out);
    put_calendar(model->calendar, out);
    put_symbols(model, out);
    put_rules(model, out);
    put_duties(model, out);
    put_rights(model, out);
    for (size_t i = 0; i < model->section_count; i++) {
        buffer_string(out, "section");
        put_text(out, "name", model->sections[i].name);
        put_text(out, "title", model->sections[i].title);
        put_text(out, "anchor", model->sections[i].anchor);
        buffer_char(out, '\n');
    }
    for (size_t i = 0; i < model->clause_count; i++)
        put_clause(model, &model->clauses[i], out);
}

void
model_seal(struct model *model)
{
    struct buffer out = buffer_in(model->arena);
    /* Mostly the text is about as long as the policy: that much at once saves moving it. */
    size_t length = model->sources->list.at[model->tree->source].text.length;
    out.room = length + length / 2 + 4096;
    out.data = arena_alloc(model->arena, out.room);
    put_vocabulary(model, &out);
    avow_sha256(out.data, out.length, model->vocabulary_hash);
    out.length = 0;
    model_dump(model, &out);
    avow_sha256(out.data, out.length, model->content_hash);
    arena_release(model->arena, out.data, out.room);
}
