/* Texts as SQL takes them, whatever is in them. The script switches standard_conforming_strings on
 * and says that it is UTF-8 before anything else: then a quotation mark is all that needs care. */
#ifndef AVOW_SQL_QUOTE_H
#define AVOW_SQL_QUOTE_H

#include "compiler/base/buffer.h"

/* "issue" */
void sql_name(struct buffer *out, struct text name);
/* "tracker"."issue" */
void sql_dotted(struct buffer *out, struct text first, struct text second);
/* 'public' */
void sql_string(struct buffer *out, struct text text);
/* Words of a comment: in one line, and nothing that a terminal would obey. */
void sql_words(struct buffer *out, struct text text);
/* The body of a function between dollar marks that do not occur in it. */
void sql_body(struct buffer *out, struct text body);

#endif
