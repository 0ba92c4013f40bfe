/* "--why": which rules of an act were tried, and what came of each. */
#include "compiler/question/say.h"

#include "compiler/base/utf8.h"

enum fit { FIT_ELSEWHERE, FIT_NO, FIT_POSSIBLY, FIT_YES }; /* the later outweighs */

static bool
reaches(const struct rule *rule, struct question q)
{
    return rule->verb == q.verb && set_has(rule->actors, q.actor) &&
           set_has(rule->objects, q.object) && set_has(rule->targets, q.target);
}

static enum fit
fit_of(const struct rule *rule, struct question q)
{
    if (!reaches(rule, q))
        return FIT_ELSEWHERE;
    uint64_t no = q.known & ~q.yes;
    if ((rule->when.need & no) != 0 || (rule->when.forbid & q.yes) != 0)
        return FIT_NO;
    return ((rule->when.need | rule->when.forbid) & ~q.known) == 0 ? FIT_YES : FIT_POSSIBLY;
}

/* What a sentence comes to by its rules of one mode: one sentence may be several rules.
 * FIT_ELSEWHERE also where it has none of that mode and act; *any says whether it has. */
static enum fit
fit_of_sentence(const struct model *model, const struct sentence_model *sentence, struct question q,
                enum mode mode, bool *any)
{
    enum fit best = FIT_ELSEWHERE;
    *any = false;
    for (uint32_t i = 0; i < sentence->rule_count; i++) {
        const struct rule *rule = &model->rules[sentence->first_rule + i];
        if (rule->mode != mode || rule->verb != q.verb)
            continue;
        enum fit fit = fit_of(rule, q);
        *any = true;
        best = fit > best ? fit : best;
    }
    return best;
}

void
say_flat(struct buffer *out, struct text text)
{
    bool gap = false;
    for (size_t i = 0; i < text.length; i++) {
        bool blank = text.data[i] == ' ' || text.data[i] == '\n' || text.data[i] == '\t' ||
                     text.data[i] == '\r';
        if (!blank && gap)
            buffer_char(out, ' ');
        if (!blank)
            buffer_char(out, text.data[i]);
        gap = blank;
    }
}

static bool
is_permitted(const struct model *model, struct question q)
{
    for (size_t i = 0; i < model->rule_count; i++)
        if (model->rules[i].mode == MODE_MAY && model->rules[i].verb == q.verb &&
            fit_of(&model->rules[i], q) == FIT_YES)
            return true;
    return false;
}

/* `yields`: it holds only where no permission does, and one does. */
static void
add_tried(struct buffer *out, const struct model *model, const struct sentence_model *sentence,
          enum fit fit, enum mode mode, bool yields)
{
    static const char *const kinds[] = {"prohibition", "permission",
                                        "prohibition of what no permission permits"};
    static const char *const words[] = {"", "does not hold", "not known whether it holds", "holds"};
    struct span span = sentence->tree->span;
    const struct source *source = &model->sources->list.at[span.source];
    buffer_format(out, "  %s (%s, %.*s:%u):\n    ",
                  yields ? "gives way to a permission" : words[fit], kinds[mode],
                  TEXT_ARGS(source->path), source_place(source, span.begin).line);
    say_flat(out, span_text(model->sources, span));
    buffer_string(out, ".\n");
}

void
say_why(struct buffer *out, const struct model *model, struct question question)
{
    size_t elsewhere = 0;
    bool permitted = is_permitted(model, question);
    buffer_format(out,
                  "\nRules about “%s” that were tried, a prohibition that holds deciding "
                  "over every permission:\n",
                  verb_forms[question.verb].word);
    for (enum mode mode = 0; mode <= MODE_REST; mode++)
        for (size_t i = 0; i < model->sentence_count; i++) {
            bool any;
            const struct sentence_model *sentence = &model->sentences[i];
            enum fit fit = fit_of_sentence(model, sentence, question, mode, &any);
            elsewhere += any && fit == FIT_ELSEWHERE;
            bool yields = mode == MODE_REST && fit >= FIT_POSSIBLY && permitted;
            if (fit != FIT_ELSEWHERE)
                add_tried(out, model, sentence, fit, mode, yields);
        }
    buffer_format(out, "  %zu more %s of other things or people.\n", elsewhere,
                  elsewhere == 1 ? "speaks" : "speak");
}
