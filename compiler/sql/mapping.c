/* The top of a mapping: whose database it is, who reads, who writes, what the session says. */
#include "compiler/sql/mapping.h"

#include "compiler/sql/reading.h"

static void
read_policy(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct text policy = r->model->settings->policy;
    (void)into;
    if (value->kind == YAML_SCALAR && text_equal(value->text, policy))
        return;
    diagnose(r->diagnostics, E_MAPPING, value->span, "this mapping is for another policy");
    diagnose_why(r->diagnostics, "Names of two policies may be the same and mean different things");
    diagnose_fix(r->diagnostics, "Write “policy: %.*s”, once it fits", TEXT_ARGS(policy));
}

/* Whatever stands in the schema is dropped when the SQL is applied again. */
static void
read_schema(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct mapping *mapping = into;
    if (!identifier_read(r, value, &mapping->schema))
        return;
    if (text_equal(value->text, TEXT("public")) || text_starts(value->text, TEXT("pg_")) ||
        text_equal(value->text, TEXT("information_schema")))
        mapping_refuse(r, value->span, "this schema is not avow's own",
                       "Name a schema that holds nothing else, such as “schema: privacy”");
}

static void
read_place(struct mapping_reader *r, const struct yaml *value, void *into)
{
    ((struct mapping *)into)->place = leaf_read(r, value, KINDS(KIND_PLACE) | KINDS(KIND_SYSTEM));
}

static void
read_actor(struct mapping_reader *r, const struct yaml *value, void *into)
{
    uint32_t found = leaf_read(r, value, KINDS(KIND_SYSTEM));
    if (found != NONE)
        *(uint32_t *)into = found;
}

static void
read_default_actor(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_actor(r, value, &((struct mapping *)into)->actor);
}

static void
read_role(struct mapping_reader *r, const struct yaml *value, void *into)
{
    if (identifier_read(r, value, into) &&
        (text_starts(value->text, TEXT("pg_")) || text_equal(value->text, TEXT("public"))))
        mapping_refuse(r, value->span, "this role is not one's own to give rights to",
                       "Name a role that is for this alone");
}

static void
read_eraser(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_role(r, value, &((struct mapping *)into)->eraser);
}

/* Readers -----------------------------------------------------------------------------------------
 */

static void
read_reader_role(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_role(r, value, &((struct sql_reader *)into)->role);
}

static void
read_reader_actor(struct mapping_reader *r, const struct yaml *value, void *into)
{
    read_actor(r, value, &((struct sql_reader *)into)->actor);
}

static void
read_act(struct mapping_reader *r, const struct yaml *value, void *into)
{
    struct sql_reader *reader = into;
    bool purpose = r->model->symbols[r->model->leaf_symbol[reader->target]].kind == KIND_PURPOSE;
    struct text word = value->kind == YAML_SCALAR ? value->text : TEXT("");
    if (!purpose && text_equal(word, TEXT("share")))
        reader->verb = VERB_SHARE;
    else if (!text_equal(word, purpose ? TEXT("use") : TEXT("show")))
        mapping_refuse(r, value->span, "this is no way of reading",
                       purpose ? "Write “act: use”, or leave it out"
                               : "Write “act: show” or “act: share”");
}

static const struct field reader_fields[] = {
    {"role", read_reader_role, "role: public_site"},
    {"act", read_act, NULL},
    {"actor", read_reader_actor, NULL},
};

/* One role stands for one reader: its rights say nothing else. */
static void
check_role(struct mapping_reader *r, struct text role, struct span span)
{
    const struct mapping *mapping = r->mapping;
    bool taken = text_equal(role, mapping->eraser);
    for (size_t i = 0; i < mapping->readers.count; i++)
        taken |= text_equal(role, mapping->readers.at[i].role);
    for (size_t i = 0; i < mapping->writers.count; i++)
        taken |= text_equal(role, mapping->writers.at[i].role);
    if (!taken || role.length == 0)
        return;
    diagnose(r->diagnostics, E_MAPPING, span, "the role “%.*s” stands here for two",
             TEXT_ARGS(text_shown(r->arena, role)));
    diagnose_why(r->diagnostics, "It would see what either of them may see");
    diagnose_fix(r->diagnostics, "Name a role for each; one login may be a member of both");
}

static void
read_reader(struct mapping_reader *r, const struct yaml *member)
{
    struct mapping *mapping = r->mapping;
    unsigned kinds = KINDS(KIND_AUDIENCE) | KINDS(KIND_PERSON) | KINDS(KIND_PURPOSE);
    struct sql_reader reader = {.actor = mapping->actor, .verb = VERB_SHOW, .span = member->span};
    reader.target = leaf_read(r, member->key, kinds);
    if (reader.target == NONE)
        return;
    if (leaf(r->model, reader.target)->kind == KIND_PURPOSE)
        reader.verb = VERB_USE;
    if (member->kind == YAML_SCALAR)
        read_role(r, member, &reader.role);
    else
        map_read(r, member, "a reader", reader_fields, sizeof reader_fields / sizeof *reader_fields,
                 &reader);
    check_role(r, reader.role, member->span);
    *VECTOR_PUSH(r->arena, &mapping->readers) = reader;
}

static bool
is_map(struct mapping_reader *r, const struct yaml *value, const char *mend)
{
    if (value->kind == YAML_MAP)
        return true;
    mapping_refuse(r, value->span, "names with values are needed here", mend);
    return false;
}

