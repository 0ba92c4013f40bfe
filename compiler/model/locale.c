#include "compiler/model/locale.h"

#include "compiler/base/embedded.h"
#include "compiler/base/utf8.h"
#include "compiler/model/shipped.h"

#include <sys/stat.h>

enum { MONTHS = 12, UNITS = UNIT_YEAR + 1, PLURALS = 2 };

/* Lists of words that only matter as "is in it". Keys are folded. */
enum word_list {
    WORDS_NUMBERS,
    WORDS_JOINTS,
    WORDS_UNITS,
    WORDS_ADJECTIVES,
    WORDS_CURRENCIES,
    WORDS_MONTHS,
    WORDS_STREETS,
    WORDS_TELEPHONES,
    WORDS_TONES, /* one for each enum tone */
    WORD_LISTS = WORDS_TONES + TONES
};

static const char *const word_list_keys[WORD_LISTS] = {
    "numbers", "number-joints", "units",    "unit-adjectives", "currencies", "short-months",
    "streets", "telephones",    "promises", "negations",       "refusals",   "time-zones",
};

struct phrase {
    struct text key, text;
};

enum { LETTERS = 27 }; /* and one for whatever else a word begins with */

struct locale {
    struct text language;
    struct text durations[UNITS][PLURALS]; /* for one, for other */
    struct text at_once;
    struct text date;
    struct text months[MONTHS];
    struct text two, last, between;
    struct names words[WORD_LISTS];
    uint32_t shapes[WORD_LISTS][LETTERS]; /* see has_shape */
    struct names phrase_numbers;          /* "short.collected" -> index into phrases */
    VECTOR(struct phrase) phrases;
};

void
locale_dump(const struct locale *locale, struct buffer *out)
{
    const struct text *single[] = {&locale->language, &locale->at_once, &locale->date,
                                   &locale->two,      &locale->last,    &locale->between};
    buffer_string(out, "locale");
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
        buffer_char(out, ' ');
        buffer_quoted(out, *single[i]);
    }
    for (size_t i = 0; i < UNITS * PLURALS; i++) {
        buffer_char(out, ' ');
        buffer_quoted(out, locale->durations[i / PLURALS][i % PLURALS]);
    }
    for (size_t i = 0; i < MONTHS; i++) {
        buffer_char(out, ' ');
        buffer_quoted(out, locale->months[i]);
    }
    buffer_char(out, '\n');
    for (size_t i = 0; i < locale->phrases.count; i++) {
        buffer_string(out, "phrase ");
        buffer_add(out, locale->phrases.at[i].key);
        buffer_char(out, ' ');
        buffer_quoted(out, locale->phrases.at[i].text);
        buffer_char(out, '\n');
    }
}

struct reading {
    struct arena *arena;
    struct locale *locale;
    const struct yaml *root;
    struct diagnostics *diagnostics;
};

/* Answers ------------------------------------------------------------------------------------- */

struct text
locale_phrase(const struct locale *locale, const char *key)
{
    uint32_t number = names_find(&locale->phrase_numbers, text_of(key));
    return number == NONE ? text_of(key) : locale->phrases.at[number].text;
}

/* The text with each {name} of the list replaced. */
static struct text
fill(struct arena *arena, struct text text, const struct text *names, const struct text *values,
     size_t count)
{
    struct buffer out = buffer_in(arena);
    size_t from = 0, at = 0;
    const char *brace;
    while (at < text.length && (brace = memchr(text.data + at, '{', text.length - at))) {
        size_t k = 0, begin = (size_t)(brace - text.data);
        struct text rest = {brace, text.length - begin};
        while (k < count && !text_starts(rest, names[k]))
            k++;
        at = begin + 1;
        if (k == count)
            continue;
        buffer_add(&out, (struct text){text.data + from, begin - from});
        buffer_add(&out, values[k]);
        from = at = begin + names[k].length;
    }
    buffer_add(&out, (struct text){text.data + from, text.length - from});
    return buffer_text(&out);
}

