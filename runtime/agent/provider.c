#include "runtime/agent/provider.h"

#include "runtime/agent/words.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, SECOND = 1000000 };

static const char *const refused[] = {"unsubscribed",
                                      "unsubscribe",
                                      "unsub",
                                      "cleaned",
                                      "bounced",
                                      "bounce",
                                      "hardbounce",
                                      "hardbounced",
                                      "softbounce",
                                      "complained",
                                      "complaint",
                                      "spam",
                                      "spamcomplaint",
                                      "spamreport",
                                      "spamreported",
                                      "abuse",
                                      "suppressed",
                                      "suppression",
                                      "optedout",
                                      "optout",
                                      "blocked",
                                      "blocklisted",
                                      "blacklisted",
                                      "invalid",
                                      "invalidemail",
                                      "dropped",
                                      "undeliverable",
                                      "undelivered",
                                      "rejected",
                                      "userunsubscribed",
                                      "usersuppressed",
                                      "markedasspam",
                                      "manual",
                                      "inactive",
                                      "manualsuppression",
                                      "adminunsubscribed"};
static const char *const subscribed[] = {"subscribed", "active",    "optedin",
                                         "optin",      "confirmed", "subscribe"};
static const char *const nothing[] = {"",         "neversubscribed", "nonsubscribed", "pending",
                                      "archived", "unconfirmed",     "transactional", "unknown",
                                      "never"};
/* Columns of yes and no: yes is a refusal. */
static const char *const flags[] = {"unsubscribeall", "blocklisted", "blacklisted",
                                    "emailblacklisted"};

static bool
is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

#define IS_ONE_OF(word, words) is_one_of(word, words, sizeof(words) / sizeof *(words))

enum says
provider_says(struct cell word, struct cell name)
{
    char plain[64], column[64];
    column_plain(word, plain, sizeof plain);
    column_plain(name, column, sizeof column);
    if (IS_ONE_OF(column, flags)) {
        bool yes =
            strcmp(plain, "true") == 0 || strcmp(plain, "yes") == 0 || strcmp(plain, "1") == 0;
        bool no = strcmp(plain, "false") == 0 || strcmp(plain, "no") == 0 ||
                  strcmp(plain, "0") == 0 || plain[0] == '\0';
        if (yes || no)
            return yes ? SAYS_REFUSED : SAYS_NOTHING;
    }
    if (IS_ONE_OF(plain, refused))
        return SAYS_REFUSED;
    if (IS_ONE_OF(plain, subscribed))
        return SAYS_SUBSCRIBED;
    if (IS_ONE_OF(plain, nothing))
        return SAYS_NOTHING;
    /* "5.1.1", "550": what the receiving server said. */
    return plain[0] == '4' || plain[0] == '5' ? SAYS_REFUSED : SAYS_UNKNOWN;
}

bool
provider_all_refused(const struct row *names)
{
    static const char *const telling[] = {"unsubtime", "unsubreason", "cleantime"};
    for (size_t i = 0; i < names->count; i++) {
        char plain[64];
        if (IS_ONE_OF(column_plain(names->cell[i], plain, sizeof plain), telling))
            return true;
    }
    return false;
}

/* Seconds or milliseconds since 1970. */
static int64_t
counted(const char *text)
{
    size_t length = strspn(text, "0123456789");
    if (text[length] != '\0' || (length != 10 && length != 13))
        return 0;
    return strtoll(text, NULL, 10) * (length == 10 ? SECOND : 1000);
}

int64_t
provider_time(struct cell cell, bool late)
{
    char text[64], zoned[80];
    int64_t at = 0;
    if (cell.length == 0 || cell.length >= sizeof text)
        return 0;
    memcpy(text, cell.text, cell.length);
    text[cell.length] = '\0';
    if ((at = counted(text)) != 0 || words_time(text, &at, NULL) == AVOW_STORE_OK)
        return at;
    /* "2023-01-05 12:33:11 UTC" */
    char *utc = strstr(text, " UTC");
    if (utc && utc[4] == '\0')
        memcpy(utc, "Z", 2);
    if (utc && words_time(text, &at, NULL) == AVOW_STORE_OK)
        return at;
    snprintf(zoned, sizeof zoned, "%sZ", text);
    if (words_time(zoned, &at, NULL) == AVOW_STORE_OK) /* clocks differ by -12 to +14 hours */
        return at + (late ? 12 : -14) * (int64_t)HOUR * SECOND;
    snprintf(zoned, sizeof zoned, "%sT%sZ", text, late ? "23:59:59" : "00:00:00");
    if (words_time(zoned, &at, NULL) == AVOW_STORE_OK)
        return at + (late ? 12 : -14) * (int64_t)HOUR * SECOND;
    return 0;
}
