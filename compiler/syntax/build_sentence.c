/* Sentences: their parts as they come, and what their form does not allow. */
#include "compiler/syntax/build.h"

void
say_nothing(struct builder *build)
{
    memset(&build->now, 0, sizeof build->now);
    build->exceptions.count = 0;
    build->except_span = build->only_span = (struct span){0};
    build->via_span = build->time_span = build->after_span = (struct span){0};
    build->by = (struct moment){0};
    build->because = (struct name_list){0};
    build->reported = false;
}

/* Whether something is to be said about this sentence: only the first mistake is. */
static bool
first_mistake(struct builder *build)
{
    bool first = !build->reported;
    build->reported = true;
    build->now.broken = true;
    return first;
}

static void
say_twice(struct builder *build, struct span span)
{
    if (!first_mistake(build))
        return;
    diagnose(build->diagnostics, E_FORM, span, "this part stands twice in one sentence");
    diagnose_fix(build->diagnostics, "Keep one of them, or write two sentences");
}

void
say_we(struct builder *build, struct span span)
{
    build->now.we = true;
    build->now.subjects.span = span;
}

void
say_subjects(struct builder *build, struct name_list names)
{
    build->now.subjects = keep_names(build, names);
}

void
say_mode(struct builder *build, enum sentence_form form, struct span span)
{
    build->now.form = form;
    build->now.operator_span = span;
}

void
say_wrong_mode(struct builder *build, struct span span, bool negated)
{
    struct text word = text_shown(build->arena, build_text(build, span));
    say_mode(build, negated ? SENTENCE_NEVER : SENTENCE_MUST, span);
    if (!first_mistake(build))
        return;
    struct diagnostics *to = build->diagnostics;
    if (!negated && (text_equal_folded(word, TEXT("cannot")))) {
        build->now.form = SENTENCE_NEVER;
        negated = true;
    }
    bool permits = !negated && (text_equal_folded(word, TEXT("can")) ||
                                text_equal_folded(word, TEXT("could")) ||
                                text_equal_folded(word, TEXT("might")));
    if (permits)
        build->now.form = SENTENCE_MAY;
    diagnose(to, E_MAY_NOT, span,
             permits   ? "“%.*s” leaves open whether it is allowed or only possible"
             : negated ? "“%.*s” can be read in two ways"
                       : "“%.*s” leaves open whether it is a duty",
             TEXT_ARGS(word));
    diagnose_why(to, "A rule says MAY, NEVER or MUST, so that nobody can argue about it");
    diagnose_fix(to, permits   ? "Write MAY"
                     : negated ? "Write NEVER"
                               : "Write MUST for a duty, MAY for a permission");
    diagnose_edit(to, span, "%s", permits ? "MAY" : negated ? "NEVER" : "MUST");
}

void
say_act(struct builder *build, struct name verb, struct name_list objects)
{
    build->now.act.verb = verb;
    build->now.act.objects = keep_names(build, objects);
    build->now.act.span = span_join(verb.span, objects.span);
}

void
say_right(struct builder *build, enum sentence_form form, struct span may, struct span verb,
          struct name_list names)
{
    say_mode(build, form, may);
    say_act(build, (struct name){form == SENTENCE_RIGHT ? TEXT("request") : TEXT("choose"), verb},
            names);
}

static bool
has_exception(const struct builder *build)
{
    return build->exceptions.count > 0 || span_given(build->now.as_stated);
}

static bool
is_right(const struct builder *build)
{
    return build->now.form == SENTENCE_RIGHT || build->now.form == SENTENCE_CHOICE;
}

static const char *
right_takes(const struct builder *build)
{
    return build->now.form == SENTENCE_RIGHT
               ? "a right to request something takes only “via” and “if”"
               : "what people may choose takes only “via”";
}