static void
read_readers(struct mapping_reader *r, const struct yaml *value, void *into)
{
    (void)into;
    if (!is_map(r, value, "Write who reads and by which role, such as “everybody: public_site”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next)
        read_reader(r, member);
}

/* Writers and facts -------------------------------------------------------------------------------
 */

static void
read_writer(struct mapping_reader *r, const struct yaml *member)
{
    struct yaml key = *member->key;
    struct sql_writer writer = {.actor = r->mapping->actor, .span = member->key->span};
    read_actor(r, member, &writer.actor);
    read_role(r, &key, &writer.role);
    check_role(r, writer.role, member->key->span);
    *VECTOR_PUSH(r->arena, &r->mapping->writers) = writer;
}

static void
read_writers(struct mapping_reader *r, const struct yaml *value, void *into)
{
    (void)into;
    if (!is_map(r, value, "Write which role writes, and for whom, such as “tracker_app: us”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next)
        read_writer(r, member);
}

/* Whether PostgreSQL takes it as a setting's name in all its versions: "avow.legal_order". */
static bool
is_setting(struct text name)
{
    size_t dots = 0;
    bool begins = true;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || c == '_';
        if (c == '.' && begins)
            return false;
        if (c != '.' && !letter && (begins || c < '0' || c > '9'))
            return false;
        dots += c == '.';
        begins = c == '.';
    }
    return dots == 1 && !begins && name.length <= IDENTIFIER_MAX;
}

static void
read_fact(struct mapping_reader *r, const struct yaml *member)
{
    struct sql_fact fact = {.span = member->span};
    fact.symbol = symbol_read(r, member->key, KINDS(KIND_FACT));
    if (fact.symbol == NONE)
        return;
    const struct symbol *symbol = &r->model->symbols[fact.symbol];
    const struct symbol *group = symbol->parent != NONE ? &r->model->symbols[symbol->parent] : NULL;
    if (symbol->group ? !symbol->one_of : group && group->one_of)
        mapping_refuse(r, member->key->span, "a setting cannot say this fact alone",
                       symbol->group ? "Give each of its members a setting"
                                     : "Give the group a setting: it then says which one holds");
    if (member->kind != YAML_SCALAR || !is_setting(member->text) ||
        text_equal(member->text, TEXT("avow.person")))
        mapping_refuse(r, member->span, "this is no name for a setting of the session",
                       "Write two words of small letters and underscores, parted by a dot, such as "
                       "“avow.legal_order”; avow.person says who somebody is");
    else
        fact.setting = member->text;
    for (size_t i = 0; i < r->mapping->facts.count; i++)
        if (text_equal(r->mapping->facts.at[i].setting, fact.setting))
            mapping_refuse(r, member->span, "this setting says another fact already",
                           "Give each fact a setting of its own");
    *VECTOR_PUSH(r->arena, &r->mapping->facts) = fact;
}

static void
read_facts(struct mapping_reader *r, const struct yaml *value, void *into)
{
    (void)into;
    if (!is_map(r, value, "Write facts and settings, such as “legal-order: avow.legal_order”"))
        return;
    for (const struct yaml *member = value->child; member; member = member->next)
        read_fact(r, member);
}

/* In this order: what follows may be of what stands before. */
static const struct field fields[] = {
    {"policy", read_policy, "policy: jibrok"},
    {"schema", read_schema, "schema: privacy"},
    {"place", read_place, NULL},
    {"actor", read_default_actor, NULL},
    {"readers", read_readers, NULL},
    {"writers", read_writers, NULL},
    {"eraser", read_eraser, NULL},
    {"states", states_read, NULL},
    {"facts", read_facts, NULL},
    {"tables", tables_read, "tables: [...]"},
};

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

/* The actor is what readers go by, wherever it stands in the file. */
static void
read_actor_first(struct mapping_reader *r, const struct yaml *root)
{
    const struct yaml *actor = yaml_get(root, "actor");
    struct diagnostics quiet = {.arena = r->arena};
    struct mapping_reader silent = *r;
    silent.resolver.diagnostics = silent.diagnostics = &quiet;
    if (actor)
        read_actor(&silent, actor, &r->mapping->actor);
}

static void
check_schema(struct mapping_reader *r, const struct yaml *root)
{
    const struct mapping *mapping = r->mapping;
    for (size_t i = 0; i < mapping->tables.count; i++)
        if (mapping->schema.length > 0 && !text_equal(mapping->schema, TEXT("public")) &&
            yaml_get(root, "schema") &&
            text_equal(mapping->tables.at[i].relation.schema, mapping->schema)) {
            mapping_refuse(r, yaml_get(root, "schema")->span,
                           "the schema that avow fills holds a table of this mapping",
                           "Name a schema that holds nothing else, such as “schema: privacy”");
            return;
        }
}

const struct mapping *
mapping_load(struct arena *arena, struct sources *sources, const struct model *model,
             struct text path, struct diagnostics *diagnostics)
{
    size_t before = diagnostics->errors;
    uint32_t source = yaml_load(arena, sources, path, NULL, E_MAPPING, diagnostics);
    const struct yaml *root =
        source != NONE ? yaml_read(arena, sources, source, E_MAPPING, diagnostics) : NULL;
    if (!root)
        return NULL;
    struct mapping *mapping = ARENA_NEW(arena, struct mapping);
    mapping->path = path;
    mapping->place = NONE;
    mapping->actor = us_actor(model);
    mapping->span = (struct span){source, 0, 0};
    struct mapping_reader r = {.arena = arena,
                               .model = model,
                               .diagnostics = diagnostics,
                               .resolver = resolver_make(arena, model, diagnostics),
                               .mapping = mapping};
    read_actor_first(&r, root);
    map_read(&r, root, "the mapping", fields, FIELD_COUNT, mapping);
    check_schema(&r, root);
    return diagnostics->errors == before ? mapping : NULL;
}
