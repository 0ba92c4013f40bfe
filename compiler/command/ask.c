/* avow ask: what the policy says to one question, or to many. */
#include "compiler/command/command.h"
#include "compiler/question/json.h"
#include "compiler/question/say.h"
#include "compiler/syntax/load.h"

#include <errno.h>
#include <getopt.h>

struct options {
    enum colour colour;
    bool batch, why, json;
    const char *file;
    const char *question;
};

static const struct option long_options[] = {{"batch", no_argument, NULL, 'b'},
                                             {"color", required_argument, NULL, 'c'},
                                             {"colour", required_argument, NULL, 'c'},
                                             {"format", required_argument, NULL, 'f'},
                                             {"help", no_argument, NULL, 'h'},
                                             {"why", no_argument, NULL, 'w'},
                                             {NULL, 0, NULL, 0}};

static const char *
verdict_word(enum verdict verdict)
{
    static const char *const words[] = {"unstated", "forbidden", "allowed"};
    return words[verdict];
}

static int
print_out(const struct buffer *out)
{
    return print_text(stdout, buffer_text(out)) ? EXIT_FINE : EXIT_USE;
}

/* One point. Gives EXIT_NO for a refusal. */
static int
answer_point(struct compilation *c, const struct asked *asked, const struct options *options)
{
    struct question question = asked_point(asked);
    struct answer answer = answer_of_any(c->model, &c->arena, asked, &question);
    struct buffer out = buffer_in(&c->arena);
    if (options->json) {
        json_answer(&out, c->model, question, &answer);
        buffer_char(&out, '\n');
    } else {
        say_answer(&out, c->model, asked, question, &answer, colour_on(options->colour, stdout));
        if (options->why)
            say_why(&out, c->model, question);
    }
    if (print_out(&out) != EXIT_FINE)
        return EXIT_USE;
    return answer.verdict == VERDICT_ALLOWED ? EXIT_FINE : EXIT_NO;
}

/* More than one point. */
static int
answer_many(struct compilation *c, const struct asked *asked, const struct options *options)
{
    struct buffer out = buffer_in(&c->arena);
    struct answer_list list = answers_list(c->model, &c->arena, asked);
    if (options->json) {
        json_list(&out, c->model, &c->arena, asked);
        buffer_char(&out, '\n');
    } else {
        say_list(&out, c->model, asked, &list, colour_on(options->colour, stdout));
    }
    bool all = true; /* of a group: whether everything is allowed */
    for (size_t i = 0; i < list.at.count; i++)
        all &= list.at.at[i].answer.verdict == VERDICT_ALLOWED;
    if (print_out(&out) != EXIT_FINE)
        return EXIT_USE;
    return all || asked->free != PART_COUNT ? EXIT_FINE : EXIT_NO;
}

static int
answer_due(struct compilation *c, const struct asked *asked, const struct options *options)
{
    struct buffer out = buffer_in(&c->arena);
    struct set things = asked->parts[PART_OBJECT];
    buffer_add(&out, options->json ? TEXT("{\"answers\":[") : TEXT(""));
    for (size_t i = 0; i < things.count; i++)
        for (uint32_t what = things.at[i].low; what < things.at[i].high; what++) {
            struct due_question question = {what, asked->moments, asked->moment_count,
                                            asked->given.need,
                                            asked->given.need | asked->given.forbid};
            struct due due = due_of_act(c->model, asked->verb, asked->parts[PART_TARGET], question);
            if (!options->json && out.length > 0)
                buffer_char(&out, '\n');
            if (options->json)
                json_due(&out, c->model, asked, what, due);
            else
                say_due(&out, c->model, asked, what, due);
        }
    buffer_add(&out, options->json ? TEXT("]}\n") : TEXT(""));
    return print_out(&out);
}

static int
answer_question(struct compilation *c, const struct asked *asked, const struct options *options)
{
    uint64_t size = asked_size(asked);
    if (size > LIST_MOST) {
        fprintf(stderr, "avow ask: this asks about more than %d things at once; name fewer\n",
                LIST_MOST);
        return EXIT_USE;
    }
    if (asked->form == ASKED_DUE)
        return answer_due(c, asked, options);
    if (size == 1)
        return answer_point(c, asked, options);
    if (!options->why)
        return answer_many(c, asked, options);
    fputs("avow ask: --why explains one answer, and this question has several\n", stderr);
    return EXIT_USE;
}

static int
read_and_answer(struct compilation *c, const struct options *options)
{
    c->diagnostics.list.count = 0; /* what was said of the policy was shown */
    c->diagnostics.errors = c->diagnostics.warnings = 0;
    struct asked asked;
    uint32_t source = source_take(&c->arena, &c->sources, TEXT("question"),
                                  text_of(options->question), &c->diagnostics);
    const struct phrases *phrases = phrases_make(&c->arena, c->model);
    if (source == NONE || !question_read(c->model, phrases, source, &c->diagnostics, &asked)) {
        report(c, options->colour);
        return EXIT_USE;
    }
    return answer_question(c, &asked, options);
}

static int
ask_once(struct compilation *c, const struct options *options)
{
    if (setjmp(c->arena.out_of_memory) == 0)
        return read_and_answer(c, options);
    fputs("avow ask: out of memory\n", stderr);
    return EXIT_USE;
}

/* Says why a line cannot be answered. The answer in its place keeps the lines of answers beside
 * those of questions. */
static void
refuse_line(size_t number, struct text problem)
{
    fprintf(stderr, "avow ask: line %zu: %.*s\n", number, TEXT_ARGS(problem));
    puts("refused\t-");
}