static const struct text numbered[] = {
    {"{0}", 3}, {"{1}", 3}, {"{2}", 3}, {"{3}", 3}, {"{4}", 3},
    {"{5}", 3}, {"{6}", 3}, {"{7}", 3}, {"{8}", 3}, {"{9}", 3},
};

struct text
locale_filled(const struct locale *locale, struct arena *arena, const char *key,
              const struct text *arguments, size_t count)
{
    enum { MOST = sizeof numbered / sizeof numbered[0] };
    return fill(arena, locale_phrase(locale, key), numbered, arguments,
                count < MOST ? count : MOST);
}

struct text
locale_duration(const struct locale *locale, struct arena *arena, struct timing timing)
{
    if (timing.form == TIMING_AT_ONCE)
        return locale->at_once;
    struct text amount = arena_format(arena, "%u", timing.amount);
    return fill(arena, locale->durations[timing.unit][timing.amount != 1], numbered, &amount, 1);
}

struct text
locale_date(const struct locale *locale, struct arena *arena, struct date date)
{
    static const struct text names[] = {{"{day}", 5}, {"{month}", 7}, {"{year}", 6}};
    if (date.month < 1 || date.month > MONTHS)
        return TEXT("");
    struct text values[] = {arena_format(arena, "%d", date.day), locale->months[date.month - 1],
                            arena_format(arena, "%d", (int)date.year)};
    return fill(arena, locale->date, names, values, 3);
}

struct text
locale_list(const struct locale *locale, struct arena *arena, const struct text *items,
            size_t count)
{
    if (count == 0)
        return TEXT("");
    if (count == 1)
        return items[0];
    if (count == 2)
        return fill(arena, locale->two, numbered, items, 2);
    struct buffer most = buffer_in(arena);
    for (size_t i = 0; i + 1 < count; i++) {
        if (i > 0)
            buffer_add(&most, locale->between);
        buffer_add(&most, items[i]);
    }
    struct text parts[] = {buffer_text(&most), items[count - 1]};
    return fill(arena, locale->last, numbered, parts, 2);
}

/* Words --------------------------------------------------------------------------------------- */

enum { WORD_MAX = 64 };

/* Folds ASCII, and the capitals of Latin-1 and Latin Extended-A that differ from their small letter
 * by a bit; that covers the languages whose number words a policy may use. */
static uint32_t
fold(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7))
        return c + 0x20;
    if (c >= 0x100 && c <= 0x137)
        return c | 1;
    return c;
}

static struct text
folded(struct text word, char place[WORD_MAX + 4])
{
    size_t at = 0, length = 0;
    while (at < word.length && length <= WORD_MAX)
        length += utf8_put(fold(utf8_next(word, &at)), place + length);
    return (struct text){place, length};
}

static unsigned
letter_of(struct text word)
{
    uint32_t c = fold((unsigned char)word.data[0]);
    return c >= 'a' && c <= 'z' ? c - 'a' : LETTERS - 1;
}

/* False if no entry of the list ends with the word, which most words show by their first letter and
 * their length alone: bit n of a letter's shapes stands for n bytes. */
static bool
has_shape(const struct locale *locale, enum word_list list, struct text word)
{
    if (utf8_past_ascii(word, 0) < word.length)
        return true; /* may be as long in another case */
    return word.length >= 32 || locale->shapes[list][letter_of(word)] >> word.length & 1;
}

static void
note_shape(struct locale *locale, enum word_list list, struct text entry)
{
    size_t begin = entry.length;
    while (begin > 0 && entry.data[begin - 1] != ' ')
        begin--;
    struct text last = {entry.data + begin, entry.length - begin};
    if (last.length > 0 && last.length < 32)
        locale->shapes[list][letter_of(last)] |= UINT32_C(1) << last.length;
}

