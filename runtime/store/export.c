#include "runtime/store/export.h"
#include "runtime/store/emit.h"
#include "runtime/store/fault.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

struct exporting {
    struct engine *engine;
    FILE *out;
    struct emit line;
    avow_store_error *error;
    const struct head *from; /* of the part */
    struct head last;
    uint64_t entries;
};

static avow_store_code
write_failed(avow_store_error *error)
{
    return fault(error, AVOW_STORE_IO, "The export cannot be written: %s.", strerror(errno));
}

static avow_store_code
put_line(struct exporting *to)
{
    avow_store_code code = emit_end(&to->line, to->error);
    if (code != AVOW_STORE_OK)
        return code;
    bool good = fwrite(to->line.text, 1, to->line.length, to->out) == to->line.length &&
                fputc('\n', to->out) != EOF;
    return good ? AVOW_STORE_OK : write_failed(to->error);
}

static void
put_heads(struct emit *line, const char *name, const struct head heads[ENGINE_PARTS])
{
    emit_open(line, name, '[');
    for (uint32_t part = 0; part < ENGINE_PARTS; part++) {
        emit_open(line, NULL, '[');
        emit_number(line, NULL, (int64_t)heads[part].sequence);
        emit_hex(line, NULL, heads[part].hash, HASH_BYTES);
        emit_close(line, ']');
    }
    emit_close(line, ']');
}

static void
put_header(struct emit *line, const uint8_t store[32], const struct head from[ENGINE_PARTS])
{
    emit_begin(line);
    emit_text(line, "avow", "ledger");
    emit_number(line, "version", 1);
    emit_hex(line, "store", store, 32);
    put_heads(line, "from", from);
}

static avow_store_code
forked(const struct exporting *to, uint32_t part)
{
    return fault(to->error, AVOW_STORE_LOSS,
                 "The ledger does not have entry %llu of part %u as it was shipped before: the "
                 "store is older than the last export, or was forked. Replay what was shipped, or "
                 "begin a new export from the beginning.",
                 (unsigned long long)to->from->sequence, (unsigned)part);
}

static avow_store_code
put_entry(void *context, const struct entry *entry)
{
    struct exporting *to = context;
    if (entry->sequence == to->from->sequence) {
        memcpy(to->last.hash, entry->hash, HASH_BYTES);
        to->last.sequence = entry->sequence;
        return AVOW_STORE_OK;
    }
    emit_begin(&to->line);
    emit_number(&to->line, "part", entry->part);
    emit_number(&to->line, "sequence", (int64_t)entry->sequence);
    emit_number(&to->line, "recorded", entry->recorded);
    emit_hex(&to->line, "commitment", entry->commitment, HASH_BYTES);
    emit_hex(&to->line, "hash", entry->hash, HASH_BYTES);
    if (entry->salt && entry->body) {
        emit_hex(&to->line, "salt", entry->salt, SALT_BYTES);
        emit_bytes(&to->line, "body", entry->body, entry->length);
    }
    to->last.sequence = entry->sequence;
    memcpy(to->last.hash, entry->hash, HASH_BYTES);
    to->entries++;
    return put_line(to);
}

/* From the entry that was shipped last, which must still be the same. */
static avow_store_code
put_part(struct exporting *to, uint32_t part, struct head *head)
{
    to->last = (struct head){0};
    avow_store_code code = to->engine->ops->entries(to->engine, part, to->from->sequence, INT64_MAX,
                                                    put_entry, to, to->error);
    if (code == AVOW_STORE_OK && (to->last.sequence < to->from->sequence))
        code = forked(to, part);
    *head = to->last;
    return code;
}

/* That the chain goes on from what was shipped is seen before anything is written. */
struct meeting {
    const struct head *from;
    bool met;
};

static avow_store_code
meet(void *context, const struct entry *entry)
{
    struct meeting *meeting = context;
    meeting->met = entry->sequence == meeting->from->sequence &&
                   memcmp(entry->hash, meeting->from->hash, HASH_BYTES) == 0;
    return AVOW_STORE_OK;
}

static avow_store_code
check_from(struct exporting *to, const struct head from[ENGINE_PARTS])
{
    avow_store_code code = AVOW_STORE_OK;
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++) {
        struct meeting meeting = {&from[part], from[part].sequence == 0};
        to->from = &from[part];
        if (!meeting.met)
            code = to->engine->ops->entries(to->engine, part, from[part].sequence, 1, meet,
                                            &meeting, to->error);
        if (code == AVOW_STORE_OK && !meeting.met)
            code = forked(to, part);
    }
    return code;
}

/* The last line, signed with the first. */
static avow_store_code
put_trailer(struct exporting *to, const struct keys *keys, const struct head from[ENGINE_PARTS],
            const struct head heads[ENGINE_PARTS])
{
    struct emit header = {0};
    crypto_sign_state state;
    uint8_t signature[64];
    put_header(&header, keys->signing_public, from);
    avow_store_code code = emit_end(&header, to->error);
    emit_begin(&to->line);
    put_heads(&to->line, "heads", heads);
    emit_number(&to->line, "entries", (int64_t)to->entries);
    if (code == AVOW_STORE_OK && !to->line.failed) {
        crypto_sign_init(&state);
        crypto_sign_update(&state, (const uint8_t *)header.text, header.length);
        crypto_sign_update(&state, (const uint8_t *)"\n", 1);
        crypto_sign_update(&state, (const uint8_t *)to->line.text, to->line.length);
        crypto_sign_final_create(&state, signature, NULL, keys->signing_secret);
        emit_hex(&to->line, "signature", signature, sizeof signature);
        code = put_line(to);
    }
    emit_free(&header);
    return code;
}

avow_store_code
export_ledger(struct engine *engine, const struct keys *keys, const struct head *from, FILE *out,
              struct head heads[ENGINE_PARTS], avow_store_error *error)
{
    static const struct head nothing[ENGINE_PARTS];
    struct exporting to = {.engine = engine, .out = out, .error = error};
    from = from ? from : nothing;
    avow_store_code code = check_from(&to, from);
    if (code != AVOW_STORE_OK)
        return code;
    put_header(&to.line, keys->signing_public, from);
    code = put_line(&to);
    for (uint32_t part = 0; part < ENGINE_PARTS && code == AVOW_STORE_OK; part++) {
        to.from = &from[part];
        code = put_part(&to, part, &heads[part]);
    }
    if (code == AVOW_STORE_OK)
        code = put_trailer(&to, keys, from, heads);
    if (code == AVOW_STORE_OK && fflush(out) != 0)
        code = write_failed(error);
    emit_free(&to.line);
    return code;
}
