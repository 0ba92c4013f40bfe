/* Settings: a YAML document, walked along tables of what may stand in it. */
#include "runtime/agent/serve/settings_read.h"

#include "runtime/agent/command.h"
#include "runtime/store/fault.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MOST = 1 << 20, KEYS_MOST = 64, LINE_MOST = 1024 };

/* Memory ------------------------------------------------------------------------------------- */

void *
settings_allocate(struct settings *settings, size_t size)
{
    struct chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        return NULL;
    chunk->next = settings->memory;
    settings->memory = chunk;
    return chunk->bytes;
}

const char *
settings_text(struct settings *settings, const char *text, size_t length)
{
    char *copy = settings_allocate(settings, length + 1);
    if (copy && length > 0)
        memcpy(copy, text, length);
    return copy;
}

void
settings_free(struct settings *settings)
{
    if (!settings)
        return;
    for (struct chunk *next, *chunk = settings->memory; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(settings->places);
    free(settings->path);
    free(settings->folder);
    free(settings);
}

/* Places ------------------------------------------------------------------------------------- */

static bool
remember(struct reader *reader, const yaml_node_t *node, const void *value)
{
    struct settings *settings = reader->settings;
    if (settings->count == settings->room) {
        size_t room = settings->room ? 2 * settings->room : 64;
        struct value_place *places = realloc(settings->places, room * sizeof *places);
        if (!places)
            return false;
        settings->places = places;
        settings->room = room;
    }
    char text[LINE_MOST];
    int length = snprintf(text, sizeof text, "%s:%zu:%zu", settings->path,
                          node->start_mark.line + 1, node->start_mark.column + 1);
    const char *kept = settings_text(settings, text, strnlen(text, (size_t)length));
    settings->places[settings->count++] = (struct value_place){value, kept};
    return kept != NULL;
}

const char *
settings_where(const struct settings *settings, const void *value)
{
    for (size_t i = 0; i < settings->count; i++)
        if (settings->places[i].value == value)
            return settings->places[i].text;
    return settings->path;
}

const char *
settings_folder(const struct settings *settings)
{
    return settings->folder;
}

avow_store_code
settings_wrong(const struct settings *settings, const void *value,
               void (*say)(void *context, const char *line), void *context, const char *format, ...)
{
    char line[LINE_MOST];
    int length = snprintf(line, sizeof line, "%s: ", settings_where(settings, value));
    if (length < 0 || (size_t)length >= sizeof line)
        length = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
    va_end(arguments);
    say(context, line);
    return AVOW_STORE_INPUT;
}

void
reader_wrong(struct reader *reader, const yaml_node_t *node, const char *format, ...)
{
    char line[LINE_MOST];
    int length = snprintf(line, sizeof line, "%s:%zu:%zu: ", reader->settings->path,
                          node->start_mark.line + 1, node->start_mark.column + 1);
    if (length < 0 || (size_t)length >= sizeof line)
        length = 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
    va_end(arguments);
    reader->mistakes++;
    reader->say(reader->context, line);
}

/* Mappings ----------------------------------------------------------------------------------- */

static const struct setting *
row_of(const struct setting *table, const char *key)
{
    for (; table->key; table++)
        if (strcmp(table->key, key) == 0)
            return table;
    return NULL;
}

/* "policy, state, user": what there is. */
static void
list_keys(const struct setting *table, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (; table->key && length < size; table++)
        length +=
            (size_t)snprintf(out + length, size - length, "%s%s", length ? ", " : "", table->key);
}

static void
unknown_key(struct reader *reader, const yaml_node_t *key, const char *text,
            const struct setting *table, const char *within)
{
    const char *names[KEYS_MOST];
    size_t count = 0;
    for (const struct setting *row = table; row->key && count < KEYS_MOST; row++)
        names[count++] = row->key;
    const char *nearest = nearest_word(text, names, count);
    char all[512];
    list_keys(table, all, sizeof all);
    reader_wrong(reader, key, "there is no setting '%s'%s%s%s; %s%s%s", text, within ? " in '" : "",
                 within ? within : "", within ? "'" : "", nearest ? "did you mean '" : "there are ",
                 nearest ? nearest : all, nearest ? "'?" : ".");
}

/* The text of a scalar without NUL in it, or NULL. */
const char *
reader_scalar(const yaml_node_t *node, size_t *length)
{
    if (node->type != YAML_SCALAR_NODE)
        return NULL;
    const char *text = (const char *)node->data.scalar.value;
    *length = node->data.scalar.length;
    return memchr(text, '\0', *length) ? NULL : text;
}

/* Whether this key stood in the mapping before. */
static bool
repeated(struct reader *reader, const yaml_node_t *node, const yaml_node_pair_t *pair,
         const char *text)
{
    for (const yaml_node_pair_t *before = node->data.mapping.pairs.start; before < pair; before++) {
        const yaml_node_t *key = yaml_document_get_node(reader->document, before->key);
        size_t length;
        const char *other = reader_scalar(key, &length);
        if (!other || strcmp(other, text) != 0)
            continue;
        const yaml_node_t *here = yaml_document_get_node(reader->document, pair->key);
        reader_wrong(reader, here, "'%s' was given in line %zu already. Give it once.", text,
                     key->start_mark.line + 1);
        return true;
    }
    return false;
}

static void
read_pair(struct reader *reader, const yaml_node_t *node, const yaml_node_pair_t *pair,
          const struct setting *table, const char *within, char *out)
{
    const yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
    const yaml_node_t *value = yaml_document_get_node(reader->document, pair->value);
    size_t length;
    const char *text = reader_scalar(key, &length);
    if (!text) {
        reader_wrong(reader, key, "the name of a setting is one word.");
        return;
    }
    const struct setting *row = row_of(table, text);
    if (!row) {
        unknown_key(reader, key, text, table, within);
        return;
    }
    if (repeated(reader, node, pair, text))
        return;
    if (!remember(reader, value, out + row->offset)) {
        reader->memory = true;
        return;
    }
    reader_value(reader, row, value, out + row->offset);
}

static bool
has_key(struct reader *reader, const yaml_node_t *node, const char *wanted)
{
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top; pair++) {
        size_t length;
        const char *text =
            reader_scalar(yaml_document_get_node(reader->document, pair->key), &length);
        if (text && strcmp(text, wanted) == 0)
            return true;
    }
    return false;
}