/* One line in, one line out. False after a message. */
static bool
answer_line(const struct model *model, struct arena *arena, struct text line, size_t number)
{
    struct question question;
    struct text problem = TEXT("of a group of facts of which exactly one holds, two are named");
    struct answer answer = {.verdict = VERDICT_BAD_QUESTION};
    if (question_of_line(model, arena, line, &question, &problem))
        answer = answer_make(model, arena, question);
    if (answer.verdict == VERDICT_BAD_QUESTION) {
        refuse_line(number, problem);
        return false;
    }
    fputs(verdict_word(answer.verdict), stdout);
    for (size_t i = 0; i < answer.clause_count; i++)
        printf("%c%.*s", i == 0 ? '\t' : ',', TEXT_ARGS(model->clauses[answer.clauses[i]].name));
    fputs(answer.clause_count == 0 ? "\t-\n" : "\n", stdout);
    return true;
}

/* A line is answered with its own memory, so that millions of lines need no more than one. */
static int
answer_alone(const struct model *model, struct text words, size_t number)
{
    struct arena arena;
    arena_init(&arena);
    int status = EXIT_USE;
    if (setjmp(arena.out_of_memory) != 0)
        fputs("avow ask: out of memory\n", stderr);
    else
        status = answer_line(model, &arena, words, number) ? EXIT_FINE : EXIT_USE;
    arena_free(&arena);
    return status;
}

/* A question has five names of 64 bytes at most, and a list of no more than 64 states. */
enum { LINE_MOST = 8192 };

/* Reads a line into line (LINE_MOST bytes) and gives its length, more than LINE_MOST if it is too
 * long: then it has been read to its end all the same. False at the end of the input. */
static bool
read_line(char *line, size_t *length)
{
    int c = getc(stdin);
    *length = 0;
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc(stdin)) {
        if (*length < LINE_MOST)
            line[*length] = (char)c;
        *length += *length <= LINE_MOST;
    }
    return true;
}

static int
ask_batch(const struct model *model)
{
    char line[LINE_MOST];
    int status = EXIT_FINE;
    size_t length;
    for (size_t number = 1; read_line(line, &length); number++) {
        if (length > LINE_MOST) {
            refuse_line(number, text_of("it is longer than any question"));
            status = EXIT_USE;
            continue;
        }
        struct text words = text_trim((struct text){line, length});
        if (words.length > 0 && answer_alone(model, words, number) != EXIT_FINE)
            status = EXIT_USE;
        if (ferror(stdout))
            return EXIT_USE;
    }
    if (ferror(stdin)) {
        fprintf(stderr, "avow ask: cannot read standard input: %s\n", strerror(errno));
        return EXIT_USE;
    }
    return status;
}

/* EXIT_FINE with file NULL means that help was shown. */
static int
parse_options(const struct command *command, int argc, char **argv, struct options *options)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == 'c' && !colour_parse(optarg, &options->colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        if (letter == 'f' && strcmp(optarg, "text") != 0 && strcmp(optarg, "json") != 0)
            return wrong_use(command, "--format is text or json, not '%s'", optarg);
        options->json = letter == 'f' ? strcmp(optarg, "json") == 0 : options->json;
        options->batch |= letter == 'b';
        options->why |= letter == 'w';
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
    }
    if (options->batch && (options->why || options->json))
        return wrong_use(command, "--batch has a form of its own, without --why and --format");
    if (options->why && options->json)
        return wrong_use(command, "--why is for people; with --format=json it is not needed");
    int wanted = options->batch ? 1 : 2;
    if (argc - optind != wanted)
        return wrong_use(command, options->batch ? "--batch takes one file and reads the questions "
                                                   "from standard input"
                                                 : "a file and a question in quotation marks are "
                                                   "needed");
    options->file = argv[optind];
    options->question = options->batch ? NULL : argv[optind + 1];
    return EXIT_FINE;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {.colour = COLOUR_AUTO};
    int status = parse_options(command, argc, argv, &options);
    if (status != EXIT_FINE || !options.file)
        return status;
    struct compilation c;
    status = compile_and_report(&c, options.file, STAGE_CHECKED, options.colour);
    /* A faulty policy has no answer: 1 is kept for the answer "no". */
    if (status != EXIT_FINE)
        status = EXIT_USE;
    else
        status = options.batch ? ask_batch(c.model) : ask_once(&c, &options);
    compilation_free(&c);
    return status;
}

const struct command ask_command = {
    "ask", "answer a question from a policy",
    "Usage: avow ask [OPTION]... FILE QUESTION\n"
    "       avow ask [OPTION]... --batch FILE < QUESTIONS\n"
    "Says whether the policy allows something, with the clause and its published words; who, what\n"
    "or where, with a place left open; or when something is due.\n"
    "States that the question names are known; all others are unknown.\n\n"
    "  avow ask shop.policy \"may we email customer about news if subscribed?\"\n"
    "  avow ask shop.policy \"who may see order.email?\"\n"
    "  avow ask shop.policy \"when is stop-mail due if received 2026-03-07 10:00?\"\n\n"
    "  --batch          read lines 'actor verb object target states' from standard input (states\n"
    "                   parted by commas; '-' for none, '?name' for one that is unknown; states\n"
    "                   not named do not hold) and write 'verdict<TAB>clause,clause' for each,\n"
    "                   the verdict being allowed, forbidden or unstated (or refused, for a\n"
    "                   line that cannot be understood), '-' for no clause\n"
    "  --why            show the rules that were tried, and whether each holds\n"
    "  --format=FORMAT  text or json\n"
    "  --color=WHEN     auto, always or never\n"
    "  --help           this text\n\n"
    "Exit status: 0 yes, or a list or a day was found (with --batch: every line was answered); 1\n"
    "no; 2 wrong use, a question that cannot be understood, or a policy with errors.\n",
    run};
