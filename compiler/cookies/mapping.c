/* Reads the file. */
#include "compiler/cookies/reading.h"

struct field {
    const char *name;
    void (*read)(struct cookie_reading *r, const struct yaml *value, void *into);
};

enum { DAYS_MAX = 400 };

void
cookies_refuse(struct cookie_reading *r, struct span span, const char *problem, const char *mend)
{
    diagnose(r->diagnostics, E_COOKIES, span, "%s", problem);
    diagnose_fix(r->diagnostics, "%s", mend);
}

static const struct field *
field_of(const struct field *fields, struct text name)
{
    while (fields->name && !text_equal(name, text_of(fields->name)))
        fields++;
    return fields;
}

static void
report_field(struct cookie_reading *r, const struct yaml *member, const struct field *fields)
{
    struct buffer words = buffer_in(r->arena);
    for (const struct field *f = fields; f->name; f++)
        buffer_format(&words, "%s%s", f == fields ? "" : f[1].name ? ", " : " and ", f->name);
    diagnose(r->diagnostics, E_COOKIES, member->key->span, "there is no setting “%.*s” here",
             TEXT_ARGS(text_shown(r->arena, member->key->text)));
    diagnose_fix(r->diagnostics, "Settings are %.*s", TEXT_ARGS(buffer_text(&words)));
}

static bool
is_map(struct cookie_reading *r, const struct yaml *value, const char *mend)
{
    if (value->kind == YAML_MAP)
        return true;
    cookies_refuse(r, value->span, "lines of the form “name: value” are needed here", mend);
    return false;
}

static void
read_fields(struct cookie_reading *r, const struct yaml *map, const struct field *fields,
            void *into)
{
    for (const struct yaml *member = map->child; member; member = member->next) {
        const struct field *field = field_of(fields, member->key->text);
        if (field->name)
            field->read(r, member, into);
        else
            report_field(r, member, fields);
    }
}

static uint32_t
read_leaf(struct cookie_reading *r, const struct yaml *word, unsigned kinds)
{
    if (word->kind != YAML_SCALAR || word->text.length == 0 || word->text.length > NAME_MAX_BYTES) {
        cookies_refuse(r, word->span, "a name of the policy is needed here",
                       "Write a name that the policy declares");
        return NONE;
    }
    struct name name = {word->text, word->span};
    uint32_t found = resolve_leaf_symbol(&r->resolver, &name, kinds);
    return found == NONE ? NONE : r->model->symbols[found].leaves.low;
}

/* Texts -------------------------------------------------------------------------------------- */

/* What may stand in a name of a cookie: a token of RFC 9110. */
static bool
is_token(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] <= ' ' || text.data[i] == 0x7f || (text.data[i] & 0x80) ||
            strchr("()<>@,;:\\\"/[]?={}", text.data[i]))
            return false;
    return text.length > 0 && text.length <= COOKIE_TEXT_MAX;
}

static bool
is_plain(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f || text.data[i] == ';')
            return false;
    return text.length > 0 && text.length <= COOKIE_TEXT_MAX;
}

static bool
is_domain(struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && (c != '.' || i == 0))
            return false;
    }
    return text.length > 0 && text.length <= COOKIE_TEXT_MAX;
}

static void
read_domain(struct cookie_reading *r, const struct yaml *value, void *into)
{
    if (value->kind == YAML_SCALAR && is_domain(value->text))
        *(struct text *)into = value->text;
    else
        cookies_refuse(r, value->span, "this is no domain of cookies",
                       "Write it in small letters, such as “shop.example”, or leave it out: then "
                       "cookies are the host's own");
}

static void
read_path(struct cookie_reading *r, const struct yaml *value, void *into)
{
    if (value->kind == YAML_SCALAR && is_plain(value->text) && value->text.data[0] == '/')
        ((struct cookie_data *)into)->path = value->text;
    else
        cookies_refuse(r, value->span, "this is no path of cookies",
                       "Write it from the root, such as “/basket”");
}

static bool
is_pattern(struct text text, bool storage)
{
    size_t length = text.length;
    if (length > 0 && text.data[length - 1] == '*')
        length--;
    if (storage)
        return text.length > 0 && (length == 0 || is_plain((struct text){text.data, length})) &&
               !memchr(text.data, '*', length);
    return is_token((struct text){text.data, length}) && !memchr(text.data, '*', length);
}

static struct cookie_names
read_names(struct cookie_reading *r, const struct yaml *value, bool storage)
{
    VECTOR(struct text) names = {0};
    const struct yaml *word = value->kind == YAML_LIST ? value->child : value;
    for (; word && value->kind != YAML_MAP; word = value->kind == YAML_LIST ? word->next : NULL) {
        if (word->kind == YAML_SCALAR && is_pattern(word->text, storage))
            *VECTOR_PUSH(r->arena, &names) = word->text;
        else if (storage)
            cookies_refuse(r, word->span, "this is no key of a browser's storage",
                           "Write the key, or its beginning and “*”");
        else
            cookies_refuse(r, word->span, "this is no name of a cookie",
                           "Write the name as the site sets it, or its beginning and “*”");
    }
    if (value->kind == YAML_MAP)
        cookies_refuse(r, value->span, "a name or a list of names is needed here",
                       "Write one, or several as in “[first, second]”");
    return (struct cookie_names){names.at, names.count};
}

