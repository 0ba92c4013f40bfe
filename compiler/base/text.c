#include "compiler/base/text.h"

static unsigned char
fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool
text_equal_folded(struct text a, struct text b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (fold(a.data[i]) != fold(b.data[i]))
            return false;
    return true;
}

int
text_compare(struct text a, struct text b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    if (order != 0)
        return order;
    return (a.length > b.length) - (a.length < b.length);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct text
text_trim(struct text t)
{
    while (t.length > 0 && is_blank(t.data[0])) {
        t.data++;
        t.length--;
    }
    while (t.length > 0 && is_blank(t.data[t.length - 1]))
        t.length--;
    return t;
}

static uint64_t
mixed(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

uint64_t
text_hash(struct text t)
{
    uint64_t hash = t.length, word = 0;
    size_t i = 0;
    for (; t.length - i >= sizeof word; i += sizeof word) {
        memcpy(&word, t.data + i, sizeof word);
        hash = mixed(hash, word);
    }
    for (word = 0; i < t.length; i++)
        word = word << 8 | (unsigned char)t.data[i];
    hash = mixed(hash, word);
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ hash >> 32;
}

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

enum { NEAR_MAX = 64 };

unsigned
text_distance(struct text a, struct text b, unsigned limit)
{
    size_t gap = a.length > b.length ? a.length - b.length : b.length - a.length;
    if (a.length > NEAR_MAX || b.length > NEAR_MAX || gap > limit)
        return limit + 1;
    unsigned rows[3][NEAR_MAX + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.length; j++)
        above[j] = (unsigned)j;
    memcpy(before, above, sizeof rows[0]);
    for (size_t i = 1; i <= a.length; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.length; j++) {
            bool same = a.data[i - 1] == b.data[j - 1];
            unsigned cost = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1])
                cost = least(cost, before[j - 2] + 1);
            row[j] = cost;
        }
        unsigned *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b.length] > limit ? limit + 1 : above[b.length];
}
