/* Whether mail may go to somebody, and the sentence that says why not. */
#include "runtime/agent/mail/mail.h"
#include "runtime/agent/words.h"

#include <string.h>

static void
say(struct mail_judgement *out, enum mail_verdict verdict, const char *status)
{
    out->verdict = verdict;
    out->status = status;
}

/* The published sentence, and where it stands. If it has no form in ASCII, only where. */
static void
say_clause(const avow_table *table, uint32_t clause, bool utf8, struct mail_judgement *out)
{
    enum { TAIL = 200 };
    char tail[TAIL], id[64], words[SMTP_SENTENCE - TAIL] = "";
    avow_clause is = avow_clause_at(table, clause);
    avow_text policy = avow_identify(table).policy;
    smtp_sentence(is.name.data, is.name.length, utf8, out->clause, sizeof out->clause);
    smtp_sentence(policy.data, policy.length, utf8, id, sizeof id);
    snprintf(tail, sizeof tail, "(privacy policy %s, clause %s)", id, out->clause);
    if (is.words.length == 0 ||
        !smtp_sentence(is.words.data, is.words.length, utf8, words, sizeof words))
        snprintf(words, sizeof words, "Our privacy policy does not let us send this.");
    snprintf(out->sentence, sizeof out->sentence, "%s %s", words, tail);
}

static void
say_unstated(const avow_table *table, avow_point point, bool utf8, struct mail_judgement *out)
{
    char person[128], purpose[128], id[64];
    avow_text texts[] = {avow_label(table, point.object), avow_label(table, point.target),
                         avow_identify(table).policy};
    smtp_sentence(texts[0].data, texts[0].length, utf8, person, sizeof person);
    smtp_sentence(texts[1].data, texts[1].length, utf8, purpose, sizeof purpose);
    smtp_sentence(texts[2].data, texts[2].length, utf8, id, sizeof id);
    snprintf(out->sentence, sizeof out->sentence,
             "Nothing in the privacy policy %s permits e-mail to a %s about %s.", id, person,
             purpose);
}

static void
say_refusal(const avow_table *table, avow_point point, const avow_store_answer *answer, bool utf8,
            struct mail_judgement *out)
{
    say(out, MAIL_REFUSED, "5.7.1");
    if (answer->answer.clause != AVOW_NONE)
        say_clause(table, answer->answer.clause, utf8, out);
    else if (answer->answer.verdict == AVOW_UNSTATED || answer->answer.missing != 0)
        say_unstated(table, point, utf8, out);
    else
        snprintf(out->sentence, sizeof out->sentence, "This cannot be permitted: %s.",
                 avow_reason_text(answer->answer.reason));
    const char *why = words_of_reason(answer->reason);
    size_t length = strlen(out->sentence);
    if (why)
        snprintf(out->sentence + length, sizeof out->sentence - length, " %s", why);
}

static bool
cannot_be_said(const avow_store_answer *answer)
{
    return answer->reason == AVOW_STORE_FAILED || answer->reason == AVOW_STORE_UNTRUSTED ||
           answer->answer.reason == AVOW_REASON_NO_TABLE;
}

void
mail_judge(const struct generation *generation, const struct mail_class *class, avow_id purpose,
           const char *address, size_t length, bool utf8, struct mail_judgement *out)
{
    avow_store_error error = {0};
    avow_store_question question = {
        .point = class->point,
        .subject = {AVOW_IDENTITY_EMAIL, address, length},
        .states = class->given,
    };
    question.point.target = purpose;
    *out = (struct mail_judgement){.status = ""};
    avow_store_answer answer = avow_store_ask(generation->store, &question, &error);
    if (error.code == AVOW_STORE_INPUT) {
        say(out, MAIL_ADDRESS, "5.1.3");
        smtp_sentence(error.text, strlen(error.text), utf8, out->sentence, sizeof out->sentence);
    } else if (avow_allowed(answer.answer)) {
        say(out, MAIL_PASS, "2.1.5");
    } else if (cannot_be_said(&answer)) {
        say(out, MAIL_LATER, "4.3.0");
        snprintf(out->sentence, sizeof out->sentence,
                 "It cannot be said now whether this may be sent. Try again later.");
    } else {
        say_refusal(generation->table, question.point, &answer, utf8, out);
    }
}

void
mail_judge_never(const struct generation *generation, const struct mail_class *class, bool utf8,
                 struct mail_judgement *out)
{
    const avow_table *table = generation->table;
    avow_states nobody = class->given;
    for (uint32_t i = 0; i < avow_count(table, AVOW_STATE); i++)
        nobody.known |= avow_bit(table, avow_first(table, AVOW_STATE) + i);
    /* The clause that refuses even who has said nothing; with all states unknown, others hit too.
     */
    avow_store_answer answer = {.answer = avow_ask(table, class->point, nobody)};
    if (answer.answer.reason == AVOW_REASON_BAD_STATES)
        answer.answer = avow_ask(table, class->point, class->given);
    *out = (struct mail_judgement){.status = ""};
    say_refusal(table, class->point, &answer, utf8, out);
}
