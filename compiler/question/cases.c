#include "compiler/question/cases.h"

#include "compiler/model/yaml.h"
#include "compiler/question/csv.h"
#include "compiler/syntax/load.h"

enum column { COLUMN_CASE, COLUMN_ASK, COLUMN_ANSWER, COLUMN_BECAUSE, COLUMNS };

static const char *const column_names[COLUMNS] = {"case", "ask", "answer", "because"};

static enum column
column_of(struct text name)
{
    enum column column = COLUMN_CASE;
    while (column < COLUMNS && !text_equal_folded(name, text_of(column_names[column])))
        column++;
    return column;
}

static bool
refuse_column(struct diagnostics *diagnostics, struct span span, struct text name)
{
    diagnose(diagnostics, E_CASES, span, "“%.*s” is no part of a case",
             TEXT_ARGS(text_shown(diagnostics->arena, name)));
    diagnose_fix(diagnostics, "A case has “ask” and “answer”, and may have “case” (its title) and "
                              "“because” (clauses)");
    return false;
}

static struct text *
cell_of(struct test_case *row, enum column column)
{
    struct text *const cells[COLUMNS] = {&row->title, &row->question, &row->answer, &row->because};
    return cells[column];
}

/* A row is kept if it has what it needs. */
static bool
keep(struct arena *arena, struct test_cases *cases, const struct test_case *row, struct span span,
     struct diagnostics *diagnostics)
{
    const char *missing = row->question.length == 0 ? "ask"
                          : row->answer.length == 0 ? "answer"
                                                    : NULL;
    if (!missing) {
        *VECTOR_PUSH(arena, &cases->list) = *row;
        return true;
    }
    diagnose(diagnostics, E_CASES, span, "this case has no “%s”", missing);
    diagnose_fix(diagnostics,
                 "Write the question as for “avow ask”, and the answer that is wanted, "
                 "such as yes or no");
    return false;
}

/* CSV --------------------------------------------------------------------------------------------
 */

struct sheet {
    struct arena *arena;
    const struct source *source;
    uint32_t number; /* of the source */
    struct csv csv;
    enum column columns[16];
    struct diagnostics *diagnostics;
};

static struct span
row_span(const struct sheet *sheet, uint32_t line)
{
    uint32_t begin = sheet->source->lines.at[line - 1];
    return (struct span){sheet->number, begin, begin};
}

static bool
read_header(struct sheet *sheet)
{
    const struct csv_row *header = sheet->csv.rows.count > 0 ? sheet->csv.rows.at : NULL;
    bool seen[COLUMNS] = {false};
    for (size_t i = 0; header && i < header->count; i++) {
        enum column column = column_of(header->cells[i]);
        if (column == COLUMNS || i == sizeof sheet->columns / sizeof *sheet->columns)
            return refuse_column(sheet->diagnostics, row_span(sheet, header->line),
                                 header->cells[i]);
        sheet->columns[i] = column;
        seen[column] = true;
    }
    if (seen[COLUMN_ASK] && seen[COLUMN_ANSWER])
        return true;
    diagnose(sheet->diagnostics, E_CASES, (struct span){sheet->number, 0, 0},
             "the first line does not name the columns “ask” and “answer”");
    diagnose_fix(sheet->diagnostics,
                 "Begin the table with a line such as: case,ask,answer,because");
    return false;
}

static bool
read_sheet_row(struct sheet *sheet, const struct csv_row *from, struct test_cases *cases)
{
    struct test_case row = {.path = sheet->source->path, .line = from->line};
    size_t columns = sheet->csv.rows.at[0].count;
    for (size_t i = 0; i < from->count; i++) {
        if (i < columns) {
            *cell_of(&row, sheet->columns[i]) = from->cells[i];
        } else if (from->cells[i].length > 0) {
            diagnose(sheet->diagnostics, E_CASES, row_span(sheet, from->line),
                     "this row has more cells than the first line names");
            diagnose_fix(sheet->diagnostics,
                         "Put a cell that has a comma in it between quotation marks");
            return false;
        }
    }
    return keep(sheet->arena, cases, &row, row_span(sheet, from->line), sheet->diagnostics);
}

