/* Stable text of tokens and tree: a line each, with its place. */
#include "compiler/base/names.h"
#include "compiler/syntax/front.h"
#include "compiler/syntax/tokens.h"

static const char *
token_word(unsigned kind)
{
    switch (kind) {
    case TOKEN_NAME:
        return "name";
    case TOKEN_NUMBER:
        return "number";
    case TOKEN_DATE:
        return "date";
    case TOKEN_TIME:
        return "time";
    case TOKEN_STRING:
        return "words";
    case TOKEN_PROSE:
        return "prose";
    case TOKEN_COMMA:
    case TOKEN_STOP:
    case TOKEN_COLON:
    case TOKEN_STRAY:
        return "mark";
    case TOKEN_END:
        return "end";
    default:
        return "keyword";
    }
}

static void
add_place(struct buffer *out, const struct source *source, uint32_t at)
{
    struct place place = source_place(source, at);
    buffer_format(out, "%u:%u", place.line, place.column);
}

void
tokens_dump(struct arena *arena, const struct sources *sources, uint32_t source,
            struct diagnostics *diagnostics, struct buffer *out)
{
    const struct source *from = &sources->list.at[source];
    struct settings settings;
    memset(&settings, 0, sizeof settings);
    uint32_t body = front_read(arena, sources, source, &settings, diagnostics);
    struct tokens tokens = tokens_read(arena, sources, source, body, diagnostics);
    for (size_t i = 0; i < tokens.count; i++) {
        struct token token = tokens.at[i];
        if (token.flags & (STOP_BEFORE | COLON_BEFORE)) {
            add_place(out, from, tokens.at[i - 1].end);
            buffer_format(out, " missing %s\n", token.flags & STOP_BEFORE ? "." : ":");
        }
        add_place(out, from, token.begin);
        buffer_format(out, " %s", token_word(token.kind));
        if (token.end > token.begin)
            buffer_format(out, " %.*s", (int)(token.end - token.begin),
                          from->text.data + token.begin);
        buffer_char(out, '\n');
    }
}

struct dump {
    const struct tree *tree;
    const struct source *source;
    struct buffer *out;
    bool places;
};

/* Begins a line: depth, what it is, where. */
static void
begin_line(const struct dump *dump, unsigned depth, const char *what, struct span span)
{
    buffer_fill(dump->out, ' ', (size_t)depth * 2);
    buffer_format(dump->out, "%s ", what);
    if (!dump->places)
        return;
    add_place(dump->out, dump->source, span.begin);
    buffer_char(dump->out, '-');
    add_place(dump->out, dump->source, span.end);
}

static void
end_line(const struct dump *dump)
{
    buffer_char(dump->out, '\n');
}

static void
add_name(const struct dump *dump, const char *before, struct name name)
{
    if (name.text.length > 0)
        buffer_format(dump->out, " %s%s%.*s", before, *before ? " " : "", TEXT_ARGS(name.text));
}

static void
add_names(const struct dump *dump, const char *before, struct name_list names)
{
    for (size_t i = 0; i < names.count; i++) {
        if (i == 0)
            buffer_format(dump->out, " %s%s", before, *before ? " " : "");
        else
            buffer_string(dump->out, ", ");
        buffer_add(dump->out, names.at[i].text);
    }
}

static void
add_quoted(const struct dump *dump, const char *before, struct quoted quoted)
{
    if (quoted.given)
        buffer_format(dump->out, " %s%s\"%.*s\"", before, *before ? " " : "",
                      TEXT_ARGS(quoted.text));
}

static void
add_condition(const struct dump *dump, const char *before, struct condition condition)
{
    for (size_t i = 0; i < condition.count; i++)
        buffer_format(dump->out, "%s%s%.*s", i ? " and " : before,
                      condition.at[i].negated ? "not " : "", TEXT_ARGS(condition.at[i].name.text));
}

static void
add_moment(const struct dump *dump, const char *before, struct moment moment)
{
    buffer_format(dump->out, " %s %04d-%02u-%02u", before, (int)moment.year, moment.month,
                  moment.day);
    if (moment.has_time)
        buffer_format(dump->out, " %02u:%02u", moment.hour, moment.minute);
}

