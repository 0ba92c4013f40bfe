/* Words of everyday English for which rules have another. */
#include "compiler/syntax/misfit.h"

static const struct {
    const char *word;
    const char *meant; /* the word of the language, or NULL */
    const char *fix;   /* where there is none */
} synonyms[] = {
    {"unless", "except if", NULL},
    {"without", NULL, "Write “except if” and a state"},
    {"when", "if", NULL},
    {"whenever", "if", NULL},
    {"where", "if", NULL},
    {"while", "if", NULL},
    {"provided", "if", NULL},
    {"once", NULL, "Write “after” and an event"},
    {"upon", "after", NULL},
    {"following", "after", NULL},
    {"immediately", "at once", NULL},
    {"promptly", NULL, "Write “at once”, or a limit such as “within 3 days”"},
    {"regarding", "about", NULL},
    {"concerning", "about", NULL},
    {"into", "in", NULL},
    {"on", "in", NULL},
    {"under", "in", NULL},
    {"through", "via", NULL},
    {"using", "via", NULL},
    {"but", NULL, "Write “except”, or two sentences"},
    {"nor", "or", NULL},
    {"as", NULL, "Write “for” and a purpose"},
    {"that", NULL, "Leave it out"},
    {"which", NULL, "Write two sentences"},
    {"who", NULL, "Write “if” and a state"},
    {"stated", NULL, "Write “except as stated”"},
    {"basis", NULL,
     "Say it where the purpose is declared, as in purpose news \"our newsletter\" basis consent "
     "\"you asked for it\""},
    {"asap", "at once", NULL},
    {"instantly", "at once", NULL},
};

static void
say_synonym(struct misfit *m, const struct token *token, size_t row)
{
    struct diagnostics *to = m->build->diagnostics;
    struct span span = token_span(m->build->source, *token);
    struct text word = misfit_text(m, token);
    if (!synonyms[row].meant) {
        diagnose(to, E_EVERYDAY, span, "“%.*s” is no word of rules", TEXT_ARGS(word));
        diagnose_fix(to, "%s", synonyms[row].fix);
        return;
    }
    diagnose(to, E_EVERYDAY, span, "for “%.*s” a rule has the word “%s”", TEXT_ARGS(word),
             synonyms[row].meant);
    diagnose_fix(to, "Write “%s”", synonyms[row].meant);
    diagnose_edit(to, span, "%s", synonyms[row].meant);
}

/* A word of everyday English for which the language has another. */
bool
slip_synonym(struct misfit *m)
{
    if (m->at == m->first || m->ended)
        return false;
    for (const struct token *token = m->at; token >= m->at - 1; token--) {
        struct text word = misfit_text(m, token);
        for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
            if (token->kind != TOKEN_NAME || !text_equal_folded(word, text_of(synonyms[i].word)))
                continue;
            say_synonym(m, token, i);
            return true;
        }
    }
    return false;
}
