/* The YAML files of policies/locales as bytes; made by embed.py when the compiler is built. */
#ifndef AVOW_MODEL_LOCALE_FILES_H
#define AVOW_MODEL_LOCALE_FILES_H

#include <stddef.h>

struct locale_file {
    const char *language;
    const unsigned char *bytes;
    size_t size;
};

extern const struct locale_file locale_files[];
extern const size_t locale_file_count;

#endif
