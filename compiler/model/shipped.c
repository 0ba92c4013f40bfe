#include "compiler/model/shipped.h"

static const struct yaml *
node_at(const struct yaml *nodes, uint16_t number)
{
    return number == 0 ? NULL : nodes + number;
}

const struct yaml *
shipped_read(struct arena *arena, const struct shipped_tree *tree)
{
    struct yaml *nodes = ARENA_ARRAY(arena, tree->count, struct yaml);
    for (size_t i = 0; i < tree->count; i++) {
        const struct shipped_node *from = &tree->nodes[i];
        struct yaml *to = &nodes[i];
        to->kind = (enum yaml_kind)from->kind;
        if (to->kind == YAML_SCALAR)
            to->text = (struct text){(const char *)tree->texts + from->text, from->length};
        to->key = node_at(nodes, from->key);
        to->child = node_at(nodes, from->child);
        to->next = node_at(nodes, from->next);
        to->count = from->count;
    }
    return nodes;
}