void
reader_mapping(struct reader *reader, const yaml_node_t *node, const struct setting *table,
               const char *within, void *out)
{
    if (node->type != YAML_MAPPING_NODE) {
        char all[512];
        list_keys(table, all, sizeof all);
        reader_wrong(reader, node, "%s%s%s is a list of settings, 'name: value': there are %s.",
                     within ? "'" : "", within ? within : "the file", within ? "'" : "", all);
        return;
    }
    if (!remember(reader, node, out)) {
        reader->memory = true;
        return;
    }
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    for (; pair < node->data.mapping.pairs.top; pair++)
        read_pair(reader, node, pair, table, within, out);
    for (const struct setting *row = table; row->key; row++)
        if (row->required && !has_key(reader, node, row->key))
            reader_wrong(reader, node, "'%s' is missing%s%s%s.", row->key, within ? " in '" : "",
                         within ? within : "", within ? "'" : "");
}

/* The file ----------------------------------------------------------------------------------- */

static avow_store_code
not_readable(const char *path, const char *why, avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO,
                 "The configuration %s cannot be read: %s. Name the right file with --config, and "
                 "let avowd's user read it.",
                 path, why);
}

static void
not_yaml(struct reader *reader, const yaml_parser_t *parser)
{
    yaml_node_t at = {.start_mark = parser->problem_mark};
    reader_wrong(reader, &at,
                 "the file is not YAML here: %s. Write 'name: value', and blanks for "
                 "what belongs below.",
                 parser->problem ? parser->problem : "bytes that are no text");
}

static void
read_document(struct reader *reader, yaml_parser_t *parser, const struct setting *table, void *out)
{
    yaml_document_t document, further;
    if (!yaml_parser_load(parser, &document)) {
        not_yaml(reader, parser);
        return;
    }
    reader->document = &document;
    const yaml_node_t *root = yaml_document_get_root_node(&document);
    yaml_node_t empty = {.type = YAML_NO_NODE};
    reader_mapping(reader, root ? root : &empty, table, NULL, out);
    if (root && !yaml_parser_load(parser, &further)) {
        not_yaml(reader, parser);
    } else if (root) {
        const yaml_node_t *second = yaml_document_get_root_node(&further);
        if (second)
            reader_wrong(reader, second, "a second document begins here; there is one only.");
        yaml_document_delete(&further);
    }
    yaml_document_delete(&document);
}

static avow_store_code
read_file(struct reader *reader, FILE *file, const struct setting *table, void *out,
          avow_store_error *error)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return fault_memory(error);
    yaml_parser_set_input_file(&parser, file);
    read_document(reader, &parser, table, out);
    yaml_parser_delete(&parser);
    if (reader->memory)
        return fault_memory(error);
    if (reader->mistakes == 0)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT, "The configuration %s has %s.", reader->settings->path,
                 reader->mistakes == 1 ? "a mistake" : "mistakes");
}

static struct settings *
settings_new(const char *path)
{
    struct settings *settings = calloc(1, sizeof *settings);
    if (!settings)
        return NULL;
    settings->path = strdup(path);
    char *whole = realpath(path, NULL);
    char *slash = whole ? strrchr(whole, '/') : NULL;
    if (slash)
        settings->folder = strndup(whole, (size_t)(slash - whole));
    free(whole);
    if (settings->path && (settings->folder || !slash))
        return settings;
    settings_free(settings);
    return NULL;
}

avow_store_code
settings_read(const char *path, const struct setting *table, void *out,
              void (*say)(void *context, const char *line), void *context,
              struct settings **settings, avow_store_error *error)
{
    *settings = settings_new(path);
    if (!*settings)
        return fault_memory(error);
    struct stat stat;
    FILE *file = fopen(path, "re");
    if (!file || fstat(fileno(file), &stat) != 0 || !S_ISREG(stat.st_mode) ||
        stat.st_size > FILE_MOST) {
        const char *why = strerror(errno);
        if (file)
            why = !S_ISREG(stat.st_mode) ? "it is no file" : "it is larger than any of these";
        avow_store_code code = not_readable(path, why, error);
        if (file)
            fclose(file);
        return code;
    }
    struct reader reader = {.settings = *settings, .say = say, .context = context};
    avow_store_code code = read_file(&reader, file, table, out, error);
    fclose(file);
    return code;
}
