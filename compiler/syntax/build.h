/* Building the tree: what the actions of grammar/policy.y do. */
#ifndef AVOW_SYNTAX_BUILD_H
#define AVOW_SYNTAX_BUILD_H

#include "compiler/base/names.h"
#include "compiler/syntax/tokens.h"

/* Where sentences and lines go. */
enum container { IN_NOTHING, IN_CLAUSE, IN_EXAMPLE };

/* Only one list is under construction at a time, one sentence, one declaration, one clause: each
 * is collected here and copied into the arena, at its exact size, when it is complete. */
struct builder {
    struct arena *arena;
    const struct sources *sources;
    uint32_t source;
    struct diagnostics *diagnostics;
    struct tree *tree;

    struct tokens tokens;
    size_t given;  /* token that the parser has last seen, or the one behind what was supplied */
    size_t next;   /* token to be given to the parser */
    bool supplied; /* what is missing before it was given already */
    bool at_end;   /* what the parser has last seen ended an item */
    size_t item;   /* first token of the item that the parser is in */
    int missing;   /* TOKEN_STOP or TOKEN_COLON: supplied at the end of that item, 0: none */
    struct span missing_span;

    VECTOR(struct name) list;
    VECTOR(struct literal) literals;

    struct declaration word;
    VECTOR(struct member) members;
    VECTOR(struct basis_part) bases;

    struct sentence now;
    VECTOR(struct exception) exceptions;
    struct span except_span; /* of the last "except to ...", empty if there was none */
    struct span only_span;   /* of "only" before a preposition */
    struct span via_span, time_span, after_span;
    struct moment by;
    struct name_list because;
    bool reported; /* something was said about this sentence already */

    struct names declared; /* names to the tokens that declare them, when they were needed */
    bool declared_read;
    bool clause_meant;  /* the item is the heading of a clause, misspelled */
    struct text joined; /* the name that several words of this item were meant as, or empty */

    bool after_broken;  /* the last item was not understood */
    bool in_words;      /* the item is words for the reader, taken for a rule */
    uint32_t words_end; /* where a row of them may go on */
    enum container container;
    bool outside_reported; /* that something stands outside its container */
    struct clause_tree clause;
    VECTOR(struct sentence) sentences;
    VECTOR(struct prose_line) prose;
    struct example_tree example;
    VECTOR(struct given) givens;
    VECTOR(struct then) thens;

    VECTOR(struct span) flawed;  /* names of this item that are not as names should be */
    struct names reported_names; /* names whose form was complained about */
};

/* Words. */
struct name build_name(struct builder *build, struct span span);
struct quoted build_quoted(struct builder *build, struct span span);
struct quoted build_word(struct builder *build, struct span span);
enum kind build_kind(struct builder *build, struct span span);
struct moment build_moment(struct builder *build, struct span date, const struct span *time);
struct timing build_length(struct builder *build, struct span number, struct name first,
                           struct name second, struct span span);

/* A date as 2026-03-01; false if it is no day of the calendar. */
bool read_date(struct text t, struct date *date);

/* Lists: the first element, then one more; what they give holds until the next list begins. */
struct name_list build_names(struct builder *build, struct name name);
struct name_list build_more_names(struct builder *build, struct name_list names, struct name name,
                                  struct span span);
struct condition build_condition(struct builder *build, struct literal literal, struct span span);
struct condition build_and(struct builder *build, struct condition condition,
                           struct literal literal, struct span span);
void condition_or(struct builder *build, struct span span);
void condition_comma(struct builder *build, struct span span);
/* Copies of them that stay. */
struct name_list keep_names(struct builder *build, struct name_list names);
struct condition keep_condition(struct builder *build, struct condition condition);

/* Items. */
void build_section(struct builder *build, struct name name, struct quoted title, struct span span);
void build_clause(struct builder *build, struct name name, struct span span);
void build_example(struct builder *build, struct quoted title, struct span span);
void build_declaration(struct builder *build, struct span span);
void build_sentence(struct builder *build, struct span span);
void build_given(struct builder *build, struct span span);
void build_then(struct builder *build, struct span span, struct span sentence);
void build_prose(struct builder *build, struct span span);
void build_allowance(struct builder *build, struct quoted code, struct quoted reason,
                     struct span span);
