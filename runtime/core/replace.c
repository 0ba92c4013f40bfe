/* Which of two tables is in force, and the words for what can go wrong. */
#include "runtime/core/read.h"

/* Less than 0, 0 or more as this text of one table is before that of another, the same or behind.
 */
static int
compare(const uint32_t *a, const uint32_t *b, enum table_text text)
{
    const char *x = avow_core_text(a, text, PART_NAME).data;
    const char *y = avow_core_text(b, text, PART_NAME).data;
    for (; *x == *y && *x != 0; x++, y++) {
    }
    return (unsigned char)*x - (unsigned char)*y;
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
    if (compare(new, old, TEXT_POLICY) != 0)
        return AVOW_ERROR_POLICY;
    int32_t old_day = (int32_t)old[AT_EFFECTIVE];
    if (day < old_day || (day == old_day && compare(new, old, TEXT_ORDER) < 0))
        return AVOW_ERROR_OLDER;
    return AVOW_OK;
}

/* Rows of bytes, not pointers: these need no relocation when the core is loaded. */
static const char error_texts[][56] = {
    [AVOW_OK] = "The bundle is good.",
    [AVOW_ERROR_ALIGNMENT] = "The memory is not aligned to 8 bytes.",
    [AVOW_ERROR_SHORT] = "The bundle ends too early.",
    [AVOW_ERROR_MAGIC] = "This is not a bundle.",
    [AVOW_ERROR_ABI] = "The bundle is of another version of the format.",
    [AVOW_ERROR_HASH] = "The bundle was changed after it was made.",
    [AVOW_ERROR_STRUCTURE] = "The bundle breaks the rules of its format.",
    [AVOW_ERROR_NOT_YET] = "The policy is not yet effective.",
    [AVOW_ERROR_OLDER] = "The policy is older than the one in force.",
    [AVOW_ERROR_POLICY] = "This is another policy than the one in force.",
    [AVOW_ERROR_VOCABULARY] = "The bundle was made for another vocabulary.",
    "This error is not known.",
};

static const char reason_texts[][72] = {
    [AVOW_REASON_NONE] = "Nothing was asked.",
    [AVOW_REASON_CLAUSE] = "The cited clauses decide.",
    [AVOW_REASON_NO_CLAUSE] = "No clause permits it.",
    [AVOW_REASON_UNKNOWN] = "It depends on states that are not known.",
    [AVOW_REASON_NO_TABLE] = "There is no table.",
    [AVOW_REASON_BAD_POINT] = "A part of the question does not exist or is of the wrong kind.",
    [AVOW_REASON_BAD_STATES] = "Of facts of which exactly one holds, two hold or none does.",
    "This reason is not known.",
};

const char *
avow_error_text(avow_error error)
{
    uint32_t last = sizeof error_texts / sizeof *error_texts - 1;
    return error_texts[(uint32_t)error < last ? (uint32_t)error : last];
}

const char *
avow_reason_text(avow_reason reason)
{
    uint32_t last = sizeof reason_texts / sizeof *reason_texts - 1;
    return reason_texts[(uint32_t)reason < last ? (uint32_t)reason : last];
}
