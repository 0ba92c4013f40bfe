/* What stands in a .policy file, as it was written: names are not looked up, order is kept,
 * everything has its span. Built by grammar/policy.y, read by the model (and the formatter). */
#ifndef AVOW_SYNTAX_TREE_H
#define AVOW_SYNTAX_TREE_H

#include "compiler/diag/diag.h"

/* Kinds of vocabulary. The order is the order of the leaves' numbers, chosen so that the kinds
 * which an act may name together (place and system, audience and person ...) are neighbours. */
enum kind {
    KIND_DATA,
    KIND_PURPOSE,
    KIND_AUDIENCE,
    KIND_PERSON,
    KIND_PLACE,
    KIND_SYSTEM,
    KIND_REQUEST,
    KIND_EVENT,
    KIND_STATE,
    KIND_FACT,
    KIND_CONTACT,
    KIND_VALUE,
    KIND_COUNT
};

/* "data", "purpose" ...: the word of the language. */
const char *kind_word(enum kind kind);

/* Bytes of the longest name; longer ones are reported and kept whole. */
enum { NAME_MAX_BYTES = 64 };

/* A name as written, folded to small letters when it was not (E_NAME_FORM is reported then). */
struct name {
    struct text text;
    struct span span;
};

/* Text between quotation marks, without them; empty with an empty span when there is none. */
struct quoted {
    struct text text;
    struct span span;
    bool given;
};

struct name_list {
    struct name *at;
    size_t count;
    struct span span;
};

struct basis_part { /* "basis consent "you asked for it"" */
    struct name word;
    struct quoted why;
    struct span span;
};

struct member { /* of "fact region one of eu "the EU", elsewhere." */
    struct name name;
    struct quoted label;
};

struct declaration {
    enum kind kind;
    struct name name;
    struct quoted label;
    struct name owner; /* "of"; text.length is 0 where a part is absent, here and below */
    struct name_list after, until;
    struct name kept_in;
    struct name_list in;
    struct basis_part *bases;
    size_t basis_count;
    struct quoted url;   /* "at" */
    struct quoted value; /* "is": a number or word as written, or a quoted text */
    struct name formerly;
    struct member *members; /* "one of" */
    size_t member_count;
    bool broken; /* it could not be read: kind and name hold, what seems missing means nothing */
    struct span span; /* the whole sentence */
};

struct literal {
    bool negated;
    struct name name;
};

struct condition { /* all of them hold; empty: no condition */
    struct literal *at;
    size_t count;
    struct span span;
};

enum preposition { PREP_NONE, PREP_FROM, PREP_IN, PREP_FOR, PREP_TO, PREP_WITH, PREP_ABOUT };

const char *preposition_word(enum preposition preposition);

struct act {
    struct name verb;
    struct name_list objects;
    enum preposition preposition; /* PREP_NONE: no target was named */
    struct span preposition_span;
    struct name_list targets;
    struct span span;
};

/* "except to couriers" (targets), "except order.phone" (objects: PREP_NONE and names), or "except
 * if stopped" (a condition and no names). */
struct exception {
    enum preposition preposition;
    struct name_list names;
    struct condition condition;
    struct span span;
};

static inline bool
exception_is_case(const struct exception *exception)
{
    return exception->names.count == 0;
}

enum unit { UNIT_HOUR, UNIT_DAY, UNIT_BUSINESS_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR };

enum timing_form {
    TIMING_NONE,
    TIMING_WITHIN,
    TIMING_AT_ONCE,
    TIMING_FOR,
    TIMING_BEFORE /* "at least 30 days before change": counted back from an event */
};

struct timing {
    enum timing_form form;
    uint32_t amount;
    enum unit unit;
    struct span span;
};

enum sentence_form {
    SENTENCE_MAY,
    SENTENCE_MAY_ONLY,
    SENTENCE_NEVER,
    SENTENCE_MUST,
    SENTENCE_RIGHT,  /* "person MAY request R" */
    SENTENCE_CHOICE, /* "person MAY choose STATE" */
    SENTENCE_PROMISE,
    SENTENCE_NARRATIVE,
    SENTENCE_REPEATS, /* "repeats CLAUSE, CLAUSE" */
    SENTENCE_FORMS
};

