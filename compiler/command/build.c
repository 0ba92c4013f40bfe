/* avow build: the page and the table, from one model. */
#include "compiler/command/approvals.h"
#include "compiler/command/output.h"
#include "compiler/cookies/cookies.h"
#include "compiler/page/page.h"
#include "compiler/page/short.h"
#include "compiler/sql/sql.h"
#include "compiler/table/table.h"

#include <getopt.h>

/* Everything a build can make. Which of the functions is set tells what makes it; SQL, which may
 * find fault with its mapping, is made when that is read. */
static const struct product {
    const char *name;   /* for --only; one name may make several files */
    const char *suffix; /* behind the policy's id */
    void (*page)(const struct model *model, const struct short_layer *summary, struct buffer *out);
    void (*table)(const struct model *model, const struct image *image, struct buffer *out);
    void (*cookies)(const struct model *model, const struct cookie_mapping *mapping,
                    struct buffer *out);
} products[] = {
    {"md", ".md", page_markdown, NULL, NULL},
    {"html", ".html", page_html, NULL, NULL},
    {"txt", ".txt", page_text, NULL, NULL},
    {"c", "_policy.c", NULL, table_c_source, NULL},
    {"h", "_policy.h", NULL, table_c_header, NULL},
    {"avow", ".avow", NULL, table_bundle, NULL},
    {"cookies", "_cookies.js", NULL, NULL, cookies_script},
    {"cookies", "_cookies.h", NULL, NULL, cookies_header},
    {"sql", ".sql", NULL, NULL, NULL},
};

enum {
    PRODUCT_COUNT = sizeof products / sizeof products[0],
    PAGE_BITS = 1u << 0 | 1u << 1 | 1u << 2,
    TABLE_BITS = 1u << 3 | 1u << 4 | 1u << 5,
    COOKIE_BITS = 1u << 6 | 1u << 7, /* what needs a mapping is only made if it is named */
    SQL_BIT = 1u << 8
};

struct options {
    enum colour colour;
    struct control control;
    const char *file;
    const char *out;
    const char *depfile;
    const char *mapping; /* of data to what holds it */
    unsigned wanted;     /* a bit a product */
    const char *since;   /* the version before, against which changes must be approved */
    struct approvals approvals;
};

