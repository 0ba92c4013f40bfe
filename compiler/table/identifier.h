/* How a policy's names and words look in generated C. */
#ifndef AVOW_TABLE_IDENTIFIER_H
#define AVOW_TABLE_IDENTIFIER_H

#include "compiler/model/model.h"

/* What every generated file begins its names with: the policy's id with "_" for "-" and ".", in
 * small letters and in capitals. An id whose names would be those of avow.h, or that begins with a
 * digit, gets "policy_" before it. */
struct prefix {
    struct text small;
    struct text capitals;
};

struct prefix identifier_prefix(struct arena *arena, const struct model *model);

/* A name as part of an identifier: "_" for "-" and ".". */
void identifier_add(struct buffer *out, struct text name);
void identifier_add_capitals(struct buffer *out, struct text name);

/* Words inside a comment. They can neither end it, nor open one, nor break a line, nor turn the
 * direction of what follows: characters that could are written as U+XXXX. */
void comment_add(struct buffer *out, struct text words);

/* Bytes inside a string or character literal, in ASCII and without trigraphs. */
void literal_add(struct buffer *out, struct text text);

/* Generated text with the prefix filled in: "@" is the small one, "^" the one in capitals. */
void template_add(struct buffer *out, struct prefix prefix, const char *text);

#endif
