/* The commands of avow: one file each, one row each in the table of commands.c. */
#ifndef AVOW_COMMAND_COMMAND_H
#define AVOW_COMMAND_COMMAND_H

#include "compiler/compile.h"

#include <stdio.h>

enum exit_status {
    EXIT_FINE = 0,
    EXIT_NO = 1, /* the policy has errors, or the answer is no */
    EXIT_USE = 2 /* wrong use, or a file that cannot be read or written */
};

struct command {
    const char *name;
    const char *summary; /* one line of `avow --help` */
    const char *usage;   /* what `avow NAME --help` prints */
    /* argv[0] is the command's name; gives an exit_status. */
    int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command build_command, check_command, ask_command, explain_command,
    format_command, test_command, matrix_command, coverage_command, new_command, sign_command,
    compare_command, approve_command;

/* When diagnostics and answers use colour. */
enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* Reads "auto", "always", "never" into *colour; false if it is none of them. */
bool colour_parse(const char *word, enum colour *colour);

/* Whether to colour what goes to a stream: a terminal, NO_COLOR unset, TERM not dumb. */
bool colour_on(enum colour colour, FILE *stream);

/* Columns that standard output has: those of COLUMNS, else of the terminal, else 80; at least 40
 * and at most so many. */
unsigned output_width(unsigned most);

/* Writes what the compilation has to say to standard error. */
void report(const struct compilation *compilation, enum colour colour);

/* The exit status of a compilation: EXIT_FINE, EXIT_NO, or EXIT_USE if the file was not there. */
int compilation_status(const struct compilation *compilation);

/* Compiles and reports the errors: for commands that ask a policy something. EXIT_FINE: go on. Else
 * the caller frees the compilation and exits. */
int compile_and_report(struct compilation *compilation, const char *path, enum stage stage,
                       enum colour colour);

/* Compiles, reports the errors and, if there were none, hands the policy on. Gives the exit status:
 * that of `work`, which may run out of the compilation's memory. */
int with_policy(const struct command *command, const char *path, enum stage stage,
                enum colour colour,
                int (*work)(struct compilation *compilation, const void *options),
                const void *options);

/* As compile_and_report with warnings, as far as they are wanted: for commands that work on the
 * policy. */
int compile_and_warn(struct compilation *compilation, const char *path, enum stage stage,
                     enum colour colour, const struct control *control);

/* Reads what -W or -E was given; EXIT_FINE, or EXIT_USE after a message. */
int control_option(const struct command *command, int letter, const char *list,
                   struct control *control);

/* What --help says of -W and -E. */
#define CONTROL_USAGE                                                                              \
    "  -W CODE        do not give this warning, such as W01, or several parted by commas, or "     \
    "all\n"                                                                                        \
    "  -E CODE        take this warning for an error, likewise; the last option counts\n"

/* One line to standard error that names the command and points to its help; gives EXIT_USE. */
int wrong_use(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints the usage to standard output; gives EXIT_FINE. */
int show_usage(const struct command *command);

/* Writes a text to a stream and flushes it; false if it did not arrive, which for standard output
 * is reported. */
bool print_text(FILE *stream, struct text text);

#endif
