/* The classes of mail, within this room. */
#ifndef AVOW_AGENT_RECOGNISE_H
#define AVOW_AGENT_RECOGNISE_H

#include "runtime/agent/mail/mail.h"

struct mail {
    struct mail_class *at; /* classes in the order of the file, then exempt ones */
    size_t count;
    char **local; /* domains, as addresses have them in their wide form */
    size_t local_count;
};

/* Whether a text is of a form in which '*' stands for any signs. */
bool recognise_form(const char *form, const char *text, bool fold);

#endif
