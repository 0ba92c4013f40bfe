/* The matrix for programs: CSV and JSON. */
#include "compiler/base/json.h"
#include "compiler/question/matrix.h"

static const char *
standing_word(enum standing standing)
{
    static const char *const words[] = {"allowed", "depends", "forbidden"};
    return words[standing];
}

/* Spreadsheets take a cell that begins with one of these for a formula; no name of a policy does,
 * but words in front of a name might. */
static void
add_cell(struct buffer *out, struct text text, bool last)
{
    buffer_char(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '"')
            buffer_char(out, '"');
        buffer_char(out, text.data[i]);
    }
    buffer_string(out, "\"");
    buffer_add(out, last ? TEXT("\r\n") : TEXT(","));
}

void
matrix_csv(struct buffer *out, const struct model *model, const struct matrix *matrix)
{
    buffer_string(out, "who,act,what,target,allowed,when,clauses\r\n");
    for (size_t i = 0; i < matrix->rows.count; i++) {
        const struct matrix_row *row = &matrix->rows.at[i];
        struct buffer cells[PART_COUNT + 2];
        for (int c = 0; c < PART_COUNT + 2; c++)
            cells[c] = buffer_in(out->arena);
        for (enum part part = 0; part < PART_COUNT; part++)
            set_names(model, row->parts[part], &cells[part]);
        matrix_when(&cells[PART_COUNT], model, row);
        matrix_clauses(&cells[PART_COUNT + 1], model, row);
        add_cell(out, buffer_text(&cells[PART_ACTOR]), false);
        add_cell(out, text_of(verb_forms[row->verb].word), false);
        add_cell(out, buffer_text(&cells[PART_OBJECT]), false);
        add_cell(out, buffer_text(&cells[PART_TARGET]), false);
        add_cell(out, text_of(standing_word(row->standing)), false);
        add_cell(out, buffer_text(&cells[PART_COUNT]), false);
        add_cell(out, buffer_text(&cells[PART_COUNT + 1]), true);
    }
}

static void
add_leaves(struct buffer *out, const struct model *model, const char *name, struct set set)
{
    json_name(out, name);
    buffer_char(out, '[');
    for (size_t i = 0; i < set.count; i++)
        for (uint32_t l = set.at[i].low; l < set.at[i].high; l++) {
            json_next(out);
            json_string(out, leaf(model, l)->name);
        }
    buffer_char(out, ']');
}

static void
add_states(struct buffer *out, const struct model *model, const char *name, uint64_t states)
{
    json_name(out, name);
    buffer_char(out, '[');
    for (uint32_t i = 0; i < state_count(model); i++)
        if ((states >> i & 1) != 0) {
            json_next(out);
            json_string(out, leaf(model, model->first_leaf[KIND_STATE] + i)->name);
        }
    buffer_char(out, ']');
}

static void
add_effects(struct buffer *out, const struct model *model, const struct matrix_row *row)
{
    static const char *const modes[] = {
        [MODE_NEVER] = "never", [MODE_MAY] = "may", [MODE_REST] = "never, except as stated"};
    json_name(out, "rules");
    buffer_char(out, '[');
    for (size_t i = 0; i < row->effect_count; i++) {
        const struct effect *effect = &row->effects[i];
        json_next(out);
        buffer_char(out, '{');
        json_member(out, "mode", text_of(modes[effect->mode]));
        json_member(out, "clause", model->clauses[effect->clause].name);
        add_states(out, model, "holds", effect->when.need);
        add_states(out, model, "holds_not", effect->when.forbid);
        buffer_char(out, '}');
    }
    buffer_char(out, ']');
}

void
matrix_json(struct buffer *out, const struct model *model, const struct matrix *matrix)
{
    buffer_char(out, '{');
    json_member(out, "policy", model->settings->policy);
    json_name(out, "rows");
    buffer_char(out, '[');
    for (size_t i = 0; i < matrix->rows.count; i++) {
        const struct matrix_row *row = &matrix->rows.at[i];
        json_next(out);
        buffer_char(out, '{');
        json_member(out, "verb", text_of(verb_forms[row->verb].word));
        add_leaves(out, model, "actors", row->parts[PART_ACTOR]);
        add_leaves(out, model, "objects", row->parts[PART_OBJECT]);
        add_leaves(out, model, "targets", row->parts[PART_TARGET]);
        json_member(out, "allowed", text_of(standing_word(row->standing)));
        add_effects(out, model, row);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}\n");
}
