#include "compiler/base/names.h"

struct name_slot {
    struct text name; /* data is NULL in an empty slot */
    uint64_t hash;
    uint32_t number;
};

static struct name_slot *
slot_of(const struct names *names, struct text name, uint64_t hash)
{
    size_t i = (size_t)hash & (names->room - 1);
    while (names->slots[i].name.data) {
        if (names->slots[i].hash == hash && text_equal(names->slots[i].name, name))
            break;
        i = (i + 1) & (names->room - 1);
    }
    return &names->slots[i];
}

uint32_t
names_find(const struct names *names, struct text name)
{
    if (names->count == 0)
        return NONE;
    const struct name_slot *slot = slot_of(names, name, text_hash(name));
    return slot->name.data ? slot->number : NONE;
}

static void
widen(struct names *names, size_t room)
{
    struct names wider = {names->arena, NULL, room, names->count};
    wider.slots = ARENA_ARRAY(names->arena, wider.room, struct name_slot);
    for (size_t i = 0; i < names->room; i++)
        if (names->slots[i].name.data)
            *slot_of(&wider, names->slots[i].name, names->slots[i].hash) = names->slots[i];
    *names = wider;
}

void
names_reserve(struct names *names, size_t count)
{
    size_t room = names->room == 0 ? 64 : names->room;
    while (room / 2 < count + 1)
        room *= 2;
    if (room > names->room)
        widen(names, room);
}

void
names_renumber(struct names *names, const uint32_t *numbers)
{
    for (size_t i = 0; i < names->room; i++)
        if (names->slots[i].name.data)
            names->slots[i].number = numbers[names->slots[i].number];
}

uint32_t
names_add(struct names *names, struct text name, uint32_t number)
{
    if ((names->count + 1) * 2 > names->room)
        widen(names, names->room == 0 ? 64 : names->room * 2);
    uint64_t hash = text_hash(name);
    struct name_slot *slot = slot_of(names, name, hash);
    if (slot->name.data)
        return slot->number;
    *slot = (struct name_slot){{name.data ? name.data : "", name.length}, hash, number};
    names->count++;
    return number;
}