static bool
is_in(const struct locale *locale, enum word_list list, struct text word)
{
    char place[WORD_MAX + 4];
    if (word.length == 0 || word.length > WORD_MAX / 2 || !has_shape(locale, list, word))
        return false;
    return names_find(&locale->words[list], folded(word, place)) != NONE;
}

/* Whether the word is put together of number words and joints: "twenty-four", "einundzwanzig". */
bool
locale_is_number(const struct locale *locale, struct text word)
{
    char place[WORD_MAX + 4];
    bool number_ends[WORD_MAX + 4] = {false}, joint_ends[WORD_MAX + 4] = {false};
    if (word.length == 0 || word.length > WORD_MAX / 2)
        return false;
    struct text t = folded(word, place);
    for (size_t end = 1; end <= t.length; end++)
        for (size_t begin = 0; begin < end; begin++) {
            struct text piece = {t.data + begin, end - begin};
            if ((begin == 0 || number_ends[begin] || joint_ends[begin]) &&
                names_find(&locale->words[WORDS_NUMBERS], piece) != NONE)
                number_ends[end] = true;
            if (number_ends[begin] && names_find(&locale->words[WORDS_JOINTS], piece) != NONE)
                joint_ends[end] = true;
        }
    return number_ends[t.length];
}

bool
locale_is_unit(const struct locale *locale, struct text word)
{
    return is_in(locale, WORDS_UNITS, word);
}

/* What the locale's durations end with, as in "{0} business days". */
bool
locale_is_time(const struct locale *locale, struct text word)
{
    for (size_t i = 0; i < UNITS; i++)
        for (size_t k = 0; k < PLURALS; k++) {
            struct text form = locale->durations[i][k];
            size_t begin = form.length;
            while (begin > 0 && form.data[begin - 1] != ' ')
                begin--;
            if (text_equal_folded((struct text){form.data + begin, form.length - begin}, word))
                return true;
        }
    return false;
}

bool
locale_is_unit_adjective(const struct locale *locale, struct text word)
{
    return is_in(locale, WORDS_ADJECTIVES, word);
}

bool
locale_is_month(const struct locale *locale, struct text word)
{
    return is_in(locale, WORDS_MONTHS, word);
}

bool
locale_is_currency(const struct locale *locale, struct text word)
{
    return is_in(locale, WORDS_CURRENCIES, word);
}

bool
locale_is_telephone(const struct locale *locale, struct text word)
{
    return is_in(locale, WORDS_TELEPHONES, word);
}

bool
locale_is_street_alone(const struct locale *locale, struct text word)
{
    return is_in(locale, WORDS_STREETS, word);
}

/* Adds a word, folded, with straight apostrophes; 0 if there is no room. */
static size_t
add_spoken(char place[WORD_MAX + 4], size_t length, struct text word)
{
    for (size_t at = 0; at < word.length;) {
        uint32_t c = utf8_next(word, &at);
        if (length > WORD_MAX / 2)
            return 0;
        length += utf8_put(c == 0x2019 ? '\'' : fold(c), place + length);
    }
    return length;
}

/* The words as they are said, of which the last stands first, and where each begins; 0 if there is
 * no room. */
static size_t
speak(const struct text *words, size_t count, char place[WORD_MAX + 4], size_t begins[TONE_WORDS])
{
    size_t length = 0;
    for (size_t i = count; i > 0; i--) {
        begins[i - 1] = length;
        length = add_spoken(place, length, words[i - 1]);
        if (length == 0)
            return 0;
        if (i > 1)
            place[length++] = ' ';
    }
    return length;
}

