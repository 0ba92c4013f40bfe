/* What stands in a visitor's browser, gated by the policy: a script for pages and a header for
 * servers, from a mapping of the policy's data to the names of cookies. See COOKIES.md. */
#ifndef AVOW_COOKIES_COOKIES_H
#define AVOW_COOKIES_COOKIES_H

#include "compiler/cookies/mapping.h"

/* ID_cookies.js: for pages. Without dependencies, eval or inline code; the same bytes every time.
 */
void cookies_script(const struct model *model, const struct cookie_mapping *mapping,
                    struct buffer *out);

/* ID_cookies.h: for servers, over ID_policy.h. C11 and C++17. */
void cookies_header(const struct model *model, const struct cookie_mapping *mapping,
                    struct buffer *out);

#endif
