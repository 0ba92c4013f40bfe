/* ID_policy.h: a type for each kind, a constant for each leaf, a function for each act. Only what
 * the policy has names for is there, so that what it does not know does not compile. */
#include "compiler/table/identifier.h"
#include "compiler/table/table.h"

#include "runtime/avow.h"

struct header {
    const struct model *model;
    struct prefix prefix;
    struct buffer *out;
};

/* avow_verb, in the order of enum verb. */
static const char *const verb_constants[VERB_QUESTIONS] = {
    "AVOW_COLLECT", "AVOW_STORE",   "AVOW_USE",  "AVOW_SHOW", "AVOW_SHARE",
    "AVOW_EMAIL",   "AVOW_MESSAGE", "AVOW_CALL", "AVOW_POST",
};
_Static_assert((int)VERB_QUESTIONS == (int)AVOW_VERBS, "the verbs of avow.h");
_Static_assert((int)VERB_COLLECT == (int)AVOW_COLLECT && (int)VERB_STORE == (int)AVOW_STORE &&
                   (int)VERB_USE == (int)AVOW_USE && (int)VERB_SHOW == (int)AVOW_SHOW &&
                   (int)VERB_SHARE == (int)AVOW_SHARE && (int)VERB_EMAIL == (int)AVOW_EMAIL &&
                   (int)VERB_TEXT == (int)AVOW_MESSAGE && (int)VERB_CALL == (int)AVOW_CALL &&
                   (int)VERB_POST == (int)AVOW_POST,
               "the verbs of avow.h in their order");

static void
put(const struct header *h, const char *text)
{
    template_add(h->out, h->prefix, text);
}

static bool
has_leaves(const struct model *model, enum kind kind)
{
    struct interval leaves = kind_leaves(model, kind);
    return leaves.low < leaves.high;
}

/* Facts are asked like states, and share their type. */
static bool
has_states(const struct model *model)
{
    return state_count(model) > 0;
}

static const char *
type_word(enum kind kind)
{
    return kind_word(kind == KIND_FACT ? KIND_STATE : kind);
}

static void
put_hash(const struct header *h, const char *name, const uint8_t hash[32])
{
    put(h, "#define ^_");
    buffer_format(h->out, "%s \\\n    \"", name);
    buffer_hex(h->out, hash, 32);
    buffer_string(h->out, "\"\n");
}

static void
put_opening(const struct header *h)
{
    const struct settings *settings = h->model->settings;
    buffer_format(h->out, "/* %.*s_policy.h - the policy \"", TEXT_ARGS(settings->policy));
    comment_add(h->out, settings->title);
    buffer_format(h->out, "\", effective %04d-%02u-%02u, for C11 and C++17.\n",
                  (int)settings->effective.year, (unsigned)settings->effective.month,
                  (unsigned)settings->effective.day);
    buffer_string(
        h->out,
        " * Made by avow; not to be edited.\n"
        " *\n"
        " * Ask before you act: only avow_allowed(answer) is a yes. States of which nothing "
        "was said\n * are unknown, and a name that is all zero is refused. */\n");
    put(h, "#ifndef ^_POLICY_H\n#define ^_POLICY_H\n\n#include <avow.h>\n\n");
    buffer_format(h->out,
                  "#if AVOW_ABI != %d\n#error \"made for another version of avow: ", AVOW_ABI);
    buffer_string(h->out, "build the policy again\"\n#endif\n\n");
    buffer_string(h->out,
                  "/* SHA-256 of the policy this was made from: the page carries the same. */\n");
    put_hash(h, "CONTENT_HASH", h->model->content_hash);
    buffer_string(h->out, "/* SHA-256 of its names and their numbers. */\n");
    put_hash(h, "VOCABULARY_HASH", h->model->vocabulary_hash);
}

