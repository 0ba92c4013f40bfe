/* avow coverage: what holds each clause of a policy: the software, people, or nobody. */
#include "compiler/base/json.h"
#include "compiler/base/utf8.h"
#include "compiler/command/command.h"
#include "compiler/page/page.h"
#include "compiler/page/short.h"

#include <getopt.h>
#include <stdlib.h>

enum form { FORM_TEXT, FORM_HTML, FORM_JSON };

struct options {
    enum colour colour;
    enum form form;
    int least; /* per cent; -1: not asked for */
};

static const struct option long_options[] = {{"color", required_argument, NULL, 'c'},
                                             {"colour", required_argument, NULL, 'c'},
                                             {"fail-under", required_argument, NULL, 'u'},
                                             {"format", required_argument, NULL, 'f'},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

static struct page_shading
count_classes(const struct model *model)
{
    struct page_shading counts = {{0}};
    for (size_t i = 0; i < model->clause_count; i++)
        counts.count[model->clauses[i].class]++;
    return counts;
}

/* The share of clauses that rules stand behind, in per cent, rounded down: 100 means all. */
static unsigned
share(const struct model *model, const struct page_shading *counts)
{
    size_t held = counts->count[CLAUSE_ENFORCED] + counts->count[CLAUSE_DUTY];
    return model->clause_count == 0 ? 100 : (unsigned)(held * 100 / model->clause_count);
}

static void
add_summary(struct buffer *out, const struct model *model, const struct page_shading *counts)
{
    size_t count = model->clause_count;
    buffer_format(out, "%zu clause%s:", count, count == 1 ? "" : "s");
    for (int class = 0; class < CLAUSE_CLASSES; class ++)
        buffer_format(out, "%s %zu %s", class == 0 ? "" : ",", counts->count[class],
                      clause_class_word((enum clause_class) class));
    buffer_format(out, ".\nRules stand behind %u %% of them (enforced or duty).\n",
                  share(model, counts));
}

static void
add_clause(struct buffer *out, const struct clause *clause, size_t width, bool colour)
{
    static const char *const on[CLAUSE_CLASSES] = {"\033[32m", "\033[34m", "\033[33m", "\033[2m"};
    buffer_format(out, "  %.*s", TEXT_ARGS(clause->name));
    buffer_fill(out, ' ', width - utf8_width(clause->name) + 2);
    buffer_format(out, "%s%s%s\n", colour ? on[clause->class] : "",
                  clause_class_word(clause->class), colour ? "\033[0m" : "");
}

static void
as_text(struct buffer *out, const struct model *model, const struct page_shading *counts,
        bool colour)
{
    size_t width = 0;
    uint32_t section = NONE;
    for (size_t i = 0; i < model->clause_count; i++)
        if (utf8_width(model->clauses[i].name) > width)
            width = utf8_width(model->clauses[i].name);
    for (size_t i = 0; i < model->clause_count; i++) {
        const struct clause *clause = &model->clauses[i];
        if (clause->section != section) {
            section = clause->section;
            buffer_format(out, "%s%u. %.*s\n", i > 0 ? "\n" : "", model->sections[section].number,
                          TEXT_ARGS(model->sections[section].title));
        }
        add_clause(out, clause, width, colour);
    }
    buffer_add(out, model->clause_count > 0 ? TEXT("\n") : TEXT(""));
    add_summary(out, model, counts);
}

static void
as_json(struct buffer *out, const struct model *model, const struct page_shading *counts)
{
    buffer_char(out, '{');
    json_member(out, "policy", model->settings->policy);
    json_name(out, "clauses");
    buffer_char(out, '[');
    for (size_t i = 0; i < model->clause_count; i++) {
        const struct clause *clause = &model->clauses[i];
        json_next(out);
        buffer_char(out, '{');
        json_member(out, "name", clause->name);
        json_member(out, "class", text_of(clause_class_word(clause->class)));
        buffer_char(out, '}');
    }
    buffer_char(out, ']');
    for (int class = 0; class < CLAUSE_CLASSES; class ++)
        json_number(out, clause_class_word((enum clause_class) class),
                    (int64_t)counts->count[class]);
    json_number(out, "percent", share(model, counts));
    buffer_string(out, "}\n");
}

static int
show(struct compilation *c, const void *context)
{
    const struct options *options = context;
    struct buffer out = buffer_in(&c->arena);
    struct page_shading counts = count_classes(c->model);
    unsigned percent = share(c->model, &counts);
    if (options->form == FORM_HTML) {
        struct short_layer summary = short_make(c->model, &c->arena);
        page_html_shaded(c->model, &summary, &counts, &out);
    } else if (options->form == FORM_JSON) {
        as_json(&out, c->model, &counts);
    } else {
        as_text(&out, c->model, &counts, colour_on(options->colour, stdout));
    }
    if (!print_text(stdout, buffer_text(&out)))
        return EXIT_USE;
    if (options->least <= (int)percent)
        return EXIT_FINE;
    fprintf(stderr, "avow coverage: rules stand behind %u %% of the clauses; %d %% are wanted\n",
            percent, options->least);
    return EXIT_NO;
}

static bool
parse_form(const char *word, enum form *form)
{
    static const char *const words[] = {"text", "html", "json"};
    for (int i = 0; i < 3; i++)
        if (strcmp(word, words[i]) == 0) {
            *form = (enum form)i;
            return true;
        }
    return false;
}

static bool
parse_percent(const char *word, int *percent)
{
    char *end;
    long value = strtol(word, &end, 10);
    if (end == word || (*end && strcmp(end, "%") != 0) || value < 0 || value > 100)
        return false;
    *percent = (int)value;
    return true;
}

static int
run(const struct command *command, int argc, char **argv)
{
    struct options options = {COLOUR_AUTO, FORM_TEXT, -1};
    int letter;
    while ((letter = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (letter == 'h')
            return show_usage(command);
        if (letter == '?')
            return wrong_use(command, "that option is not known here");
        if (letter == 'c' && !colour_parse(optarg, &options.colour))
            return wrong_use(command, "--color is auto, always or never, not '%s'", optarg);
        if (letter == 'f' && !parse_form(optarg, &options.form))
            return wrong_use(command, "--format is text, html or json, not '%s'", optarg);
        if (letter == 'u' && !parse_percent(optarg, &options.least))
            return wrong_use(command, "--fail-under is a number from 0 to 100, not '%s'", optarg);
    }
    if (argc - optind != 1)
        return wrong_use(command, "one policy is needed");
    return with_policy(command, argv[optind], STAGE_CHECKED, options.colour, show, &options);
}

const struct command coverage_command = {
    "coverage", "show which clauses the software keeps, which people, which nobody",
    "Usage: avow coverage [OPTION]... FILE\n"
    "Shows for each clause whether it is enforced (rules that services ask), a duty (a deadline "
    "that\n"
    "can be computed), a promise (that somebody keeps) or narrative (words only), and how many "
    "there\n"
    "are of each.\n\n"
    "  --format=FORMAT  text, html (the page, each clause shaded), or json\n"
    "  --fail-under=N   fail if rules stand behind less than N per cent of the clauses\n"
    "  --color=WHEN     auto, always or never\n"
    "  --help           this text\n\n"
    "Exit status: 0 fine, 1 the policy has errors or less than N per cent, 2 wrong use.\n",
    run};
