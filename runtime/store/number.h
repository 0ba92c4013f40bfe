/* Numbers in files and hashes: little-endian, of so many bytes. */
#ifndef AVOW_STORE_NUMBER_H
#define AVOW_STORE_NUMBER_H

#include <stdint.h>

/* Writes a number, and gives what comes behind it. */
static inline uint8_t *
put_number(uint8_t *at, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *at++ = (uint8_t)(number >> 8 * i);
    return at;
}

static inline uint64_t
get_number(const uint8_t *at, int bytes)
{
    uint64_t number = 0;
    for (int i = bytes; i-- > 0;)
        number = number << 8 | at[i];
    return number;
}

#endif
