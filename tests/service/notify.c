/* A service that obeys the table: it has a security notice for three licensees, and asks before it
 * writes to each. What it sends goes, as messages of RFC 5322, into a folder: notify [FOLDER]. */
#define _POSIX_C_SOURCE 200809L

#include "jibrok_policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum wish { WISH_UNKNOWN, WISH_NONE, WISH_NO_MAIL };

/* A record of the service's own store. */
struct recipient {
    const char *name;
    const char *address;
    enum wish wish;
};

static const struct recipient recipients[] = {
    {"Ada", "ada@one.example", WISH_NONE},
    {"Bob", "bob@two.example", WISH_NO_MAIL},
    {"Cem", "cem@three.example", WISH_UNKNOWN}, /* the store could not be reached */
};

/* What is known of a recipient. Nothing said of a state means that it is not known. */
static jibrok_states
states_of(const struct recipient *recipient)
{
    jibrok_states states = {0};
    if (recipient->wish == WISH_NO_MAIL)
        states = jibrok_states_yes(states, jibrok_state_opted_out);
    if (recipient->wish == WISH_NONE)
        states = jibrok_states_no(states, jibrok_state_opted_out);
    return states;
}

/* Prints words at 76 columns, each line behind a margin. */
static void
print_words(avow_text words)
{
    size_t column = 0;
    for (size_t at = 0; at < words.length;) {
        size_t blanks = strspn(words.data + at, " \n");
        size_t length = strcspn(words.data + at + blanks, " \n");
        if (column == 0 || column + 1 + length > 70) {
            printf("%s      ", column == 0 ? "" : "\n");
            column = 0;
        } else {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)length, words.data + at + blanks);
        column += length;
        at += blanks + length;
    }
    printf("\n");
}

static void
print_reason(avow_answer answer)
{
    const avow_clause clause = jibrok_clause_of(answer);
    if (jibrok_is_missing(answer, jibrok_state_opted_out))
        printf("   because it is not known whether the person has opted out, and if so:\n");
    if (clause.name.length == 0) {
        printf("   because %s\n", avow_reason_text((avow_reason)answer.reason));
        return;
    }
    printf("   clause \"%s\" of \"%s\":\n", clause.name.data,
           clause.section_title.length ? clause.section_title.data : "");
    print_words(clause.words);
}

/* The sender is the contact that the page publishes. */
static const char *
sender(void)
{
    const avow_id id = jibrok_id_of_contact(jibrok_contact_support_mail);
    const avow_text address = avow_address(jibrok_table(), id);
    const size_t scheme = strlen("mailto:");
    return address.length > scheme ? address.data + scheme : NULL;
}

static int
write_message(FILE *file, const struct recipient *recipient)
{
    char date[64];
    const time_t now = time(NULL);
    struct tm broken;
    if (!gmtime_r(&now, &broken) ||
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &broken) == 0)
        return -1;
    return fprintf(file,
                   "From: %s\r\nTo: %s <%s>\r\nDate: %s\r\nSubject: A security issue in our app\r\n"
                   "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                   "Hello %s,\r\n\r\nplease update our app: a security issue is mended.\r\n",
                   sender(), recipient->name, recipient->address, date, recipient->name);
}

/* Writes the message and says where; -1 with errno set if it could not be written. */
static int
send_mail(const char *folder, const struct recipient *recipient)
{
    char path[512];
    int length = snprintf(path, sizeof path, "%s/%s.eml", folder, recipient->name);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    FILE *file = sender() ? fopen(path, "wb") : NULL;
    if (!file)
        return -1;
    int written = write_message(file, recipient);
    if (fclose(file) != 0 || written < 0)
        return -1;
    printf("%s: sent, %s\n", recipient->address, path);
    return 0;
}

/* Sends the notice, or says why it must not. */
static int
notify(const char *folder, const struct recipient *recipient)
{
    const avow_answer answer =
        jibrok_may_email(jibrok_system_us, jibrok_person_licensee, jibrok_purpose_notify_security,
                         states_of(recipient));
    int done = 0;
    if (avow_allowed(answer))
        done = send_mail(folder, recipient);
    else
        printf("%s: not sent\n", recipient->address);
    print_reason(answer);
    printf("\n");
    return done;
}

int
main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "out";
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        perror(folder);
        return 2;
    }
    for (size_t i = 0; i < sizeof recipients / sizeof recipients[0]; i++) {
        if (notify(folder, &recipients[i]) != 0) {
            perror(folder);
            return 2;
        }
    }
    return 0;
}
