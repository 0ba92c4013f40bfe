#include "compiler/question/words.h"

#include "compiler/base/utf8.h"

/* Marks that are never part of a word. */
static bool
is_mark(uint32_t c)
{
    static const uint32_t marks[] = {'"', '?', '!',  '(',  ')',    '[',    ']',    '{',    '}',
                                     '*', '_', 0xAB, 0xBB, 0x2018, 0x201A, 0x201C, 0x201D, 0x201E};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (c == marks[i])
            return true;
    return c <= ' ' || c == 0xA0 || c == ',' || c == ';';
}

static char
small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* What a word does not end with: a full stop or colon, and the "'s" of an owner. */
static size_t
without_end(struct text t)
{
    while (t.length > 0 && strchr(".:'", t.data[t.length - 1]))
        t.length--;
    if (t.length > 2 && memcmp(t.data + t.length - 2, "'s", 2) == 0)
        return t.length - 2;
    if (t.length > 4 && memcmp(t.data + t.length - 4, "\u2019s", 4) == 0)
        return t.length - 4;
    return t.length;
}

static void
add_word(struct arena *arena, struct text text, struct span span, bool comma, void *to)
{
    VECTOR(struct word) *words = to;
    while (text.length > 0 && text.data[0] == '\'') {
        text.data++;
        text.length--;
        span.begin++;
    }
    text.length = without_end(text);
    if (text.length == 0)
        return;
    char *data = arena_alloc(arena, text.length + 1);
    for (size_t i = 0; i < text.length; i++)
        data[i] = small(text.data[i]);
    *VECTOR_PUSH(arena, words) = (struct word){
        {data, text.length}, {span.source, span.begin, span.begin + (uint32_t)text.length}, comma};
}

struct words
words_of(struct arena *arena, struct text text, struct span span)
{
    VECTOR(struct word) words = {0};
    bool comma = false;
    size_t begin = 0, at = 0;
    while (at <= text.length) {
        size_t here = at;
        uint32_t c = at < text.length ? utf8_next(text, &at) : ' ';
        at += here == text.length;
        if (!is_mark(c))
            continue;
        struct span place = {span.source, span.begin + (uint32_t)begin, 0};
        size_t before = words.count;
        add_word(arena, (struct text){text.data + begin, here - begin}, place, comma, &words);
        comma = (comma && words.count == before) || c == ',' || c == ';';
        begin = at;
    }
    return (struct words){words.at, words.count};
}

struct span
words_span(struct words words, size_t a, size_t b)
{
    return span_join(words.at[a].span, words.at[b - 1].span);
}

bool
word_is(const struct word *word, const char *const *row)
{
    for (; *row; row++)
        if (text_equal(word->text, text_of(*row)))
            return true;
    return false;
}

static bool
ends_with(struct text t, const char *end)
{
    struct text e = text_of(end);
    return t.length > e.length + 1 && memcmp(t.data + t.length - e.length, e.data, e.length) == 0;
}

/* One word in its ground form: "parties" and "party" become one, so do "addresses" and "address".
 * It need not be English; the same word only has to give the same form. */
static void
add_ground(struct buffer *out, struct text word)
{
    if (ends_with(word, "ies")) {
        buffer_add(out, (struct text){word.data, word.length - 3});
        buffer_char(out, 'y');
        return;
    }
    if (ends_with(word, "sses") || ends_with(word, "xes") || ends_with(word, "ches") ||
        ends_with(word, "shes"))
        word.length -= 2;
    else if (ends_with(word, "s") && !ends_with(word, "ss") && !ends_with(word, "us") &&
             !ends_with(word, "is"))
        word.length--;
    buffer_add(out, word);
}

static void
add_key(struct buffer *out, struct text word)
{
    static const char *const articles[] = {"a",   "an",  "the", "our",   "your", "my",
                                           "his", "her", "its", "their", "all",  NULL};
    struct word whole = {.text = word};
    if (word_is(&whole, articles))
        return;
    for (size_t at = 0, begin = 0; at <= word.length; at++) {
        if (at < word.length && word.data[at] != '-' && word.data[at] != '.')
            continue;
        if (at > begin) {
            if (out->length > 0)
                buffer_char(out, ' ');
            add_ground(out, (struct text){word.data + begin, at - begin});
        }
        begin = at + 1;
    }
}

struct text
words_key(struct arena *arena, struct words words, size_t a, size_t b)
{
    struct buffer out = buffer_in(arena);
    for (; a < b; a++)
        add_key(&out, words.at[a].text);
    return buffer_text(&out);
}

struct text
text_key(struct arena *arena, struct text text)
{
    struct words words = words_of(arena, text, (struct span){0});
    return words_key(arena, words, 0, words.count);
}
