/* avow approve: puts on record, signed, that somebody agrees to material changes. */
#include "compiler/command/approvals.h"
#include "compiler/command/program.h"
#include "compiler/command/revision.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sys/stat.h>

enum { PREFIX_LEAST = 8, SAID_MOST = 4096 };

struct options {
    const char *key, *by, *into;
    bool all;
    char *const *operands; /* OLD NEW CHANGE... */
    int count;
};

static const struct option long_options[] = {
    {"all", no_argument, NULL, 'a'},       {"by", required_argument, NULL, 'b'},
    {"help", no_argument, NULL, 'h'},      {"into", required_argument, NULL, 'i'},
    {"key", required_argument, NULL, 'k'}, {NULL, 0, NULL, 0}};

static bool
is_meant(const struct options *options, struct text hash)
{
    for (int i = 2; i < options->count; i++)
        if (text_starts(hash, text_of(options->operands[i])))
            return true;
    return options->all;
}

/* Each hash that was given must be that of a material change: a slip must not pass for consent. */
static int
check_hashes(const struct command *command, const struct options *options, struct arena *arena,
             const struct comparison *comparison)
{
    for (int k = 2; k < options->count; k++) {
        size_t found = 0;
        struct text given = text_of(options->operands[k]);
        for (size_t i = 0; i < comparison->change_count; i++)
            found += comparison->changes[i].class == CHANGE_MATERIAL &&
                     text_starts(change_hash(arena, &comparison->changes[i]), given);
        if (given.length < PREFIX_LEAST || found != 1)
            return wrong_use(command,
                             "'%s' does not begin the hash of one material change (at least %d "
                             "digits)",
                             options->operands[k], PREFIX_LEAST);
    }
    return EXIT_FINE;
}

static void
list_changes(struct arena *arena, const struct comparison *comparison)
{
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < comparison->change_count; i++) {
        const struct change *change = &comparison->changes[i];
        if (change->class == CHANGE_MATERIAL)
            buffer_format(&out, "%.16s  %.*s\n", change_hash(arena, change).data,
                          TEXT_ARGS(change->findings[0].words));
    }
    (void)print_text(stdout, buffer_text(&out));
}

static char *
word(struct arena *arena, const char *option, struct text value)
{
    struct text made = arena_format(arena, "%s%.*s", option, TEXT_ARGS(value));
    char *copy = arena_alloc(arena, made.length + 1);
    memcpy(copy, made.data, made.length);
    return copy;
}

static int
approve_one(const struct options *options, struct arena *arena, const char *program,
            const char *folder, const struct comparison *comparison, const struct change *change)
{
    char name[] = "avow-sign";
    struct buffer says = buffer_in(arena);
    for (size_t i = 0; i < change->finding_count && i < 8; i++)
        buffer_format(&says, "%s%.*s", i == 0 ? "" : " ", TEXT_ARGS(change->findings[i].words));
    struct text said = buffer_text(&says);
    if (said.length > SAID_MOST) {
        said.length = SAID_MOST;
        while (((unsigned char)said.data[said.length] & 0xC0) == 0x80)
            said.length--; /* not within a character */
    }
    char *words[] = {name,
                     word(arena, "--approve=", text_of(folder)),
                     word(arena, "--key=", text_of(options->key)),
                     word(arena, "--policy=", comparison->model[NEW]->settings->policy),
                     word(arena, "--change=", change_hash(arena, change)),
                     word(arena, "--by=", text_of(options->by)),
                     word(arena, "--says=", said),
                     NULL};
    int status = program_output(program, words, false, NULL, 0);
    return status == 0 ? EXIT_FINE : EXIT_USE;
}

static int
approve(const struct command *command, const struct options *options, struct arena *arena,
        const struct comparison *comparison)
{
    char program[PATH_MAX];
    const char *folder =
        options->into ? options->into : approvals_beside(arena, options->operands[1]);
    int status = check_hashes(command, options, arena, comparison);
    if (status != EXIT_FINE)
        return status;
    if (!options->all && options->count == 2) {
        list_changes(arena, comparison);
        return comparison->count[CHANGE_MATERIAL] > 0 ? EXIT_NO : EXIT_FINE;
    }
    if (!options->key || !options->by)
        return wrong_use(command,
                         "who approves, and with which key? Give --by=NAME and --key=FILE");
    if (!program_find("sign", "../runtime/sign", program, sizeof program))
        return wrong_use(command, "its program avow-sign is not there: install avow again");
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return wrong_use(command, "%s: %s", folder, strerror(errno));
    for (size_t i = 0; i < comparison->change_count && status == EXIT_FINE; i++)
        if (comparison->changes[i].class == CHANGE_MATERIAL &&
            is_meant(options, change_hash(arena, &comparison->changes[i])))
            status =
                approve_one(options, arena, program, folder, comparison, &comparison->changes[i]);
    return status;
}

static int
work_on(const struct command *command, const struct options *options, struct compilation two[2])
{
    struct arena *arena = &two[NEW].arena;
    if (setjmp(arena->out_of_memory) != 0)
        return wrong_use(command, "out of memory");
    return approve(command, options, arena, compare_make(arena, two[OLD].model, two[NEW].model));
}

static int
work(const struct command *command, const struct options *options)
{
    struct compilation two[2];
    int status = EXIT_FINE, made = 0;
    for (; made < 2 && status == EXIT_FINE; made++)
        status = revision_load(command, &two[made], options->operands[made], COLOUR_AUTO);
    if (status == EXIT_FINE)
        status = work_on(command, options, two);
    for (int i = 0; i < made; i++)
        compilation_free(&two[i]);
    return status;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {NULL, NULL, NULL, false, NULL, 0};
    int letter;
    while ((letter = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        switch (letter) {
        case 'h':
            return show_usage(command);
        case 'a':
            options.all = true;
            break;
        case 'b':
            options.by = optarg;
            break;
        case 'i':
            options.into = optarg;
            break;
        case 'k':
            options.key = optarg;
            break;
        default:
            return wrong_use(command, "that option is not known here");
        }
    }
    options.operands = argv + optind;
    options.count = argc - optind;
    if (options.count < 2)
        return wrong_use(command, "two policies are needed, the old one first");
    return work(command, &options);
}

const struct command approve_command = {
    "approve", "put on record that material changes are agreed to",
    "Usage: avow approve OLD NEW\n"
    "       avow approve --key=FILE --by=NAME OLD NEW CHANGE...\n"
    "Lists the material changes between two versions; or approves those whose hashes begin so,\n"
    "in a file each, signed with the key, which 'avow sign --new-key' makes.\n\n"
    "  --key=FILE     the secret key that signs\n"
    "  --by=NAME      who approves\n"
    "  --all          approve every material change\n"
    "  --into=FOLDER  where approvals are kept; else 'approvals' beside the new policy\n"
    "  --help         this text\n\n"
    "Exit status: 0 done, or nothing is material; 1 there are material changes to approve; 2 "
    "wrong\n"
    "use, a policy has errors, or an approval is there already.\n",
    run};
