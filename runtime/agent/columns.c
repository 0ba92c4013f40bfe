#include "runtime/agent/columns.h"

#include <string.h>

/* Plain names, the more telling first. Those of Mailchimp, Brevo, SendGrid, Amazon SES, Mailgun,
 * Postmark and Klaviyo are among them. */
static const char *const email_names[] = {
    "emailaddress", "email",   "emailaddresses", "subscriberemail", "contactemail", "useremail",
    "mail",         "address", "recipient",      "mailadresse",     "to",           NULL};
static const char *const phone_names[] = {"phonenumber", "phone",   "mobilephone",  "mobile", "sms",
                                          "msisdn",      "telefon", "mobilenumber", NULL};
static const char *const id_names[] = {"id", "userid", "customerid", "externalid", NULL};
static const char *const status_names[] = {"emailmarketingconsent",
                                           "subscriptionstatus",
                                           "emailstatus",
                                           "memberstatus",
                                           "suppressionreason",
                                           "unsubscribeall",
                                           "blocklisted",
                                           "blacklisted",
                                           "emailblacklisted",
                                           "status",
                                           "emailsuppressions",
                                           "reason",
                                           "state",
                                           "event",
                                           "type",
                                           "code",
                                           NULL};
static const char *const time_names[] = {"unsubtime",      "cleantime",
                                         "unsubscribedat", "unsubscribedate",
                                         "suppressedat",   "complainedat",
                                         "bouncedat",      "createdat",
                                         "lastupdatetime", "lastupdatedtimestamp",
                                         "timestamp",      "created",
                                         "statuschanged",  "lastchanged",
                                         "updatedat",      "modifiedtime",
                                         "dateadded",      "time",
                                         "date",           NULL};

static const char *const *const names_of[COLUMN_KINDS] = {email_names, phone_names, id_names,
                                                          status_names, time_names};

const char *
column_plain(struct cell cell, char *out, size_t room)
{
    size_t length = 0;
    for (size_t i = 0; i < cell.length && length + 1 < room; i++) {
        char c = cell.text[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[length++] = c;
    }
    out[length] = '\0';
    return out;
}

int
column_find(const struct row *names, enum column kind)
{
    for (const char *const *name = names_of[kind]; *name; name++) {
        for (size_t i = 0; i < names->count; i++) {
            char plain[64];
            if (strcmp(column_plain(names->cell[i], plain, sizeof plain), *name) == 0)
                return (int)i;
        }
    }
    return NO_COLUMN;
}

int
column_named(const struct row *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->cell[i].length == strlen(name) &&
            strncasecmp(names->cell[i].text, name, names->cell[i].length) == 0)
            return (int)i;
    return NO_COLUMN;
}

struct cell
column_cell(const struct row *row, int column)
{
    if (column < 0 || (size_t)column >= row->count)
        return (struct cell){"", 0};
    return row->cell[column];
}
