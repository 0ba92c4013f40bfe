/* Packets of the milter protocol, version 6, as Postfix speaks it.
 *
 * A packet is a length (32 bits, big-endian, of what follows), a letter, and its data. Texts within
 * data end with a NUL. */
#ifndef AVOW_AGENT_PACKET_H
#define AVOW_AGENT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PACKET_MAX = 1 << 20 /* bytes: a header of Postfix has 100,000 at most by default */
};

/* What a mail server says. */
enum packet_command {
    PACKET_ABORT = 'A',
    PACKET_BODY = 'B',
    PACKET_CONNECT = 'C',
    PACKET_MACROS = 'D',
    PACKET_END = 'E',
    PACKET_HELO = 'H',
    PACKET_AGAIN = 'K', /* the connection will serve another session */
    PACKET_HEADER = 'L',
    PACKET_MAIL = 'M',
    PACKET_HEADERS_END = 'N',
    PACKET_OPTIONS = 'O',
    PACKET_QUIT = 'Q',
    PACKET_RECIPIENT = 'R',
    PACKET_DATA = 'T',
    PACKET_UNKNOWN = 'U'
};

/* What it is told. */
enum packet_reply {
    REPLY_DELETE_RECIPIENT = '-',
    REPLY_CONTINUE = 'c',
    REPLY_ADD_HEADER = 'h',
    REPLY_CHANGE_HEADER = 'm',
    REPLY_TEMPFAIL = 't',
    REPLY_CODE = 'y'
};

enum packet_action {
    ACTION_ADD_HEADERS = 0x1,
    ACTION_DELETE_RECIPIENTS = 0x8,
    ACTION_CHANGE_HEADERS = 0x10,
    ACTION_MACROS = 0x100
};

/* Steps that are not sent, and steps that are not answered. */
enum packet_protocol {
    SKIP_HELO = 0x2,
    SKIP_BODY = 0x10,
    SKIP_END_OF_HEADERS = 0x40,
    SILENT_HEADERS = 0x80,
    SKIP_UNKNOWN = 0x100,
    SKIP_DATA = 0x200,
    SILENT_CONNECT = 0x1000
};

struct packet {
    uint8_t command;
    const char *data; /* within what was read; a NUL stands behind it */
    size_t length;
};

enum packet_found { PACKET_WHOLE, PACKET_PART, PACKET_BAD };

/* The first packet of `length` bytes, and how long it is with its head. PACKET_PART: there must be
 * more bytes; PACKET_BAD: it is none, or longer than PACKET_MAX. The byte behind the packet is kept
 * in *behind and overwritten with a NUL; bytes[length] must be there. */
enum packet_found packet_find(char *bytes, size_t length, struct packet *packet, size_t *whole,
                              char *behind);

/* The next text of the data from *at on, which moves behind it; NULL if there is none that ends. */
const char *packet_text(const struct packet *packet, size_t *at);

/* A number of 32 bits, in the same way; false if there is none. */
bool packet_number(const struct packet *packet, size_t *at, uint32_t *out);

/* Replies, one behind the other. Memory is kept until replies_free. */
struct replies {
    char *bytes;
    size_t length, room;
    bool failed; /* no memory: nothing of it may be sent */
};

/* A packet of a letter and texts, each with its NUL, ended by NULL. */
void reply_packet(struct replies *replies, int letter, ...) __attribute__((sentinel));
/* The same with a number before them. */
void reply_numbered(struct replies *replies, char letter, uint32_t number, ...)
    __attribute__((sentinel));
/* What a mail server is asked for: version, actions, protocol, then for each step named by a number
 * the macros that are wanted. */
struct wanted_macros {
    uint32_t step;
    const char *names;
};
void reply_options(struct replies *replies, const uint32_t numbers[3],
                   const struct wanted_macros *macros, size_t count);
void replies_free(struct replies *replies);

#endif