size_t
locale_tone(const struct locale *locale, enum tone tone, const struct text *words, size_t count)
{
    if (count == 0 || words[0].length == 0 ||
        !has_shape(locale, (enum word_list)(WORDS_TONES + tone), words[0]))
        return 0;
    char place[WORD_MAX + 4];
    size_t begins[TONE_WORDS], length = 0, most = count < TONE_WORDS ? count : TONE_WORDS;
    while (most > 0 && (length = speak(words, most, place, begins)) == 0)
        most--;
    for (; most > 0; most--) {
        struct text phrase = {place + begins[most - 1], length - begins[most - 1]};
        if (names_find(&locale->words[WORDS_TONES + tone], phrase) != NONE)
            return most;
    }
    return 0;
}

bool
locale_has_capital_months(const struct locale *locale)
{
    const struct text first = locale->months[0];
    return first.length > 0 && first.data[0] >= 'A' && first.data[0] <= 'Z';
}

/* The word itself, or what it ends with, as in "Hauptstraße". */
bool
locale_is_street(const struct locale *locale, struct text word)
{
    for (size_t i = 0; i < word.length; i++)
        if (is_in(locale, WORDS_STREETS, (struct text){word.data + i, word.length - i}))
            return true;
    return false;
}

/* Reading ------------------------------------------------------------------------------------- */

static void
wrong(struct reading *r, const struct yaml *at, const char *problem, const char *mend)
{
    diagnose(r->diagnostics, E_LOCALE, at->span, "%s", problem);
    diagnose_fix(r->diagnostics, "%s", mend);
}

static const struct yaml *
member(struct reading *r, const struct yaml *map, const char *key, enum yaml_kind kind)
{
    static const char *const kinds[] = {"a text", "a list", "names with values"};
    const struct yaml *found = map ? yaml_get(map, key) : NULL;
    if (found && found->kind == kind)
        return found;
    if (!map)
        return NULL; /* reported when it was looked for */
    const struct yaml *at = found ? found : map == r->root ? NULL : map;
    struct span span = at ? at->span : (struct span){r->root->span.source, 0, 0};
    diagnose(r->diagnostics, E_LOCALE, span, "the words of the language need “%s” here", key);
    diagnose_fix(r->diagnostics, "Give %s for “%s”, as policies/locales/en.yaml does", kinds[kind],
                 key);
    return NULL;
}

static struct text
text_member(struct reading *r, const struct yaml *map, const char *key)
{
    const struct yaml *found = member(r, map, key, YAML_SCALAR);
    return found ? found->text : TEXT("");
}

static void
read_durations(struct reading *r)
{
    static const char *const units[UNITS] = {"hours", "days",   "business-days",
                                             "weeks", "months", "years"};
    const struct yaml *durations = member(r, r->root, "durations", YAML_MAP);
    r->locale->at_once = text_member(r, durations, "at-once");
    for (size_t i = 0; i < UNITS; i++) {
        const struct yaml *unit = durations ? member(r, durations, units[i], YAML_MAP) : NULL;
        r->locale->durations[i][0] = text_member(r, unit, "one");
        r->locale->durations[i][1] = text_member(r, unit, "other");
    }
    const struct yaml *plural = member(r, r->root, "plural", YAML_SCALAR);
    if (plural && !text_equal(plural->text, TEXT("one-other")))
        wrong(r, plural, "there is no such rule for plurals", "Write “plural: one-other”");
}

static void
read_list(struct reading *r)
{
    const struct yaml *list = member(r, r->root, "list", YAML_MAP);
    r->locale->two = text_member(r, list, "two");
    r->locale->last = text_member(r, list, "last");
    r->locale->between = text_member(r, list, "between");
}

static void
add_word(struct reading *r, enum word_list list, struct text word)
{
    char place[WORD_MAX + 4];
    names_add(&r->locale->words[list], arena_text(r->arena, folded(word, place)), 1);
    note_shape(r->locale, list, word);
}

static void
read_words(struct reading *r, enum word_list list)
{
    const struct yaml *words = member(r, r->root, word_list_keys[list], YAML_LIST);
    r->locale->words[list] = names_in(r->arena);
    for (const struct yaml *m = words ? words->child : NULL; m; m = m->next) {
        if (m->kind == YAML_SCALAR && m->text.length > 0 && m->text.length <= WORD_MAX / 2)
            add_word(r, list, m->text);
        else
            wrong(r, m, "a single short word must stand here", "Write one word");
    }
}

