/* The grammar of .policy files. Actions only build the tree, through the
 * functions of compiler/syntax/build.h; names are looked up much later, and what a sentence may
 * hold is checked when it is finished. A file is a flat row of items, so that an error in one of
 * them cannot lose another; which clause or example an item belongs to, the builder knows.
 * Everything is left-recursive: the depth of the stack does not depend on the input. */
%code requires {
#include "compiler/syntax/tree.h"

struct builder;
}

%code {
#include "compiler/syntax/build.h"

#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

#define YYLLOC_DEFAULT(Current, Rhs, N)                                                            \
    (Current) = (N) ? span_join(YYRHSLOC(Rhs, 1), YYRHSLOC(Rhs, N))                                \
                    : (struct span){YYRHSLOC(Rhs, 0).source, YYRHSLOC(Rhs, 0).end,                 \
                                    YYRHSLOC(Rhs, 0).end}

/* No grammar rule nests, so this is never reached; and the stack is never moved to the heap. */
#define YYINITDEPTH 200
#define YYMAXDEPTH 200

static void grammar_error(const struct span *span, struct builder *build, const char *message);
}

%code provides {
/* The next token for the parser (compiler/syntax/tree.c). */
int grammar_lex(GRAMMAR_STYPE *value, GRAMMAR_LTYPE *span, struct builder *build);
}

%define api.pure full
%define api.prefix {grammar_}
%define api.token.prefix {TOKEN_}
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {struct builder *build}

%union {
    struct name name;
    struct name_list names;
    struct quoted quoted;
    struct literal literal;
    struct condition condition;
    struct moment moment;
    struct timing timing;
    struct member member;
    enum kind kind;
    enum preposition preposition;
}

%token END 0 "the end of the file"

%token NAME "a name" NUMBER "a number" DATE "a date" TIME "a time of day"
%token STRING "words in quotation marks" PROSE "published words"
%token COMMA "a comma" STOP "the full stop" COLON "a colon"
%token KIND "a kind of word" REQUEST "“request”"
%token SECTION "“section”" CLAUSE "“clause”" EXAMPLE "“example”" GIVEN "“given”" THEN "“then”"
%token PROMISE "“promise”" NARRATIVE "“narrative”"
%token WE "“we”" MAY "“MAY”" MUST "“MUST”" NEVER "“NEVER”" ONLY "“only”"
%token NOT "“not”" AND "“and”" OR "“or”" IF "“if”" EXCEPT "“except”"
%token WITHIN "“within”" AT "“at”" AFTER "“after”" UNTIL "“until”" VIA "“via”"
%token BECAUSE "“because”" FORMERLY "“formerly”" BY "“by”" IS "“is”" OF "“of”"
%token FROM "“from”" IN "“in”" FOR "“for”" TO "“to”" WITH "“with”" ABOUT "“about”"
/* Keywords in their places only, elsewhere names. */
%token SUBJECT "“subject to”" ONCE "“once”" ONE "“one of”" KEPT "“kept in”"
%token LAST "“last”" LEAST "“least”" BEFORE "“before”"
%token RECEIVED "“received”" ALLOW "“allow”" WRONG_MODAL "“should”"
%token BASIS "“basis”" CHOOSE "“choose”" REPEATS "“repeats”" AS "“as”" STATED "“stated”"
/* Never part of a sentence. */
%token OPEN_STRING "an open quotation" JUNK "an unreadable character" STRAY "a stray mark"

%type <name> name clause_name verb
%type <names> names clause_names
%type <quoted> quoted label value code
%type <literal> literal
%type <condition> condition
%type <moment> moment
%type <timing> length
%type <member> member
%type <kind> kind
%type <preposition> preposition

%start items

%%

items:
  %empty
| items item
;

item:
  SECTION clause_name quoted STOP { build_section(build, $2, $3, @$); }
