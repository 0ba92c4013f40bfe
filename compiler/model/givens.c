#include "compiler/model/givens.h"

#include "compiler/model/answer.h"
#include "compiler/model/calendar.h"
#include "compiler/model/civil.h"

int64_t
moment_begin(const struct calendar *calendar, const struct moment *moment)
{
    struct date date = {moment->year, moment->month, moment->day};
    struct civil_time time = {civil_day(date), moment->hour * 3600 + moment->minute * 60};
    return calendar_instant(calendar, time);
}

int64_t
moment_end(const struct calendar *calendar, const struct moment *moment)
{
    struct moment next = *moment;
    if (moment->has_time)
        return moment_begin(calendar, moment) + 60;
    struct date date =
        civil_date(civil_day((struct date){moment->year, moment->month, moment->day}) + 1);
    next.year = date.year;
    next.month = date.month;
    next.day = date.day;
    return moment_begin(calendar, &next);
}

bool
givens_say(struct givens *givens, struct cube states)
{
    struct cube all = {givens->said.need | states.need, givens->said.forbid | states.forbid};
    uint64_t yes = all.need, known = all.need | all.forbid;
    if ((all.need & all.forbid) != 0 || !states_complete(givens->model, &yes, &known))
        return false;
    givens->said = (struct cube){yes, known & ~yes};
    return true;
}

/* An event moves the states it switches; of two events the later counts, and at one instant both
 * leave the state unknown, so that whatever depends on it is refused. */
static void
move_state(struct givens *givens, uint32_t bit, bool on, int64_t at)
{
    uint64_t mask = UINT64_C(1) << bit;
    bool moved = ((givens->moved.need | givens->moved.forbid) & mask) != 0;
    if (moved && givens->moved_at[bit] > at)
        return;
    if (moved && givens->moved_at[bit] == at && ((givens->moved.need & mask) != 0) != on) {
        givens->pending |= mask;
        return;
    }
    givens->moved.need &= ~mask;
    givens->moved.forbid &= ~mask;
    *(on ? &givens->moved.need : &givens->moved.forbid) |= mask;
    givens->moved_at[bit] = at;
}

void
givens_happen(struct givens *givens, struct moment_of moment, bool received)
{
    const struct model *model = givens->model;
    uint32_t first = model->first_leaf[KIND_STATE];
    *VECTOR_PUSH(model->arena, &givens->moments) = moment;
    for (uint32_t l = first; l < model->first_leaf[KIND_STATE + 1] && l - first < 64; l++) {
        bool on = set_has(leaf(model, l)->after, moment.what);
        bool off = set_has(leaf(model, l)->until, moment.what);
        if (!on && !off)
            continue;
        if (!received && on != off)
            move_state(givens, l - first, on, moment.at);
        else
            givens->pending |= state_bit(model, l);
    }
}

struct cube
givens_states(const struct givens *givens)
{
    uint64_t moved = givens->moved.need | givens->moved.forbid;
    return (struct cube){((givens->said.need & ~moved) | givens->moved.need) & ~givens->pending,
                         ((givens->said.forbid & ~moved) | givens->moved.forbid) &
                             ~givens->pending};
}