static void
read_months(struct reading *r)
{
    const struct yaml *months = member(r, r->root, "months", YAML_LIST);
    size_t count = 0;
    for (const struct yaml *m = months ? months->child : NULL; m; m = m->next) {
        if (count == MONTHS || m->kind != YAML_SCALAR) {
            count = MONTHS + 1;
            break;
        }
        r->locale->months[count++] = m->text;
        if (m->text.length <= WORD_MAX / 2)
            add_word(r, WORDS_MONTHS, m->text);
    }
    if (months && count != MONTHS)
        wrong(r, months, "the months must be a list of twelve names",
              "List them from January to December");
}

/* One phrase, or a group of them whose names come before theirs with a dot between. */
static void
read_phrases(struct reading *r, const struct yaml *map, struct text prefix, unsigned depth)
{
    enum { DEEPEST = 8 };
    for (const struct yaml *m = map->child; m; m = m->next) {
        struct text key = arena_format(r->arena, "%.*s%s%.*s", TEXT_ARGS(prefix),
                                       prefix.length > 0 ? "." : "", TEXT_ARGS(m->key->text));
        if (m->kind == YAML_SCALAR) {
            names_add(&r->locale->phrase_numbers, key, (uint32_t)r->locale->phrases.count);
            *VECTOR_PUSH(r->arena, &r->locale->phrases) = (struct phrase){key, m->text};
        } else if (m->kind == YAML_MAP && depth < DEEPEST) {
            read_phrases(r, m, key, depth + 1);
        } else {
            wrong(r, m, "a phrase must be a text", "Write one text for each name");
        }
    }
}

static struct locale *
read_locale(struct reading *r)
{
    r->locale = ARENA_NEW(r->arena, struct locale);
    r->locale->phrase_numbers = names_in(r->arena);
    r->locale->language = text_member(r, r->root, "language");
    r->locale->date = text_member(r, r->root, "date");
    read_durations(r);
    read_list(r);
    for (int list = 0; list < WORD_LISTS; list++)
        read_words(r, (enum word_list)list);
    read_months(r);
    const struct yaml *phrases = member(r, r->root, "phrases", YAML_MAP);
    if (phrases)
        read_phrases(r, phrases, TEXT(""), 0);
    return r->locale;
}

/* Finding ------------------------------------------------------------------------------------- */

/* "en" of "en-GB". */
static struct text
primary(struct text language)
{
    const char *hyphen = memchr(language.data, '-', language.length);
    return hyphen ? (struct text){language.data, (size_t)(hyphen - language.data)} : language;
}

static const struct embedded *
shipped(struct text language)
{
    for (const struct embedded *file = locale_files; file->name; file++)
        if (text_equal_folded(text_of(file->name), language))
            return file;
    return NULL;
}

static const struct locale *
read_tree(struct arena *arena, const struct yaml *root, struct diagnostics *diagnostics)
{
    struct reading reading = {.arena = arena, .root = root, .diagnostics = diagnostics};
    return read_locale(&reading);
}

static const struct locale *
read_shipped(struct arena *arena, const struct embedded *file, struct diagnostics *diagnostics)
{
    return read_tree(arena, shipped_read(arena, &locale_trees[file - locale_files]), diagnostics);
}

