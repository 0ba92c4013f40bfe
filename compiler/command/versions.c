#include "compiler/command/versions.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct names_list {
    VECTOR(struct text) list; /* of files, sorted */
};

static bool
is_folder(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static int
by_name(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static bool
is_policy(struct text name)
{
    struct text ending = TEXT(".policy");
    return name.length > ending.length && name.data[0] != '.' &&
           text_equal((struct text){name.data + name.length - ending.length, ending.length},
                      ending);
}

/* The policies in a folder. */
static int
read_folder(const struct command *command, struct arena *arena, const char *path,
            struct names_list *names)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    if (!folder)
        return wrong_use(command, "%s: %s", path, strerror(errno));
    while ((entry = readdir(folder)) != NULL)
        if (is_policy(text_of(entry->d_name)))
            *VECTOR_PUSH(arena, &names->list) = arena_text(arena, text_of(entry->d_name));
    closedir(folder);
    if (names->list.count == 0)
        return wrong_use(command, "there is no policy in %s", path);
    qsort(names->list.at, names->list.count, sizeof *names->list.at, by_name);
    return EXIT_FINE;
}

static const char *
inside(struct arena *arena, const char *folder, struct text name)
{
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    return arena_format(arena, "%s%s%.*s", folder, slash, TEXT_ARGS(name)).data;
}

static void
add_pair(struct arena *arena, struct version_pairs *pairs, const char *old, const char *new)
{
    *VECTOR_PUSH(arena, &pairs->list) = (struct version_pair){{old, new}};
}

static int
find_history(const struct command *command, struct arena *arena, const char *folder,
             struct version_pairs *pairs)
{
    struct names_list names = {.list = {NULL, 0, 0}};
    int status = read_folder(command, arena, folder, &names);
    if (status == EXIT_FINE && names.list.count < 2)
        return wrong_use(command, "there is only one version in %s", folder);
    for (size_t i = 1; status == EXIT_FINE && i < names.list.count; i++)
        add_pair(arena, pairs, inside(arena, folder, names.list.at[i - 1]),
                 inside(arena, folder, names.list.at[i]));
    return status;
}

static bool
is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The last version before a file, which may lie in the folder itself. */
static int
find_before(const struct command *command, struct arena *arena, const char *folder,
            const char *file, struct version_pairs *pairs)
{
    struct names_list names = {.list = {NULL, 0, 0}};
    const char *last = NULL;
    int status = read_folder(command, arena, folder, &names);
    for (size_t i = 0; status == EXIT_FINE && i < names.list.count; i++) {
        const char *path = inside(arena, folder, names.list.at[i]);
        if (is_same_file(path, file))
            break;
        last = path;
    }
    if (status == EXIT_FINE && !last)
        return wrong_use(command, "there is no version before %s in %s", file, folder);
    add_pair(arena, pairs, last, file);
    return status;
}

/* Two sorted lists, walked side by side. */
static int
find_both(const struct command *command, struct arena *arena, const char *old, const char *new,
          struct version_pairs *pairs)
{
    struct names_list a = {.list = {NULL, 0, 0}}, b = {.list = {NULL, 0, 0}};
    int status = read_folder(command, arena, old, &a);
    if (status == EXIT_FINE)
        status = read_folder(command, arena, new, &b);
    for (size_t i = 0, k = 0; status == EXIT_FINE && (i < a.list.count || k < b.list.count);) {
        int order = i == a.list.count   ? 1
                    : k == b.list.count ? -1
                                        : text_compare(a.list.at[i], b.list.at[k]);
        add_pair(arena, pairs, order <= 0 ? inside(arena, old, a.list.at[i]) : NULL,
                 order >= 0 ? inside(arena, new, b.list.at[k]) : NULL);
        i += order <= 0;
        k += order >= 0;
    }
    return status;
}

int
versions_find(const struct command *command, struct arena *arena, char *const *operands, int count,
              struct version_pairs *pairs)
{
    const char *old = operands[0], *new = count == 2 ? operands[1] : NULL;
    if (!new)
        return is_folder(old) ? find_history(command, arena, old, pairs)
                              : wrong_use(command, "two policies are needed, the old one first, or "
                                                   "a folder of versions");
    if (is_folder(old) && is_folder(new))
        return find_both(command, arena, old, new, pairs);
    if (is_folder(old))
        return find_before(command, arena, old, new, pairs);
    add_pair(arena, pairs, old, new);
    return EXIT_FINE;
}
