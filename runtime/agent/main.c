/* avowd: argv to a table of commands. */
#include "runtime/agent/command.h"

#include <signal.h>
#include <string.h>

static const struct command *const commands[] = {
    &init_command,   &record_command,         &done_command,    &ask_command,
    &status_command, &filter_command,         &import_command,  &export_command,
    &duties_command, &held_command,           &gone_command,    &expired_command,
    &link_command,   &link_for_command,       &forget_command,  &map_command,
    &key_command,    &ledger_command,         &receipt_command, &doctor_command,
    &serve_command,  &postfix_config_command, &token_command,   &rollback_command,
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int
show_help(void)
{
    printf("Usage: avowd [PLACE]... COMMAND [OPTION]...\n"
           "Remembers who has refused or agreed to what, and says before you act whether you may.\n"
           "What people ask for stands in a policy, which avow compiles.\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-15s %s\n", commands[i]->name, commands[i]->summary);
    printf(
        "\nPLACE is:\n"
        "  --store=URL    sqlite:FILE or postgresql://HOST/DATABASE; a password stands in a file:\n"
        "                 see libpq's passfile and service, or in avowd(8)\n"
        "  --policy=FILE  ID.avow, as 'avow build' makes it\n"
        "  --keys=DIR     folder of the keys: without them the store knows nobody. By default\n"
        "                 FILE.keys beside an SQLite database\n"
        "  --trust=FILE   public keys: only a policy that one of them has signed is obeyed\n"
        "\n  --help         this list; 'avowd COMMAND --help' tells more\n"
        "  --version      version and licence\n\n"
        "An address is joe@shop.example, a telephone number with its country (+49 30 1234567),\n"
        "or id:TEXT for somebody by your own number.\n\n"
        "Exit status: 0 fine; 1 the answer is no, or something is to be done; 2 wrong use, or\n"
        "something cannot be read or written; 3 the store is busy: try again.\n");
    return EXIT_FINE;
}

static int
show_version(void)
{
    puts("avowd " AVOW_VERSION "\nLicence: Apache-2.0");
    return EXIT_FINE;
}

static int
unknown_command(const char *word)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i]->name;
    const char *nearest = nearest_word(word, names, COMMAND_COUNT);
    fprintf(stderr, "avowd: there is no command '%s'", word);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?\n", nearest);
    else
        fputs("; try 'avowd --help'\n", stderr);
    return EXIT_USE;
}

static int
run(int argc, char **argv)
{
    struct call call = {0};
    /* These two stand alone, as in avow. */
    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
                      strcmp(argv[1], "help") == 0))
        return show_help();
    if (argc >= 2 && strcmp(argv[1], "--version") == 0)
        return show_version();
    int first = place_options(&call.place, argc, argv);
    if (first <= 0)
        return first == 0 ? show_help() : EXIT_USE;
    if (first >= argc) {
        fputs("avowd: no command given; try 'avowd --help'\n", stderr);
        return EXIT_USE;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[first], commands[i]->name) == 0) {
            call.command = commands[i];
            return command_run(&call, argc - first, argv + first);
        }
    }
    return unknown_command(argv[first]);
}

int
main(int argc, char **argv)
{
    /* A closed pipe is an error of writing, reported like any other. */
    signal(SIGPIPE, SIG_IGN);
    int status = run(argc, argv);
    return print_done() ? status : EXIT_USE;
}
