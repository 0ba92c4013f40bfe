#include "compiler/page/short.h"

#include "compiler/page/row.h"

static const struct {
    const char *key;
    const struct node *(*make)(const struct model *model, struct arena *arena);
} makers[] = {
    {"page.collect", row_collected}, {"page.use", row_used},    {"page.contact", row_contacted},
    {"page.store", row_kept},        {"page.see", row_seen},    {"page.long", row_periods},
    {"page.never", row_never},       {"page.no", row_refusals}, {"page.ask", row_requests},
};

struct short_layer
short_make(const struct model *model, struct arena *arena)
{
    enum { COUNT = sizeof makers / sizeof makers[0] };
    struct short_row *rows = ARENA_ARRAY(arena, COUNT, struct short_row);
    struct short_layer layer = {rows, 0};
    for (size_t i = 0; i < COUNT; i++) {
        const struct node *list = makers[i].make(model, arena);
        if (list)
            rows[layer.count++] =
                (struct short_row){locale_phrase(model->locale, makers[i].key), list};
    }
    return layer;
}