static void
put_helpers(const struct header *h)
{
    put(h, "\n#if defined(__GNUC__) || defined(__clang__)\n"
           "#define ^_UNUSED __attribute__((unused))\n#else\n#define ^_UNUSED\n#endif\n"
           "#if defined(__cplusplus) && __cplusplus >= 201703L\n"
           "#define ^_CONSTANT ^_UNUSED inline constexpr\n#elif defined(__cplusplus)\n"
           "#define ^_CONSTANT ^_UNUSED static constexpr\n#else\n"
           "#define ^_CONSTANT ^_UNUSED static const\n#endif\n\n");
    put(h,
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
        "extern const struct @_image @_image; /* in @_policy.c */\n"
        "#ifdef __cplusplus\n}\n#endif\n\n"
        "/* The table that is linked in. */\n"
        "static inline const avow_table *\n@_table(void)\n{\n"
        "    const void *image = &@_image;\n"
        "#ifdef __cplusplus\n    return static_cast<const avow_table *>(image);\n"
        "#else\n    return image;\n#endif\n}\n\n"
        "/* The table that the functions below ask. A service that loads bundles defines this "
        "before "
        "it\n * includes the header, as an expression for the table in force, and lets only tables "
        "in\n * that @_accepts. */\n"
        "#ifndef ^_TABLE\n#define ^_TABLE @_table()\n#endif\n\n");
}

static void
put_accepts(const struct header *h)
{
    put(h, "/* 1 if the names of this header have the same numbers in a table, else 0. */\n"
           "static inline int\n@_accepts(const avow_table *table)\n{\n"
           "    static const uint8_t vocabulary[32] = {");
    for (size_t i = 0; i < 32; i++) {
        put(h, i % 16 == 0 ? "\n        0x" : " 0x");
        buffer_hex(h->out, &h->model->vocabulary_hash[i], 1);
        buffer_char(h->out, ',');
    }
    put(h, "\n    };\n"
           "    const avow_identity identity = avow_identify(table);\n"
           "    for (unsigned i = 0; i < 32u; i++)\n"
           "        if (identity.vocabulary[i] != vocabulary[i])\n"
           "            return 0;\n"
           "    return 1;\n}\n");
}

static void
put_type(const struct header *h, enum kind kind)
{
    const char *word = kind_word(kind);
    put(h, "typedef struct @_");
    buffer_format(h->out, "%s {\n    uint32_t number; /* from 1 */\n", word);
    put(h, "} @_");
    buffer_format(h->out, "%s;\n", word);
    put(h, "static inline avow_id\n@_id_of_");
    buffer_format(h->out, "%s(", word);
    put(h, "@_");
    buffer_format(
        h->out, "%s name)\n{\n    return name.number - 1u; /* of none: AVOW_NONE */\n}\n\n", word);
}

static void
put_types(const struct header *h)
{
    put(h, "\n/* Names: a type for each kind, and its number in avow.h. A fact is asked like a "
           "state. */\n");
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        bool states = kind == KIND_STATE && has_states(h->model);
        bool wanted =
            has_leaves(h->model, (enum kind)kind) && kind != KIND_FACT && kind != KIND_VALUE;
        if (wanted || states)
            put_type(h, (enum kind)kind);
    }
}

/* One leaf: an initialiser, for tables of the service's own, and a constant. */
static void
put_leaf(const struct header *h, uint32_t number)
{
    const struct symbol *symbol = leaf(h->model, number);
    bool done = symbol->clause != NONE;
    const char *kind = done ? "done" : kind_word(symbol->kind);
    struct text name = done ? h->model->clauses[symbol->clause].name : symbol->name;
    put(h, "#define ^_");
    identifier_add_capitals(h->out, text_of(kind));
    buffer_char(h->out, '_');
    identifier_add_capitals(h->out, name);
    buffer_format(h->out, " {%uu} /* ", (unsigned)number + 1);
    comment_add(h->out, symbol->name);
    buffer_string(h->out, ": \"");
    comment_add(h->out, symbol->label);
    buffer_string(h->out, "\" */\n");
    put(h, "^_CONSTANT @_");
    buffer_format(h->out, "%s ", type_word(symbol->kind));
    put(h, "@_");
    buffer_format(h->out, "%s_", kind);
    identifier_add(h->out, name);
    put(h, " = ^_");
    identifier_add_capitals(h->out, text_of(kind));
    buffer_char(h->out, '_');
    identifier_add_capitals(h->out, name);
    buffer_string(h->out, ";\n");
}

