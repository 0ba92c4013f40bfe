/* A first policy: what it shall say, and its text. */
#ifndef AVOW_COMMAND_FIRST_H
#define AVOW_COMMAND_FIRST_H

#include "compiler/base/arena.h"

/* What a first policy may have besides the rest. */
enum first_part {
    FIRST_ACCOUNTS,
    FIRST_SUPPORT,
    FIRST_NEWSLETTER,
    FIRST_COOKIES,
    FIRST_CALENDAR, /* deadlines in business days, and the calendar that they need */
    FIRST_PARTS
};

struct first {
    struct text id;
    struct text title;
    struct text contact;  /* an e-mail address */
    struct text language; /* one of those for which first_language is true */
    bool has[FIRST_PARTS];
    int year, month, day; /* from when the policy holds */
};

/* The word for a part, as an option and in the templates. */
const char *first_part_name(enum first_part part);

bool first_language(struct text language);

/* NULL if it can be the title, the contact; else why not, as the end of a sentence. */
const char *first_title_problem(struct text title);
const char *first_contact_problem(struct text contact);

/* The short name for a policy whose file has this name (without folder and ending): as near to it
 * as the rules for short names allow. */
struct text first_id(struct arena *arena, struct text name);

/* The title that a page has if nobody says another. */
struct text first_usual_title(struct text language);

/* The name of the calendar's file, in the policy's folder. */
struct text first_calendar_name(struct arena *arena, const struct first *first);

/* The texts of the policy and of its calendar. */
struct text first_policy(struct arena *arena, const struct first *first);
struct text first_calendar(struct arena *arena, const struct first *first);

#endif
