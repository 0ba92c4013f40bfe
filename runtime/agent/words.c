#include "runtime/agent/words.h"

#include "runtime/store/fault.h"
#include "runtime/store/identity.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NAMES_MOST = 512, MICROS = 1000000 };

avow_store_code
words_address(const char *text, avow_identity_text *out, avow_store_error *error)
{
    avow_identity_kind kind;
    const char *part;
    size_t length;
    avow_store_code code = identity_parse_kind(text, strlen(text), &kind, &part, &length, error);
    if (code != AVOW_STORE_OK)
        return code;
    *out = (avow_identity_text){(avow_identity_kind)kind, part, length};
    if (kind != AVOW_IDENTITY_RECORD)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT,
                 "A record is no person. Name the person by an address, and the record with "
                 "--record=NAMESPACE:ID.");
}

avow_identity_text
words_record(const char *text)
{
    if (!text)
        return (avow_identity_text){0};
    if (strncmp(text, "record:", 7) == 0)
        text += 7;
    return (avow_identity_text){AVOW_IDENTITY_RECORD, text, strlen(text)};
}

/* Times -------------------------------------------------------------------------------------- */

/* Reads exactly so many digits; -1 if there are none. */
static int
digits(const char **at, int count)
{
    int number = 0;
    for (int i = 0; i < count; i++) {
        if ((*at)[i] < '0' || (*at)[i] > '9')
            return -1;
        number = number * 10 + ((*at)[i] - '0');
    }
    *at += count;
    return number;
}

static bool
sign(const char **at, char wanted)
{
    if (**at != wanted)
        return false;
    ++*at;
    return true;
}

/* ".123": parts of a second as microseconds; further digits are cut. */
static int64_t
fraction(const char **at)
{
    int64_t micros = 0, worth = MICROS / 10;
    if (**at != '.')
        return 0;
    for (++*at; **at >= '0' && **at <= '9'; ++*at, worth /= 10)
        micros += (**at - '0') * worth;
    return micros;
}

/* "Z", "+01:00", "-0530": seconds east of Greenwich. */
static bool
zone(const char **at, int *east)
{
    *east = 0;
    if (**at == 'Z' || **at == 'z')
        return ++*at, true;
    int towards = **at == '+' ? 1 : **at == '-' ? -1 : 0;
    if (towards == 0)
        return false;
    ++*at;
    int hours = digits(at, 2);
    *at += **at == ':';
    int minutes = digits(at, 2);
    *east = towards * (hours * 3600 + minutes * 60);
    return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

/* Whether the day exists; timegm would take the 31st of June for the 1st of July. */
static bool
real(struct tm given, time_t *seconds)
{
    struct tm kept = given;
    *seconds = timegm(&given);
    return given.tm_mday == kept.tm_mday && given.tm_mon == kept.tm_mon &&
           given.tm_hour == kept.tm_hour && given.tm_min == kept.tm_min &&
           given.tm_sec == kept.tm_sec;
}

static bool
read_civil(const char *at, int64_t *out)
{
    struct tm tm = {0};
    int east;
    tm.tm_year = digits(&at, 4) - 1900;
    if (tm.tm_year < 70 || !sign(&at, '-') || (tm.tm_mon = digits(&at, 2) - 1) < 0 ||
        !sign(&at, '-') || (tm.tm_mday = digits(&at, 2)) < 1)
        return false;
    if (*at != 'T' && *at != 't' && *at != ' ')
        return false;
    at++;
    if ((tm.tm_hour = digits(&at, 2)) < 0 || !sign(&at, ':') || (tm.tm_min = digits(&at, 2)) < 0)
        return false;
    if (*at == ':' && (at++, (tm.tm_sec = digits(&at, 2)) < 0))
        return false;
    int64_t micros = fraction(&at);
    at += *at == ' ';
    time_t seconds;
    if (!zone(&at, &east) || *at != '\0' || !real(tm, &seconds))
        return false;
    *out = ((int64_t)seconds - east) * MICROS + micros;
    return true;
}

avow_store_code
words_time(const char *text, int64_t *out, avow_store_error *error)
{
    char *end;
    if (*text == '@') {
        long long seconds = strtoll(text + 1, &end, 10);
        if (text[1] >= '0' && text[1] <= '9' && *end == '\0' && seconds < INT64_MAX / MICROS) {
            *out = (int64_t)seconds * MICROS;
            return AVOW_STORE_OK;
        }
    }
    if (read_civil(text, out))
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT,
                 "'%s' is no time that is certain. Write day, time and zone, as in "
                 "2026-03-07T10:00:00Z or 2026-03-07T11:00+01:00.",
                 text);
}

