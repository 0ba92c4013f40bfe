#include "compiler/syntax/tokens.h"

#include "compiler/syntax/characters.h"
#include "compiler/syntax/phrases.h"
#include "compiler/syntax/repair.h"
#include "compiler/syntax/scan.h"

void *
scan_alloc(struct scan *scan, size_t size)
{
    return arena_alloc(scan->arena, size);
}

static void
add(struct scan *scan, int kind, uint32_t begin, uint32_t end)
{
    if (scan->tokens.count >= TOKENS_MAX) {
        scan->full = true;
        return;
    }
    struct token *token = VECTOR_PUSH(scan->arena, &scan->tokens);
    *token = (struct token){begin, end, (uint16_t)kind, scan->line_start ? LINE_START : 0};
    scan->line_start = false;
}

void
scan_token(struct scan *scan, int kind, uint32_t length)
{
    add(scan, kind, scan->at - length, scan->at);
}

void
scan_prose(struct scan *scan, uint32_t length)
{
    uint32_t begin = scan->at - length, end = scan->at;
    while (scan->text[begin] != '>')
        begin++;
    begin++;
    if (begin < end && scan->text[begin] == ' ')
        begin++;
    if (end > begin && scan->text[end - 1] == '\r')
        end--;
    scan->line_start = true;
    add(scan, TOKEN_PROSE, begin, end);
}

static void
refuse_size(struct diagnostics *diagnostics, uint32_t source, uint32_t at)
{
    diagnose(diagnostics, E_TOO_LARGE, (struct span){source, at, at},
             "the file has more than %d words and signs; what comes from here on was not read",
             TOKENS_MAX);
    diagnose_fix(diagnostics, "Make two policies of it");
}

struct tokens
tokens_scan(struct arena *arena, const struct sources *sources, uint32_t source, uint32_t from,
            struct diagnostics *diagnostics)
{
    struct text text = sources->list.at[source].text;
    size_t length = text.length - from;
    char *buffer = arena_alloc(arena, length + 2);
    if (length > 0)
        memcpy(buffer, text.data + from, length);
    struct scan scan = {.arena = arena, .text = text.data, .at = from, .line_start = true};
    scan_run(&scan, buffer, length + 2);
    arena_release(arena, buffer, length + 2);
    uint32_t end = (uint32_t)text.length;
    if (scan.full) {
        end = scan.tokens.at[--scan.tokens.count].begin;
        refuse_size(diagnostics, source, end);
    }
    *VECTOR_PUSH(arena, &scan.tokens) =
        (struct token){end, end, TOKEN_END, scan.full ? TROUBLED | LINE_START : LINE_START};
    return (struct tokens){scan.tokens.at, scan.tokens.count};
}

/* The first pass: from what was scanned to what the grammar may see, in place. */
struct sift {
    struct text text;
    uint32_t source;
    struct diagnostics *diagnostics;
    struct token *at;
    size_t read, count; /* what was scanned */
    size_t kept;        /* what was kept, at the front of the same array */
    uint8_t carried;    /* flags for the next token that is kept */
    bool declares;      /* the item is a declaration */
    bool leading;       /* so far the sentence is only its subject */
    bool unmarked;      /* the line before is published words without their mark */
    char unread;        /* what was reported first in this sentence as unreadable, else NUL */
};

static unsigned
kept_kind(const struct sift *sift, size_t back)
{
    return sift->kept < back ? TOKEN_STOP : sift->at[sift->kept - back].kind;
}

/* The kind of the next token that has a meaning. */
static unsigned
next_kind(const struct sift *sift)
{
    size_t i = sift->read + 1;
    while (i < sift->count && sift->at[i].kind == TOKEN_JUNK)
        i++;
    return i < sift->count ? sift->at[i].kind : TOKEN_END;
}

static bool
takes_no_comma(unsigned kind)
{
    switch (kind) {
    case TOKEN_IF:
    case TOKEN_EXCEPT:
    case TOKEN_WITHIN:
    case TOKEN_AT:
    case TOKEN_AFTER:
    case TOKEN_UNTIL:
    case TOKEN_VIA:
    case TOKEN_SUBJECT:
    case TOKEN_BECAUSE:
        return true;
    default:
        return false;
    }
}

static bool
could_be_name(unsigned kind)
{
    return kind == TOKEN_NAME || kind == TOKEN_LAST || kind == TOKEN_LEAST ||
           kind == TOKEN_BEFORE || kind == TOKEN_ONCE || kind == TOKEN_ONE || kind == TOKEN_KEPT ||
           kind == TOKEN_BASIS || kind == TOKEN_CHOOSE || kind == TOKEN_REPEATS ||
           kind == TOKEN_AS || kind == TOKEN_STATED || kind == TOKEN_RECEIVED;
}

/* Whether a part of a declaration may begin behind it. */
static bool
could_precede_part(unsigned kind)
{
    return kind == TOKEN_NAME || kind == TOKEN_STRING || kind == TOKEN_NUMBER || kind == TOKEN_DATE;
}

