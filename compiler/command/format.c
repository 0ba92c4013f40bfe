/* avow format: policies in their canonical form. */
#include "compiler/syntax/format.h"
#include "compiler/base/names.h"
#include "compiler/command/command.h"
#include "compiler/command/diff.h"
#include "compiler/command/output.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

struct options {
    enum colour colour;
    bool check, diff;
};

static const struct option long_options[] = {
    {"check", no_argument, NULL, 'k'},       {"diff", no_argument, NULL, 'd'},
    {"color", required_argument, NULL, 'c'}, {"colour", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},        {NULL, 0, NULL, 0}};

/* One file on its way. */
struct job {
    const struct options *options;
    const char *path;
    struct compilation c;
    struct arena scratch; /* for what is not needed to the end */
    struct stat before;   /* the file as it was before it was read */
    struct text was, formatted;
};

static bool
is_standard_input(const struct job *job)
{
    return strcmp(job->path, "-") == 0;
}

static const char *
shown_path(const struct job *job)
{
    return is_standard_input(job) ? "standard input" : job->path;
}

/* Where the file itself stands if the path is a link to it: that is what is replaced. NULL after a
 * message. */
static const char *
real_path(struct job *job)
{
    struct stat found;
    if (lstat(job->path, &found) == 0 && !S_ISLNK(found.st_mode))
        return job->path;
    char *real = realpath(job->path, NULL);
    if (!real) {
        fprintf(stderr, "avow: cannot replace %s: %s\n", job->path, strerror(errno));
        return NULL;
    }
    struct text copy = arena_text(&job->c.arena, text_of(real));
    free(real);
    return copy.data;
}

static int
rewrite(struct job *job)
{
    const char *path = real_path(job);
    if (!path)
        return EXIT_USE;
    struct output output = {
        .path = text_of(path), .contents = job->formatted, .replaced = &job->before};
    return outputs_write(&job->c.arena, &output, 1) ? EXIT_FINE : EXIT_USE;
}

static int
show_difference(struct job *job)
{
    struct buffer out = buffer_in(&job->c.arena);
    diff_unified(&job->c.arena, text_of(shown_path(job)), job->was, job->formatted,
                 colour_on(job->options->colour, stdout), &out);
    return print_text(stdout, buffer_text(&out)) ? EXIT_FINE : EXIT_USE;
}

static int
show_name(const struct job *job)
{
    bool printed = print_text(stdout, text_of(shown_path(job))) && print_text(stdout, TEXT("\n"));
    return printed ? EXIT_FINE : EXIT_USE;
}

/* What is asked for, of a text that was formatted. */
static int
deliver(struct job *job)
{
    const struct options *options = job->options;
    bool changes = !text_equal(job->was, job->formatted);
    int status = EXIT_FINE;
    if (!options->check && !options->diff && is_standard_input(job))
        return print_text(stdout, job->formatted) ? EXIT_FINE : EXIT_USE;
    if (!changes)
        return EXIT_FINE;
    if (options->diff)
        status = show_difference(job);
    else if (options->check)
        status = show_name(job);
    else
        return rewrite(job);
    return options->check && status == EXIT_FINE ? EXIT_NO : status;
}

/* The text as the file has it: with the byte order mark that a source leaves out. */
static struct text
text_of_file(const struct source *source)
{
    struct text text = source->text;
    return source->is_marked ? (struct text){text.data - 3, text.length + 3} : text;
}

static int
out_of_memory(const struct job *job)
{
    fprintf(stderr, "avow: %s: out of memory\n", shown_path(job));
    return EXIT_USE;
}

/* Sets the formatted text; EXIT_USE after a message if there is none. */
static int
form(struct job *job)
{
    struct compilation *c = &job->c;
    if (setjmp(job->scratch.out_of_memory) != 0)
        return out_of_memory(job);
    struct text text = format_policy(&job->scratch, &c->sources, c->source);
    job->formatted = arena_text(&c->arena, text);
    arena_free(&job->scratch);
    if (format_is_faithful(&job->scratch, c->tree, job->formatted))
        return EXIT_FINE;
    fprintf(stderr,
            "avow: %s: formatting it would change what it says, so it is left as it is.\n"
            "This is a defect of avow: please report it, with the file.\n",
            shown_path(job));
    return EXIT_USE;
}

static int
format_read(struct job *job)
{
    struct compilation *c = &job->c;
    if (setjmp(c->arena.out_of_memory) != 0)
        return out_of_memory(job);
    job->was = text_of_file(&c->sources.list.at[c->source]);
    int status = form(job);
    arena_free(&job->scratch);
    return status == EXIT_FINE ? deliver(job) : status;
}

static int
format_file(const struct options *options, const char *path)
{
    struct job job = {.options = options, .path = path};
    arena_init(&job.scratch);
    /* If there is no such file, reading it will say so. */
    (void)stat(path, &job.before);
    int status = compile_and_report(&job.c, path, STAGE_TREE, options->colour);
    if (status == EXIT_FINE)
        status = format_read(&job);
    else if (job.c.source != NONE)
        fprintf(stderr, "avow format: %s is left as it is until this is mended\n",
                shown_path(&job));
    arena_free(&job.scratch);
    compilation_free(&job.c);
    return status;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {.colour = COLOUR_AUTO};
    int letter;
    while ((letter = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == 'c' && !colour_parse(optarg, &options.colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
        options.check |= letter == 'k';
        options.diff |= letter == 'd';
    }
    if (optind == argc)
        return wrong_use(command, "no file given");
    int worst = EXIT_FINE;
    for (int i = optind; i < argc; i++) {
        int status = format_file(&options, argv[i]);
        if (status > worst)
            worst = status;
    }
    return worst;
}

const struct command format_command = {
    "format", "put a policy into its canonical form",
    "Usage: avow format [OPTION]... FILE...\n"
    "Rewrites each policy in its canonical form: the same rules, comments and published words,\n"
    "tidily laid out. A file that is in that form already is not touched, and one that cannot be\n"
    "understood is left as it is.\n\n"
    "  --check        change nothing; name the files that would change, and exit with 1\n"
    "  --diff         change nothing; show what would change\n"
    "  --color=WHEN   auto, always or never\n"
    "  --help         this text\n\n"
    "FILE may be - for standard input; the policy then goes to standard output. Exit status:\n"
    "0 fine, 1 errors, or with --check a file that would change, 2 wrong use, or a file that\n"
    "cannot be read or written.\n",
    run};