void
say_target(struct builder *build, enum preposition preposition, struct span span,
           struct name_list names)
{
    struct act *act = &build->now.act;
    if (act->preposition != PREP_NONE) {
        if (first_mistake(build)) {
            diagnose(build->diagnostics, E_FORM, span_join(span, names.span),
                     "this sentence has a second target");
            diagnose_fix(build->diagnostics, "Write two sentences");
            diagnose_see(build->diagnostics, span_join(act->preposition_span, act->targets.span),
                         "the first target");
        }
        return;
    }
    if (is_right(build) && first_mistake(build)) {
        diagnose(build->diagnostics, E_FORM, span_join(span, names.span), "%s", right_takes(build));
        diagnose_fix(build->diagnostics, "Leave this out");
    }
    if (has_exception(build) && first_mistake(build)) {
        diagnose(build->diagnostics, E_FORM, span_join(span, names.span),
                 "this stands behind an exception and could belong to it");
        diagnose_fix(build->diagnostics, "Put it before “except”");
    }
    act->preposition = preposition;
    act->preposition_span = span;
    act->targets = keep_names(build, names);
    act->span.end = names.span.end;
}

void
say_only_target(struct builder *build, struct span only, enum preposition preposition,
                struct span span, struct name_list names)
{
    if (build->now.form == SENTENCE_MAY)
        build->now.form = SENTENCE_MAY_ONLY;
    else if (first_mistake(build)) {
        diagnose(build->diagnostics, E_FORM, only, "“only” belongs to MAY");
        diagnose_fix(build->diagnostics, "Write “MAY ... only”, or leave “only” out");
    }
    build->only_span = only;
    say_target(build, preposition, span, names);
}

void
say_time(struct builder *build, enum timing_form form, struct timing length, struct span span)
{
    if (build->now.timing.form != TIMING_NONE) {
        say_twice(build, span);
        return;
    }
    build->now.timing = length;
    build->now.timing.form = form;
    build->now.timing.span = span;
}

void
say_lead(struct builder *build, struct timing length, struct name_list names, struct span span)
{
    bool first = build->now.timing.form == TIMING_NONE;
    say_time(build, TIMING_BEFORE, length, span);
    if (first)
        build->now.before = keep_names(build, names);
}

void
say_at_once(struct builder *build, struct span span)
{
    say_time(build, TIMING_AT_ONCE, (struct timing){0}, span);
}

void
say_after(struct builder *build, struct name_list names, struct span span, struct span last)
{
    if (build->now.after.count > 0) {
        say_twice(build, span);
        return;
    }
    build->now.after = keep_names(build, names);
    build->now.last_span = last;
    build->after_span = span;
}

static void
say_if_after_except(struct builder *build, struct span span)
{
    if (!first_mistake(build))
        return;
    diagnose(build->diagnostics, E_EXCEPT_IF, span,
             "this condition could belong to the sentence or to its exception");
    diagnose_fix(build->diagnostics, "Put the condition before “except”, or write two sentences");
    bool stated = build->exceptions.count == 0;
    diagnose_see(build->diagnostics,
                 stated ? build->now.as_stated
                        : build->exceptions.at[build->exceptions.count - 1].span,
                 "the exception");
}

void
say_condition(struct builder *build, struct condition condition, struct span span)
{
    if (build->now.condition.count > 0) {
        say_twice(build, span);
        return;
    }
    if (has_exception(build))
        say_if_after_except(build, span);
    build->now.condition = keep_condition(build, condition);
}

void
say_exception(struct builder *build, enum preposition preposition, struct name_list names,
              struct span span)
{
    *VECTOR_PUSH(build->arena, &build->exceptions) = (struct exception){
        .preposition = preposition, .names = keep_names(build, names), .span = span};
    build->except_span = span;
}

void
say_exception_if(struct builder *build, struct condition condition, struct span span)
{
    *VECTOR_PUSH(build->arena, &build->exceptions) =
        (struct exception){.condition = keep_condition(build, condition), .span = span};
    if (!span_given(build->except_span))
        build->except_span = span;
}

void
say_as_stated(struct builder *build, struct span span)
{
    if (span_given(build->now.as_stated))
        say_twice(build, span);
    else
        build->now.as_stated = span;
}

void
say_subject_to(struct builder *build, struct name_list clauses, struct span span)
{
    if (build->now.subject_to.count > 0)
        say_twice(build, span);
    else
        build->now.subject_to = keep_names(build, clauses);
}

void
say_via(struct builder *build, struct name_list contacts, struct span span)
{
    if (build->now.via.count > 0) {
        say_twice(build, span);
        return;
    }
    build->now.via = keep_names(build, contacts);
    build->via_span = span;
}

void
say_by(struct builder *build, struct moment moment, struct span span)
{
    if (span_given(build->by.span))
        say_twice(build, span);
    else
        build->by = moment;
}

