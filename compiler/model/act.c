/* Acts: verb, objects, preposition, targets; and who acts. */
#include "compiler/model/resolve.h"

const struct verb_form verb_forms[VERB_COUNT] = {
    [VERB_COLLECT] = {"collect", KIND_DATA, PREP_FROM, KIND_AUDIENCE, KIND_PLACE, false},
    [VERB_STORE] = {"store", KIND_DATA, PREP_IN, KIND_PLACE, KIND_SYSTEM, false},
    [VERB_USE] = {"use", KIND_DATA, PREP_FOR, KIND_PURPOSE, KIND_PURPOSE, false},
    [VERB_SHOW] = {"show", KIND_DATA, PREP_TO, KIND_AUDIENCE, KIND_PERSON, false},
    [VERB_SHARE] = {"share", KIND_DATA, PREP_WITH, KIND_AUDIENCE, KIND_PERSON, false},
    [VERB_EMAIL] = {"email", KIND_PERSON, PREP_ABOUT, KIND_PURPOSE, KIND_PURPOSE, false},
    [VERB_TEXT] = {"text", KIND_PERSON, PREP_ABOUT, KIND_PURPOSE, KIND_PURPOSE, false},
    [VERB_CALL] = {"call", KIND_PERSON, PREP_ABOUT, KIND_PURPOSE, KIND_PURPOSE, false},
    [VERB_POST] = {"post", KIND_PERSON, PREP_ABOUT, KIND_PURPOSE, KIND_PURPOSE, false},
    [VERB_DO] = {"do", KIND_REQUEST, PREP_NONE, KIND_REQUEST, KIND_REQUEST, true},
    [VERB_ERASE] = {"erase", KIND_DATA, PREP_FROM, KIND_PLACE, KIND_SYSTEM, true},
    [VERB_KEEP] = {"keep", KIND_DATA, PREP_NONE, KIND_DATA, KIND_DATA, true},
    [VERB_TELL] = {"tell", KIND_PERSON, PREP_ABOUT, KIND_EVENT, KIND_EVENT, false},
};

/* What people write for an act of the language. */
static const struct {
    const char *written, *verb;
} other_words[] = {
    {"process", "use"},     {"read", "use"},       {"access", "use"},     {"analyse", "use"},
    {"analyze", "use"},     {"delete", "erase"},   {"remove", "erase"},   {"destroy", "erase"},
    {"disclose", "share"},  {"sell", "share"},     {"transfer", "share"}, {"send", "email"},
    {"mail", "email"},      {"write", "email"},    {"publish", "show"},   {"display", "show"},
    {"save", "store"},      {"host", "store"},     {"retain", "keep"},    {"gather", "collect"},
    {"receive", "collect"}, {"obtain", "collect"}, {"notify", "tell"},    {"inform", "tell"},
    {"phone", "call"},      {"telephone", "call"}, {"sms", "text"},       {"answer", "do"},
    {"fulfil", "do"},       {"fulfill", "do"},
};

static const char *
verb_meant(struct text word)
{
    for (size_t i = 0; i < sizeof other_words / sizeof other_words[0]; i++)
        if (text_equal(word, text_of(other_words[i].written)))
            return other_words[i].verb;
    const char *nearest = NULL;
    unsigned best = word.length < 4 ? 1 : 2;
    for (int v = 0; v < VERB_COUNT; v++) {
        unsigned distance = text_distance(word, text_of(verb_forms[v].word), best);
        if (distance <= best && (!nearest || distance < best)) {
            nearest = verb_forms[v].word;
            best = distance;
        }
    }
    return nearest;
}

static enum verb
find_verb(struct text word)
{
    for (int v = 0; v < VERB_COUNT; v++)
        if (text_equal(word, text_of(verb_forms[v].word)))
            return (enum verb)v;
    return VERB_COUNT;
}

/* An act that was meant, with its preposition if another one was written. */
static void
mend_verb(struct diagnostics *diagnostics, const struct act *act, enum verb meant)
{
    const struct verb_form *form = &verb_forms[meant];
    if (act->preposition == PREP_NONE || act->preposition == form->preposition) {
        diagnose_fix(diagnostics, "Write “%s”, if that is meant", form->word);
        diagnose_edit(diagnostics, act->verb.span, "%s", form->word);
    } else if (form->preposition == PREP_NONE) {
        diagnose_fix(diagnostics, "Write “%s” without “%s”, if that is meant", form->word,
                     preposition_word(act->preposition));
    } else {
        diagnose_fix(diagnostics, "Write “%s … %s”, if that is meant", form->word,
                     preposition_word(form->preposition));
    }
}

