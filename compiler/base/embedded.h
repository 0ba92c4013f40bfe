/* Files whose bytes are compiled in; the arrays are made by embed.py when the compiler is built. */
#ifndef AVOW_BASE_EMBEDDED_H
#define AVOW_BASE_EMBEDDED_H

#include "compiler/base/text.h"

struct embedded {
    const char *name; /* the file's name without its ending; NULL behind the last */
    const unsigned char *bytes;
    size_t size;
    const char *sha256; /* of the bytes, in base64 */
};

extern const struct embedded locale_files[];  /* policies/locales, by language */
extern const struct embedded explain_files[]; /* compiler/diag/explain, by number of the code */
extern const struct embedded matrix_files[];  /* style and script of the matrix as a page */
extern const struct embedded compare_files[]; /* style of a comparison as a page */
extern const struct embedded first_files[];   /* compiler/command/first, templates of avow new */
extern const struct embedded cookie_files[];  /* compiler/cookies: script, and helpers in C */
extern const struct embedded sql_files[];     /* parts of the SQL that no policy changes */
extern const struct embedded style_files[]; /* of the page that stands alone, and what shades it */

static inline struct text
embedded_text(const struct embedded *file)
{
    return (struct text){(const char *)file->bytes, file->size};
}

#endif
