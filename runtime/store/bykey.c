#include "runtime/store/bykey.h"
#include "runtime/store/number.h"

#include <stdlib.h>
#include <string.h>

void *
bykey_at(const struct bykey *table, size_t index)
{
    return table->nodes + index * table->size;
}

/* The first byte says the part, and is nearly the same everywhere. */
static uint32_t *
bucket_of(const struct bykey *table, const uint8_t key[KEY_BYTES])
{
    return &table->buckets[get_number(key + 1, 8) & (table->bucket_count - 1)];
}

static bool
rehash(struct bykey *table, size_t bucket_count)
{
    uint32_t *buckets = calloc(bucket_count, sizeof *buckets);
    if (!buckets)
        return false;
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = bucket_count;
    for (size_t i = 0; i < table->count; i++) {
        struct bykey_node *node = bykey_at(table, i);
        uint32_t *bucket = bucket_of(table, node->key);
        node->next = *bucket;
        *bucket = (uint32_t)i + 1;
    }
    return true;
}

static bool
grow(struct bykey *table)
{
    size_t room = table->room ? 2 * table->room : 256;
    if (room >= UINT32_MAX || room > SIZE_MAX / table->size)
        return false;
    char *nodes = realloc(table->nodes, room * table->size);
    if (!nodes)
        return false;
    table->nodes = nodes;
    table->room = room;
    return rehash(table, room);
}

void *
bykey_add(struct bykey *table, const uint8_t key[KEY_BYTES])
{
    if (table->count == table->room && !grow(table))
        return NULL;
    struct bykey_node *node = bykey_at(table, table->count);
    memset(node, 0, table->size);
    memcpy(node->key, key, KEY_BYTES);
    uint32_t *bucket = bucket_of(table, key);
    node->next = *bucket;
    *bucket = (uint32_t)++table->count;
    return node;
}

static void *
find(const struct bykey *table, uint32_t from, const uint8_t key[KEY_BYTES])
{
    while (from) {
        struct bykey_node *node = bykey_at(table, from - 1);
        if (!node->gone && memcmp(node->key, key, KEY_BYTES) == 0)
            return node;
        from = node->next;
    }
    return NULL;
}

void *
bykey_first(const struct bykey *table, const uint8_t key[KEY_BYTES])
{
    return table->bucket_count ? find(table, *bucket_of(table, key), key) : NULL;
}

void *
bykey_next(const struct bykey *table, const void *node)
{
    const struct bykey_node *at = node;
    return find(table, at->next, at->key);
}

void
bykey_free(struct bykey *table)
{
    free(table->nodes);
    free(table->buckets);
    *table = (struct bykey){.size = table->size};
}
