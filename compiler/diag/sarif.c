/* SARIF 2.1.0 (OASIS, 2020): one run, a result for each message, a rule for each code that occurs.
 *
 * Columns count characters, as in our own messages, and columnKind says so. A place between two
 * characters is a region that ends where it begins. Paths become URI references: relative ones stay
 * relative, whatever is no letter or digit of ASCII is percent-encoded byte by byte. */
#include "compiler/diag/explain.h"
#include "compiler/diag/messages.h"

static struct text
uri_of(struct arena *arena, const struct source *source)
{
    struct buffer out = buffer_in(arena);
    struct text path = source->path;
    bool first = true;
    if (!source->is_file)
        buffer_string(&out, "avow:"); /* standard input, or compiled in: no file of anybody */
    else if (path.length > 0 && path.data[0] == '/')
        buffer_string(&out, "file://");
    for (size_t i = 0; i < path.length; i++) {
        char c = path.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        /* A colon in the first part of a relative reference would end a scheme. */
        bool plain = letter || strchr("/-._~", c) || (c == ':' && !first);
        first = first && c != '/';
        if (plain && c)
            buffer_char(&out, c);
        else
            buffer_format(&out, "%%%02X", (unsigned char)c);
    }
    return buffer_text(&out);
}

static void
add_region(struct document *json, const char *key, const struct source *source, struct span span)
{
    struct place begin = source_place(source, span.begin), end = source_place(source, span.end);
    document_open_object(json, key);
    document_number(json, "startLine", begin.line);
    document_number(json, "startColumn", begin.column);
    document_number(json, "endLine", end.line);
    document_number(json, "endColumn", end.column);
    document_close_object(json);
}

static void
add_artifact(struct messages *m, const struct source *source)
{
    document_open_object(&m->json, "artifactLocation");
    document_text(&m->json, "uri", uri_of(m->arena, source));
    document_close_object(&m->json);
}

static void
add_physical(struct messages *m, const struct sources *sources, struct span span)
{
    const struct source *source = &sources->list.at[span.source];
    document_open_object(&m->json, "physicalLocation");
    add_artifact(m, source);
    add_region(&m->json, "region", source, span);
    document_close_object(&m->json);
}

static void
add_words(struct document *json, const char *key, struct text words)
{
    document_open_object(json, key);
    document_text(json, "text", words);
    document_close_object(json);
}

/* What is wrong, why, and how to mend it: viewers show one text. */
static struct text
whole_message(struct arena *arena, const struct diagnostic *d)
{
    struct buffer out = buffer_in(arena);
    buffer_format(&out, "%.*s.", TEXT_ARGS(d->message));
    if (d->why.length > 0)
        buffer_format(&out, "\n%.*s.", TEXT_ARGS(d->why));
    if (d->fix.length > 0)
        buffer_format(&out, "\nMend: %.*s.", TEXT_ARGS(d->fix));
    return buffer_text(&out);
}

static void
add_fix(struct messages *m, const struct sources *sources, const struct diagnostic *d)
{
    struct document *json = &m->json;
    const struct source *source = &sources->list.at[d->edit_span.source];
    document_open_array(json, "fixes");
    document_open_object(json, NULL);
    add_words(json, "description", messages_sentence(m->arena, d->fix));
    document_open_array(json, "artifactChanges");
    document_open_object(json, NULL);
    add_artifact(m, source);
    document_open_array(json, "replacements");
    document_open_object(json, NULL);
    add_region(json, "deletedRegion", source, d->edit_span);
    add_words(json, "insertedContent", d->edit);
    document_close_object(json);
    document_close_array(json);
    document_close_object(json);
    document_close_array(json);
    document_close_object(json);
    document_close_array(json);
}

static void
add_related(struct messages *m, const struct sources *sources, const struct diagnostic *d)
{
    struct document *json = &m->json;
    document_open_array(json, "relatedLocations");
    document_open_object(json, NULL);
    document_number(json, "id", 1);
    add_physical(m, sources, d->related_span);
    add_words(json, "message", messages_sentence(m->arena, d->related));
    document_close_object(json);
    document_close_array(json);
}

/* The place of a code among the rules; it becomes one when it occurs first. */
static uint32_t
rule_index(struct messages *m, enum code code)
{
    if (m->code_numbers[code] == 0) {
        *VECTOR_PUSH(m->arena, &m->codes) = code;
        m->code_numbers[code] = (uint32_t)m->codes.count;
    }
    return m->code_numbers[code] - 1;
}

static void
add_result(struct messages *m, const struct checked_file *file, const struct diagnostic *d)
{
    struct document *json = &m->json;
    document_open_object(json, NULL);
    document_text(json, "ruleId", text_of(code_number(d->code)));
    document_number(json, "ruleIndex", rule_index(m, d->code));
    document_text(json, "level", d->severity == ERROR ? TEXT("error") : TEXT("warning"));
    add_words(json, "message", whole_message(m->arena, d));
    document_open_array(json, "locations");
    document_open_object(json, NULL);
    add_physical(m, file->sources, d->span);
    document_close_object(json);
    document_close_array(json);
    if (d->has_related)
        add_related(m, file->sources, d);
    if (d->has_edit)
        add_fix(m, file->sources, d);
    document_close_object(json);
}

void
sarif_begin(struct messages *messages)
{
    struct document *json = &messages->json;
    document_open_object(json, NULL);
    document_text(json, "$schema",
                  TEXT("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                       "sarif-schema-2.1.0.json"));
    document_text(json, "version", TEXT("2.1.0"));
    document_open_array(json, "runs");
    document_open_object(json, NULL);
    document_text(json, "columnKind", TEXT("unicodeCodePoints"));
    document_open_array(json, "results");
}

void
sarif_add(struct messages *messages, const struct checked_file *file)
{
    for (size_t i = 0; i < messages_kept(file->diagnostics); i++)
        add_result(messages, file, &file->diagnostics->list.at[i]);
}

static void
add_rule(struct messages *m, enum code code)
{
    struct document *json = &m->json;
    struct buffer text = buffer_in(m->arena);
    explain_as_text(code, false, &text);
    document_open_object(json, NULL);
    document_text(json, "id", text_of(code_number(code)));
    add_words(json, "shortDescription", messages_sentence(m->arena, text_of(code_title(code))));
    add_words(json, "fullDescription", explanation_what(m->arena, code));
    document_open_object(json, "help");
    document_text(json, "text", buffer_text(&text));
    document_text(json, "markdown", explanation(code));
    document_close_object(json);
    document_open_object(json, "defaultConfiguration");
    document_text(json, "level", code_severity(code) == ERROR ? TEXT("error") : TEXT("warning"));
    document_close_object(json);
    document_close_object(json);
}

void
sarif_end(struct messages *messages)
{
    struct document *json = &messages->json;
    document_close_array(json);
    document_open_array(json, "invocations");
    document_open_object(json, NULL);
    document_bool(json, "executionSuccessful", messages->all_read);
    document_close_object(json);
    document_close_array(json);
    document_open_object(json, "tool");
    document_open_object(json, "driver");
    document_text(json, "name", TEXT("avow"));
    document_text(json, "semanticVersion", TEXT(AVOW_VERSION));
    document_text(json, "language", TEXT("en"));
    document_open_array(json, "rules");
    for (size_t i = 0; i < messages->codes.count; i++)
        add_rule(messages, messages->codes.at[i]);
    document_close_array(json);
    document_close_object(json);
    document_close_object(json);
    document_close_object(json);
    document_close_array(json);
    document_close_object(json);
}
