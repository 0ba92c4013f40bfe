#include "compiler/base/names.h"

enum { FIRST_ROOM = 16 };

struct name_slot {
    const char *data; /* NULL in an empty slot */
    uint32_t length, hash, number;
};

/* No text of the compiler is as long as 4 GiB: sources are bounded far below that. */
static bool
is_named(const struct name_slot *slot, struct text name, uint32_t hash)
{
    return slot->hash == hash && text_equal((struct text){slot->data, slot->length}, name);
}

static struct name_slot *
slot_of(const struct names *names, struct text name, uint32_t hash)
{
    size_t i = hash & (names->room - 1);
    while (names->slots[i].data && !is_named(&names->slots[i], name, hash))
        i = (i + 1) & (names->room - 1);
    return &names->slots[i];
}

static uint32_t
hash_of(struct text name)
{
    return (uint32_t)text_hash(name);
}

uint32_t
names_find(const struct names *names, struct text name)
{
    if (names->count == 0)
        return NONE;
    const struct name_slot *slot = slot_of(names, name, hash_of(name));
    return slot->data ? slot->number : NONE;
}

static void
widen(struct names *names, size_t room)
{
    struct names wider = {names->arena, NULL, room, names->count};
    wider.slots = ARENA_ARRAY(names->arena, wider.room, struct name_slot);
    for (size_t i = 0; i < names->room; i++) {
        const struct name_slot *slot = &names->slots[i];
        if (slot->data)
            *slot_of(&wider, (struct text){slot->data, slot->length}, slot->hash) = *slot;
    }
    arena_release(names->arena, names->slots, names->room * sizeof *names->slots);
    *names = wider;
}

void
names_reserve(struct names *names, size_t count)
{
    size_t room = names->room == 0 ? FIRST_ROOM : names->room;
    while (room / 2 < count + 1)
        room *= 2;
    if (room > names->room)
        widen(names, room);
}

void
names_renumber(struct names *names, const uint32_t *numbers)
{
    for (size_t i = 0; i < names->room; i++)
        if (names->slots[i].data)
            names->slots[i].number = numbers[names->slots[i].number];
}

uint32_t
names_add(struct names *names, struct text name, uint32_t number)
{
    if ((names->count + 1) * 2 > names->room)
        widen(names, names->room == 0 ? FIRST_ROOM : names->room * 2);
    uint32_t hash = hash_of(name);
    struct name_slot *slot = slot_of(names, name, hash);
    if (slot->data)
        return slot->number;
    *slot = (struct name_slot){name.data ? name.data : "", (uint32_t)name.length, hash, number};
    names->count++;
    return number;
}