static const struct option long_options[] = {{"out", required_argument, NULL, 'o'},
                                             {"only", required_argument, NULL, 'n'},
                                             {"depfile", required_argument, NULL, 'd'},
                                             {"mapping", required_argument, NULL, 'm'},
                                             {"color", required_argument, NULL, 'c'},
                                             {"colour", required_argument, NULL, 'c'},
                                             {"approved", required_argument, NULL, 'a'},
                                             {"since", required_argument, NULL, 's'},
                                             {"trust", required_argument, NULL, 't'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

/* Reads "md,html" into bits; false if a word is no product. */
static bool
parse_only(const char *list, unsigned *wanted)
{
    *wanted = 0;
    while (*list) {
        size_t length = strcspn(list, ",");
        unsigned found = 0;
        for (size_t i = 0; i < PRODUCT_COUNT; i++)
            if (text_equal(text_of(products[i].name), (struct text){list, length}))
                found |= 1u << i;
        if (found == 0)
            return false;
        *wanted |= found;
        list += length + (list[length] == ',');
    }
    return *wanted != 0;
}

/* A path in a depfile: make reads blank, "#" and "$" as its own. */
static void
add_dependency(struct buffer *out, struct text path)
{
    for (size_t i = 0; i < path.length; i++) {
        char c = path.data[i];
        if (c == ' ' || c == '#')
            buffer_char(out, '\\');
        if (c == '$')
            buffer_char(out, '$');
        buffer_char(out, c);
    }
}

static void
add_depfile(const struct compilation *c, const struct output *outputs, size_t count,
            struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        add_dependency(out, outputs[i].path);
        buffer_char(out, i + 1 < count ? ' ' : ':');
    }
    for (size_t i = 0; i < c->sources.list.count; i++) {
        const struct source *source = &c->sources.list.at[i];
        if (!source->is_file)
            continue;
        buffer_string(out, " \\\n  ");
        add_dependency(out, source->path);
    }
    buffer_char(out, '\n');
}

struct building {
    struct compilation *c;
    const struct options *options;
    const struct cookie_mapping *mapping; /* if there is one */
    struct text sql;
    struct short_layer summary;
    struct image image;
    struct output outputs[PRODUCT_COUNT + 1];
    size_t count; /* of outputs */
};

static void
make_product(const struct building *b, const struct product *product, struct buffer *out)
{
    if (product->page)
        product->page(b->c->model, &b->summary, out);
    else if (product->cookies)
        product->cookies(b->c->model, b->mapping, out);
    else if (!product->table)
        buffer_add(out, b->sql);
    else
        product->table(b->c->model, &b->image, out);
}

/* Makes a file beside its place, a product or, for NULL, what names those before it. */
static bool
prepare(struct building *b, struct text path, const struct product *product)
{
    struct arena *arena = &b->c->arena;
    struct output *output = &b->outputs[b->count++];
    struct output_file file;
    output->path = path;
    if (!output_begin(arena, output, &file))
        return false;
    struct buffer out = buffer_in(arena);
    out.sink = &file.sink;
    if (product)
        make_product(b, product, &out);
    else
        add_depfile(b->c, b->outputs, b->count - 1, &out);
    buffer_finish(&out);
    arena_release(arena, out.data, out.room);
    return output_end(&file);
}

static bool
prepare_product(struct building *b, const struct product *product)
{
    struct text path = arena_format(&b->c->arena, "%s/%.*s%s", b->options->out,
                                    TEXT_ARGS(b->c->model->settings->policy), product->suffix);
    return prepare(b, path, product);
}

static bool
prepare_all(struct building *b)
{
    struct arena *arena = &b->c->arena;
    if (b->options->wanted & PAGE_BITS)
        b->summary = short_make(b->c->model, arena);
    if (b->options->wanted & TABLE_BITS)
        b->image = image_make(arena, b->c->model);
    if (!folder_make(arena, text_of(b->options->out)))
        return false;
    for (size_t i = 0; i < PRODUCT_COUNT; i++)
        if (b->options->wanted & 1u << i && !prepare_product(b, &products[i]))
            return false;
    return !b->options->depfile || prepare(b, text_of(b->options->depfile), NULL);
}

static bool
make_sql(struct building *b)
{
    struct compilation *c = b->c;
    struct buffer out = buffer_in(&c->arena);
    const struct mapping *mapping = mapping_load(&c->arena, &c->sources, c->model,
                                                 text_of(b->options->mapping), &c->diagnostics);
    if (mapping)
        sql_write(c->model, mapping, &c->diagnostics, &out);
    b->sql = buffer_text(&out);
    return c->diagnostics.errors == 0;
}

/* Reads the mapping, and says what is wrong with it: what is wrong with the policy was said. */
static int
read_mapping(struct building *b)
{
    struct compilation *c = b->c;
    struct diagnostics found = {.arena = &c->arena, .control = b->options->control};
    c->diagnostics = found;
    bool fine = false;
    if ((b->options->wanted & SQL_BIT) != 0)
        fine = make_sql(b);
    else
        fine = (b->mapping = cookies_load(&c->arena, &c->sources, c->model,
                                          text_of(b->options->mapping), &c->diagnostics)) != NULL;
    diagnostics_sort(&c->diagnostics);
    report(c, b->options->colour);
    return fine ? EXIT_FINE : compilation_status(c);
}

/* All files, or none. */
static int
build(struct building *b)
{
    if (setjmp(b->c->arena.out_of_memory) != 0) {
        fprintf(stderr, "avow: %s: out of memory\n", b->options->file);
        outputs_forget(b->outputs, b->count);
        return EXIT_USE;
    }
    if (b->options->since) {
        int status = approvals_demand(&build_command, &b->options->approvals, b->options->since,
                                      b->options->file, b->c);
        if (status != EXIT_FINE)
            return status;
    }
    if (b->options->mapping) {
        int status = read_mapping(b);
        if (status != EXIT_FINE)
            return status;
    }
    if (!prepare_all(b)) {
        outputs_forget(b->outputs, b->count);
        return EXIT_USE;
    }
    return outputs_finish(b->outputs, b->count) ? EXIT_FINE : EXIT_USE;
}

/* What a mapping is for is named, since there are mappings of several kinds. */
static int
check_mapping(const struct command *command, const struct options *options)
{
    bool cookies = (options->wanted & COOKIE_BITS) != 0, sql = (options->wanted & SQL_BIT) != 0;
    if (cookies && sql)
        return wrong_use(command, "cookies and sql have a mapping each: make one after the other");
    if (sql && !options->mapping)
        return wrong_use(command, "sql needs --mapping=FILE, which says what the database holds");
    if (cookies && !options->mapping)
        return wrong_use(command, "cookies need --mapping=FILE, which says how they are called");
    if (!cookies && !sql && options->mapping)
        return wrong_use(command, "say with --only what to make of the mapping: cookies or sql");
    return EXIT_FINE;
}

/* Reads the options; EXIT_FINE with file NULL means that help was shown. */
static int
parse_options(const struct command *command, int argc, char **argv, struct options *options)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "ho:W:E:", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == 'c' && !colour_parse(optarg, &options->colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        if (letter == 'n' && !parse_only(optarg, &options->wanted))
            return wrong_use(
                command, "--only is a list of md, html, txt, c, h, avow, cookies and sql, not '%s'",
                optarg);
        if (letter == 'o')
            options->out = optarg;
        if (letter == 'd')
            options->depfile = optarg;
        if (letter == 'm')
            options->mapping = optarg;
        if ((letter == 'W' || letter == 'E') &&
            control_option(command, letter, optarg, &options->control) != EXIT_FINE)
            return EXIT_USE;
        if (letter == 'a')
            options->approvals.folder = optarg;
        if (letter == 's')
            options->since = optarg;
        if (letter == 't' && approvals_trust(command, &options->approvals, optarg) != EXIT_FINE)
            return EXIT_USE;
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
    }
    if ((options->since != NULL) != (options->approvals.folder != NULL) ||
        (options->approvals.trust_count > 0 && !options->since))
        return wrong_use(command, "--approved=FOLDER, --since=OLD and --trust=FILE go together");
    if (optind + 1 != argc)
        return wrong_use(command, optind == argc ? "no file given" : "one file at a time");
    options->file = argv[optind];
    return check_mapping(command, options);
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {.colour = COLOUR_AUTO, .out = ".", .wanted = PAGE_BITS | TABLE_BITS};
    int status = parse_options(command, argc, argv, &options);
    if (status != EXIT_FINE || !options.file)
        return status;
    struct compilation c;
    status = compile_and_warn(&c, options.file, STAGE_CHECKED, options.colour, &options.control);
    if (status == EXIT_FINE) {
        struct building building = {.c = &c, .options = &options};
        status = build(&building);
    }
    compilation_free(&c);
    return status;
}

