/* Names, numbers and dates as they are written, and the declarations of the vocabulary. */
#include "compiler/syntax/build.h"

static bool
first_time(struct builder *build, struct text name)
{
    size_t known = build->reported_names.count;
    names_add(&build->reported_names, name, 0);
    return build->reported_names.count > known;
}

static struct text
folded(struct arena *arena, struct text written)
{
    struct text copy = arena_text(arena, written);
    char *bytes = (char *)(uintptr_t)copy.data;
    for (size_t i = 0; i < copy.length; i++)
        if (bytes[i] >= 'A' && bytes[i] <= 'Z')
            bytes[i] = (char)(bytes[i] - 'A' + 'a');
    return copy;
}

enum flaw { FLAW_NONE, FLAW_CAPITAL, FLAW_UNDERSCORE, FLAW_LETTER, FLAW_DIGIT, FLAW_JOINT };

static enum flaw
flaw_of(struct text name)
{
    enum flaw flaw = name.data[0] >= '0' && name.data[0] <= '9' ? FLAW_DIGIT : FLAW_NONE;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];
        if ((unsigned char)c >= 0x80)
            return FLAW_LETTER;
        if (c == '_')
            return FLAW_UNDERSCORE;
        if ((c == '-' || c == '.') && (name.data[i - 1] == '-' || name.data[i - 1] == '.'))
            return FLAW_JOINT;
        if (c >= 'A' && c <= 'Z' && flaw == FLAW_NONE)
            flaw = FLAW_CAPITAL;
    }
    return flaw;
}

static void
report_flaw(struct builder *build, enum flaw flaw, struct text name, struct span span)
{
    struct diagnostics *to = build->diagnostics;
    static const char *const wrong[] = {
        "",
        "“%.*s” is not in small letters",
        "“%.*s” has an underscore in it",
        "“%.*s” has letters other than a to z",
        "“%.*s” begins with a digit",
        "“%.*s” has two joints in a row",
    };
    static const char *const mend[] = {
        "",
        "Write “%.*s”",
        "Write a hyphen for the underscore",
        "Spell the name with the letters a to z; the label in quotation marks may have any",
        "Begin the name with a letter",
        "Put one hyphen or dot between two words",
    };
    struct text shown = flaw == FLAW_CAPITAL ? folded(build->arena, name) : name;
    diagnose(to, E_NAME_FORM, span, wrong[flaw], TEXT_ARGS(name));
    diagnose_why(to, "Names are written with the letters a to z, digits, hyphens, and dots for "
                     "what belongs to a group");
    diagnose_fix(to, mend[flaw], TEXT_ARGS(shown));
    if (flaw == FLAW_CAPITAL)
        diagnose_edit(to, span, "%.*s", TEXT_ARGS(shown));
}

static void
report_name(struct builder *build, struct span span)
{
    struct text name = build_text(build, span);
    if (!first_time(build, name))
        return;
    if (name.length <= NAME_MAX_BYTES) {
        report_flaw(build, flaw_of(name), name, span);
        return;
    }
    diagnose(build->diagnostics, E_NAME_LENGTH, span, "this name has %zu letters and signs",
             name.length);
    diagnose_fix(build->diagnostics, "Make it no longer than %d", NAME_MAX_BYTES);
}

void
build_report_names(struct builder *build)
{
    for (size_t i = 0; i < build->flawed.count; i++)
        report_name(build, build->flawed.at[i]);
    build->flawed.count = 0;
}

struct name
build_name(struct builder *build, struct span span)
{
    struct text written = build_text(build, span);
    enum flaw flaw = flaw_of(written);
    /* Said when the item is understood: else what is wrong with it says enough. */
    if (flaw != FLAW_NONE || written.length > NAME_MAX_BYTES)
        *VECTOR_PUSH(build->arena, &build->flawed) = span;
    return (struct name){flaw == FLAW_NONE ? written : folded(build->arena, written), span};
}

struct quoted
build_quoted(struct builder *build, struct span span)
{
    struct text inside = token_quoted(build_text(build, span));
    uint32_t begin = span.begin + (uint32_t)(inside.data - build_text(build, span).data);
    return (struct quoted){inside, {span.source, begin, begin + (uint32_t)inside.length}, true};
}

struct quoted
build_word(struct builder *build, struct span span)
{
    return (struct quoted){build_text(build, span), span, true};
}

enum kind
build_kind(struct builder *build, struct span span)
{
    struct text word = build_text(build, span);
    for (enum kind kind = 0; kind < KIND_COUNT; kind++)
        if (text_equal_folded(word, text_of(kind_word(kind))))
            return kind;
    return KIND_REQUEST;
}

