/* Writes in the making: what an entry says, and what hides it. */
#include "runtime/store/ledger.h"
#include "runtime/store/store.h"

#include <stdlib.h>
#include <string.h>

void
write_about(const avow_store *store, struct write *write, struct body *body, enum body_kind kind,
            const struct subject *subject)
{
    *body = (struct body){.kind = kind, .subject = *subject};
    write->subject = *subject;
    write->recorded = store_now(store);
    body->received = write->recorded;
    if (!store->table)
        return;
    avow_identity identity = avow_identify(store->table);
    body->policy = identity.policy.data;
    body->has_content = true;
    memcpy(body->content, identity.content, sizeof body->content);
}

avow_store_code
write_say(struct write *write, const struct body *body, avow_store_error *error)
{
    struct emit out = {0};
    avow_store_code code = body_write(&out, body, error);
    if (code != AVOW_STORE_OK) {
        emit_free(&out);
        return code;
    }
    write->body = out.text;
    write->length = out.length;
    ledger_salt(write->salt);
    ledger_commit(write->salt, write->body, write->length, write->commitment);
    return AVOW_STORE_OK;
}

void
write_free(struct write *write)
{
    free(write->body);
    write->body = NULL;
}

void
write_name(const struct write *write, char name[AVOW_RECEIPT_MAX])
{
    struct entry entry = {.part = part_of(write->subject.key), .sequence = write->sequence};
    memcpy(entry.hash, write->hash, HASH_BYTES);
    ledger_name(&entry, name);
}