const struct command build_command = {
    "build", "make the page and the table of a policy",
    "Usage: avow build [OPTION]... FILE\n"
    "Makes the published page (ID.md, ID.html, ID.txt) and the table that services obey\n"
    "(ID_policy.c, ID_policy.h, and the bundle ID.avow), where ID is the policy's id.\n"
    "Nothing is written if the policy has errors.\n\n"
    "  -o, --out DIR     folder for the files, made if it is missing (default: here)\n"
    "  --only=LIST       only these: md, html, txt, c, h, avow, cookies, sql (parted by\n"
    "                    commas); cookies are ID_cookies.js for pages, and ID_cookies.h for\n"
    "                    servers; sql is ID.sql: views, rights and erasure for PostgreSQL\n"
    "  --mapping=FILE    for cookies: which cookies are which data of the policy;\n"
    "                    for sql: what is in which column of which table\n"
    "  --approved=DIR    only if each material change since the old version was approved: has a\n"
    "                    file there, signed with a trusted key; and takes effect later\n"
    "  --since=OLD       the version before: a file, or REVISION:FILE of git\n"
    "  --trust=FILE      keys whose approvals count, as in 'avow sign'\n"
    "  --depfile FILE    also write what the files were made from, for make and "
    "ninja\n" CONTROL_USAGE "  --color=WHEN      auto, always or never\n"
    "  --help            this text\n\n"
    "Exit status: 0 made, 1 the policy has errors or lacks approval, 2 wrong use or a file cannot\n"
    "be written.\n",
    run};
