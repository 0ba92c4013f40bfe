#include "compiler/model/prose.h"

struct span
prose_span(const struct prose *prose, size_t begin, size_t end)
{
    size_t low = 0, high = prose->lines.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (prose->lines.at[middle].raw <= begin)
            low = middle;
        else
            high = middle;
    }
    /* A span stays in its line: what lies between two lines is no prose. */
    const struct prose_piece *line = &prose->lines.at[low];
    uint32_t from = line->source.begin + (uint32_t)(begin - line->raw);
    uint32_t to = line->source.begin + (uint32_t)(end - line->raw);
    return (struct span){line->source.source, from < line->source.end ? from : line->source.end,
                         to < line->source.end ? to : line->source.end};
}

static struct text
without_return(struct text line)
{
    if (line.length > 0 && line.data[line.length - 1] == '\r')
        line.length--;
    return line;
}

/* Joins the lines; false if they are too much. */
static bool
join_lines(struct prose *prose, const struct clause_tree *tree)
{
    struct draft *draft = prose->draft;
    size_t length = 0;
    for (size_t i = 0; i < tree->prose_count; i++) {
        struct prose_line *line = &tree->prose[i];
        *VECTOR_PUSH(draft->arena, &prose->lines) =
            (struct prose_piece){(uint32_t)length, line->span};
        length += without_return(line->text).length + 1;
        if (length <= PROSE_MAX)
            continue;
        diagnose(draft->diagnostics, E_TOO_LARGE, line->span,
                 "the words of the clause “%.*s” are more than %d bytes",
                 TEXT_ARGS(tree->name.text), PROSE_MAX);
        diagnose_fix(draft->diagnostics, "Divide the clause into several");
        return false;
    }
    char *raw = arena_alloc(draft->arena, length);
    for (size_t i = 0; i < tree->prose_count; i++) {
        struct text line = without_return(tree->prose[i].text);
        if (line.length > 0)
            memcpy(raw + prose->lines.at[i].raw, line.data, line.length);
        raw[prose->lines.at[i].raw + line.length] = '\n';
    }
    prose->raw = (struct text){raw, length - 1};
    return true;
}

static void
add_mark_number(struct prose *prose)
{
    uint32_t number = (uint32_t)prose->marks.count - 1;
    bool begun = false;
    buffer_string(&prose->masked, "\xEF\xB7\x90");
    for (int shift = 28; shift >= 0; shift -= 4) {
        uint32_t digit = number >> shift & 15;
        begun = begun || digit != 0 || shift == 0;
        if (!begun)
            continue;
        buffer_string(&prose->masked, "\xEF\xB7");
        buffer_char(&prose->masked, (char)(0x91 + digit));
    }
    buffer_string(&prose->masked, "\xEF\xB7\xA1");
}

static size_t
add_sign(struct prose *prose, enum mark_kind kind, size_t at)
{
    *VECTOR_PUSH(prose->draft->arena, &prose->marks) =
        (struct mark){.kind = kind, .begin = (uint32_t)at, .end = (uint32_t)at + 1};
    add_mark_number(prose);
    return at + 1;
}

static size_t
add_brace(struct prose *prose, size_t at)
{
    struct text raw = prose->raw;
    char c = raw.data[at];
    if (at + 1 < raw.length && raw.data[at + 1] == c) {
        if (c == '{')
            doubled_brace_check(prose, at);
        buffer_char(&prose->masked, c);
        return at + 2;
    }
    size_t next = c == '{' ? hole_read(prose, at) : 0;
    if (next > 0) {
        add_mark_number(prose);
        return next;
    }
    lone_brace_report(prose, at);
    buffer_char(&prose->masked, c);
    return at + 1;
}

/* Offset behind an address in angle brackets (<https://...>), or 0. */
static size_t
autolink_end(struct text raw, size_t at)
{
    struct text rest = {raw.data + at + 1, raw.length - at - 1};
    if (!text_starts(rest, TEXT("https://")) && !text_starts(rest, TEXT("http://")))
        return 0;
    for (size_t i = at + 1; i < raw.length; i++) {
        unsigned char c = (unsigned char)raw.data[i];
        if (c == '>')
            return i + 1;
        if (c <= ' ' || c == '<' || c == '{' || c == '}' || c == '\\' || c == 0xEF)
            return 0;
    }
    return 0;
}

static size_t
add_less(struct prose *prose, size_t at)
{
    size_t end = autolink_end(prose->raw, at);
    if (end == 0)
        return add_sign(prose, MARK_LESS, at);
    buffer_add(&prose->masked, (struct text){prose->raw.data + at, end - at});
    return end;
}

static size_t
add_backslash(struct prose *prose, size_t at)
{
    struct text raw = prose->raw;
    size_t count = at + 1 < raw.length && strchr("\\`*_[]()#+-.!<>&:|~'\"", raw.data[at + 1]) &&
                           raw.data[at + 1] != '\0'
                       ? 2
                       : 1;
    buffer_add(&prose->masked, (struct text){raw.data + at, count});
    return at + count;
}