/* Digits as a number; they are few enough. */
static uint32_t
number(const char *digits, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (uint32_t)(digits[i] - '0');
    return value;
}

static bool
is_civil(uint32_t year, uint32_t month, uint32_t day)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (uint32_t)(month == 2 && leap);
}

static size_t
digits_at(struct text t, size_t at)
{
    size_t end = at;
    while (end < t.length && t.data[end] >= '0' && t.data[end] <= '9')
        end++;
    return end - at;
}

bool
read_date(struct text t, struct date *date)
{
    size_t year = digits_at(t, 0), month, day;
    if (year != 4 || t.length < 5 || t.data[4] != '-')
        return false;
    month = digits_at(t, 5);
    if (month != 2 || t.length < 8 || t.data[7] != '-')
        return false;
    day = digits_at(t, 8);
    if (day != 2 || t.length != 10)
        return false;
    *date = (struct date){(int32_t)number(t.data, 4), (uint8_t)number(t.data + 5, 2),
                          (uint8_t)number(t.data + 8, 2)};
    return is_civil((uint32_t)date->year, date->month, date->day);
}

static void
read_time(struct builder *build, struct span span, struct moment *moment)
{
    struct text t = build_text(build, span);
    size_t hours = t.length - 3;
    uint32_t hour = number(t.data, hours), minute = number(t.data + hours + 1, 2);
    moment->has_time = true;
    moment->span.end = span.end;
    if (hour < 24 && minute < 60) {
        moment->hour = (uint8_t)hour;
        moment->minute = (uint8_t)minute;
        return;
    }
    diagnose(build->diagnostics, E_EXAMPLE_FORM, span, "there is no such time of day");
    diagnose_fix(build->diagnostics, "Write a time from 00:00 to 23:59");
}

struct moment
build_moment(struct builder *build, struct span date_span, const struct span *time)
{
    struct date date = {1970, 1, 1};
    if (!read_date(build_text(build, date_span), &date)) {
        diagnose(build->diagnostics, E_EXAMPLE_FORM, date_span, "there is no such day");
        diagnose_fix(build->diagnostics, "Write the year with four digits, the month and the day "
                                         "with two, as in 2026-03-01");
        date = (struct date){1970, 1, 1};
    }
    struct moment moment = {
        .year = date.year, .month = date.month, .day = date.day, .span = date_span};
    if (time)
        read_time(build, *time, &moment);
    return moment;
}

static bool
read_unit(struct text first, struct text second, enum unit *unit)
{
    static const struct {
        const char *one, *many;
        enum unit unit;
    } units[] = {
        {"hour", "hours", UNIT_HOUR},    {"day", "days", UNIT_DAY},    {"week", "weeks", UNIT_WEEK},
        {"month", "months", UNIT_MONTH}, {"year", "years", UNIT_YEAR},
    };
    bool business = text_equal(first, TEXT("business")) || text_equal(first, TEXT("working"));
    if (second.length > 0 && !business)
        return false;
    struct text word = business ? second : first;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!text_equal(word, text_of(units[i].one)) && !text_equal(word, text_of(units[i].many)))
            continue;
        *unit = business ? UNIT_BUSINESS_DAY : units[i].unit;
        return !business || units[i].unit == UNIT_DAY;
    }
    return false;
}

enum { AMOUNT_MAX = 10000 };

static uint32_t
read_amount(struct builder *build, struct span span)
{
    struct text t = build_text(build, span);
    bool whole = digits_at(t, 0) == t.length;
    uint32_t amount = whole && t.length <= 5 ? number(t.data, t.length) : 0;
    if (whole && amount >= 1 && amount <= AMOUNT_MAX)
        return amount;
    diagnose(build->diagnostics, E_SPAN, span, "“%.*s” is no length of time that can be counted",
             TEXT_ARGS(text_shown(build->arena, t)));
    diagnose_fix(build->diagnostics, "Write a whole number from 1 to %d", AMOUNT_MAX);
    return 1;
}

