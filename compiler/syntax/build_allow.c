/* "allow W03 "why it is meant so".": a message of a clause or of a declaration that is not to be
 * given, because somebody has looked at it. It is no rule, and never shows on the page. */
#include "compiler/diag/explain.h"
#include "compiler/syntax/build.h"

static void
report_outside(struct builder *build, struct span span)
{
    struct diagnostics *to = build->diagnostics;
    diagnose(to, E_ALLOWANCE, span,
             build->container == IN_EXAMPLE ? "an example has nothing that could be allowed"
                                            : "this allows nothing, since it stands in no clause");
    diagnose_why(to, "A message is allowed in one clause, or for one word, and nowhere else");
    diagnose_fix(to, "Put it into the clause that the message is about, or directly behind the "
                     "declaration of the word");
}

/* The code that may be allowed; false after a report. */
static bool
read_code(struct builder *build, struct quoted written, enum code *code)
{
    struct diagnostics *to = build->diagnostics;
    struct text shown = text_shown(build->arena, written.text);
    if (!code_find(written.text, code)) {
        diagnose(to, E_ALLOWANCE, written.span, "no message has the code “%.*s”", TEXT_ARGS(shown));
        diagnose_fix(to, "Write the code that stands in the message, such as %s",
                     code_number(W_UNDECIDED));
        return false;
    }
    if (code_can_be_allowed(*code))
        return true;
    diagnose(to, E_ALLOWANCE, written.span, "%s is an error, and errors cannot be allowed",
             code_number(*code));
    diagnose_why(to,
                 "With an error the page would say what the services do not do; only warnings, and "
                 "numbers typed by hand (%s), are a matter of judgement",
                 code_number(E_TYPED_NUMBER));
    diagnose_fix(to, "Mend what the message is about");
    return false;
}

static void
check_reason(struct builder *build, struct quoted code, struct quoted reason)
{
    if (text_trim(reason.text).length > 0)
        return;
    struct diagnostics *to = build->diagnostics;
    diagnose(to, E_ALLOWANCE, reason.given ? reason.span : code.span,
             "it is not said why “%.*s” is allowed",
             TEXT_ARGS(text_shown(build->arena, code.text)));
    diagnose_why(to, "Whoever reads the policy next has to know that somebody looked at it");
    diagnose_fix(to,
                 "Write the reason in quotation marks, as in “allow %.*s \"why it is meant so\".”",
                 TEXT_ARGS(text_shown(build->arena, code.text)));
}

/* The declaration that the allowance stands behind, or NONE. */
static uint32_t
declaration_before(const struct builder *build)
{
    const struct tree *tree = build->tree;
    size_t count = tree->declarations.count, sections = tree->sections.count;
    if (build->container != IN_NOTHING || count == 0)
        return NONE;
    uint32_t begin = tree->declarations.at[count - 1].span.begin;
    bool closed = sections > 0 && tree->sections.at[sections - 1].span.begin > begin;
    return closed ? NONE : (uint32_t)count - 1;
}

void
build_allowance(struct builder *build, struct quoted code, struct quoted reason, struct span span)
{
    struct allowance_tree allowance = {
        .code = code, .reason = reason, .clause = NONE, .declaration = NONE, .span = span};
    build_item_end(build);
    if (build->container == IN_CLAUSE) {
        allowance.clause = (uint32_t)build->tree->clauses.count;
        build->clause.span.end = span.end;
    } else {
        allowance.declaration = declaration_before(build);
        if (allowance.declaration == NONE) {
            report_outside(build, span);
            return;
        }
    }
    *VECTOR_PUSH(build->arena, &build->tree->allowances) = allowance;
}

/* What a checked allowance covers. */
static struct span
covered(const struct tree *tree, const struct allowance_tree *allowance)
{
    return allowance->clause != NONE ? tree->clauses.at[allowance->clause].span
                                     : tree->declarations.at[allowance->declaration].span;
}

static void
enter(struct builder *build, enum code code, const struct allowance_tree *allowance)
{
    struct diagnostics *to = build->diagnostics;
    if (diagnostics_allow(to, code, covered(build->tree, allowance), allowance->span,
                          allowance->clause != NONE))
        return;
    diagnose(to, E_ALLOWANCE, allowance->span, "%s is allowed here already", code_number(code));
    diagnose_fix(to, "Leave one of the two out, and write both reasons in the other");
}

void
build_allowances_end(struct builder *build)
{
    const struct tree *tree = build->tree;
    for (size_t i = 0; i < tree->allowances.count; i++) {
        const struct allowance_tree *allowance = &tree->allowances.at[i];
        enum code code;
        if (!read_code(build, allowance->code, &code))
            continue;
        check_reason(build, allowance->code, allowance->reason);
        enter(build, code, allowance); /* without a reason too: one mistake, one message */
    }
}