/* The verb, or VERB_COUNT after a report. */
static enum verb
resolve_verb(struct resolver *resolver, const struct act *act, enum act_use use)
{
    const struct name *name = &act->verb;
    struct diagnostics *diagnostics = resolver->diagnostics;
    enum verb verb = find_verb(name->text);
    if (verb < VERB_QUESTIONS || (verb != VERB_COUNT && use == ACT_MUST))
        return verb;
    if (verb != VERB_COUNT) {
        diagnose(diagnostics, E_UNKNOWN_VERB, name->span, "“%.*s” can stand only after MUST",
                 TEXT_ARGS(name->text));
        diagnose_why(diagnostics,
                     "It is a duty; what may be done with data is collect, store, use, "
                     "show or share, and a person is reached by email, text, call or "
                     "post");
        return VERB_COUNT;
    }
    diagnose(diagnostics, E_UNKNOWN_VERB, name->span, "“%.*s” is no act that the language knows",
             TEXT_ARGS(name->text));
    const char *meant = verb_meant(name->text);
    if (meant)
        mend_verb(diagnostics, act, find_verb(text_of(meant)));
    else
        diagnose_fix(diagnostics,
                     "Write one of: collect, store, use, show, share, email, text, call, post%s",
                     use == ACT_MUST ? ", do, erase, keep, tell" : "");
    return VERB_COUNT;
}

/* The kinds that a word for "whatever it is" covers, 0 for any other name. */
static unsigned
wild_kinds(struct text name)
{
    if (text_equal(name, TEXT("anything")))
        return KINDS(KIND_DATA) | KINDS(KIND_PURPOSE) | KINDS(KIND_REQUEST) | KINDS(KIND_EVENT);
    if (text_equal(name, TEXT("anyone")))
        return KINDS(KIND_PERSON) | KINDS(KIND_AUDIENCE);
    if (text_equal(name, TEXT("anywhere")))
        return KINDS(KIND_PLACE) | KINDS(KIND_SYSTEM);
    return 0;
}

/* All leaves of some kinds. */
static struct set
leaves_of_kinds(struct resolver *resolver, unsigned kinds)
{
    unsigned first = 0, last = KIND_COUNT;
    while (first < KIND_COUNT && !(kinds & 1u << first))
        first++;
    while (last > first && !(kinds & 1u << (last - 1)))
        last--;
    struct interval *parts = ARENA_ARRAY(resolver->arena, last - first, struct interval);
    size_t count = 0;
    for (unsigned k = first; k < last; k++)
        if (kinds & 1u << k)
            parts[count++] = kind_leaves(resolver->model, (enum kind)k);
    return set_from(parts, count);
}

static bool
check_wild(struct resolver *resolver, const struct name *name, unsigned kinds, enum act_use use)
{
    if (!(wild_kinds(name->text) & kinds)) {
        struct text words = kinds_words(resolver->arena, kinds);
        diagnose(resolver->diagnostics, E_WRONG_KIND, name->span,
                 "“%.*s” cannot stand here, where only %.*s can", TEXT_ARGS(name->text),
                 TEXT_ARGS(words));
        diagnose_fix(resolver->diagnostics, "Name %.*s", TEXT_ARGS(words));
        return false;
    }
    if (use == ACT_NEVER || use == ACT_MUST)
        return true;
    struct text words = kinds_words(resolver->arena, wild_kinds(name->text) & kinds);
    diagnose(resolver->diagnostics, E_SWEEPING, name->span, "“%.*s” cannot stand in a permission",
             TEXT_ARGS(name->text));
    diagnose_why(resolver->diagnostics,
                 "A permission covers only what it names, not what is added to the policy later");
    diagnose_fix(resolver->diagnostics, "Name %.*s", TEXT_ARGS(words));
    return false;
}

struct set
verb_targets(struct resolver *resolver, enum verb verb)
{
    const struct verb_form *form = &verb_forms[verb];
    if (form->preposition == PREP_NONE)
        return (struct set){NULL, 0};
    return leaves_of_kinds(resolver, kinds_between(form->target_first, form->target_last));
}

struct names_read {
    struct set leaves;
    uint32_t *symbols; /* as written */
    size_t count;
    bool any; /* "anyone", "anything", "anywhere" is among them */
    bool good;
};

