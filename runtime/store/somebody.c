/* Who somebody is: the same address under every key that was ever in force. */
#include "runtime/store/store.h"

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
        /* The one for new rows, then the others. */
        uint32_t epoch = i == 0 ? store->epoch : i <= store->epoch - 1 ? i : i + 1;
        avow_store_code code = identity_of(store->keys, epoch, who.kind, who.text, who.length,
                                           &out->at[out->count], error);
        if (code != AVOW_STORE_OK)
            return code;
        out->count++;
    }
    return AVOW_STORE_OK;
}
