/* From tokens to items, words and comments. */
#include "compiler/syntax/format_internal.h"
#include "compiler/syntax/front.h"
#include "compiler/syntax/tokens.h"

struct reader {
    struct parts *parts;
    struct text text;
    struct tokens tokens;
    size_t next;      /* the token being read */
    uint32_t from;    /* behind the token before it */
    size_t unclaimed; /* the first comment that no item and no word has yet */
    bool blank;       /* whether an empty line stands directly before the token */
    bool fresh;       /* the token begins an item */
    bool held_only;   /* "only" was left out behind MAY and comes before the preposition */
};

static unsigned
kind_at(const struct reader *reader, size_t back)
{
    return reader->next < back ? TOKEN_END : reader->tokens.at[reader->next - back].kind;
}

/* Of published words their mark belongs to them. */
static uint32_t
begin_of(const struct reader *reader, struct token token)
{
    if (token.kind != TOKEN_PROSE)
        return token.begin;
    return reader->text.data[token.begin - 1] == '>' ? token.begin - 1 : token.begin - 2;
}

static uint32_t
take_comment(struct reader *reader, uint32_t at, uint32_t line, unsigned newlines, bool inside)
{
    const char *text = reader->text.data;
    const char *found = memchr(text + at, '\n', reader->text.length - at);
    uint32_t end = found ? (uint32_t)(found - text) : (uint32_t)reader->text.length, last = end;
    while (text[last - 1] == ' ' || text[last - 1] == '\t' || text[last - 1] == '\r')
        last--;
    *VECTOR_PUSH(reader->parts->arena, &reader->parts->comments) = (struct comment){
        .text = {text + at, last - at},
        .own_line = newlines > 0,
        .blank_before = newlines > 1 && !inside,
        .indented = at > line || inside,
    };
    return end;
}

/* What stands between two tokens: blanks, line ends, comments, a comma that was left out. */
static void
read_gap(struct reader *reader, uint32_t end, bool inside)
{
    uint32_t line = reader->from; /* where the current line begins, as far as it is in the gap */
    unsigned newlines = reader->next == 0;
    for (uint32_t at = reader->from; at < end;) {
        if (reader->text.data[at] == '#') {
            at = take_comment(reader, at, line, newlines, inside);
            newlines = 0;
            continue;
        }
        if (reader->text.data[at] == '\n') {
            newlines++;
            line = at + 1;
        }
        at++;
    }
    reader->blank = newlines > 1;
}

static struct text
letters(struct arena *arena, struct text word, bool large)
{
    struct text copy = arena_text(arena, word);
    char *bytes = (char *)(uintptr_t)copy.data;
    char from = large ? 'a' : 'A', to = large ? 'z' : 'Z';
    for (size_t i = 0; i < copy.length; i++)
        if (bytes[i] >= from && bytes[i] <= to)
            bytes[i] ^= 'a' ^ 'A';
    return copy;
}

static struct text
written(const struct reader *reader, struct token token)
{
    struct arena *arena = reader->parts->arena;
    uint32_t begin = begin_of(reader, token);
    struct text text = {reader->text.data + begin, token.end - begin};
    switch (token.kind) {
    case TOKEN_NAME:
    case TOKEN_NUMBER:
    case TOKEN_DATE:
    case TOKEN_TIME:
    case TOKEN_PROSE:
        return text;
    case TOKEN_STRING:
        if (text.data[0] == '"')
            return text;
        /* Curly marks hold no straight ones: they would end there. */
        return arena_format(arena, "\"%.*s\"", TEXT_ARGS(token_quoted(text)));
    case TOKEN_MAY:
    case TOKEN_NEVER:
    case TOKEN_MUST:
        return letters(arena, text, true);
    default:
        return letters(arena, text, false);
    }
}

static bool
is_preposition(unsigned kind)
{
    return kind == TOKEN_FROM || kind == TOKEN_IN || kind == TOKEN_FOR || kind == TOKEN_TO ||
           kind == TOKEN_WITH || kind == TOKEN_ABOUT;
}

static struct item *
open_item(const struct reader *reader)
{
    return &reader->parts->items.at[reader->parts->items.count - 1];
}

static bool
is_joint(unsigned kind)
{
    return kind == TOKEN_COMMA || kind == TOKEN_AND || kind == TOKEN_OR;
}

/* Whether the act behind "MAY only" names its target, so that "only" can stand before that. */
static bool
names_target(const struct reader *reader)
{
    size_t i = reader->next + 1;
    unsigned kind = reader->tokens.at[i].kind;
    while (kind == TOKEN_NAME || is_joint(kind))
        kind = reader->tokens.at[++i].kind;
    return is_preposition(kind);
}

static bool
begins_phrase(const struct reader *reader, unsigned kind)
{
    unsigned before = kind_at(reader, 1);
    switch (kind) {
    case TOKEN_NAME: /* another fact of "one of", with its label */
        return open_item(reader)->form == ITEM_DECLARATION && is_joint(before);
    case TOKEN_FROM:
    case TOKEN_IN:
    case TOKEN_FOR:
    case TOKEN_TO:
    case TOKEN_WITH:
    case TOKEN_ABOUT:
        return before != TOKEN_EXCEPT && before != TOKEN_SUBJECT && before != TOKEN_KEPT &&
               before != TOKEN_ONLY;
    case TOKEN_IF:
        return before != TOKEN_EXCEPT;
    case TOKEN_OF:
        return before != TOKEN_ONE;
    case TOKEN_ONLY:
    case TOKEN_WITHIN:
    case TOKEN_AT:
    case TOKEN_BEFORE:
    case TOKEN_AFTER:
    case TOKEN_UNTIL:
    case TOKEN_VIA:
    case TOKEN_EXCEPT:
    case TOKEN_SUBJECT:
    case TOKEN_BECAUSE:
    case TOKEN_KEPT:
    case TOKEN_BASIS:
    case TOKEN_FORMERLY:
    case TOKEN_IS:
        return true;
    default:
        return false;
    }
}

