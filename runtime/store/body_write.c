#include "runtime/store/body.h"

#include <string.h>

const char *
body_kind_name(enum body_kind kind)
{
    static const char *const names[BODY_KINDS] = {
        [BODY_CREATE] = "create", [BODY_EVENT] = "event",   [BODY_DONE] = "done",
        [BODY_LINK] = "link",     [BODY_UNLINK] = "unlink", [BODY_FORGET] = "forget",
        [BODY_SETTLE] = "settle", [BODY_MAP] = "map",       [BODY_LOSS] = "loss",
        [BODY_ERASE] = "erase",   [BODY_HELD] = "held",     [BODY_GONE] = "gone",
    };
    return (unsigned)kind < BODY_KINDS ? names[kind] : NULL;
}

const char *
body_identity_name(uint8_t kind)
{
    static const char *const names[AVOW_IDENTITY_KINDS] = {
        [AVOW_IDENTITY_EMAIL] = "email",
        [AVOW_IDENTITY_PHONE] = "phone",
        [AVOW_IDENTITY_ID] = "id",
        [AVOW_IDENTITY_RECORD] = "record",
    };
    return kind < AVOW_IDENTITY_KINDS ? names[kind] : NULL;
}

const char *
body_source_name(uint8_t source)
{
    static const char *const names[] = {
        [AVOW_BY_PERSON] = "person", [AVOW_BY_STAFF] = "staff", [AVOW_BY_IMPORT] = "import"};
    return source < sizeof names / sizeof names[0] ? names[source] : NULL;
}

static const char *
value_name(uint8_t value)
{
    return value == VALUE_ON ? "on" : value == VALUE_OFF ? "off" : "unknown";
}

static bool
any_bit(const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i])
            return true;
    return false;
}

static void
write_effects(struct emit *out, const struct body *body)
{
    if (body->effect_count == 0)
        return;
    emit_open(out, "effects", '[');
    for (size_t i = 0; i < body->effect_count; i++) {
        emit_open(out, NULL, '[');
        emit_text(out, NULL, body->effects[i].state);
        emit_text(out, NULL, value_name(body->effects[i].value));
        emit_close(out, ']');
    }
    emit_close(out, ']');
}

static void
write_due(struct emit *out, const struct body *body)
{
    static const char *const kinds[] = {[AVOW_DUE_NOTHING] = "nothing",
                                        [AVOW_DUE_AT] = "at",
                                        [AVOW_DUE_AT_ONCE] = "at-once",
                                        [AVOW_DUE_UNKNOWN] = "unknown"};
    if (!body->is_request)
        return;
    emit_open(out, "due", '{');
    emit_text(out, "kind", kinds[body->due_kind & 3]);
    if (body->due_kind == AVOW_DUE_AT)
        emit_number(out, "at", body->due);
    emit_text(out, "clause", body->due_clause);
    emit_text(out, "tzdata", body->tzdata);
    emit_close(out, '}');
}

static void
write_erased(struct emit *out, const struct body *body)
{
    if (body->erased_count == 0)
        return;
    emit_open(out, "erased", '[');
    for (size_t i = 0; i < body->erased_count; i++)
        emit_number(out, NULL, (int64_t)body->erased[i]);
    emit_close(out, ']');
}

static void
write_kept(struct emit *out, const struct body *body)
{
    if (body->kept_count == 0)
        return;
    emit_open(out, "kept", '[');
    for (size_t i = 0; i < body->kept_count; i++) {
        const struct body_kept *kept = &body->kept[i];
        emit_open(out, NULL, '[');
        emit_text(out, NULL, kept->policy);
        emit_text(out, NULL, kept->state);
        emit_hex(out, NULL, kept->exact, EXACT_BYTES);
        emit_text(out, NULL, value_name(kept->value));
        emit_number(out, NULL, kept->pending);
        emit_number(out, NULL, kept->received);
        emit_close(out, ']');
    }
    emit_close(out, ']');
}

static void
write_heads(struct emit *out, const struct head *heads)
{
    if (!heads)
        return;
    emit_open(out, "heads", '[');
    for (uint32_t part = 0; part < ENGINE_PARTS; part++) {
        emit_open(out, NULL, '[');
        emit_number(out, NULL, (int64_t)heads[part].sequence);
        emit_hex(out, NULL, heads[part].hash, HASH_BYTES);
        emit_close(out, ']');
    }
    emit_close(out, ']');
}

static void
write_event(struct emit *out, const struct body *body)
{
    emit_text(out, "policy", body->policy);
    if (body->has_content)
        emit_hex(out, "content", body->content, HASH_BYTES);
    emit_text(out, "what", body->what);
    if (body->subject.kind) {
        emit_text(out, "identity", body_identity_name(body->subject.kind));
        emit_hex(out, "subject", body->subject.key, KEY_BYTES);
        if (any_bit(body->subject.exact, EXACT_BYTES))
            emit_hex(out, "exact", body->subject.exact, EXACT_BYTES);
    }
    if (body->received)
        emit_number(out, "received", body->received);
    if (body->by_clock)
        emit_true(out, "clock");
    if (body->kind == BODY_EVENT)
        emit_text(out, "source", body_source_name(body->source));
    emit_text(out, "evidence", body->evidence);
    emit_text(out, "reference", body->reference);
    emit_text(out, "clause", body->clause);
    if (body->has_words)
        emit_hex(out, "words", body->words, WORDS_BYTES);
    emit_text(out, "language", body->language);
}

avow_store_code
body_write(struct emit *out, const struct body *body, avow_store_error *error)
{
    emit_begin(out);
    emit_text(out, "kind", body_kind_name(body->kind));
    write_event(out, body);
    write_effects(out, body);
    if (body->done)
        emit_true(out, "done");
    write_due(out, body);
    emit_text(out, "of", body->of);
    if (body->other.kind) {
        emit_text(out, "other_identity", body_identity_name(body->other.kind));
        emit_hex(out, "other", body->other.key, KEY_BYTES);
        if (any_bit(body->other.exact, EXACT_BYTES))
            emit_hex(out, "other_exact", body->other.exact, EXACT_BYTES);
    }
    write_erased(out, body);
    write_kept(out, body);
    if (body->kinds)
        emit_number(out, "kinds", body->kinds);
    emit_text(out, "now", body->now);
    emit_text(out, "record", body->record);
    if (body->moments)
        emit_member(out, "moments", body->moments, strlen(body->moments));
    write_heads(out, body->heads);
    return emit_end(out, error);
}
