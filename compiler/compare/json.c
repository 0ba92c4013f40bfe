#include "compiler/compare/render.h"

#include "compiler/base/json.h"

static void
add_passage(struct buffer *out, const char *side, const struct passage *passage)
{
    json_name(out, side);
    if (passage->name.length == 0) {
        buffer_string(out, "null");
        return;
    }
    buffer_char(out, '{');
    json_member(out, passage->clause != NONE ? "clause" : "word", passage->name);
    json_number(out, "line", passage->line);
    json_member(out, "rules", passage->rules);
    json_member(out, "words", passage->words);
    buffer_char(out, '}');
}

static void
add_finding(struct buffer *out, const struct finding *finding)
{
    json_next(out);
    buffer_char(out, '{');
    json_member(out, "kind", text_of(finding_word(finding->kind)));
    json_member(out, "class", text_of(change_class_word(finding->class)));
    json_member(out, "sentence", finding->words);
    json_member(out, "meaning", finding->meaning);
    if (finding->example.length > 0) {
        json_member(out, "example", finding->example);
        json_member(out, "holds", finding->holds == NEW ? TEXT("new") : TEXT("old"));
    }
    buffer_char(out, '}');
}

static void
add_change(struct buffer *out, const struct change *change, const bool *approved)
{
    json_next(out);
    buffer_char(out, '{');
    json_member(out, "class", text_of(change_class_word(change->class)));
    json_member(out, "hash", change_hash(out->arena, change));
    if (approved && change->class == CHANGE_MATERIAL)
        json_flag(out, "approved", *approved);
    json_name(out, "findings");
    buffer_char(out, '[');
    for (size_t i = 0; i < change->finding_count; i++)
        add_finding(out, &change->findings[i]);
    buffer_char(out, ']');
    if (change->note.length > 0)
        json_member(out, "note", change->note);
    add_passage(out, "old", &change->passage[OLD]);
    add_passage(out, "new", &change->passage[NEW]);
    buffer_char(out, '}');
}

static void
add_version(struct buffer *out, const char *side, const struct model *model, struct text name)
{
    struct date day = model->settings->effective;
    struct buffer hash = buffer_in(out->arena);
    buffer_hex(&hash, model->content_hash, sizeof model->content_hash);
    json_name(out, side);
    buffer_char(out, '{');
    json_member(out, "name", name);
    json_member(out, "policy", model->settings->policy);
    json_member(out, "title", model->settings->title);
    json_member(out, "effective",
                arena_format(out->arena, "%04d-%02u-%02u", day.year, day.month, day.day));
    json_member(out, "hash", buffer_text(&hash));
    buffer_char(out, '}');
}

void
compare_json(struct buffer *out, const struct comparison *comparison, const struct frame *frame)
{
    buffer_char(out, '{');
    add_version(out, "old", comparison->model[OLD], frame->name[OLD]);
    add_version(out, "new", comparison->model[NEW], frame->name[NEW]);
    json_flag(out, "later", compare_dated(comparison));
    json_name(out, "counts");
    buffer_char(out, '{');
    for (int class = 0; class < CHANGE_CLASSES; class ++)
        json_number(out, change_class_word((enum change_class) class),
                    (int64_t)comparison->count[class]);
    buffer_char(out, '}');
    json_name(out, "changes");
    buffer_char(out, '[');
    for (size_t i = 0; i < comparison->change_count; i++)
        add_change(out, &comparison->changes[i], frame->approved ? &frame->approved[i] : NULL);
    buffer_string(out, "]}\n");
}
