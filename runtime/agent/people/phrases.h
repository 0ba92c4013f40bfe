/* The few words of these pages that no policy has: buttons' surroundings and headings, by language.
 * Everything that names what somebody asks for comes from the policy. */
#ifndef AVOW_AGENT_PHRASES_H
#define AVOW_AGENT_PHRASES_H

#include <stddef.h>

enum phrase {
    SAY_STOP,          /* heading: mail can be stopped here */
    SAY_STOP_LEAD,     /* before what the button says */
    SAY_PUBLISHED,     /* heading of the policy's own sentences */
    SAY_ALL,           /* link to the preference page */
    SAY_RECORDED,      /* heading: it was */
    SAY_RECORDED_LEAD, /* before what was said */
    SAY_RECORDED_STOP, /* what follows for mail */
    SAY_NO_SUCH_MAIL,  /* the policy permits none, so there was nothing to record */
    SAY_FAILED,        /* heading: it was not */
    SAY_FAILED_LEAD,
    SAY_BAD_LINK, /* heading: it is none */
    SAY_BAD_LINK_LEAD,
    SAY_UNCLEAR,      /* what arrived did not say what is wanted */
    SAY_CONTACTS,     /* heading */
    SAY_CHOICES,      /* heading of the preference page */
    SAY_MAILED_LEAD,  /* it was opened by a link that came by mail */
    SAY_EXPIRED_LEAD, /* ... by one whose time is over */
    SAY_FRESH_LEAD,   /* ... by one for her alone; then until when */
    SAY_MAIL_ABOUT,   /* heading, before a purpose */
    SAY_NOW_YES,      /* such mail is permitted */
    SAY_NOW_NO,
    SAY_NOW_MAYBE,   /* ... depends on more */
    SAY_NOW_UNKNOWN, /* what is known of her cannot be read, or is not certain: no mail */
    SAY_NO_LINK,     /* no link stops this mail */
    SAY_MORE_WAYS,   /* heading: other requests that refuse */
    SAY_STATES,      /* heading: what is known of her */
    SAY_YES,
    SAY_NO,
    SAY_NOT_KNOWN,
    SAY_WAITS,    /* a request of hers is not done yet */
    SAY_RECEIPTS, /* heading */
    SAY_RECEIPTS_LEAD,
    SAY_RECEIPTS_NONE,
    SAY_RECEIPTS_MORE,  /* there are some that cannot be shown here */
    SAY_CHANGED,        /* the policy is another than the one she read: nothing was recorded */
    SAY_NOT_HERE,       /* this link cannot agree to anything */
    SAY_BROWSER,        /* before what the browser's signal means, which was recorded */
    SAY_BROWSER_FAILED, /* ... which could not be */
    PHRASES
};

struct phrases {
    const char *language; /* BCP 47 */
    const char *say[PHRASES];
};

/* The phrases for a language (a longer tag falls back to its first part), or English. */
const struct phrases *phrases_of(const char *language);

#endif
