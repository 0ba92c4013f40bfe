/* The layout of a table: the one thing that the compiler and the core must agree on.
 *
 * An image is an array of 32-bit words, aligned to 8 bytes, and behind it texts: UTF-8, each with
 * a NUL, then 4 to 11 more zeros up to a multiple of 8. In a bundle (ID.avow) words are
 * little-endian; in memory they have the machine's own byte order. A pointer to the first word is
 * what avow.h calls an avow_table.
 *
 * Words: a header of fixed length, then sections without gaps, in the order of enum
 * table_section. Numbers that are places ("word" below) count words from the start of the image;
 * no record has the place 0, which therefore means none. Runs have no length: the last record of a
 * run says that it is, and the last of its section does in any case. Numbers of 64 bits are two
 * words, the low one first. Leaves are numbered as avow.h numbers names.
 *
 * How a question finds its answer. Each verb has a row: ranges of object and target, and for actor,
 * object and target a map with one word for each leaf of its range.
 *   Plain: the words of the three maps added up are the number of a cell. Leaves that no rule of
 * the verb tells apart share their word in the map. A cell is a byte: the number of a case. Wide
 * (for verbs whose plain cells or cases would be too many): the words of the maps are sets of
 * forms, and forms in all three sets may have something on the point. A form says for each axis how
 * closely a slot names it: any leaf, the leaf itself, or its group at a depth. The slots of one
 * verb are a hash table from nodes (three numbers) to a case.
 *   A case says which rules hold for the points that lead to it: at most one NEVER and one MAY
 * decide nearly always, and are tried without branching; a run has all the rules.
 *
 * AT_SIZE is the size of the image. Behind it a file may have signatures
 * (runtime/agent/signature.h); the core does not read them.
 *
 * What avow_open makes sure of, and everything else relies on without looking again, is written
 * down in verify.c. */
#ifndef AVOW_CORE_TABLE_H
#define AVOW_CORE_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum {
    TABLE_ABI = 1,
    TABLE_MAGIC_LOW = 0x776f7661,  /* "avow" */
    TABLE_MAGIC_HIGH = 0x0a1a0a0d, /* "\r\n\x1a\n": a copy made as text shows */
    TABLE_SEALED_FROM = 40,        /* byte behind the seal */
    TABLE_KINDS = 12,
    TABLE_VERBS = 9,
    TABLE_PATH_MAX = 32, /* depth of a dotted name, bounded by its length */
    TABLE_FORMS_MAX = 32,
    TABLE_CASES_MAX = 256 /* that cells can tell apart */
};

#define TABLE_NONE UINT32_MAX

/* What a word says if its record has flags in the highest three bits. */
#define TABLE_VALUE 0x1fffffffu

/* Ends a run. */
#define TABLE_LAST 0x40000000u

/* The parts of an image behind its header. */
enum table_section {
    SECTION_CELLS,    /* four cells in each word, the first lowest; see VERB_CELLS */
    SECTION_CASES,    /* CASE_WORDS each; the first has no rules */
    SECTION_NAMES,    /* slots of the hash of names: a leaf or TABLE_NONE, a power of two */
    SECTION_SHIFTS,   /* of that hash, a power of two */
    SECTION_TEXTS,    /* byte of each entry from the start of the image */
    SECTION_CLAUSES,  /* section number of each clause, 0 before the first */
    SECTION_PATHS,    /* leaf -> its run of nodes; empty if no verb is wide */
    SECTION_ONE_OF,   /* masks of two words: groups of facts of which exactly one holds */
    SECTION_ZONE,     /* seconds from ZONE_DAY at which the offset changes, rising */
    SECTION_OFFSETS,  /* seconds east of UTC; the change i goes to offset i modulo these */
    SECTION_HOLIDAYS, /* days from ZONE_DAY, rising; two in each word, the last twice if odd */
    SECTION_DUTIES,   /* DUTY_WORDS each, in page order */
    SECTION_STATES,   /* STATE_WORDS each, in order of leaves; facts have none */
    SECTION_MAPS,     /* added up, or sets of forms */
    SECTION_SETS,  /* runs of intervals, rising: low, and high that is not included; TABLE_LAST */
    SECTION_RULES, /* runs of ITEM_WORDS each; the last word of the last has TABLE_LAST */
    SECTION_WIDE,  /* WIDE_WORDS each */
    SECTION_FORMS, /* FORM_WORDS each, of a verb finest first; behind the last, 31 empty ones */
    SECTION_SLOTS, /* SLOT_WORDS each; the last is empty */
    SECTION_NODES, /* groups that a leaf is in, outermost first; behind the last, 32 zeros */
    SECTION_COUNT
};

