/* Writes what decision_hand.c includes: decision-tables POLICY FOLDER. From the rules of the model,
 * not from the table that it is compared with: hand_rules.h, hand_switch.h, hand_words.gperf. */
#include "compiler/compile.h"
#include "tests/bench/decision_entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
fail(const char *why)
{
    fprintf(stderr, "decision-tables: %s\n", why);
    exit(1);
}

static FILE *
open_in(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out)
        fail("cannot write");
    return out;
}

static struct interval
objects_of(const struct model *model, uint32_t verb)
{
    return kind_leaves(model, verb_forms[verb].object);
}

static struct interval
targets_of(const struct model *model, uint32_t verb)
{
    return (struct interval){kind_leaves(model, verb_forms[verb].target_first).low,
                             kind_leaves(model, verb_forms[verb].target_last).high};
}

static uint32_t
length_of(struct interval leaves)
{
    return leaves.high - leaves.low;
}

/* One part of an entry, from rules in page order. A rule without a condition makes those behind it
 * superfluous; two with conditions would need more than an entry holds. */
static void
add_rule(const struct rule *rule, uint8_t *need, uint8_t *forbid, uint8_t *clause)
{
    if (*clause != HAND_NO_CLAUSE) {
        if (*need != 0 || *forbid != 0)
            fail("a point has two rules with conditions");
        return;
    }
    if (rule->when.need > 0xff || rule->when.forbid > 0xff || rule->clause >= HAND_NO_CLAUSE)
        fail("too many states or clauses");
    *need = (uint8_t)rule->when.need;
    *forbid = (uint8_t)rule->when.forbid;
    *clause = (uint8_t)rule->clause;
}

static struct hand_entry
entry_at(const struct model *model, uint32_t actor, uint32_t verb, uint32_t object, uint32_t target)
{
    struct hand_entry entry = {.never_clause = HAND_NO_CLAUSE, .may_clause = HAND_NO_CLAUSE};
    for (size_t i = 0; i < model->rule_count; i++) {
        const struct rule *rule = &model->rules[i];
        if ((uint32_t)rule->verb != verb || !set_has(rule->actors, actor) ||
            !set_has(rule->objects, object) || !set_has(rule->targets, target))
            continue;
        if (rule->mode == MODE_NEVER)
            add_rule(rule, &entry.never_need, &entry.never_forbid, &entry.never_clause);
        else
            add_rule(rule, &entry.may_need, &entry.may_forbid, &entry.may_clause);
    }
    return entry;
}

static bool
is_empty(struct hand_entry entry)
{
    return entry.never_clause == HAND_NO_CLAUSE && entry.may_clause == HAND_NO_CLAUSE;
}

static void
write_entry(FILE *out, struct hand_entry e)
{
    fprintf(out, "%u, %u, %u, %u, %u, %u", e.never_need, e.never_forbid, e.never_clause, e.may_need,
            e.may_forbid, e.may_clause);
}

static uint32_t
pair_count(const struct model *model)
{
    uint32_t pairs = 0;
    for (uint32_t verb = 0; verb < VERB_QUESTIONS; verb++)
        pairs += length_of(objects_of(model, verb));
    return pairs;
}

static uint32_t
most_targets(const struct model *model)
{
    uint32_t most = 0;
    for (uint32_t verb = 0; verb < VERB_QUESTIONS; verb++) {
        uint32_t targets = length_of(targets_of(model, verb));
        most = targets > most ? targets : most;
    }
    return most;
}

static void
write_verbs(FILE *out, const struct model *model)
{
    uint32_t pair = 0;
    fprintf(out, "static const uint8_t hand_first_pair[] = {");
    for (uint32_t verb = 0; verb < VERB_QUESTIONS; verb++) {
        fprintf(out, "%u,", pair);
        pair += length_of(objects_of(model, verb));
    }
    fprintf(out, "};\nstatic const struct hand_verb {\n"
                 "    uint8_t first_object, objects, first_target, targets, us;\n"
                 "} hand_verbs[] = {\n");
    for (uint32_t verb = 0; verb < VERB_QUESTIONS; verb++) {
        struct interval objects = objects_of(model, verb), targets = targets_of(model, verb);
        bool audience = targets.low <= us_audience(model) && us_audience(model) < targets.high;
        fprintf(out, "    {%u, %u, %u, %u, %u},\n", objects.low, length_of(objects), targets.low,
                length_of(targets), audience ? us_audience(model) : us_actor(model));
    }
    fprintf(out, "};\n");
}