static bool
load_csv(struct arena *arena, const struct sources *sources, uint32_t source,
         struct test_cases *cases, struct diagnostics *diagnostics)
{
    struct sheet sheet = {.arena = arena,
                          .source = &sources->list.at[source],
                          .number = source,
                          .diagnostics = diagnostics};
    if (!csv_read(arena, sources, source, &sheet.csv, diagnostics) || !read_header(&sheet))
        return false;
    bool good = true;
    for (size_t i = 1; i < sheet.csv.rows.count; i++)
        good &= read_sheet_row(&sheet, &sheet.csv.rows.at[i], cases);
    return good;
}

/* YAML -------------------------------------------------------------------------------------------
 */

/* "because" may be a list; it is kept as if it were written in one. */
static bool
read_value(struct arena *arena, const struct yaml *value, struct text *cell)
{
    struct buffer out = buffer_in(arena);
    *cell = value->text;
    if (value->kind == YAML_SCALAR)
        return true;
    for (const struct yaml *item = value->child; item; item = item->next) {
        if (item->kind != YAML_SCALAR || value->kind != YAML_LIST)
            return false;
        buffer_add(&out, out.length > 0 ? TEXT(", ") : TEXT(""));
        buffer_add(&out, item->text);
    }
    *cell = buffer_text(&out);
    return true;
}

static bool
read_item(struct arena *arena, const struct source *source, const struct yaml *item,
          struct test_cases *cases, struct diagnostics *diagnostics)
{
    struct test_case row = {.path = source->path,
                            .line = source_place(source, item->span.begin).line};
    for (const struct yaml *member = item->child; member; member = member->next) {
        enum column column = member->key ? column_of(member->key->text) : COLUMNS;
        if (column == COLUMNS)
            return refuse_column(diagnostics, member->key ? member->key->span : member->span,
                                 member->key ? member->key->text : member->text);
        if (!read_value(arena, member, cell_of(&row, column))) {
            diagnose(diagnostics, E_CASES, member->span, "a word or sentence is needed here");
            return false;
        }
    }
    return keep(arena, cases, &row, item->span, diagnostics);
}

static bool
load_yaml(struct arena *arena, const struct sources *sources, uint32_t source,
          struct test_cases *cases, struct diagnostics *diagnostics)
{
    const struct yaml *root = yaml_read(arena, sources, source, E_CASES, diagnostics);
    const struct yaml *list = root ? yaml_get(root, "cases") : NULL;
    if (!root)
        return false;
    if (!list || list->kind != YAML_LIST || root->count != 1) {
        diagnose(diagnostics, E_CASES, root->span, "the file must hold one list named “cases”");
        diagnose_fix(diagnostics, "Begin it with “cases:”, and each case with a hyphen");
        return false;
    }
    bool good = true;
    for (const struct yaml *item = list->child; item; item = item->next)
        good &= read_item(arena, &sources->list.at[source], item, cases, diagnostics);
    return good;
}

bool
cases_load(struct arena *arena, struct sources *sources, struct text path, struct test_cases *cases,
           struct diagnostics *diagnostics)
{
    uint32_t source = source_load(arena, sources, path, NULL, diagnostics);
    if (source == NONE)
        return false;
    struct text text = text_trim(sources->list.at[source].text);
    struct text csv = TEXT(".csv");
    bool named =
        path.length > csv.length &&
        text_equal_folded((struct text){path.data + path.length - csv.length, csv.length}, csv);
    bool piped = text_equal(path, TEXT("-")) && !text_starts(text, TEXT("cases:"));
    return named || piped ? load_csv(arena, sources, source, cases, diagnostics)
                          : load_yaml(arena, sources, source, cases, diagnostics);
}
