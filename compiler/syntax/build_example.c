/* Examples: what is given, and what follows. */
#include "compiler/syntax/build.h"

static bool
is_in_example(struct builder *build, struct span span)
{
    if (build->container == IN_EXAMPLE)
        return true;
    build->tree->incomplete = true;
    if (build->container == IN_CLAUSE)
        build->clause.span.end = span.end;
    if (!build->outside_reported) {
        diagnose(build->diagnostics, E_FORM, span, "this line stands in no example");
        diagnose_fix(build->diagnostics,
                     "Begin an example before it, such as “example \"A stop wins\":”");
    }
    build->outside_reported = true;
    return false;
}

static void
push_given(struct builder *build, struct given given)
{
    *VECTOR_PUSH(build->arena, &build->givens) = given;
}

void
given_is(struct builder *build, struct name subject, struct condition condition)
{
    push_given(build, (struct given){.form = GIVEN_IS,
                                     .subject = subject,
                                     .literals = keep_condition(build, condition)});
}

void
given_facts(struct builder *build, struct condition condition)
{
    push_given(build,
               (struct given){.form = GIVEN_FACTS, .literals = keep_condition(build, condition)});
}

void
given_moment(struct builder *build, enum given_form form, struct name subject, struct moment moment)
{
    push_given(build, (struct given){.form = form, .subject = subject, .moment = moment});
}

void
build_given(struct builder *build, struct span span)
{
    build_item_end(build);
    build->reported = build->now.broken = false;
    if (!is_in_example(build, span)) {
        build->givens.count = 0;
        return;
    }
    build->givens.at[build->givens.count - 1].span = span;
    build->example.span.end = span.end;
}

void
build_then(struct builder *build, struct span span, struct span sentence)
{
    build_item_end(build);
    build->now.span = sentence;
    if (is_in_example(build, span)) {
        then_check(build, span);
        *VECTOR_PUSH(build->arena, &build->thens) = (struct then){
            .form = build->now.form == SENTENCE_MUST ? THEN_DUE : THEN_ACT,
            .sentence = build->now,
            .by = build->by,
            .because = build->because,
            .span = span,
        };
        build->example.span.end = span.end;
    }
    say_nothing(build);
}