static void
write_rules(FILE *out, const struct model *model)
{
    struct interval actors = kind_leaves(model, KIND_SYSTEM);
    fprintf(out, "enum { HAND_ACTORS = %u, HAND_PAIRS = %u, HAND_TARGETS = %u, HAND_US = %u };\n",
            length_of(actors), pair_count(model), most_targets(model), us_actor(model));
    write_verbs(out, model);
    fprintf(out, "static const struct hand_entry\n"
                 "    hand_entries[HAND_ACTORS * HAND_PAIRS][HAND_TARGETS] = {\n");
    for (uint32_t actor = actors.low; actor < actors.high; actor++)
        for (uint32_t verb = 0; verb < VERB_QUESTIONS; verb++) {
            struct interval objects = objects_of(model, verb), targets = targets_of(model, verb);
            for (uint32_t object = objects.low; object < objects.high; object++) {
                fprintf(out, "{");
                for (uint32_t target = targets.low; target < targets.high; target++) {
                    fprintf(out, "{");
                    write_entry(out, entry_at(model, actor, verb, object, target));
                    fprintf(out, "},");
                }
                fprintf(out, "},\n");
            }
        }
    fprintf(out, "};\n");
}

/* The actors of one target, if any of them has a rule. */
static void
write_actors(FILE *out, const struct model *model, uint32_t verb, uint32_t object, uint32_t target)
{
    struct interval actors = kind_leaves(model, KIND_SYSTEM);
    uint32_t first = targets_of(model, verb).low, said = 0;
    for (uint32_t actor = actors.low; actor < actors.high; actor++) {
        struct hand_entry entry = entry_at(model, actor, verb, object, target);
        if (is_empty(entry))
            continue;
        if (said++ == 0)
            fprintf(out, "    case %u:\n      switch (actor) {\n", target - first);
        fprintf(out, "      case %u: return RULES(", actor - actors.low);
        write_entry(out, entry);
        fprintf(out, ");\n");
    }
    if (said > 0)
        fprintf(out, "      }\n      break;\n");
}

static void
write_switch(FILE *out, const struct model *model)
{
    fprintf(out, "switch (verb) {\n");
    for (uint32_t verb = 0; verb < VERB_QUESTIONS; verb++) {
        struct interval objects = objects_of(model, verb), targets = targets_of(model, verb);
        fprintf(out, "case %u:\n  switch (object) {\n", verb);
        for (uint32_t object = objects.low; object < objects.high; object++) {
            fprintf(out, "  case %u:\n    switch (target) {\n", object - objects.low);
            for (uint32_t target = targets.low; target < targets.high; target++)
                write_actors(out, model, verb, object, target);
            fprintf(out, "    }\n    break;\n");
        }
        fprintf(out, "  }\n  break;\n");
    }
    fprintf(out, "}\n");
}

static void
write_words(FILE *out, const struct model *model)
{
    fprintf(out, "%%struct-type\n%%readonly-tables\n%%compare-lengths\n%%language=ANSI-C\n"
                 "%%define lookup-function-name find_word\n%%define slot-name name\n"
                 "%%omit-struct-type\nstruct word;\n%%%%\n");
    for (uint32_t verb = 0; verb < VERB_QUESTIONS; verb++)
        fprintf(out, "\"%s\", 0xff, %u, 0xff\n", verb_forms[verb].word, verb);
    struct interval actors = kind_leaves(model, KIND_SYSTEM);
    for (uint32_t i = 0; i < model->first_leaf[KIND_COUNT]; i++) {
        if (i == us_audience(model)) /* of the two, the actor; see hand_verb.us */
            continue;
        uint32_t actor = i >= actors.low && i < actors.high ? i - actors.low : 0xff;
        fprintf(out, "\"%.*s\", %u, 0xff, %u\n", TEXT_ARGS(leaf(model, i)->name), actor, i);
    }
}

static void
write_one(const struct model *model, const char *folder, const char *name,
          void (*write)(FILE *, const struct model *))
{
    FILE *out = open_in(folder, name);
    write(out, model);
    if (fclose(out) != 0)
        fail("cannot write");
}

int
main(int argc, char **argv)
{
    struct compilation compilation;
    if (argc != 3)
        fail("use: decision-tables POLICY FOLDER");
    if (!compile(&compilation, text_of(argv[1]), STAGE_MODEL) || compilation.diagnostics.errors > 0)
        fail("the policy does not compile");
    write_one(compilation.model, argv[2], "hand_rules.h", write_rules);
    write_one(compilation.model, argv[2], "hand_switch.h", write_switch);
    write_one(compilation.model, argv[2], "hand_words.gperf", write_words);
    compilation_free(&compilation);
    return 0;
}
