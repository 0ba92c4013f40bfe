/* Classes of mail out of the configuration, against the policy. */
#include "runtime/agent/mail/recognise.h"
#include "runtime/agent/people/people.h"
#include "runtime/agent/words.h"
#include "runtime/store/address.h"
#include "runtime/store/fault.h"

#include <stdlib.h>
#include <string.h>

/* Names of the policy -------------------------------------------------------------------------- */

/* A point by names: only its purpose may be wanting. */
static avow_store_code
find_point(const avow_table *table, const struct mail_class_settings *is, avow_point *out,
           avow_store_error *error)
{
    char verb[] = "email", person[80], purpose[80];
    avow_text any = avow_name(table, avow_first(table, AVOW_PURPOSE));
    snprintf(person, sizeof person, "%s", is->person ? is->person : "");
    if (is->purpose)
        snprintf(purpose, sizeof purpose, "%s", is->purpose);
    else
        snprintf(purpose, sizeof purpose, "%.*s", (int)any.length, any.data);
    char *const words[3] = {verb, person, purpose};
    avow_store_code code = words_point(table, is->actor, words, out, error);
    if (code == AVOW_STORE_OK && !is->purpose)
        out->target = AVOW_NONE;
    return code;
}

avow_store_code
mail_purpose(const struct generation *generation, const char *name, avow_id *out,
             avow_store_error *error)
{
    const avow_table *table = generation->table;
    avow_text person = avow_name(table, avow_first(table, AVOW_PERSON));
    char known[80];
    snprintf(known, sizeof known, "%.*s", (int)person.length, person.data);
    struct mail_class_settings is = {.person = known, .purpose = name};
    avow_point point;
    avow_store_code code = find_point(table, &is, &point, error);
    *out = code == AVOW_STORE_OK ? point.target : AVOW_NONE;
    return code;
}

/* Whether the policy refuses it whatever anybody has said. */
static bool
is_never(const avow_table *table, const struct mail_class *class)
{
    if (class->point.target == AVOW_NONE)
        return false;
    avow_answer answer = avow_ask(table, class->point, class->given);
    return !avow_allowed(answer) && answer.missing == 0 && !answer.possible;
}

/* Whether mail of the class carries links: whoever may be written to about it can refuse it. */
static bool
is_linked(const struct generation *generation, const struct mail_class *class)
{
    static const char somebody[] = "somebody@example.org";
    char *link = NULL;
    if (class->settings->unsubscribe == MAIL_UNSUBSCRIBE_NO || !generation->people)
        return false;
    if (class->point.target == AVOW_NONE)
        return true; /* each message may have one */
    avow_store_code code = people_link(
        generation, (avow_identity_text){AVOW_IDENTITY_EMAIL, somebody, sizeof somebody - 1},
        class->point.object, class->point.target, &link, NULL);
    free(link);
    return code != AVOW_STORE_NOT_FOUND;
}

/* One class -------------------------------------------------------------------------------------
 */

static avow_store_code
wrong(const struct generation *generation, const struct mail_class_settings *is, const char *text,
      avow_store_error *error)
{
    const char *where = settings_where(generation->config.settings, is);
    return fault(error, AVOW_STORE_POLICY, "%s: mail class '%s': %s", where ? where : "avowd.yaml",
                 is->name, text);
}

static const char *
misses(const struct mail_class *class)
{
    const struct mail_class_settings *is = class->settings;
    if (strpbrk(is->name, "+*/ ") != NULL)
        return "Its name must have no '+', '*', '/' or blank, which mean something in a "
               "socketmap.";
    if (is->logins.count + is->ports.count + is->senders.count == 0 && !is->local)
        return "Nothing recognises it. Give it logins, ports or senders, or local: yes.";
    if (class->exempt && (is->person || is->purpose || is->actor || is->header))
        return "Who is exempt is asked about nothing: leave out actor, person, purpose and "
               "header, or move it to classes.";
    if (class->exempt)
        return NULL;
    if (!is->person)
        return "Say who gets it: person is a name of the policy.";
    if (!is->purpose && !is->header)
        return "Say what it is for: purpose is a name of the policy.";
    return NULL;
}

