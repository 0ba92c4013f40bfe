/* The kinds of values: what each looks like in the file, and how it is told if it does not. */
#include "runtime/agent/command.h"
#include "runtime/agent/serve/settings_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct unit {
    char letter;
    long worth;
};

static const struct unit second_units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {0, 0}};
static const struct unit byte_units[] = {{'k', 1024}, {'M', 1024 * 1024}, {0, 0}};

/* A text without control characters, or NULL after a message. */
static const char *
plain_text(struct reader *reader, const char *key, const yaml_node_t *node, size_t *length)
{
    const char *text = reader_scalar(node, length);
    if (node->type != YAML_SCALAR_NODE) {
        reader_wrong(reader, node, "'%s' is one text, not a list.", key);
        return NULL;
    }
    for (size_t i = 0; text && i < *length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text = NULL;
    if (!text)
        reader_wrong(reader, node, "'%s' has signs in it that cannot be printed.", key);
    else if (*length == 0)
        reader_wrong(reader, node, "'%s' has no value. Give it one, or leave the line out.", key);
    return text && *length > 0 ? text : NULL;
}

static const char *
keep(struct reader *reader, const char *text, size_t length)
{
    const char *kept = settings_text(reader->settings, text, length);
    reader->memory |= !kept;
    return kept;
}

static const char *
keep_path(struct reader *reader, const char *text, size_t length)
{
    const char *folder = reader->settings->folder;
    if (text[0] == '/' || !folder)
        return keep(reader, text, length);
    size_t before = strlen(folder);
    char *path = settings_allocate(reader->settings, before + 1 + length + 1);
    reader->memory |= !path;
    if (path) {
        memcpy(path, folder, before);
        path[before] = '/';
        memcpy(path + before + 1, text, length);
    }
    return path;
}

static void
read_text(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    size_t length;
    const char *text = plain_text(reader, row->key, node, &length);
    if (text)
        *(const char **)out = row->kind == SETTING_PATH ? keep_path(reader, text, length)
                                                        : keep(reader, text, length);
}

/* Numbers ------------------------------------------------------------------------------------ */

/* A number and what it is counted in; false if it is none. */
static bool
number(const char *text, const struct unit *units, bool unit_needed, long *out)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *out = strtol(text, &end, 10);
    if (errno)
        return false;
    if (*end == '\0')
        return !unit_needed;
    for (; units && units->letter; units++)
        if (end[0] == units->letter && end[1] == '\0')
            return !__builtin_mul_overflow(*out, units->worth, out);
    return false;
}

/* 300 as "5m": with the largest unit that leaves nothing over. */
static const char *
show_number(long value, const struct unit *units, char out[32])
{
    const struct unit *best = NULL;
    for (; units && units->letter; units++)
        if (value != 0 && value % units->worth == 0)
            best = units;
    if (best)
        snprintf(out, 32, "%ld%c", value / best->worth, best->letter);
    else
        snprintf(out, 32, "%ld", value);
    return out;
}

static void
read_number(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    const struct unit *units = row->kind == SETTING_SECONDS ? second_units
                               : row->kind == SETTING_BYTES ? byte_units
                                                            : NULL;
    static const char *const looks[] = {[SETTING_NUMBER] = "a whole number",
                                        [SETTING_SECONDS] = "a time such as 30s, 5m, 2h or 1d",
                                        [SETTING_BYTES] = "a number of bytes such as 512, 64k or "
                                                          "2M"};
    size_t length;
    const char *text = plain_text(reader, row->key, node, &length);
    if (!text)
        return;
    long value;
    char least[32], most[32];
    if (!number(text, units, row->kind == SETTING_SECONDS, &value))
        reader_wrong(reader, node, "'%s' is %s, not '%s'.", row->key, looks[row->kind], text);
    else if (value < row->least || value > row->most)
        reader_wrong(reader, node, "'%s' is %s; it must be between %s and %s.", row->key, text,
                     show_number(row->least, units, least), show_number(row->most, units, most));
    else
        *(long *)out = value;
}

/* Words -------------------------------------------------------------------------------------- */

static void
read_yes(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    size_t length;
    const char *text = plain_text(reader, row->key, node, &length);
    if (!text)
        return;
    bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
        reader_wrong(reader, node, "'%s' is yes or no, not '%s'.", row->key, text);
    else
        *(bool *)out = yes;
}

static void
list_words(const char *const *words, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (; *words && length < size; words++)
        length += (size_t)snprintf(out + length, size - length, "%s%s",
                                   length == 0 ? ""
                                   : words[1]  ? ", "
                                               : " or ",
                                   *words);
}

