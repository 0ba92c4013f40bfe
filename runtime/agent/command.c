#include "runtime/agent/command.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Letters of options that every command takes; those of a command are counted from FLAG on. */
enum { STORE = 's', POLICY = 'p', KEYS = 'k', TRUST = 't', HELP = 'h', FLAG = 256 };

static const struct option common_options[] = {
    {"store", required_argument, NULL, STORE},
    {"policy", required_argument, NULL, POLICY},
    {"keys", required_argument, NULL, KEYS},
    {"trust", required_argument, NULL, TRUST},
};
enum { COMMON = sizeof common_options / sizeof common_options[0] };

/* Messages ----------------------------------------------------------------------------------- */

void
complain(const struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "avowd %s: ", call->command->name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

int
wrong_use(const struct call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "avowd %s: ", call->command->name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\nTry 'avowd %s --help'.\n", call->command->name);
    va_end(arguments);
    return EXIT_USE;
}

int
store_failed(const struct call *call, const avow_store_error *error)
{
    complain(call, "%s", error->text);
    switch (error->code) {
    case AVOW_STORE_BUSY:
    case AVOW_STORE_UNCERTAIN:
        return EXIT_AGAIN;
    case AVOW_STORE_REFUSED:
    case AVOW_STORE_NOT_FOUND:
        return EXIT_NO;
    default:
        return EXIT_USE;
    }
}

bool
print_done(void)
{
    errno = 0;
    bool before = !ferror(stdout);
    if (fflush(stdout) == 0 && before)
        return true;
    fprintf(stderr, "avowd: cannot write the output: %s\n",
            before && errno ? strerror(errno) : "not all of it arrived");
    clearerr(stdout); /* said: it need not be said again */
    return false;
}

/* How many letters must be changed, added or left out to make one word of the other; `most` + 1 if
 * more than `most`. Words are short. */
static unsigned
distance(const char *one, const char *other, unsigned most)
{
    enum { LONGEST = 40 };
    unsigned row[LONGEST + 1];
    size_t length = strlen(other);
    if (length > LONGEST || strlen(one) > LONGEST)
        return most + 1;
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (; *one; one++) {
        unsigned corner = row[0]++;
        for (size_t j = 1; j <= length; j++) {
            unsigned changed = corner + (*one != other[j - 1]);
            corner = row[j];
            unsigned shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = changed < shorter ? changed : shorter;
        }
    }
    return row[length];
}

const char *
nearest_word(const char *typed, const char *const *words, size_t count)
{
    const char *nearest = NULL;
    unsigned best = 3;
    for (size_t i = 0; i < count; i++) {
        unsigned apart = distance(typed, words[i], best);
        if (apart < best) {
            best = apart;
            nearest = words[i];
        }
    }
    return nearest;
}

/* Help --------------------------------------------------------------------------------------- */

enum { HELP_COLUMN = 21 };

static void
show_flag(const struct flag *flag)
{
    int width =
        printf("  --%s%s%s", flag->name, flag->value ? "=" : "", flag->value ? flag->value : "");
    if (width >= HELP_COLUMN - 1) {
        putchar('\n');
        width = 0;
    }
    for (const char *at = flag->help; at;) {
        int length = (int)strcspn(at, "\n");
        printf("%*s%.*s\n", HELP_COLUMN - width, "", length, at);
        at = at[length] ? at + length + 1 : NULL;
        width = 0;
    }
}

int
show_usage(const struct command *command)
{
    const char *head = "Usage:";
    for (const char *at = command->forms; at;) {
        int length = (int)strcspn(at, "\n");
        printf("%s avowd [PLACE]... %s%s%.*s\n", head, command->name, length ? " " : "", length,
               at);
        at = at[length] ? at + length + 1 : NULL;
        head = "      ";
    }
    fputs(command->about, stdout);
    if (command->examples)
        printf("\n%s", command->examples);
    putchar('\n');
    for (const struct flag *flag = command->flags; flag && flag->name; flag++)
        show_flag(flag);
    show_flag(&(struct flag){"help", NULL, "this text; 'avowd --help' tells about PLACE"});
    printf("\n%s", command->status);
    return print_done() ? EXIT_FINE : EXIT_USE;
}

/* Options ------------------------------------------------------------------------------------ */

static void
take_common(struct place *place, int letter, const char *value)
{
    if (letter == STORE)
        place->store = value;
    else if (letter == POLICY)
        place->policy = value;
    else if (letter == TRUST)
        place->trust = value;
    else
        place->keys = value;
}

int
place_options(struct place *place, int argc, char **argv)
{
    struct option options[COMMON + 2] = {{0}};
    memcpy(options, common_options, sizeof common_options);
    options[COMMON] = (struct option){"help", no_argument, NULL, HELP};
    opterr = 0;
    optind = 0;
    for (int letter; (letter = getopt_long(argc, argv, "+:", options, NULL)) != -1;) {
        if (letter == HELP)
            return 0;
        if (letter != '?' && letter != ':') {
            take_common(place, letter, optarg);
            continue;
        }
        fprintf(stderr,
                letter == ':' ? "avowd: %s needs a value\n" : "avowd: %s is no option here\n",
                argv[optind - 1]);
        fputs("Try 'avowd --help'.\n", stderr);
        return -1;
    }
    return optind;
}

static int
run_checked(const struct call *call)
{
    const struct command *command = call->command;
    if (call->operand_count < command->least || call->operand_count > command->most)
        return wrong_use(call, "%s", command->wanted);
    return command->run(call);
}

int
command_run(struct call *call, int argc, char **argv)
{
    const struct flag *flags = call->command->flags;
    struct option options[FLAGS_MAX + COMMON + 2] = {{0}};
    size_t count = 0;
    for (; flags && flags[count].name; count++)
        options[count] =
            (struct option){flags[count].name, flags[count].value ? required_argument : no_argument,
                            NULL, FLAG + (int)count};
    memcpy(options + count, common_options, sizeof common_options);
    options[count + COMMON] = (struct option){"help", no_argument, NULL, HELP};
    opterr = 0;
    optind = 0;
    for (int letter; (letter = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
        if (letter == HELP)
            return show_usage(call->command);
        if (letter == '?')
            return wrong_use(call, "'%s' is no option here", argv[optind - 1]);
        if (letter == ':')
            return wrong_use(call, "%s needs a value", argv[optind - 1]);
        if (letter >= FLAG)
            call->flag[letter - FLAG] = optarg ? optarg : "";
        else
            take_common(&call->place, letter, optarg);
    }
    call->operands = argv + optind;
    call->operand_count = argc - optind;
    return run_checked(call);
}