static avow_store_code
resolve(const struct generation *generation, struct mail_class *class, avow_store_error *error)
{
    const struct mail_class_settings *is = class->settings;
    avow_store_error own = {0};
    const char *missing = misses(class);
    if (missing)
        return wrong(generation, is, missing, error);
    if (class->exempt)
        return AVOW_STORE_OK;
    if (find_point(generation->table, is, &class->point, &own) != AVOW_STORE_OK ||
        words_given(generation->table, is->given, &class->given, &own) != AVOW_STORE_OK)
        return wrong(generation, is, own.text + (strncmp(own.text, "--", 2) == 0 ? 2 : 0), error);
    class->linked = is_linked(generation, class);
    if (is->unsubscribe == MAIL_UNSUBSCRIBE_YES && !class->linked)
        return wrong(generation, is,
                     "It shall carry a link to unsubscribe, but there is none: people: is not "
                     "configured, or the policy has no request that stops this mail.",
                     error);
    class->never = is_never(generation->table, class);
    return AVOW_STORE_OK;
}

/* All of them -----------------------------------------------------------------------------------
 */

static avow_store_code
resolve_all(const struct generation *generation, struct mail *mail, avow_store_error *error)
{
    const struct mail_settings *settings = &generation->config.mail;
    const struct mail_class_settings *classes = settings->classes.at, *exempt = settings->exempt.at;
    for (size_t i = 0; i < mail->count; i++) {
        struct mail_class *class = &mail->at[i];
        class->exempt = i >= settings->classes.count;
        class->settings = class->exempt ? &exempt[i - settings->classes.count] : &classes[i];
        avow_store_code code = resolve(generation, class, error);
        if (code != AVOW_STORE_OK)
            return code;
    }
    return AVOW_STORE_OK;
}

/* A domain in the form that addresses have; the caller's. */
static avow_store_code
read_domain(const char *domain, char **out, avow_store_error *error)
{
    struct address address;
    char text[300];
    int length = snprintf(text, sizeof text, "x@%s", domain);
    size_t size = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
    avow_store_code code = address_read(text, size, &address, error);
    if (code != AVOW_STORE_OK)
        return code;
    *out = strndup(address.wide + 2, (size_t)address.wide_length - 2);
    return *out ? AVOW_STORE_OK : fault_memory(error);
}

static avow_store_code
read_domains(const struct mail_settings *settings, struct mail *mail, avow_store_error *error)
{
    mail->local = calloc(settings->local.count + 1, sizeof *mail->local);
    if (!mail->local)
        return fault_memory(error);
    for (size_t i = 0; i < settings->local.count; i++) {
        avow_store_code code = read_domain(settings->local.at[i], &mail->local[i], error);
        if (code != AVOW_STORE_OK)
            return code;
        mail->local_count++;
    }
    return AVOW_STORE_OK;
}

avow_store_code
mail_new(const struct generation *generation, struct mail **out, avow_store_error *error)
{
    const struct mail_settings *settings = &generation->config.mail;
    *out = NULL;
    if (!settings->given)
        return AVOW_STORE_OK;
    struct mail *mail = calloc(1, sizeof *mail);
    size_t count = settings->classes.count + settings->exempt.count;
    if (mail)
        mail->at = calloc(count + 1, sizeof *mail->at);
    if (!mail || !mail->at) {
        mail_free(mail);
        return fault_memory(error);
    }
    mail->count = count;
    avow_store_code code = resolve_all(generation, mail, error);
    if (code == AVOW_STORE_OK)
        code = read_domains(settings, mail, error);
    if (code == AVOW_STORE_OK)
        *out = mail;
    else
        mail_free(mail);
    return code;
}

void
mail_free(struct mail *mail)
{
    if (!mail)
        return;
    for (size_t i = 0; i < mail->local_count; i++)
        free(mail->local[i]);
    free(mail->local);
    free(mail->at);
    free(mail);
}

/* Looking up ------------------------------------------------------------------------------------
 */

const struct mail_class *
mail_class_at(const struct mail *mail, size_t index)
{
    return index < mail->count && !mail->at[index].exempt ? &mail->at[index] : NULL;
}

const struct mail_class *
mail_class_named(const struct mail *mail, const char *name, size_t length)
{
    for (size_t i = 0; i < mail->count; i++) {
        const char *is = mail->at[i].settings->name;
        if (strlen(is) == length && memcmp(is, name, length) == 0)
            return &mail->at[i];
    }
    return NULL;
}

bool
mail_is_local(const struct mail *mail, const char *address, size_t length)
{
    struct address read;
    if (mail->local_count == 0 || address_read(address, length, &read, NULL) != AVOW_STORE_OK)
        return false;
    const char *at = memrchr(read.wide, '@', read.wide_length);
    size_t size = at ? (size_t)(read.wide + read.wide_length - at) - 1 : 0;
    for (size_t i = 0; at && i < mail->local_count; i++)
        if (strlen(mail->local[i]) == size && memcmp(mail->local[i], at + 1, size) == 0)
            return true;
    return false;
}
