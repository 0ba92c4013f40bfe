/* What the command line and the policy itself say about messages: not at all, or as errors. */
#include "compiler/diag/control.h"

#include "compiler/diag/explain.h"

bool
code_can_be_allowed(enum code code)
{
    return code_severity(code) == WARNING || code == E_TYPED_NUMBER;
}

static void
treat_all(struct control *control, enum treatment treatment)
{
    for (int i = 0; i < CODE_COUNT; i++)
        if (code_severity((enum code)i) == WARNING)
            control->treatments[i] = (uint8_t)treatment;
}

static bool
read_one(struct control *control, struct text word, enum treatment treatment)
{
    enum code code;
    if (text_equal_folded(word, TEXT("all"))) {
        treat_all(control, treatment);
        return true;
    }
    if (!code_find(word, &code) || code_severity(code) != WARNING)
        return false;
    control->treatments[code] = (uint8_t)treatment;
    return true;
}

bool
control_read(struct control *control, struct text list, enum treatment treatment,
             struct text *wrong)
{
    for (size_t at = 0; at <= list.length;) {
        size_t end = at;
        while (end < list.length && list.data[end] != ',')
            end++;
        *wrong = text_trim((struct text){list.data + at, end - at});
        if (!read_one(control, *wrong, treatment))
            return false;
        at = end + 1;
    }
    return true;
}

struct control
control_quiet(void)
{
    struct control control = {{0}};
    treat_all(&control, TREAT_OFF);
    return control;
}

bool
diagnostics_allow(struct diagnostics *diagnostics, enum code code, struct span within,
                  struct span place, bool clause)
{
    size_t count = diagnostics->allowances[clause].count;
    const struct allowance *list = diagnostics->allowances[clause].at;
    for (size_t i = count; i > 0 && list[i - 1].within.begin == within.begin; i--)
        if (list[i - 1].code == code && list[i - 1].within.source == within.source)
            return false; /* so that there are never more for one place than there are codes */
    *VECTOR_PUSH(diagnostics->arena, &diagnostics->allowances[clause]) =
        (struct allowance){code, within, place, false};
    return true;
}

static bool
begins_after(struct span a, struct span b)
{
    return a.source != b.source ? a.source > b.source : a.begin > b.begin;
}

/* Looks among those of clauses, or of words: neither overlap among themselves. */
static bool
find_allowance(struct allowance *list, size_t count, enum code code, struct span span)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (begins_after(list[middle].within, span))
            high = middle;
        else
            low = middle + 1;
    }
    for (size_t i = low; i > 0; i--) {
        struct allowance *one = &list[i - 1];
        if (one->within.source != span.source || one->within.end < span.begin)
            return false;
        if (one->code == code) {
            one->used = true;
            return true;
        }
    }
    return false;
}

bool
is_allowed(struct diagnostics *diagnostics, enum code code, struct span span)
{
    if (!code_can_be_allowed(code))
        return false;
    bool allowed = false;
    for (int i = 0; i < 2 && !allowed; i++)
        allowed = find_allowance(diagnostics->allowances[i].at, diagnostics->allowances[i].count,
                                 code, span);
    return allowed;
}