/* Values are no part of the table: they are the words of the page, as of this build. */
static void
put_value(const struct header *h, uint32_t number)
{
    const struct symbol *symbol = leaf(h->model, number);
    put(h, "#define ^_VALUE_");
    identifier_add_capitals(h->out, symbol->name);
    buffer_string(h->out, " \"");
    literal_add(h->out, symbol->value);
    buffer_string(h->out, "\" /* ");
    comment_add(h->out, symbol->name);
    buffer_string(h->out, ": \"");
    comment_add(h->out, symbol->label);
    buffer_string(h->out, "\" */\n");
}

static void
put_leaves(const struct header *h)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct interval leaves = kind_leaves(h->model, (enum kind)kind);
        if (leaves.low < leaves.high)
            buffer_format(h->out, "/* kind %s */\n", kind_word((enum kind)kind));
        for (uint32_t i = leaves.low; i < leaves.high; i++) {
            if (kind == KIND_VALUE)
                put_value(h, i);
            else
                put_leaf(h, i);
        }
        if (leaves.low < leaves.high)
            buffer_char(h->out, '\n');
    }
}

static void
put_states(const struct header *h)
{
    put(h, "/* What is known of states and facts. {0}: nothing. */\n"
           "typedef struct @_states {\n    avow_states bits;\n} @_states;\n\n");
    if (!has_states(h->model))
        return;
    put(h, "static inline uint64_t\n@_bit_of_state(@_state state)\n{\n");
    buffer_format(h->out, "    const uint32_t bit = state.number - %uu;\n    return bit < %uu ? ",
                  (unsigned)h->model->first_leaf[KIND_STATE] + 1, (unsigned)state_count(h->model));
    put(h, "UINT64_C(1) << bit : 0;\n}\n\n"
           "/* The same knowledge and: the state holds. */\n"
           "AVOW_NODISCARD static inline @_states\n"
           "@_states_yes(@_states states, @_state state)\n{\n"
           "    states.bits.yes |= @_bit_of_state(state);\n"
           "    states.bits.known |= @_bit_of_state(state);\n"
           "    return states;\n}\n\n"
           "/* ... it does not hold. */\n"
           "AVOW_NODISCARD static inline @_states\n"
           "@_states_no(@_states states, @_state state)\n{\n"
           "    states.bits.yes &= ~@_bit_of_state(state);\n"
           "    states.bits.known |= @_bit_of_state(state);\n"
           "    return states;\n}\n\n");
    put(h, "/* ... it is not known, or a request that switches it is not done yet. */\n"
           "AVOW_NODISCARD static inline @_states\n"
           "@_states_unknown(@_states states, @_state state)\n{\n"
           "    states.bits.yes &= ~@_bit_of_state(state);\n"
           "    states.bits.known &= ~@_bit_of_state(state);\n"
           "    return states;\n}\n\n"
           "/* 1 if knowing the state could change the answer. */\n"
           "static inline int\n@_is_missing(avow_answer answer, @_state state)\n{\n"
           "    return (answer.missing & @_bit_of_state(state)) != 0;\n}\n\n");
}

/* What an act with a person as its target means is easily taken for more. */
static void
put_question_comment(const struct header *h, const struct verb_form *form, enum kind target)
{
    bool owner = form->object == KIND_DATA && target == KIND_PERSON &&
                 (form->preposition == PREP_TO || form->preposition == PREP_WITH);
    buffer_format(h->out, "/* %s %s %s %s%s */\n", form->word, kind_word(form->object),
                  preposition_word(form->preposition), kind_word(target),
                  owner ? ": the very person the data is of; anybody else is an audience" : "");
}

