/* The policy's calendar in the database, and what counts by it. */
#include "compiler/base/embedded.h"
#include "compiler/model/civil.h"
#include "compiler/sql/retention.h"

/* Calendar ----------------------------------------------------------------------------------------
 */

static void
say_instant(struct buffer *out, int64_t instant)
{
    int64_t day = floor_div(instant, SECONDS_PER_DAY);
    int64_t second = instant - day * SECONDS_PER_DAY;
    struct date date = civil_date(day);
    buffer_format(out, "'%04d-%02u-%02u %02d:%02d:%02d'", date.year, date.month, date.day,
                  (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

static void
say_day(struct buffer *out, int64_t day)
{
    struct date date = civil_date(day);
    buffer_format(out, "'%04d-%02u-%02u'", date.year, date.month, date.day);
}

static void
begin_table(const struct script *script, const char *name, const char *columns)
{
    buffer_string(script->out, "CREATE TABLE ");
    sql_dotted(script->out, script->mapping->schema, text_of(name));
    buffer_format(script->out, " (%s);\n", columns);
    buffer_string(script->out, "ALTER TABLE ");
    sql_dotted(script->out, script->mapping->schema, text_of(name));
    buffer_string(script->out, " OWNER TO ");
    sql_name(script->out, eraser_name(script));
    buffer_string(script->out, ";\n");
}

static void
begin_insert(const struct script *script, const char *name)
{
    buffer_string(script->out, "INSERT INTO ");
    sql_dotted(script->out, script->mapping->schema, text_of(name));
    buffer_string(script->out, " VALUES");
}

static void
write_zone(const struct script *script)
{
    const struct calendar *calendar = script->model->calendar;
    struct buffer *out = script->out;
    begin_table(script, "zone_change",
                "since timestamp NOT NULL, until timestamp, seconds integer NOT NULL, "
                "seconds_then integer");
    begin_insert(script, "zone_change");
    for (size_t i = 0; i < calendar->change_count; i++) {
        const struct zone_change *change = &calendar->changes[i];
        buffer_add(out, i > 0 ? TEXT(",\n  (") : TEXT("\n  ("));
        if (i == 0)
            buffer_string(out, "'-infinity'");
        else
            say_instant(out, change->instant);
        buffer_string(out, ", ");
        if (i + 1 == calendar->change_count) {
            buffer_format(out, "NULL, %d, NULL)", change->offset);
            continue;
        }
        say_instant(out, change[1].instant);
        buffer_format(out, ", %d, %d)", change->offset, change[1].offset);
    }
    buffer_string(out, ";\n");
}

static void
write_holidays(const struct script *script)
{
    const struct calendar *calendar = script->model->calendar;
    begin_table(script, "holiday", "day date PRIMARY KEY");
    if (calendar->holiday_count == 0)
        return;
    begin_insert(script, "holiday");
    for (size_t i = 0; i < calendar->holiday_count; i++) {
        buffer_add(script->out, i == 0       ? TEXT("\n  (")
                                : i % 6 == 0 ? TEXT("),\n  (")
                                             : TEXT("), ("));
        say_day(script->out, calendar->holidays[i]);
    }
    buffer_string(script->out, ");\n");
}

static void
write_calendar(const struct script *script)
{
    const struct calendar *calendar = script->model->calendar;
    struct buffer *out = script->out;
    buffer_string(out, "\n-- The calendar of the policy: the zone ");
    sql_words(out, calendar->zone);
    if (calendar->tzdata.length > 0) {
        buffer_string(out, " as of tzdata ");
        sql_words(out, calendar->tzdata);
    }
    buffer_string(out, ", times in UTC. The server's own zones are\n-- not asked.\n");
    begin_table(script, "calendar",
                "known_from timestamp, known_until timestamp, working_days integer, "
                "cut_off integer, holidays_until date");
    begin_insert(script, "calendar");
    buffer_string(out, " (");
    say_instant(out, calendar->from);
    buffer_string(out, ", ");
    say_instant(out, calendar->until);
    buffer_format(out, ", %u, %u, ", calendar->working_days, calendar->cut_off);
    say_day(out, calendar->valid_until);
    buffer_string(out, ");\n");
    write_zone(script);
    write_holidays(script);
}

/* Functions ---------------------------------------------------------------------------------------
 */

void
begin_function(const struct script *script, const char *name, const char *arguments,
               const char *how)
{
    buffer_string(script->out, "CREATE FUNCTION ");
    sql_dotted(script->out, script->mapping->schema, text_of(name));
    buffer_format(script->out, "%s\n  %s\n  SET search_path = pg_catalog, ", arguments, how);
    sql_name(script->out, script->mapping->schema);
    buffer_string(script->out, ", pg_temp\n  AS ");
}

void
end_function(const struct script *script, const char *name, const char *types)
{
    struct buffer *out = script->out;
    buffer_string(out, ";\nALTER FUNCTION ");
    sql_dotted(out, script->mapping->schema, text_of(name));
    buffer_format(out, "%s OWNER TO ", types);
    sql_name(out, eraser_name(script));
    buffer_string(out, ";\nREVOKE ALL ON FUNCTION ");
    sql_dotted(out, script->mapping->schema, text_of(name));
    buffer_format(out, "%s FROM PUBLIC;\n", types);
}

/* Short functions whose names are looked up now, not when they run. */
static void
write_short(const struct script *script, const char *name, const char *arguments, const char *types,
            const char *value)
{
    buffer_string(script->out, "CREATE FUNCTION ");
    sql_dotted(script->out, script->mapping->schema, text_of(name));
    buffer_format(script->out, "%s RETURNS timestamptz LANGUAGE sql STABLE\n  RETURN %s", arguments,
                  value);
    end_function(script, name, types);
}

void
write_times(const struct script *script)
{
    struct buffer body = buffer_in(script->arena);
    write_calendar(script);
    buffer_char(&body, '\n');
    for (const struct embedded *file = sql_files; file->name; file++)
        if (strcmp(file->name, "time") == 0)
            buffer_add(&body, embedded_text(file));
    begin_function(script, "due_instant", "(start timestamptz, amount integer, unit text)",
                   "RETURNS timestamptz LANGUAGE plpgsql STABLE");
    sql_body(script->out, buffer_text(&body));
    end_function(script, "due_instant", "(timestamptz, integer, text)");
    buffer_string(script->out,
                  "-- The end of a time to keep; one that cannot be computed never ends.\n");
    write_short(script, "kept_until", "(t timestamptz)", "(timestamptz)",
                "CASE WHEN date_trunc('second', t) = t AND t <> '-infinity' THEN t\n"
                "              WHEN t IS NOT NULL THEN 'infinity' END");
    buffer_string(script->out,
                  "-- When to erase: no bound, and nothing that must still be kept.\n");
    write_short(script, "due_of", "(first timestamptz, kept timestamptz)",
                "(timestamptz, timestamptz)",
                "CASE WHEN first IS NOT NULL AND isfinite(GREATEST(first, kept))\n"
                "               AND date_trunc('second', GREATEST(first, kept)) = GREATEST(first, "
                "kept)\n              THEN GREATEST(first, kept) END");
}
