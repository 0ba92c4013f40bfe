/* Names and lists, and the items of a file: what is collected becomes part of the tree. */
#include "compiler/syntax/build.h"

struct name_list
build_names(struct builder *build, struct name name)
{
    build->list.count = 0;
    *VECTOR_PUSH(build->arena, &build->list) = name;
    return (struct name_list){build->list.at, 1, name.span};
}

struct name_list
build_more_names(struct builder *build, struct name_list names, struct name name, struct span span)
{
    *VECTOR_PUSH(build->arena, &build->list) = name;
    return (struct name_list){build->list.at, names.count + 1, span};
}

struct name_list
keep_names(struct builder *build, struct name_list names)
{
    struct name *copy = ARENA_ARRAY(build->arena, names.count, struct name);
    memcpy(copy, build->list.at, names.count * sizeof *copy);
    return (struct name_list){copy, names.count, names.span};
}

struct condition
build_condition(struct builder *build, struct literal literal, struct span span)
{
    build->literals.count = 0;
    *VECTOR_PUSH(build->arena, &build->literals) = literal;
    return (struct condition){build->literals.at, 1, span};
}

struct condition
build_and(struct builder *build, struct condition condition, struct literal literal,
          struct span span)
{
    *VECTOR_PUSH(build->arena, &build->literals) = literal;
    return (struct condition){build->literals.at, condition.count + 1, span};
}

struct condition
keep_condition(struct builder *build, struct condition condition)
{
    struct literal *copy = ARENA_ARRAY(build->arena, condition.count, struct literal);
    memcpy(copy, build->literals.at, condition.count * sizeof *copy);
    return (struct condition){copy, condition.count, condition.span};
}

void
condition_or(struct builder *build, struct span span)
{
    build->now.broken = true;
    if (build->reported)
        return;
    build->reported = true;
    diagnose(build->diagnostics, E_FORM, span, "“or” cannot join two conditions");
    diagnose_why(build->diagnostics, "All the conditions of one sentence have to hold together");
    diagnose_fix(build->diagnostics,
                 "Write two sentences, the same but for the condition: one of them is enough");
}

void
condition_comma(struct builder *build, struct span span)
{
    build->now.broken = true;
    if (build->reported)
        return;
    build->reported = true;
    diagnose(build->diagnostics, E_FORM, span, "a comma alone cannot join two conditions");
    diagnose_fix(build->diagnostics, "Write “and” if both have to hold, else two sentences");
}

/* Whether something was reported about the item already. */
static bool
is_troubled(const struct builder *build)
{
    for (size_t i = build->item; i <= build->given; i++)
        if (build->tokens.at[i].flags & TROUBLED)
            return true;
    return build->reported;
}

/* Whether a comment with a full stop in it follows the place where one is missing. */
static bool
stop_in_comment(const struct builder *build)
{
    enum { MOST = 200 };
    struct text text = build->sources->list.at[build->source].text;
    size_t at = build->missing_span.begin, end = at + MOST < text.length ? at + MOST : text.length;
    while (at < end && (text.data[at] == ' ' || text.data[at] == '\t'))
        at++;
    if (at == end || text.data[at] != '#')
        return false;
    while (at < end && text.data[at] != '\n' && text.data[at] != '.')
        at++;
    return at < end && text.data[at] == '.';
}

void
build_item_end(struct builder *build)
{
    int missing = build->missing;
    build->missing = 0;
    build->after_broken = false;
    build_report_names(build);
    if (missing && is_troubled(build))
        return;
    if (missing == TOKEN_STOP) {
        diagnose(build->diagnostics, E_FULL_STOP, build->missing_span,
                 "the full stop at the end of this sentence is missing");
        bool comment = stop_in_comment(build);
        if (comment)
            diagnose_why(build->diagnostics, "What stands behind “#” is a comment, and its full "
                                             "stop does not count");
        diagnose_fix(build->diagnostics,
                     comment ? "Put a full stop before “#”" : "Put a full stop here");
        diagnose_edit(build->diagnostics, build->missing_span, ".");
    } else if (missing == TOKEN_COLON) {
        diagnose(build->diagnostics, E_FORM, build->missing_span,
                 "the colon at the end of this heading is missing");
        diagnose_fix(build->diagnostics, "Put a colon here");
        diagnose_edit(build->diagnostics, build->missing_span, ":");
    }
}

