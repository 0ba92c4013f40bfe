#include "runtime/agent/findings.h"

#include "runtime/agent/words.h"
#include "runtime/core/table.h"

#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DAY = 86400, WARN_DAYS = 90, CLOCKS_APART = 60, LINE = 2 * PLACE_MAX + 512 };

void
find(struct findings *findings, enum finding finding, const char *format, ...)
{
    static const char *const words[] = {"ok", "warn", "bad"};
    char line[LINE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (char *at = line; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    printf("%-4s  %s\n", words[finding], line);
    findings->bad |= finding == FINDING_BAD;
}

/* Files -------------------------------------------------------------------------------------- */

/* Whether others than its owner can write here; by their group it is only a matter of trust. */
static void
find_writers(struct findings *findings, const char *path, const struct stat *is)
{
    bool sticky = S_ISDIR(is->st_mode) && (is->st_mode & S_ISVTX);
    if ((is->st_mode & S_IWOTH) && !sticky)
        find(findings, FINDING_BAD,
             "Anybody on this machine can change %s, and so what is permitted. Mend it with: chmod "
             "go-w %s",
             path, path);
    else if ((is->st_mode & S_IWGRP) && !sticky)
        find(findings, FINDING_WARN,
             "A whole group (number %u) can change %s, and so what is permitted. If that is not "
             "meant: chmod g-w %s",
             (unsigned)is->st_gid, path, path);
    else
        find(findings, FINDING_OK, "Only its owner can change %s.", path);
}

void
find_policy_file(struct findings *findings, const char *path)
{
    struct stat is;
    char *file = realpath(path, NULL); /* through links: what is read is what counts */
    if (!file || stat(file, &is) != 0) {
        free(file);
        return; /* which is said when it is read */
    }
    find_writers(findings, file, &is);
    const char *folder = dirname(file);
    if (stat(folder, &is) == 0)
        find_writers(findings, folder, &is);
    free(file);
}

void
find_password_file(struct findings *findings, const char *url)
{
    struct stat is;
    bool named;
    char path[PLACE_MAX];
    if (!place_password_file(url, path, &named))
        return;
    if (stat(path, &is) != 0) {
        if (named)
            find(findings, FINDING_BAD, "The file of passwords %s cannot be read: %s.", path,
                 strerror(errno));
        return;
    }
    if (!S_ISREG(is.st_mode))
        find(findings, FINDING_BAD, "The file of passwords %s is no file, and is not read.", path);
    else if (is.st_mode & (S_IRWXG | S_IRWXO))
        find(findings, FINDING_BAD,
             "Others can read or change the passwords in %s (mode %04o), and so they are not used. "
             "Mend it with: chmod 600 %s",
             path, (unsigned)is.st_mode & 07777, path);
    else
        find(findings, FINDING_OK, "Only its owner can read the passwords in %s.", path);
}

void
find_later_file(struct findings *findings, const char *path)
{
    struct stat is;
    char written[TIME_TEXT], now[TIME_TEXT];
    if (stat(path, &is) != 0 || is.st_mtime <= findings->now + CLOCKS_APART)
        return;
    find(findings, FINDING_BAD,
         "%s was written at %s, and the clock shows %s: one of them is wrong. Set the clock: "
         "ntpd, chronyd or systemd-timesyncd.",
         path, words_of_time(is.st_mtime, written), words_of_time(findings->now, now));
}

/* The calendar ------------------------------------------------------------------------------- */

void
find_calendar(struct findings *findings, const avow_table *table)
{
    char day[TIME_TEXT];
    const uint32_t *words = (const uint32_t *)(const void *)table;
    int64_t until = table_known_until(words), today = findings->now / DAY;
    words_of_time(until * DAY, day);
    day[sizeof "2026-03-07" - 1] = '\0';
    if (until < today)
        find(findings, FINDING_BAD,
             "Holidays and zone of the policy were known until %s: it is not certain when a "
             "request is due. Bring its calendar up to date and build the policy again.",
             day);
    else if (until - today < WARN_DAYS)
        find(findings, FINDING_WARN,
             "Holidays and zone of the policy are known until %s, %lld days from now. Bring its "
             "calendar up to date and build the policy again.",
             day, (long long)(until - today));
    else
        find(findings, FINDING_OK, "Holidays and zone of the policy are known until %s.", day);
}
