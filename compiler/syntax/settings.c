#include "compiler/syntax/settings.h"

#include "compiler/syntax/build.h"

#include <stdio.h>

enum setting_key {
    SET_POLICY,
    SET_TITLE,
    SET_LANGUAGE,
    SET_EFFECTIVE,
    SET_REVISION,
    SET_CALENDAR,
    SET_ANNOUNCED,
    SET_LATER, /* keys of the language that this version does not take, from here on */
    SET_IMPORTS = SET_LATER,
    SET_TRANSLATION_OF,
    SET_OVERLAY_OF,
    SET_PREVAILS,
    SET_COUNT,
    SET_REQUIRED = SET_EFFECTIVE + 1
};

static const struct {
    const char *key;
    const char *sample; /* for the message that it is missing */
} keys[SET_COUNT] = {
    [SET_POLICY] = {"policy", "policy: acme"},
    [SET_TITLE] = {"title", "title: Privacy policy"},
    [SET_LANGUAGE] = {"language", "language: en"},
    [SET_EFFECTIVE] = {"effective", "effective: 2026-03-01"},
    [SET_REVISION] = {"revision", "revision: 1"},
    [SET_CALENDAR] = {"calendar", "calendar: calendars/office.yaml"},
    [SET_ANNOUNCED] = {"announced", "announced: 2026-01-15"},
    [SET_IMPORTS] = {"imports", ""},
    [SET_TRANSLATION_OF] = {"translation-of", ""},
    [SET_OVERLAY_OF] = {"overlay-of", ""},
    [SET_PREVAILS] = {"prevails", ""},
};

const char front_sample[] =
    "Begin the file with these lines: “---”, “policy: acme”, “title: Privacy policy”, "
    "“language: en”, “effective: 2026-03-01”, “---”";

struct taking {
    struct arena *arena;
    const struct settings_input *input;
    struct settings *settings;
    struct diagnostics *diagnostics;
    const struct setting_pair *first[SET_COUNT]; /* where each key stands first */
    struct names seen;                           /* every key, to its pair */
    VECTOR(struct extra_setting) extras;
};

static size_t
key_number(struct text key)
{
    for (size_t i = 0; i < SET_COUNT; i++)
        if (text_equal(key, text_of(keys[i].key)))
            return i;
    return SET_COUNT;
}

