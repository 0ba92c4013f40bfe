#include "runtime/agent/mail/netstring.h"

enum netstring_found
netstring_find(const char *bytes, size_t length, size_t most, const char **text,
               size_t *text_length, size_t *whole)
{
    enum { DIGITS = 9 };
    size_t size = 0, at = 0;
    for (; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
        if (at == DIGITS || (at == 1 && bytes[0] == '0'))
            return NETSTRING_BAD;
        size = size * 10 + (size_t)(bytes[at] - '0');
    }
    if (size > most)
        return NETSTRING_BAD;
    if (at == length)
        return NETSTRING_PART;
    if (at == 0 || bytes[at] != ':')
        return NETSTRING_BAD;
    at++;
    if (length - at < size + 1)
        return NETSTRING_PART;
    if (bytes[at + size] != ',')
        return NETSTRING_BAD;
    *text = bytes + at;
    *text_length = size;
    *whole = at + size + 1;
    return NETSTRING_WHOLE;
}
