#include "compiler/model/zone.h"

#include "compiler/model/posix_zone.h"

#include <errno.h>
#include <stdio.h>

/* Everything here reads files that others wrote: each number is checked before it is used. */

static const char folder[] = "/usr/share/zoneinfo/";

enum {
    ZONE_NAME_MAX = 64,
    FILE_MAX = 1024 * 1024,
    OFFSET_MAX = 26 * 3600, /* RFC 9636: more than 26 hours is no zone */
    HEADER_SIZE = 44
};

struct reader {
    const unsigned char *at, *end;
    bool short_of; /* something was read past the end */
};

static uint64_t
take_number(struct reader *reader, size_t bytes)
{
    if ((size_t)(reader->end - reader->at) < bytes) {
        reader->short_of = true;
        return 0;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++)
        number = number << 8 | *reader->at++;
    return number;
}

static const unsigned char *
take_bytes(struct reader *reader, uint64_t count)
{
    const unsigned char *at = reader->at;
    if ((uint64_t)(reader->end - reader->at) < count) {
        reader->short_of = true;
        return NULL;
    }
    reader->at += count;
    return at;
}

struct header {
    char version;
    uint32_t is_ut, is_standard, leaps, changes, types, letters;
};

static bool
take_header(struct reader *reader, struct header *header)
{
    const unsigned char *start = take_bytes(reader, 20);
    if (!start || memcmp(start, "TZif", 4) != 0)
        return false;
    header->version = (char)start[4];
    uint32_t *const counts[] = {&header->is_ut,   &header->is_standard, &header->leaps,
                                &header->changes, &header->types,       &header->letters};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        *counts[i] = (uint32_t)take_number(reader, 4);
    return !reader->short_of;
}

/* The body behind a header, with instants of so many bytes. */
static void
skip_body(struct reader *reader, const struct header *h, uint64_t instant_size)
{
    (void)take_bytes(reader, h->changes * (instant_size + 1) + h->types * UINT64_C(6) + h->letters +
                                 h->leaps * (instant_size + 4) + h->is_standard + h->is_ut);
}

struct changes {
    struct arena *arena;
    VECTOR(struct zone_change) list;
    int64_t from, until;
};

/* Instants come in order (what does not is left out). Of those at one instant the last counts; what
 * is before `from` becomes the offset at `from`; a change to the same offset is none. */
static void
add_change(struct changes *changes, int64_t instant, int32_t offset)
{
    size_t count = changes->list.count;
    if (instant < changes->from)
        instant = changes->from;
    if (instant >= changes->until || (count > 0 && instant < changes->list.at[count - 1].instant))
        return;
    if (count > 0 && changes->list.at[count - 1].instant == instant)
        changes->list.count = --count;
    if (count > 0 && changes->list.at[count - 1].offset == offset)
        return;
    *VECTOR_PUSH(changes->arena, &changes->list) = (struct zone_change){instant, offset};
}

/* The parts of a version 2 body. */
struct body {
    uint32_t change_count, type_count;
    struct reader instants;
    const unsigned char *types;   /* of each change */
    const unsigned char *offsets; /* six bytes a type */
};

static bool
take_body(struct reader *reader, const struct header *h, struct body *body)
{
    body->change_count = h->changes;
    body->type_count = h->types;
    const unsigned char *instants = take_bytes(reader, h->changes * UINT64_C(8));
    body->types = take_bytes(reader, h->changes);
    body->offsets = take_bytes(reader, h->types * UINT64_C(6));
    (void)take_bytes(reader, (uint64_t)h->letters + h->is_standard + h->is_ut);
    if (reader->short_of || h->types == 0)
        return false;
    body->instants = (struct reader){instants, instants + h->changes * (size_t)8, false};
    return true;
}

static int32_t
type_offset(const struct body *body, uint32_t type)
{
    struct reader reader = {body->offsets + type * (size_t)6, body->offsets + type * (size_t)6 + 4,
                            false};
    return (int32_t)(uint32_t)take_number(&reader, 4);
}

/* Adds the changes that are listed; gives the instant of the last one, or INT64_MIN. */
static bool
add_listed(struct changes *changes, struct body *body, int64_t *last)
{
    for (uint32_t i = 0; i < body->type_count; i++)
        if (type_offset(body, i) < -OFFSET_MAX || type_offset(body, i) > OFFSET_MAX)
            return false;
    *last = INT64_MIN;
    add_change(changes, changes->from, type_offset(body, 0));
    for (uint32_t i = 0; i < body->change_count; i++) {
        int64_t instant = (int64_t)take_number(&body->instants, 8);
        if (body->types[i] >= body->type_count || (i > 0 && instant <= *last))
            return false;
        add_change(changes, instant, type_offset(body, body->types[i]));
        *last = instant;
    }
    return true;
}

/* The rule behind the body, between two line feeds. */
static bool
take_footer(struct reader *reader, struct text *rule)
{
    if (reader->at == reader->end || *reader->at != '\n')
        return false;
    reader->at++;
    const unsigned char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
    if (!end)
        return false;
    *rule = (struct text){(const char *)reader->at, (size_t)(end - reader->at)};
    return true;
}

static bool
add_ruled(struct changes *changes, struct text footer, int64_t last)
{
    if (footer.length == 0)
        return last >= changes->until;
    struct posix_zone rule;
    if (!posix_zone_read(footer, &rule))
        return false;
    int64_t begin = last > changes->from ? last : changes->from;
    int64_t year = posix_zone_year(begin) - 1, end = posix_zone_year(changes->until) + 1;
    if (last < changes->from)
        add_change(changes, changes->from, posix_zone_offset(&rule, changes->from));
    for (; rule.has_summer && year <= end; year++) {
        struct zone_change pair[2];
        posix_zone_changes(&rule, year, pair);
        for (size_t i = 0; i < 2; i++)
            if (pair[i].instant > begin)
                add_change(changes, pair[i].instant, pair[i].offset);
    }
    return true;
}

