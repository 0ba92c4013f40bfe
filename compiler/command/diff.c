#include "compiler/command/diff.h"

#include "compiler/base/names.h"
#include "compiler/base/utf8.h"
#include "compiler/base/vector.h"

enum {
    CONTEXT = 3,
    TABLE_MOST = 1 << 16 /* cells of the table in which the lines of a small gap are compared */
};

/* The lines of a text, each with a number that equal lines share. */
struct lines {
    struct text *at; /* with their line ends */
    uint32_t *number;
    size_t count;
};

struct diff {
    struct arena *arena;
    struct lines a, b;
    uint32_t numbers; /* of different lines */
    uint32_t *match;  /* of each line of a: the line of b that it stays, or NONE */
    uint16_t *table;
    bool colour;
    struct buffer *out;
};

static struct lines
split(struct diff *diff, struct text text, struct names *names)
{
    VECTOR(struct text) found = {0};
    while (text.length > 0) {
        const char *end = memchr(text.data, '\n', text.length);
        size_t length = end ? (size_t)(end - text.data) + 1 : text.length;
        *VECTOR_PUSH(diff->arena, &found) = (struct text){text.data, length};
        text = (struct text){text.data + length, text.length - length};
    }
    struct lines lines = {found.at, ARENA_ARRAY(diff->arena, found.count, uint32_t), found.count};
    for (size_t i = 0; i < lines.count; i++) {
        lines.number[i] = names_add(names, lines.at[i], diff->numbers);
        diff->numbers += lines.number[i] == diff->numbers;
    }
    return lines;
}

/* Lines that stand once in either text. */
struct anchor {
    uint32_t a, b;
    uint32_t before; /* in the longest row of anchors that ends with this one: the one before */
};

struct anchors {
    VECTOR(struct anchor) list;
};

static uint32_t *
count_lines(const struct diff *diff, const struct lines *lines)
{
    uint32_t *counts = ARENA_ARRAY(diff->arena, diff->numbers, uint32_t);
    for (size_t i = 0; i < lines->count; i++)
        counts[lines->number[i]]++;
    return counts;
}

static struct anchors
find_anchors(const struct diff *diff)
{
    struct anchors anchors = {0};
    const uint32_t *in_a = count_lines(diff, &diff->a), *in_b = count_lines(diff, &diff->b);
    uint32_t *where = ARENA_ARRAY(diff->arena, diff->numbers, uint32_t);
    for (size_t i = 0; i < diff->b.count; i++)
        where[diff->b.number[i]] = (uint32_t)i;
    for (size_t i = 0; i < diff->a.count; i++) {
        uint32_t number = diff->a.number[i];
        if (in_a[number] == 1 && in_b[number] == 1)
            *VECTOR_PUSH(diff->arena, &anchors.list) =
                (struct anchor){(uint32_t)i, where[number], NONE};
    }
    return anchors;
}

/* Matches the longest row of anchors that stands in the same order in both texts: patience. */
static void
match_anchors(struct diff *diff)
{
    struct anchors anchors = find_anchors(diff);
    struct anchor *list = anchors.list.at;
    uint32_t *ends = ARENA_ARRAY(diff->arena, anchors.list.count + 1, uint32_t);
    size_t longest = 0;
    for (uint32_t i = 0; i < anchors.list.count; i++) {
        size_t low = 0, high = longest; /* ends[n]: the row of n + 1 that ends first in b */
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (list[ends[middle]].b < list[i].b)
                low = middle + 1;
            else
                high = middle;
        }
        list[i].before = low > 0 ? ends[low - 1] : NONE;
        ends[low] = i;
        longest += low == longest;
    }
    for (uint32_t i = longest > 0 ? ends[longest - 1] : NONE; i != NONE; i = list[i].before)
        diff->match[list[i].a] = list[i].b;
}

struct range {
    size_t a, a_end, b, b_end;
};

static bool
same_line(const struct diff *diff, size_t a, size_t b)
{
    return diff->a.number[a] == diff->b.number[b];
}

/* The longest common part of a small gap, by the table that every textbook has. */
static void
match_table(struct diff *diff, struct range r)
{
    size_t width = r.b_end - r.b + 1, height = r.a_end - r.a + 1;
    uint16_t *table = diff->table;
    memset(table, 0, width * height * sizeof *table);
    for (size_t i = height - 1; i-- > 0;)
        for (size_t j = width - 1; j-- > 0;) {
            const uint16_t *down = &table[(i + 1) * width + j], *right = &table[i * width + j + 1];
            table[i * width + j] = same_line(diff, r.a + i, r.b + j) ? (uint16_t)(down[1] + 1)
                                   : *down > *right                  ? *down
                                                                     : *right;
        }
    for (size_t i = 0, j = 0; i + 1 < height && j + 1 < width;) {
        if (same_line(diff, r.a + i, r.b + j))
            diff->match[r.a + i++] = (uint32_t)(r.b + j++);
        else if (table[(i + 1) * width + j] >= table[i * width + j + 1])
            i++;
        else
            j++;
    }
}

/* Between two anchors: equal lines at both ends, and what is in the middle if it is small. */
static void
match_gap(struct diff *diff, struct range r)
{
    while (r.a < r.a_end && r.b < r.b_end && same_line(diff, r.a, r.b))
        diff->match[r.a++] = (uint32_t)r.b++;
    while (r.a < r.a_end && r.b < r.b_end && same_line(diff, r.a_end - 1, r.b_end - 1))
        diff->match[--r.a_end] = (uint32_t)--r.b_end;
    if (r.a == r.a_end || r.b == r.b_end)
        return;
    if (r.a_end - r.a + 1 <= TABLE_MOST / (r.b_end - r.b + 1))
        match_table(diff, r);
}