const char *
words_of_time(int64_t seconds, char text[TIME_TEXT])
{
    time_t at = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&at, &tm) || strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        snprintf(text, TIME_TEXT, "@%lld", (long long)seconds);
    return text;
}

avow_store_code
words_source(const char *text, avow_source *out, avow_store_error *error)
{
    static const char *const names[] = {"person", "staff", "import"};
    *out = AVOW_BY_PERSON;
    for (int i = 0; text && i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (avow_source)i;
            return AVOW_STORE_OK;
        }
    }
    if (!text)
        return AVOW_STORE_OK;
    return fault(error, AVOW_STORE_INPUT, "--by is person, staff or import, not '%s'.", text);
}

/* Names of the policy ------------------------------------------------------------------------- */

/* The name of some kinds of the policy that is most like what was typed, as ": did you mean 'X'?",
 * or a full stop. */
static void
suggest(const avow_table *table, avow_kind from, avow_kind to, const char *typed, char out[96])
{
    char copies[NAMES_MOST][65];
    const char *names[NAMES_MOST];
    size_t count = 0;
    for (avow_kind kind = from; kind <= to; kind++) {
        for (uint32_t i = 0; i < avow_count(table, kind) && count < NAMES_MOST; i++) {
            avow_text name = avow_name(table, avow_first(table, kind) + i);
            snprintf(copies[count], sizeof copies[count], "%.*s", (int)name.length, name.data);
            names[count] = copies[count];
            count++;
        }
    }
    const char *nearest = nearest_word(typed, names, count);
    snprintf(out, 96, nearest ? "; did you mean '%s'?" : ".", nearest);
}

static avow_store_code
no_such_name(const avow_table *table, avow_kind from, avow_kind to, const char *what,
             const char *typed, avow_store_error *error)
{
    char like[96];
    suggest(table, from, to, typed, like);
    /* "notify" where the policy has notify.expiry: a group. */
    size_t length = strlen(typed);
    for (avow_kind kind = from; kind <= to; kind++) {
        for (uint32_t i = 0; i < avow_count(table, kind); i++) {
            avow_text name = avow_name(table, avow_first(table, kind) + i);
            if (name.length > length && memcmp(name.data, typed, length) == 0 &&
                name.data[length] == '.')
                return fault(error, AVOW_STORE_INPUT,
                             "'%s' is a group of the policy: name one of its members, such as "
                             "'%.*s'.",
                             typed, (int)name.length, name.data);
        }
    }
    return fault(error, AVOW_STORE_INPUT, "The policy has no %s '%s'%s", what, typed, like);
}

static avow_store_code
give(const avow_table *table, const char *word, avow_states *out, avow_store_error *error)
{
    bool no = strncmp(word, "no:", 3) == 0;
    const char *name = no ? word + 3 : word;
    avow_id id = avow_find(table, AVOW_STATE, name, strlen(name));
    if (id == AVOW_NONE)
        id = avow_find(table, AVOW_FACT, name, strlen(name));
    uint64_t bit = avow_bit(table, id);
    if (bit == 0)
        return no_such_name(table, AVOW_STATE, AVOW_FACT, "state or fact", name, error);
    if (out->known & bit)
        return fault(error, AVOW_STORE_INPUT, "--given names '%s' twice. Name it once.", name);
    out->known |= bit;
    out->yes |= no ? 0 : bit;
    return AVOW_STORE_OK;
}

