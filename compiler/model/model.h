/* The resolved policy: names are symbols, sentences are rules, holes are words. Flat, sorted,
 * immutable once made. Every check, the reference evaluator and every back end reads this and
 * nothing else.
 *
 * Leaves of all kinds share one numbering: by kind (enum kind), in a kind by hierarchy in pre-order
 * (siblings in order of first appearance). So the leaves of any name are one interval, and a set is
 * a short list of intervals. "us" is the first system leaf (the actor) and the first audience leaf.
 * States and facts are neighbours in the numbering: the bit of either is its leaf less the first
 * state leaf. */
#ifndef AVOW_MODEL_MODEL_H
#define AVOW_MODEL_MODEL_H

#include "compiler/base/names.h"
#include "compiler/syntax/tree.h"

struct interval { /* leaves low..high, high not included */
    uint32_t low, high;
};

struct set { /* sorted, not empty, not touching */
    const struct interval *at;
    size_t count;
};

bool set_has(struct set set, uint32_t leaf);
uint32_t set_size(struct set set);
struct set set_union(struct arena *arena, struct set a, struct set b);
struct set set_minus(struct arena *arena, struct set a, struct set b);
struct set set_both(struct arena *arena, struct set a, struct set b);
bool set_meets(struct set a, struct set b);
bool set_within(struct set inner, struct set outer);
bool set_same(struct set a, struct set b);
/* The set of intervals in any order, which may be empty, touch or overlap. They are sorted in
 * place and become the set. */
struct set set_from(struct interval *intervals, size_t count);

/* Why personal data may be processed at all: Article 6(1) of the GDPR, a to f in this order:
 * consent, contract, law (a legal obligation), vital interests, a public task, legitimate
 * interests. */
enum basis_kind {
    BASIS_CONSENT,
    BASIS_CONTRACT,
    BASIS_LAW,
    BASIS_VITAL,
    BASIS_PUBLIC,
    BASIS_INTEREST,
    BASIS_COUNT
};

/* "consent", "contract" ...: the word of the language. */
const char *basis_word(enum basis_kind kind);

struct basis {
    enum basis_kind kind;
    struct text why; /* as published */
    struct span span;
};

struct symbol {
    enum kind kind;
    struct text name;  /* whole dotted name */
    struct text label; /* never empty: the name with spaces for hyphens where none is given */
    bool group;        /* has names under it */
    bool declared;     /* a group may be implied */
    bool built_in;     /* us, and events of events.h: declared nowhere */
    struct span span;  /* of the name where declared, or of the first name under it */
    uint32_t parent;   /* symbol of the group, or NONE */
    uint32_t owner; /* symbol of the person or data it is of (its group's if it has none), NONE */
    struct interval leaves;  /* one leaf, or those of the group */
    struct set owners;       /* leaves of the direct owners; of a group: of all its members */
    struct set persons;      /* whom it is about through all owners; of a person: itself */
    struct set after, until; /* of a state: request and event leaves */
    uint32_t kept_in;        /* symbol of a place, or NONE */
    /* Of a purpose: its legal bases; of an audience or system: the grounds of sending data there.
     * As written; a member that says none has those of its group. So with the places. */
    const struct basis *bases;
    size_t basis_count;
    const uint32_t *in; /* of an audience or system: symbols of the places where it is */
    size_t in_count;
    struct text url;   /* "at"; empty if absent */
    struct text value; /* "is" */
    struct text formerly;
    bool one_of;     /* a fact group of which exactly one holds */
    uint32_t clause; /* of the event that the duties of a clause are done, else NONE */
};

enum verb {
    VERB_COLLECT,
    VERB_STORE,
    VERB_USE,
    VERB_SHOW,
    VERB_SHARE,
    VERB_EMAIL,
    VERB_TEXT,
    VERB_CALL,
    VERB_POST,
    VERB_QUESTIONS, /* verbs up to here can be asked about */
    VERB_DO = VERB_QUESTIONS,
    VERB_ERASE,
    VERB_KEEP,
    VERB_TELL,
    VERB_COUNT
};

/* The one table of acts. Kinds of a target are given as a range: they are neighbours. */
struct verb_form {
    const char *word;
    enum kind object;
    enum preposition preposition;
    enum kind target_first, target_last; /* inclusive */
    bool target_optional;                /* may be left out in a duty */
};

extern const struct verb_form verb_forms[VERB_COUNT];

struct cube { /* states that must hold, and must not; disjoint, else the cube is empty */
    uint64_t need, forbid;
};

/* REST, "NEVER ..., except as stated": a prohibition of whatever no MAY permits for certain. */
enum mode { MODE_NEVER, MODE_MAY, MODE_REST };

struct rule {
    enum mode mode;
    enum verb verb;
    struct set actors, objects, targets; /* none empty */
    struct cube when;
    uint32_t clause;
    uint32_t sentence; /* index into model->sentences */
};

