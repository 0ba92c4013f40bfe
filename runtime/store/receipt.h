/* A receipt: what was recorded, for the person to keep, and to be checked without the store.
 *
 * Members and what they are in the consent record of ISO/IEC TS 27560:2023 (names are the
 * standard's where it has one for the thing; those in parentheses are ours):
 *
 *   schema_version                  version of this structure
 *   record_id                       name of the receipt in the ledger
 *   pii_principal_id                "email:" and the keyed hash of the address: the person is known
 *                                   to those who hold the key, and to nobody else
 *   pii_controllers                 list of one: party_id, the public key that signs; party_name,
 * as the policy says it privacy_notice                  id of the policy; (content_hash), SHA-256
 * that page and table carry; language; (clause); (statement), the sentence as it was published;
 * (statement_hash), BLAKE2b-128 of it pii_processing: purposes        what the event switches:
 * purpose, (value) on or off event: event_time               when it was received, UTC event_type
 * the name of the request or event event_state              "given", "withdrawn" or "requested"
 *          entity_id                the same as pii_principal_id
 *          (source)                 who said so: person, staff, import
 *          (evidence), (reference)  as recorded
 *   (proof)                         place in the ledger, with all that its hash is made of
 *   (signature)                     Ed25519 over the document without this member
 *
 * Written in the canonical form of RFC 8785: members sorted, no spaces, numbers are integers. A
 * document with any byte changed is not accepted. What the standard asks for and a policy or store
 * cannot know (places of storage, lawful basis, jurisdiction) stands on the page that the content
 * hash names. */
#ifndef AVOW_STORE_RECEIPT_H
#define AVOW_STORE_RECEIPT_H

#include "runtime/store/emit.h"
#include "runtime/store/engine.h"
#include "runtime/store/keys.h"

enum receipt_state { RECEIPT_GIVEN, RECEIPT_WITHDRAWN, RECEIPT_REQUESTED };

/* What a receipt is made of. */
struct receipt_source {
    const struct entry *entry; /* of a BODY_EVENT that was not erased */
    const uint8_t *previous;   /* hash of the entry before it in its part, zeros before the first */
    enum receipt_state state;  /* REQUESTED exactly for a request that was not done yet */
    const char *statement;     /* the sentence whose hash the body has, or NULL if it has none */
    const char *party_name;    /* or NULL */
};

/* Writes a signed receipt into *out. NOT_FOUND if the entry's body was erased; INPUT if the entry
 * is of no event; CORRUPT if the source does not fit it. */
avow_store_code receipt_write(const struct receipt_source *source, const struct keys *keys,
                              struct emit *out, avow_store_error *error);

/* What a verified receipt is about. */
struct receipt_verified {
    char name[AVOW_RECEIPT_MAX];
    struct head head; /* its entry, to be compared with a ledger or an anchor */
    uint32_t part;
    uint8_t party[32]; /* the public key that signed it */
};

/* Checks a receipt, without a store: by the public key of who is said to have issued it. NULL: by
 * the one that it names, and then only that it is whole. A newline behind it is permitted. INPUT if
 * it is no receipt, CORRUPT if anything in it does not match: the text says what. */
avow_store_code receipt_verify(const char *document, size_t length, const uint8_t *public_key,
                               struct receipt_verified *out, avow_store_error *error);

#endif
