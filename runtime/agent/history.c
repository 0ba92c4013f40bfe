#include "runtime/agent/history.h"

#include "runtime/agent/words.h"
#include "runtime/store/ledger.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { MICROS = 1000000, MARGIN = 22 };

/* Reading ------------------------------------------------------------------------------------ */

/* Most entries are about others: a look for the key's digits saves reading them. */
static bool
may_be_about(const struct somebody *who, const struct entry *entry)
{
    char digits[2 * KEY_BYTES + 1];
    for (size_t i = 0; i < who->count; i++) {
        sodium_bin2hex(digits, sizeof digits, who->at[i].key, KEY_BYTES);
        if (memmem(entry->body, entry->length, digits, 2 * KEY_BYTES))
            return true;
    }
    return false;
}

static bool
is_about(const struct somebody *who, const struct body *body)
{
    for (size_t i = 0; i < who->count; i++)
        if (who->at[i].kind == body->subject.kind &&
            memcmp(who->at[i].key, body->subject.key, KEY_BYTES) == 0)
            return true;
    return false;
}

static avow_store_code
add(struct history *history, const struct entry *entry, const struct body *body)
{
    if ((history->count & (history->count + 1)) == 0) {
        size_t room = 2 * (history->count + 1);
        struct said *grown = realloc(history->at, room * sizeof *grown);
        if (!grown)
            return fault_memory(history->error);
        history->at = grown;
    }
    struct said *said = &history->at[history->count++];
    *said = (struct said){.recorded = entry->recorded, .body = *body};
    ledger_name(entry, said->receipt);
    return AVOW_STORE_OK;
}

static avow_store_code
visit(void *context, const struct entry *entry)
{
    struct history *history = context;
    struct body body;
    history->read++;
    if (!entry->body || !may_be_about(history->who, entry))
        return AVOW_STORE_OK;
    avow_store_code code = body_read(entry->body, entry->length, &body, history->error);
    if (code == AVOW_STORE_OK && is_about(history->who, &body)) {
        code = add(history, entry, &body);
        if (code == AVOW_STORE_OK)
            return code; /* the body is the history's */
    }
    body_free(&body);
    return code;
}

static int
earlier(const void *one, const void *other)
{
    const struct said *a = one, *b = other;
    return (a->recorded > b->recorded) - (a->recorded < b->recorded);
}

static void
take_words(void *context, const char *words, size_t length)
{
    *(char **)context = strndup(words, length);
}

avow_store_code
history_read(struct history *history, struct engine *engine, const struct somebody *who,
             avow_store_error *error)
{
    uint32_t walked = 0;
    avow_store_code code = AVOW_STORE_OK;
    *history = (struct history){.who = who, .error = error};
    for (size_t i = 0; code == AVOW_STORE_OK && i < who->count; i++) {
        uint32_t part = part_of(who->at[i].key);
        if (!(walked >> part & 1))
            code = engine->ops->entries(engine, part, 0, INT64_MAX, visit, history, error);
        walked |= 1u << part;
    }
    if (history->count > 1)
        qsort(history->at, history->count, sizeof *history->at, earlier);
    for (size_t i = 0; code == AVOW_STORE_OK && i < history->count; i++) {
        struct said *said = &history->at[i];
        if (said->body.has_words)
            code = engine->ops->words(engine, said->body.words, take_words, &said->words, error);
    }
    return code;
}

void
history_free(struct history *history)
{
    for (size_t i = 0; i < history->count; i++) {
        body_free(&history->at[i].body);
        free(history->at[i].words);
    }
    free(history->at);
    *history = (struct history){0};
}

/* Telling ------------------------------------------------------------------------------------ */

static void
print_part(const char *mark, const char *text)
{
    if (!text || !*text)
        return;
    fputs(mark, stdout);
    words_show(text);
}

static void
print_said(const struct said *said)
{
    char time[TIME_TEXT];
    const struct body *body = &said->body;
    bool event = body->kind == BODY_EVENT;
    int64_t at = event && body->received ? body->received : said->recorded;
    printf("%-*s", MARGIN, words_of_time(at / MICROS, time));
    if (!event)
        fputs(body_kind_name(body->kind), stdout);
    print_part(event ? "" : " ", body->what);
    print_part(", receipt ", said->receipt);
    if (event)
        print_part(", by ", body_source_name(body->source));
    print_part(", of ", body->of);
    print_part(", evidence: ", body->evidence);
    print_part(", reference: ", body->reference);
    putchar('\n');
    if (!said->words)
        return;
    printf("%-*s", MARGIN, "");
    print_part("", body->clause);
    print_part(body->clause ? ": " : "", said->words);
    putchar('\n');
}

void
history_print(const struct history *history)
{
    printf("receipts: %zu, among %" PRIu64 " %s of the ledger\n", history->count, history->read,
           history->read == 1 ? "entry" : "entries");
    for (size_t i = 0; i < history->count; i++)
        print_said(&history->at[i]);
}

static void
emit_said(struct emit *out, const struct said *said)
{
    char time[TIME_TEXT];
    const struct body *body = &said->body;
    bool event = body->kind == BODY_EVENT;
    emit_open(out, NULL, '{');
    emit_text(out, "receipt", said->receipt);
    emit_text(out, "kind", body_kind_name(body->kind));
    emit_text(out, "what", body->what);
    if (body->received)
        emit_text(out, "received", words_of_time(body->received / MICROS, time));
    emit_text(out, "recorded", words_of_time(said->recorded / MICROS, time));
    emit_text(out, "source", event ? body_source_name(body->source) : NULL);
    emit_text(out, "of", body->of);
    emit_text(out, "evidence", body->evidence);
    emit_text(out, "reference", body->reference);
    emit_text(out, "clause", body->clause);
    emit_text(out, "language", body->language);
    emit_text(out, "statement", said->words);
    if (body->done)
        emit_true(out, "done");
    emit_close(out, '}');
}

void
history_emit(struct emit *out, const struct history *history)
{
    emit_open(out, "receipts", '[');
    for (size_t i = 0; i < history->count; i++)
        emit_said(out, &history->at[i]);
    emit_close(out, ']');
}