/* One sentence of a clause as it was resolved: what rules, duties and rights it became. */
struct sentence_model {
    const struct sentence *tree;
    uint32_t clause;
    uint32_t first_rule, rule_count;
    uint32_t first_duty, duty_count;
    uint32_t first_right, right_count;
    const uint32_t *subject_to; /* clauses */
    size_t subject_to_count;
};

struct right { /* who may ask for what */
    struct set persons;
    struct set requests;
    const uint32_t *contacts; /* symbols, as written; none: any way */
    size_t contact_count;
    struct cube when;
    uint32_t clause, sentence;
};

struct duty {
    enum verb verb; /* do, erase, keep, tell, or an act of the questions */
    struct set actors;
    struct set objects; /* requests of do, data of erase and keep, persons of tell ... */
    struct set targets; /* may be empty: no target was named */
    struct timing timing;
    struct set after; /* requests and events that start the clock; empty: see language.md. Of
                         TIMING_BEFORE the planned events from which it counts back */
    bool last;        /* the last of them does, not the first */
    struct cube when;
    uint32_t clause, sentence;
};

enum node_kind {
    NODE_PARAGRAPH,
    NODE_LIST,
    NODE_ITEM,
    NODE_QUOTE,
    NODE_TABLE, /* a hole that is a table; only at the top of a clause */
    NODE_TEXT,  /* inline from here on */
    NODE_CODE,
    NODE_EMPHASIS,
    NODE_STRONG,
    NODE_LINK,
    NODE_HOLE,
    NODE_SOFT_BREAK,
    NODE_LINE_BREAK
};

struct node {         /* of the parsed prose of a clause */
    struct text text; /* of TEXT and CODE; the address of LINK */
    const struct node *child, *next;
    enum node_kind kind;
    uint32_t hole;  /* of HOLE and TABLE: index into the clause's holes */
    uint32_t start; /* of an ordered LIST */
    bool ordered;   /* of LIST */
    bool tight;     /* of LIST */
};

struct cell { /* what stands in it, line by line; it may be empty */
    const struct text *lines;
    size_t count;
};

enum table_sort { TABLE_PURPOSES, TABLE_RETENTION, TABLE_COOKIES, TABLE_RECIPIENTS, TABLE_SORTS };

/* A table that the rules have filled. The first cell of a row names it. */
struct table {
    enum table_sort sort;
    struct text name;         /* for those who do not see it as a table */
    const struct text *heads; /* what stands over the columns */
    size_t column_count;
    const struct cell *cells; /* row by row */
    size_t row_count;
    const uint32_t *sentences; /* whose rules and duties it publishes, sorted */
    size_t sentence_count;
};

enum hole_kind {
    HOLE_NAME,
    HOLE_DEADLINE,
    HOLE_LIST,
    HOLE_LINK,
    HOLE_VALUE,
    HOLE_DATE,
    HOLE_TABLE,
    HOLE_BASIS,
    HOLE_TOTAL
};

struct hole {
    enum hole_kind kind;
    uint32_t symbol;   /* of what it names; NONE for DATE and a DEADLINE of a clause */
    uint32_t clause;   /* of a TOTAL, and of a DEADLINE of a clause, else NONE */
    uint32_t duty;     /* whose time a DEADLINE gives, else NONE */
    struct text words; /* as published */
    struct text url;   /* of LINK */
    struct span span;
    const struct table *table; /* of TABLE */
};

enum clause_class {
    CLAUSE_ENFORCED,
    CLAUSE_DUTY,
    CLAUSE_PROMISE,
    CLAUSE_NARRATIVE,
    CLAUSE_CLASSES
};

/* "enforced", "duty", "promise", "narrative" */
const char *clause_class_word(enum clause_class class);

struct clause {
    struct text name;
    struct text anchor; /* the name: unique on the page, also against section anchors */
    struct span span;
    uint32_t section;        /* index, or NONE */
    enum clause_class class; /* the strongest of its sentences and of the clauses that it repeats */
    const uint32_t *repeats; /* clauses that it says again, itself or through others, each once */
    size_t repeat_count;
    uint32_t first_sentence, sentence_count;
    bool new_paragraph;       /* its prose begins a paragraph of its own */
    const struct node *prose; /* first block, NULL if it publishes nothing */
    const struct hole *holes;
    size_t hole_count;
    struct text words; /* the prose as plain text, holes filled, paragraphs parted by "\n\n" */
};

struct section {
    struct text name;
    struct text title;
    struct text anchor;
    uint32_t number; /* from 1 */
    struct span span;
};

struct zone_change { /* from this instant on the zone is this many seconds east of UTC */
    int64_t instant; /* Unix seconds */
    int32_t offset;
};

