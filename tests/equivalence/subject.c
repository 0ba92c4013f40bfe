#include "tests/equivalence/subject.h"

#include "compiler/table/table.h"
#include "tests/equivalence/generate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPAIRS_MAX = 24 };

static void
print_diagnostics(const struct compilation *c)
{
    struct arena arena;
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) == 0) {
        struct buffer out = buffer_in(&arena);
        diagnostics_render(&c->diagnostics, &c->sources, false, &out);
        fwrite(out.data, 1, out.length, stderr);
    }
    arena_free(&arena);
}

/* Memory of its own for the bundle, as a service has it. */
static bool
open_bundle(struct subject *subject)
{
    struct compilation *c = &subject->compilation;
    if (setjmp(c->arena.out_of_memory) != 0)
        return false;
    struct image image = image_make(&c->arena, c->model);
    struct buffer out = buffer_in(&c->arena);
    table_bundle(c->model, &image, &out);
    subject->bundle = aligned_alloc(64, (out.length + 63) & ~(size_t)63);
    if (!subject->bundle)
        return false;
    memcpy(subject->bundle, out.data, out.length);
    subject->bundle_size = out.length;
    avow_error error;
    subject->table = avow_open(subject->bundle, out.length, &error);
    if (!subject->table)
        fprintf(stderr, "the core refuses the bundle: %s\n", avow_error_text(error));
    return subject->table != NULL;
}

bool
subject_load(struct subject *subject, const char *path)
{
    *subject = (struct subject){.bundle = NULL};
    if (!compile(&subject->compilation, text_of(path), STAGE_CHECKED) ||
        subject->compilation.diagnostics.errors > 0) {
        print_diagnostics(&subject->compilation);
        return false;
    }
    subject->model = subject->compilation.model;
    return open_bundle(subject);
}

/* Errors that chance brings into a policy whose every sentence is well formed. */
static bool
is_accident(enum code code)
{
    return code == E_DEAD_PERMISSION || code == E_DUTY_CONFLICT || code == E_NOTHING_LEFT ||
           code == E_IMPOSSIBLE_DUTY || code == E_KEPT_LONGER ||
           code == E_NO_DEADLINE; /* of a duty that was taken out */
}

/* Blanks the lines on which accidents stand; false if there was any other error, or none. */
static bool
take_out(const struct compilation *c, char *text, size_t length)
{
    bool changed = false;
    for (size_t i = 0; i < c->diagnostics.list.count; i++) {
        const struct diagnostic *d = &c->diagnostics.list.at[i];
        if (code_severity(d->code) != ERROR)
            continue;
        if (!is_accident(d->code) || d->span.source != c->source)
            return false;
        size_t at = d->span.begin;
        while (at > 0 && text[at - 1] != '\n')
            at--;
        for (; at < length && text[at] != '\n'; at++)
            text[at] = ' ';
        changed = true;
    }
    return changed;
}

static char *
generate_text(uint64_t seed, size_t *length)
{
    struct arena arena;
    char *volatile text = NULL; /* set between setjmp and a longjmp */
    arena_init(&arena);
    if (setjmp(arena.out_of_memory) == 0) {
        struct buffer out = buffer_in(&arena);
        generate_policy(seed, &out);
        *length = out.length;
        text = malloc(out.length + 1);
        if (text) {
            memcpy(text, out.data, out.length);
            text[out.length] = '\0';
        }
    }
    arena_free(&arena);
    return text;
}

static bool
compile_with_repairs(struct subject *subject, struct text path, char *text, size_t length)
{
    struct compilation *c = &subject->compilation;
    for (int round = 0; round < REPAIRS_MAX; round++) {
        if (!compile_text(c, path, (struct text){text, length}, STAGE_CHECKED))
            return false;
        if (c->diagnostics.errors == 0)
            return true;
        if (!take_out(c, text, length))
            break;
        compilation_free(c);
    }
    print_diagnostics(c);
    return false;
}

bool
subject_generate(struct subject *subject, const char *folder, uint64_t seed, char **text_out)
{
    size_t length = 0;
    char *text = generate_text(seed, &length);
    *subject = (struct subject){.bundle = NULL};
    if (!text)
        return false;
    snprintf(subject->path, sizeof subject->path, "%s/random-%" PRIu64 ".policy", folder, seed);
    bool fine = compile_with_repairs(subject, text_of(subject->path), text, length);
    if (fine) {
        subject->model = subject->compilation.model;
        fine = open_bundle(subject);
    }
    *text_out = text;
    return fine;
}

void
subject_free(struct subject *subject)
{
    free(subject->bundle);
    compilation_free(&subject->compilation);
    *subject = (struct subject){.bundle = NULL};
}