static void
close_clause(struct builder *build)
{
    struct clause_tree *clause = VECTOR_PUSH(build->arena, &build->tree->clauses);
    *clause = build->clause;
    clause->sentence_count = build->sentences.count;
    clause->sentences = VECTOR_KEEP(build->arena, &build->sentences);
    clause->prose_count = build->prose.count;
    clause->prose = VECTOR_KEEP(build->arena, &build->prose);
}

static void
close_example(struct builder *build)
{
    struct example_tree *example = VECTOR_PUSH(build->arena, &build->tree->examples);
    *example = build->example;
    example->given_count = build->givens.count;
    example->givens = VECTOR_KEEP(build->arena, &build->givens);
    example->then_count = build->thens.count;
    example->thens = VECTOR_KEEP(build->arena, &build->thens);
}

void
build_close(struct builder *build)
{
    if (build->container == IN_CLAUSE)
        close_clause(build);
    else if (build->container == IN_EXAMPLE)
        close_example(build);
    build->container = IN_NOTHING;
    build->outside_reported = false;
    build->sentences.count = build->prose.count = 0;
    build->givens.count = build->thens.count = 0;
}

void
build_section(struct builder *build, struct name name, struct quoted title, struct span span)
{
    build->missing = 0; /* a heading's full stop is optional */
    build_item_end(build);
    build_close(build);
    *VECTOR_PUSH(build->arena, &build->tree->sections) = (struct section_tree){name, title, span};
}

void
build_clause(struct builder *build, struct name name, struct span span)
{
    build_item_end(build);
    build_close(build);
    size_t sections = build->tree->sections.count;
    build->clause = (struct clause_tree){
        .name = name, .span = span, .section = sections > 0 ? (uint32_t)sections - 1 : NONE};
    build->container = IN_CLAUSE;
}

void
build_example(struct builder *build, struct quoted title, struct span span)
{
    build_item_end(build);
    build_close(build);
    build->example = (struct example_tree){.title = title, .span = span};
    build->container = IN_EXAMPLE;
}

/* Says once in a row that something stands outside its clause or example. */
static bool
is_outside(struct builder *build, enum container container)
{
    if (build->container == container)
        return false;
    build->tree->incomplete = true;
    bool said = build->outside_reported;
    build->outside_reported = true;
    return !said;
}

static bool
sentence_is_outside(struct builder *build, struct span span)
{
    if (build->container == IN_CLAUSE)
        return false;
    if (!is_outside(build, IN_CLAUSE))
        return true;
    bool example = build->container == IN_EXAMPLE;
    diagnose(build->diagnostics, E_FORM, span,
             example ? "an example holds no rules, only what is given and what follows"
                     : "this sentence stands in no clause");
    diagnose_fix(build->diagnostics, example ? "Begin it with “then”, or begin a clause before it"
                                             : "Begin a clause before it, such as “clause news:”");
    return true;
}

void
build_sentence(struct builder *build, struct span span)
{
    build_item_end(build);
    build->now.span = span;
    if (!sentence_is_outside(build, span)) {
        sentence_check(build);
        *VECTOR_PUSH(build->arena, &build->sentences) = build->now;
        build->clause.span.end = span.end;
    }
    say_nothing(build);
}

void
build_prose(struct builder *build, struct span span)
{
    build->after_broken = false;
    if (build->container != IN_CLAUSE) {
        if (is_outside(build, IN_CLAUSE)) {
            diagnose(build->diagnostics, E_PROSE_PLACE, span, "these words stand in no clause");
            diagnose_why(build->diagnostics, "What is published belongs to the clause whose rules "
                                             "it puts into words");
            diagnose_fix(build->diagnostics, "Begin a clause before it, such as “clause news:”");
        }
        return;
    }
    *VECTOR_PUSH(build->arena, &build->prose) = (struct prose_line){build_text(build, span), span};
    build->clause.span.end = span.end;
}