static struct names_read
read_names(struct resolver *resolver, const struct name_list *list, unsigned kinds,
           enum act_use use)
{
    struct names_read read = {.good = true};
    read.symbols = ARENA_ARRAY(resolver->arena, list->count, uint32_t);
    struct interval *parts = ARENA_ARRAY(resolver->arena, list->count, struct interval);
    unsigned wild = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (wild_kinds(list->at[i].text)) {
            read.any = true;
            wild |= wild_kinds(list->at[i].text) & kinds;
            read.good = check_wild(resolver, &list->at[i], kinds, use) && read.good;
            continue;
        }
        uint32_t found = resolve_symbol(resolver, &list->at[i], kinds);
        if (found == NONE) {
            read.good = false;
            continue;
        }
        parts[read.count] = resolver->model->symbols[found].leaves;
        read.symbols[read.count++] = found;
    }
    read.leaves = set_from(parts, read.count);
    if (wild)
        read.leaves = set_union(resolver->arena, read.leaves, leaves_of_kinds(resolver, wild));
    return read;
}

static bool
check_preposition(struct resolver *resolver, enum preposition preposition, struct span span,
                  const struct verb_form *form)
{
    if (preposition == form->preposition || preposition == PREP_NONE)
        return true;
    if (form->preposition == PREP_NONE) {
        diagnose(resolver->diagnostics, E_PREPOSITION, span, "after “%s” stands no “%s”",
                 form->word, preposition_word(preposition));
        diagnose_fix(resolver->diagnostics, "Leave out “%s” and what follows it",
                     preposition_word(preposition));
        return false;
    }
    struct text words =
        kinds_words(resolver->arena, kinds_between(form->target_first, form->target_last));
    diagnose(resolver->diagnostics, E_PREPOSITION, span, "after “%s” stands “%s”, not “%s”",
             form->word, preposition_word(form->preposition), preposition_word(preposition));
    diagnose_fix(resolver->diagnostics, "Write “%s” and %.*s", preposition_word(form->preposition),
                 TEXT_ARGS(words));
    diagnose_edit(resolver->diagnostics, span, "%s", preposition_word(form->preposition));
    return false;
}

static bool
report_no_target(struct resolver *resolver, const struct act *act, const struct verb_form *form,
                 enum act_use use)
{
    struct text words =
        kinds_words(resolver->arena, kinds_between(form->target_first, form->target_last));
    bool permission = use == ACT_MAY;
    diagnose(resolver->diagnostics, permission ? E_SWEEPING : E_PREPOSITION, act->span,
             "“%s” is not complete without “%s” and %.*s", form->word,
             preposition_word(form->preposition), TEXT_ARGS(words));
    diagnose_why(resolver->diagnostics, "Only a sentence with NEVER may leave it out, and then "
                                        "speaks of all of them");
    diagnose_fix(resolver->diagnostics, "Add “%s” and %.*s", preposition_word(form->preposition),
                 TEXT_ARGS(words));
    return false;
}

/* An omitted target: everything in a prohibition, nothing where it may be left out. */
static bool
read_no_target(struct resolver *resolver, const struct act *act, enum act_use use,
               struct act_sets *out)
{
    const struct verb_form *form = &verb_forms[out->verb];
    out->any_target = true;
    if (use == ACT_NEVER) {
        out->targets = verb_targets(resolver, out->verb);
        return true;
    }
    return form->target_optional || report_no_target(resolver, act, form, use);
}

static void
report_other_person(struct resolver *resolver, const struct name *target, const struct symbol *data,
                    const struct verb_form *form)
{
    struct diagnostics *diagnostics = resolver->diagnostics;
    diagnose(diagnostics, E_WRONG_KIND, target->span,
             "“%.*s” is not the person whose data “%.*s” is", TEXT_ARGS(target->text),
             TEXT_ARGS(data->name));
    diagnose_why(diagnostics, "A person after “%s … %s” is the very person the data is of",
                 form->word, preposition_word(form->preposition));
    diagnose_fix(diagnostics,
                 "Declare an audience for them, for example: audience other-%.*s \"…\"",
                 TEXT_ARGS(target->text));
    if (data->persons.count == 0) {
        diagnose_see(diagnostics, data->span, "“%.*s” is about nobody", TEXT_ARGS(data->name));
        return;
    }
    struct text owner = leaf(resolver->model, data->persons.at[0].low)->name;
    diagnose_see(diagnostics, data->span, "“%.*s” is of %.*s", TEXT_ARGS(data->name),
                 TEXT_ARGS(owner));
}

/* The persons whom the objects of an act are about. */
static struct set
persons_of(struct resolver *resolver, const struct act_sets *sets)
{
    const struct symbol *symbols = resolver->model->symbols;
    size_t count = 0;
    for (size_t i = 0; i < sets->named_count; i++)
        count += symbols[sets->named[i]].persons.count;
    struct interval *parts = ARENA_ARRAY(resolver->arena, count, struct interval);
    count = 0;
    for (size_t i = 0; i < sets->named_count; i++) {
        struct set persons = symbols[sets->named[i]].persons;
        for (size_t k = 0; k < persons.count; k++)
            parts[count++] = persons.at[k];
    }
    return set_from(parts, count);
}

