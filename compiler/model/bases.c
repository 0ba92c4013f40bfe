/* Legal bases, and where recipients are. */
#include "compiler/model/vocabulary.h"

#define RECIPIENTS (KINDS(KIND_AUDIENCE) | KINDS(KIND_SYSTEM))

const char *
basis_word(enum basis_kind kind)
{
    static const char *const words[BASIS_COUNT] = {
        [BASIS_CONSENT] = "consent", [BASIS_CONTRACT] = "contract", [BASIS_LAW] = "law",
        [BASIS_VITAL] = "vital",     [BASIS_PUBLIC] = "public",     [BASIS_INTEREST] = "interest",
    };
    return words[kind];
}

/* What people write for a word of the language. */
static const struct {
    const char *written;
    enum basis_kind kind;
} other_words[] = {
    {"opt-in", BASIS_CONSENT},
    {"permission", BASIS_CONSENT},
    {"agreement", BASIS_CONTRACT},
    {"contractual", BASIS_CONTRACT},
    {"obligation", BASIS_LAW},
    {"legal-obligation", BASIS_LAW},
    {"legal", BASIS_LAW},
    {"duty", BASIS_LAW},
    {"statute", BASIS_LAW},
    {"life", BASIS_VITAL},
    {"vital-interest", BASIS_VITAL},
    {"vital-interests", BASIS_VITAL},
    {"public-task", BASIS_PUBLIC},
    {"public-interest", BASIS_PUBLIC},
    {"task", BASIS_PUBLIC},
    {"legitimate-interest", BASIS_INTEREST},
    {"legitimate", BASIS_INTEREST},
    {"legitimate-interests", BASIS_INTEREST},
    {"interests", BASIS_INTEREST},
};

static enum basis_kind
find_basis(struct text word)
{
    enum basis_kind kind = 0;
    while (kind < BASIS_COUNT && !text_equal(word, text_of(basis_word(kind))))
        kind++;
    return kind;
}

static enum basis_kind
meant_basis(struct text word)
{
    for (size_t i = 0; i < sizeof other_words / sizeof other_words[0]; i++)
        if (text_equal(word, text_of(other_words[i].written)))
            return other_words[i].kind;
    enum basis_kind kind = 0;
    while (kind < BASIS_COUNT && text_distance(word, text_of(basis_word(kind)), 2) > 2)
        kind++;
    return kind;
}

static void
report_basis(struct draft *draft, const struct name *word)
{
    enum basis_kind meant = meant_basis(word->text);
    diagnose(draft->diagnostics, E_BASIS, word->span, "“%.*s” is no legal basis",
             TEXT_ARGS(word->text));
    diagnose_why(draft->diagnostics,
                 "There are six: consent, contract, law (a legal obligation), interest (a "
                 "legitimate one), public (a task in the public interest) and vital (somebody’s "
                 "life)");
    if (meant < BASIS_COUNT)
        diagnose_fix(draft->diagnostics, "Write “%s”, if that is meant", basis_word(meant));
    else
        diagnose_fix(draft->diagnostics, "Write one of the six");
}

static void
read_bases(struct draft *draft, const struct declaration *declaration, struct symbol *symbol)
{
    unsigned kinds = KINDS(KIND_PURPOSE) | RECIPIENTS;
    size_t count = declaration->basis_count;
    if (count == 0)
        return;
    if (!(kinds & KINDS(declaration->kind))) {
        report_part(draft, declaration, kinds, "basis", declaration->bases[0].span);
        return;
    }
    struct basis *bases = ARENA_ARRAY(draft->arena, count, struct basis);
    symbol->bases = bases;
    for (size_t i = 0; i < count; i++) {
        const struct basis_part *part = &declaration->bases[i];
        enum basis_kind kind = find_basis(part->word.text);
        if (kind == BASIS_COUNT)
            report_basis(draft, &part->word);
        else
            bases[symbol->basis_count++] = (struct basis){kind, part->why.text, part->span};
    }
}

static void
read_in(struct draft *draft, const struct declaration *declaration, struct symbol *symbol)
{
    const struct name_list *list = &declaration->in;
    if (list->count == 0)
        return;
    if (!(RECIPIENTS & KINDS(declaration->kind))) {
        report_part(draft, declaration, RECIPIENTS, "in", list->span);
        return;
    }
    uint32_t *places = ARENA_ARRAY(draft->arena, list->count, uint32_t);
    symbol->in = places;
    for (size_t i = 0; i < list->count; i++) {
        uint32_t found = resolve_symbol(&draft->resolver, &list->at[i], KINDS(KIND_PLACE));
        if (found != NONE)
            places[symbol->in_count++] = found;
    }
}

void
bases_read(struct draft *draft, const struct declaration *declaration, struct symbol *symbol)
{
    read_bases(draft, declaration, symbol);
    read_in(draft, declaration, symbol);
}

void
bases_inherit(struct draft *draft)
{
    for (size_t i = 0; i < draft->model->symbol_count; i++) {
        struct symbol *symbol = &draft->symbols[i];
        if (symbol->parent == NONE)
            continue;
        const struct symbol *group = &draft->symbols[symbol->parent];
        if (symbol->basis_count == 0) {
            symbol->bases = group->bases;
            symbol->basis_count = group->basis_count;
        }
        if (symbol->in_count == 0) {
            symbol->in = group->in;
            symbol->in_count = group->in_count;
        }
    }
}
