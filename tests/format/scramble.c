#include "tests/format/scramble.h"

#include "compiler/syntax/front.h"
#include "compiler/syntax/tokens.h"

struct scrambler {
    struct random *random;
    struct text text;
    struct tokens tokens; /* as they were scanned */
    bool comments;
    unsigned count; /* of comments so far */
    const char *newlines[2];
    bool line_start; /* nothing stands on the current line of the output */
    struct buffer *out;
};

static bool
chance(struct scrambler *s, uint32_t percent)
{
    return random_chance(s->random, percent);
}

static void
put_newline(struct scrambler *s)
{
    buffer_add(s->out, text_of(s->newlines[random_below(s->random, 2)]));
    s->line_start = true;
}

static void
put_blanks(struct scrambler *s)
{
    static const char *const blanks[] = {" ", "  ", "\t", " \t ", "\xC2\xA0", "      "};
    buffer_add(s->out, text_of(blanks[random_below(s->random, 6)]));
}

static void
put_comment(struct scrambler *s)
{
    static const char *const words[] = {
        "",         " > no words for anybody", " \"",      " we MAY email customer about news.",
        " # twice", " ends in blanks \t ",     " – “ ” ü",
    };
    buffer_format(s->out, "#%sc%u%s", chance(s, 50) ? " " : "", ++s->count,
                  words[random_below(s->random, 7)]);
    put_newline(s);
}

/* What may stand between any two words, or before a mark if the words do not need it. */
static void
put_gap(struct scrambler *s, bool needed)
{
    if (needed || chance(s, 10))
        put_blanks(s);
    if (!chance(s, 25))
        return;
    if (!s->comments || chance(s, 60)) {
        if (s->comments || !s->line_start) /* no empty lines */
            put_newline(s);
    } else {
        if (chance(s, 50))
            put_newline(s);
        for (uint32_t i = random_below(s->random, 3) + 1; i > 0; i--)
            put_comment(s);
    }
    while (s->comments && chance(s, 20))
        put_newline(s);
    if (chance(s, 70))
        put_blanks(s);
}

static bool
is_keyword(unsigned kind)
{
    return kind != TOKEN_NAME && kind != TOKEN_NUMBER && kind != TOKEN_DATE && kind != TOKEN_TIME &&
           kind != TOKEN_STRING && kind != TOKEN_PROSE;
}

static void
put_keyword(struct scrambler *s, struct text word)
{
    for (size_t i = 0; i < word.length; i++) {
        char c = word.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        buffer_char(s->out, letter && chance(s, 30) ? (char)(c ^ 0x20) : c);
    }
}

/* Curly marks, if there are none inside. */
static void
put_string(struct scrambler *s, struct text word)
{
    bool curly = false;
    for (size_t i = 0; i + 1 < word.length; i++)
        curly |= memcmp(word.data + i, "\xE2\x80", 2) == 0;
    if (curly || chance(s, 50)) {
        buffer_add(s->out, word);
        return;
    }
    struct text inside = token_quoted(word);
    buffer_format(s->out, "%s%.*s%s", chance(s, 50) ? "“" : "„", TEXT_ARGS(inside),
                  chance(s, 30) ? "\"" : "”");
}

static void
put_word(struct scrambler *s, struct token token)
{
    struct text word = {s->text.data + token.begin, token.end - token.begin};
    if (token.kind == TOKEN_STRING)
        put_string(s, word);
    else if (is_keyword(token.kind))
        put_keyword(s, word);
    else
        buffer_add(s->out, word);
    s->line_start = false;
}

/* From the mark to the end of the line, which nothing may change. */
static void
put_prose(struct scrambler *s, struct token token)
{
    uint32_t begin = token.begin;
    do
        begin--;
    while (s->text.data[begin] != '>');
    if (!s->line_start)
        put_newline(s);
    if (chance(s, 60))
        put_blanks(s);
    buffer_add(s->out, (struct text){s->text.data + begin, token.end - begin});
    put_newline(s);
}

static bool
takes_free_comma(unsigned kind)
{
    return kind == TOKEN_IF || kind == TOKEN_EXCEPT || kind == TOKEN_WITHIN ||
           kind == TOKEN_AFTER || kind == TOKEN_UNTIL || kind == TOKEN_VIA ||
           kind == TOKEN_SUBJECT || kind == TOKEN_BECAUSE;
}

static void
put_free_comma(struct scrambler *s, unsigned before)
{
    if (before == TOKEN_EXCEPT || before == TOKEN_COMMA || !chance(s, 40))
        return;
    put_gap(s, false);
    buffer_char(s->out, ',');
    s->line_start = false;
}

static bool
is_mark(unsigned kind)
{
    return kind == TOKEN_COMMA || kind == TOKEN_STOP || kind == TOKEN_COLON;
}

/* The title of a section is followed by a full stop, or is not. */
static void
put_free_stop(struct scrambler *s, size_t i)
{
    bool title =
        i >= 2 && s->tokens.at[i].kind == TOKEN_STRING && s->tokens.at[i - 2].kind == TOKEN_SECTION;
    if (!title || s->tokens.at[i + 1].kind == TOKEN_STOP || !chance(s, 50))
        return;
    put_gap(s, false);
    buffer_char(s->out, '.');
}

static void
put_token(struct scrambler *s, size_t i)
{
    struct token token = s->tokens.at[i];
    unsigned before = i > 0 ? s->tokens.at[i - 1].kind : TOKEN_STOP;
    if (token.kind == TOKEN_PROSE) {
        put_prose(s, token);
        return;
    }
    if (token.kind == TOKEN_COMMA && takes_free_comma(s->tokens.at[i + 1].kind) && chance(s, 50))
        return;
    if (takes_free_comma(token.kind))
        put_free_comma(s, before);
    bool apart = i > 0 && !is_mark(token.kind) && before != TOKEN_PROSE && before != TOKEN_COLON;
    put_gap(s, apart);
    put_word(s, token);
    put_free_stop(s, i);
}

unsigned
scramble(struct random *random, struct text policy, bool comments, struct buffer *out)
{
    struct arena *arena = out->arena;
    struct sources sources = {0};
    struct diagnostics diagnostics = {.arena = arena};
    struct settings settings;
    memset(&settings, 0, sizeof settings);
    uint32_t source = sources_add(arena, &sources, TEXT("policy"), policy);
    uint32_t body = front_read(arena, &sources, source, &settings, &diagnostics);
    struct scrambler s = {.random = random,
                          .text = policy,
                          .tokens = tokens_scan(arena, &sources, source, body, &diagnostics),
                          .comments = comments,
                          .line_start = true,
                          .out = out};
    s.newlines[0] = chance(&s, 70) ? "\n" : "\r\n";
    s.newlines[1] = chance(&s, 70) ? s.newlines[0] : "\n";
    buffer_add(out, (struct text){policy.data, body});
    for (size_t i = 0; i + 1 < s.tokens.count; i++)
        put_token(&s, i);
    while (chance(&s, 50) && out->length > 0 && strchr("\r\n", out->data[out->length - 1]))
        out->length--; /* a last line without its end */
    return s.count;
}