/* What a file beside the policy leaves out would show on the page as a bare key. */
static void
compare_phrases(struct arena *arena, const struct locale *locale, struct span place,
                struct diagnostics *diagnostics)
{
    const struct locale *full = read_shipped(arena, shipped(TEXT("en")), diagnostics);
    struct buffer missing = buffer_in(arena);
    for (size_t i = 0; i < full->phrases.count; i++) {
        struct text key = full->phrases.at[i].key;
        if (names_find(&locale->phrase_numbers, key) == NONE)
            buffer_format(&missing, "%s%.*s", missing.length > 0 ? ", " : "", TEXT_ARGS(key));
    }
    if (missing.length == 0)
        return;
    diagnose(diagnostics, E_LOCALE, place, "the words of the language lack these phrases: %.*s",
             TEXT_ARGS(buffer_text(&missing)));
    diagnose_fix(diagnostics, "Add them under “phrases”, as in policies/locales/en.yaml");
}

/* What is no tag at all was reported with the front matter. */
static bool
is_language(struct text language)
{
    enum { LONGEST = 35 }; /* RFC 5646, 4.4.1 */
    if (language.length < 2 || language.length > LONGEST)
        return false;
    for (size_t i = 0; i < language.length; i++) {
        char c = language.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-'))
            return false;
    }
    return true;
}

/* locales/LANGUAGE.yaml beside the policy; NULL without a word if there is no such file. */
static const struct locale *
read_beside(struct arena *arena, struct sources *sources, struct text policy_path,
            struct text language, const struct settings *settings, struct diagnostics *diagnostics)
{
    struct stat status;
    struct text name = arena_format(arena, "locales/%.*s.yaml", TEXT_ARGS(language));
    struct text path = path_beside(arena, policy_path, name);
    if (stat(path.data, &status) != 0)
        return NULL;
    uint32_t source =
        yaml_load(arena, sources, path, &settings->language_span, E_LOCALE, diagnostics);
    if (source == NONE)
        return NULL;
    const struct embedded *same = shipped(language);
    if (same && text_equal(embedded_text(same), sources->list.at[source].text))
        return read_shipped(arena, same, diagnostics);
    size_t errors = diagnostics->errors;
    const struct yaml *root = yaml_read(arena, sources, source, E_LOCALE, diagnostics);
    const struct locale *locale = root ? read_tree(arena, root, diagnostics) : NULL;
    if (locale && diagnostics->errors == errors)
        compare_phrases(arena, locale, (struct span){source, 0, 0}, diagnostics);
    return locale;
}

static void
report_unknown(struct arena *arena, const struct settings *settings,
               struct diagnostics *diagnostics)
{
    struct buffer known = buffer_in(arena);
    for (const struct embedded *file = locale_files; file->name; file++)
        buffer_format(&known, "%s%s", file > locale_files ? ", " : "", file->name);
    struct text language = settings->language;
    diagnose(diagnostics, E_LOCALE, settings->language_span,
             "there are no words for a page in “%.*s”", TEXT_ARGS(language));
    diagnose_why(diagnostics,
                 "Deadlines, dates and headings of the page need words; those of %.*s "
                 "are built in",
                 TEXT_ARGS(buffer_text(&known)));
    diagnose_fix(diagnostics,
                 "Write them into “locales/%.*s.yaml” beside the policy, after "
                 "policies/locales/en.yaml",
                 TEXT_ARGS(language));
}

const struct locale *
locale_load(struct arena *arena, struct sources *sources, const struct settings *settings,
            uint32_t policy_source, struct diagnostics *diagnostics)
{
    struct text policy_path = sources->list.at[policy_source].path;
    struct text language = settings->language.length > 0 ? settings->language : TEXT("en");
    struct text candidates[] = {language, primary(language)};
    size_t errors = diagnostics->errors;
    for (size_t i = 0; i < 2 && is_language(language); i++) {
        const struct locale *locale =
            read_beside(arena, sources, policy_path, candidates[i], settings, diagnostics);
        if (locale)
            return locale;
        if (shipped(candidates[i]))
            return read_shipped(arena, shipped(candidates[i]), diagnostics);
    }
    if (diagnostics->errors == errors && is_language(language))
        report_unknown(arena, settings, diagnostics);
    return read_shipped(arena, shipped(TEXT("en")), diagnostics);
}
