#include "compiler/base/utf8.h"

/* Bytes of the sequence that starts at p (left bytes are there), 0 if it is not valid. */
static size_t
sequence(const unsigned char *p, size_t left)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, length;
    } forms[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
        {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
        {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    if (p[0] < 0x80)
        return 1;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (p[0] < forms[i].first_low || p[0] > forms[i].first_high)
            continue;
        if (left < forms[i].length || p[1] < forms[i].second_low || p[1] > forms[i].second_high)
            return 0;
        for (size_t k = 2; k < forms[i].length; k++)
            if ((p[k] & 0xC0) != 0x80)
                return 0;
        return forms[i].length;
    }
    return 0;
}

/* Eight bytes at a time. */
size_t
utf8_past_ascii(struct text t, size_t at)
{
    for (uint64_t eight; t.length - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, t.data + at, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < t.length && (unsigned char)t.data[at] < 0x80)
        at++;
    return at;
}

size_t
utf8_invalid_at(struct text t)
{
    const unsigned char *p = (const unsigned char *)t.data;
    size_t at = 0;
    while ((at = utf8_past_ascii(t, at)) < t.length) {
        size_t length = sequence(p + at, t.length - at);
        if (length == 0)
            return at;
        at += length;
    }
    return at;
}

uint32_t
utf8_next_long(struct text t, size_t *at)
{
    const unsigned char *p = (const unsigned char *)t.data + *at;
    size_t length = sequence(p, t.length - *at);
    static const unsigned char masks[] = {0xFF, 0x7F, 0x1F, 0x0F, 0x07};
    if (length == 0)
        length = 1; /* not valid, against the contract: still moves on */
    uint32_t c = p[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    *at += length;
    return c;
}

size_t
utf8_put(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)(leads[length] | c);
    return length;
}

unsigned
utf8_columns(uint32_t c)
{
    /* The blocks that matter for policies, after Unicode's EastAsianWidth and general category. */
    static const struct {
        uint32_t low, high;
        unsigned columns;
    } blocks[] = {
        {0x0300, 0x036F, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05BD, 0},   {0x064B, 0x065F, 0},
        {0x1100, 0x115F, 2},   {0x200B, 0x200F, 0},   {0x202A, 0x202E, 0},   {0x2060, 0x206F, 0},
        {0x20D0, 0x20FF, 0},   {0x2E80, 0x303E, 2},   {0x3041, 0x33FF, 2},   {0x3400, 0x4DBF, 2},
        {0x4E00, 0x9FFF, 2},   {0xA000, 0xA4CF, 2},   {0xAC00, 0xD7A3, 2},   {0xF900, 0xFAFF, 2},
        {0xFE00, 0xFE0F, 0},   {0xFE20, 0xFE2F, 0},   {0xFE30, 0xFE6F, 2},   {0xFEFF, 0xFEFF, 0},
        {0xFF00, 0xFF60, 2},   {0xFFE0, 0xFFE6, 2},   {0x1F300, 0x1F64F, 2}, {0x1F900, 0x1F9FF, 2},
        {0x20000, 0x3FFFD, 2}, {0xE0100, 0xE01EF, 0},
    };
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0] && c >= blocks[i].low; i++)
        if (c <= blocks[i].high)
            return blocks[i].columns;
    return 1;
}

size_t
utf8_width(struct text t)
{
    size_t width = 0;
    for (size_t at = 0; at < t.length;) {
        size_t plain = utf8_past_ascii(t, at) - at;
        at += plain;
        width += plain;
        if (at < t.length)
            width += utf8_columns(utf8_next(t, &at));
    }
    return width;
}