/* A person as target of show and share is the very person the data is of: each person that is named
 * must own some of it, and each data must be of one of them. */
static bool
check_very_person(struct resolver *resolver, const struct act *act, const struct act_sets *sets,
                  const struct names_read *targets)
{
    const struct symbol *symbols = resolver->model->symbols;
    const struct verb_form *form = &verb_forms[sets->verb];
    struct set persons = persons_of(resolver, sets);
    const struct name *person = NULL;
    for (size_t i = 0; i < targets->count; i++) {
        const struct symbol *target = &symbols[targets->symbols[i]];
        if (target->kind != KIND_PERSON)
            continue;
        person = &act->targets.at[i];
        if (!set_meets(target->persons, persons)) {
            report_other_person(resolver, person, &symbols[sets->named[0]], form);
            return false;
        }
    }
    for (size_t i = 0; i < sets->named_count && person; i++) {
        const struct symbol *data = &symbols[sets->named[i]];
        if (!set_meets(data->persons, targets->leaves)) {
            report_other_person(resolver, person, data, form);
            return false;
        }
    }
    return true;
}

bool
resolve_act(struct resolver *resolver, const struct act *act, enum act_use use,
            struct act_sets *out)
{
    *out = (struct act_sets){.verb = resolve_verb(resolver, act, use)};
    if (out->verb == VERB_COUNT)
        return false;
    const struct verb_form *form = &verb_forms[out->verb];
    struct names_read objects = read_names(resolver, &act->objects, KINDS(form->object), use);
    bool good = objects.good;
    out->partial = !good;
    out->objects = objects.leaves;
    out->named = objects.symbols;
    out->named_count = objects.any ? 0 : objects.count;
    if (!check_preposition(resolver, act->preposition, act->preposition_span, form))
        return false;
    if (act->preposition == PREP_NONE)
        return read_no_target(resolver, act, use, out) && good;
    unsigned kinds = kinds_between(form->target_first, form->target_last);
    struct names_read targets = read_names(resolver, &act->targets, kinds, use);
    out->targets = targets.leaves;
    out->any_target = targets.any;
    good = good && targets.good;
    bool shows = out->verb == VERB_SHOW || out->verb == VERB_SHARE;
    bool all_named = out->named_count > 0 && !targets.any;
    if (good && shows && all_named && !check_very_person(resolver, act, out, &targets))
        return false;
    return good;
}

static bool
report_nothing_left(struct resolver *resolver, struct span span)
{
    diagnose(resolver->diagnostics, E_NOTHING_LEFT, span,
             "this exception leaves nothing of the sentence");
    diagnose_fix(resolver->diagnostics, "Leave out the sentence, or except less");
    return false;
}

/* A name behind "except" alone that is a target. */
static bool
report_bare_target(struct resolver *resolver, const struct name *name, const struct act_sets *act)
{
    const struct verb_form *form = &verb_forms[act->verb];
    uint32_t found = names_find(&resolver->model->by_name, name->text);
    enum kind kind = found == NONE ? KIND_COUNT : resolver->model->symbols[found].kind;
    if (form->preposition == PREP_NONE || kind == form->object || kind < form->target_first ||
        kind > form->target_last)
        return false;
    const char *preposition = preposition_word(form->preposition);
    struct text words = kinds_words(resolver->arena, KINDS(kind));
    diagnose(resolver->diagnostics, E_PREPOSITION, name->span,
             "“%.*s” is %.*s, and “%s” is missing before it", TEXT_ARGS(name->text),
             TEXT_ARGS(words), preposition);
    diagnose_fix(resolver->diagnostics, "Write “except %s %.*s”", preposition,
                 TEXT_ARGS(name->text));
    return true;
}

static bool
report_idle(struct resolver *resolver, const struct name *name)
{
    diagnose(resolver->diagnostics, E_IDLE_EXCEPTION, name->span,
             "“%.*s” is no part of what this sentence is about", TEXT_ARGS(name->text));
    diagnose_why(resolver->diagnostics,
                 "The exception takes nothing out, and whoever reads it believes that it does");
    diagnose_fix(resolver->diagnostics, "Leave it out, or name a part of what stands before it");
    return false;
}