| CLAUSE clause_name COLON        { build_clause(build, $2, @$); }
| EXAMPLE quoted COLON            { build_example(build, $2, @$); }
| declaration STOP                { build_declaration(build, @1); }
| sentence STOP                   { build_sentence(build, @1); }
| GIVEN given STOP                { build_given(build, span_join(@1, @2)); }
| THEN sentence STOP              { build_then(build, span_join(@1, @2), @2); }
| ALLOW code label STOP { build_allowance(build, $2, $3, span_join(@1, @3)); }
| PROSE                           { build_prose(build, @1); }
| error STOP                      { build_broken(build, @$); yyerrok; }
| error COLON                     { build_broken(build, @$); yyerrok; }
;

/* The code of a message, which is no name. */
code:
  NAME { $$ = build_word(build, @1); }
;

/* Vocabulary. */

declaration:
  kind name label { declare(build, $1, $2, $3); } parts
;

kind:
  KIND    { $$ = build_kind(build, @1); }
| REQUEST { $$ = KIND_REQUEST; }
;

label:
  %empty { $$ = (struct quoted){0}; }
| quoted
;

parts:
  %empty
| parts part
;

part:
  OF name        { declare_owner(build, $2, @$); }
| AFTER names    { declare_after(build, $2, @$); }
| UNTIL names    { declare_until(build, $2, @$); }
| KEPT IN name   { declare_kept(build, $3, @$); }
| IN names       { declare_in(build, $2, @$); }
| BASIS name quoted { declare_basis(build, $2, $3, @$); }
| AT quoted      { declare_url(build, $2, @$); }
| IS value       { declare_value(build, $2, @$); }
| FORMERLY name  { declare_formerly(build, $2, @$); }
| ONE OF members { declare_members(build, @$); }
;

value:
  quoted
| NUMBER { $$ = build_word(build, @1); }
| DATE   { $$ = build_word(build, @1); }
| NAME   { $$ = build_word(build, @1); }
;

members:
  member            { declare_member(build, $1); }
| members and member { declare_member(build, $3); }
;

member:
  name label { $$ = (struct member){$1, $2}; }
;

/* Sentences. */

sentence:
  subject modal act tails
| subject right tails
| PROMISE BY quoted { say_promise(build, $3); }
| NARRATIVE         { say_narrative(build); }
| REPEATS clause_names { say_repeats(build, $2); }
;

subject:
  WE    { say_we(build, @1); }
| names { say_subjects(build, $1); }
;

modal:
  MAY             { say_mode(build, SENTENCE_MAY, @$); }
| MAY ONLY        { say_mode(build, SENTENCE_MAY_ONLY, @$); }
| NEVER           { say_mode(build, SENTENCE_NEVER, @$); }
| MUST            { say_mode(build, SENTENCE_MUST, @$); }
| MAY NOT         { say_wrong_mode(build, @$, true); }
| MAY NEVER       { say_wrong_mode(build, @$, true); }
| MUST NOT        { say_wrong_mode(build, @$, true); }
| MUST NEVER      { say_wrong_mode(build, @$, true); }
| WRONG_MODAL     { say_wrong_mode(build, @$, false); }
| WRONG_MODAL NOT { say_wrong_mode(build, @$, true); }
| WRONG_MODAL NEVER { say_wrong_mode(build, @$, true); }
;

right:
  MAY REQUEST names { say_right(build, SENTENCE_RIGHT, @1, @2, $3); }
| MAY CHOOSE names  { say_right(build, SENTENCE_CHOICE, @1, @2, $3); }
;

act:
  verb names { say_act(build, $1, $2); }
;

verb:
  name
;

tails:
  %empty
| tails tail
;

tail:
  preposition names        { say_target(build, $1, @1, $2); }