static bool
ends_item(unsigned kind)
{
    return kind == TOKEN_STOP || kind == TOKEN_COLON || kind == TOKEN_PROSE;
}

/* "repeats" where a sentence begins, and neither somebody of that name, nor in the middle of one an
 * object of that name. */
static bool
says_again(const struct sift *sift, bool begins)
{
    switch (next_kind(sift)) {
    case TOKEN_MAY:
    case TOKEN_MUST:
    case TOKEN_NEVER:
    case TOKEN_WRONG_MODAL:
    case TOKEN_COMMA:
    case TOKEN_AND:
    case TOKEN_OR:
        return false;
    case TOKEN_KIND:
    case TOKEN_REQUEST:
        return true;
    default:
        return begins || could_be_name(next_kind(sift));
    }
}

/* Whether a keyword that is one only in its place stands there. */
static bool
in_place(const struct sift *sift, const struct token *token)
{
    unsigned before = kept_kind(sift, 1);
    switch (token->kind) {
    case TOKEN_SUBJECT:
        return next_kind(sift) == TOKEN_TO;
    case TOKEN_ONE:
        return next_kind(sift) == TOKEN_OF;
    case TOKEN_KEPT:
        return next_kind(sift) == TOKEN_IN;
    case TOKEN_BASIS:
        return sift->declares && could_precede_part(before) &&
               (could_be_name(next_kind(sift)) || next_kind(sift) == TOKEN_STRING);
    case TOKEN_REPEATS:
        return (ends_item(before) || token->flags & LINE_START) &&
               says_again(sift, ends_item(before));
    case TOKEN_AS:
        return before == TOKEN_EXCEPT && next_kind(sift) == TOKEN_STATED;
    case TOKEN_STATED:
        return before == TOKEN_AS;
    case TOKEN_CHOOSE:
        return before == TOKEN_MAY;
    case TOKEN_ONCE:
        return before == TOKEN_AT;
    case TOKEN_LEAST:
        return before == TOKEN_AT;
    case TOKEN_BEFORE:
        return before == TOKEN_NAME &&
               (kept_kind(sift, 2) == TOKEN_NUMBER || kept_kind(sift, 3) == TOKEN_NUMBER);
    case TOKEN_LAST:
        return before == TOKEN_AFTER && could_be_name(next_kind(sift));
    case TOKEN_ALLOW:
        return next_kind(sift) == TOKEN_NAME && (ends_item(before) || token->flags & LINE_START);
    case TOKEN_RECEIVED:
        return kept_kind(sift, 2) == TOKEN_GIVEN;
    case TOKEN_WRONG_MODAL:
        return (before == TOKEN_WE || before == TOKEN_NAME) &&
               (sift->leading || sift->at[sift->kept - 1].flags & LINE_START);
    default:
        return true;
    }
}

static void
keep(struct sift *sift, struct token token)
{
    if (!in_place(sift, &token))
        token.kind = TOKEN_NAME;
    if (ends_item(kept_kind(sift, 1))) {
        sift->leading = true;
        sift->declares = token.kind == TOKEN_KIND || token.kind == TOKEN_REQUEST;
    }
    if (ends_item(token.kind))
        sift->unread = 0;
    unsigned kind = token.kind;
    if (kind != TOKEN_WE && kind != TOKEN_NAME && kind != TOKEN_COMMA && kind != TOKEN_AND &&
        kind != TOKEN_OR && kind != TOKEN_THEN)
        sift->leading = false;
    token.flags |= sift->carried;
    sift->carried = 0;
    sift->at[sift->kept++] = token;
}

/* Leaves a token out; the next one inherits its place in the line. */
static void
leave_out(struct sift *sift, const struct token *token, uint8_t flags)
{
    sift->carried |= (uint8_t)((token->flags & LINE_START) | flags);
}

/* One message for both marks of a pair, and for a mark that comes again and again. */
static void
report_unreadable(struct sift *sift, struct span span)
{
    char first = sift->text.data[span.begin];
    bool again = sift->unread && (first == sift->unread || strchr(")]}'*`", first));
    bool begins = sift->at[sift->read].flags & LINE_START && ends_item(kept_kind(sift, 1));
    if (sift->kept > 0 && sift->at[sift->kept - 1].end == span.begin)
        sift->at[sift->kept - 1].flags |= TROUBLED; /* the word that the sign is in */
    if (!again)
        characters_report(sift->diagnostics, sift->text, span, begins);
    if (!sift->unread)
        sift->unread = first;
}

/* “order.email and/or order.phone”: as “or”. */
static bool
is_and_or(struct sift *sift, struct span span)
{
    if (kept_kind(sift, 1) != TOKEN_AND || sift->read + 1 >= sift->count)
        return false;
    const struct token *before = &sift->at[sift->kept - 1], *next = &sift->at[sift->read + 1];
    if (before->end != span.begin || next->kind != TOKEN_OR || next->begin != span.end)
        return false;
    span.begin = before->begin;
    span.end = next->end;
    diagnose(sift->diagnostics, E_EVERYDAY, span, "for “and/or” a rule has the word “or”");
    diagnose_why(sift->diagnostics, "In a list of a rule both mean the same: each of them");
    diagnose_fix(sift->diagnostics, "Write “or”");
    diagnose_edit(sift->diagnostics, span, "or");
    sift->kept--;
    return true;
}

