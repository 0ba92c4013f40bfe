/* The text of a first policy, out of a template for each language (compiler/command/first). A line
 * "@if PART" or "@if not PART" begins lines for some policies only, which "@end" ends; "@{NAME}" is
 * filled in. What is filled in is not looked at again. */
#include "compiler/command/first.h"

#include "compiler/base/buffer.h"
#include "compiler/base/embedded.h"
#include "compiler/base/utf8.h"
#include "compiler/syntax/tree.h"

static const char *const part_names[FIRST_PARTS] = {"accounts", "support", "newsletter", "cookies",
                                                    "calendar"};

enum { CONTACT_MOST = 254 /* bytes of an address: RFC 5321 */ };

const char *
first_part_name(enum first_part part)
{
    return part_names[part];
}

static const struct embedded *
template_named(struct text name)
{
    for (const struct embedded *file = first_files; file->name; file++)
        if (text_equal(text_of(file->name), name))
            return file;
    return NULL;
}

bool
first_language(struct text language)
{
    return text_equal(language, TEXT("en")) || text_equal(language, TEXT("de"));
}

const char *
first_title_problem(struct text title)
{
    if (utf8_invalid_at(title) < title.length)
        return "has a byte that is not UTF-8; type it anew";
    for (size_t i = 0; i < title.length; i++) {
        unsigned char c = (unsigned char)title.data[i];
        if (c == '\n' || c == '\r')
            return "is one line, and this has a line end in it";
        if (c < ' ' || c == 0x7f)
            return "has a character in it that cannot be seen, such as a tab; leave it out";
    }
    return text_trim(title).length == 0 ? "cannot be empty" : NULL;
}

static bool
is_address_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(".-_+@", c));
}

const char *
first_contact_problem(struct text contact)
{
    size_t at = contact.length, signs = 0;
    if (contact.length > CONTACT_MOST)
        return "is longer than an e-mail address can be";
    for (size_t i = 0; i < contact.length; i++) {
        if (!is_address_character(contact.data[i]))
            return "has a character in it that an e-mail address here does not take: letters from "
                   "a "
                   "to z, digits and . - _ + are fine";
        if (contact.data[i] == '@') {
            at = i;
            signs++;
        }
    }
    if (signs != 1 || at == 0 || at + 1 == contact.length)
        return "is not an e-mail address, such as privacy@example.org";
    return NULL;
}

/* What umlauts are written as where there are none. */
static const char *
plain_letters(uint32_t c)
{
    switch (c) {
    case 0xe4:
    case 0xc4:
        return "ae";
    case 0xf6:
    case 0xd6:
        return "oe";
    case 0xfc:
    case 0xdc:
        return "ue";
    case 0xdf:
        return "ss";
    default:
        return NULL;
    }
}

static void
put_letter(struct buffer *out, uint32_t c)
{
    const char *letters = plain_letters(c);
    if (c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    if (letters)
        buffer_add(out, text_of(letters));
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        buffer_char(out, (char)c);
    else if (out->length > 0 && out->data[out->length - 1] != '-')
        buffer_char(out, '-');
}

struct text
first_id(struct arena *arena, struct text name)
{
    struct buffer out = buffer_in(arena);
    bool valid = utf8_invalid_at(name) == name.length;
    for (size_t at = 0; at < name.length;)
        put_letter(&out, valid ? utf8_next(name, &at) : (unsigned char)name.data[at++]);
    struct text id = buffer_text(&out);
    if (id.length == 0 || id.data[0] < 'a' || id.data[0] > 'z')
        id = arena_format(arena, "policy-%.*s", TEXT_ARGS(id));
    if (id.length > NAME_MAX_BYTES)
        id.length = NAME_MAX_BYTES;
    while (id.data[id.length - 1] == '-')
        id.length--;
    return id;
}

struct text
first_usual_title(struct text language)
{
    return text_equal(language, TEXT("de")) ? TEXT("Datenschutzerklärung") : TEXT("Privacy policy");
}

struct text
first_calendar_name(struct arena *arena, const struct first *first)
{
    return arena_format(arena, "%.*s-calendar.yaml", TEXT_ARGS(first->id));
}

/* Between quotation marks, for YAML as for rules. */
static void
put_quoted(struct buffer *out, struct text text)
{
    buffer_char(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            buffer_char(out, '\\');
        buffer_char(out, text.data[i]);
    }
    buffer_char(out, '"');
}

static void
put_value(struct buffer *out, const struct first *first, struct text name)
{
    if (text_equal(name, TEXT("id")))
        buffer_add(out, first->id);
    else if (text_equal(name, TEXT("title")))
        put_quoted(out, text_trim(first->title));
    else if (text_equal(name, TEXT("today")))
        buffer_format(out, "%04d-%02d-%02d", first->year, first->month, first->day);
    else if (text_equal(name, TEXT("calendar")))
        buffer_add(out, first_calendar_name(out->arena, first));
    else if (text_equal(name, TEXT("mail")))
        put_quoted(out, first->contact);
    else if (text_equal(name, TEXT("mailto")))
        buffer_format(out, "\"mailto:%.*s\"", TEXT_ARGS(first->contact));
    else if (text_equal(name, TEXT("year")))
        buffer_format(out, "%04d", first->year);
    else if (text_equal(name, TEXT("next-year")))
        buffer_format(out, "%04d", first->year + 1);
}

static void
put_line(struct buffer *out, const struct first *first, struct text line)
{
    for (size_t i = 0; i < line.length; i++) {
        const char *end = NULL;
        if (line.data[i] == '@' && i + 1 < line.length && line.data[i + 1] == '{')
            end = memchr(line.data + i, '}', line.length - i);
        if (!end) {
            buffer_char(out, line.data[i]);
            continue;
        }
        size_t close = (size_t)(end - line.data);
        put_value(out, first, (struct text){line.data + i + 2, close - i - 2});
        i = close;
    }
}

/* Whether lines behind "@if CONDITION" are wanted. */
static bool
is_wanted(const struct first *first, struct text condition)
{
    bool negated = text_starts(condition, TEXT("not "));
    if (negated)
        condition = (struct text){condition.data + 4, condition.length - 4};
    for (int i = 0; i < FIRST_PARTS; i++)
        if (text_equal(condition, text_of(part_names[i])))
            return first->has[i] != negated;
    return false;
}

static struct text
fill_in(struct arena *arena, const struct first *first, struct text template)
{
    struct buffer out = buffer_in(arena);
    bool wanted = true;
    while (template.length > 0) {
        const char *end = memchr(template.data, '\n', template.length);
        size_t length = end ? (size_t)(end - template.data) + 1 : template.length;
        struct text line = {template.data, length};
        template = (struct text){template.data + length, template.length - length};
        struct text bare = text_trim(line);
        if (text_starts(bare, TEXT("@if ")))
            wanted = is_wanted(first, (struct text){bare.data + 4, bare.length - 4});
        else if (text_equal(bare, TEXT("@end")))
            wanted = true;
        else if (wanted)
            put_line(&out, first, line);
    }
    return buffer_text(&out);
}

struct text
first_policy(struct arena *arena, const struct first *first)
{
    return fill_in(arena, first, embedded_text(template_named(first->language)));
}

struct text
first_calendar(struct arena *arena, const struct first *first)
{
    struct text name = arena_format(arena, "%.*s_calendar", TEXT_ARGS(first->language));
    return fill_in(arena, first, embedded_text(template_named(name)));
}
