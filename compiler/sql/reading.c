#include "compiler/sql/reading.h"

void
mapping_refuse(struct mapping_reader *r, struct span span, const char *problem, const char *mend)
{
    diagnose(r->diagnostics, E_MAPPING, span, "%s", problem);
    diagnose_fix(r->diagnostics, "%s", mend);
}

static const struct field *
field_near(const struct field *fields, size_t count, struct text name, unsigned limit)
{
    for (unsigned distance = 0; distance <= limit; distance++)
        for (size_t i = 0; i < count; i++)
            if (text_distance(name, text_of(fields[i].name), distance) <= distance)
                return &fields[i];
    return NULL;
}

static struct text
fields_words(struct arena *arena, const struct field *fields, size_t count)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add(&out, i + 1 == count ? TEXT(" or ") : TEXT(", "));
        buffer_add(&out, text_of(fields[i].name));
    }
    return buffer_text(&out);
}

static void
report_field(struct mapping_reader *r, const struct yaml *member, const char *what,
             const struct field *fields, size_t count)
{
    diagnose(r->diagnostics, E_MAPPING, member->key->span, "%s has no setting “%.*s”", what,
             TEXT_ARGS(text_shown(r->arena, member->key->text)));
    const struct field *near = field_near(fields, count, member->key->text, 2);
    struct text words = fields_words(r->arena, fields, count);
    if (near)
        diagnose_fix(r->diagnostics, "Write “%s”", near->name);
    else
        diagnose_fix(r->diagnostics, "Use %.*s, or leave it out", TEXT_ARGS(words));
}

bool
map_read(struct mapping_reader *r, const struct yaml *map, const char *what,
         const struct field *fields, size_t count, void *into)
{
    if (map->kind != YAML_MAP) {
        struct text words = fields_words(r->arena, fields, count);
        diagnose(r->diagnostics, E_MAPPING, map->span, "%s must be names with values", what);
        diagnose_fix(r->diagnostics, "Write lines of the form “name: value”; the names are %.*s",
                     TEXT_ARGS(words));
        return false;
    }
    for (const struct yaml *member = map->child; member; member = member->next) {
        const struct field *field = field_near(fields, count, member->key->text, 0);
        if (field)
            field->read(r, member, into);
        else
            report_field(r, member, what, fields, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!fields[i].needed || yaml_get(map, fields[i].name))
            continue;
        struct span place = {map->span.source, map->span.begin, map->span.begin};
        diagnose(r->diagnostics, E_MAPPING, place, "%s does not say its “%s”", what,
                 fields[i].name);
        diagnose_fix(r->diagnostics, "Add a line such as “%s”", fields[i].needed);
    }
    return true;
}

bool
identifier_read(struct mapping_reader *r, const struct yaml *value, struct text *out)
{
    if (value->kind != YAML_SCALAR || value->text.length == 0) {
        mapping_refuse(r, value->span, "a single name is needed here",
                       "Write the name as the database has it");
        return false;
    }
    if (value->text.length > IDENTIFIER_MAX) {
        diagnose(r->diagnostics, E_MAPPING, value->span, "this name has more than %d bytes",
                 IDENTIFIER_MAX);
        diagnose_why(r->diagnostics,
                     "PostgreSQL cuts longer names off, and two could then be the same");
        diagnose_fix(r->diagnostics, "Write the name as the database has it");
        return false;
    }
    *out = value->text;
    return true;
}

void
each_word(struct mapping_reader *r, const struct yaml *value, const char *what,
          void (*read)(struct mapping_reader *r, const struct yaml *word, void *into), void *into)
{
    const struct yaml *first = value->kind == YAML_LIST ? value->child : value;
    if (value->kind == YAML_MAP || !first) {
        diagnose(r->diagnostics, E_MAPPING, value->span, "%s must be a name or a list of names",
                 what);
        diagnose_fix(r->diagnostics, "Write one name, or several as in “[first, second]”");
        return;
    }
    for (const struct yaml *word = first; word; word = value->kind == YAML_LIST ? word->next : NULL)
        read(r, word, into);
}

/* The words of a scalar as a name of the policy; empty after a report. */
static struct name
name_of(struct mapping_reader *r, const struct yaml *word)
{
    if (word->kind == YAML_SCALAR && word->text.length > 0 && word->text.length <= NAME_MAX_BYTES)
        return (struct name){word->text, word->span};
    mapping_refuse(r, word->span, "a name of the policy is needed here",
                   "Write a name that the policy declares");
    return (struct name){.span = word->span};
}

uint32_t
symbol_read(struct mapping_reader *r, const struct yaml *word, unsigned kinds)
{
    struct name name = name_of(r, word);
    return name.text.length > 0 ? resolve_symbol(&r->resolver, &name, kinds) : NONE;
}

uint32_t
leaf_read(struct mapping_reader *r, const struct yaml *word, unsigned kinds)
{
    struct name name = name_of(r, word);
    uint32_t found = name.text.length > 0 ? resolve_leaf_symbol(&r->resolver, &name, kinds) : NONE;
    return found == NONE ? NONE : r->model->symbols[found].leaves.low;
}
