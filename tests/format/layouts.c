/* Holds the formatter to its word on random policies in random layouts:
 *
 * layouts FIRST COUNT FOLDER   policies by seed; FOLDER holds calendar.yaml
 *
 * What is formatted says the same (the dump of its model, its comments), stays as it is when it is
 * formatted again, and does not depend on the layout. A failing one is left in FOLDER.
 * Exit 0: fine, 1: not, 2: wrong use. */
#include "compiler/compile.h"
#include "compiler/syntax/format.h"
#include "tests/format/scramble.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct trial {
    struct arena *arena;
    struct text path;  /* where the policy would be */
    struct text model; /* dump of the policy as it was generated; empty if it has no model */
};

static bool
complain(const char *what)
{
    printf("%s\n", what);
    return false;
}

static struct text
form_of(struct trial *trial, struct compilation *c)
{
    if (setjmp(c->arena.out_of_memory) != 0)
        return TEXT("");
    struct text form = format_policy(&c->arena, &c->sources, c->source);
    bool faithful = format_is_faithful(&c->arena, c->tree, form);
    return faithful ? arena_text(trial->arena, form) : TEXT("");
}

/* The text in its canonical form; empty if it cannot be read, or the form is not faithful. */
static struct text
formatted(struct trial *trial, struct text text)
{
    struct compilation c;
    bool read = compile_text(&c, trial->path, text, STAGE_TREE) && c.diagnostics.errors == 0;
    struct text form = read ? form_of(trial, &c) : TEXT("");
    compilation_free(&c);
    return form;
}

static struct text
dump(struct trial *trial, struct compilation *c)
{
    if (setjmp(c->arena.out_of_memory) != 0)
        return TEXT("");
    struct buffer out = buffer_in(&c->arena);
    model_dump(c->model, &out);
    return arena_text(trial->arena, buffer_text(&out));
}

/* The dump of the model that a text has; empty if there is none, since something in it is wrong. */
static struct text
model_of(struct trial *trial, struct text text)
{
    struct compilation c;
    bool made = compile_text(&c, trial->path, text, STAGE_MODEL) && c.diagnostics.errors == 0;
    struct text model = made ? dump(trial, &c) : TEXT("");
    compilation_free(&c);
    return model;
}

static bool
has_model(struct trial *trial, struct text text)
{
    return text_equal(model_of(trial, text), trial->model);
}

/* Comments 1 to count, in their order. */
static bool
has_comments(struct text text, unsigned count)
{
    const char *at = text.data;
    for (unsigned i = 1; i <= count; i++) {
        char mark[16], spaced[16];
        snprintf(mark, sizeof mark, "#c%u", i);
        snprintf(spaced, sizeof spaced, "# c%u", i);
        const char *one = strstr(at, mark), *other = strstr(at, spaced);
        if (!one && !other)
            return false;
        at = !other || (one && one < other) ? one : other;
        at += 2;
    }
    return true;
}

/* Rules without quoted words can always be broken. */
static bool
fits(struct text text)
{
    for (size_t at = 0; at < text.length;) {
        const char *line = text.data + at, *end = memchr(line, '\n', text.length - at);
        size_t length = end ? (size_t)(end - line) : text.length - at;
        bool quoted = memchr(line, '"', length),
             other = memchr(line, '>', length) || memchr(line, '#', length);
        if (!quoted && !other && length > FORMAT_COLUMNS + 1)
            return false;
        at += length + 1;
    }
    return true;
}

static bool
try_layout(struct trial *trial, struct text layout, unsigned comments)
{
    if (!has_model(trial, layout))
        return complain("the layout itself changed the policy");
    struct text form = formatted(trial, layout);
    if (form.length == 0)
        return complain("not formatted");
    if (!has_model(trial, form))
        return complain("the model is another one");
    if (!has_comments(form, comments))
        return complain("comments are lost");
    if (!fits(form))
        return complain("a line is too long");
    if (!text_equal(form, formatted(trial, form)))
        return complain("formatted again it changes");
    return true;
}

/* Without the lines that hold nothing, or only a comment. */
static struct text
squeezed(struct arena *arena, struct text text)
{
    struct buffer out = buffer_in(arena);
    while (text.length > 0) {
        const char *end = memchr(text.data, '\n', text.length);
        size_t length = end ? (size_t)(end - text.data) + 1 : text.length;
        struct text line = {text.data, length};
        struct text words = text_trim(line);
        if (words.length > 0 && words.data[0] != '#')
            buffer_add(&out, line);
        text = (struct text){text.data + length, text.length - length};
    }
    return buffer_text(&out);
}

/* Without empty lines and comments the form depends on the words alone; line ends stay. */
static bool
is_independent(struct trial *trial, struct text policy, struct text layout)
{
    struct buffer plain = buffer_in(trial->arena);
    struct text form = formatted(trial, layout);
    for (size_t i = 0; i < form.length; i++)
        if (form.data[i] != '\r')
            buffer_char(&plain, form.data[i]);
    struct text wanted = formatted(trial, squeezed(trial->arena, policy));
    return text_equal(buffer_text(&plain), wanted) || complain("the form depends on the layout");
}

static bool
save(const char *folder, uint64_t seed, struct text text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/layout-%" PRIu64 ".policy", folder, seed);
    FILE *file = fopen(path, "wb");
    bool written = file && fwrite(text.data, 1, text.length, file) == text.length;
    return file && fclose(file) == 0 && written;
}

static bool
try_policy(struct trial *trial, struct text policy, const char *folder, uint64_t seed)
{
    struct random random = random_from(seed);
    struct buffer ugly = buffer_in(trial->arena), bare = buffer_in(trial->arena);
    unsigned comments = scramble(&random, policy, true, &ugly);
    (void)scramble(&random, policy, false, &bare);
    buffer_char(&ugly, '\0'); /* for has_comments */
    ugly.length--;
    if (!try_layout(trial, buffer_text(&ugly), comments)) {
        (void)save(folder, seed, buffer_text(&ugly));
        return false;
    }
    if (try_layout(trial, policy, 0) && is_independent(trial, policy, buffer_text(&bare)))
        return true;
    (void)save(folder, seed, buffer_text(&bare));
    return false;
}

static bool
try_seed(const char *folder, uint64_t seed, unsigned *models)
{
    struct arena arena;
    arena_init(&arena);
    bool fine = setjmp(arena.out_of_memory) == 0;
    if (fine) {
        struct buffer policy = buffer_in(&arena);
        generate_policy(seed, &policy);
        struct trial trial = {&arena, arena_format(&arena, "%s/layout.policy", folder), TEXT("")};
        trial.model = model_of(&trial, buffer_text(&policy));
        *models += trial.model.length > 0;
        fine = try_policy(&trial, buffer_text(&policy), folder, seed);
    }
    if (!fine)
        printf("seed %" PRIu64 " failed; its layout is in %s\n", seed, folder);
    arena_free(&arena);
    return fine;
}

int
main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "use: layouts FIRST COUNT FOLDER\n");
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 10), end = seed + strtoull(argv[2], NULL, 10);
    unsigned failed = 0, tried = 0, models = 0;
    for (; seed < end && failed < 5; seed++, tried++)
        failed += !try_seed(argv[3], seed, &models);
    printf("tried %u, with a model %u\n", tried, models);
    return failed > 0;
}