static void
wrong(struct taking *taking, const struct setting_pair *pair, const char *message, const char *mend)
{
    struct span span = span_given(pair->value_span) ? pair->value_span : pair->key_span;
    diagnose(taking->diagnostics, E_SETTING, span, "%s", message);
    diagnose_fix(taking->diagnostics, "%s", mend);
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Small letters and digits, in words joined by single hyphens; the first is a letter. */
static bool
is_policy_id(struct text id)
{
    if (id.length > NAME_MAX_BYTES || id.data[0] < 'a' || id.data[0] > 'z')
        return false;
    for (size_t i = 0; i < id.length; i++) {
        char c = id.data[i];
        bool joint = c == '-' && i + 1 < id.length && id.data[i + 1] != '-';
        if (!(c >= 'a' && c <= 'z') && !is_digit(c) && !joint)
            return false;
    }
    return true;
}

/* Subtags of 1 to 8 letters and digits, the first of 2 or 3 letters (BCP 47, without its rarer
 * forms). */
static bool
is_language(struct text tag)
{
    size_t length = 0;
    bool first = true;
    if (tag.length > 35)
        return false;
    for (size_t i = 0; i <= tag.length; i++) {
        if (i == tag.length || tag.data[i] == '-') {
            if (length < (first ? 2u : 1u) || length > (first ? 3u : 8u))
                return false;
            first = false;
            length = 0;
        } else if (is_letter(tag.data[i]) || (!first && is_digit(tag.data[i]))) {
            length++;
        } else {
            return false;
        }
    }
    return true;
}

static bool
is_one_line(struct text t)
{
    for (size_t i = 0; i < t.length; i++)
        if ((unsigned char)t.data[i] < 0x20 || t.data[i] == 0x7F)
            return false;
    return true;
}

/* 1.3.2026 and 01.03.2026 can only be the first of March; 1/3/2026 could be another day. */
static void
wrong_day(struct taking *taking, const struct setting_pair *pair)
{
    struct date date;
    int day, month, year, length = 0;
    char written[16] = "";
    if (pair->value.length < sizeof written)
        memcpy(written, pair->value.data, pair->value.length);
    if (sscanf(written, "%2d.%2d.%4d%n", &day, &month, &year, &length) == 3 && day > 0 &&
        month > 0 && year >= 1970 && (size_t)length == pair->value.length) {
        struct text meant =
            arena_format(taking->arena, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
        if (read_date(meant, &date)) {
            wrong(taking, pair, "this is no day of the calendar", "");
            diagnose_fix(taking->diagnostics, "Write “%.*s”: year, month, day", TEXT_ARGS(meant));
            diagnose_edit(taking->diagnostics, pair->value_span, "%.*s", TEXT_ARGS(meant));
            return;
        }
    }
    wrong(taking, pair, "this is no day of the calendar",
          "Write the year with four digits, the month and the day with two, as in "
          "“effective: 2026-03-01”");
}

/* A language by its name. */
static void
wrong_language(struct taking *taking, const struct setting_pair *pair)
{
    static const struct {
        const char *name, *tag;
    } languages[] = {{"english", "en"}, {"german", "de"},  {"deutsch", "de"}, {"french", "fr"},
                     {"dutch", "nl"},   {"spanish", "es"}, {"italian", "it"}, {"polish", "pl"}};
    wrong(taking, pair, "this is no tag of a language",
          "Write a tag such as “en”, “de” or “pt-BR”");
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        if (!text_equal_folded(pair->value, text_of(languages[i].name)))
            continue;
        diagnose_fix(taking->diagnostics, "Write “%s”", languages[i].tag);
        diagnose_edit(taking->diagnostics, pair->value_span, "%s", languages[i].tag);
    }
}

static void
take_effective(struct taking *taking, const struct setting_pair *pair)
{
    struct date date;
    taking->settings->effective_span = pair->value_span;
    if (read_date(pair->value, &date) && date.year >= 1970)
        taking->settings->effective = date;
    else
        wrong_day(taking, pair);
}

static void
take_announced(struct taking *taking, const struct setting_pair *pair)
{
    struct date date;
    taking->settings->announced_span = pair->value_span;
    if (text_equal_folded(pair->value, TEXT("first")))
        taking->settings->first_version = true;
    else if (read_date(pair->value, &date) && date.year >= 1970)
        taking->settings->announced = date;
    else
        wrong(taking, pair, "this is no day of the calendar",
              "Write the day on which this version was made known, as in “announced: "
              "2026-01-15”, or “announced: first” for the first version of a policy");
}

static void
take_text(struct taking *taking, const struct setting_pair *pair, struct text *to, struct span *at)
{
    *to = pair->value;
    *at = pair->value_span;
    if (!is_one_line(pair->value))
        wrong(taking, pair, "this setting takes one line of words", "Write it on one line");
}

static void
take_known(struct taking *taking, size_t number, const struct setting_pair *pair)
{
    struct settings *to = taking->settings;
    switch (number) {
    case SET_POLICY:
        to->policy = pair->value;
        to->policy_span = pair->value_span;
        if (!is_policy_id(pair->value))
            wrong(taking, pair, "this cannot be the name of a policy",
                  "Write small letters, digits and single hyphens, 64 at most, a letter first");
        break;
    case SET_LANGUAGE:
        to->language_span = pair->value_span;
        if (is_language(pair->value))
            to->language = pair->value;
        else
            wrong_language(taking, pair);
        break;
    case SET_TITLE:
        take_text(taking, pair, &to->title, &to->title_span);
        break;
    case SET_EFFECTIVE:
        take_effective(taking, pair);
        break;
    case SET_REVISION:
        take_text(taking, pair, &to->revision, &to->revision_span);
        break;
    case SET_CALENDAR:
        take_text(taking, pair, &to->calendar, &to->calendar_span);
        break;
    case SET_ANNOUNCED:
        take_announced(taking, pair);
        break;
    default:
        diagnose(taking->diagnostics, E_SETTING, pair->key_span,
                 "“%s” is not yet supported by this version of avow", keys[number].key);
        diagnose_fix(taking->diagnostics, "Leave it out");
    }
}

/* Whether the key stands there already, which is reported. */
static bool
is_doubled(struct taking *taking, size_t index)
{
    const struct setting_pair *pair = &taking->input->pairs.at[index];
    uint32_t first = names_add(&taking->seen, pair->key, (uint32_t)index);
    if (first == index)
        return false;
    diagnose(taking->diagnostics, E_SETTING, pair->key_span, "the setting “%.*s” stands twice",
             TEXT_ARGS(pair->key));
    diagnose_fix(taking->diagnostics, "Keep one of them");
    diagnose_see(taking->diagnostics, taking->input->pairs.at[first].key_span, "the first one");
    return true;
}

/* The lines of a pair, comments up to the next one included. */
static struct text
lines_of(const struct settings_input *input, size_t index)
{
    uint32_t begin = input->pairs.at[index].key_span.begin;
    uint32_t end =
        index + 1 < input->pairs.count ? input->pairs.at[index + 1].key_span.begin : input->end;
    return (struct text){input->text.data + begin, end - begin};
}

static void
take_pair(struct taking *taking, size_t index)
{
    const struct setting_pair *pair = &taking->input->pairs.at[index];
    if (is_doubled(taking, index))
        return;
    size_t number = key_number(pair->key);
    if (number == SET_COUNT) {
        *VECTOR_PUSH(taking->arena, &taking->extras) =
            (struct extra_setting){pair->key, lines_of(taking->input, index)};
        return;
    }
    taking->first[number] = pair;
    if (number >= SET_LATER)
        take_known(taking, number, pair);
    else if (!pair->plain)
        wrong(taking, pair, "this setting takes one value, no list or group",
              "Write one value behind the colon");
    else if (text_trim(pair->value).length == 0)
        wrong(taking, pair, "this setting has no value", "Write its value behind the colon");
    else
        take_known(taking, number, pair);
}

/* The unknown key that is most like a missing one, or NULL. */
static const struct setting_pair *
nearest_extra(const struct taking *taking, struct text key)
{
    const struct setting_pair *nearest = NULL;
    unsigned best = 3;
    for (size_t i = 0; i < taking->input->pairs.count; i++) {
        const struct setting_pair *pair = &taking->input->pairs.at[i];
        unsigned distance = text_distance(pair->key, key, 2);
        if (key_number(pair->key) == SET_COUNT && distance < best) {
            best = distance;
            nearest = pair;
        }
    }
    return nearest;
}

static void
report_missing(struct taking *taking, size_t number)
{
    struct diagnostics *to = taking->diagnostics;
    const struct setting_pair *like = nearest_extra(taking, text_of(keys[number].key));
    diagnose(to, E_SETTING, like ? like->key_span : taking->input->fence,
             "the front matter does not say “%s”", keys[number].key);
    if (like)
        diagnose_fix(to, "Write “%s” for “%.*s” if that is meant", keys[number].key,
                     TEXT_ARGS(like->key));
    else
        diagnose_fix(to, "Add a line such as “%s”", keys[number].sample);
}

void
settings_take(struct arena *arena, const struct settings_input *input, struct settings *settings,
              struct diagnostics *diagnostics)
{
    struct taking taking = {.arena = arena,
                            .input = input,
                            .settings = settings,
                            .diagnostics = diagnostics,
                            .seen = names_in(arena)};
    for (size_t i = 0; i < input->pairs.count; i++)
        take_pair(&taking, i);
    settings->extras = taking.extras.at;
    settings->extra_count = taking.extras.count;
    if (input->complete && input->pairs.count == 0) {
        diagnose(diagnostics, E_FRONT_MATTER, input->fence, "the front matter is empty");
        diagnose_fix(diagnostics, "%s", front_sample);
        return;
    }
    for (size_t i = 0; i < SET_REQUIRED && input->complete; i++)
        if (!taking.first[i])
            report_missing(&taking, i);
}
