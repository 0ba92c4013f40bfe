/* Conditions: literals to bits, and whether a state speaks of what the sentence is about. */
#include "compiler/model/resolve.h"

struct about
about_act(const struct act_sets *act, const struct model *model)
{
    struct about about = {act->named, act->named_count, {NULL, 0}, false, false};
    /* The person of show and share is the very person whose data it is: no second one. */
    if (act->verb == VERB_COLLECT && !act->any_target)
        about.persons = act->targets;
    /* Whoever asks is not named by the duty to do what was asked. */
    for (size_t i = 0; i < about.object_count && act->verb == VERB_DO; i++)
        if (model->symbols[about.objects[i]].owners.count == 0)
            about.anybody = true;
    return about;
}

/* The part of the sorted set that lies in one interval is the same in both. */
static bool
same_within(struct arena *arena, struct interval *part, struct set a, struct set b)
{
    struct set within = {part, 1};
    struct set x = set_both(arena, within, a), y = set_both(arena, within, b);
    return x.count == y.count && (x.count == 0 || memcmp(x.at, y.at, x.count * sizeof *x.at) == 0);
}

static void
report_stranger(struct resolver *resolver, const struct literal *literal,
                const struct symbol *owner, const struct symbol *object)
{
    diagnose(resolver->diagnostics, E_CONDITION, literal->name.span,
             "“%.*s” is said of %.*s, and this sentence is about %.*s",
             TEXT_ARGS(literal->name.text), TEXT_ARGS(owner->name), TEXT_ARGS(object->name));
    diagnose_why(
        resolver->diagnostics,
        "A condition can speak only of the data itself, of the person whose data it is, or "
        "of the person who is named");
    const struct symbol *person = NULL;
    if (object->kind == KIND_DATA && object->persons.count > 0)
        person = leaf(resolver->model, object->persons.at[0].low);
    if (person)
        diagnose_fix(resolver->diagnostics, "Name a state of %.*s or of %.*s, or a fact",
                     TEXT_ARGS(object->name), TEXT_ARGS(person->name));
    else
        diagnose_fix(resolver->diagnostics, "Name a state of %.*s, or a fact",
                     TEXT_ARGS(object->name));
    diagnose_see(resolver->diagnostics, object->span, "“%.*s” is declared here",
                 TEXT_ARGS(object->name));
}

static void
report_two(struct resolver *resolver, const struct literal *literal, const struct symbol *object)
{
    diagnose(resolver->diagnostics, E_CONDITION_TWICE, literal->name.span,
             "“%.*s” could be said of the person whose data “%.*s” is, or of the person from whom "
             "it comes",
             TEXT_ARGS(literal->name.text), TEXT_ARGS(object->name));
    diagnose_fix(resolver->diagnostics,
                 "Declare a state of one of these persons only, and name that");
}

enum fit { FITS, STRANGER, TWO_MEANINGS };

/* How a state of `owner` stands to one object that the sentence names. */
static enum fit
state_fit(struct resolver *resolver, const struct symbol *owner, const struct symbol *object,
          const struct about *about)
{
    struct interval whose = owner->leaves;
    struct set part = {&whose, 1};
    if (owner->kind == KIND_DATA) {
        struct interval itself = object->leaves;
        bool own = object->kind == KIND_DATA && set_meets(part, (struct set){&itself, 1});
        bool theirs = about->records && set_meets(owner->persons, object->persons);
        return own || theirs || set_meets(part, object->owners) ? FITS : STRANGER;
    }
    bool of_object = set_meets(part, object->persons);
    bool of_other = set_meets(part, about->persons);
    if (of_object && of_other &&
        !same_within(resolver->arena, &whose, object->persons, about->persons))
        return TWO_MEANINGS;
    return of_object || of_other ? FITS : STRANGER;
}

static bool
check_state(struct resolver *resolver, const struct literal *literal, const struct symbol *state,
            const struct about *about)
{
    const struct model *model = resolver->model;
    if (state->kind == KIND_FACT || state->owner == NONE || about->anybody)
        return true;
    const struct symbol *owner = &model->symbols[state->owner];
    for (size_t i = 0; i < about->object_count; i++) {
        const struct symbol *object = &model->symbols[about->objects[i]];
        enum fit fit = state_fit(resolver, owner, object, about);
        if (fit == STRANGER)
            report_stranger(resolver, literal, owner, object);
        else if (fit == TWO_MEANINGS)
            report_two(resolver, literal, object);
        if (fit != FITS)
            return false;
    }
    return true;
}

/* Makes a cube empty in which two members of a one-of group must hold, or none may. */
static void
close_one_of(const struct model *model, struct cube *cube)
{
    for (size_t i = 0; i < model->one_of_count; i++) {
        uint64_t group = model->one_of[i], need = cube->need & group;
        if ((need & (need - 1)) != 0 || (cube->forbid & group) == group) {
            cube->need |= group;
            cube->forbid |= group;
        }
    }
}

bool
resolve_condition(struct resolver *resolver, const struct condition *condition,
                  const struct about *about, struct cube *out)
{
    const struct model *model = resolver->model;
    bool good = true;
    *out = (struct cube){0, 0};
    for (size_t i = 0; i < condition->count; i++) {
        const struct literal *literal = &condition->at[i];
        uint32_t found =
            resolve_leaf_symbol(resolver, &literal->name, KINDS(KIND_STATE) | KINDS(KIND_FACT));
        if (found == NONE || !check_state(resolver, literal, &model->symbols[found], about) ||
            state_count(model) > 64) {
            good = false;
            continue;
        }
        uint64_t bit = state_bit(model, model->symbols[found].leaves.low);
        *(literal->negated ? &out->forbid : &out->need) |= bit;
    }
    close_one_of(model, out);
    return good;
}

bool
resolve_not(struct resolver *resolver, struct cube excluded, const struct cube *cubes, size_t count,
            size_t limit, struct cube **out, size_t *out_count)
{
    VECTOR(struct cube) list = {NULL, 0, 0};
    for (size_t i = 0; i < count; i++) {
        uint64_t literals = excluded.need | excluded.forbid;
        for (; literals; literals &= literals - 1) {
            uint64_t bit = literals & (~literals + 1);
            struct cube next = cubes[i];
            *(excluded.need & bit ? &next.forbid : &next.need) |= bit;
            close_one_of(resolver->model, &next);
            if (cube_empty(next))
                continue;
            if (list.count == limit)
                return false;
            *VECTOR_PUSH(resolver->arena, &list) = next;
        }
    }
    *out = list.at;
    *out_count = list.count;
    return true;
}