static const char *
decode(struct changes *changes, struct text file)
{
    static const char damaged[] = "is damaged";
    struct reader reader = {(const unsigned char *)file.data,
                            (const unsigned char *)file.data + file.length, false};
    struct header header;
    struct body body;
    struct text footer;
    int64_t last;
    if (!take_header(&reader, &header))
        return damaged;
    if (header.version < '2')
        return "is of the old form without years past 2037";
    skip_body(&reader, &header, 4);
    if (!take_header(&reader, &header))
        return damaged;
    if (header.leaps > 0)
        return "counts leap seconds";
    if (!take_body(&reader, &header, &body) || !take_footer(&reader, &footer) ||
        !add_listed(changes, &body, &last) || !add_ruled(changes, footer, last))
        return damaged;
    return NULL;
}

struct zone
zone_decode(struct arena *arena, struct text name, struct text file, int64_t from, int64_t until)
{
    struct changes changes = {.arena = arena, .from = from, .until = until};
    const char *problem = decode(&changes, file);
    if (problem)
        return (struct zone){
            .name = name,
            .problem = arena_format(arena, "the zone file of %.*s %s", TEXT_ARGS(name), problem),
            .mend = TEXT("Install the package tzdata of the system anew")};
    return (struct zone){
        .name = name, .changes = changes.list.at, .change_count = changes.list.count};
}

static bool
is_part_of_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
}

/* Parts of letters, digits, "_", "-" and "+", parted by "/": no dots, so no way out. */
static bool
is_zone_name(struct text name)
{
    bool inside = false; /* behind at least one character of a part */
    if (name.length == 0 || name.length > ZONE_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] == '/' ? !inside : !is_part_of_name(name.data[i]))
            return false;
        inside = name.data[i] != '/';
    }
    return inside;
}

/* At most FILE_MAX bytes of a file; data is NULL if it cannot be read. */
static struct text
read_file(struct arena *arena, const char *path)
{
    struct text file = {NULL, 0};
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return file;
    if (fseek(stream, 0, SEEK_END) == 0) {
        long size = ftell(stream);
        if (size > 0 && size <= FILE_MAX && fseek(stream, 0, SEEK_SET) == 0) {
            char *data = arena_alloc(arena, (size_t)size);
            if (fread(data, 1, (size_t)size, stream) == (size_t)size)
                file = (struct text){data, (size_t)size};
        }
    }
    fclose(stream);
    return file;
}

static struct zone
not_there(struct arena *arena, struct text name)
{
    FILE *any = fopen("/usr/share/zoneinfo/Etc/UTC", "rb");
    if (any) {
        fclose(any);
        return (struct zone){.name = name,
                             .problem =
                                 arena_format(arena, "there is no time zone %.*s", TEXT_ARGS(name)),
                             .mend = TEXT("Write a zone of the IANA list, such as Europe/Berlin")};
    }
    return (struct zone){.name = name,
                         .problem = TEXT("this computer has no time zone files"),
                         .mend = TEXT("Install the package tzdata of the system")};
}

struct zone
zone_read(struct arena *arena, struct text name, int64_t from, int64_t until)
{
    if (text_equal(name, TEXT("UTC"))) {
        struct zone_change *only = ARENA_NEW(arena, struct zone_change);
        *only = (struct zone_change){from, 0};
        return (struct zone){.name = name, .changes = only, .change_count = 1};
    }
    if (!is_zone_name(name))
        return (struct zone){.name = name,
                             .problem = TEXT("that is no name of a time zone"),
                             .mend = TEXT("Write a zone of the IANA list, such as Europe/Berlin")};
    struct text path = arena_format(arena, "%s%.*s", folder, TEXT_ARGS(name));
    struct text file = read_file(arena, path.data);
    if (!file.data)
        return not_there(arena, name);
    return zone_decode(arena, name, file, from, until);
}

struct text
zone_version(struct arena *arena)
{
    static const char mark[] = "# version ";
    char line[64];
    struct text version = {NULL, 0};
    FILE *stream = fopen("/usr/share/zoneinfo/tzdata.zi", "rb");
    if (!stream)
        return version;
    if (fgets(line, sizeof line, stream) && strncmp(line, mark, sizeof mark - 1) == 0)
        version = arena_text(arena, text_trim(text_of(line + sizeof mark - 1)));
    fclose(stream);
    return version;
}

/* Index of the last change at or before an instant; 0 if all are later. */
static size_t
change_before(const struct zone_change *changes, size_t count, int64_t instant)
{
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (changes[middle].instant <= instant)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int32_t
zone_offset(const struct zone_change *changes, size_t count, int64_t instant)
{
    return changes[change_before(changes, count, instant)].offset;
}

/* Offsets differ by less than two OFFSET_MAX, so only changes that near can matter. The first
 * stretch of time whose clocks reach the local time has its instant or, if they jumped over it,
 * follows the jump: then the offset behind the jump gives the earlier instant. */
int64_t
zone_instant(const struct zone_change *changes, size_t count, int64_t local)
{
    size_t i = change_before(changes, count, local - 2 * OFFSET_MAX);
    for (; i + 1 < count; i++) {
        int64_t end = changes[i + 1].instant;
        if (local - changes[i].offset < end)
            return local - changes[i].offset;
        if (local - changes[i + 1].offset < end)
            return local - changes[i + 1].offset;
    }
    return local - changes[i].offset;
}
