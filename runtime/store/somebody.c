/* Who somebody is: the same address under every key that was ever in force. */
#include "runtime/store/store.h"

#include <string.h>

avow_store_code
somebody_of(const avow_store *store, avow_identity_text who, struct somebody *out,
            avow_store_error *error)
{
    out->count = 0;
    if (!store->keys)
        return fault(error, AVOW_STORE_KEYS, "%s", store->trust.text);
    if (store->keys->epochs > EPOCHS_MAX)
        return fault(error, AVOW_STORE_KEYS, "There are more keys than this program can use (%d).",
                     (int)EPOCHS_MAX);
    for (uint32_t i = 0; i < store->keys->epochs; i++) {
        struct identity identity;
        /* The one for new rows, then the others. */
        uint32_t epoch = i == 0 ? store->epoch : i <= store->epoch - 1 ? i : i + 1;
        avow_store_code code = identity_of(store->keys, epoch, (enum identity_kind)who.kind,
                                           who.text, who.length, &identity, error);
        if (code != AVOW_STORE_OK)
            return code;
        struct subject *subject = &out->at[out->count++];
        subject->kind = identity.kind;
        memcpy(subject->key, identity.key, sizeof subject->key);
        memcpy(subject->exact, identity.exact, sizeof subject->exact);
    }
    return AVOW_STORE_OK;
}
