/* ID_cookies.h: the tables of the mapping, and the functions of helpers.template over them. */
#include "compiler/base/embedded.h"
#include "compiler/cookies/cookies.h"
#include "compiler/table/identifier.h"

struct helpers {
    const struct model *model;
    const struct cookie_mapping *mapping;
    struct prefix prefix;
    struct buffer *out;
};

static void
put(const struct helpers *h, const char *text)
{
    template_add(h->out, h->prefix, text);
}

static void
put_literal(const struct helpers *h, struct text text)
{
    buffer_char(h->out, '"');
    literal_add(h->out, text);
    buffer_char(h->out, '"');
}

/* "^_STATE_NAME": what a struct of the header is initialised with. */
static void
put_macro(const struct helpers *h, uint32_t number)
{
    const struct symbol *symbol = leaf(h->model, number);
    put(h, "^_");
    identifier_add_capitals(h->out, text_of(kind_word(symbol->kind)));
    buffer_char(h->out, '_');
    identifier_add_capitals(h->out, symbol->name);
}

/* "#define ^_COOKIES_PLACE shop_place_browser" */
static void
put_constant(const struct helpers *h, const char *name, uint32_t number)
{
    const struct symbol *symbol = leaf(h->model, number);
    put(h, "#define ^_COOKIES_");
    buffer_format(h->out, "%s ", name);
    put(h, "@_");
    buffer_format(h->out, "%s_", kind_word(symbol->kind));
    identifier_add(h->out, symbol->name);
    buffer_char(h->out, '\n');
}

static void
put_text(const struct helpers *h, const char *name, struct text text)
{
    put(h, "#define ^_COOKIES_");
    buffer_format(h->out, "%s ", name);
    put_literal(h, text);
    buffer_char(h->out, '\n');
}

static void
put_constants(const struct helpers *h)
{
    const struct cookie_mapping *mapping = h->mapping;
    put_constant(h, "ACTOR", mapping->actor);
    put_constant(h, "PLACE", mapping->place);
    put_constant(h, "PERSON", mapping->person);
    put(h,
        "\n/* The cookie of the choice, its domain (\"\": the host's), and how many seconds it is "
        "kept. */\n");
    put_text(h, "CHOICE", mapping->choice);
    put_text(h, "CHOICE_DOMAIN", mapping->choice_domain);
    put(h, "#define ^_COOKIES_CHOICE_SECONDS ");
    buffer_format(h->out, "\"%lld\"\n", (long long)mapping->choice_seconds);
    put(h, "#define ^_COOKIES_ROOM 1024u\n\n");
}

/* Behind the last one empty entry: an array has one at least. */
static void
put_states(const struct helpers *h)
{
    put(h, "static const struct {\n    const char *name;\n    size_t length;\n"
           "    @_state state;\n    char signalled; /* what \"Sec-GPC: 1\" makes of it, or '-' */\n"
           "} @_cookies_states[] ^_UNUSED = {\n");
    for (size_t i = 0; i < h->mapping->state_count; i++) {
        const struct cookie_state *state = &h->mapping->states[i];
        struct text name = leaf(h->model, state->leaf)->name;
        buffer_string(h->out, "    {");
        put_literal(h, name);
        buffer_format(h->out, ", %zuu, ", name.length);
        put_macro(h, state->leaf);
        buffer_format(h->out, ", '%c'},\n", state->signalled);
    }
    put(h, "    {\"\", 0, {0}, '-'},\n};\nenum { @_cookies_state_end = ");
    buffer_format(h->out, "%zu };\n\n", h->mapping->state_count + 1);
}

static void
put_name(const struct helpers *h, const struct cookie_data *data, struct text name)
{
    bool open = name.data[name.length - 1] == '*';
    name.length -= open;
    buffer_string(h->out, "    {");
    put_literal(h, name);
    buffer_format(h->out, ", %zuu, %d, ", name.length, open);
    put_macro(h, data->data);
    buffer_string(h->out, ", ");
    put_literal(h, data->path);
    buffer_string(h->out, ", ");
    put_literal(h, data->domain);
    buffer_string(h->out, "},\n");
}

static void
put_names(const struct helpers *h)
{
    size_t count = 0;
    put(h, "static const struct {\n    const char *name;\n    size_t length;\n"
           "    int open; /* all names that begin so */\n    @_data data;\n"
           "    const char *path, *domain;\n} @_cookies_names[] ^_UNUSED = {\n");
    for (size_t i = 0; i < h->mapping->data_count; i++)
        for (size_t k = 0; k < h->mapping->data[i].cookies.count; k++, count++)
            put_name(h, &h->mapping->data[i], h->mapping->data[i].cookies.at[k]);
    put(h, "    {\"\", 0, 0, {0}, \"/\", \"\"},\n};\nenum { @_cookies_name_end = ");
    buffer_format(h->out, "%zu };\n\n", count + 1);
}

static void
put_requests(const struct helpers *h)
{
    put(h, "static const struct {\n    avow_id id; /* of a request or event */\n"
           "    const char *effect; /* of each state '1', '0' or '-' */\n"
           "} @_cookies_requests[] ^_UNUSED = {\n");
    for (size_t i = 0; i < h->mapping->request_count; i++) {
        const struct cookie_request *request = &h->mapping->requests[i];
        buffer_format(h->out, "    {%uu, \"%s\"}, /* ", request->leaf, request->effect);
        comment_add(h->out, leaf(h->model, request->leaf)->name);
        buffer_string(h->out, " */\n");
    }
    put(h, "    {AVOW_NONE, \"\"},\n};\nenum { @_cookies_request_end = ");
    buffer_format(h->out, "%zu };\n", h->mapping->request_count + 1);
}

static void
put_body(const struct helpers *h)
{
    struct text body = embedded_text(&cookie_files[1]);
    char *text = arena_alloc(h->out->arena, body.length + 1);
    memcpy(text, body.data, body.length);
    put(h, text);
}

void
cookies_header(const struct model *model, const struct cookie_mapping *mapping, struct buffer *out)
{
    struct helpers h = {model, mapping, identifier_prefix(out->arena, model), out};
    put(&h, "/* Cookies of the policy ");
    comment_add(out, model->settings->policy);
    put(&h, ", for servers: which may be set, which must go.\n"
            " * Made by avow; not to be edited. C11 and C++17; over @_policy.h. */\n"
            "#ifndef ^_COOKIES_H\n#define ^_COOKIES_H\n\n#include \"");
    buffer_add(out, model->settings->policy);
    put(&h, "_policy.h\"\n\n#include <string.h>\n\n"
            "/* Whose site, whose browser. */\n");
    put_constants(&h);
    put_states(&h);
    put_names(&h);
    put_requests(&h);
    put_body(&h);
}
