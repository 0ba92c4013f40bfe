/* Sets of leaves as sorted intervals. */
#include "compiler/model/model.h"

#include <stdlib.h>

/* The first interval that ends behind leaf, or set.count. */
static size_t
first_behind(struct set set, uint32_t leaf)
{
    size_t low = 0, high = set.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set.at[middle].high <= leaf)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool
set_has(struct set set, uint32_t leaf)
{
    size_t i = first_behind(set, leaf);
    return i < set.count && set.at[i].low <= leaf;
}

uint32_t
set_size(struct set set)
{
    uint32_t size = 0;
    for (size_t i = 0; i < set.count; i++)
        size += set.at[i].high - set.at[i].low;
    return size;
}

static int
by_low(const void *a, const void *b)
{
    const struct interval *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

static bool
is_sorted(const struct interval *intervals, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (intervals[i - 1].low > intervals[i].low)
            return false;
    return true;
}

struct set
set_from(struct interval *intervals, size_t count)
{
    if (!is_sorted(intervals, count))
        qsort(intervals, count, sizeof *intervals, by_low);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct interval next = intervals[i];
        if (next.low >= next.high)
            continue;
        if (kept == 0 || intervals[kept - 1].high < next.low)
            intervals[kept++] = next;
        else if (intervals[kept - 1].high < next.high)
            intervals[kept - 1].high = next.high;
    }
    return (struct set){intervals, kept};
}

struct set
set_union(struct arena *arena, struct set a, struct set b)
{
    if (a.count == 0)
        return b;
    if (b.count == 0)
        return a;
    struct interval *all = ARENA_ARRAY(arena, a.count + b.count, struct interval);
    size_t i = 0, k = 0;
    while (i < a.count || k < b.count) {
        bool from_a = k == b.count || (i < a.count && a.at[i].low <= b.at[k].low);
        all[i + k] = from_a ? a.at[i] : b.at[k];
        if (from_a)
            i++;
        else
            k++;
    }
    return set_from(all, a.count + b.count);
}

struct set
set_minus(struct arena *arena, struct set a, struct set b)
{
    if (!set_meets(a, b))
        return a;
    struct interval *left = ARENA_ARRAY(arena, a.count + b.count, struct interval);
    size_t count = 0, k = 0;
    for (size_t i = 0; i < a.count; i++) {
        uint32_t low = a.at[i].low, high = a.at[i].high;
        while (k < b.count && b.at[k].high <= low)
            k++;
        /* An interval of b may reach into the next one of a: k stays on it. */
        for (size_t n = k; n < b.count && b.at[n].low < high; n++) {
            if (low < b.at[n].low)
                left[count++] = (struct interval){low, b.at[n].low};
            low = b.at[n].high;
            k = n;
        }
        if (low < high)
            left[count++] = (struct interval){low, high};
    }
    return (struct set){left, count};
}

struct set
set_both(struct arena *arena, struct set a, struct set b)
{
    if (!set_meets(a, b))
        return (struct set){NULL, 0};
    struct interval *both = ARENA_ARRAY(arena, a.count + b.count, struct interval);
    size_t count = 0;
    for (size_t i = 0, k = 0; i < a.count && k < b.count;) {
        uint32_t low = a.at[i].low > b.at[k].low ? a.at[i].low : b.at[k].low;
        uint32_t high = a.at[i].high < b.at[k].high ? a.at[i].high : b.at[k].high;
        if (low < high)
            both[count++] = (struct interval){low, high};
        if (a.at[i].high < b.at[k].high)
            i++;
        else
            k++;
    }
    return (struct set){both, count};
}

/* Searches the larger set for each part of the smaller: the cost follows the smaller one, so that
 * a short list against a large group stays cheap however often it is asked. */
bool
set_meets(struct set a, struct set b)
{
    struct set small = a.count <= b.count ? a : b, large = a.count <= b.count ? b : a;
    for (size_t i = 0; i < small.count; i++) {
        size_t k = first_behind(large, small.at[i].low);
        if (k < large.count && large.at[k].low < small.at[i].high)
            return true;
    }
    return false;
}

bool
set_within(struct set inner, struct set outer)
{
    for (size_t i = 0; i < inner.count; i++) {
        size_t k = first_behind(outer, inner.at[i].low);
        if (k == outer.count || outer.at[k].low > inner.at[i].low ||
            outer.at[k].high < inner.at[i].high)
            return false;
    }
    return true;
}

bool
set_same(struct set a, struct set b)
{
    return a.count == b.count && (a.count == 0 || memcmp(a.at, b.at, a.count * sizeof *a.at) == 0);
}
