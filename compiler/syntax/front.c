/* The front matter, from bytes to pairs of key and value. libyaml parses events, not documents:
 * nothing is ever expanded, and depth and size are bounded while it reads. */
#include "compiler/syntax/front.h"

#include "compiler/base/utf8.h"
#include "compiler/syntax/settings.h"

#include <yaml.h>

struct front {
    struct arena *arena;
    struct diagnostics *diagnostics;
    uint32_t source;
    uint32_t begin; /* offset of the YAML in the source */
    struct text yaml;
    size_t characters, bytes; /* of one place in the YAML: the last that was looked up */
    yaml_parser_t parser;
    yaml_event_t event;
    struct settings_input input;
};

static bool
is_blank_to(struct text text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text.data[i] != ' ' && text.data[i] != '\t' && text.data[i] != '\r')
            return false;
    return true;
}

/* End of the line at an offset, without its line feed. */
static size_t
line_end(struct text text, size_t at)
{
    const char *end = at < text.length ? memchr(text.data + at, '\n', text.length - at) : NULL;
    return end ? (size_t)(end - text.data) : text.length;
}

static bool
is_fence(struct text text, size_t at, size_t end)
{
    return end - at >= 3 && memcmp(text.data + at, "---", 3) == 0 && is_blank_to(text, at + 3, end);
}

static size_t
next_line(struct text text, size_t end)
{
    return end < text.length ? end + 1 : end;
}

/* Whether a line could be one of the front matter: a key, a comment, a deeper line, an item. */
static bool
could_be_yaml(struct text line)
{
    if (line.length == 0 || line.data[0] == ' ' || line.data[0] == '\t' || line.data[0] == '#' ||
        line.data[0] == '-' || line.data[0] == '\r')
        return true;
    size_t word = 0;
    while (word < line.length && line.data[word] != ' ' && line.data[word] != ':')
        word++;
    return word < line.length && line.data[word] == ':' &&
           (word + 1 == line.length || line.data[word + 1] == ' ' || line.data[word + 1] == '\r');
}

static void
report_missing(struct diagnostics *diagnostics, uint32_t source, struct text text)
{
    struct span span = {source, 0, (uint32_t)line_end(text, 0)};
    diagnose(diagnostics, E_FRONT_MATTER, span, "the policy does not begin with its front matter");
    diagnose_fix(diagnostics, "%s", front_sample);
}

/* Where the YAML ends; the rules begin at *body. */
static size_t
find_end(struct text text, size_t begin, size_t *body, bool *closed)
{
    size_t unlike = SIZE_MAX;
    for (size_t at = begin; at < text.length;) {
        size_t end = line_end(text, at);
        if (is_fence(text, at, end)) {
            *closed = true;
            *body = next_line(text, end);
            return at;
        }
        if (unlike == SIZE_MAX && !could_be_yaml((struct text){text.data + at, end - at}))
            unlike = at;
        at = next_line(text, end);
    }
    *closed = false;
    *body = unlike == SIZE_MAX ? text.length : unlike;
    return *body;
}

/* The offset in the source of a character of the YAML. Places mostly come in order. */
static uint32_t
offset_of(struct front *front, size_t character)
{
    if (character < front->characters)
        front->characters = front->bytes = 0;
    while (front->characters < character && front->bytes < front->yaml.length) {
        (void)utf8_next(front->yaml, &front->bytes);
        front->characters++;
    }
    return front->begin + (uint32_t)front->bytes;
}

static struct span
event_span(struct front *front)
{
    uint32_t begin = offset_of(front, front->event.start_mark.index);
    return (struct span){front->source, begin, offset_of(front, front->event.end_mark.index)};
}

/* libyaml's words for what goes wrong most, and ours. */
static const struct {
    const char *problem, *message, *mend;
} problems[] = {
    {"mapping values are not allowed in this context",
     "this value has a colon in it, or this line is indented in a wrong way",
     "Put the value into quotation marks, and begin every setting in the first column"},
    {"found character that cannot start any token", "a value cannot begin with this character",
     "Put the value into quotation marks, and indent with spaces, not with tabs"},
    {"found a tab character that violates indentation", "a tab cannot indent a setting",
     "Indent with spaces; a setting itself begins in the first column"},
    {"control characters are not allowed", "here stands an invisible character", "Delete it"},
    {"found unknown escape character", "in double quotation marks a backslash has a meaning",
     "Use single quotation marks"},
    {"did not find expected <document start>", "the settings end before the line “---”",
     "Delete the line that begins with “%” or “...”"},
    {"could not find expected ':'", "the colon behind the name of a setting is missing",
     "Write the name, a colon, a space and the value, as in “title: Privacy policy”"},
    {"found unexpected end of stream", "a quotation mark is not closed",
     "Put the second quotation mark behind the last of the words"},
    {"found unexpected document indicator", "a quotation mark is not closed",
     "Put the second quotation mark behind the last of the words"},
    {"did not find expected key", "no setting can begin here",
     "Begin every setting in the first column, and put a value with quotation marks in it "
     "between quotation marks of the other sort"},
    {"did not find expected ',' or ']'", "a list in square brackets is not closed",
     "Put “]” behind its last element"},
    {"did not find expected ',' or '}'", "a group in curly brackets is not closed",
     "Put “}” behind its last element, or the value into quotation marks"},
};