static void
read_word(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    size_t length;
    const char *text = plain_text(reader, row->key, node, &length);
    for (int i = 0; text && row->words[i]; i++) {
        if (strcmp(row->words[i], text) == 0) {
            *(int *)out = i;
            return;
        }
    }
    char words[256];
    list_words(row->words, words, sizeof words);
    if (text)
        reader_wrong(reader, node, "'%s' is %s, not '%s'.", row->key, words, text);
}

/* Lists -------------------------------------------------------------------------------------- */

static void
read_texts(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    struct texts *texts = out;
    bool list = node->type == YAML_SEQUENCE_NODE;
    size_t count = 1;
    if (list)
        count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    texts->at = settings_allocate(reader->settings, (count + 1) * sizeof *texts->at);
    if (!texts->at) {
        reader->memory = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const yaml_node_t *item = node;
        if (list)
            item = yaml_document_get_node(reader->document, node->data.sequence.items.start[i]);
        size_t length;
        const char *text = plain_text(reader, row->key, item, &length);
        if (text)
            texts->at[texts->count++] = row->kind == SETTING_PATHS ? keep_path(reader, text, length)
                                                                   : keep(reader, text, length);
    }
}

static void
read_blocks(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    struct blocks *blocks = out;
    if (node->type != YAML_SEQUENCE_NODE) {
        reader_wrong(reader, node, "'%s' is a list: begin each of its members with '- '.",
                     row->key);
        return;
    }
    size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    char *at = settings_allocate(reader->settings, (count + 1) * row->size);
    reader->memory |= !at;
    if (!at)
        return;
    blocks->at = at;
    blocks->count = count;
    for (size_t i = 0; i < count; i++)
        reader_mapping(reader,
                       yaml_document_get_node(reader->document, node->data.sequence.items.start[i]),
                       row->inner, row->key, at + i * row->size);
}

static void
read_named_one(struct reader *reader, const struct setting *row, const yaml_node_pair_t *pair,
               char *out)
{
    const yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
    size_t length;
    const char *name = plain_text(reader, row->key, key, &length);
    if (!name)
        return;
    *(const char **)out = keep(reader, name, length);
    reader_mapping(reader, yaml_document_get_node(reader->document, pair->value), row->inner, name,
                   out);
}

static bool
names_differ(struct reader *reader, const struct setting *row, const yaml_node_t *node,
             const char *at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *one = *(const char *const *)(at + i * row->size);
        for (size_t j = 0; one && j < i; j++) {
            const char *other = *(const char *const *)(at + j * row->size);
            if (!other || strcmp(one, other) != 0)
                continue;
            reader_wrong(
                reader,
                yaml_document_get_node(reader->document, node->data.mapping.pairs.start[i].key),
                "'%s' was given before. Give it once.", one);
            return false;
        }
    }
    return true;
}

static void
read_named(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    struct blocks *blocks = out;
    if (node->type != YAML_MAPPING_NODE) {
        reader_wrong(reader, node, "'%s' has names, and below each what it is.", row->key);
        return;
    }
    size_t count = (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    char *at = settings_allocate(reader->settings, (count + 1) * row->size);
    reader->memory |= !at;
    if (!at)
        return;
    blocks->at = at;
    blocks->count = count;
    for (size_t i = 0; i < count; i++)
        read_named_one(reader, row, node->data.mapping.pairs.start + i, at + i * row->size);
    names_differ(reader, row, node, at, count);
}

static void
read_block(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    if (row->notes)
        *(bool *)out = true;
    reader_mapping(reader, node, row->inner, row->key, out);
}

void
reader_value(struct reader *reader, const struct setting *row, const yaml_node_t *node, void *out)
{
    typedef void read_kind(struct reader *, const struct setting *, const yaml_node_t *, void *);
    static read_kind *const kinds[] = {
        [SETTING_TEXT] = read_text,     [SETTING_PATH] = read_text,
        [SETTING_NUMBER] = read_number, [SETTING_SECONDS] = read_number,
        [SETTING_BYTES] = read_number,  [SETTING_YES] = read_yes,
        [SETTING_WORD] = read_word,     [SETTING_TEXTS] = read_texts,
        [SETTING_PATHS] = read_texts,   [SETTING_BLOCK] = read_block,
        [SETTING_BLOCKS] = read_blocks, [SETTING_NAMED] = read_named,
    };
    kinds[row->kind](reader, row, node, out);
}
