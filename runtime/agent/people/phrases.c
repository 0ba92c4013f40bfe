#include "runtime/agent/people/phrases.h"

#include <string.h>
#include <strings.h>

static const struct phrases languages[] = {
    {"en",
     {
         [SAY_STOP] = "Stop e-mail",
         [SAY_STOP_LEAD] = "With the button you tell us:",
         [SAY_PUBLISHED] = "What we have published about it",
         [SAY_ALL] = "Everything that we may e-mail you about",
         [SAY_RECORDED] = "Recorded",
         [SAY_RECORDED_LEAD] = "You have told us:",
         [SAY_RECORDED_STOP] = "From now on we refuse to send you such e-mail. Nothing more is "
                               "needed from you.",
         [SAY_NO_SUCH_MAIL] = "We do not send such e-mail any more, so there was nothing to stop.",
         [SAY_FAILED] = "Not recorded",
         [SAY_FAILED_LEAD] = "Something is out of order here, and what you told us could not be "
                             "recorded. Nothing has changed. Please press the button again in a "
                             "few minutes.",
         [SAY_BAD_LINK] = "This link does not work",
         [SAY_BAD_LINK_LEAD] = "Nothing was recorded. The link is not whole, or it is not one of "
                               "ours. Open the whole link from the e-mail, or tell us what you "
                               "want in another way.",
         [SAY_UNCLEAR] = "Nothing was recorded yet, because what arrived does not say what you "
                         "want. Please use the button.",
         [SAY_CONTACTS] = "How to reach us",
         [SAY_CHOICES] = "Your choices",
         [SAY_MAILED_LEAD] = "You have come here by a link from an e-mail, which others may have "
                             "seen too. So this page shows nothing about you, and you can only "
                             "stop things here. To see what we know and to agree to something, "
                             "sign in with us and open this page from there.",
         [SAY_EXPIRED_LEAD] = "The time of your link is over. So this page shows nothing about "
                              "you any more, and you can only stop things here. To see what we "
                              "know and to agree to something, sign in with us and open this page "
                              "again from there.",
         [SAY_FRESH_LEAD] = "This page is for you alone. Its link works until",
         [SAY_MAIL_ABOUT] = "E-mail:",
         [SAY_NOW_YES] = "At present we may send you such e-mail.",
         [SAY_NOW_NO] = "At present we do not send you such e-mail.",
         [SAY_NOW_MAYBE] = "Whether we may send you such e-mail also depends on more than what you "
                           "have told us.",
         [SAY_NOW_UNKNOWN] = "At present we do not send you such e-mail, because it is not certain "
                             "what you want.",
         [SAY_NO_LINK] = "No link stops this e-mail.",
         [SAY_MORE_WAYS] = "What else you can stop",
         [SAY_STATES] = "What you have told us",
         [SAY_YES] = "yes",
         [SAY_NO] = "no",
         [SAY_NOT_KNOWN] = "not known",
         [SAY_WAITS] = "received, not yet carried out",
         [SAY_RECEIPTS] = "Your receipts",
         [SAY_RECEIPTS_LEAD] = "A receipt is a signed file for you to keep. It shows what was "
                               "recorded, when, and the words you were shown.",
         [SAY_RECEIPTS_NONE] = "Nothing is recorded of you.",
         [SAY_RECEIPTS_MORE] = "There are receipts that cannot be shown here. Ask us for them.",
         [SAY_CHANGED] = "Our policy has changed since you opened this page, so nothing was "
                         "recorded. Please read it again before you decide.",
         [SAY_NOT_HERE] = "Nothing was recorded: with this link you can only stop things.",
         [SAY_BROWSER] = "Your browser has told us, and we have recorded:",
         [SAY_BROWSER_FAILED] = "Your browser has told us something that we could not record just "
                                "now. Please load this page again in a few minutes:",
     }},
    {"de",
     {
         [SAY_STOP] = "E-Mails abbestellen",
         [SAY_STOP_LEAD] = "Mit dem Knopf sagen Sie uns:",
         [SAY_PUBLISHED] = "Was wir dazu veröffentlicht haben",
         [SAY_ALL] = "Alles, worüber wir Ihnen E-Mails schicken dürfen",
         [SAY_RECORDED] = "Vermerkt",
         [SAY_RECORDED_LEAD] = "Sie haben uns gesagt:",
         [SAY_RECORDED_STOP] = "Ab jetzt verweigern wir es, Ihnen solche E-Mails zu schicken. Sie "
                               "müssen nichts weiter tun.",
         [SAY_NO_SUCH_MAIL] = "Solche E-Mails schicken wir nicht mehr. Es gab also nichts "
                              "abzubestellen.",
         [SAY_FAILED] = "Nicht vermerkt",
         [SAY_FAILED_LEAD] = "Hier ist etwas gestört, und was Sie uns gesagt haben, konnte nicht "
                             "vermerkt werden. Es hat sich nichts geändert. Bitte drücken Sie den "
                             "Knopf in ein paar Minuten noch einmal.",
         [SAY_BAD_LINK] = "Dieser Link gilt nicht",
         [SAY_BAD_LINK_LEAD] =
             "Es wurde nichts vermerkt. Der Link ist nicht vollständig oder nicht "
             "von uns. Öffnen Sie den ganzen Link aus der E-Mail, oder sagen Sie "
             "uns auf anderem Weg, was Sie möchten.",
         [SAY_UNCLEAR] = "Noch wurde nichts vermerkt, denn was ankam, sagt nicht, was Sie möchten. "
                         "Bitte benutzen Sie den Knopf.",
         [SAY_CONTACTS] = "So erreichen Sie uns",
         [SAY_CHOICES] = "Ihre Entscheidungen",
         [SAY_MAILED_LEAD] = "Sie sind durch einen Link aus einer E-Mail hier, die auch andere "
                             "gesehen haben können. Darum zeigt diese Seite nichts über Sie, und "
                             "Sie können hier nur abbestellen und widersprechen. Um zu sehen, was "
                             "wir wissen, und um in etwas einzuwilligen, melden Sie sich bei uns "
                             "an und öffnen Sie diese Seite von dort.",
         [SAY_EXPIRED_LEAD] = "Die Zeit Ihres Links ist abgelaufen. Darum zeigt diese Seite nichts "
                              "mehr über Sie, und Sie können hier nur abbestellen und "
                              "widersprechen. Um zu sehen, was wir wissen, und um in etwas "
                              "einzuwilligen, melden Sie sich bei uns an und öffnen Sie diese "
                              "Seite wieder von dort.",
         [SAY_FRESH_LEAD] = "Diese Seite ist nur für Sie. Ihr Link gilt bis",
         [SAY_MAIL_ABOUT] = "E-Mails:",
         [SAY_NOW_YES] = "Zurzeit dürfen wir Ihnen solche E-Mails schicken.",
         [SAY_NOW_NO] = "Zurzeit schicken wir Ihnen keine solchen E-Mails.",
         [SAY_NOW_MAYBE] = "Ob wir Ihnen solche E-Mails schicken dürfen, hängt auch von anderem ab "
                           "als von dem, was Sie uns gesagt haben.",
         [SAY_NOW_UNKNOWN] = "Zurzeit schicken wir Ihnen keine solchen E-Mails, weil nicht sicher "
                             "ist, was Sie möchten.",
         [SAY_NO_LINK] = "Diese E-Mails lassen sich nicht durch einen Link abbestellen.",
         [SAY_MORE_WAYS] = "Was Sie außerdem beenden können",
         [SAY_STATES] = "Was Sie uns gesagt haben",
         [SAY_YES] = "ja",
         [SAY_NO] = "nein",
         [SAY_NOT_KNOWN] = "nicht bekannt",
         [SAY_WAITS] = "eingegangen, noch nicht ausgeführt",
         [SAY_RECEIPTS] = "Ihre Belege",
         [SAY_RECEIPTS_LEAD] =
             "Ein Beleg ist eine unterschriebene Datei zum Aufbewahren. Er zeigt, "
             "was wann vermerkt wurde und welche Worte Sie dabei gelesen haben.",
         [SAY_RECEIPTS_NONE] = "Über Sie ist nichts vermerkt.",
         [SAY_RECEIPTS_MORE] = "Es gibt Belege, die hier nicht gezeigt werden können. Fragen Sie "
                               "uns danach.",
         [SAY_CHANGED] = "Unsere Erklärung hat sich geändert, seit Sie diese Seite geöffnet haben. "
                         "Darum wurde nichts vermerkt. Bitte lesen Sie noch einmal, bevor Sie sich "
                         "entscheiden.",
         [SAY_NOT_HERE] = "Es wurde nichts vermerkt: Mit diesem Link können Sie nur abbestellen "
                          "und widersprechen.",
         [SAY_BROWSER] = "Ihr Browser hat uns gesagt, und wir haben es vermerkt:",
         [SAY_BROWSER_FAILED] =
             "Ihr Browser hat uns etwas gesagt, das gerade nicht vermerkt werden "
             "konnte. Bitte laden Sie diese Seite in ein paar Minuten noch "
             "einmal:",
     }},
};

const struct phrases *
phrases_of(const char *language)
{
    size_t length = strcspn(language, "-_");
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (strlen(languages[i].language) == length &&
            strncasecmp(languages[i].language, language, length) == 0)
            return &languages[i];
    return &languages[0];
}