static void
read_cookie_names(struct cookie_reading *r, const struct yaml *value, void *into)
{
    ((struct cookie_data *)into)->cookies = read_names(r, value, false);
}

static void
read_storage(struct cookie_reading *r, const struct yaml *value, void *into)
{
    ((struct cookie_data *)into)->storage = read_names(r, value, true);
}

/* Settings ----------------------------------------------------------------------------------- */

static void
read_policy(struct cookie_reading *r, const struct yaml *value, void *into)
{
    struct text policy = r->model->settings->policy;
    (void)into;
    if (value->kind == YAML_SCALAR && text_equal(value->text, policy))
        return;
    diagnose(r->diagnostics, E_COOKIES, value->span, "this mapping is for another policy");
    diagnose_why(r->diagnostics, "Names of two policies may be the same and mean different things");
    diagnose_fix(r->diagnostics, "Write “policy: %.*s”, once it fits", TEXT_ARGS(policy));
}

static void
read_actor(struct cookie_reading *r, const struct yaml *value, void *into)
{
    (void)into;
    r->mapping->actor = read_leaf(r, value, KINDS(KIND_SYSTEM));
}

/* Whose place it is says whose browser. */
static void
read_place(struct cookie_reading *r, const struct yaml *value, void *into)
{
    struct cookie_mapping *mapping = r->mapping;
    (void)into;
    mapping->place = read_leaf(r, value, KINDS(KIND_PLACE));
    if (mapping->place == NONE)
        return;
    struct set persons = leaf(r->model, mapping->place)->persons;
    if (set_size(persons) == 1)
        mapping->person = persons.at[0].low;
    else
        cookies_refuse(r, value->span, "the policy does not say whose place this is",
                       "Declare it of the person whose browser it is, as in “place browser \"your "
                       "browser\" of visitor.”");
}

static void
read_choice_name(struct cookie_reading *r, const struct yaml *value, void *into)
{
    (void)into;
    if (value->kind == YAML_SCALAR && is_token(value->text) &&
        !memchr(value->text.data, '*', value->text.length))
        r->mapping->choice = value->text;
    else
        cookies_refuse(r, value->span, "this is no name of a cookie",
                       "Write the name that the choice is to have, such as “choice”");
}

static void
read_choice_data(struct cookie_reading *r, const struct yaml *value, void *into)
{
    (void)into;
    r->choice_data = read_leaf(r, value, KINDS(KIND_DATA));
}

static void
read_choice_days(struct cookie_reading *r, const struct yaml *value, void *into)
{
    int64_t days = 0;
    (void)into;
    for (size_t i = 0; value->kind == YAML_SCALAR && i < value->text.length && days >= 0; i++) {
        unsigned digit = (unsigned char)value->text.data[i] - (unsigned)'0';
        days = digit < 10 && days <= DAYS_MAX ? days * 10 + (int64_t)digit : -1;
    }
    r->days = days;
    if (days < 1 || days > DAYS_MAX)
        cookies_refuse(r, value->span, "this is no number of days",
                       "Write a number up to 400; browsers keep no cookie longer");
}

static void
read_choice_domain(struct cookie_reading *r, const struct yaml *value, void *into)
{
    (void)into;
    read_domain(r, value, &r->mapping->choice_domain);
}

static void
read_choice(struct cookie_reading *r, const struct yaml *value, void *into)
{
    static const struct field fields[] = {{"cookie", read_choice_name},
                                          {"data", read_choice_data},
                                          {"days", read_choice_days},
                                          {"domain", read_choice_domain},
                                          {NULL, NULL}};
    (void)into;
    r->choice_span = value->span;
    if (!is_map(r, value, "Write “cookie: NAME” below it"))
        return;
    read_fields(r, value, fields, NULL);
    if (r->mapping->choice.length == 0 && !yaml_get(value, "cookie"))
        cookies_refuse(r, value->span, "the choice has no cookie",
                       "Add a line such as “cookie: choice”");
}

static void
read_memory(struct cookie_reading *r, const struct yaml *value, void *into)
{
    const struct yaml *word = value->kind == YAML_LIST ? value->child : value;
    (void)into;
    for (; word; word = value->kind == YAML_LIST ? word->next : NULL) {
        uint32_t found = read_leaf(r, word, KINDS(KIND_STATE));
        if (found != NONE)
            r->memory |= state_bit(r->model, found);
    }
}

static void
read_data_domain(struct cookie_reading *r, const struct yaml *value, void *into)
{
    read_domain(r, value, &((struct cookie_data *)into)->domain);
}