/* When all clauses are complete: tells the diagnostics what is allowed where. */
void build_allowances_end(struct builder *build);
/* An item that was not understood and was skipped: keeps what is certain about it. */
void build_broken(struct builder *build, struct span span);
/* Closes the clause or example that is open. */
void build_close(struct builder *build);
/* Says what is wrong with names of an item that was otherwise understood. */
void build_report_names(struct builder *build);
/* The same, and that the full stop or colon behind the item is missing, if it is. */
void build_item_end(struct builder *build);

/* A word of the vocabulary. */
void declare(struct builder *build, enum kind kind, struct name name, struct quoted label);
void declare_owner(struct builder *build, struct name name, struct span span);
void declare_after(struct builder *build, struct name_list names, struct span span);
void declare_until(struct builder *build, struct name_list names, struct span span);
void declare_kept(struct builder *build, struct name name, struct span span);
void declare_in(struct builder *build, struct name_list names, struct span span);
void declare_basis(struct builder *build, struct name word, struct quoted why, struct span span);
void declare_url(struct builder *build, struct quoted url, struct span span);
void declare_value(struct builder *build, struct quoted value, struct span span);
void declare_formerly(struct builder *build, struct name name, struct span span);
void declare_member(struct builder *build, struct member member);
void declare_members(struct builder *build, struct span span);

/* A sentence. */
void say_we(struct builder *build, struct span span);
void say_subjects(struct builder *build, struct name_list names);
void say_mode(struct builder *build, enum sentence_form form, struct span span);
void say_wrong_mode(struct builder *build, struct span span, bool negated);
void say_act(struct builder *build, struct name verb, struct name_list objects);
void say_right(struct builder *build, enum sentence_form form, struct span may, struct span verb,
               struct name_list names);
void say_target(struct builder *build, enum preposition preposition, struct span span,
                struct name_list names);
void say_only_target(struct builder *build, struct span only, enum preposition preposition,
                     struct span span, struct name_list names);
void say_time(struct builder *build, enum timing_form form, struct timing length, struct span span);
void say_at_once(struct builder *build, struct span span);
/* "at least 30 days before change" */
void say_lead(struct builder *build, struct timing length, struct name_list names,
              struct span span);
void say_after(struct builder *build, struct name_list names, struct span span, struct span last);
void say_condition(struct builder *build, struct condition condition, struct span span);
void say_exception(struct builder *build, enum preposition preposition, struct name_list names,
                   struct span span);
void say_exception_if(struct builder *build, struct condition condition, struct span span);
void say_as_stated(struct builder *build, struct span span);
void say_subject_to(struct builder *build, struct name_list clauses, struct span span);
void say_via(struct builder *build, struct name_list contacts, struct span span);
void say_by(struct builder *build, struct moment moment, struct span span);
void say_because(struct builder *build, struct name_list clauses, struct span span);
void say_promise(struct builder *build, struct quoted owner);
void say_narrative(struct builder *build);
void say_repeats(struct builder *build, struct name_list clauses);
/* Forgets the sentence that was collected. */
void say_nothing(struct builder *build);
/* Checks of the finished sentence that need all of it. */
void sentence_check(struct builder *build);
void then_check(struct builder *build, struct span span);

/* A line "given". */
void given_is(struct builder *build, struct name subject, struct condition condition);
void given_facts(struct builder *build, struct condition condition);
void given_moment(struct builder *build, enum given_form form, struct name subject,
                  struct moment moment);

/* The token that does not fit where the parser is, with what would. */
void build_misfit(struct builder *build, const char *const *wanted, size_t count);

static inline struct text
build_text(const struct builder *build, struct span span)
{
    return span_text(build->sources, span);
}

#endif
