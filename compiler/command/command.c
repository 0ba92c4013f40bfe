#include "compiler/command/command.h"

#include "compiler/diag/explain.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool
colour_parse(const char *word, enum colour *colour)
{
    static const char *const words[] = {"auto", "always", "never"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, words[i]) == 0) {
            *colour = (enum colour)i;
            return true;
        }
    }
    return false;
}

/* NO_COLOR: https://no-color.org */
bool
colour_on(enum colour colour, FILE *stream)
{
    if (colour != COLOUR_AUTO)
        return colour == COLOUR_ALWAYS;
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    if (no_colour && *no_colour)
        return false;
    return isatty(fileno(stream)) && terminal && strcmp(terminal, "dumb") != 0;
}

unsigned
output_width(unsigned most)
{
    enum { LEAST = 40, USUAL = 80 };
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    if (width <= 0)
        width = USUAL;
    return width < LEAST ? LEAST : width > (long)most ? most : (unsigned)width;
}

bool
print_text(FILE *stream, struct text text)
{
    errno = 0;
    if (fwrite(text.data ? text.data : "", 1, text.length, stream) == text.length &&
        fflush(stream) == 0)
        return true;
    if (stream == stdout)
        fprintf(stderr, "avow: cannot write the output: %s\n", strerror(errno ? errno : EIO));
    clearerr(stream); /* reported: main does not say it again */
    return false;
}

void
report(const struct compilation *compilation, enum colour colour)
{
    if (compilation->diagnostics.list.count == 0)
        return;
    /* Memory of its own: what it renders stays untouched. */
    struct arena scratch;
    arena_init(&scratch);
    if (setjmp(scratch.out_of_memory) != 0) {
        fputs("avow: out of memory while reporting errors\n", stderr);
        arena_free(&scratch);
        return;
    }
    struct buffer out = buffer_in(&scratch);
    diagnostics_render(&compilation->diagnostics, &compilation->sources, colour_on(colour, stderr),
                       &out);
    size_t errors = compilation->diagnostics.errors, warnings = compilation->diagnostics.warnings;
    buffer_format(&out, "\n%zu error%s, %zu warning%s.\n", errors, errors == 1 ? "" : "s", warnings,
                  warnings == 1 ? "" : "s");
    (void)print_text(stderr, buffer_text(&out));
    arena_free(&scratch);
}

int
compilation_status(const struct compilation *compilation)
{
    if (compilation->diagnostics.errors == 0)
        return EXIT_FINE;
    const struct diagnostic *first = compilation->diagnostics.list.at;
    return compilation->source == NONE && first->code == E_FILE ? EXIT_USE : EXIT_NO;
}

int
compile_and_report(struct compilation *compilation, const char *path, enum stage stage,
                   enum colour colour)
{
    struct control control = control_quiet();
    return compile_and_warn(compilation, path, stage, colour, &control);
}

int
control_option(const struct command *command, int letter, const char *list, struct control *control)
{
    struct text wrong;
    enum code code;
    if (control_read(control, text_of(list), letter == 'W' ? TREAT_OFF : TREAT_AS_ERROR, &wrong))
        return EXIT_FINE;
    if (code_find(wrong, &code))
        return wrong_use(command, "%s is an error already; -%c is for warnings", code_number(code),
                         letter);
    return wrong_use(command, "-%c takes codes of warnings, such as W01, or 'all', not '%.*s'",
                     letter, TEXT_ARGS(wrong));
}

int
compile_and_warn(struct compilation *compilation, const char *path, enum stage stage,
                 enum colour colour, const struct control *control)
{
    if (!compile_controlled(compilation, text_of(path), stage, control)) {
        fprintf(stderr, "avow: %s: out of memory\n", path);
        return EXIT_USE;
    }
    report(compilation, colour);
    return compilation_status(compilation);
}

static int
work_on(const struct command *command, struct compilation *compilation,
        int (*work)(struct compilation *compilation, const void *options), const void *options)
{
    if (setjmp(compilation->arena.out_of_memory) == 0)
        return work(compilation, options);
    fprintf(stderr, "avow %s: out of memory\n", command->name);
    return EXIT_USE;
}

int
with_policy(const struct command *command, const char *path, enum stage stage, enum colour colour,
            int (*work)(struct compilation *compilation, const void *options), const void *options)
{
    struct compilation compilation;
    int status = compile_and_report(&compilation, path, stage, colour);
    if (status == EXIT_FINE)
        status = work_on(command, &compilation, work, options);
    compilation_free(&compilation);
    return status;
}

int
wrong_use(const struct command *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "avow %s: ", command->name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\nTry 'avow %s --help'.\n", command->name);
    va_end(arguments);
    return EXIT_USE;
}

int
show_usage(const struct command *command)
{
    return print_text(stdout, text_of(command->usage)) ? EXIT_FINE : EXIT_USE;
}