/* The place libyaml is unhappy with. */
static struct span
problem_span(struct front *front)
{
    uint32_t at, limit = front->begin + (uint32_t)front->yaml.length;
    if (front->parser.error == YAML_READER_ERROR) {
        at = front->begin + (uint32_t)front->parser.problem_offset;
        return (struct span){front->source, at < limit ? at : limit, at < limit ? at + 1 : limit};
    }
    size_t mark = front->parser.problem_mark.index;
    const char *problem = front->parser.problem ? front->parser.problem : "";
    bool unclosed = strstr(problem, "unexpected end of stream") ||
                    strstr(problem, "document indicator") || strstr(problem, "expected ','");
    if (unclosed && front->parser.context)
        mark = front->parser.context_mark.index;
    at = offset_of(front, mark);
    return (struct span){front->source, at, at < limit ? at + 1 : at};
}

static void
report_problem(struct front *front)
{
    struct span span = problem_span(front);
    const char *problem = front->parser.problem ? front->parser.problem : "it ends too early";
    for (size_t i = 0; i < sizeof problems / sizeof problems[0]; i++) {
        if (strcmp(problem, problems[i].problem) != 0)
            continue;
        diagnose(front->diagnostics, E_FRONT_MATTER, span, "%s", problems[i].message);
        diagnose_fix(front->diagnostics, "%s", problems[i].mend);
        return;
    }
    diagnose(front->diagnostics, E_FRONT_MATTER, span,
             "the front matter is not YAML from here on: %s", problem);
}

/* The next event; false if there is none, which is reported. */
static bool
advance(struct front *front)
{
    yaml_event_delete(&front->event);
    if (!yaml_parser_parse(&front->parser, &front->event)) {
        if (front->parser.error == YAML_MEMORY_ERROR)
            longjmp(front->arena->out_of_memory, 1);
        report_problem(front);
        return false;
    }
    bool named =
        front->event.type == YAML_ALIAS_EVENT ||
        (front->event.type == YAML_SCALAR_EVENT && front->event.data.scalar.anchor) ||
        (front->event.type == YAML_SEQUENCE_START_EVENT &&
         front->event.data.sequence_start.anchor) ||
        (front->event.type == YAML_MAPPING_START_EVENT && front->event.data.mapping_start.anchor);
    if (!named)
        return true;
    diagnose(front->diagnostics, E_FRONT_MATTER, event_span(front),
             "front matter takes no references (“&” and “*”)");
    diagnose_fix(front->diagnostics,
                 "Write the value out, or put it into quotation marks if it begins with the sign");
    return false;
}

static int
depth_change(yaml_event_type_t type)
{
    switch (type) {
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return 1;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return -1;
    default:
        return 0;
    }
}

/* Skips the value that begins with the present event, to its last event. */
static bool
skip_value(struct front *front)
{
    int depth = depth_change(front->event.type);
    while (depth > 0) {
        if (!advance(front))
            return false;
        depth += depth_change(front->event.type);
        if (depth > FRONT_DEPTH_MAX) {
            diagnose(front->diagnostics, E_DEPTH, event_span(front),
                     "settings are nested more than %d deep here", FRONT_DEPTH_MAX);
            diagnose_fix(front->diagnostics, "Use fewer levels");
            return false;
        }
    }
    return true;
}

static struct text
scalar_text(struct front *front)
{
    return arena_text(front->arena, (struct text){(const char *)front->event.data.scalar.value,
                                                  front->event.data.scalar.length});
}

/* One pair; the present event is its key. */
static bool
read_pair(struct front *front)
{
    struct span span = event_span(front);
    if (front->event.type != YAML_SCALAR_EVENT || front->event.start_mark.column != 0) {
        diagnose(front->diagnostics, E_FRONT_MATTER, span,
                 "the name of a setting stands at the start of its line");
        diagnose_fix(front->diagnostics, "Write one setting a line, as in “title: Privacy policy”");
        return false;
    }
    struct setting_pair *pair = VECTOR_PUSH(front->arena, &front->input.pairs);
    pair->key = scalar_text(front);
    pair->key_span = span;
    if (!advance(front))
        return false;
    pair->value_span = event_span(front);
    pair->plain = front->event.type == YAML_SCALAR_EVENT;
    if (pair->plain)
        pair->value = scalar_text(front);
    return skip_value(front);
}

static bool
read_pairs(struct front *front)
{
    while (advance(front)) {
        if (front->event.type == YAML_MAPPING_END_EVENT)
            return true;
        if (!read_pair(front))
            return false;
    }
    return false;
}