/* What stands behind "except" alone: each name must take something out of the objects. */
static bool
except_objects(struct resolver *resolver, const struct exception *exception, struct act_sets *act)
{
    const struct name_list *names = &exception->names;
    struct interval *parts = ARENA_ARRAY(resolver->arena, names->count, struct interval);
    size_t count = 0;
    bool good = true;
    for (size_t i = 0; i < names->count; i++) {
        if (report_bare_target(resolver, &names->at[i], act)) {
            good = false;
            continue;
        }
        uint32_t found =
            resolve_symbol(resolver, &names->at[i], KINDS(verb_forms[act->verb].object));
        good = good && found != NONE;
        if (found == NONE)
            continue;
        parts[count++] = resolver->model->symbols[found].leaves;
        if (!act->partial && !set_meets(act->objects, (struct set){&parts[count - 1], 1}))
            good = report_idle(resolver, &names->at[i]);
    }
    bool some = act->objects.count > 0;
    act->objects = set_minus(resolver->arena, act->objects, set_from(parts, count));
    if (some && act->objects.count == 0)
        return report_nothing_left(resolver, exception->span);
    return good;
}

/* What stands behind "except to", "except in" ... */
static bool
except_targets(struct resolver *resolver, const struct exception *exception, struct act_sets *act)
{
    const struct verb_form *form = &verb_forms[act->verb];
    unsigned kinds = kinds_between(form->target_first, form->target_last);
    enum preposition preposition = exception->preposition;
    struct set out;
    if (preposition == PREP_TO && form->preposition == PREP_WITH)
        preposition = PREP_WITH; /* "never share it, except to the courier" is said as well */
    if (!check_preposition(resolver, preposition, exception->span, form) ||
        !resolve_list(resolver, &exception->names, kinds, &out))
        return false;
    if (act->any_target && act->targets.count == 0)
        act->targets = verb_targets(resolver, act->verb);
    bool some = act->targets.count > 0;
    act->targets = set_minus(resolver->arena, act->targets, out);
    return !some || act->targets.count > 0 || report_nothing_left(resolver, exception->span);
}

bool
resolve_exceptions(struct resolver *resolver, const struct exception *exceptions, size_t count,
                   struct act_sets *act)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        if (exception_is_case(&exceptions[i]))
            continue;
        bool objects = exceptions[i].preposition == PREP_NONE;
        good = (objects ? except_objects(resolver, &exceptions[i], act)
                        : except_targets(resolver, &exceptions[i], act)) &&
               good;
    }
    return good;
}

static void
report_actor(struct resolver *resolver, const struct name *name)
{
    const struct model *model = resolver->model;
    uint32_t found = names_find(&model->by_name, name->text);
    const struct symbol *symbol = &model->symbols[found];
    struct text kind = kinds_words(resolver->arena, KINDS(symbol->kind));
    diagnose(resolver->diagnostics, E_ACTOR, name->span,
             "“%.*s” is %.*s, and only we and our systems act here", TEXT_ARGS(name->text),
             TEXT_ARGS(kind));
    diagnose_why(resolver->diagnostics, "A policy binds those who publish it");
    if (symbol->kind == KIND_PERSON)
        diagnose_fix(resolver->diagnostics,
                     "Write “%.*s MAY request …” for a right, or begin the "
                     "sentence with “we”",
                     TEXT_ARGS(name->text));
    else
        diagnose_fix(resolver->diagnostics, "Begin the sentence with “we” or with a system");
    diagnose_see(resolver->diagnostics, symbol->span, "“%.*s” is declared here",
                 TEXT_ARGS(name->text));
}

bool
resolve_actors(struct resolver *resolver, bool we, const struct name_list *subjects, bool systems,
               struct set *out)
{
    const struct model *model = resolver->model;
    struct interval *parts = ARENA_ARRAY(resolver->arena, subjects->count + 1, struct interval);
    size_t count = 0;
    if (we) {
        struct interval all = kind_leaves(model, KIND_SYSTEM);
        parts[count++] = systems ? all : (struct interval){all.low, all.low + 1};
    }
    bool good = true;
    for (size_t i = 0; i < subjects->count; i++) {
        uint32_t found = names_find(&model->by_name, subjects->at[i].text);
        if (found != NONE && model->symbols[found].kind != KIND_SYSTEM)
            report_actor(resolver, &subjects->at[i]);
        else
            found = resolve_symbol(resolver, &subjects->at[i], KINDS(KIND_SYSTEM));
        if (found == NONE || model->symbols[found].kind != KIND_SYSTEM)
            good = false;
        else
            parts[count++] = model->symbols[found].leaves;
    }
    *out = set_from(parts, count);
    return good;
}
