/* avow build: the page and the table, from one model. */
#include "compiler/command/command.h"
#include "compiler/command/output.h"
#include "compiler/page/page.h"
#include "compiler/page/short.h"
#include "compiler/table/table.h"

#include <getopt.h>

/* Everything a build can make. Which of page and table functions is set tells what makes it. */
static const struct product {
    const char *name;   /* for --only */
    const char *suffix; /* behind the policy's id */
    void (*page)(const struct model *model, const struct short_layer *summary, struct buffer *out);
    void (*table)(const struct model *model, const struct image *image, struct buffer *out);
} products[] = {
    {"md", ".md", page_markdown, NULL},       {"html", ".html", page_html, NULL},
    {"txt", ".txt", page_text, NULL},         {"c", "_policy.c", NULL, table_c_source},
    {"h", "_policy.h", NULL, table_c_header}, {"avow", ".avow", NULL, table_bundle},
};

enum { PRODUCT_COUNT = sizeof products / sizeof products[0] };

struct options {
    enum colour colour;
    struct control control;
    const char *file;
    const char *out;
    const char *depfile;
    unsigned wanted; /* a bit a product */
};

static const struct option long_options[] = {{"out", required_argument, NULL, 'o'},
                                             {"only", required_argument, NULL, 'n'},
                                             {"depfile", required_argument, NULL, 'd'},
                                             {"color", required_argument, NULL, 'c'},
                                             {"colour", required_argument, NULL, 'c'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

/* Reads "md,html" into bits; false if a word is no product. */
static bool
parse_only(const char *list, unsigned *wanted)
{
    *wanted = 0;
    while (*list) {
        size_t length = strcspn(list, ",");
        size_t found = PRODUCT_COUNT;
        for (size_t i = 0; i < PRODUCT_COUNT; i++)
            if (text_equal(text_of(products[i].name), (struct text){list, length}))
                found = i;
        if (found == PRODUCT_COUNT)
            return false;
        *wanted |= 1u << found;
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

static struct text
depfile_text(struct compilation *c, const struct output *outputs, size_t count)
{
    struct buffer out = buffer_in(&c->arena);
    for (size_t i = 0; i < count; i++) {
        add_dependency(&out, outputs[i].path);
        buffer_char(&out, i + 1 < count ? ' ' : ':');
    }
    for (size_t i = 0; i < c->sources.list.count; i++) {
        const struct source *source = &c->sources.list.at[i];
        if (!source->is_file)
            continue;
        buffer_string(&out, " \\\n  ");
        add_dependency(&out, source->path);
    }
    buffer_char(&out, '\n');
    return buffer_text(&out);
}

struct building {
    struct compilation *c;
    const struct options *options;
    struct short_layer summary;
    struct image image;
    struct output outputs[PRODUCT_COUNT + 1];
    size_t count; /* of outputs */
};

/* Makes one and writes it beside its place; its memory is the next one's. */
static bool
prepare_product(struct building *b, const struct product *product)
{
    struct arena *arena = &b->c->arena;
    struct buffer out = buffer_in(arena);
    if (product->page)
        product->page(b->c->model, &b->summary, &out);
    else
        product->table(b->c->model, &b->image, &out);
    struct output *output = &b->outputs[b->count++];
    output->path = arena_format(arena, "%s/%.*s%s", b->options->out,
                                TEXT_ARGS(b->c->model->settings->policy), product->suffix);
    output->contents = buffer_text(&out);
    bool done = output_prepare(arena, output);
    arena_release(arena, out.data, out.room);
    return done;
}

static bool
prepare_depfile(struct building *b)
{
    struct output *output = &b->outputs[b->count];
    output->contents = depfile_text(b->c, b->outputs, b->count);
    output->path = text_of(b->options->depfile);
    b->count++;
    return output_prepare(&b->c->arena, output);
}

static bool
prepare_all(struct building *b)
{
    const unsigned page_bits = 1u << 0 | 1u << 1 | 1u << 2;
    const unsigned table_bits = 1u << 3 | 1u << 4 | 1u << 5;
    struct arena *arena = &b->c->arena;
    if (b->options->wanted & page_bits)
        b->summary = short_make(b->c->model, arena);
    if (b->options->wanted & table_bits)
        b->image = image_make(arena, b->c->model);
    if (!folder_make(arena, text_of(b->options->out)))
        return false;
    for (size_t i = 0; i < PRODUCT_COUNT; i++)
        if (b->options->wanted & 1u << i && !prepare_product(b, &products[i]))
            return false;
    return !b->options->depfile || prepare_depfile(b);
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
    if (!prepare_all(b)) {
        outputs_forget(b->outputs, b->count);
        return EXIT_USE;
    }
    return outputs_finish(b->outputs, b->count) ? EXIT_FINE : EXIT_USE;
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
            return wrong_use(command, "--only is a list of md, html, txt, c, h and avow, not '%s'",
                             optarg);
        if (letter == 'o')
            options->out = optarg;
        if (letter == 'd')
            options->depfile = optarg;
        if ((letter == 'W' || letter == 'E') &&
            control_option(command, letter, optarg, &options->control) != EXIT_FINE)
            return EXIT_USE;
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
    }
    if (optind + 1 != argc)
        return wrong_use(command, optind == argc ? "no file given" : "one file at a time");
    options->file = argv[optind];
    return EXIT_FINE;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {
        .colour = COLOUR_AUTO, .out = ".", .wanted = (1u << PRODUCT_COUNT) - 1};
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
    "  --only=LIST       only these: md, html, txt, c, h, avow (parted by commas)\n"
    "  --depfile FILE    also write what the files were made from, for make and "
    "ninja\n" CONTROL_USAGE "  --color=WHEN      auto, always or never\n"
    "  --help            this text\n\n"
    "Exit status: 0 made, 1 the policy has errors, 2 wrong use or a file cannot be written.\n",
    run};
