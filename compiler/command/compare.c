/* avow compare: what changed between two versions, by meaning. */
#include "compiler/compare/render.h"

#include "compiler/command/command.h"

#include <getopt.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_LEAST = 40, WIDTH_MOST = 100, WIDTH_USUAL = 80 };

typedef void (*form)(struct buffer *out, const struct comparison *comparison,
                     const struct frame *frame);

static const struct {
    const char *name;
    form write;
} forms[] = {{"text", compare_text},
             {"markdown", compare_markdown},
             {"html", compare_html},
             {"json", compare_json}};

struct options {
    enum colour colour;
    form write;
};

static const struct option long_options[] = {{"color", required_argument, NULL, 'c'},
                                             {"colour", required_argument, NULL, 'c'},
                                             {"format", required_argument, NULL, 'f'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

static unsigned
width_of_output(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        width = WIDTH_USUAL;
    return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : (unsigned)width;
}

static int
show(const struct command *command, const struct options *options, struct compilation two[2],
     char **names)
{
    struct arena *arena = &two[NEW].arena;
    if (setjmp(arena->out_of_memory) != 0) {
        fprintf(stderr, "avow %s: out of memory\n", command->name);
        return EXIT_USE;
    }
    struct frame frame = {{text_of(names[OLD]), text_of(names[NEW])},
                          NULL,
                          colour_on(options->colour, stdout),
                          width_of_output()};
    struct comparison *comparison = compare_make(arena, two[OLD].model, two[NEW].model);
    struct buffer out = buffer_in(arena);
    options->write(&out, comparison, &frame);
    if (!print_text(stdout, buffer_text(&out)))
        return EXIT_USE;
    return comparison->count[CHANGE_MATERIAL] > 0 ? EXIT_NO : EXIT_FINE;
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
    struct options options = {COLOUR_AUTO, compare_text};
    int letter;
    while ((letter = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
        if (letter == 'c' && !colour_parse(optarg, &options.colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        if (letter == 'f' && !parse_form(optarg, &options.write))
            return wrong_use(command, "--format is text, markdown, html or json, not '%s'", optarg);
    }
    if (argc - optind != 2)
        return wrong_use(command, "two policies are needed, the old one first");
    struct compilation two[2];
    int status = EXIT_FINE, made = 0;
    for (; made < 2 && status == EXIT_FINE; made++) {
        status = compile_and_report(&two[made], argv[optind + made], STAGE_MODEL, options.colour);
        status = status == EXIT_FINE ? EXIT_FINE : EXIT_USE;
    }
    if (status == EXIT_FINE)
        status = show(command, &options, two, argv + optind);
    for (int i = 0; i < made; i++)
        compilation_free(&two[i]);
    return status;
}

const struct command compare_command = {
    "compare", "say what changed between two versions, by meaning",
    "Usage: avow compare [OPTION]... OLD NEW\n"
    "Says what a new version of a policy allows, promises and says otherwise than the old one: "
    "what\n"
    "is material first, each change with an example that shows it.\n\n"
    "  --format=FORMAT  text, markdown (for a review), html (a page to read and print) or json\n"
    "  --color=WHEN     auto, always or never\n"
    "  --help           this text\n\n"
    "Exit status: 0 no material change, 1 material changes, 2 wrong use, or a policy has errors.\n",
    run};