static void
add_timing(const struct dump *dump, struct timing timing)
{
    static const char *const units[] = {"hours", "days",   "business days",
                                        "weeks", "months", "years"};
    if (timing.form == TIMING_AT_ONCE)
        buffer_string(dump->out, " at once");
    else if (timing.form != TIMING_NONE)
        buffer_format(dump->out, " %s %u %s",
                      timing.form == TIMING_FOR      ? "for"
                      : timing.form == TIMING_BEFORE ? "at least"
                                                     : "within",
                      timing.amount, units[timing.unit]);
}

static void
dump_settings(const struct dump *dump)
{
    const struct settings *settings = &dump->tree->settings;
    struct date date = settings->effective;
    buffer_format(dump->out, "policy %.*s\ntitle %.*s\nlanguage %.*s\n",
                  TEXT_ARGS(settings->policy), TEXT_ARGS(settings->title),
                  TEXT_ARGS(settings->language));
    buffer_format(dump->out, "effective %04d-%02u-%02u\n", (int)date.year, date.month, date.day);
    if (settings->revision.length > 0)
        buffer_format(dump->out, "revision %.*s\n", TEXT_ARGS(settings->revision));
    if (settings->calendar.length > 0)
        buffer_format(dump->out, "calendar %.*s\n", TEXT_ARGS(settings->calendar));
    if (settings->first_version)
        buffer_string(dump->out, "announced first\n");
    else if (settings->announced.year > 0)
        buffer_format(dump->out, "announced %04d-%02u-%02u\n", (int)settings->announced.year,
                      settings->announced.month, settings->announced.day);
    for (size_t i = 0; i < settings->extra_count; i++)
        buffer_format(dump->out, "extra %.*s\n%.*s", TEXT_ARGS(settings->extras[i].key),
                      TEXT_ARGS(settings->extras[i].yaml));
}

static void
dump_declaration(const struct dump *dump, const struct declaration *declaration)
{
    begin_line(dump, 0, kind_word(declaration->kind), declaration->span);
    add_name(dump, "", declaration->name);
    add_quoted(dump, "", declaration->label);
    add_name(dump, "of", declaration->owner);
    add_names(dump, "after", declaration->after);
    add_names(dump, "until", declaration->until);
    add_name(dump, "kept in", declaration->kept_in);
    add_names(dump, "in", declaration->in);
    for (size_t i = 0; i < declaration->basis_count; i++) {
        add_name(dump, "basis", declaration->bases[i].word);
        add_quoted(dump, "", declaration->bases[i].why);
    }
    add_quoted(dump, "at", declaration->url);
    add_quoted(dump, "is", declaration->value);
    add_name(dump, "formerly", declaration->formerly);
    if (declaration->broken)
        buffer_string(dump->out, " (broken)");
    end_line(dump);
    for (size_t i = 0; i < declaration->member_count; i++) {
        begin_line(dump, 1, "member", declaration->members[i].name.span);
        add_name(dump, "", declaration->members[i].name);
        add_quoted(dump, "", declaration->members[i].label);
        end_line(dump);
    }
}

static const char *
form_word(enum sentence_form form)
{
    static const char *const words[] = {"may",    "may-only", "never",     "must",   "right",
                                        "choice", "promise",  "narrative", "repeats"};
    return words[form];
}

static void
add_act(const struct dump *dump, const struct act *act)
{
    add_name(dump, "", act->verb);
    add_names(dump, "", act->objects);
    if (act->preposition != PREP_NONE)
        add_names(dump, preposition_word(act->preposition), act->targets);
}

static void
dump_exceptions(const struct dump *dump, unsigned depth, const struct sentence *sentence)
{
    for (size_t i = 0; i < sentence->exception_count; i++) {
        const struct exception *exception = &sentence->exceptions[i];
        begin_line(dump, depth, "except", exception->span);
        add_names(dump, preposition_word(exception->preposition), exception->names);
        add_condition(dump, " if ", exception->condition);
        end_line(dump);
    }
}

static void
dump_sentence(const struct dump *dump, unsigned depth, const struct sentence *sentence)
{
    begin_line(dump, depth, form_word(sentence->form), sentence->span);
    if (sentence->we)
        buffer_string(dump->out, " we");
    add_names(dump, "", sentence->subjects);
    if (sentence->act.verb.text.length > 0) {
        buffer_string(dump->out, ":");
        add_act(dump, &sentence->act);
    }
    add_timing(dump, sentence->timing);
    add_names(dump, "before", sentence->before);
    add_names(dump, span_given(sentence->last_span) ? "after last" : "after", sentence->after);
    add_condition(dump, " if ", sentence->condition);
    if (sentence->as_stated.end > sentence->as_stated.begin)
        buffer_string(dump->out, " except as stated");
    add_names(dump, "subject to", sentence->subject_to);
    add_names(dump, "via", sentence->via);
    add_names(dump, "", sentence->repeats);
    add_quoted(dump, "by", sentence->owner);
    if (sentence->broken)
        buffer_string(dump->out, " (broken)");
    end_line(dump);
    dump_exceptions(dump, depth + 1, sentence);
}