/* The whole is one text: the first line has no colon, or no space behind it. */
static void
report_no_setting(struct front *front)
{
    struct span span = event_span(front);
    struct text line = {front->yaml.data + (span.begin - front->begin), span.end - span.begin};
    bool colon = memchr(line.data, ':', line_end(line, 0)) != NULL;
    span.end = span.begin + (uint32_t)line_end(line, 0);
    diagnose(front->diagnostics, E_FRONT_MATTER, span,
             colon ? "the space behind the colon of this setting is missing"
                   : "the colon behind the name of a setting is missing");
    diagnose_fix(front->diagnostics, "Write the name, a colon, a space and the value, as in "
                                     "“title: Privacy policy”");
}

/* All the settings; false if reading ended early, which is reported. */
static bool
read_mapping(struct front *front)
{
    do {
        if (!advance(front))
            return false;
    } while (front->event.type == YAML_STREAM_START_EVENT ||
             front->event.type == YAML_DOCUMENT_START_EVENT);
    bool empty = front->event.type == YAML_STREAM_END_EVENT ||
                 (front->event.type == YAML_SCALAR_EVENT && front->event.data.scalar.length == 0);
    if (empty)
        return true;
    if (front->event.type == YAML_SCALAR_EVENT) {
        report_no_setting(front);
        return false;
    }
    bool block = front->event.type == YAML_MAPPING_START_EVENT &&
                 front->event.data.mapping_start.style != YAML_FLOW_MAPPING_STYLE;
    if (!block) {
        diagnose(front->diagnostics, E_FRONT_MATTER, event_span(front),
                 "the front matter is no row of settings");
        diagnose_fix(front->diagnostics, "Write one setting a line, as in “title: Privacy policy”");
        return false;
    }
    return read_pairs(front) && advance(front) && advance(front);
}

static void
read_yaml(struct front *front)
{
    if (!yaml_parser_initialize(&front->parser))
        longjmp(front->arena->out_of_memory, 1);
    memset(&front->event, 0, sizeof front->event);
    yaml_parser_set_input_string(&front->parser, (const unsigned char *)front->yaml.data,
                                 front->yaml.length);
    yaml_parser_set_encoding(&front->parser, YAML_UTF8_ENCODING);
    front->input.complete = read_mapping(front);
    /* What stands before a mistake may be part of it. */
    if (!front->input.complete && front->input.pairs.count > 0)
        front->input.pairs.count--;
    yaml_event_delete(&front->event);
    yaml_parser_delete(&front->parser);
}

/* body is where the rules seem to begin, or the end of the text. */
static void
report_open(struct diagnostics *diagnostics, struct text text, struct span fence, size_t body)
{
    bool found = body < text.length;
    struct span place = {fence.source, (uint32_t)body, (uint32_t)body};
    diagnose(diagnostics, E_FRONT_MATTER, found ? place : fence, "the front matter has no end");
    diagnose_fix(diagnostics, found ? "Put a line “---” before this line"
                                    : "Put a line “---” between the settings and the rules");
    if (found)
        diagnose_edit(diagnostics, place, "---\n");
}

static void
report_late(struct diagnostics *diagnostics, struct span span)
{
    diagnose(diagnostics, E_FRONT_MATTER, span,
             "the front matter does not begin in the first line");
    diagnose_fix(diagnostics, "Delete the empty lines before “---”");
}

/* The first line that is not empty. */
static size_t
find_start(struct text text)
{
    size_t at = 0;
    while (at < text.length) {
        size_t end = line_end(text, at);
        if (!is_blank_to(text, at, end))
            return at;
        at = next_line(text, end);
    }
    return 0;
}

uint32_t
front_read(struct arena *arena, const struct sources *sources, uint32_t source,
           struct settings *settings, struct diagnostics *diagnostics)
{
    struct text text = sources->list.at[source].text;
    size_t start = find_start(text), first = line_end(text, start), body;
    bool closed;
    if (!is_fence(text, start, first)) {
        report_missing(diagnostics, source, text);
        return 0;
    }
    if (start > 0)
        report_late(diagnostics, (struct span){source, 0, (uint32_t)start});
    size_t begin = next_line(text, first), end = find_end(text, begin, &body, &closed);
    struct front front = {.arena = arena,
                          .diagnostics = diagnostics,
                          .source = source,
                          .begin = (uint32_t)begin,
                          .yaml = {text.data + begin, end - begin}};
    struct span fence = {source, (uint32_t)start, (uint32_t)start + 3};
    if (!closed)
        report_open(diagnostics, text, fence, body);
    if (front.yaml.length > FRONT_MAX) {
        diagnose(diagnostics, E_FRONT_MATTER, fence, "the front matter is longer than %d KiB",
                 FRONT_MAX / 1024);
        return (uint32_t)body;
    }
    read_yaml(&front);
    front.input.text = text;
    front.input.fence = fence;
    front.input.end = (uint32_t)end;
    settings_take(arena, &front.input, settings, diagnostics);
    return (uint32_t)body;
}
