#include "compiler/diag/messages.h"

size_t
messages_kept(const struct diagnostics *diagnostics)
{
    size_t count = diagnostics->list.count;
    return count < DIAGNOSTICS_MAX ? count : DIAGNOSTICS_MAX;
}

struct text
messages_sentence(struct arena *arena, struct text sentence)
{
    return arena_format(arena, "%.*s.", TEXT_ARGS(sentence));
}

static void
add_point(struct document *json, const char *key, const struct source *source, uint32_t offset)
{
    struct place place = source_place(source, offset);
    document_open_object(json, key);
    document_number(json, "line", place.line);
    document_number(json, "column", place.column);
    document_number(json, "utf16", source_utf16_column(source, offset));
    document_number(json, "byte", offset);
    document_close_object(json);
}

static void
add_place(struct document *json, const struct sources *sources, struct span span)
{
    const struct source *source = &sources->list.at[span.source];
    document_open_object(json, "place");
    document_text(json, "path", source->path);
    add_point(json, "begin", source, span.begin);
    add_point(json, "end", source, span.end);
    document_close_object(json);
}

/* A sentence under a key; nothing if there is none. */
static void
add_sentence(struct messages *m, const char *key, struct text sentence)
{
    if (sentence.length > 0)
        document_text(&m->json, key, messages_sentence(m->arena, sentence));
}

static void
add_message(struct messages *m, const struct checked_file *file, const struct diagnostic *d)
{
    struct document *json = &m->json;
    document_open_object(json, NULL);
    document_text(json, "code", text_of(code_number(d->code)));
    document_text(json, "severity", d->severity == ERROR ? TEXT("error") : TEXT("warning"));
    document_text(json, "title", text_of(code_title(d->code)));
    add_sentence(m, "message", d->message);
    add_sentence(m, "why", d->why);
    add_sentence(m, "mend", d->fix);
    add_place(json, file->sources, d->span);
    if (d->has_related) {
        document_open_object(json, "see");
        add_sentence(m, "message", d->related);
        add_place(json, file->sources, d->related_span);
        document_close_object(json);
    }
    if (d->has_edit) {
        document_open_object(json, "edit");
        document_text(json, "text", d->edit);
        add_place(json, file->sources, d->edit_span);
        document_close_object(json);
    }
    document_close_object(json);
}

static void
add_file(struct messages *m, const struct checked_file *file)
{
    const struct diagnostics *diagnostics = file->diagnostics;
    struct document *json = &m->json;
    size_t kept = messages_kept(diagnostics);
    document_open_object(json, NULL);
    document_text(json, "path", file->path);
    document_number(json, "errors", diagnostics->errors);
    document_number(json, "warnings", diagnostics->warnings);
    document_number(json, "omitted", diagnostics->errors + diagnostics->warnings - kept);
    document_open_array(json, "messages");
    for (size_t i = 0; i < kept; i++)
        add_message(m, file, &diagnostics->list.at[i]);
    document_close_array(json);
    document_close_object(json);
}

void
messages_begin(struct messages *messages, struct arena *arena, bool sarif, struct buffer *out)
{
    *messages = (struct messages){
        .arena = arena, .json = document_in(out), .sarif = sarif, .all_read = true};
    if (sarif) {
        sarif_begin(messages);
        return;
    }
    document_open_object(&messages->json, NULL);
    document_text(&messages->json, "format", TEXT("avow-messages-1"));
    document_text(&messages->json, "version", TEXT(AVOW_VERSION));
    document_open_array(&messages->json, "files");
}

void
messages_add(struct messages *messages, const struct checked_file *file)
{
    messages->all_read = messages->all_read && file->read;
    if (messages->sarif)
        sarif_add(messages, file);
    else
        add_file(messages, file);
}

void
messages_end(struct messages *messages)
{
    if (messages->sarif) {
        sarif_end(messages);
        return;
    }
    document_close_array(&messages->json);
    document_close_object(&messages->json);
}
