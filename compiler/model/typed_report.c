#include "compiler/model/locale.h"
#include "compiler/model/typed.h"

/* A duty of the clause with a time limit, whose hole may be what was meant. */
static const struct duty *
duty_with_time(const struct prose *prose)
{
    const struct model *model = prose->draft->model;
    const struct clause *clause = &model->clauses[prose->clause];
    for (uint32_t i = 0; i < clause->sentence_count; i++) {
        const struct sentence_model *sentence = &model->sentences[clause->first_sentence + i];
        for (uint32_t k = 0; k < sentence->duty_count; k++) {
            const struct duty *duty = &model->duties[sentence->first_duty + k];
            if (duty->timing.form == TIMING_WITHIN || duty->timing.form == TIMING_FOR)
                return duty;
        }
    }
    return NULL;
}

/* The value or contact whose text was typed, or NULL. */
static const struct symbol *
symbol_saying(const struct model *model, enum kind kind, struct text typed)
{
    for (uint32_t i = model->first_symbol[kind]; i < model->first_symbol[kind + 1]; i++) {
        const struct symbol *symbol = &model->symbols[i];
        if (text_equal(symbol->value, typed) || text_equal(symbol->label, typed) ||
            (symbol->url.length > typed.length &&
             text_equal(
                 (struct text){symbol->url.data + symbol->url.length - typed.length, typed.length},
                 typed)))
            return symbol;
    }
    return NULL;
}

static void
mend_amount(const struct prose *prose, struct text typed)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    const struct symbol *value = symbol_saying(prose->draft->model, KIND_VALUE, typed);
    if (value)
        diagnose_fix(diagnostics, "Write {value of %.*s}", TEXT_ARGS(value->name));
    else
        diagnose_fix(diagnostics,
                     "Declare it, as in “value NAME is \"%.*s\".”, and write {value of NAME}",
                     TEXT_ARGS(typed));
}

static void
mend_time(const struct prose *prose, struct text typed)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    const struct model *model = prose->draft->model;
    const struct duty *duty = duty_with_time(prose);
    const struct name_list *objects =
        duty ? &model->sentences[duty->sentence].tree->act.objects : NULL;
    if (symbol_saying(model, KIND_VALUE, typed))
        mend_amount(prose, typed);
    else if (objects && objects->count > 0)
        diagnose_fix(diagnostics, "Write {deadline of %.*s}, or declare a value for it",
                     TEXT_ARGS(objects->at[0].text));
    else
        diagnose_fix(
            diagnostics,
            "Write {deadline of …} if a rule sets it; else declare it, as in “value NAME is "
            "\"%.*s\".”, and write {value of NAME}",
            TEXT_ARGS(typed));
}

static void
mend_date(const struct prose *prose, struct text typed)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    const struct model *model = prose->draft->model;
    struct text effective =
        locale_date(prose->draft->model->locale, prose->draft->arena, model->settings->effective);
    if (text_equal(effective, typed))
        diagnose_fix(diagnostics, "Write {date of effective}");
    else
        mend_amount(prose, typed);
}

static void
mend_address(const struct prose *prose, enum finding finding, struct text typed)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    const struct symbol *contact = symbol_saying(prose->draft->model, KIND_CONTACT, typed);
    if (contact)
        diagnose_fix(diagnostics, "Write {link of %.*s}", TEXT_ARGS(contact->name));
    else if (finding == FOUND_EMAIL)
        diagnose_fix(diagnostics,
                     "Declare a contact, as in “contact NAME \"%.*s\" at \"mailto:%.*s\".”, and "
                     "write {link of NAME}",
                     TEXT_ARGS(typed), TEXT_ARGS(typed));
    else
        diagnose_fix(diagnostics,
                     "Declare a contact, as in “contact NAME \"%.*s\".”, and write {NAME}",
                     TEXT_ARGS(typed));
}

/* The words without the marks of emphasis among them, on one line. */
static struct text
shown(const struct prose *prose, size_t begin, size_t end)
{
    struct buffer out = buffer_in(prose->draft->arena);
    for (size_t i = begin; i < end; i++)
        if (prose->raw.data[i] == '\n')
            buffer_char(&out, ' ');
        else if (!strchr("*`", prose->raw.data[i]))
            buffer_char(&out, prose->raw.data[i]);
    return buffer_text(&out);
}

void
typed_number_report(const struct prose *prose, enum finding finding, size_t begin, size_t end)
{
    struct diagnostics *diagnostics = prose->draft->diagnostics;
    static const char *const things[] = {
        [FOUND_NOTHING] = "",
        [FOUND_AMOUNT] = "an amount",
        [FOUND_TIME] = "a length of time",
        [FOUND_DATE] = "a date",
        [FOUND_EMAIL] = "an e-mail address",
        [FOUND_PHONE] = "a telephone number",
        [FOUND_POSTAL] = "an address",
    };
    struct text typed = shown(prose, begin, end);
    diagnose(diagnostics, E_TYPED_NUMBER, prose_span(prose, begin, end),
             "“%.*s” is %s typed by hand", TEXT_ARGS(typed), things[finding]);
    if (diagnostics->list.count >= DIAGNOSTICS_MAX)
        return; /* nobody will see what it takes a search to say */
    diagnose_why(diagnostics, "It would stay as it is when the rules or declarations change");
    if (finding == FOUND_AMOUNT)
        mend_amount(prose, typed);
    else if (finding == FOUND_TIME)
        mend_time(prose, typed);
    else if (finding == FOUND_DATE)
        mend_date(prose, typed);
    else
        mend_address(prose, finding, typed);
}