/* Words of the header. */
enum table_word {
    AT_MAGIC = 0,        /* 2 */
    AT_SEAL = 2,         /* 8: SHA-256 of all bytes behind it, as in a bundle */
    AT_ABI = 10,         /* TABLE_ABI */
    AT_SIZE = 11,        /* bytes of the image, texts and padding included */
    AT_ACTOR_COUNT = 12, /* leaves of systems */
    AT_FIRST_LEAF = 13,  /* of each kind, and the number of leaves */
    AT_CLAUSE_COUNT = AT_FIRST_LEAF + TABLE_KINDS + 1,
    AT_SECTION_NUMBERS, /* one more than the page has sections */
    AT_SECTIONS,        /* first word of each section, and the end of the last */
    AT_VERBS = AT_SECTIONS + SECTION_COUNT + 1, /* VERB_WORDS each */
    AT_NAME_KEYS = AT_VERBS + 8 * TABLE_VERBS,  /* 4: two odd numbers, for table_name_hash */
    AT_EFFECTIVE = AT_NAME_KEYS + 4,            /* days since 1970-01-01 */
    AT_CONTENT,                                 /* 8: bytes of the content hash, the first lowest */
    AT_VOCABULARY = AT_CONTENT + 8,             /* 8: the same of the vocabulary hash */
    AT_WORKING_DAYS = AT_VOCABULARY + 8,        /* bit 0 Monday .. bit 6 Sunday; from bit 8 the
                                                   second of a day with which the next one begins */
    AT_ZONE_DAY,    /* a Monday, in days since 1970-01-01: its midnight UTC is where the calendar
                       counts from; every clock shows a later time at ZONE_FROM */
    AT_CYCLE_DAYS,  /* 18 bits: from a first of March to ZONE_DAY, of a year divisible by 400 */
    AT_VALID_UNTIL, /* 16 bits: last day for which holidays and zone are known, from ZONE_DAY */
    AT_ZONE_FROM,   /* seconds from ZONE_DAY: the zone is known from here */
    AT_ZONE_UNTIL,  /* to here, not included */
    AT_CELLS        /* the sections begin here */
};

/* Row of a verb. A map is given as the word of its first leaf less that leaf, modulo 2^32, so that
 * adding the leaf itself gives the word. */
enum verb_word {
    VERB_ACTOR_MAP,
    VERB_OBJECT, /* AXIS_WORDS */
    VERB_TARGET = 4,
    VERB_CELLS = 7, /* byte of the first cell, or with CELLS_WIDE the word of a wide record */
    VERB_WORDS
};

enum axis_word { AXIS_FIRST, AXIS_COUNT, AXIS_MAP, AXIS_WORDS };

#define CELLS_ONE_OF 0x80000000u /* there are one-of groups */
#define CELLS_WIDE 0x40000000u
#define CELLS_PLACE 0x3fffffffu

/* A condition holds for certain if all states of its mask are known and are as in want; it cannot
 * hold if one is known and is not. */
enum rule_word {
    RULE_MASK = 0, /* 2 */
    RULE_WANT = 2, /* 2: the states of mask that must hold */
    RULE_CLAUSE = 4,
    RULE_WORDS
};

/* What holds at some points. One prohibition and one permission decide, unless CASE_GENERAL is set.
 * If there is a run it has all rules that these points have; without, the two are all. */
enum case_word {
    CASE_RUN,       /* word of the first item or 0, and the flags below */
    CASE_NEVER = 1, /* RULE_WORDS */
    CASE_MAY = 6,   /* RULE_WORDS */
    CASE_WORDS = 11
};

#define CASE_GENERAL 0x80000000u
#define CASE_NO_NEVER                                                                              \
    0x40000000u                 /* no prohibition: its clause is TABLE_NONE, its words are zero    \
                                 */
#define CASE_NO_MAY 0x20000000u /* nor permission */