static void
read_data(struct cookie_reading *r, const struct yaml *member)
{
    static const struct field fields[] = {{"names", read_cookie_names},
                                          {"storage", read_storage},
                                          {"path", read_path},
                                          {"domain", read_data_domain},
                                          {NULL, NULL}};
    struct cookie_data data = {.path = TEXT("/"), .span = member->key->span};
    data.data = read_leaf(r, member->key, KINDS(KIND_DATA));
    if (data.data == NONE)
        return;
    for (size_t i = 0; i < r->data.count; i++)
        if (r->data.at[i].data == data.data)
            cookies_refuse(r, data.span, "this data stands here twice", "Join the two");
    if (member->kind == YAML_MAP)
        read_fields(r, member, fields, &data);
    else
        data.cookies = read_names(r, member, false);
    *VECTOR_PUSH(r->arena, &r->data) = data;
}

static void
read_cookies(struct cookie_reading *r, const struct yaml *value, void *into)
{
    (void)into;
    if (!is_map(r, value,
                "Write data and the names of its cookies, such as “cookie.basket: basket”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next)
        read_data(r, member);
}

/* The whole ---------------------------------------------------------------------------------- */

static bool
covers(struct text pattern, struct text other)
{
    if (pattern.length == 0 || pattern.data[pattern.length - 1] != '*')
        return text_equal(pattern, other);
    pattern.length--;
    return text_starts(other, pattern);
}

static bool
names_meet(struct cookie_names a, struct cookie_names b)
{
    for (size_t i = 0; i < a.count; i++)
        for (size_t j = 0; j < b.count; j++)
            if (covers(a.at[i], b.at[j]) || covers(b.at[j], a.at[i]))
                return true;
    return false;
}

/* A cookie is one thing, and one rule decides about it. */
static void
check_overlaps(struct cookie_reading *r)
{
    struct cookie_names choice = {&r->mapping->choice, r->mapping->choice.length > 0};
    for (size_t i = 0; i < r->data.count; i++) {
        const struct cookie_data *data = &r->data.at[i];
        bool meets = names_meet(data->cookies, choice);
        for (size_t j = 0; j < i; j++)
            meets |= names_meet(data->cookies, r->data.at[j].cookies) ||
                     names_meet(data->storage, r->data.at[j].storage);
        if (meets)
            cookies_refuse(
                r, data->span, "a name here belongs to something else, too",
                "Give each cookie and each key to one data only; the choice has its own");
        if (data->cookies.count == 0 && data->storage.count == 0)
            cookies_refuse(r, data->span, "no name stands here",
                           "Write how the cookie is called, such as “cookie.basket: basket”");
    }
}

static void
check_needed(struct cookie_reading *r, const struct yaml *root, const char *name, const char *mend)
{
    struct span place = {root->span.source, root->span.begin, root->span.begin};
    if (yaml_get(root, name))
        return;
    diagnose(r->diagnostics, E_COOKIES, place, "the mapping does not say its “%s”", name);
    diagnose_fix(r->diagnostics, "Add a line such as “%s”", mend);
}

static void
read_root(struct cookie_reading *r, const struct yaml *root)
{
    static const struct field fields[] = {{"policy", read_policy},
                                          {"actor", read_actor},
                                          {"place", read_place},
                                          {"choice", read_choice},
                                          {"memory", read_memory},
                                          {"cookies", read_cookies},
                                          {NULL, NULL}};
    check_needed(r, root, "policy", "policy: shop");
    check_needed(r, root, "place", "place: browser");
    check_needed(r, root, "cookies", "cookies: {cookie.basket: basket}");
    r->root_span = (struct span){root->span.source, root->span.begin, root->span.begin};
    size_t before = r->diagnostics->errors;
    read_fields(r, root, fields, NULL);
    if (r->diagnostics->errors == before)
        check_overlaps(r);
}

const struct cookie_mapping *
cookies_load(struct arena *arena, struct sources *sources, const struct model *model,
             struct text path, struct diagnostics *diagnostics)
{
    size_t before = diagnostics->errors;
    uint32_t source = yaml_load(arena, sources, path, NULL, E_COOKIES, diagnostics);
    const struct yaml *root =
        source != NONE ? yaml_read(arena, sources, source, E_COOKIES, diagnostics) : NULL;
    if (!root)
        return NULL;
    struct cookie_mapping *mapping = ARENA_NEW(arena, struct cookie_mapping);
    mapping->place = mapping->person = NONE;
    mapping->actor = us_actor(model);
    struct cookie_reading r = {.arena = arena,
                               .model = model,
                               .diagnostics = diagnostics,
                               .resolver = resolver_make(arena, model, diagnostics),
                               .mapping = mapping,
                               .choice_data = NONE};
    read_root(&r, root);
    if (diagnostics->errors == before)
        cookies_decide(&r);
    mapping->data = r.data.at;
    mapping->data_count = r.data.count;
    mapping->states = r.states.at;
    mapping->state_count = r.states.count;
    mapping->requests = r.requests.at;
    mapping->request_count = r.requests.count;
    return diagnostics->errors == before ? mapping : NULL;
}
