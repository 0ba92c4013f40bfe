/* Declarations that stand together have their names, labels and what follows them in columns. */
#include "compiler/base/utf8.h"
#include "compiler/syntax/format_internal.h"
#include "grammar/policy.tab.h"

enum {
    NAME_COLUMN = 9, /* behind the longest words for a kind */
    NAME_WIDE = 32,  /* names and labels wider than this do not push the others */
    LABEL_WIDE = 50,
    LABEL_GAP = 2,
    HANG_MOST = 40
};

struct run {
    struct parts *parts;
    size_t name, label; /* widest of those that something stands behind */
};

static size_t
label_column(const struct run *run)
{
    return NAME_COLUMN + run->name + 1;
}

static bool
is_declaration(const struct parts *parts, size_t i)
{
    return parts->items.at[i].form == ITEM_DECLARATION;
}

/* The words of a declaration: its kind, its name, perhaps a label, and the rest. */
static struct word *
words_of(const struct parts *parts, size_t i)
{
    return parts->words.at + parts->items.at[i].word;
}

static bool
has_label(const struct parts *parts, size_t i)
{
    return parts->items.at[i].word_count > 2 && words_of(parts, i)[2].kind == TOKEN_STRING;
}

/* Index of the first word behind name and label, or 0. */
static size_t
rest_of(const struct parts *parts, size_t i)
{
    size_t rest = has_label(parts, i) ? 3 : 2;
    return parts->items.at[i].word_count > rest ? rest : 0;
}

static void
widen(size_t *widest, size_t width, size_t most)
{
    if (width <= most && width > *widest)
        *widest = width;
}

static void
measure_name(struct run *run, size_t i)
{
    if (run->parts->items.at[i].word_count > 2)
        widen(&run->name, utf8_width(words_of(run->parts, i)[1].text), NAME_WIDE);
}

/* A label whose line ends behind it pushes nothing. */
static void
measure_label(struct run *run, size_t i)
{
    const struct word *words = words_of(run->parts, i);
    size_t rest = rest_of(run->parts, i), width;
    if (rest != 3)
        return;
    width = utf8_width(words[2].text);
    size_t phrase = layout_phrase(words + rest, run->parts->items.at[i].word_count - rest);
    if (label_column(run) + width + LABEL_GAP + phrase <= FORMAT_COLUMNS)
        widen(&run->label, width, LABEL_WIDE);
}

/* "one of" stands where a label would: what follows are labels. */
static bool
is_list(const struct word *word)
{
    return word->kind == TOKEN_ONE;
}

static void
place(const struct run *run, size_t i)
{
    struct word *words = words_of(run->parts, i);
    size_t rest = rest_of(run->parts, i), label = label_column(run);
    words[1].column = NAME_COLUMN;
    if (has_label(run->parts, i))
        words[2].column = label;
    if (rest > 0 && (run->label == 0 || (rest == 2 && is_list(&words[rest]))))
        words[rest].column = label;
    else if (rest > 0)
        words[rest].column = label + run->label + LABEL_GAP;
    if (rest == 3)
        words[rest].gap = LABEL_GAP;
}

void
format_columns(struct parts *parts, size_t first, size_t end)
{
    struct run run = {.parts = parts};
    for (size_t i = first; i < end; i++)
        if (is_declaration(parts, i))
            measure_name(&run, i);
    for (size_t i = first; i < end; i++)
        if (is_declaration(parts, i))
            measure_label(&run, i);
    for (size_t i = first; i < end; i++)
        if (is_declaration(parts, i))
            place(&run, i);
}

size_t
format_hang(const struct parts *parts, const struct item *declaration)
{
    if (declaration->word_count < 3)
        return NAME_COLUMN;
    size_t column = parts->words.at[declaration->word + 2].column;
    return column > 0 && column <= HANG_MOST ? column : NAME_COLUMN;
}