/* "jibrok_may_store_in_place": preposition and kind only where a verb has targets of two kinds. */
static void
put_question(const struct header *h, enum verb verb, enum kind target)
{
    const struct verb_form *form = &verb_forms[verb];
    const char *object = kind_word(form->object), *aim = kind_word(target);
    put_question_comment(h, form, target);
    put(h, "AVOW_NODISCARD static inline avow_answer\n@_may_");
    buffer_format(h->out, "%s", form->word);
    if (form->target_first != form->target_last)
        buffer_format(h->out, "_%s_%s", preposition_word(form->preposition), aim);
    put(h, "(@_system actor, @_");
    buffer_format(h->out, "%s %s,\n    ", object, object);
    put(h, "@_");
    buffer_format(h->out, "%s %s, ", aim, aim);
    put(h, "@_states states)\n{\n"
           "    const avow_point point = {@_id_of_system(actor), ");
    buffer_format(h->out, "%s,\n        ", verb_constants[verb]);
    put(h, "@_id_of_");
    buffer_format(h->out, "%s(%s), ", object, object);
    put(h, "@_id_of_");
    buffer_format(h->out, "%s(%s)};\n", aim, aim);
    put(h, "    return avow_ask(^_TABLE, point, states.bits);\n}\n\n");
}

static void
put_questions(const struct header *h)
{
    put(h, "/* May the actor ...? Only acts that this policy has names for. */\n");
    for (int verb = 0; verb < VERB_QUESTIONS; verb++) {
        const struct verb_form *form = &verb_forms[verb];
        if (!has_leaves(h->model, form->object))
            continue;
        for (enum kind target = form->target_first; target <= form->target_last; target++)
            if (has_leaves(h->model, target))
                put_question(h, (enum verb)verb, target);
    }
    put(h, "/* The first clause that an answer of these functions cites, with its words as "
           "published. */\n"
           "static inline avow_clause\n@_clause_of(avow_answer answer)\n{\n"
           "    return avow_clause_at(^_TABLE, answer.clause);\n}\n\n");
}

static void
put_moment(const struct header *h, const char *comment, const char *word, enum kind kind)
{
    if (kind == KIND_STATE ? !has_states(h->model) : !has_leaves(h->model, kind))
        return;
    buffer_format(h->out, "/* %s; Unix seconds. */\n", comment);
    put(h, "static inline avow_moment\n@_moment_");
    buffer_format(h->out, "%s(", word);
    put(h, "@_");
    buffer_format(h->out, "%s what, int64_t at)\n{\n    const avow_moment moment = {",
                  kind_word(kind));
    put(h, "@_id_of_");
    buffer_format(h->out, "%s(what), at};\n    return moment;\n}\n\n", kind_word(kind));
}

static void
put_due(const struct header *h, const char *comment, const char *word, enum kind kind)
{
    if (!has_leaves(h->model, kind))
        return;
    buffer_format(h->out, "/* %s */\n", comment);
    put(h, "AVOW_NODISCARD static inline avow_due\n@_due_");
    buffer_format(h->out, "%s(", word);
    put(h, "@_");
    buffer_format(h->out, "%s what, const avow_moment *moments, size_t count,\n    ",
                  kind_word(kind));
    put(h, "@_states states)\n{\n    const avow_due_question question = {@_id_of_");
    buffer_format(h->out, "%s(what), moments, count, states.bits};\n", kind_word(kind));
    put(h, "    return avow_when_due(^_TABLE, &question);\n}\n\n");
}

static void
put_deadlines(const struct header *h)
{
    put_moment(h, "A request was received", "received", KIND_REQUEST);
    put_moment(h, "An event happened", "event", KIND_EVENT);
    put_moment(h, "From when a state holds", "state", KIND_STATE);
    if (has_leaves(h->model, KIND_DATA))
        put(h, "/* The data was collected; Unix seconds. */\n"
               "static inline avow_moment\n@_moment_collected(int64_t at)\n{\n"
               "    const avow_moment moment = {AVOW_NONE, at};\n    return moment;\n}\n\n");
    put_due(h, "When the request must have been acted on, at the latest.", "request", KIND_REQUEST);
    put_due(h, "When the data must be gone, at the latest.", "erase", KIND_DATA);
    put_due(h, "When people must have been told about the event, at the latest.", "tell",
            KIND_EVENT);
}

void
table_c_header(const struct model *model, const struct image *image, struct buffer *out)
{
    (void)image;
    struct header h = {model, identifier_prefix(model->arena, model), out};
    put_opening(&h);
    put_helpers(&h);
    put_accepts(&h);
    put_types(&h);
    put_leaves(&h);
    put_states(&h);
    put_questions(&h);
    put_deadlines(&h);
    put(&h, "#endif\n");
}
