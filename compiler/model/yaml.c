#include "compiler/model/yaml.h"

#include "compiler/base/names.h"
#include "compiler/base/utf8.h"
#include "compiler/syntax/load.h"

#include <yaml.h>

enum { DEPTH_MAX = 16, FEW_MEMBERS = 8 };

struct level { /* a list or map that is not closed yet */
    struct yaml *node;
    struct yaml *last;  /* member */
    struct yaml *key;   /* of a map: its name is read, its value is not */
    struct names names; /* of a map with more than FEW_MEMBERS */
};

struct builder {
    struct arena *arena;
    const struct sources *sources;
    uint32_t source;
    enum code code;
    struct diagnostics *diagnostics;
    yaml_parser_t parser;
    struct level levels[DEPTH_MAX];
    size_t depth;
    struct yaml *root;
    /* libyaml counts characters; the byte of the last one asked for */
    size_t character, byte;
};

static struct text
source_text(const struct builder *b)
{
    return b->sources->list.at[b->source].text;
}

/* Byte of a character. Marks come nearly in order, so the way from the last one is short. */
static uint32_t
byte_of(struct builder *b, size_t character)
{
    struct text text = source_text(b);
    while (b->character < character && b->byte < text.length) {
        (void)utf8_next(text, &b->byte);
        b->character++;
    }
    while (b->character > character && b->byte > 0) {
        do
            b->byte--;
        while (b->byte > 0 && ((unsigned char)text.data[b->byte] & 0xC0) == 0x80);
        b->character--;
    }
    return (uint32_t)b->byte;
}

static struct span
span_between(struct builder *b, yaml_mark_t from, yaml_mark_t to)
{
    uint32_t begin = byte_of(b, from.index), end = byte_of(b, to.index);
    return (struct span){b->source, begin, end < begin ? begin : end};
}

static bool
refuse(struct builder *b, struct span span, const char *problem, const char *mend)
{
    diagnose(b->diagnostics, b->code, span, "%s", problem);
    if (mend)
        diagnose_fix(b->diagnostics, "%s", mend);
    return false;
}

/* Whether the map has the name already; remembers it. */
static bool
is_double(struct builder *b, struct level *level, const struct yaml *key)
{
    size_t count = level->node->count;
    if (count <= FEW_MEMBERS) {
        for (const struct yaml *m = level->node->child; m; m = m->next)
            if (text_equal(m->key->text, key->text))
                return true;
    }
    if (count == FEW_MEMBERS) {
        level->names = names_in(b->arena);
        for (const struct yaml *m = level->node->child; m; m = m->next)
            names_add(&level->names, m->key->text, 0);
    }
    return count >= FEW_MEMBERS && names_add(&level->names, key->text, (uint32_t)count) != count;
}

/* Puts a node where it belongs: the root, a map's name or value, a list's member. */
static bool
place(struct builder *b, struct yaml *node)
{
    if (b->depth == 0) {
        b->root = node;
        return true;
    }
    struct level *level = &b->levels[b->depth - 1];
    if (level->node->kind == YAML_MAP && !level->key) {
        if (node->kind != YAML_SCALAR)
            return refuse(b, node->span, "a name must be a word", NULL);
        if (is_double(b, level, node)) /* the first counts; the rest of the file may be fine */
            (void)refuse(b, node->span, "this name stands here twice", "Leave one of the two out");
        level->key = node;
        return true;
    }
    node->key = level->key;
    level->key = NULL;
    if (level->last)
        level->last->next = node;
    else
        level->node->child = node;
    level->last = node;
    level->node->count++;
    return true;
}

static bool
open_level(struct builder *b, struct yaml *node)
{
    if (!place(b, node))
        return false;
    if (b->depth == DEPTH_MAX)
        return refuse(b, node->span, "lists and maps are nested too deeply here", NULL);
    b->levels[b->depth++] = (struct level){.node = node};
    return true;
}

static bool
close_level(struct builder *b, struct span span)
{
    struct yaml *node = b->levels[--b->depth].node;
    node->span.end = span.begin > node->span.begin ? span.begin : node->span.end;
    return true;
}

static struct yaml *
new_node(struct builder *b, enum yaml_kind kind, struct span span)
{
    struct yaml *node = ARENA_NEW(b->arena, struct yaml);
    node->kind = kind;
    node->span = span;
    return node;
}

