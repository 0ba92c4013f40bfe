/* avow compare: what changed between two versions, by meaning. */
#include "compiler/compare/render.h"

#include "compiler/command/approvals.h"
#include "compiler/command/revision.h"
#include "compiler/command/versions.h"

#include <getopt.h>

enum { WIDTH_MOST = 100 };

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
    bool git, require;
    struct approvals approvals;
};

static const struct option long_options[] = {
    {"color", required_argument, NULL, 'c'},  {"colour", required_argument, NULL, 'c'},
    {"format", required_argument, NULL, 'f'}, {"git", no_argument, NULL, 'g'},
    {"help", no_argument, NULL, 'h'},         {"require-approval", optional_argument, NULL, 'r'},
    {"trust", required_argument, NULL, 't'},  {NULL, 0, NULL, 0}};

static int
show(const struct command *command, const struct options *options, struct compilation two[2],
     const struct version_pair *pair)
{
    struct arena *arena = &two[NEW].arena;
    if (setjmp(arena->out_of_memory) != 0) {
        fprintf(stderr, "avow %s: out of memory\n", command->name);
        return EXIT_USE;
    }
    const bool *approved = NULL;
    struct comparison *comparison = compare_make(arena, two[OLD].model, two[NEW].model);
    int status = EXIT_FINE;
    if (options->require)
        status = approvals_find(command, arena, &options->approvals, pair->path[NEW], comparison,
                                &approved);
    if (status != EXIT_FINE)
        return status;
    struct frame frame = {{text_of(pair->path[OLD]), text_of(pair->path[NEW])},
                          approved,
                          colour_on(options->colour, stdout),
                          output_width(WIDTH_MOST)};
    struct buffer out = buffer_in(arena);
    options->write(&out, comparison, &frame);
    if (!print_text(stdout, buffer_text(&out)))
        return EXIT_USE;
    if (options->require)
        return approvals_judge(command, comparison, approved);
    return comparison->count[CHANGE_MATERIAL] > 0 ? EXIT_NO : EXIT_FINE;
}

/* A policy that only one of two folders has. Nothing that it promised holds any more if it is gone.
 */
static int
tell_single(const struct version_pair *pair)
{
    if (pair->path[NEW])
        fprintf(stderr, "avow compare: %s is new: there is nothing to compare it with\n",
                pair->path[NEW]);
    else
        fprintf(stderr, "avow compare: %s is gone, and with it all that it promises\n",
                pair->path[OLD]);
    return pair->path[NEW] ? EXIT_FINE : EXIT_NO;
}

static int
compare_pair(const struct command *command, const struct options *options,
             const struct version_pair *pair)
{
    struct compilation two[2];
    int status = EXIT_FINE, made = 0;
    if (!pair->path[OLD] || !pair->path[NEW])
        return tell_single(pair);
    for (; made < 2 && status == EXIT_FINE; made++)
        status = revision_load(command, &two[made], pair->path[made], options->colour);
    if (status == EXIT_FINE)
        status = show(command, options, two, pair);
    for (int i = 0; i < made; i++)
        compilation_free(&two[i]);
    return status;
}

static int
compare_all(const struct command *command, const struct options *options, char *const *operands,
            int count)
{
    struct version_pairs pairs = {.list = {NULL, 0, 0}};
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0) {
        fprintf(stderr, "avow %s: out of memory\n", command->name);
        arena_free(&arena);
        return EXIT_USE;
    }
    int worst = versions_find(command, &arena, operands, count, &pairs);
    if (worst == EXIT_FINE && pairs.list.count > 1 && options->write == compare_html)
        worst =
            wrong_use(command, "a page is of one pair of versions; here are %zu", pairs.list.count);
    for (size_t i = 0; worst != EXIT_USE && i < pairs.list.count; i++) {
        int status = compare_pair(command, options, &pairs.list.at[i]);
        worst = status > worst ? status : worst;
    }
    arena_free(&arena);
    return worst;
}

/* --git OLD NEW -- FILE: the same file of two revisions. */
static int
compare_revisions(const struct command *command, const struct options *options,
                  char *const *operands, int count)
{
    struct arena arena;
    if (count != 3)
        return wrong_use(command, "--git takes two revisions and a file: --git OLD NEW -- FILE");
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) != 0) {
        fprintf(stderr, "avow %s: out of memory\n", command->name);
        arena_free(&arena);
        return EXIT_USE;
    }
    struct version_pair pair;
    for (int i = 0; i < 2; i++)
        pair.path[i] = arena_format(&arena, "%s:./%s", operands[i], operands[2]).data;
    int status = compare_pair(command, options, &pair);
    arena_free(&arena);
    return status;
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
    struct options options = {.colour = COLOUR_AUTO, .write = compare_text};
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
        options.git |= letter == 'g';
        options.require |= letter == 'r';
        if (letter == 'r' && optarg)
            options.approvals.folder = optarg;
        if (letter == 't' && approvals_trust(command, &options.approvals, optarg) != EXIT_FINE)
            return EXIT_USE;
    }
    if (options.approvals.trust_count > 0 && !options.require)
        return wrong_use(command, "--trust belongs to --require-approval");
    if (options.git)
        return compare_revisions(command, &options, argv + optind, argc - optind);
    if (argc - optind < 1 || argc - optind > 2)
        return wrong_use(command, "two policies are needed, the old one first");
    return compare_all(command, &options, argv + optind, argc - optind);
}

const struct command compare_command = {
    "compare", "say what changed between two versions, by meaning",
    "Usage: avow compare [OPTION]... OLD NEW\n"
    "       avow compare [OPTION]... FOLDER\n"
    "       avow compare [OPTION]... --git OLD NEW -- FILE\n"
    "Says what a new version of a policy allows, promises and says otherwise than the old one:\n"
    "what is material first, each change with an example that shows it. Each of both is a file, a\n"
    "file of a git revision (HEAD~3:shop.policy), or a folder; a folder alone is a history.\n\n"
    "  --format=FORMAT  text, markdown (for a review), html (a page to read and print) or json\n"
    "  --git            compare one file of two revisions\n"
    "  --require-approval  fail if a material change has no approval in 'approvals' beside the "
    "new\n"
    "                   policy (or =FOLDER), or the new version takes effect no later\n"
    "  --trust=FILE     keys whose approvals count, as in 'avow sign'\n"
    "  --color=WHEN     auto, always or never\n"
    "  --help           this text\n\n"
    "Exit status: 0 no material change, or all are approved; 1 material changes; 2 wrong use, or\n"
    "a policy has errors.\n",
    run};
