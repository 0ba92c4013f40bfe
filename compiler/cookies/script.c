/* ID_cookies.js: the script of script.js, with what the policy says. */
#include "compiler/base/embedded.h"
#include "compiler/base/json.h"
#include "compiler/cookies/cookies.h"

static const char placeholder[] = "@POLICY@";

/* As JSON writes it; and nothing in it ends a script that stands in a page. */
static void
add_text(struct buffer *out, struct text text)
{
    size_t from = out->length;
    json_string(out, text.length > 0 ? text : TEXT(""));
    for (size_t i = from; i < out->length; i++) {
        if (out->data[i] != '<')
            continue;
        size_t behind = out->length - i - 1;
        (void)buffer_room(out, 5);
        memmove(out->data + i + 6, out->data + i + 1, behind);
        memcpy(out->data + i, "\\u003c", 6);
        out->length += 5;
    }
}

static void
add_names(struct buffer *out, struct cookie_names names)
{
    buffer_char(out, '[');
    for (size_t i = 0; i < names.count; i++) {
        json_next(out);
        add_text(out, names.at[i]);
    }
    buffer_char(out, ']');
}

/* Many data have the same table, which stands here once: whether it is the first with its own. */
static bool
is_first(const struct cookie_mapping *mapping, size_t data)
{
    for (size_t i = 0; i < data; i++)
        if (strcmp(mapping->data[i].permitted, mapping->data[data].permitted) == 0)
            return false;
    return true;
}

static size_t
table_number(const struct cookie_mapping *mapping, size_t data)
{
    size_t number = 0;
    for (size_t i = 0; strcmp(mapping->data[i].permitted, mapping->data[data].permitted) != 0; i++)
        number += is_first(mapping, i);
    return number;
}

static void
add_tables(struct buffer *out, const struct cookie_mapping *mapping)
{
    buffer_char(out, '[');
    for (size_t i = 0; i < mapping->data_count; i++) {
        if (!is_first(mapping, i))
            continue;
        json_next(out);
        add_text(out, text_of(mapping->data[i].permitted));
    }
    buffer_char(out, ']');
}

static void
add_data(struct buffer *out, const struct model *model, const struct cookie_mapping *mapping)
{
    buffer_string(out, "new Map([");
    for (size_t i = 0; i < mapping->data_count; i++) {
        const struct cookie_data *data = &mapping->data[i];
        json_next(out);
        buffer_char(out, '[');
        add_text(out, leaf(model, data->data)->name);
        buffer_format(out, ",[%zu,", table_number(mapping, i));
        add_names(out, data->cookies);
        buffer_char(out, ',');
        add_names(out, data->storage);
        buffer_char(out, ',');
        add_text(out, data->path);
        buffer_char(out, ',');
        add_text(out, data->domain);
        buffer_string(out, "]]");
    }
    buffer_string(out, "])");
}

static void
add_requests(struct buffer *out, const struct model *model, const struct cookie_mapping *mapping)
{
    buffer_char(out, '[');
    for (size_t i = 0; i < mapping->request_count; i++) {
        const struct cookie_request *request = &mapping->requests[i];
        json_next(out);
        buffer_char(out, '[');
        add_text(out, leaf(model, request->leaf)->name);
        buffer_char(out, ',');
        add_text(out, leaf(model, request->leaf)->label);
        buffer_char(out, ',');
        add_text(out, text_of(request->effect));
        buffer_char(out, ']');
    }
    buffer_char(out, ']');
}

static void
add_states(struct buffer *out, const struct model *model, const struct cookie_mapping *mapping)
{
    buffer_char(out, '[');
    for (size_t i = 0; i < mapping->state_count; i++) {
        json_next(out);
        add_text(out, leaf(model, mapping->states[i].leaf)->name);
    }
    buffer_string(out, "],\"");
    for (size_t i = 0; i < mapping->state_count; i++)
        buffer_char(out, mapping->states[i].signalled);
    buffer_char(out, '"');
}

static void
add_policy(struct buffer *out, const struct model *model, const struct cookie_mapping *mapping)
{
    buffer_char(out, '[');
    add_text(out, mapping->choice);
    buffer_format(out, ",%lld,", (long long)mapping->choice_seconds);
    add_text(out, mapping->choice_domain);
    buffer_char(out, ',');
    add_states(out, model, mapping);
    buffer_char(out, ',');
    add_requests(out, model, mapping);
    buffer_char(out, ',');
    add_tables(out, mapping);
    buffer_char(out, ',');
    add_data(out, model, mapping);
    buffer_char(out, ']');
}

void
cookies_script(const struct model *model, const struct cookie_mapping *mapping, struct buffer *out)
{
    struct text script = embedded_text(&cookie_files[0]);
    size_t length = sizeof placeholder - 1;
    const char *at = memmem(script.data, script.length, placeholder, length);
    size_t before = (size_t)(at - script.data);
    buffer_format(out, "// %.*s_cookies.js, made by avow; policy ",
                  TEXT_ARGS(model->settings->policy));
    buffer_hex(out, model->content_hash, 8);
    buffer_char(out, '\n');
    buffer_add(out, (struct text){script.data, before});
    add_policy(out, model, mapping);
    buffer_add(out, (struct text){at + length, script.length - before - length});
}
