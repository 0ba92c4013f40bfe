#include "compiler/command/approvals.h"

#include "compiler/command/program.h"
#include "compiler/command/revision.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

enum { OUTPUT_MOST = 16 << 20 };

int
approvals_trust(const struct command *command, struct approvals *approvals, const char *file)
{
    if (approvals->trust_count == TRUST_MOST)
        return wrong_use(command, "more than %d files of keys", TRUST_MOST);
    approvals->trust[approvals->trust_count++] = file;
    return EXIT_FINE;
}

const char *
approvals_beside(struct arena *arena, const char *policy)
{
    const char *slash = strrchr(policy, '/');
    return arena_format(arena, "%.*sapprovals", slash ? (int)(slash + 1 - policy) : 0, policy).data;
}

static char *
word(struct arena *arena, const char *option, const char *value)
{
    struct text made = arena_format(arena, "%s%s", option, value);
    char *copy = arena_alloc(arena, made.length + 1);
    memcpy(copy, made.data, made.length);
    return copy;
}

/* "HASH POLICY" lines into a set of names. */
static void
note_lines(struct arena *arena, struct text text, struct names *names)
{
    while (text.length > 0) {
        const char *end = memchr(text.data, '\n', text.length);
        size_t length = end ? (size_t)(end - text.data) : text.length;
        (void)names_add(names, arena_text(arena, (struct text){text.data, length}), 0);
        length += end ? 1 : 0;
        text = (struct text){text.data + length, text.length - length};
    }
}

/* Asks avow-sign, since it has the library that can verify. */
static int
ask(const struct command *command, struct arena *arena, const struct approvals *approvals,
    const char *folder, struct names *names)
{
    char path[PATH_MAX], name[] = "avow-sign";
    char *words[TRUST_MOST + 3] = {name, word(arena, "--approved=", folder)};
    struct buffer out = buffer_in(arena);
    for (size_t i = 0; i < approvals->trust_count; i++)
        words[2 + i] = word(arena, "--trust=", approvals->trust[i]);
    if (!program_find("sign", "../runtime/sign", path, sizeof path)) {
        fprintf(stderr,
                "avow %s: its program avow-sign is not there: install avow again, as a "
                "whole\n",
                command->name);
        return EXIT_USE;
    }
    int status = program_output(path, words, false, &out, OUTPUT_MOST);
    if (status != 0)
        return EXIT_USE; /* it has said why */
    note_lines(arena, buffer_text(&out), names);
    return EXIT_FINE;
}

int
approvals_find(const struct command *command, struct arena *arena,
               const struct approvals *approvals, const char *policy,
               const struct comparison *comparison, const bool **approved)
{
    const char *folder = approvals->folder ? approvals->folder : approvals_beside(arena, policy);
    struct names names = names_in(arena);
    struct stat facts;
    bool *found = ARENA_ARRAY(arena, comparison->change_count + 1, bool);
    *approved = found;
    if (approvals->trust_count == 0)
        return wrong_use(command, "whose approval counts? Give the keys: --trust=FILE.pub");
    bool none = !approvals->folder && stat(folder, &facts) != 0 && errno == ENOENT;
    int status = none ? EXIT_FINE : ask(command, arena, approvals, folder, &names);
    struct text id = comparison->model[NEW]->settings->policy;
    for (size_t i = 0; i < comparison->change_count && status == EXIT_FINE; i++) {
        struct text hash = change_hash(arena, &comparison->changes[i]);
        struct text line = arena_format(arena, "%.*s %.*s", TEXT_ARGS(hash), TEXT_ARGS(id));
        found[i] = names_find(&names, line) != NONE;
    }
    return status;
}

int
approvals_judge(const struct command *command, const struct comparison *comparison,
                const bool *approved)
{
    size_t open = 0;
    for (size_t i = 0; i < comparison->change_count; i++)
        open += comparison->changes[i].class == CHANGE_MATERIAL && !approved[i];
    if (open > 0)
        fprintf(stderr, "avow %s: %zu material change%s not approved; 'avow approve' does it\n",
                command->name, open, open == 1 ? " is" : "s are");
    if (comparison->count[CHANGE_MATERIAL] > 0 && !compare_dated(comparison)) {
        fprintf(stderr,
                "avow %s: people must know from when on material changes hold: “effective” of the "
                "new version has to be a later day than that of the old one\n",
                command->name);
        return EXIT_NO;
    }
    return open > 0 ? EXIT_NO : EXIT_FINE;
}

static int
demand(const struct command *command, const struct approvals *approvals, const char *policy,
       struct compilation *old, struct compilation *new)
{
    const bool *approved = NULL;
    struct arena *arena = &new->arena;
    const struct comparison *comparison = compare_make(arena, old->model, new->model);
    int status = approvals_find(command, arena, approvals, policy, comparison, &approved);
    return status == EXIT_FINE ? approvals_judge(command, comparison, approved) : status;
}

int
approvals_demand(const struct command *command, const struct approvals *approvals,
                 const char *since, const char *policy, struct compilation *c)
{
    struct compilation old;
    int status = revision_load(command, &old, since, COLOUR_AUTO);
    if (status == EXIT_FINE)
        status = demand(command, approvals, policy, &old, c);
    compilation_free(&old);
    return status;
}
