/* The mapping file: which cookies and keys of storage are which data of the policy. */
#ifndef AVOW_COOKIES_MAPPING_H
#define AVOW_COOKIES_MAPPING_H

#include "compiler/model/model.h"

/* Tables have a place for each combination of the states that a browser keeps, 3 for each. */
enum { COOKIE_STATES_MAX = 5, COOKIE_TEXT_MAX = 255 };

struct cookie_names { /* as written; one that ends with "*" stands for all that begin so */
    const struct text *at;
    size_t count;
};

struct cookie_data {
    uint32_t data; /* leaf */
    struct cookie_names cookies, storage;
    struct text path;   /* "/" if nothing is said */
    struct text domain; /* empty: the host's own */
    /* By the number of a combination: the states in their order as digits of base 3, the first the
     * highest; 0 unknown, 1 no, 2 yes. '1' if the data may stand in the browser then, else '0'. */
    const char *permitted;
    struct span span;
};

struct cookie_state { /* one that the browser's own memory keeps */
    uint32_t leaf;
    /* What a signal that its browser sends does to it: '1' on, '0' off, '-' nothing. */
    char signalled;
};

struct cookie_request { /* something a visitor says: for each state '1', '0' or '-' */
    uint32_t leaf;
    char effect[COOKIE_STATES_MAX + 1];
};

struct cookie_mapping {
    uint32_t actor, place, person; /* leaves: whose site, the browser, whose browser */
    struct text choice;            /* the cookie that keeps the states; empty: nothing is kept */
    struct text choice_domain;     /* empty: the host's own */
    int64_t choice_seconds;        /* how long it stays */
    bool signal;                   /* the policy binds Global Privacy Control */
    const struct cookie_data *data;
    size_t data_count;
    const struct cookie_state *states;
    size_t state_count, combinations;
    const struct cookie_request *requests;
    size_t request_count;
};

/* Reads a mapping and decides everything; NULL after reports. */
const struct cookie_mapping *cookies_load(struct arena *arena, struct sources *sources,
                                          const struct model *model, struct text path,
                                          struct diagnostics *diagnostics);

#endif