/* The noncharacters that marks are made of: EF B7 90 to EF B7 AF. */
static bool
is_noncharacter(struct text raw, size_t at)
{
    const unsigned char *p = (const unsigned char *)raw.data + at;
    return raw.length - at >= 3 && p[0] == 0xEF && p[1] == 0xB7 && p[2] >= 0x90 && p[2] <= 0xAF;
}

static size_t
add_noncharacter(struct prose *prose, size_t at)
{
    diagnose(prose->draft->diagnostics, E_CHARACTER, prose_span(prose, at, at + 3),
             "a character stands here that no text may hold");
    diagnose_fix(prose->draft->diagnostics, "Delete it");
    buffer_string(&prose->masked, "\xEF\xBF\xBD");
    return at + 3;
}

static char
next_character(struct text raw, size_t at)
{
    return at + 1 < raw.length ? raw.data[at + 1] : '\0';
}

static size_t
add_character(struct prose *prose, size_t at)
{
    struct text raw = prose->raw;
    char c = raw.data[at], next = next_character(raw, at);
    if (c == '{' || c == '}')
        return add_brace(prose, at);
    if (c == '[')
        bracket_check(prose, at);
    if (c == '<')
        return add_less(prose, at);
    if (c == '\\')
        return add_backslash(prose, at);
    if (c == '!' && next == '[')
        return add_sign(prose, MARK_BANG, at);
    if (c == '&' && next == '#')
        return add_sign(prose, MARK_AMPERSAND, at);
    if (c == ':' && at > 0 && raw.data[at - 1] == ']')
        return add_sign(prose, MARK_COLON, at);
    if (is_noncharacter(raw, at))
        return add_noncharacter(prose, at);
    buffer_char(&prose->masked, c == '\r' ? ' ' : c);
    return at + 1;
}

static void
mask(struct prose *prose)
{
    uint32_t line = 0;
    *VECTOR_PUSH(prose->draft->arena, &prose->masked_lines) = 0;
    for (size_t at = 0; at < prose->raw.length;) {
        while (line + 1 < prose->lines.count && at >= prose->lines.at[line + 1].raw)
            line++;
        if (prose->raw.data[at] == '\n') {
            buffer_char(&prose->masked, '\n');
            *VECTOR_PUSH(prose->draft->arena, &prose->masked_lines) = line + 1;
            at++;
        } else {
            at = add_character(prose, at);
        }
    }
    buffer_char(&prose->masked, '\n');
}

/* Vectors and buffers keep their room from clause to clause. */
static void
begin_clause(struct prose *prose, uint32_t number)
{
    prose->clause = number;
    prose->lines.count = 0;
    prose->marks.count = 0;
    prose->masked_lines.count = 0;
    prose->masked.length = 0;
    prose->holes.count = 0;
}

static const struct hole *
kept_holes(const struct prose *prose)
{
    size_t count = prose->holes.count;
    struct hole *holes = ARENA_ARRAY(prose->draft->arena, count, struct hole);
    if (count > 0)
        memcpy(holes, prose->holes.at, count * sizeof *holes);
    return holes;
}

static void
read_clause(struct prose *prose, uint32_t number)
{
    struct draft *draft = prose->draft;
    const struct clause_tree *tree = &draft->tree->clauses.at[number];
    struct clause *clause = &draft->clauses[number];
    begin_clause(prose, number);
    clause->words = TEXT("");
    if (tree->prose_count == 0 || !join_lines(prose, tree))
        return;
    clause->new_paragraph = text_trim(tree->prose[0].text).length == 0;
    mask(prose);
    clause->prose = markdown_read(prose);
    clause->words = arena_text(draft->arena, markdown_words(prose, clause->prose));
    clause->hole_count = prose->holes.count;
    clause->holes = kept_holes(prose);
    typed_numbers_find(prose);
}

/* Whether an error so far may have cost the policy a duty: then a time that no sentence seems to
 * set is no second mistake. */
static bool
duties_were_lost(const struct draft *draft)
{
    const struct model *model = draft->model;
    for (size_t i = 0; i < model->sentence_count; i++)
        if (model->sentences[i].tree->form == SENTENCE_MUST && model->sentences[i].duty_count == 0)
            return true;
    return draft->spoiled_count > 0;
}

void
prose_resolve(struct draft *draft)
{
    struct prose prose = {.draft = draft,
                          .duties_lost = duties_were_lost(draft),
                          .errors_before = draft->diagnostics->errors,
                          .deadlines = deadlines_make(draft->arena, draft->model),
                          .masked = buffer_in(draft->arena),
                          .pending = buffer_in(draft->arena),
                          .run = buffer_in(draft->arena),
                          .words = buffer_in(draft->arena)};
    for (uint32_t i = 0; i < draft->tree->clauses.count; i++)
        read_clause(&prose, i);
}
