/* avow matrix: who may do what. */
#include "compiler/question/matrix.h"

#include "compiler/command/command.h"

#include <getopt.h>

enum { WIDTH_MOST = 1000 };

typedef void (*form)(struct buffer *out, const struct model *model, const struct matrix *matrix);

static const struct {
    const char *name;
    form write; /* NULL: for the terminal */
} forms[] = {{"text", NULL}, {"html", matrix_html}, {"csv", matrix_csv}, {"json", matrix_json}};

struct options {
    enum colour colour;
    form write;
    bool expand;
};

static const struct option long_options[] = {
    {"color", required_argument, NULL, 'c'}, {"colour", required_argument, NULL, 'c'},
    {"expand", no_argument, NULL, 'e'},      {"format", required_argument, NULL, 'f'},
    {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};

static int
show(struct compilation *c, const void *context)
{
    const struct options *options = context;
    struct buffer out = buffer_in(&c->arena);
    struct matrix matrix = matrix_make(c->model, &c->arena, options->expand);
    if (matrix.overflow) {
        fprintf(stderr, "avow matrix: this would be more than %d rows%s\n", MATRIX_MOST,
                options->expand ? "; without --expand, names with the same answers share one" : "");
        return EXIT_USE;
    }
    if (options->write)
        options->write(&out, c->model, &matrix);
    else
        matrix_text(&out, c->model, &matrix, output_width(WIDTH_MOST),
                    colour_on(options->colour, stdout));
    return print_text(stdout, buffer_text(&out)) ? EXIT_FINE : EXIT_USE;
}

static bool
parse_form(const char *word, form *write)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(word, forms[i].name) == 0) {
            *write = forms[i].write;
            return true;
        }
    return false;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {COLOUR_AUTO, NULL, false};
    int letter;
    while ((letter = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
        if (letter == 'c' && !colour_parse(optarg, &options.colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        if (letter == 'f' && !parse_form(optarg, &options.write))
            return wrong_use(command, "--format is text, html, csv or json, not '%s'", optarg);
        options.expand |= letter == 'e';
    }
    if (argc - optind != 1)
        return wrong_use(command, "one policy is needed");
    return with_policy(command, argv[optind], STAGE_CHECKED, options.colour, show, &options);
}

const struct command matrix_command = {
    "matrix", "show who may do what, as a table",
    "Usage: avow matrix [OPTION]... FILE\n"
    "Shows everything that some rule allows or forbids: who, what, to or for whom, under which\n"
    "conditions, and the clauses behind it. Names with the same answers share a row.\n\n"
    "  --format=FORMAT  text (as wide as the terminal), html (a page with filters), csv or json\n"
    "  --expand         a row for each single case\n"
    "  --color=WHEN     auto, always or never\n"
    "  --help           this text\n\n"
    "Exit status: 0 fine, 1 the policy has errors, 2 wrong use, or too many rows.\n",
    run};