/* Civil time for the policy's deadlines, complete from `from` to `until`. */
struct calendar {
    struct text name;   /* of the file, without folder and ending; empty if there is no calendar */
    struct text zone;   /* IANA name; "UTC" without a calendar */
    struct text tzdata; /* version, such as 2026a */
    uint8_t working_days;    /* bit 0 Monday ... bit 6 Sunday */
    uint16_t cut_off;        /* minutes after midnight; 1440 means none */
    const int32_t *holidays; /* days since 1970-01-01, sorted */
    size_t holiday_count;
    int32_t valid_until; /* last civil day for which holidays are known, days since 1970-01-01 */
    int64_t from, until; /* Unix seconds: effective - 1 year .. effective + 25 years */
    const struct zone_change *changes; /* the first is at or before from */
    size_t change_count;
    bool business; /* a calendar file was named */
};

struct locale; /* compiler/model/locale.h */

struct moment_of { /* something that happened, and when */
    uint32_t what; /* leaf of a request, event or state; NONE: collection of the data */
    int64_t at;    /* Unix seconds */
};

enum expectation {
    EXPECT_MAY,
    EXPECT_NEVER,     /* not allowed */
    EXPECT_FORBIDDEN, /* not allowed because a clause says so */
    EXPECT_UNSTATED,  /* not allowed because none permits it */
    EXPECT_DUE
};

struct example_then {
    const struct then *tree;
    enum expectation expects;
    enum verb verb;
    struct set actors, objects, targets; /* it must hold for all of them */
    struct cube given;                   /* of the example and of the line itself */
    const uint32_t *because;             /* clauses */
    size_t because_count;
    int64_t by,
        by_end; /* of DUE: the instant that is expected, Unix seconds, by_end not included */
};

struct example { /* what it says; whether it holds is for the check that proves it */
    const struct example_tree *tree; /* NULL if it was not written as one */
    struct text title;
    uint64_t pending; /* states that a received request is about to switch: unknown */
    const struct moment_of *moments;
    size_t moment_count;
    const struct example_then *thens; /* only those that could be understood */
    size_t then_count;
};

struct model {
    struct arena *arena;
    const struct sources *sources;
    const struct tree *tree;
    const struct settings *settings;
    const struct locale *locale;
    const struct calendar *calendar; /* never NULL */

    const struct symbol *symbols; /* by kind, in a kind in pre-order: groups before their members */
    size_t symbol_count;
    uint32_t first_symbol[KIND_COUNT + 1];
    uint32_t first_leaf[KIND_COUNT + 1];
    const uint32_t *leaf_symbol; /* leaf -> symbol */
    struct names by_name;        /* name -> symbol; "us" gives the system */

    const struct section *sections;
    size_t section_count;
    const struct clause *clauses; /* page order */
    size_t clause_count;
    struct names clause_by_name; /* name -> clause */
    const struct sentence_model *sentences;
    size_t sentence_count;
    const struct rule *rules; /* order of sentences */
    size_t rule_count;
    const struct right *rights;
    size_t right_count;
    const struct duty *duties;
    size_t duty_count;
    const struct example *examples; /* those whose givens could be understood */
    size_t example_count;
    const uint64_t *one_of; /* one mask of bits for each fact group of which exactly one holds */
    size_t one_of_count;

    uint8_t content_hash[32];    /* SHA-256 of model_dump's text */
    uint8_t vocabulary_hash[32]; /* SHA-256 of its vocabulary part: kinds, names, numbers */
};

static inline uint32_t
us_actor(const struct model *model)
{
    return model->first_leaf[KIND_SYSTEM];
}

static inline uint32_t
us_audience(const struct model *model)
{
    return model->first_leaf[KIND_AUDIENCE];
}

static inline uint32_t
state_count(const struct model *model)
{
    return model->first_leaf[KIND_FACT + 1] - model->first_leaf[KIND_STATE];
}

static inline const struct symbol *
leaf(const struct model *model, uint32_t leaf)
{
    return &model->symbols[model->leaf_symbol[leaf]];
}

/* The bit of a leaf of a state or fact. */
static inline uint64_t
state_bit(const struct model *model, uint32_t leaf)
{
    return UINT64_C(1) << ((leaf - model->first_leaf[KIND_STATE]) & 63);
}

/* All leaves of one kind. */
static inline struct interval
kind_leaves(const struct model *model, enum kind kind)
{
    return (struct interval){model->first_leaf[kind], model->first_leaf[kind + 1]};
}

/* Resolves a tree. Everything that is wrong goes to diagnostics; the model holds what could be
 * resolved, and is for back ends only when there were no errors. Never NULL. */
struct model *model_make(struct arena *arena, struct sources *sources, const struct tree *tree,
                         struct diagnostics *diagnostics);

/* The canonical text that the content hash is of: --dump=model. Vocabulary first. */
void model_dump(const struct model *model, struct buffer *out);
/* One line a rule: --dump=rules. */
void rules_dump(const struct model *model, struct buffer *out);
/* The names of a set, parted by commas: a group for all of its members, "every person" for all of a
 * kind. */
void set_names(const struct model *model, struct set set, struct buffer *out);

#endif
