/* Which of two tables is in force, and the words for what can go wrong. */
#include "runtime/core/text.h"

static int
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One unit of a revision: a byte, or the value of a run of digits as its length without leading
 * zeros and where it begins. */
struct unit {
    size_t from, to;
};

static struct unit
next_unit(avow_text text, size_t at)
{
    struct unit unit = {at, at};
    if (at < text.length && !is_digit(text.data[at]))
        unit.to = at + 1;
    while (unit.to == unit.from && unit.from + 1 < text.length && text.data[unit.from] == '0' &&
           is_digit(text.data[unit.from + 1]))
        unit.from = ++unit.to;
    if (unit.to == unit.from)
        while (unit.to < text.length && is_digit(text.data[unit.to]))
            unit.to++;
    return unit;
}

/* Revisions in their order: bytes, but digits by their value, so that "9" is before "10". */
static int
compare_revisions(avow_text a, avow_text b)
{
    struct unit x = {0, 0}, y = {0, 0};
    for (;;) {
        x = next_unit(a, x.to);
        y = next_unit(b, y.to);
        size_t left = x.to - x.from, right = y.to - y.from;
        if (left != right &&
            (left == 0 || right == 0 || (is_digit(a.data[x.from]) && is_digit(b.data[y.from]))))
            return left < right ? -1 : 1;
        if (left == 0)
            return 0;
        for (size_t i = 0; i < left && i < right; i++)
            if (a.data[x.from + i] != b.data[y.from + i])
                return (unsigned char)a.data[x.from + i] < (unsigned char)b.data[y.from + i] ? -1
                                                                                             : 1;
    }
}

static int
same_text(avow_text a, avow_text b)
{
    size_t i = 0;
    while (i < a.length && i < b.length && a.data[i] == b.data[i])
        i++;
    return i == a.length && i == b.length;
}

avow_error
avow_may_replace(const avow_table *next, const avow_table *current, int32_t today)
{
    if (next == NULL)
        return AVOW_ERROR_STRUCTURE;
    const uint32_t *new = words_of(next), *old = words_of(current);
    int32_t day = (int32_t) new[AT_EFFECTIVE];
    if (day > today)
        return AVOW_ERROR_NOT_YET;
    if (old == NULL)
        return AVOW_OK;
    if (!same_text(text_at(new, TEXT_POLICY), text_at(old, TEXT_POLICY)))
        return AVOW_ERROR_POLICY;
    if (day != (int32_t)old[AT_EFFECTIVE])
        return day < (int32_t)old[AT_EFFECTIVE] ? AVOW_ERROR_OLDER : AVOW_OK;
    return compare_revisions(text_at(new, TEXT_REVISION), text_at(old, TEXT_REVISION)) < 0
               ? AVOW_ERROR_OLDER
               : AVOW_OK;
}

const char *
avow_error_text(avow_error error)
{
    switch (error) {
    case AVOW_OK:
        return "The bundle is good.";
    case AVOW_ERROR_ALIGNMENT:
        return "The memory is not aligned to 8 bytes.";
    case AVOW_ERROR_SHORT:
        return "The bundle ends too early.";
    case AVOW_ERROR_MAGIC:
        return "This is not a bundle.";
    case AVOW_ERROR_ABI:
        return "The bundle is of another version of the format.";
    case AVOW_ERROR_HASH:
        return "The bundle was changed after it was made.";
    case AVOW_ERROR_STRUCTURE:
        return "The bundle breaks the rules of its format.";
    case AVOW_ERROR_NOT_YET:
        return "The policy is not yet effective.";
    case AVOW_ERROR_OLDER:
        return "The policy is older than the one in force.";
    case AVOW_ERROR_POLICY:
        return "This is another policy than the one in force.";
    case AVOW_ERROR_VOCABULARY:
        return "The bundle was made for another vocabulary.";
    }
    return "The error is unknown.";
}

const char *
avow_reason_text(avow_reason reason)
{
    switch (reason) {
    case AVOW_REASON_NONE:
        return "Nothing was asked.";
    case AVOW_REASON_CLAUSE:
        return "The cited clauses decide.";
    case AVOW_REASON_NO_CLAUSE:
        return "No clause permits it.";
    case AVOW_REASON_UNKNOWN:
        return "It depends on states that are not known.";
    case AVOW_REASON_NO_TABLE:
        return "There is no table.";
    case AVOW_REASON_BAD_POINT:
        return "A part of the question does not exist or is of the wrong kind.";
    case AVOW_REASON_BAD_STATES:
        return "Of facts of which exactly one holds, two hold or none does.";
    }
    return "The reason is unknown.";
}
