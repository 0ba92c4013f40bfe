/* The commands of avowd: one file each in command/, one row each in the table of main.c.
 *
 * A command says what it takes in a table, out of which its options are read and its --help is
 * written: what is not listed there is neither taken nor shown. */
#ifndef AVOW_AGENT_COMMAND_H
#define AVOW_AGENT_COMMAND_H

#include "runtime/avow_store.h"

#include <stdio.h>

enum exit_status {
    EXIT_FINE = 0,
    EXIT_NO = 1,   /* the answer is no, or something has to be done */
    EXIT_USE = 2,  /* wrong use, or something that cannot be read or written */
    EXIT_AGAIN = 3 /* the store is busy, or it is not certain what became of it: do it again */
};

/* Where everything is. */
struct place {
    const char *store, *policy, *keys, *trust; /* as given; NULL: not */
};

/* An option of a command. */
struct flag {
    const char *name;  /* without its hyphens; NULL ends the list */
    const char *value; /* the word that help has for its value; NULL: it takes none */
    const char *help;  /* lines parted by '\n' */
};

enum { FLAGS_MAX = 12 };

/* A command as it was called. */
struct call {
    const struct command *command;
    struct place place;
    const char *flag[FLAGS_MAX]; /* in the order of its table: the value, "" if it takes none, or
                                    NULL if it was not given; of several the last counts */
    char **operands;
    int operand_count;
};

struct command {
    const char *name;
    const char *summary;  /* one line of `avowd --help` */
    const char *forms;    /* what follows the name, one line a form */
    const char *about;    /* what --help tells, with a line feed at the end */
    const char *examples; /* the same, or NULL */
    const char *status;   /* of its exit */
    const struct flag *flags;
    int least, most;    /* operands */
    const char *wanted; /* "an address is needed": when their number is another */
    int (*run)(const struct call *call);
};

extern const struct command ask_command, doctor_command, done_command, duties_command,
    expired_command, export_command, filter_command, forget_command, gone_command, held_command,
    import_command, init_command, key_command, ledger_command, link_command, link_for_command,
    map_command, postfix_config_command, receipt_command, record_command, rollback_command,
    serve_command, status_command, token_command;

/* Reads what stands behind the command's name into *call and runs the command; argv[0] is the name,
 * and call->place what was given before it. Gives an exit_status. */
int command_run(struct call *call, int argc, char **argv);

/* Reads options that every command takes, up to the first word that is none. Gives its index, 0 if
 * help is wanted, or one less than 0 after a message. */
int place_options(struct place *place, int argc, char **argv);

/* Prints what `avowd NAME --help` shows; gives an exit_status. */
int show_usage(const struct command *command);

/* A line to standard error that names the command and points to its help; gives EXIT_USE. */
int wrong_use(const struct call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A line to standard error that names the command. */
void complain(const struct call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says what the store said, and gives the exit status for it. */
int store_failed(const struct call *call, const avow_store_error *error);

/* Whether all that was printed has arrived at standard output; otherwise says so. */
bool print_done(void);

/* Of several words the one that is meant, or NULL. Between what was typed and a word meant lie two
 * slips at most. */
const char *nearest_word(const char *typed, const char *const *words, size_t count);

#endif
