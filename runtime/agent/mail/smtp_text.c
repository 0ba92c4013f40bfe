#include "runtime/agent/mail/smtp_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

/* What has a plain form that Unicode does not know of. */
static const struct {
    ucs4_t sign;
    const char *plain;
} plain_forms[] = {
    {0x2018, "'"},  {0x2019, "'"},  {0x201a, "'"},  {0x201b, "'"},   {0x201c, "\""}, {0x201d, "\""},
    {0x201e, "\""}, {0x00ab, "\""}, {0x00bb, "\""}, {0x2039, "'"},   {0x203a, "'"},  {0x2010, "-"},
    {0x2011, "-"},  {0x2012, "-"},  {0x2013, "-"},  {0x2014, "-"},   {0x2212, "-"},  {0x00df, "ss"},
    {0x00c6, "AE"}, {0x00e6, "ae"}, {0x00d8, "O"},  {0x00f8, "o"},   {0x0141, "L"},  {0x0142, "l"},
    {0x0110, "D"},  {0x0111, "d"},  {0x00a7, "S."}, {0x2026, "..."},
};

static const char *
plain_form(ucs4_t sign)
{
    for (size_t i = 0; i < sizeof plain_forms / sizeof *plain_forms; i++)
        if (plain_forms[i].sign == sign)
            return plain_forms[i].plain;
    return NULL;
}

struct line {
    char *out;
    size_t length, room;
    size_t lost, all; /* signs */
    bool full;
};

static void
add(struct line *line, const char *bytes, size_t count)
{
    if (line->length + count >= line->room) {
        line->full = true;
        return;
    }
    memcpy(line->out + line->length, bytes, count);
    line->length += count;
}

static void
add_sign(struct line *line, ucs4_t sign, bool utf8)
{
    uint8_t bytes[6];
    bool blank = sign <= 0x20 || (sign >= 0x7f && sign <= 0xa0) || uc_is_space(sign);
    const char *plain = utf8 ? NULL : plain_form(sign);
    if (line->full || (!utf8 && uc_is_general_category(sign, UC_MARK)))
        return;
    line->all++;
    if (blank) {
        if (line->length > 0 && line->out[line->length - 1] != ' ')
            add(line, " ", 1);
    } else if (plain) {
        add(line, plain, strlen(plain));
    } else if (sign < 0x7f || utf8) {
        int count = u8_uctomb(bytes, sign, sizeof bytes);
        add(line, (const char *)bytes, count > 0 ? (size_t)count : 0);
    } else {
        line->lost++;
        add(line, "?", 1);
    }
}

/* Cuts behind a whole word, if there is one not far before the end. */
static void
cut(struct line *line)
{
    size_t most = line->room - 4, end = line->length < most ? line->length : most;
    while (end > 0 && ((uint8_t)line->out[end] & 0xc0) == 0x80)
        end--;
    for (size_t at = end; at > end / 2; at--) {
        if (line->out[at] == ' ') {
            end = at;
            break;
        }
    }
    memcpy(line->out + end, "...", 4);
}

bool
smtp_sentence(const char *text, size_t length, bool utf8, char *out, size_t room)
{
    struct line line = {.out = out, .room = room};
    size_t count = 0;
    const uint8_t *at = (const uint8_t *)text;
    uint8_t *simple = utf8 ? NULL : u8_normalize(UNINORM_NFKD, at, length, NULL, &count);
    if (simple) {
        at = simple;
        length = count;
    }
    while (length > 0) {
        ucs4_t sign;
        int step = u8_mbtouc(&sign, at, length);
        add_sign(&line, sign, utf8);
        at += step;
        length -= (size_t)step;
    }
    free(simple);
    out[line.length] = '\0';
    if (line.full)
        cut(&line);
    return line.lost * 4 <= line.all;
}

/* The longest line: 512 with its code and CR LF; each '%' comes back as one. */
enum { LINE = 480 };

/* How much of the text fits on one line: up to a blank, or in the midst of a very long word, but
 * not in the midst of a sign. */
static size_t
line_end(const char *text)
{
    size_t length = strlen(text);
    if (length <= LINE)
        return length;
    size_t end = LINE;
    while (end > LINE / 2 && text[end] != ' ')
        end--;
    if (text[end] != ' ')
        for (end = LINE; end > 0 && ((uint8_t)text[end] & 0xc0) == 0x80;)
            end--;
    return end;
}

void
smtp_reply(const char *code, const char *status, const char *sentence, char out[SMTP_REPLY])
{
    char text[SMTP_SENTENCE];
    size_t at = 0;
    snprintf(text, sizeof text, "%s", sentence);
    for (const char *from = text;;) {
        size_t count = line_end(from);
        bool last = from[count] == '\0';
        at +=
            (size_t)snprintf(out + at, SMTP_REPLY - at, "%s%c%s ", code, last ? ' ' : '-', status);
        for (size_t i = 0; i < count; i++) {
            if (from[i] == '%')
                out[at++] = '%';
            out[at++] = from[i];
        }
        from += count + (from[count] == ' ');
        if (last)
            break;
        out[at++] = '\r';
        out[at++] = '\n';
    }
    out[at] = '\0';
}
