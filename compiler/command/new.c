/* avow new: a first policy, out of a few answers. */
#include "compiler/command/command.h"
#include "compiler/command/first.h"
#include "compiler/command/output.h"

#include <getopt.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const struct option long_options[] = {
    {"title", required_argument, NULL, 't'},
    {"language", required_argument, NULL, 'l'},
    {"contact", required_argument, NULL, 'm'},
    {"accounts", no_argument, NULL, 'A' + FIRST_ACCOUNTS},
    {"support", no_argument, NULL, 'A' + FIRST_SUPPORT},
    {"newsletter", no_argument, NULL, 'A' + FIRST_NEWSLETTER},
    {"cookies", no_argument, NULL, 'A' + FIRST_COOKIES},
    {"calendar", no_argument, NULL, 'A' + FIRST_CALENDAR},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0}};

static const char *const questions[FIRST_PARTS] = {
    [FIRST_ACCOUNTS] = "Can people open an account with you?",
    [FIRST_SUPPORT] = "Does a service answer support requests for you?",
    [FIRST_NEWSLETTER] = "Do you send a newsletter?",
    [FIRST_COOKIES] = "Does your web site set cookies?",
    [FIRST_CALENDAR] = "Do you promise times in business days, rather than in months?",
};

#define USUAL_CONTACT "privacy@example.org"

/* What goes on until both files are written. */
struct job {
    struct arena arena;
    const struct command *command;
    struct first first;
    const char *argument; /* FILE as it was given */
    bool has_options;
    struct text path, calendar_path;
};

/* --- Questions ---------------------------------------------------------------------------------
 */

/* Reads a line into *answer, without its end; what was there stays if nothing was typed. False
 * after a message if there is no more to read. */
static bool
read_answer(struct job *job, struct text *answer)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, stdin);
    if (length >= 0) {
        struct text typed = text_trim((struct text){line, (size_t)length});
        if (typed.length > 0)
            *answer = arena_text(&job->arena, typed);
    } else {
        fprintf(stderr, "\navow new: the questions were not all answered, so nothing is written\n");
    }
    free(line);
    return length >= 0;
}

/* Asks until the answer has no problem; problem gives NULL or the end of a sentence about `what`.
 */
static bool
ask_text(struct job *job, const char *what, const char *(*problem)(struct text),
         struct text *answer)
{
    struct text usual = *answer;
    for (;;) {
        *answer = usual;
        printf("%s [%.*s]: ", what, TEXT_ARGS(usual));
        fflush(stdout);
        if (!read_answer(job, answer))
            return false;
        const char *wrong = problem(*answer);
        if (!wrong)
            return true;
        printf("  That %s.\n", wrong);
    }
}

static const char *
language_problem(struct text language)
{
    return first_language(language) ? NULL : "is neither en (English) nor de (German)";
}

static const char *
yes_or_no_problem(struct text answer)
{
    static const char *const known[] = {"y", "yes", "j", "ja", "n", "no", "nein"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (text_equal_folded(answer, text_of(known[i])))
            return NULL;
    return "is neither yes nor no";
}

static bool
ask_everything(struct job *job)
{
    struct first *first = &job->first;
    printf("This writes a first policy, %.*s. A few questions; Return takes what stands in "
           "brackets.\n\n",
           TEXT_ARGS(job->path));
    if (!ask_text(job, "Language of the page, en or de", language_problem, &first->language))
        return false;
    first->title = first_usual_title(first->language);
    if (!ask_text(job, "Title of the page", first_title_problem, &first->title) ||
        !ask_text(job, "E-mail address for questions about privacy", first_contact_problem,
                  &first->contact))
        return false;
    for (int i = 0; i < FIRST_PARTS; i++) {
        struct text answer = TEXT("no");
        if (!ask_text(job, questions[i], yes_or_no_problem, &answer))
            return false;
        first->has[i] = !strchr("nN", answer.data[0]);
    }
    putchar('\n');
    return true;
}

/* --- Files -------------------------------------------------------------------------------------
 */

static void
name_files(struct job *job)
{
    struct arena *arena = &job->arena;
    struct text path = text_of(job->argument);
    struct text ending = TEXT(".policy");
    if (path.length <= ending.length ||
        memcmp(path.data + path.length - ending.length, ending.data, ending.length) != 0)
        path = arena_format(arena, "%.*s.policy", TEXT_ARGS(path));
    job->path = arena_text(arena, path);
    const char *slash = strrchr(job->path.data, '/');
    size_t folder = slash ? (size_t)(slash - job->path.data) + 1 : 0;
    struct text name = {path.data + folder, path.length - folder - ending.length};
    job->first.id = first_id(arena, name);
    struct text calendar = first_calendar_name(arena, &job->first);
    job->calendar_path =
        arena_format(arena, "%.*s%.*s", (int)folder, path.data, TEXT_ARGS(calendar));
}

/* The calendar first: without it the policy would not compile. */
static int
write_files(struct job *job)
{
    struct text policy = first_policy(&job->arena, &job->first);
    bool has_calendar = job->first.has[FIRST_CALENDAR];
    if (access(job->path.data, F_OK) == 0)
        return file_create(job->path, policy) ? EXIT_FINE : EXIT_USE; /* says that it is there */
    if (has_calendar && !file_create(job->calendar_path, first_calendar(&job->arena, &job->first)))
        return EXIT_USE;
    if (file_create(job->path, policy))
        return EXIT_FINE;
    if (has_calendar)
        unlink(job->calendar_path.data);
    return EXIT_USE;
}

/* As a shell takes it for one word. */
static struct text
shell_word(struct arena *arena, struct text word)
{
    struct buffer out = buffer_in(arena);
    buffer_char(&out, '\'');
    bool plain = true;
    for (size_t i = 0; i < word.length; i++) {
        char c = word.data[i];
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || strchr("./-_", c));
        if (c == '\'')
            buffer_string(&out, "'\\'");
        buffer_char(&out, c);
    }
    buffer_char(&out, '\'');
    return plain ? word : buffer_text(&out);
}

