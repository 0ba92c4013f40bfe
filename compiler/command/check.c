/* avow check: every diagnostic of one or more policies. */
#include "compiler/command/command.h"

#include "compiler/diag/messages.h"

#include <getopt.h>

/* In which form messages are written. */
enum message_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF };

struct options {
    enum colour colour;
    struct control control;
    const char *dump; /* NULL, or the stage whose result is wanted */
    enum message_format format;
};

static const struct option long_options[] = {
    {"dump", required_argument, NULL, 'd'},  {"format", required_argument, NULL, 'f'},
    {"color", required_argument, NULL, 'c'}, {"colour", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};

static const char *const dumps[] = {"tokens", "syntax", "model", "rules"};

static bool
is_dump(const char *word)
{
    for (size_t i = 0; i < sizeof dumps / sizeof dumps[0]; i++)
        if (strcmp(word, dumps[i]) == 0)
            return true;
    return false;
}

static enum stage
stage_of(const char *dump)
{
    if (!dump)
        return STAGE_CHECKED;
    bool of_text = strcmp(dump, "tokens") == 0 || strcmp(dump, "syntax") == 0;
    return of_text ? STAGE_TREE : STAGE_MODEL;
}

static void
dump_stage(struct compilation *c, const char *dump, struct buffer *out)
{
    struct diagnostics unheard = {.arena = &c->arena};
    if (strcmp(dump, "tokens") == 0)
        tokens_dump(&c->arena, &c->sources, c->source, &unheard, out);
    else if (strcmp(dump, "syntax") == 0)
        tree_dump(c->tree, out);
    else if (strcmp(dump, "model") == 0)
        model_dump(c->model, out);
    else
        rules_dump(c->model, out);
}

static int
print_dump(struct compilation *c, const char *dump)
{
    if (setjmp(c->arena.out_of_memory) != 0) {
        fputs("avow: out of memory\n", stderr);
        return EXIT_USE;
    }
    struct buffer out = buffer_in(&c->arena);
    dump_stage(c, dump, &out);
    return print_text(stdout, buffer_text(&out)) ? EXIT_FINE : EXIT_USE;
}

static int
check_file(const struct options *options, const char *path)
{
    struct compilation c;
    int status =
        compile_and_warn(&c, path, stage_of(options->dump), options->colour, &options->control);
    /* Tokens and syntax are shown of a faulty policy too: that is what the dump is for. */
    bool shown = options->dump && c.tree && (status == EXIT_FINE || !c.model);
    if (shown && print_dump(&c, options->dump) == EXIT_USE)
        status = EXIT_USE;
    compilation_free(&c);
    return status;
}

/* Reads "text", "json", "sarif". */
static bool
format_parse(const char *word, enum message_format *format)
{
    static const char *const words[] = {"text", "json", "sarif"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, words[i]) == 0) {
            *format = (enum message_format)i;
            return true;
        }
    }
    return false;
}

static int
add_checked(struct messages *messages, const struct options *options, const char *path)
{
    struct compilation c;
    if (!compile_controlled(&c, text_of(path), STAGE_CHECKED, &options->control)) {
        compilation_free(&c);
        longjmp(messages->arena->out_of_memory, 1);
    }
    struct checked_file file = {
        .path = text_of(path), .diagnostics = &c.diagnostics, .sources = &c.sources};
    int status = compilation_status(&c);
    file.read = status != EXIT_USE;
    messages_add(messages, &file);
    compilation_free(&c);
    return status;
}

/* All files as one document, which is printed whole or not at all. */
static int
check_as_document(const struct options *options, char **paths, size_t count)
{
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0) {
        fputs("avow: out of memory\n", stderr);
        arena_free(&arena);
        return EXIT_USE;
    }
    struct buffer out = buffer_in(&arena);
    struct messages messages;
    int worst = EXIT_FINE;
    messages_begin(&messages, &arena, options->format == FORMAT_SARIF, &out);
    for (size_t i = 0; i < count; i++) {
        int status = add_checked(&messages, options, paths[i]);
        worst = status > worst ? status : worst;
    }
    messages_end(&messages);
    if (!print_text(stdout, buffer_text(&out)))
        worst = EXIT_USE;
    arena_free(&arena);
    return worst;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {.colour = COLOUR_AUTO};
    int letter;
    while ((letter = getopt_long(argc, argv, "hW:E:", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == 'c' && !colour_parse(optarg, &options.colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        if (letter == 'd' && !is_dump(optarg))
            return wrong_use(command, "--dump is tokens, syntax, model or rules, not '%s'", optarg);
        if (letter == 'd')
            options.dump = optarg;
        if (letter == 'f' && !format_parse(optarg, &options.format))
            return wrong_use(command, "--format is text, json or sarif, not '%s'", optarg);
        if ((letter == 'W' || letter == 'E') &&
            control_option(command, letter, optarg, &options.control) != EXIT_FINE)
            return EXIT_USE;
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
    }
    if (optind == argc)
        return wrong_use(command, "no file given");
    if (options.format != FORMAT_TEXT && options.dump)
        return wrong_use(command, "--dump and --format do not go together");
    if (options.format != FORMAT_TEXT)
        return check_as_document(&options, argv + optind, (size_t)(argc - optind));
    int worst = EXIT_FINE;
    for (int i = optind; i < argc; i++) {
        int status = check_file(&options, argv[i]);
        if (status > worst)
            worst = status;
    }
    return worst;
}

const struct command check_command = {
    "check", "say everything that is wrong with a policy",
    "Usage: avow check [OPTION]... FILE...\n"
    "Says everything that is wrong with each policy; prints nothing if nothing is.\n\n"
    "  --dump=STAGE   print what a stage made of the file: tokens, syntax, model or rules;\n"
    "                 the SHA-256 of the model's text is the policy's fingerprint\n" CONTROL_USAGE
    "  --format=FORM  text; or json or sarif (2.1.0), to standard output, for programs\n"
    "  --color=WHEN   auto, always or never\n"
    "  --help         this text\n\n"
    "FILE may be - for standard input. Exit status: 0 no errors, 1 errors, 2 wrong use.\n",
    run};