| ONLY preposition names   { say_only_target(build, @1, $2, @2, $3); }
| FOR length               { say_time(build, TIMING_FOR, $2, @$); }
| WITHIN length            { say_time(build, TIMING_WITHIN, $2, @$); }
| AT ONCE                  { say_at_once(build, @$); }
| AFTER names              { say_after(build, $2, @$, (struct span){0}); }
| AT LEAST length BEFORE names { say_lead(build, $3, $5, @$); }
| AFTER LAST names         { say_after(build, $3, @$, @2); }
| IF condition             { say_condition(build, $2, @$); }
| EXCEPT preposition names { say_exception(build, $2, $3, @$); }
| EXCEPT AS STATED         { say_as_stated(build, @$); }
| EXCEPT IF condition      { say_exception_if(build, $3, @$); }
| EXCEPT names             { say_exception(build, PREP_NONE, $2, @$); }
| SUBJECT TO clause_names  { say_subject_to(build, $3, @$); }
| VIA names                { say_via(build, $2, @$); }
| BY moment                { say_by(build, $2, @$); }
| BECAUSE clause_names     { say_because(build, $2, @$); }
;

preposition:
  FROM  { $$ = PREP_FROM; }
| IN    { $$ = PREP_IN; }
| FOR   { $$ = PREP_FOR; }
| TO    { $$ = PREP_TO; }
| WITH  { $$ = PREP_WITH; }
| ABOUT { $$ = PREP_ABOUT; }
;

length:
  NUMBER name      { $$ = build_length(build, @1, $2, (struct name){0}, @$); }
| NUMBER name name { $$ = build_length(build, @1, $2, $3, @$); }
;

condition:
  literal               { $$ = build_condition(build, $1, @$); }
| condition AND literal { $$ = build_and(build, $1, $3, @$); }
| condition COMMA AND literal { $$ = build_and(build, $1, $4, @$); }
| condition COMMA literal { condition_comma(build, @2); $$ = build_and(build, $1, $3, @$); }
| condition or literal  { $$ = build_and(build, $1, $3, @$); }
;

or:
  OR       { condition_or(build, @1); }
| COMMA OR { condition_or(build, @2); }
;

literal:
  name         { $$ = (struct literal){false, $1}; }
| NOT name     { $$ = (struct literal){true, $2}; }
;

/* Examples. */

given:
  name IS condition     { given_is(build, $1, $3); }
| condition             { given_facts(build, $1); }
| name RECEIVED moment  { given_moment(build, GIVEN_RECEIVED, $1, $3); }
| name AT moment        { given_moment(build, GIVEN_AT, $1, $3); }
;

moment:
  DATE      { $$ = build_moment(build, @1, NULL); }
| DATE TIME { $$ = build_moment(build, @1, &@2); }
;

/* Lists and words. */

names:
  name           { $$ = build_names(build, $1); }
| names and name { $$ = build_more_names(build, $1, $3, @$); }
;

and:
  COMMA
| AND
| OR
| COMMA AND
| COMMA OR
;

clause_names:
  clause_name                  { $$ = build_names(build, $1); }
| clause_names and clause_name { $$ = build_more_names(build, $1, $3, @$); }
;

/* Kind words and prepositions are good names of clauses and sections, as in "section about". */
clause_name:
  name
| KIND        { $$ = build_name(build, @1); }
| REQUEST     { $$ = build_name(build, @1); }
| preposition { $$ = build_name(build, @1); }
;

name:
  NAME { $$ = build_name(build, @1); }
;

quoted:
  STRING { $$ = build_quoted(build, @1); }
;

%%

/* Only for a stack that is too deep; mistakes of the author come to the function below. */
static void
grammar_error(const struct span *span, struct builder *build, const char *message)
{
    (void)message;
    diagnose(build->diagnostics, E_DEPTH, *span, "this is nested too deeply");
}

static int
yyreport_syntax_error(const yypcontext_t *context, struct builder *build)
{
    enum { MOST = 64 };
    yysymbol_kind_t kinds[MOST];
    const char *labels[MOST];
    if (diagnostics_full(build->diagnostics)) { /* only counted: no words, so no time */
        diagnose(build->diagnostics, E_FORM, (struct span){build->source, 0, 0}, "Not kept");
        return 0;
    }
    int count = yypcontext_expected_tokens(context, kinds, MOST);
    for (int i = 0; i < count; i++)
        labels[i] = yysymbol_name(kinds[i]);
    build_misfit(build, labels, count < 0 ? 0 : (size_t)count);
    return 0;
}