avow_store_code
words_given(const avow_table *table, const char *text, avow_states *out, avow_store_error *error)
{
    *out = (avow_states){0};
    for (const char *at = text; at && *at;) {
        char word[80];
        size_t length = strcspn(at, ",");
        if (length >= sizeof word || length == 0)
            return fault(error, AVOW_STORE_INPUT,
                         "--given is a list of names parted by commas, as in region.eu,no:minor.");
        memcpy(word, at, length);
        word[length] = '\0';
        avow_store_code code = give(table, word, out, error);
        if (code != AVOW_STORE_OK)
            return code;
        at += length + (at[length] == ',');
    }
    return AVOW_STORE_OK;
}

static const char *const verbs[AVOW_VERBS] = {"collect", "store", "use",  "show", "share",
                                              "email",   "text",  "call", "post"};

avow_store_code
words_point(const avow_table *table, const char *actor, char *const words[3], avow_point *out,
            avow_store_error *error)
{
    if (!actor)
        actor = "us";
    *out = avow_find_point(table, &(avow_named_point){actor, words[0], words[1], words[2],
                                                      strlen(actor), strlen(words[0]),
                                                      strlen(words[1]), strlen(words[2])});
    if (out->verb >= AVOW_VERBS) {
        const char *nearest = nearest_word(words[0], verbs, AVOW_VERBS);
        return fault(error, AVOW_STORE_INPUT,
                     "'%s' is no act; there are collect, store, use, show, share, email, text, "
                     "call and post%s%s%s",
                     words[0], nearest ? ". Did you mean '" : "", nearest ? nearest : "",
                     nearest ? "'?" : ".");
    }
    if (out->actor == AVOW_NONE)
        return no_such_name(table, AVOW_SYSTEM, AVOW_SYSTEM, "system", actor, error);
    bool contacts = out->verb >= AVOW_EMAIL;
    if (out->object == AVOW_NONE)
        return no_such_name(table, contacts ? AVOW_PERSON : AVOW_DATA,
                            contacts ? AVOW_PERSON : AVOW_DATA, contacts ? "person" : "data",
                            words[1], error);
    if (out->target == AVOW_NONE && (contacts || out->verb == AVOW_USE))
        return no_such_name(table, AVOW_PURPOSE, AVOW_PURPOSE, "purpose", words[2], error);
    if (out->target == AVOW_NONE)
        return no_such_name(table, AVOW_AUDIENCE, AVOW_SYSTEM, "such place or people", words[2],
                            error);
    return AVOW_STORE_OK;
}

const char *
words_of_verdict(unsigned verdict)
{
    static const char *const words[] = {"refused", "unstated", "forbidden", "allowed"};
    return words[verdict <= AVOW_ALLOWED ? verdict : AVOW_REFUSED];
}

const char *
words_of_reason(avow_store_reason reason)
{
    static const char *const sentences[] = {
        [AVOW_STORE_KNOWN] = NULL,
        [AVOW_STORE_PENDING] = "A request waits to be done, and until then nothing is certain.",
        [AVOW_STORE_SPELLING] = "The address is known under another spelling only.",
        [AVOW_STORE_NO_SUBJECT] = "Nobody is named, or not by an address that would be used.",
        [AVOW_STORE_UNSETTLED] = "Nothing is recorded, and it was never said whether refusals of "
                                 "the past are imported.",
        [AVOW_STORE_UNTRUSTED] = "The store cannot be trusted.",
        [AVOW_STORE_FAILED] = "The store could not be read.",
    };
    return (size_t)reason < sizeof sentences / sizeof *sentences ? sentences[reason]
                                                                 : "The store is not certain.";
}

void
words_show(const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text, next = (unsigned char)text[1];
        bool steers = byte < ' ' || byte == 0x7f || (byte == 0xc2 && next >= 0x80 && next < 0xa0);
        putchar(steers ? ' ' : byte);
        text += steers && byte == 0xc2;
    }
}