static void
dump_section(const struct dump *dump, const struct section_tree *section)
{
    begin_line(dump, 0, "section", section->span);
    add_name(dump, "", section->name);
    add_quoted(dump, "", section->title);
    end_line(dump);
}

static void
dump_clause(const struct dump *dump, const struct clause_tree *clause)
{
    begin_line(dump, 0, "clause", clause->span);
    add_name(dump, "", clause->name);
    if (clause->section != NONE)
        add_name(dump, "in", dump->tree->sections.at[clause->section].name);
    end_line(dump);
    for (size_t i = 0; i < clause->sentence_count; i++)
        dump_sentence(dump, 1, &clause->sentences[i]);
    for (size_t i = 0; i < clause->prose_count; i++) {
        begin_line(dump, 1, "prose", clause->prose[i].span);
        buffer_format(dump->out, " >%s%.*s", clause->prose[i].text.length > 0 ? " " : "",
                      TEXT_ARGS(clause->prose[i].text));
        end_line(dump);
    }
}

static void
dump_allowance(const struct dump *dump, const struct allowance_tree *allowance)
{
    begin_line(dump, 0, "allow", allowance->span);
    buffer_format(dump->out, " %.*s", TEXT_ARGS(allowance->code.text));
    add_quoted(dump, "", allowance->reason);
    add_name(dump, "in",
             allowance->clause != NONE ? dump->tree->clauses.at[allowance->clause].name
                                       : dump->tree->declarations.at[allowance->declaration].name);
    end_line(dump);
}

static void
dump_given(const struct dump *dump, const struct given *given)
{
    begin_line(dump, 1, "given", given->span);
    add_name(dump, "", given->subject);
    if (given->form == GIVEN_RECEIVED || given->form == GIVEN_AT)
        add_moment(dump, given->form == GIVEN_AT ? "at" : "received", given->moment);
    else
        add_condition(dump, given->form == GIVEN_IS ? " is " : " ", given->literals);
    end_line(dump);
}

static void
dump_example(const struct dump *dump, const struct example_tree *example)
{
    begin_line(dump, 0, "example", example->span);
    add_quoted(dump, "", example->title);
    end_line(dump);
    for (size_t i = 0; i < example->given_count; i++)
        dump_given(dump, &example->givens[i]);
    for (size_t i = 0; i < example->then_count; i++) {
        const struct then *then = &example->thens[i];
        begin_line(dump, 1, "then", then->span);
        if (then->form == THEN_DUE)
            add_moment(dump, "by", then->by);
        add_names(dump, "because", then->because);
        end_line(dump);
        dump_sentence(dump, 2, &then->sentence);
    }
}

static void
dump_tree(const struct tree *tree, bool places, struct buffer *out)
{
    struct dump dump = {tree, &tree->sources->list.at[tree->source], out, places};
    dump_settings(&dump);
    for (size_t i = 0; i < tree->declarations.count; i++)
        dump_declaration(&dump, &tree->declarations.at[i]);
    size_t section = 0;
    for (size_t i = 0; i < tree->clauses.count; i++) {
        const struct clause_tree *clause = &tree->clauses.at[i];
        while (clause->section != NONE && section <= clause->section)
            dump_section(&dump, &tree->sections.at[section++]);
        dump_clause(&dump, clause);
    }
    while (section < tree->sections.count)
        dump_section(&dump, &tree->sections.at[section++]);
    for (size_t i = 0; i < tree->allowances.count; i++)
        dump_allowance(&dump, &tree->allowances.at[i]);
    for (size_t i = 0; i < tree->examples.count; i++)
        dump_example(&dump, &tree->examples.at[i]);
}

void
tree_dump(const struct tree *tree, struct buffer *out)
{
    dump_tree(tree, true, out);
}

void
tree_dump_without_places(const struct tree *tree, struct buffer *out)
{
    dump_tree(tree, false, out);
}
