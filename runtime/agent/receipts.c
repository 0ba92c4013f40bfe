#include "runtime/agent/receipts.h"

#include "runtime/store/ledger.h"

#include <stdlib.h>
#include <string.h>

struct wanted {
    uint64_t sequence;
    char *name;
    bool found;
};

static avow_store_code
take_name(void *context, const struct entry *entry)
{
    struct wanted *wanted = context;
    wanted->found = entry->sequence == wanted->sequence;
    ledger_name(entry, wanted->name);
    return AVOW_STORE_OK;
}

avow_store_code
receipt_name(struct engine *engine, uint32_t part, uint64_t sequence, char name[AVOW_RECEIPT_MAX],
             avow_store_error *error)
{
    struct wanted wanted = {sequence, name, false};
    avow_store_code code =
        engine->ops->entries(engine, part, sequence, 1, take_name, &wanted, error);
    if (code != AVOW_STORE_OK || wanted.found)
        return code;
    return fault(error, AVOW_STORE_NOT_FOUND, "The ledger has no entry %llu in part %u.",
                 (unsigned long long)sequence, part);
}

static avow_store_code
add_term(void *context, const struct term *term)
{
    struct names *names = context;
    struct term *grown = realloc(names->at, (names->count + 1) * sizeof *grown);
    if (!grown)
        return AVOW_STORE_MEMORY;
    names->at = grown;
    names->at[names->count++] = *term;
    return AVOW_STORE_OK;
}

avow_store_code
names_read(struct names *names, struct engine *engine, avow_store_error *error)
{
    *names = (struct names){0};
    avow_store_code code = engine->ops->terms(engine, add_term, names, error);
    return code == AVOW_STORE_MEMORY ? fault_memory(error) : code;
}

void
names_free(struct names *names)
{
    free(names->at);
    *names = (struct names){0};
}

const char *
names_of(const struct names *names, uint32_t term)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->at[i].id == term)
            return names->at[i].name + (names->at[i].name[0] == '!');
    return "?";
}
