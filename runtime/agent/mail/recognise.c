/* Which class a message is of, by what is seen of it at MAIL FROM. */
#include "runtime/agent/mail/recognise.h"

#include "runtime/agent/command.h"

#include <string.h>
#include <strings.h>

static bool
same_sign(char one, char other, bool fold)
{
    return fold ? strncasecmp(&one, &other, 1) == 0 : one == other;
}

/* Whether a text is of a form in which '*' stands for any signs. */
bool
recognise_form(const char *form, const char *text, bool fold)
{
    const char *star = NULL, *again = text;
    while (*text) {
        if (*form == '*') {
            star = form++;
            again = text;
        } else if (*form && same_sign(*form, *text, fold)) {
            form++;
            text++;
        } else if (star) {
            form = star + 1;
            text = ++again;
        } else {
            return false;
        }
    }
    while (*form == '*')
        form++;
    return *form == '\0';
}

static bool
any_form(const struct texts *forms, const char *text, bool fold)
{
    for (size_t i = 0; i < forms->count; i++)
        if (recognise_form(forms->at[i], text, fold))
            return true;
    return false;
}

/* "<>" is the sender of bounces, "@shop.example" every sender of a domain. */
static bool
is_sender(const char *form, const char *sender)
{
    const char *domain = strrchr(sender, '@');
    if (strcmp(form, "<>") == 0)
        return *sender == '\0';
    if (form[0] == '@')
        return domain && recognise_form(form, domain, true);
    return *sender != '\0' && recognise_form(form, sender, true);
}

static bool
any_sender(const struct texts *forms, const char *sender)
{
    for (size_t i = 0; i < forms->count; i++)
        if (is_sender(forms->at[i], sender))
            return true;
    return false;
}

enum { RANK_NONE = 0, RANK_SENDER = 1, RANK_PORT = 2, RANK_LOCAL = 2, RANK_LOGIN = 4 };

/* How surely a class recognises what is seen; 0: it does not. Who has logged in is exempt by his
 * login or his port only: anybody can write "<>". */
static int
rank(const struct mail_class *class, const struct mail_seen *seen)
{
    const struct mail_class_settings *is = class->settings;
    int out = RANK_NONE;
    if (is->logins.count > 0) {
        if (*seen->login == '\0' || !any_form(&is->logins, seen->login, false))
            return RANK_NONE;
        out += RANK_LOGIN;
    }
    if (is->ports.count > 0) {
        bool port = *seen->port != '\0' && any_form(&is->ports, seen->port, false);
        if (!port && (*seen->daemon == '\0' || !any_form(&is->ports, seen->daemon, false)))
            return RANK_NONE;
        out += RANK_PORT;
    }
    if (is->local) {
        if (!seen->local)
            return RANK_NONE;
        out += RANK_LOCAL;
    }
    if (is->senders.count > 0) {
        if (!any_sender(&is->senders, seen->sender))
            return RANK_NONE;
        out += RANK_SENDER;
    }
    return class->exempt && out == RANK_SENDER && *seen->login != '\0' ? RANK_NONE : out;
}

const struct mail_class *
mail_recognise(const struct mail *mail, const struct mail_seen *seen)
{
    const struct mail_class *best = NULL;
    int most = RANK_NONE;
    for (size_t i = 0; i < mail->count; i++) {
        int found = rank(&mail->at[i], seen);
        if (found > most) {
            most = found;
            best = &mail->at[i];
        }
    }
    return best;
}

/* Of all that classes are recognised by in one way, what is most like what was seen. */
static const char *
nearest(const struct mail *mail, size_t member, const char *seen)
{
    enum { MOST = 512 };
    const char *names[MOST];
    size_t count = 0;
    for (size_t i = 0; i < mail->count; i++) {
        const struct texts *forms = (const void *)((const char *)mail->at[i].settings + member);
        for (size_t j = 0; j < forms->count && count < MOST; j++)
            names[count++] = forms->at[j];
    }
    return nearest_word(seen, names, count);
}

void
mail_unrecognised(const struct mail *mail, const struct mail_seen *seen, char out[SMTP_SENTENCE])
{
    bool login = *seen->login != '\0';
    const char *what = login ? seen->login : seen->sender;
    const char *like = nearest(mail,
                               login ? offsetof(struct mail_class_settings, logins)
                                     : offsetof(struct mail_class_settings, senders),
                               what);
    snprintf(out, SMTP_SENTENCE,
             "Nobody has said what mail %s '%.300s' is for, so it is refused%s%.100s%s. Name it "
             "under mail: classes: in avowd.yaml.",
             login ? "of the login" : "from", *what ? what : "<>", like ? " (is it '" : "",
             like ? like : "", like ? "'?)" : "");
}
