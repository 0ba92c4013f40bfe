/* A store as plain as it can be: what every engine is held against. */
#ifndef AVOW_TESTS_ENGINE_MODEL_H
#define AVOW_TESTS_ENGINE_MODEL_H

#include "runtime/store/engine.h"

enum { MANY = 600, ENTRIES = 6000, TEXT = 80 };

struct model_state {
    uint8_t key[KEY_BYTES];
    struct state_row row;
};

struct model_entry {
    struct entry entry; /* its salt and body are here: */
    bool erased;
    uint8_t salt[SALT_BYTES];
    char body[TEXT];
};

struct model_held {
    struct held_row row;
    char record[TEXT], moments[TEXT];
};

struct model_note {
    char name[TEXT], value[TEXT];
};

struct model_words {
    uint8_t hash[16];
    char words[TEXT];
    size_t length;
};

struct model {
    int states, entries, duties, held, links, terms, notes, words;
    struct model_state state[MANY];
    struct model_entry entry[ENTRIES];
    struct duty_row duty[MANY];
    struct model_held held_row[MANY];
    struct link_row link[MANY];
    struct term term[MANY];
    struct model_note note[MANY];
    struct model_words sentence[MANY];
};

struct head model_head(const struct model *model, uint32_t part);
void model_append(struct model *model, const struct entry *entry);
void model_move(struct model *model, const struct move *move);
void model_drop_state(struct model *model, const uint8_t *key, const struct state_row *row);
void model_settle(struct model *model, const uint8_t *key, const struct state_row *row,
                  uint32_t less);
void model_add_duty(struct model *model, const struct duty_row *row);
void model_end_duty(struct model *model, const struct duty_row *row);
void model_put_held(struct model *model, const struct held_row *row);
void model_drop_held(struct model *model, const struct held_row *row);
void model_add_link(struct model *model, const struct link_row *row);
void model_drop_link(struct model *model, const struct link_row *row);
void model_erase(struct model *model, uint32_t part, uint64_t sequence);
void model_add_term(struct model *model, const struct term *term);
void model_map_term(struct model *model, const struct term *term);
void model_put_note(struct model *model, const char *name, const char *value);
void model_put_words(struct model *model, const uint8_t *hash, const char *words, size_t length);

#endif