/* “calendar days” are days, “banking days” business days. */
static void
mend_unit(struct builder *build, struct name first, struct name second, struct span at)
{
    static const char *const plain[] = {"calendar", "full", "consecutive", "whole", "civil"};
    static const char *const business[] = {"banking", "work", "week", "bank"};
    struct timing timing;
    const char *meant = NULL;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (text_equal(first.text, text_of(plain[i])) &&
            read_unit(second.text, (struct text){0}, &timing.unit))
            meant = "";
    for (size_t i = 0; i < sizeof business / sizeof business[0]; i++)
        if (text_equal(first.text, text_of(business[i])) &&
            (text_equal(second.text, TEXT("day")) || text_equal(second.text, TEXT("days"))))
            meant = "business ";
    if (text_equal(first.text, TEXT("workdays")) || text_equal(first.text, TEXT("weekdays"))) {
        second.text = TEXT("days");
        meant = "business ";
    }
    if (!meant) {
        diagnose_fix(build->diagnostics,
                     "Write hours, days, business days, weeks, months or years");
        return;
    }
    diagnose_fix(build->diagnostics, "Write “%s%.*s”", meant, TEXT_ARGS(second.text));
    diagnose_edit(build->diagnostics, at, "%s%.*s", meant, TEXT_ARGS(second.text));
}

struct timing
build_length(struct builder *build, struct span digits, struct name first, struct name second,
             struct span span)
{
    struct timing timing = {.span = span, .unit = UNIT_DAY};
    timing.amount = read_amount(build, digits);
    if (read_unit(first.text, second.text, &timing.unit))
        return timing;
    build->reported = true;
    struct span at = second.text.length > 0 ? span_join(first.span, second.span) : first.span;
    diagnose(build->diagnostics, E_SPAN, at, "“%.*s” is no unit of time",
             TEXT_ARGS(text_shown(build->arena, build_text(build, at))));
    mend_unit(build, first, second, at);
    return timing;
}

void
declare(struct builder *build, enum kind kind, struct name name, struct quoted label)
{
    build->word = (struct declaration){.kind = kind, .name = name, .label = label};
    build->members.count = build->bases.count = 0;
}

/* Says it when a part stands twice in one declaration. */
static bool
is_second(struct builder *build, bool given, struct span span)
{
    if (!given)
        return false;
    diagnose(build->diagnostics, E_FORM, span, "this part stands twice in one sentence");
    diagnose_fix(build->diagnostics, "Keep one of them; names are joined with “or”");
    return true;
}

void
declare_owner(struct builder *build, struct name name, struct span span)
{
    if (!is_second(build, build->word.owner.text.length > 0, span))
        build->word.owner = name;
}

void
declare_after(struct builder *build, struct name_list names, struct span span)
{
    if (!is_second(build, build->word.after.count > 0, span))
        build->word.after = keep_names(build, names);
}

void
declare_until(struct builder *build, struct name_list names, struct span span)
{
    if (!is_second(build, build->word.until.count > 0, span))
        build->word.until = keep_names(build, names);
}

void
declare_kept(struct builder *build, struct name name, struct span span)
{
    if (!is_second(build, build->word.kept_in.text.length > 0, span))
        build->word.kept_in = name;
}

void
declare_in(struct builder *build, struct name_list names, struct span span)
{
    if (!is_second(build, build->word.in.count > 0, span))
        build->word.in = keep_names(build, names);
}

/* As many as there are: what rests on one basis may rest on a second one too. */
void
declare_basis(struct builder *build, struct name word, struct quoted why, struct span span)
{
    *VECTOR_PUSH(build->arena, &build->bases) = (struct basis_part){word, why, span};
}

void
declare_url(struct builder *build, struct quoted url, struct span span)
{
    if (!is_second(build, build->word.url.given, span))
        build->word.url = url;
}

void
declare_value(struct builder *build, struct quoted value, struct span span)
{
    if (!is_second(build, build->word.value.given, span))
        build->word.value = value;
}

void
declare_formerly(struct builder *build, struct name name, struct span span)
{
    if (!is_second(build, build->word.formerly.text.length > 0, span))
        build->word.formerly = name;
}

void
declare_member(struct builder *build, struct member member)
{
    *VECTOR_PUSH(build->arena, &build->members) = member;
}

void
declare_members(struct builder *build, struct span span)
{
    if (is_second(build, build->word.member_count > 0, span))
        return;
    size_t count = build->members.count;
    build->word.members = ARENA_ARRAY(build->arena, count, struct member);
    memcpy(build->word.members, build->members.at, count * sizeof *build->word.members);
    build->word.member_count = count;
}

void
build_declaration(struct builder *build, struct span span)
{
    build_item_end(build);
    build_close(build);
    build->word.span = span;
    size_t count = build->word.basis_count = build->bases.count;
    build->word.bases = ARENA_ARRAY(build->arena, count, struct basis_part);
    if (count > 0)
        memcpy(build->word.bases, build->bases.at, count * sizeof *build->word.bases);
    *VECTOR_PUSH(build->arena, &build->tree->declarations) = build->word;
}