static void
sift_one(struct sift *sift, struct token token)
{
    struct span span = token_span(sift->source, token);
    switch (token.kind) {
    case TOKEN_JUNK:
        if (!is_and_or(sift, span))
            report_unreadable(sift, span);
        leave_out(sift, &token, TROUBLED);
        return;
    case TOKEN_OPEN_STRING:
        quote_report(sift->diagnostics, sift->text, span);
        token.kind = TOKEN_STRING;
        token.flags |= TROUBLED;
        keep(sift, token);
        sift->carried = TROUBLED;
        return;
    case TOKEN_COMMA:
        if (takes_no_comma(next_kind(sift))) {
            leave_out(sift, &token, 0);
            return;
        }
        /* fall through */
    case TOKEN_STOP:
    case TOKEN_COLON:
        if (token.end - token.begin > 1) {
            characters_report(sift->diagnostics, sift->text, span, false);
            token.flags |= TROUBLED;
        }
        keep(sift, token);
        return;
    default:
        keep(sift, token);
    }
}

static bool
begins_item(unsigned kind)
{
    switch (kind) {
    case TOKEN_CLAUSE:
    case TOKEN_SECTION:
    case TOKEN_EXAMPLE:
    case TOKEN_KIND:
    case TOKEN_GIVEN:
    case TOKEN_THEN:
        return true;
    default:
        return false;
    }
}

/* Whether a prose line leaves its sentence open, so that the next line may go on with it. */
static bool
is_open(const struct sift *sift, const struct token *prose)
{
    struct text words =
        text_trim((struct text){sift->text.data + prose->begin, prose->end - prose->begin});
    return words.length > 0 && !strchr(".!?:)\"", words.data[words.length - 1]);
}

/* A line behind published words that holds none of what makes a rule: the next words, without
 * their mark. */
static bool
is_unmarked(const struct sift *sift)
{
    enum { MOST = 64 }; /* words that are looked at, so that the work stays linear */
    const struct token *token = &sift->at[sift->read];
    size_t left = sift->count - sift->read;
    const struct token *end = token + (left < MOST ? left : MOST);
    unsigned first = token->kind;
    bool word = first == TOKEN_NAME || first == TOKEN_JUNK || first == TOKEN_AND ||
                first == TOKEN_OR || first == TOKEN_WE || first == TOKEN_COMMA;
    if (!(token->flags & LINE_START) || kept_kind(sift, 1) != TOKEN_PROSE || !word)
        return false;
    bool open = sift->unmarked || is_open(sift, &sift->at[sift->kept - 1]);
    for (const struct token *next = token; next < end && !ends_item(next->kind); next++) {
        if (next > token && next->flags & LINE_START && begins_item(next->kind))
            break;
        if (next->kind == TOKEN_MAY || next->kind == TOKEN_NEVER || next->kind == TOKEN_MUST)
            return false;
        open = open || (next->kind == TOKEN_JUNK && sift->text.data[next->begin] == '{');
    }
    return open;
}

/* Says so once for lines in a row, and takes the line out. */
static void
sift_unmarked(struct sift *sift)
{
    struct token token = sift->at[sift->read];
    if (!sift->unmarked) {
        diagnose(sift->diagnostics, E_NO_MARK, token_span(sift->source, token),
                 "this line goes on with published words, and does not begin with “>”");
        diagnose_why(sift->diagnostics, "Only lines that begin with “>” are published");
        diagnose_fix(sift->diagnostics, "Begin the line with “>”");
        diagnose_edit(sift->diagnostics, (struct span){sift->source, token.begin, token.begin},
                      "> ");
    }
    sift->unmarked = true;
    while (sift->read + 1 < sift->count && !(sift->at[sift->read + 1].flags & LINE_START))
        sift->read++;
}

static struct tokens
sift_all(struct tokens scanned, const struct sources *sources, uint32_t source,
         struct diagnostics *diagnostics)
{
    struct sift sift = {.text = sources->list.at[source].text,
                        .source = source,
                        .diagnostics = diagnostics,
                        .at = scanned.at,
                        .count = scanned.count};
    for (; sift.read < sift.count; sift.read++) {
        if (is_unmarked(&sift)) {
            sift_unmarked(&sift);
            continue;
        }
        if (sift.at[sift.read].flags & LINE_START)
            sift.unmarked = false;
        sift_one(&sift, sift.at[sift.read]);
    }
    return (struct tokens){sift.at, sift.kept};
}

struct tokens
tokens_read(struct arena *arena, const struct sources *sources, uint32_t source, uint32_t from,
            struct diagnostics *diagnostics)
{
    struct tokens scanned = tokens_scan(arena, sources, source, from, diagnostics);
    struct tokens sifted = sift_all(scanned, sources, source, diagnostics);
    sifted = phrases_replace(arena, sources, source, sifted, diagnostics);
    repair(sifted.at, sifted.count);
    return sifted;
}
