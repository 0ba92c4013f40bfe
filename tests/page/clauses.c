/* Prints what a bundle says of its clauses, each part ended by a NUL: anchor, words, section
 * number, section title; first the content hash in hexadecimal digits. */
#include "avow.h"

#include <stdio.h>
#include <stdlib.h>

static void
print(avow_text text)
{
    fwrite(text.data, 1, text.length, stdout);
    putchar(0);
}

static void
print_clauses(const avow_table *table)
{
    avow_identity identity = avow_identify(table);
    for (size_t i = 0; i < sizeof identity.content; i++)
        printf("%02x", identity.content[i]);
    putchar(0);
    for (uint32_t i = 0; i < avow_clause_count(table); i++) {
        avow_clause clause = avow_clause_at(table, i);
        print(clause.anchor);
        print(clause.words);
        printf("%u", clause.section);
        putchar(0);
        print(clause.section_title);
    }
}

int
main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    enum { MOST = 16 * 1024 * 1024 };
    unsigned char *bytes = malloc(MOST);
    if (!file || !bytes)
        return 2;
    size_t size = fread(bytes, 1, MOST, file);
    fclose(file);
    avow_error error;
    const avow_table *table = avow_open(bytes, size, &error);
    if (!table) {
        fprintf(stderr, "%s\n", avow_error_text(error));
        return 1;
    }
    print_clauses(table);
    free(bytes);
    return 0;
}