static bool
take_scalar(struct builder *b, const yaml_event_t *event, struct span span)
{
    struct yaml *node = new_node(b, YAML_SCALAR, span);
    node->text = arena_text(
        b->arena, (struct text){(const char *)event->data.scalar.value, event->data.scalar.length});
    if (utf8_invalid_at(node->text) != node->text.length ||
        memchr(node->text.data, '\0', node->text.length))
        return refuse(b, span, "a character stands here that no text can hold", NULL);
    return place(b, node);
}

static bool
take_event(struct builder *b, const yaml_event_t *event)
{
    struct span span = span_between(b, event->start_mark, event->end_mark);
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse(b, span, "references are not taken in this file", "Write the value here");
    case YAML_SCALAR_EVENT:
        return take_scalar(b, event, span);
    case YAML_SEQUENCE_START_EVENT:
        return open_level(b, new_node(b, YAML_LIST, span));
    case YAML_MAPPING_START_EVENT:
        return open_level(b, new_node(b, YAML_MAP, span));
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_level(b, span);
    case YAML_DOCUMENT_START_EVENT:
        return !b->root || refuse(b, span, "a second document begins here", "Leave it out");
    default:
        return true;
    }
}

static bool
report_parser(struct builder *b)
{
    struct text text = source_text(b);
    static const char quoted[] = "while scanning a quoted scalar";
    bool open = b->parser.context && strcmp(b->parser.context, quoted) == 0 &&
                b->parser.problem_mark.index >= b->parser.mark.index;
    uint32_t at = byte_of(b, open ? b->parser.context_mark.index : b->parser.problem_mark.index);
    if (b->parser.error == YAML_MEMORY_ERROR)
        longjmp(b->arena->out_of_memory, 1);
    if (b->parser.error == YAML_READER_ERROR)
        at = (uint32_t)(b->parser.problem_offset < text.length ? b->parser.problem_offset : 0);
    uint32_t end = at < text.length ? at + 1 : at;
    while (end < text.length && ((unsigned char)text.data[end] & 0xC0) == 0x80)
        end++;
    if (open)
        return refuse(b, (struct span){b->source, at, end}, "this quotation mark is not closed",
                      "Close it");
    return refuse(b, (struct span){b->source, at, end}, "this is not YAML from here on",
                  "Check indentation, colons and quotation marks in this line and the one above");
}

static bool
read_events(struct builder *b)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&b->parser, &event))
            return report_parser(b);
        bool end = event.type == YAML_STREAM_END_EVENT;
        bool fine = take_event(b, &event);
        yaml_event_delete(&event);
        if (!fine || end)
            return fine;
    }
}

const struct yaml *
yaml_read(struct arena *arena, const struct sources *sources, uint32_t source, enum code code,
          struct diagnostics *diagnostics)
{
    struct builder b = {.arena = arena,
                        .sources = sources,
                        .source = source,
                        .code = code,
                        .diagnostics = diagnostics};
    struct text text = source_text(&b);
    if (!yaml_parser_initialize(&b.parser))
        longjmp(arena->out_of_memory, 1);
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)text.data, text.length);
    bool fine = read_events(&b);
    yaml_parser_delete(&b.parser);
    if (fine && (!b.root || b.root->kind != YAML_MAP))
        fine = refuse(&b, (struct span){source, 0, 0}, "the file must hold names with values",
                      "Write lines of the form “name: value”");
    return fine ? b.root : NULL;
}

uint32_t
yaml_load(struct arena *arena, struct sources *sources, struct text path,
          const struct span *wanted_by, enum code code, struct diagnostics *diagnostics)
{
    uint32_t source = source_load(arena, sources, path, wanted_by, diagnostics);
    if (source == NONE || sources->list.at[source].text.length <= YAML_FILE_MAX)
        return source;
    diagnose(diagnostics, code, wanted_by ? *wanted_by : (struct span){source, 0, 0},
             "the file %.*s is too large for what it is", TEXT_ARGS(path));
    diagnose_why(diagnostics, "Such a file may have %d bytes", YAML_FILE_MAX);
    return NONE;
}

struct text
path_beside(struct arena *arena, struct text policy_path, struct text path)
{
    size_t folder = policy_path.length;
    if (path.length > 0 && path.data[0] == '/')
        return path;
    while (folder > 0 && policy_path.data[folder - 1] != '/')
        folder--;
    return arena_format(arena, "%.*s%.*s", (int)folder, policy_path.data, TEXT_ARGS(path));
}

const struct yaml *
yaml_get(const struct yaml *map, const char *name)
{
    for (const struct yaml *member = map->child; member; member = member->next)
        if (text_equal(member->key->text, text_of(name)))
            return member;
    return NULL;
}
