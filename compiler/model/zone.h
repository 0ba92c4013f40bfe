/* Time zones: the system's zone files (TZif, RFC 9636) as a list of changes. */
#ifndef AVOW_MODEL_ZONE_H
#define AVOW_MODEL_ZONE_H

#include "compiler/model/model.h"

struct zone {
    struct text name;
    const struct zone_change *changes; /* the first is at `from`; each has another offset */
    size_t change_count;
    struct text problem; /* why it cannot be used, as a clause of a sentence; else empty */
    struct text mend;    /* what to do about it, or empty */
};

/* Offsets of a zone from `from` until `until` (Unix seconds). "UTC" needs no zone files. The name
 * is checked before any file is opened: it cannot lead out of the folder. */
struct zone zone_read(struct arena *arena, struct text name, int64_t from, int64_t until);

/* The same from the bytes of a zone file. */
struct zone zone_decode(struct arena *arena, struct text name, struct text file, int64_t from,
                        int64_t until);

/* Version of the system's zone files, such as 2026a; empty if they do not say. */
struct text zone_version(struct arena *arena);

/* Seconds east of UTC at an instant; the first offset before the first change. */
int32_t zone_offset(const struct zone_change *changes, size_t count, int64_t instant);

/* The instant of a local time, in seconds since 1970-01-01 00:00 of the same zone's clocks. One
 * that clocks show twice, or skip, takes the earlier of the two instants that could be meant. */
int64_t zone_instant(const struct zone_change *changes, size_t count, int64_t local);

#endif
