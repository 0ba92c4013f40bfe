/* avow: argv to a table of commands. */
#include "compiler/command/command.h"

#include <signal.h>

static const struct command *const commands[] = {
    &new_command,      &check_command,   &build_command,   &ask_command,
    &format_command,   &explain_command, &test_command,    &matrix_command,
    &coverage_command, &compare_command, &approve_command, &sign_command,
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int
show_help(void)
{
    printf("Usage: avow COMMAND [OPTION]... FILE...\n"
           "One .policy file becomes the privacy page and the table that services obey.\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-8s %s\n", commands[i]->name, commands[i]->summary);
    printf("\n  --help      this list; 'avow COMMAND --help' tells more\n"
           "  --version   version and licence\n\n"
           "Exit status: 0 fine; 1 the policy has errors or the answer is no; 2 wrong use, or a\n"
           "file that cannot be read or written.\n");
    return EXIT_FINE;
}

static int
show_version(void)
{
    puts("avow " AVOW_VERSION "\nLicence: Apache-2.0");
    return EXIT_FINE;
}

static int
unknown_command(const char *word)
{
    const struct command *nearest = NULL;
    unsigned best = 3;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        unsigned distance = text_distance(text_of(word), text_of(commands[i]->name), 2);
        if (distance < best) {
            best = distance;
            nearest = commands[i];
        }
    }
    fprintf(stderr, "avow: there is no command '%s'", word);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?\n", nearest->name);
    else
        fputs("; try 'avow --help'\n", stderr);
    return EXIT_USE;
}

static int
run(int argc, char **argv)
{
    if (argc < 2) {
        fputs("avow: no command given; try 'avow --help'\n", stderr);
        return EXIT_USE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
        return show_help();
    if (strcmp(word, "--version") == 0)
        return show_version();
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(word, commands[i]->name) == 0)
            return commands[i]->run(commands[i], argc - 1, argv + 1);
    return unknown_command(word);
}

int
main(int argc, char **argv)
{
    /* A closed pipe is an error of writing, reported like any other. */
    signal(SIGPIPE, SIG_IGN);
    int status = run(argc, argv);
    bool written = !ferror(stdout);
    if (print_text(stdout, TEXT("")) && written)
        return status;
    if (!written)
        fputs("avow: cannot write the output: not all of it arrived\n", stderr);
    return EXIT_USE;
}