static void
match_gaps(struct diff *diff)
{
    struct range r = {0};
    for (size_t i = 0; i <= diff->a.count; i++) {
        if (i < diff->a.count && diff->match[i] == NONE)
            continue;
        r.a_end = i;
        r.b_end = i < diff->a.count ? diff->match[i] : diff->b.count;
        size_t next = r.b_end + 1;
        match_gap(diff, r);
        r = (struct range){.a = i + 1, .b = next};
    }
}

static void
put_line(const struct diff *diff, char sign, struct text line)
{
    const char *on = sign == '-' ? "\033[31m" : sign == '+' ? "\033[32m" : "";
    bool ended = line.data[line.length - 1] == '\n';
    if (diff->colour)
        buffer_format(diff->out, "%s", on);
    buffer_char(diff->out, sign);
    if (ended)
        line.length--;
    for (size_t at = 0; diff->colour && at < line.length;) { /* for eyes: nothing is hidden */
        size_t from = at;
        uint32_t c = utf8_next(line, &at);
        if (c != '\t' && utf8_is_hidden(c))
            buffer_string(diff->out, "\xEF\xBF\xBD");
        else
            buffer_add(diff->out, (struct text){line.data + from, at - from});
    }
    if (!diff->colour)
        buffer_add(diff->out, line);
    if (diff->colour && *on)
        buffer_string(diff->out, "\033[0m");
    buffer_string(diff->out, "\n");
    if (!ended)
        buffer_string(diff->out, "\\ No newline at end of file\n");
}

/* The end of the lines from (a, b) on that are taken out and put in. */
static struct range
change_at(const struct diff *diff, size_t a, size_t b)
{
    struct range change = {a, a, b, diff->b.count};
    while (change.a_end < diff->a.count && diff->match[change.a_end] == NONE)
        change.a_end++;
    if (change.a_end < diff->a.count)
        change.b_end = diff->match[change.a_end];
    return change;
}

static void
put_side(struct buffer *out, char sign, size_t from, size_t end)
{
    size_t count = end - from;
    buffer_format(out, "%c%zu", sign, count == 0 ? from : from + 1);
    if (count != 1)
        buffer_format(out, ",%zu", count);
}

static void
put_hunk(const struct diff *diff, struct range r)
{
    struct buffer *out = diff->out;
    buffer_add(out, diff->colour ? TEXT("\033[36m@@ ") : TEXT("@@ "));
    put_side(out, '-', r.a, r.a_end);
    buffer_char(out, ' ');
    put_side(out, '+', r.b, r.b_end);
    buffer_add(out, diff->colour ? TEXT(" @@\033[0m\n") : TEXT(" @@\n"));
    while (r.a < r.a_end || r.b < r.b_end) {
        struct range change = change_at(diff, r.a, r.b);
        if (change.a_end > r.a_end || change.b_end > r.b_end)
            change.a_end = r.a_end, change.b_end = r.b_end;
        for (; r.a < change.a_end; r.a++)
            put_line(diff, '-', diff->a.at[r.a]);
        for (; r.b < change.b_end; r.b++)
            put_line(diff, '+', diff->b.at[r.b]);
        if (r.a < r.a_end) {
            put_line(diff, ' ', diff->a.at[r.a]);
            r.a++;
            r.b++;
        }
    }
}

/* Moves behind the lines that stay, and gives how many they were. */
static size_t
pass_equal(const struct diff *diff, size_t *a, size_t *b)
{
    size_t from = *a;
    while (*a < diff->a.count && diff->match[*a] == *b) {
        ++*a;
        ++*b;
    }
    return *a - from;
}

static void
put_hunks(const struct diff *diff)
{
    size_t a = 0, b = 0;
    size_t before = pass_equal(diff, &a, &b);
    while (a < diff->a.count || b < diff->b.count) {
        size_t lead = before < CONTEXT ? before : CONTEXT, last_a, last_b;
        struct range hunk = {a - lead, 0, b - lead, 0};
        do {
            struct range change = change_at(diff, a, b);
            a = last_a = change.a_end;
            b = last_b = change.b_end;
            before = pass_equal(diff, &a, &b);
        } while (before <= 2 * CONTEXT && (a < diff->a.count || b < diff->b.count));
        size_t trail = before < CONTEXT ? before : CONTEXT;
        hunk.a_end = last_a + trail;
        hunk.b_end = last_b + trail;
        put_hunk(diff, hunk);
    }
}

void
diff_unified(struct arena *arena, struct text name, struct text before, struct text after,
             bool colour, struct buffer *out)
{
    if (text_equal(before, after))
        return;
    struct diff diff = {.arena = arena, .colour = colour, .out = out};
    struct names names = names_in(arena);
    diff.a = split(&diff, before, &names);
    diff.b = split(&diff, after, &names);
    diff.match = ARENA_ARRAY(arena, diff.a.count, uint32_t);
    memset(diff.match, 0xFF, diff.a.count * sizeof *diff.match);
    diff.table = ARENA_ARRAY(arena, TABLE_MOST, uint16_t);
    match_anchors(&diff);
    match_gaps(&diff);
    const char *bold = colour ? "\033[1m" : "", *off = colour ? "\033[0m" : "";
    buffer_format(out, "%s--- %.*s%s\n%s+++ %.*s%s\n", bold, TEXT_ARGS(name), off, bold,
                  TEXT_ARGS(name), off);
    put_hunks(&diff);
}
