/* ID_policy.c: the image as one constant object. Words are numbers and texts are string literals,
 * so that the source means the same on machines of any byte order. */
#include "compiler/table/identifier.h"
#include "compiler/table/table.h"

#include "runtime/core/table.h"

enum {
    LITERAL_MAX = 4000, /* C11 5.2.4.1: a string literal of 4095 bytes must be accepted */
    WORDS_A_LINE = 8
};

/* A run of texts that becomes one member of the object: neighbours up to LITERAL_MAX together, or
 * one that is longer than that alone. */
struct run {
    size_t first, count;
    size_t size; /* bytes with all NULs */
};

static struct run
run_from(const struct image *image, size_t first)
{
    struct run run = {first, 0, 0};
    while (first + run.count < image->text_count) {
        size_t size = image->texts[first + run.count].text.length + 1;
        if (run.count > 0 && run.size + size > LITERAL_MAX)
            break;
        run.size += size;
        run.count++;
    }
    return run;
}

/* As literals, one a line; the NUL of the last is the literal's own. */
static void
add_literals(struct buffer *out, const struct image *image, struct run run)
{
    for (size_t i = 0; i < run.count; i++) {
        buffer_string(out, "     \"");
        literal_add(out, image->texts[run.first + i].text);
        buffer_add(out, text_of(i + 1 < run.count ? "\\0\"\n" : "\""));
    }
}

/* A text too long for a literal, byte by byte. */
static void
add_bytes(struct buffer *out, struct text text)
{
    buffer_string(out, "     {");
    for (size_t i = 0; i < text.length; i++) {
        buffer_char(out, '\'');
        literal_add(out, (struct text){text.data + i, 1});
        buffer_add(out, text_of(i % 16 == 15 ? "',\n      " : "',"));
    }
    buffer_string(out, "'\\0'}");
}

static size_t
texts_end(const struct image *image)
{
    if (image->text_count == 0)
        return 0;
    const struct image_text *last = &image->texts[image->text_count - 1];
    return last->offset + last->text.length + 1;
}

static void
add_members(struct buffer *out, const struct image *image)
{
    buffer_format(out, "    uint32_t words[%zu];\n", image->word_count);
    for (size_t at = 0, number = 0; at < image->text_count; number++) {
        struct run run = run_from(image, at);
        buffer_settle(out);
        buffer_format(out, "    char texts_%zu[%zu];\n", number, run.size);
        at += run.count;
    }
    if (image->text_size > texts_end(image))
        buffer_format(out, "    char padding[%zu];\n", image->text_size - texts_end(image));
}

/* What begins at a word. */
struct mark {
    size_t word;
    const char *what;
};

static const struct mark header_marks[] = {
    {AT_MAGIC, "magic"},
    {AT_SEAL, "seal"},
    {AT_ABI, "format, size in bytes, systems"},
    {AT_FIRST_LEAF, "first number of each kind"},
    {AT_CLAUSE_COUNT, "clauses, sections of the page"},
    {AT_SECTIONS, "where the parts below begin"},
    {AT_VERBS, "verbs"},
    {AT_NAME_KEYS, "keys of names"},
    {AT_EFFECTIVE, "effective day"},
    {AT_CONTENT, "content hash"},
    {AT_VOCABULARY, "vocabulary hash"},
    {AT_WORKING_DAYS, "calendar"},
};

static const char *const section_names[SECTION_COUNT] = {
    [SECTION_CELLS] = "cells",
    [SECTION_CASES] = "cases",
    [SECTION_NAMES] = "names",
    [SECTION_SHIFTS] = "shifts",
    [SECTION_TEXTS] = "texts",
    [SECTION_CLAUSES] = "sections of clauses",
    [SECTION_PATHS] = "paths",
    [SECTION_ONE_OF] = "one of",
    [SECTION_ZONE] = "changes of the zone",
    [SECTION_OFFSETS] = "offsets",
    [SECTION_HOLIDAYS] = "holidays",
    [SECTION_DUTIES] = "duties",
    [SECTION_STATES] = "states",
    [SECTION_MAPS] = "maps",
    [SECTION_RULES] = "rules",
    [SECTION_SETS] = "sets",
    [SECTION_WIDE] = "wide",
    [SECTION_FORMS] = "forms",
    [SECTION_SLOTS] = "slots",
    [SECTION_NODES] = "nodes",
};
enum { HEADER_MARKS = sizeof header_marks / sizeof header_marks[0] };

