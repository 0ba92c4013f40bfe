/* avow explain: the page of a code. */
#include "compiler/command/command.h"

#include "compiler/diag/explain.h"

#include <getopt.h>

struct options {
    enum colour colour;
    bool markdown;
};

static const struct option long_options[] = {{"format", required_argument, NULL, 'f'},
                                             {"color", required_argument, NULL, 'c'},
                                             {"colour", required_argument, NULL, 'c'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

static int
unknown_code(const struct command *command, const char *word)
{
    enum code nearest = code_nearest(text_of(word));
    if (nearest == CODE_COUNT)
        fprintf(stderr, "avow %s: there is no code '%s'; 'avow explain' lists all\n", command->name,
                word);
    else
        fprintf(stderr, "avow %s: there is no code '%s'; did you mean %s, %s?\n", command->name,
                word, code_number(nearest), code_title(nearest));
    return EXIT_USE;
}

/* The pages of the codes that were named, or what stands for all of them. */
static int
write_pages(const struct command *command, const struct options *options, char **words,
            size_t count, struct buffer *out)
{
    bool colour = colour_on(options->colour, stdout);
    for (size_t i = 0; i < count; i++) {
        enum code code;
        if (!code_find(text_of(words[i]), &code))
            return unknown_code(command, words[i]);
        if (i > 0)
            buffer_char(out, '\n');
        if (options->markdown)
            explain_as_markdown(code, out);
        else
            explain_as_text(code, colour, out);
    }
    if (count == 0 && options->markdown)
        explain_all_as_markdown(out);
    else if (count == 0)
        explain_list(out);
    return EXIT_FINE;
}

static int
explain(const struct command *command, const struct options *options, char **words, size_t count)
{
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0) {
        fputs("avow: out of memory\n", stderr);
        arena_free(&arena);
        return EXIT_USE;
    }
    struct buffer out = buffer_in(&arena);
    int status = write_pages(command, options, words, count, &out);
    if (status == EXIT_FINE && !print_text(stdout, buffer_text(&out)))
        status = EXIT_USE;
    arena_free(&arena);
    return status;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {COLOUR_AUTO, false};
    int letter;
    while ((letter = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == 'c' && !colour_parse(optarg, &options.colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        if (letter == 'f' && strcmp(optarg, "text") != 0 && strcmp(optarg, "markdown") != 0)
            return wrong_use(command, "--format is text or markdown, not '%s'", optarg);
        if (letter == 'f')
            options.markdown = strcmp(optarg, "markdown") == 0;
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
    }
    return explain(command, &options, argv + optind, (size_t)(argc - optind));
}

const struct command explain_command = {
    "explain", "tell more about a message, by its code",
    "Usage: avow explain [OPTION]... [CODE]...\n"
    "Prints the page of each code, such as E107: what is wrong, why it matters, an example\n"
    "and its mend. Without CODE: every code with its title.\n\n"
    "  --format=FORM  text or markdown; all pages as one document if no code is given\n"
    "  --color=WHEN   auto, always or never\n"
    "  --help         this text\n\n"
    "Exit status: 0 fine, 2 there is no such code, or wrong use.\n",
    run};