/* Words that a comma parts from what stands before them. */
static bool
takes_comma(const struct reader *reader, unsigned kind)
{
    unsigned next = reader->tokens.at[reader->next + 1].kind;
    return kind == TOKEN_SUBJECT ||
           (kind == TOKEN_EXCEPT && next != TOKEN_IF && !is_preposition(next));
}

static void
set_mark(const struct reader *reader, char mark)
{
    struct parts *parts = reader->parts;
    if (open_item(reader)->word_count > 0)
        parts->words.at[parts->words.count - 1].mark = mark;
}

static void
add_word(struct reader *reader, struct text text, unsigned kind)
{
    struct parts *parts = reader->parts;
    if (takes_comma(reader, kind))
        set_mark(reader, ',');
    bool phrase = begins_phrase(reader, kind) && !reader->held_only;
    *VECTOR_PUSH(parts->arena, &parts->words) = (struct word){
        .text = text,
        .kind = (uint16_t)kind,
        .comment = reader->unclaimed,
        .comment_count = (uint32_t)(parts->comments.count - reader->unclaimed),
        .begins_phrase = phrase,
    };
    reader->unclaimed = parts->comments.count;
    open_item(reader)->word_count++;
}

static enum item_form
form_of(unsigned kind)
{
    switch (kind) {
    case TOKEN_SECTION:
        return ITEM_SECTION;
    case TOKEN_CLAUSE:
    case TOKEN_EXAMPLE:
        return ITEM_OPENING;
    case TOKEN_KIND:
    case TOKEN_REQUEST:
        return ITEM_DECLARATION;
    case TOKEN_PROSE:
        return ITEM_PROSE;
    case TOKEN_END:
        return ITEM_END;
    default:
        return ITEM_SENTENCE;
    }
}

/* Whether the item about to be added stands behind a declaration, or what belongs to one. */
static bool
follows_declaration(const struct parts *parts)
{
    if (parts->items.count == 0)
        return false;
    enum item_form before = parts->items.at[parts->items.count - 1].form;
    return before == ITEM_DECLARATION || before == ITEM_ALLOWANCE;
}

static void
begin_item(struct reader *reader, unsigned kind)
{
    struct parts *parts = reader->parts;
    bool of_word = kind == TOKEN_ALLOW && follows_declaration(parts);
    *VECTOR_PUSH(parts->arena, &parts->items) = (struct item){
        .form = of_word ? ITEM_ALLOWANCE : form_of(kind),
        .word = parts->words.count,
        .comment = reader->unclaimed,
        .comment_count = parts->comments.count - reader->unclaimed,
        .blank_before = reader->blank,
    };
    reader->unclaimed = parts->comments.count;
    reader->held_only = false;
}

/* Marks stand directly behind the word before them; comments between go behind both. The full stop
 * of a section's title may stand or not. */
static void
take_mark(struct reader *reader, unsigned kind)
{
    bool optional = open_item(reader)->form == ITEM_SECTION;
    if (!optional)
        set_mark(reader, kind == TOKEN_STOP ? '.' : kind == TOKEN_COLON ? ':' : ',');
    reader->fresh = kind != TOKEN_COMMA;
}

static void
take_word(struct reader *reader, struct token token)
{
    if (token.kind == TOKEN_ONLY && kind_at(reader, 1) == TOKEN_MAY && names_target(reader)) {
        reader->held_only = true;
        return;
    }
    if (reader->held_only && is_preposition(token.kind)) {
        reader->held_only = false;
        add_word(reader, TEXT("only"), TOKEN_ONLY);
        reader->held_only = true; /* the preposition stands in the phrase that "only" begins */
        add_word(reader, written(reader, token), token.kind);
        reader->held_only = false;
        return;
    }
    add_word(reader, written(reader, token), token.kind);
}

static void
take_token(struct reader *reader, struct token token)
{
    bool begins = reader->fresh || token.flags & (STOP_BEFORE | COLON_BEFORE);
    uint32_t begin = begin_of(reader, token);
    read_gap(reader, begin, !begins);
    reader->fresh = false;
    if (begins)
        begin_item(reader, token.kind);
    if (token.kind == TOKEN_STOP || token.kind == TOKEN_COLON || token.kind == TOKEN_COMMA)
        take_mark(reader, token.kind);
    else if (token.kind != TOKEN_END)
        take_word(reader, token);
    if (token.kind == TOKEN_PROSE)
        reader->fresh = true;
    reader->from = token.end;
}

struct parts *
format_parts(struct arena *arena, const struct sources *sources, uint32_t source)
{
    struct diagnostics unheard = {.arena = arena}; /* there are none */
    struct settings settings;
    memset(&settings, 0, sizeof settings);
    uint32_t body = front_read(arena, sources, source, &settings, &unheard);
    struct text text = sources->list.at[source].text;
    struct parts *parts = ARENA_NEW(arena, struct parts);
    parts->arena = arena;
    parts->front = (struct text){text.data, body};
    struct reader reader = {.parts = parts,
                            .text = text,
                            .tokens = tokens_read(arena, sources, source, body, &unheard),
                            .from = body,
                            .fresh = true};
    for (; reader.next < reader.tokens.count; reader.next++)
        take_token(&reader, reader.tokens.at[reader.next]);
    return parts;
}