void
say_because(struct builder *build, struct name_list clauses, struct span span)
{
    if (build->because.count > 0)
        say_twice(build, span);
    else
        build->because = keep_names(build, clauses);
}

void
say_promise(struct builder *build, struct quoted owner)
{
    build->now.form = SENTENCE_PROMISE;
    build->now.owner = owner;
}

void
say_narrative(struct builder *build)
{
    build->now.form = SENTENCE_NARRATIVE;
}

void
say_repeats(struct builder *build, struct name_list clauses)
{
    build->now.form = SENTENCE_REPEATS;
    build->now.repeats = keep_names(build, clauses);
}

static const char *
mode_word(enum sentence_form form)
{
    return form == SENTENCE_NEVER ? "NEVER" : form == SENTENCE_MAY_ONLY ? "MAY only" : "MAY";
}

static void
check_permission_time(struct builder *build)
{
    const struct sentence *now = &build->now;
    bool timed = now->timing.form != TIMING_NONE;
    if (!timed && now->after.count == 0)
        return;
    if (!first_mistake(build))
        return;
    struct diagnostics *to = build->diagnostics;
    if (timed) {
        diagnose(to, E_WITHIN, now->timing.span, "only a duty has a time limit");
        diagnose_fix(to, "Write MUST if it is a duty, else leave the time out");
    } else {
        diagnose(to, E_WITHIN, build->after_span, "only a duty has a clock that “after” starts");
        diagnose_fix(to, "Declare a state that the event switches on, and write “if” with it");
    }
    diagnose_see(to, now->operator_span, "%s is no duty", mode_word(now->form));
}

static void
check_may_only(struct builder *build)
{
    struct sentence *now = &build->now;
    bool conditional = now->condition.count > 0 || build->exceptions.count > 0;
    if (!conditional || !first_mistake(build))
        return;
    struct span span = now->condition.count > 0 ? now->condition.span : build->except_span;
    diagnose(build->diagnostics, E_MAY_ONLY_IF, span, "“MAY only” takes no condition or exception");
    diagnose_why(build->diagnostics,
                 "It could mean that the rest is forbidden always, or only under the condition");
    diagnose_fix(build->diagnostics, "Write one sentence with MAY and one with NEVER");
    diagnose_see(build->diagnostics, now->operator_span, "MAY only");
}

static void
report_duty_time(struct builder *build, struct span span, const char *message, const char *mend)
{
    if (!first_mistake(build))
        return;
    diagnose(build->diagnostics, E_DUTY_TIME, span, "%s", message);
    diagnose_fix(build->diagnostics, "%s", mend);
}

static void
check_duty(struct builder *build)
{
    const struct sentence *now = &build->now;
    bool keeps = text_equal(now->act.verb.text, TEXT("keep"));
    if (now->timing.form == TIMING_NONE)
        report_duty_time(build, now->act.span, "this duty has no time",
                         keeps ? "Say how long, as in “for 6 years”"
                               : "Write “at once”, or a limit such as “within 30 days”");
    else if (keeps && now->timing.form != TIMING_FOR)
        report_duty_time(build, now->timing.span, "“keep” takes a length of time, not a limit",
                         "Write “for” and how long");
    else if (!keeps && now->timing.form == TIMING_FOR)
        report_duty_time(build, now->timing.span, "“for” and a time belong to “keep” only",
                         "Write “within” if it is a time limit");
    else if (now->timing.form == TIMING_BEFORE && now->after.count > 0)
        report_duty_time(build, build->after_span, "what is due before an event has no other clock",
                         "Leave “after” out, or write two sentences");
}

static void
check_right(struct builder *build)
{
    const struct sentence *now = &build->now;
    bool choice = now->form == SENTENCE_CHOICE;
    struct span span = build->except_span;
    if (now->subject_to.count > 0)
        span = now->subject_to.span;
    if (choice && now->condition.count > 0)
        span = now->condition.span;
    if (!span_given(span) || !first_mistake(build))
        return;
    diagnose(build->diagnostics, E_FORM, span, "%s", right_takes(build));
    if (choice)
        diagnose_why(build->diagnostics, "It can be switched on and off at any time");
    diagnose_fix(build->diagnostics, choice ? "Leave this out, or write “MAY request” and “MUST do”"
                                            : "Leave this out, or make it a condition");
}

