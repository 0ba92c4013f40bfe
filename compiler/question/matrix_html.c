/* The matrix as a page of its own: a table, and filters that are the browser's own work. Without
 * script it is the table. */
#include "compiler/base/embedded.h"
#include "compiler/question/matrix.h"

static void
add(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (c == '&')
            buffer_string(out, "&amp;");
        else if (c == '<')
            buffer_string(out, "&lt;");
        else if (c == '>')
            buffer_string(out, "&gt;");
        else if (c == '"')
            buffer_string(out, "&quot;");
        else
            buffer_char(out, c);
    }
}

static const struct embedded *
file_of(const char *name)
{
    const struct embedded *file = matrix_files;
    while (file->name && strcmp(file->name, name) != 0)
        file++;
    return file;
}

static void
add_file(struct buffer *out, const char *tag, const char *name)
{
    buffer_format(out, "<%s>", tag);
    buffer_add(out, embedded_text(file_of(name)));
    buffer_format(out, "</%s>\n", tag);
}

/* A cell with the names of all its leaves, for the filters, and a shorter list to be read. */
static void
add_part(struct buffer *out, const struct model *model, struct set set, const char *before)
{
    struct buffer names = buffer_in(out->arena);
    buffer_string(out, "<td data-names=\"");
    for (size_t i = 0; i < set.count; i++)
        for (uint32_t l = set.at[i].low; l < set.at[i].high; l++) {
            if (i > 0 || l > set.at[0].low)
                buffer_char(out, ' ');
            add(out, leaf(model, l)->name);
        }
    set_names(model, set, &names);
    buffer_format(out, "\">%s", before);
    add(out, buffer_text(&names));
    buffer_string(out, "</td>");
}

static void
add_row(struct buffer *out, const struct model *model, const struct matrix_row *row)
{
    static const char *const classes[] = {"yes", "depends", "no"};
    const struct verb_form *form = &verb_forms[row->verb];
    struct buffer when = buffer_in(out->arena), clauses = buffer_in(out->arena);
    matrix_when(&when, model, row);
    matrix_clauses(&clauses, model, row);
    buffer_string(out, "<tr>");
    add_part(out, model, row->parts[PART_ACTOR], "");
    buffer_format(out, "<td data-names=\"%s\">%s</td>", form->word, form->word);
    add_part(out, model, row->parts[PART_OBJECT], "");
    struct text before = arena_format(out->arena, "%s ", preposition_word(form->preposition));
    add_part(out, model, row->parts[PART_TARGET], before.data);
    buffer_format(out, "<td class=\"%s\" data-names=\"%s\">", classes[row->standing],
                  classes[row->standing]);
    add(out, buffer_text(&when));
    buffer_string(out, "</td><td>");
    add(out, buffer_text(&clauses));
    buffer_string(out, "</td></tr>\n");
}

static void
add_filters(struct buffer *out)
{
    static const struct {
        const char *label;
        int column;
    } filters[] = {
        {"Who", 0}, {"Act", 1}, {"What or whom", 2}, {"To, in, for, about", 3}, {"Allowed", 4}};
    buffer_string(out, "<form hidden>\n");
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        buffer_format(out,
                      "<label>%s<select data-column=\"%d\"><option value=\"\">all</option></select>"
                      "</label>\n",
                      filters[i].label, filters[i].column);
    buffer_string(out, "<label>Words<input type=\"search\"></label>\n</form>\n"
                       "<p id=\"count\" role=\"status\"></p>\n");
}

void
matrix_html(struct buffer *out, const struct model *model, const struct matrix *matrix)
{
    const struct settings *settings = model->settings;
    const struct embedded *script = file_of("matrix_script"), *style = file_of("matrix_style");
    buffer_format(out,
                  "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'sha256-%s'; script-src 'sha256-%s'\">\n<title>",
                  style->sha256, script->sha256);
    add(out, settings->title);
    buffer_string(out, ": who may do what</title>\n");
    add_file(out, "style", "matrix_style");
    buffer_string(out, "</head>\n<body>\n<main>\n<h1>");
    add(out, settings->title);
    buffer_string(out, ": who may do what</h1>\n<p>Made from the rules of the policy “");
    add(out, settings->policy);
    buffer_string(out, "”. Nothing permits what is not listed.</p>\n");
    add_filters(out);
    buffer_string(out,
                  "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Matrix\">\n"
                  "<table>\n<thead><tr><th scope=\"col\">Who</th><th scope=\"col\">Act</th>"
                  "<th scope=\"col\">What or whom</th><th scope=\"col\">To, in, for, about</th>"
                  "<th scope=\"col\">Allowed</th>"
                  "<th scope=\"col\">Clauses</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < matrix->rows.count; i++)
        add_row(out, model, &matrix->rows.at[i]);
    buffer_string(out, "</tbody>\n</table>\n</div>\n</main>\n");
    add_file(out, "script", "matrix_script");
    buffer_string(out, "</body>\n</html>\n");
}
