/* The words that a page needs and no policy gives: phrases, units, months, number words. Read from
 * a YAML file a language (policies/locales), compiled in for those the project ships. */
#ifndef AVOW_MODEL_LOCALE_H
#define AVOW_MODEL_LOCALE_H

#include "compiler/model/model.h"

/* One of a key's texts, such as locale_phrase(l, "short.collected"); the key itself if it is
 * missing, which a test of the locales rules out for those that are shipped. */
struct text locale_phrase(const struct locale *locale, const char *key);

/* The same with {0}, {1} ... filled in. */
struct text locale_filled(const struct locale *locale, struct arena *arena, const char *key,
                          const struct text *arguments, size_t count);

/* "1 business day", "30 days"; "at once". */
struct text locale_duration(const struct locale *locale, struct arena *arena, struct timing timing);

/* "1 March 2026" */
struct text locale_date(const struct locale *locale, struct arena *arena, struct date date);

/* "a", "a and b", "a, b and c" */
struct text locale_list(const struct locale *locale, struct arena *arena, const struct text *items,
                        size_t count);

/* Whether a word (any case) means a number, a unit, what may stand between those two ("business"),
 * a month, a currency, a kind of street, or announces a telephone number. */
bool locale_is_number(const struct locale *locale, struct text word);
bool locale_is_unit(const struct locale *locale, struct text word);
bool locale_is_time(const struct locale *locale, struct text word); /* a unit that deadlines have */
bool locale_is_unit_adjective(const struct locale *locale, struct text word);
bool locale_is_month(const struct locale *locale, struct text word);
bool locale_is_currency(const struct locale *locale, struct text word);
bool locale_is_street(const struct locale *locale, struct text word);
bool locale_is_street_alone(const struct locale *locale, struct text word); /* not "Baker-street" */
bool locale_is_telephone(const struct locale *locale, struct text word);

/* What the words of a language give away, whatever they mean. */
enum tone {
    TONE_PROMISE,   /* "we will", "always" */
    TONE_NEGATION,  /* "never", "only", "without" */
    TONE_REFUSAL,   /* "never", "do not" */
    TONE_TIME_ZONE, /* "Irish time" */
    TONES
};

enum { TONE_WORDS = 5 }; /* the most words that a tone takes */

/* How many of the words, the newest first, end in something that has the tone: the most that do,
 * 0 if none. */
size_t locale_tone(const struct locale *locale, enum tone tone, const struct text *words,
                   size_t count);

/* Everything in it that can stand on a page, for the canonical text of the model. */
void locale_dump(const struct locale *locale, struct buffer *out);

/* Whether the language writes its months with a capital. */
bool locale_has_capital_months(const struct locale *locale);

/* The locale of a language ("en", "en-GB" takes "en"): LANG.yaml in `locales` beside the policy, or
 * the one compiled in. Never NULL: English after a report if there is none. */
const struct locale *locale_load(struct arena *arena, struct sources *sources,
                                 const struct settings *settings, uint32_t policy_source,
                                 struct diagnostics *diagnostics);

#endif
