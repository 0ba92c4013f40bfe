/* Inside the reader of mappings: what is gathered, and how its parts are read. */
#ifndef AVOW_COOKIES_READING_H
#define AVOW_COOKIES_READING_H

#include "compiler/cookies/mapping.h"
#include "compiler/model/resolve.h"
#include "compiler/model/yaml.h"

struct cookie_reading {
    struct arena *arena;
    const struct model *model;
    struct diagnostics *diagnostics;
    struct resolver resolver;
    struct cookie_mapping *mapping;
    uint64_t memory;      /* states whose only memory is the browser, by the mapping */
    uint32_t choice_data; /* leaf of what the choice itself is, or NONE */
    int64_t days;         /* of the choice, as given; 0: not */
    struct span choice_span, root_span;
    VECTOR(struct cookie_data) data;
    VECTOR(struct cookie_state) states;
    VECTOR(struct cookie_request) requests;
};

/* One report: what is wrong, and how to mend it. */
void cookies_refuse(struct cookie_reading *r, struct span span, const char *problem,
                    const char *mend);

/* Once all is read: the states that matter, what is said of them, and the tables. */
void cookies_decide(struct cookie_reading *r);

#endif
