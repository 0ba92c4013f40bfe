/* What was found, in English and in the form that is hashed. Words of the policy stand between
 * quotation marks, as terms that it defines. */
#ifndef AVOW_COMPARE_WORDING_H
#define AVOW_COMPARE_WORDING_H

#include "compiler/compare/cases.h"

/* “order details”, “invoice” and “backup copies”: groups for all of their members. With many, how
 * many more. */
void word_places(struct buffer *out, const struct common *common, struct set places,
                 const char *conjunction);

/* "we", "“our web shop”"; `everybody` of a prohibition is "we" too. */
void word_actors(struct buffer *out, const struct common *common, struct set actors);

/* "share “invoice” with “tax adviser”"; targets may be empty. */
void word_act(struct buffer *out, const struct common *common, enum verb verb, struct set objects,
              struct set targets, const char *conjunction);

/* "if “subscribed” and not “stopped”", in cases of a class of points. */
void word_case(struct buffer *out, const struct cases *cases, struct cube wide);

/* "“closing of the order”" or "the request “unsubscribe”" */
void word_clock(struct buffer *out, const struct common *common, uint32_t place);

/* "30 days", "1 business day", "at once" */
void word_time(struct buffer *out, struct timing timing);

/* Leaves by name, sorted: what is hashed. */
void mean_places(struct buffer *out, const struct common *common, struct set places);
void mean_case(struct buffer *out, const struct cases *cases, struct cube wide);
void mean_time(struct buffer *out, struct timing timing);

/* The first letter as a capital, if it is a small one of ASCII. */
struct text sentence_case(struct buffer *out);

#endif