/* A rule of a run, and sets that the point must be in: the word of each, 0 for all leaves. */
enum item_word {
    ITEM_ACTORS,
    ITEM_OBJECTS,
    ITEM_TARGETS,
    ITEM_RULE, /* RULE_WORDS; its clause with ITEM_MAY or ITEM_REST, if it is one, and TABLE_LAST */
    ITEM_WORDS = ITEM_RULE + RULE_WORDS
};

#define ITEM_MAY 0x80000000u
#define ITEM_REST 0x20000000u /* a prohibition, where no permission certainly holds */

enum wide_word {
    WIDE_FORMS,     /* word of its first form */
    WIDE_SLOTS,     /* word of its first slot */
    WIDE_SLOT_MASK, /* places of slots are a power of two: that less 1. More slots may follow */
    WIDE_WORDS
};

/* Three levels, one for each axis. */
enum form_word {
    FORM_ACTOR,
    FORM_OBJECT,
    FORM_TARGET,
    FORM_WITHIN, /* forms that cannot add anything where a case of this form is complete */
    FORM_WORDS
};

/* How a form names an axis. From LEVEL_GROUP on: by the group at depth level - LEVEL_GROUP. */
enum { LEVEL_ANY, LEVEL_LEAF, LEVEL_GROUP, LEVEL_END = LEVEL_GROUP + TABLE_PATH_MAX };

/* Nodes: 0 is any leaf, then leaf + 1, then groups. A slot stands at the place of its hash, or
 * behind it without an empty one in between. */
enum slot_word {
    SLOT_ACTOR,
    SLOT_OBJECT,
    SLOT_TARGET,
    SLOT_CASE, /* word of a case, or 0: empty; SLOT_COMPLETE if it has the rules of coarser forms */
    SLOT_WORDS
};

#define SLOT_COMPLETE 0x80000000u

enum duty_word {
    DUTY_KIND,                 /* a duty_kind */
    DUTY_UNIT,                 /* a duty_unit */
    DUTY_AMOUNT,               /* of units; 0 at once; negative: so many before DUTY_AFTER */
    DUTY_MASK,                 /* 2, as of a rule */
    DUTY_WANT = DUTY_MASK + 2, /* 2 */
    DUTY_CLAUSE = DUTY_WANT + 2,
    DUTY_OBJECTS, /* word of the set of data, requests or events that it is about */
    DUTY_AFTER,   /* word of the set of requests and events that start its clock, or 0 */
    DUTY_LAST,    /* 1 if the last of DUTY_AFTER starts its clock, 0 if the first */
    DUTY_WORDS
};

/* Of those to erase and to keep, one without DUTY_AFTER counts from the collection of the data. */
enum duty_kind { DUTY_DO, DUTY_TELL, DUTY_ERASE, DUTY_KEEP, DUTY_KINDS };
enum duty_unit {
    DUTY_AT_ONCE,
    DUTY_HOURS,
    DUTY_DAYS,
    DUTY_BUSINESS_DAYS,
    DUTY_WEEKS,
    DUTY_MONTHS,
    DUTY_YEARS
};

/* What a store must know of a state; the core itself asks nothing of it. */
enum state_word {
    STATE_OWNERS, /* word of the set of persons, or of data, that it is of; and the flags below */
    STATE_AFTER,  /* word of the set of requests and events that switch it on, or 0 */
    STATE_UNTIL,  /* that switch it off, or 0 */
    STATE_CLAUSE, /* the first with a rule that asks for it; else the first with a duty to do one of
                     the requests that switch it on; else TABLE_NONE */
    STATE_WORDS
};

#define STATE_ON_REFUSES 0x80000000u  /* a prohibition needs it, or a permission its absence */
#define STATE_OFF_REFUSES 0x40000000u /* the other way round */

/* Entries of SECTION_TEXTS by number. TEXT_ORDER stands for the revision: of two policies of one
 * day that which is later by its bytes is. Behind TEXT_NAMES: leaves, clauses, titles of the page's
 * sections. The entries of leaves and clauses have three texts, those of states four: see enum
 * table_part. */
enum table_text {
    TEXT_POLICY,
    TEXT_TITLE,
    TEXT_LANGUAGE,
    TEXT_REVISION,
    TEXT_TZDATA,
    TEXT_ORDER,
    TEXT_NAMES
};

