/* From the pairs of the front matter to settings. */
#ifndef AVOW_SYNTAX_SETTINGS_H
#define AVOW_SYNTAX_SETTINGS_H

#include "compiler/syntax/tree.h"

struct setting_pair {
    struct text key, value;
    struct span key_span, value_span;
    bool plain; /* the value is one text, no list or group */
};

struct settings_input {
    VECTOR(struct setting_pair) pairs;
    bool complete;     /* else something was reported and pairs may be missing */
    struct text text;  /* the whole source */
    struct span fence; /* the first line */
    uint32_t end;      /* offset of the line that ends the front matter */
};

/* How to write front matter, for messages. */
extern const char front_sample[];

/* Fills settings; reports what is missing, doubled or wrong. */
void settings_take(struct arena *arena, const struct settings_input *input,
                   struct settings *settings, struct diagnostics *diagnostics);

#endif