struct sentence {
    enum sentence_form form;
    struct span span;          /* without the full stop */
    struct span operator_span; /* MAY, MAY only, NEVER, MUST */
    bool we;                   /* the subject is "we" */
    struct name_list subjects; /* else these */
    struct act act; /* of a right: objects are the requests, of a choice the states; of "MUST do":
                       verb "do", likewise */
    struct timing timing; /* TIMING_NONE also in a MUST whose time could not be read */
    struct name_list after;
    struct span last_span;   /* of "last" behind "after": a later report moves the clock */
    struct name_list before; /* of TIMING_BEFORE */
    struct condition condition;
    struct exception *exceptions;
    size_t exception_count;
    struct span as_stated; /* "except as stated", else empty */
    struct name_list subject_to;
    struct name_list via;
    struct name_list repeats; /* clauses that are said again */
    struct quoted owner;      /* of a promise */
    bool broken;              /* its form is wrong: reported, the rest of it holds */
};

/* One line that begins with ">", without the mark and the one space behind it. */
struct prose_line {
    struct text text;
    struct span span; /* of text */
};

struct clause_tree {
    struct name name;
    struct span span; /* from "clause" to the last sentence or line */
    uint32_t section; /* index into sections, NONE before the first */
    struct sentence *sentences;
    size_t sentence_count;
    struct prose_line *prose;
    size_t prose_count;
};

struct allowance_tree {   /* allow W03 "why it is meant so". */
    struct quoted code;   /* as written */
    struct quoted reason; /* not given, or empty: reported */
    uint32_t clause;      /* index into clauses; NONE: it stands behind a declaration */
    uint32_t declaration; /* index into declarations, or NONE */
    struct span span;
};

struct section_tree {
    struct name name;
    struct quoted title;
    struct span span;
};

enum given_form {
    GIVEN_IS,       /* "customer is stopped and not subscribed" */
    GIVEN_FACTS,    /* "region.eu and not leap-year" */
    GIVEN_RECEIVED, /* "join-news received 2026-03-01 14:30" */
    GIVEN_AT        /* "order-closed at 2026-03-01" */
};

struct moment { /* as written: a civil date, and a time of day if there is one */
    int32_t year;
    uint8_t month, day, hour, minute;
    bool has_time;
    struct span span;
};

struct given {
    enum given_form form;
    struct name subject; /* of IS, RECEIVED, AT */
    struct condition literals;
    struct moment moment;
    struct span span;
};

enum then_form {
    THEN_ACT, /* a sentence with MAY or NEVER */
    THEN_DUE  /* "we MUST do join-news by 2026-03-04" */
};

struct then {
    enum then_form form;
    struct sentence sentence;
    struct moment by;
    struct name_list because;
    struct span span;
};

struct example_tree {
    struct quoted title;
    struct given *givens;
    size_t given_count;
    struct then *thens;
    size_t then_count;
    struct span span;
};

/* A key of the front matter that the language does not know: passed on to the page's own. */
struct extra_setting {
    struct text key;
    struct text yaml; /* the key's lines as written, with their line ends, comments included */
};

struct date {
    int32_t year;
    uint8_t month, day;
};

struct settings {
    struct text policy; /* the id: a name without dots */
    struct text title;
    struct text language; /* BCP 47; empty if it was none */
    struct date effective;
    struct text revision;  /* empty if absent */
    struct text calendar;  /* path as written, empty if absent */
    struct date announced; /* when this version was made known; year 0 if that is not said */
    bool first_version;    /* "announced: first": nobody was to be told of a change */
    struct span policy_span, title_span, language_span, effective_span, revision_span,
        calendar_span, announced_span;
    struct extra_setting *extras;
    size_t extra_count;
};

struct tree {
    const struct sources *sources;
    uint32_t source;
    bool incomplete; /* parts of the file could not be read: what seems missing may well be there */
    bool clause_lost;         /* a clause is there whose name could not be read */
    VECTOR(struct text) lost; /* names in what could not be read: they may be declared there */
    struct settings settings;
    VECTOR(struct declaration) declarations;
    VECTOR(struct section_tree) sections;
    VECTOR(struct clause_tree) clauses;       /* in page order */
    VECTOR(struct allowance_tree) allowances; /* in the order of the file */
    VECTOR(struct example_tree) examples;
};

/* Reads tokens and front matter of a source already loaded; what is wrong goes to diagnostics, and
 * the tree holds everything that could be understood. */
struct tree *tree_read(struct arena *arena, const struct sources *sources, uint32_t source,
                       struct diagnostics *diagnostics);

/* Stable text of all tokens, and of the tree: --dump=tokens, --dump=syntax. */
void tokens_dump(struct arena *arena, const struct sources *sources, uint32_t source,
                 struct diagnostics *diagnostics, struct buffer *out);
void tree_dump(const struct tree *tree, struct buffer *out);

/* The same for texts whose layout differs. */
void tree_dump_without_places(const struct tree *tree, struct buffer *out);

/* The words that cannot be names, sorted, NULL at the end. */
extern const char *const reserved_words[];

#endif