/* Whether an item that begins with a kind word is a rule after all. */
static bool
is_rule(const struct token *first)
{
    unsigned behind = first[1].kind == TOKEN_NAME ? first[2].kind : TOKEN_END;
    return behind == TOKEN_MAY || behind == TOKEN_NEVER || behind == TOKEN_MUST;
}

/* The names in what was not understood and may have been a declaration: whoever uses them should
 * not be told that they are not declared. */
static void
keep_lost_names(struct builder *build, const struct token *first)
{
    enum { MOST = 10000 }; /* a file of garbage must not fill the memory */
    const struct token *last = &build->tokens.at[build->given];
    for (const struct token *token = first; token <= last && build->tree->lost.count < MOST;
         token++)
        if (token->kind == TOKEN_NAME)
            *VECTOR_PUSH(build->arena, &build->tree->lost) =
                build_name(build, token_span(build->source, *token)).text;
    build->flawed.count = 0;
}

/* The declaration of a name whose sentence was not understood: others may use it. */
static void
keep_broken_word(struct builder *build, const struct token *first, struct span span)
{
    if (first[1].kind != TOKEN_NAME) { /* two kind words, or none of the name */
        keep_lost_names(build, first);
        return;
    }
    *VECTOR_PUSH(build->arena, &build->tree->declarations) = (struct declaration){
        .kind = build_kind(build, token_span(build->source, first[0])),
        .name = build_name(build, token_span(build->source, first[1])),
        .broken = true,
        .span = span,
    };
}

/* The name in a heading that was not understood; nameless, it still holds what follows. */
static struct name
name_of_broken(struct builder *build, const struct token *first)
{
    unsigned kind = first[1].kind;
    if (kind != TOKEN_NAME && kind != TOKEN_KIND && kind != TOKEN_REQUEST) {
        build->tree->clause_lost = true;
        return (struct name){0};
    }
    if (build->joined.length > 0)
        return (struct name){build->joined, token_span(build->source, first[1])};
    return build_name(build, token_span(build->source, first[1]));
}

/* Keeps what is certain about an item that begins with a word of the language; any other one was
 * part of the clause. */
static void
salvage(struct builder *build, const struct token *first, struct span span)
{
    switch (is_rule(first) ? TOKEN_NAME : first->kind) {
    case TOKEN_KIND:
    case TOKEN_REQUEST:
        keep_broken_word(build, first, span);
        break;
    case TOKEN_SECTION:
        build_section(build, name_of_broken(build, first), (struct quoted){0}, span);
        break;
    case TOKEN_CLAUSE:
        build_clause(build, name_of_broken(build, first), span);
        break;
    case TOKEN_EXAMPLE:
        build_example(build, (struct quoted){0}, span);
        break;
    default:
        if (build->clause_meant)
            build_clause(build, name_of_broken(build, first), span);
        else if (build->container == IN_CLAUSE)
            build->clause.span.end = span.end;
        else
            keep_lost_names(build, first);
    }
}

/* The first word behind a place, on its line or the next one; else the place. */
static uint32_t
next_words(const struct builder *build, uint32_t from)
{
    struct text text = build->sources->list.at[build->source].text;
    size_t at = from, lines = 0;
    for (; at < text.length && lines < 2; at++) {
        if (text.data[at] == '\n')
            lines++;
        else if (text.data[at] != ' ' && text.data[at] != '\t' && text.data[at] != '\r')
            break;
    }
    return lines < 2 ? (uint32_t)at : from;
}

void
build_broken(struct builder *build, struct span span)
{
    build->missing = 0;
    build->flawed.count = 0;
    say_nothing(build);
    build->tree->incomplete = true;
    if (build->in_words)
        build->words_end = next_words(build, span.end);
    build->in_words = false;
    if (build->item + 1 < build->tokens.count)
        salvage(build, &build->tokens.at[build->item], span);
    build->joined = TEXT("");
    build->clause_meant = false;
    build->after_broken = true;
}
