/* See decision_hand.h. The table, the switch and the names come from decision_tables.c. */
#include "tests/bench/decision_hand.h"

#include <string.h>

struct word { /* what a name can be; 0xff: not that */
    const char *name;
    uint8_t actor, verb, leaf;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wregister"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
static const struct word *find_word(const char *name, size_t length);
#include "hand_words.h"
#pragma GCC diagnostic pop

struct hand_answer
hand_table(uint32_t actor, uint32_t verb, uint32_t object, uint32_t target, uint32_t yes,
           uint32_t known)
{
    return hand_inline(actor, verb, object, target, yes, known);
}

/* All bits if x is 0, else none; opaque, so that it does not become a jump. */
static inline uint32_t
if_zero(uint32_t x)
{
    uint32_t mask = (uint32_t)0 - (x == 0);
    __asm__("" : "+r"(mask));
    return mask;
}

struct hand_answer
hand_straight(uint32_t actor, uint32_t verb, uint32_t object, uint32_t target, uint32_t yes,
              uint32_t known)
{
    struct hand_entry e = *hand_entry_of(actor, verb, object, target);
    uint32_t no = known & ~yes;
    yes &= known;
    uint32_t never = if_zero((uint32_t)(e.never_clause == HAND_NO_CLAUSE) | (e.never_need & no) |
                             (e.never_forbid & yes));
    uint32_t may = if_zero((uint32_t)(e.may_clause == HAND_NO_CLAUSE) | (e.may_need & no) |
                           (e.may_forbid & yes));
    uint32_t never_missing = (uint32_t)(e.never_need | e.never_forbid) & ~known & never;
    uint32_t may_missing = (uint32_t)(e.may_need | e.may_forbid) & ~known & may & ~never;
    uint32_t allowed = may & ~never & if_zero(may_missing);
    uint32_t none = ~(never | allowed);
    uint32_t clause = (e.never_clause & never) | (e.may_clause & allowed) | (HAND_NO_CLAUSE & none);
    uint32_t verdict = (AVOW_FORBIDDEN & never) | (AVOW_ALLOWED & allowed) | (AVOW_UNSTATED & none);
    return (struct hand_answer){(uint8_t)verdict, never_missing != 0, (uint8_t)clause,
                                (uint8_t)(never_missing | may_missing)};
}

struct hand_answer
hand_switch(uint32_t actor, uint32_t verb, uint32_t object, uint32_t target, uint32_t yes,
            uint32_t known)
{
#define RULES(...) hand_judge((struct hand_entry){__VA_ARGS__}, yes, known)
#include "hand_switch.h"
#undef RULES
    return (struct hand_answer){AVOW_UNSTATED, 0, HAND_NO_CLAUSE, 0};
}

struct hand_answer
hand_names(const avow_named_point *named, uint32_t yes, uint32_t known)
{
    const struct hand_answer refused = {AVOW_REFUSED, 0, HAND_NO_CLAUSE, 0};
    const struct word *actor = find_word(named->actor, named->actor_length);
    const struct word *verb = find_word(named->verb, named->verb_length);
    const struct word *object = find_word(named->object, named->object_length);
    const struct word *target = find_word(named->target, named->target_length);
    if (actor == NULL || verb == NULL || object == NULL || target == NULL)
        return refused;
    if (actor->actor == 0xff || verb->verb == 0xff)
        return refused;
    const struct hand_verb *form = &hand_verbs[verb->verb];
    uint32_t to = target->leaf == HAND_US ? form->us : target->leaf;
    uint32_t object_number = (uint32_t)object->leaf - form->first_object;
    uint32_t target_number = to - form->first_target;
    if (object_number >= form->objects || target_number >= form->targets)
        return refused;
    return hand_inline(actor->actor, verb->verb, object_number, target_number, yes, known);
}