/* The marks of an image, by rising word. */
static size_t
marks_make(const struct image *image, struct mark marks[HEADER_MARKS + SECTION_COUNT])
{
    size_t count = HEADER_MARKS;
    memcpy(marks, header_marks, sizeof header_marks);
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        uint32_t start = image_word(image, AT_SECTIONS + i);
        if (start < image_word(image, AT_SECTIONS + i + 1)) /* an empty one has nothing to mark */
            marks[count++] = (struct mark){start, section_names[i]};
    }
    return count;
}

/* "0x2a,": printf would take most of the time that a large table needs. */
static void
add_number(struct buffer *out, uint32_t word, bool last)
{
    char text[12];
    size_t at = sizeof text;
    if (!last)
        text[--at] = ',';
    text[--at] = 'u';
    do
        text[--at] = "0123456789abcdef"[word & 15];
    while ((word >>= 4) > 0);
    text[--at] = 'x';
    text[--at] = '0';
    buffer_add(out, (struct text){text + at, sizeof text - at});
}

static void
add_words(struct buffer *out, const struct image *image)
{
    struct mark marks[HEADER_MARKS + SECTION_COUNT];
    size_t mark_count = marks_make(image, marks), mark = 0, column = 0;
    buffer_string(out, "    {");
    for (size_t i = 0; i < image->word_count; i++, column++) {
        if (mark < mark_count && marks[mark].word == i) {
            buffer_format(out, "\n     /* %zu: %s */", i, marks[mark++].what);
            column = 0;
        }
        if (column % WORDS_A_LINE == 0) {
            buffer_settle(out);
            buffer_string(out, "\n    ");
        }
        buffer_char(out, ' ');
        add_number(out, image_word(image, i), i + 1 == image->word_count);
    }
    buffer_string(out, "}");
}

static void
add_texts(struct buffer *out, const struct image *image)
{
    for (size_t at = 0; at < image->text_count;) {
        struct run run = run_from(image, at);
        buffer_settle(out);
        buffer_string(out, ",\n");
        if (run.size > LITERAL_MAX)
            add_bytes(out, image->texts[run.first].text);
        else
            add_literals(out, image, run);
        at += run.count;
    }
    size_t padding = image->text_size - texts_end(image);
    for (size_t i = 0; i < padding; i++)
        buffer_add(out, text_of(i == 0 ? ",\n    {0" : ", 0"));
    if (padding > 0)
        buffer_char(out, '}');
}

void
table_c_source(const struct model *model, const struct image *image, struct buffer *out)
{
    struct prefix prefix = identifier_prefix(model->arena, model);
    buffer_format(out,
                  "/* %.*s_policy.c - the table of a policy. Made by avow; not to be edited.\n",
                  TEXT_ARGS(model->settings->policy));
    buffer_string(out, " * Content ");
    buffer_hex(out, model->content_hash, sizeof model->content_hash);
    buffer_format(out, " */\n#include \"%.*s_policy.h\"\n\n", TEXT_ARGS(model->settings->policy));
    template_add(out, prefix,
                 "#ifdef __cplusplus\n#define ^_ALIGNED alignas(8)\n#else\n"
                 "#define ^_ALIGNED _Alignas(8)\n#endif\n\n"
                 "/* Words, then texts without gaps; the core reads it as an avow_table. */\n"
                 "struct @_image {\n    ^_ALIGNED\n");
    add_members(out, image);
    template_add(out, prefix, "};\n\nconst struct @_image @_image = {\n");
    add_words(out, image);
    add_texts(out, image);
    buffer_string(out, "};\n");
}