static int
say_what_is_next(struct job *job)
{
    struct buffer out = buffer_in(&job->arena);
    struct text word = shell_word(&job->arena, job->path);
    if (job->first.has[FIRST_CALENDAR])
        buffer_format(&out,
                      "Written: %.*s, and its calendar, %.*s. Add your holidays to the calendar.\n",
                      TEXT_ARGS(job->path), TEXT_ARGS(job->calendar_path));
    else
        buffer_format(&out, "Written: %.*s.\n", TEXT_ARGS(job->path));
    if (text_equal(job->first.contact, TEXT(USUAL_CONTACT)))
        buffer_string(&out, "The address in it is " USUAL_CONTACT ": put yours in its place.\n");
    buffer_format(&out,
                  "\nOpen it in a text editor, and make it true of you. Then\n\n"
                  "  avow check %.*s              says whether everything fits\n"
                  "  avow build %.*s --out out    makes the page, out/%.*s.html\n",
                  TEXT_ARGS(word), TEXT_ARGS(word), TEXT_ARGS(job->first.id));
    return print_text(stdout, buffer_text(&out)) ? EXIT_FINE : EXIT_USE;
}

/* --- Options -----------------------------------------------------------------------------------
 */

static int
take_option(struct job *job, int letter)
{
    struct first *first = &job->first;
    const char *wrong = NULL;
    switch (letter) {
    case 't':
        first->title = text_of(optarg);
        wrong = first_title_problem(first->title);
        return wrong ? wrong_use(job->command, "the title %s", wrong) : EXIT_FINE;
    case 'm':
        first->contact = text_of(optarg);
        wrong = first_contact_problem(first->contact);
        return wrong ? wrong_use(job->command, "--contact: '%s' %s", optarg, wrong) : EXIT_FINE;
    case 'l':
        first->language = text_of(optarg);
        wrong = language_problem(first->language);
        return wrong ? wrong_use(job->command, "--language: '%s' %s", optarg, wrong) : EXIT_FINE;
    case '?':
        return wrong_use(job->command,
                         "that option is not known here, or lacks what belongs to it");
    default:
        first->has[letter - 'A'] = true;
        return EXIT_FINE;
    }
}

/* The day in SOURCE_DATE_EPOCH, for whoever wants the same file again, or today. */
static void
take_today(struct first *first)
{
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    time_t now = fixed ? (time_t)strtoll(fixed, NULL, 10) : time(NULL);
    struct tm day = {0};
    if (fixed)
        gmtime_r(&now, &day);
    else
        localtime_r(&now, &day);
    first->year = day.tm_year + 1900;
    first->month = day.tm_mon + 1;
    first->day = day.tm_mday;
}

static int
make(struct job *job)
{
    struct first *first = &job->first;
    if (setjmp(job->arena.out_of_memory) != 0) {
        fputs("avow: out of memory\n", stderr);
        return EXIT_USE;
    }
    take_today(first);
    name_files(job);
    if (!job->has_options && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        if (access(job->path.data, F_OK) != 0 && !ask_everything(job))
            return EXIT_USE;
    } else if (first->title.length == 0) {
        first->title = first_usual_title(first->language);
    }
    int status = write_files(job);
    return status == EXIT_FINE ? say_what_is_next(job) : status;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct job job = {.command = command,
                      .first = {.contact = TEXT(USUAL_CONTACT), .language = TEXT("en")}};
    int letter;
    while ((letter = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (take_option(&job, letter) != EXIT_FINE)
            return EXIT_USE;
        job.has_options = true;
    }
    if (optind + 1 != argc)
        return wrong_use(command, optind == argc ? "give the file a name, such as acme.policy"
                                                 : "one file at a time");
    job.argument = argv[optind];
    if (job.argument[0] == '\0' || job.argument[strlen(job.argument) - 1] == '/')
        return wrong_use(command, "'%s' is no name for a file", job.argument);
    arena_init(&job.arena);
    int status = make(&job);
    arena_free(&job.arena);
    return status;
}

const struct command new_command = {
    "new", "write a first policy, with comments that teach",
    "Usage: avow new [OPTION]... FILE\n"
    "Writes a policy that compiles as it is, for you to change: words, clauses and an example, "
    "each\n"
    "with a comment. In a terminal and without options it asks a few questions. A file that is "
    "there\n"
    "already is never overwritten.\n\n"
    "  --title TEXT      heading of the page\n"
    "  --language LANG   language of the page: en (English) or de (German)\n"
    "  --contact MAIL    e-mail address for questions about privacy\n"
    "  --accounts        people can open an account\n"
    "  --support         a service answers support requests\n"
    "  --newsletter      a newsletter, for those who ask for it\n"
    "  --cookies         a web site that sets cookies\n"
    "  --calendar        times in business days, with a file for working days and holidays\n"
    "  --help            this text\n\n"
    "Exit status: 0 written, 2 wrong use, or a file cannot be written.\n",
    run};
