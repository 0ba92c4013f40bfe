/* avow ask: what the policy says to one question, or to many. */
#include "compiler/base/utf8.h"
#include "compiler/command/command.h"
#include "compiler/model/question.h"
#include "compiler/syntax/load.h"

#include <errno.h>
#include <getopt.h>

struct options {
    enum colour colour;
    bool batch;
    const char *file;
    const char *question;
};

static const struct option long_options[] = {{"batch", no_argument, NULL, 'b'},
                                             {"color", required_argument, NULL, 'c'},
                                             {"colour", required_argument, NULL, 'c'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

enum { WIDTH = 76, INDENT = 4 };

/* Writes words in lines of WIDTH columns at most, each indented. */
static void
add_wrapped(struct buffer *out, struct text words)
{
    size_t column = 0;
    while (words.length > 0) {
        size_t length = 0;
        while (length < words.length && words.data[length] != ' ' && words.data[length] != '\n')
            length++;
        struct text word = {words.data, length};
        size_t width = utf8_width(word);
        if (column > 0 && column + 1 + width > WIDTH) {
            buffer_char(out, '\n');
            column = 0;
        }
        if (length > 0) {
            buffer_fill(out, ' ', column == 0 ? INDENT : 1);
            buffer_add(out, word);
            column += width + (column == 0 ? INDENT : 1);
        }
        if (length < words.length && words.data[length] == '\n' && column > 0) {
            buffer_char(out, '\n');
            column = 0;
        }
        length += length < words.length;
        words.data += length;
        words.length -= length;
    }
    if (column > 0)
        buffer_char(out, '\n');
}

static void
add_place(struct buffer *out, const struct model *model, struct span span)
{
    const struct source *source = &model->sources->list.at[span.source];
    buffer_format(out, "%.*s:%u", TEXT_ARGS(source->path), source_place(source, span.begin).line);
}

/* "Clause stop-everything (section 2, When we write to you), shop.policy:48:" and its words. */
static void
add_clause(struct buffer *out, const struct model *model, const char *intro, uint32_t index)
{
    const struct clause *clause = &model->clauses[index];
    buffer_format(out, "\n  %s %.*s (", intro, TEXT_ARGS(clause->name));
    if (clause->section != NONE) {
        const struct section *section = &model->sections[clause->section];
        buffer_format(out, "section %u, %.*s; ", section->number, TEXT_ARGS(section->title));
    }
    add_place(out, model, clause->span);
    if (clause->words.length == 0) {
        buffer_string(out, "), which publishes no words.\n");
        return;
    }
    buffer_string(out, "):\n");
    struct buffer quoted = buffer_in(out->arena);
    buffer_format(&quoted, "“%.*s”", TEXT_ARGS(clause->words));
    add_wrapped(out, buffer_text(&quoted));
}

/* "opted-out and not subscribed" */
static void
add_states(struct buffer *out, const struct model *model, uint64_t states, uint64_t yes)
{
    bool first = true;
    for (uint32_t i = 0; i < state_count(model); i++) {
        if (!(states >> i & 1))
            continue;
        const struct symbol *state = leaf(model, model->first_leaf[KIND_STATE] + i);
        buffer_format(out, "%s%s%.*s", first ? "" : " and ", yes >> i & 1 ? "" : "not ",
                      TEXT_ARGS(state->name));
        first = false;
    }
}

static const char *
verdict_word(enum verdict verdict)
{
    static const char *const words[] = {"unstated", "forbidden", "allowed"};
    return words[verdict];
}

/* The verdict in each case of the states that are missing: what the asker has to find out. */
static void
add_cases(struct buffer *out, const struct model *model, struct question question, uint64_t missing)
{
    enum { MOST = 3 };
    uint64_t bits[MOST];
    unsigned count = 0;
    for (uint64_t left = missing; left; left &= left - 1) {
        if (count == MOST)
            return; /* more cases than anyone would read; the states were named above */
        bits[count++] = left & (~left + 1);
    }
    buffer_char(out, '\n');
    for (unsigned i = 0; i < 1u << count; i++) {
        struct question known = question;
        known.known |= missing;
        for (unsigned b = 0; b < count; b++)
            if (i >> b & 1)
                known.yes |= bits[b];
        struct answer answer = answer_make(model, out->arena, known);
        if (answer.verdict == VERDICT_BAD_QUESTION)
            continue;
        buffer_string(out, "  If ");
        add_states(out, model, missing, known.yes);
        buffer_format(out, ": %s", answer.verdict == VERDICT_ALLOWED ? "yes" : "no");
        if (answer.missing)
            buffer_string(out, ", as long as the rest is not known");
        for (size_t c = 0; c < answer.clause_count; c++)
            buffer_format(out, "%s%.*s", c == 0 ? " (" : ", ",
                          TEXT_ARGS(model->clauses[answer.clauses[c]].name));
        buffer_format(out, "%s\n", answer.clause_count > 0 ? ")." : ", nothing permits it.");
    }
}

/* A part of a permission, and if that is what keeps it from the question, what was asked about. */
static void
add_part(struct buffer *out, const struct model *model, struct set set, bool wrong, uint32_t asked)
{
    set_names(model, set, out);
    if (wrong)
        buffer_format(out, " (not %.*s)", TEXT_ARGS(leaf(model, asked)->name));
}

static void
add_nearest(struct buffer *out, const struct model *model, struct question question)
{
    struct nearest nearest = answer_nearest(model, question);
    if (!nearest.rule)
        return;
    const struct rule *rule = nearest.rule;
    const struct verb_form *form = &verb_forms[question.verb];
    add_clause(out, model, "The nearest permission is in clause", rule->clause);
    buffer_string(out, "  It permits ");
    add_part(out, model, rule->actors, nearest.actor_wrong, question.actor);
    buffer_format(out, " to %s ", form->word);
    add_part(out, model, rule->objects, nearest.object_wrong, question.object);
    buffer_format(out, " %s ", preposition_word(form->preposition));
    add_part(out, model, rule->targets, nearest.target_wrong, question.target);
    if (nearest.must_hold | nearest.must_not_hold) {
        buffer_string(out, ", only if ");
        add_states(out, model, nearest.must_hold | nearest.must_not_hold, nearest.must_hold);
    }
    buffer_string(out, ".\n");
}

static void
add_verdict(struct buffer *out, const struct model *model, const struct answer *answer, bool colour)
{
    bool yes = answer->verdict == VERDICT_ALLOWED;
    const char *on = !colour ? "" : yes ? "\033[1;32m" : "\033[1;31m";
    buffer_format(out, "%s%s%s", on, yes ? "Yes" : "No", colour ? "\033[0m" : "");
    if (yes)
        buffer_string(out, ": it is allowed.\n");
    else if (answer->missing == 0)
        buffer_add(out, answer->verdict == VERDICT_FORBIDDEN ? TEXT(": it is forbidden.\n")
                                                             : TEXT(": nothing permits it.\n"));
    if (yes || answer->missing == 0)
        return;
    buffer_format(out, ", as long as it is not known whether: ");
    bool first = true;
    for (uint64_t left = answer->missing; left; left &= left - 1) {
        if (!first)
            buffer_string(out, ", ");
        add_states(out, model, left & (~left + 1), left);
        first = false;
    }
    buffer_string(out, ".\n");
}

/* Gives EXIT_NO for a refusal. */
static int
answer_question(struct compilation *c, struct question question, bool colour)
{
    struct answer answer = answer_make(c->model, &c->arena, question);
    if (answer.verdict == VERDICT_BAD_QUESTION) {
        fputs("avow ask: of a group of facts of which exactly one holds, the question names more "
              "than one, or says that none does\n",
              stderr);
        return EXIT_USE;
    }
    struct buffer out = buffer_in(&c->arena);
    add_verdict(&out, c->model, &answer, colour);
    for (size_t i = 0; i < answer.clause_count; i++)
        add_clause(&out, c->model, "Clause", answer.clauses[i]);
    if (answer.missing)
        add_cases(&out, c->model, question, answer.missing);
    else if (answer.verdict == VERDICT_UNSTATED)
        add_nearest(&out, c->model, question);
    if (!print_text(stdout, buffer_text(&out)))
        return EXIT_USE;
    return answer.verdict == VERDICT_ALLOWED ? EXIT_FINE : EXIT_NO;
}

static int
read_and_answer(struct compilation *c, const struct options *options)
{
    size_t errors = c->diagnostics.errors;
    c->diagnostics.list.count = 0; /* warnings of the policy were shown */
    uint32_t source = source_take(&c->arena, &c->sources, TEXT("question"),
                                  text_of(options->question), &c->diagnostics);
    const struct question_tree *tree =
        source == NONE ? NULL : tree_read_question(&c->arena, &c->sources, source, &c->diagnostics);
    struct question question;
    bool good = tree && c->diagnostics.errors == errors &&
                question_resolve(c->model, tree, &c->diagnostics, &question);
    if (!good) {
        report(c, options->colour);
        return EXIT_USE;
    }
    return answer_question(c, question, colour_on(options->colour, stdout));
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
        if (letter == 'b')
            options->batch = true;
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
    }
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
    struct options options = {COLOUR_AUTO, false, NULL, NULL};
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
    "Says whether the policy allows something, with the clause and its published words.\n"
    "States that the question names are known; all others are unknown.\n\n"
    "  avow ask shop.policy \"may we email customer about news if subscribed?\"\n\n"
    "  --batch        read lines 'actor verb object target states' from standard input (states\n"
    "                 parted by commas; '-' for none, '?name' for one that is unknown; states\n"
    "                 not named do not hold) and write 'verdict<TAB>clause,clause' for each,\n"
    "                 the verdict being allowed, forbidden or unstated (or refused, for a\n"
    "                 line that cannot be understood), '-' for no clause\n"
    "  --color=WHEN   auto, always or never\n"
    "  --help         this text\n\n"
    "Exit status: 0 yes (with --batch: every line was answered), 1 no, 2 wrong use, a question\n"
    "that cannot be understood, or a policy with errors.\n",
    run};