enum table_part {
    PART_NAME,
    PART_SECOND, /* the address of a leaf; the anchor of a clause if it is not the name */
    PART_LAST,   /* the label of a leaf, the words of a clause */
    PART_FORMER, /* the name that a state had before, or empty */
};

static inline uint64_t
table_pair(const uint32_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 32;
}

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LITTLE_ENDIAN_WORDS 1
#else
#define LITTLE_ENDIAN_WORDS 0 /* or unknown */
#endif

/* The byte of the image at this place in a little-endian one. */
static inline uint32_t
table_byte(const uint32_t *table, uint32_t place)
{
#if LITTLE_ENDIAN_WORDS
    return ((const unsigned char *)table)[place];
#else
    return table[place / 4] >> 8 * (place % 4) & 0xff;
#endif
}

static inline uint32_t
table_start(const uint32_t *table, enum table_section section)
{
    return table[AT_SECTIONS + section];
}

static inline uint32_t
table_length(const uint32_t *table, enum table_section section)
{
    return table[AT_SECTIONS + section + 1] - table[AT_SECTIONS + section];
}

static inline uint32_t
table_leaves(const uint32_t *table)
{
    return table[AT_FIRST_LEAF + TABLE_KINDS];
}

/* The last civil day, in days since 1970-01-01, for which holidays and zone are known. */
static inline int32_t
table_known_until(const uint32_t *table)
{
    return (int32_t)(table[AT_ZONE_DAY] + (table[AT_VALID_UNTIL] & 0xffff));
}

/* The hash of the nodes of a slot: its place is this modulo the number of places. */
static inline uint32_t
table_slot_hash(uint32_t actor, uint32_t object, uint32_t target)
{
    uint32_t h = (object * 0x9e3779b1u + actor) * 0x85ebca77u;
    h = (h ^ h >> 15) + target * 0xc2b2ae3du;
    h *= 0x27d4eb2fu;
    return h ^ h >> 16;
}

/* Bytes as a number, the first lowest. */
static inline uint32_t
table_load_4(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
table_load_8(const unsigned char *p)
{
    return (uint64_t)table_load_4(p) | (uint64_t)table_load_4(p + 4) << 32;
}

/* Up to 8 bytes of a name as a number that no other name of this length has. */
static inline uint64_t
table_piece(const char *name, size_t length)
{
    const unsigned char *p = (const unsigned char *)name;
    if (length >= 4)
        return (uint64_t)table_load_4(p) | (uint64_t)table_load_4(p + (length - 4)) << 32;
    if (length == 0)
        return 0;
    return (uint64_t)p[0] | (uint64_t)p[length / 2] << 8 | (uint64_t)p[length - 1] << 16;
}

/* The ends of a name: its first and its last 8 bytes, which may overlap. Two names of one length up
 * to 16 with the same ends are the same. */
struct table_ends {
    uint64_t head, tail;
};

static inline struct table_ends
table_ends(const char *name, size_t length)
{
    const unsigned char *p = (const unsigned char *)name;
    if (length >= 8)
        return (struct table_ends){table_load_8(p), table_load_8(p + (length - 8))};
    return (struct table_ends){table_piece(name, length), 0};
}

/* The hash of a name whose ends are known. */
static inline uint64_t
table_name_hash(struct table_ends ends, const char *name, size_t length, const uint32_t *keys)
{
    uint64_t first = table_pair(keys), second = table_pair(keys + 2);
    /* The constant keeps lengths apart from all differences of letters. */
    uint64_t tail = ends.tail ^ length * 0x9e3779b97f4a7c15u;
    uint64_t h = ends.head * first + tail * second;
    for (size_t at = 8; at + 8 < length; at += 8)
        h = ((h ^ h >> 32) + table_piece(name + at, 8)) * first;
    h = (h ^ h >> 32) * 0xbf58476d1ce4e5b9u;
    return h ^ h >> 29;
}

/* Which shift a hash has, and the slot that this gives it; counts are powers of two. */
static inline uint32_t
table_name_shift(uint64_t hash, uint32_t shifts)
{
    return (uint32_t)(hash >> 40) & (shifts - 1);
}

static inline uint32_t
table_name_slot(uint64_t hash, uint32_t shift, uint32_t count)
{
    return ((uint32_t)hash ^ shift) & (count - 1);
}

#endif