static void
check_via(struct builder *build)
{
    if (build->now.via.count == 0 || is_right(build) || !first_mistake(build))
        return;
    diagnose(build->diagnostics, E_FORM, build->via_span,
             "“via” belongs to a right, as in “customer MAY request ... via ...”");
    diagnose_fix(build->diagnostics, "Leave it out");
}

static void
check_as_stated(struct builder *build)
{
    const struct sentence *now = &build->now;
    if (!span_given(now->as_stated) || now->form == SENTENCE_NEVER || !first_mistake(build))
        return;
    diagnose(build->diagnostics, E_AS_STATED, now->as_stated,
             "“except as stated” belongs to NEVER");
    diagnose_why(build->diagnostics,
                 "It forbids whatever no clause permits, and this sentence forbids nothing");
    diagnose_fix(build->diagnostics, "Leave it out, or write a sentence with NEVER");
    diagnose_see(build->diagnostics, now->operator_span, "%s forbids nothing",
                 now->form == SENTENCE_MUST ? "MUST" : mode_word(now->form));
}

static void
check_example_parts(struct builder *build)
{
    bool by = span_given(build->by.span);
    if ((!by && build->because.count == 0) || !first_mistake(build))
        return;
    diagnose(build->diagnostics, E_FORM, by ? build->by.span : build->because.span,
             by ? "a day to be met belongs to an example" : "“because” belongs to an example");
    diagnose_fix(build->diagnostics, by ? "Write “within” and a length of time" : "Leave it out");
}

/* What every sentence needs, in a clause or in an example. */
static void
finish(struct builder *build)
{
    struct sentence *now = &build->now;
    now->exception_count = build->exceptions.count;
    now->exceptions = ARENA_ARRAY(build->arena, now->exception_count, struct exception);
    if (now->exception_count > 0)
        memcpy(now->exceptions, build->exceptions.at,
               now->exception_count * sizeof *now->exceptions);
    check_via(build);
    check_as_stated(build);
}

void
sentence_check(struct builder *build)
{
    finish(build);
    check_example_parts(build);
    switch (build->now.form) {
    case SENTENCE_MAY_ONLY:
        check_may_only(build);
        check_permission_time(build);
        break;
    case SENTENCE_MAY:
    case SENTENCE_NEVER:
        check_permission_time(build);
        break;
    case SENTENCE_MUST:
        check_duty(build);
        break;
    case SENTENCE_RIGHT:
    case SENTENCE_CHOICE:
        check_permission_time(build);
        check_right(build);
        break;
    case SENTENCE_PROMISE:
    case SENTENCE_NARRATIVE:
    case SENTENCE_REPEATS:
    case SENTENCE_FORMS:
        break;
    }
}

void
then_check(struct builder *build, struct span span)
{
    const struct sentence *now = &build->now;
    finish(build);
    struct diagnostics *to = build->diagnostics;
    bool by = span_given(build->by.span);
    if (now->form != SENTENCE_MAY && now->form != SENTENCE_NEVER && now->form != SENTENCE_MUST) {
        if (first_mistake(build)) {
            diagnose(to, E_EXAMPLE_FORM, span, "this cannot be tried in an example");
            diagnose_fix(to, "Write “then” and a sentence with MAY, NEVER, or MUST and “by”");
        }
    } else if (now->form == SENTENCE_MUST && !by && first_mistake(build)) {
        diagnose(to, E_EXAMPLE_FORM, span, "the day is missing by which this must be done");
        diagnose_fix(to, "Write it at the end, as in “by 2026-03-04”");
    } else if (now->form != SENTENCE_MUST && by && first_mistake(build)) {
        diagnose(to, E_EXAMPLE_FORM, build->by.span, "only a duty has a day to be met");
        diagnose_fix(to, "Leave it out, or write MUST");
    } else if ((now->timing.form != TIMING_NONE || now->after.count > 0 ||
                now->condition.count > 0 || has_exception(build) || now->subject_to.count > 0) &&
               first_mistake(build)) {
        diagnose(to, E_EXAMPLE_FORM, span, "an example says what follows, without conditions");
        diagnose_fix(to, "Put what is given into a sentence of its own that begins with “given”");
    }
}
