#include "runtime/agent/list.h"

#include "runtime/store/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static avow_store_code
cannot_read(const struct list *list, int why, avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO, "%s cannot be read: %s.", list->path, strerror(why));
}

static enum column
column_of(avow_identity_kind kind)
{
    return kind == AVOW_IDENTITY_EMAIL   ? COLUMN_EMAIL
           : kind == AVOW_IDENTITY_PHONE ? COLUMN_PHONE
                                         : COLUMN_ID;
}

static avow_store_code
no_column(const struct list *list, const char *column, avow_store_error *error)
{
    if (!column)
        return fault(error, AVOW_STORE_INPUT,
                     "%s has several columns, and it is not certain which of them the address is. "
                     "Name it with --column.",
                     list->path);
    char there[200] = "";
    for (size_t i = 0; i < list->names.count && strlen(there) < 150; i++) {
        size_t length = strlen(there);
        struct cell cell = list->names.cell[i];
        snprintf(there + length, sizeof there - length, "%s%.*s", i > 0 ? ", " : "",
                 (int)(cell.length < 40 ? cell.length : 40), cell.text);
    }
    return fault(error, AVOW_STORE_INPUT, "%s has no column '%s'. There are: %s.", list->path,
                 column, there);
}

/* Looks at the first line. */
static avow_store_code
look(struct list *list, avow_identity_kind kind, const char *column, avow_store_error *error)
{
    if (rows_is_utf16(&list->rows))
        return fault(error, AVOW_STORE_INPUT,
                     "%s is written in UTF-16. Save it as UTF-8; spreadsheets call it \"CSV "
                     "UTF-8\".",
                     list->path);
    char separator = rows_guess_separator(&list->rows);
    list->rows.separator = separator ? separator : ',';
    if (!rows_next(&list->rows, &list->names))
        return list->rows.failed ? cannot_read(list, list->rows.failed, error) : AVOW_STORE_OK;
    list->table = true;
    list->column =
        column ? column_named(&list->names, column) : column_find(&list->names, column_of(kind));
    if (list->column != NO_COLUMN)
        return AVOW_STORE_OK;
    if (column || separator)
        return no_column(list, column, error);
    /* No name of a column: a plain list, and this is its first line. */
    list->table = false;
    list->column = 0;
    list->rows.separator = 0;
    if (list->names.problem)
        return fault(error, AVOW_STORE_INPUT, "%s, line 1: %s", list->path, list->names.problem);
    rows_unread(&list->rows, &list->names);
    return AVOW_STORE_OK;
}

avow_store_code
list_open(struct list *list, const char *path, avow_identity_kind kind, const char *column,
          avow_store_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    memset(&list->rows, 0, sizeof list->rows);
    list->path = standard ? "standard input" : path;
    list->table = false;
    list->column = 0;
    list->file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (list->file < 0 || fstat(list->file, &list->stat) != 0)
        return cannot_read(list, errno, error);
    if (!rows_begin(&list->rows, list->file))
        return fault_memory(error);
    return look(list, kind, column, error);
}

void
list_close(struct list *list)
{
    rows_end(&list->rows);
    if (list->file > STDIN_FILENO)
        close(list->file);
    list->file = -1;
}

bool
list_next(struct list *list, avow_store_error *error)
{
    if (rows_next(&list->rows, &list->row))
        return true;
    if (list->rows.failed)
        cannot_read(list, list->rows.failed, error);
    return false;
}

struct cell
list_address(const struct list *list)
{
    return column_cell(&list->row, list->column);
}
