/* The layout of a table: the one thing that the compiler and the core must agree on.
 *
 * An image is an array of 32-bit words, aligned to 8 bytes, and behind it texts: UTF-8, each with
 * a NUL that its length does not count, zeros up to a multiple of 8. In a bundle (ID.avow) words
 * are little-endian; in memory they have the machine's own byte order. A pointer to the first word
 * is what avow.h calls an avow_table.
 *
 * Words: a header of fixed length, then sections without gaps, in the order of enum
 * table_section. Numbers that are places ("word" below) count words from the start of the image.
 * Numbers of 64 bits are two words, the low one first. Leaves are numbered as avow.h numbers names.
 *
 * How a question finds its answer. Each verb has a row: ranges of object and target, and for actor,
 * object and target a map with one word for each leaf of its range.
 *   Plain: the words of the three maps added up are the number of a cell. Leaves that no rule of
 * the verb tells apart share their word in the map. A cell is a byte: the number of a case. Wide
 * (CELLS_WIDE in the row's cells, for verbs whose plain cells would be too many): the words of the
 * maps are sets of forms, and forms in all three sets may have something on the point. A form says
 * for each axis how closely a slot names it: any leaf, the leaf itself, or its group at a depth.
 * The slots of one verb are a hash table from nodes (three numbers) to a case. A case says which
 * rules hold for the points that lead to it: at most one NEVER and one MAY decide nearly always,
 * and are tried without branching; a list has all the rules.
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
    TABLE_FORMS_MAX = 32
};

#define TABLE_NONE UINT32_MAX

/* The parts of an image behind its header. */
enum table_section {
    SECTION_RULES,      /* RULE_WORDS each: those of lists */
    SECTION_CASES,      /* CASE_WORDS each; the first has no rules */
    SECTION_CELLS,      /* four cells in each word, the first lowest; see VERB_CELLS */
    SECTION_MAPS,       /* added up, or sets of forms */
    SECTION_LISTS,      /* number of a list -> its first item; one more than there are lists */
    SECTION_ITEMS,      /* ITEM_WORDS each */
    SECTION_BOXES,      /* BOX_WORDS each; the first excludes nothing */
    SECTION_SETS,       /* number of a set -> its first interval; one more than there are sets */
    SECTION_INTERVALS,  /* two leaves each: low, and high that is not included */
    SECTION_WIDE,       /* WIDE_WORDS each */
    SECTION_FORMS,      /* FORM_WORDS each, finest first */
    SECTION_SLOTS,      /* SLOT_WORDS each */
    SECTION_PATHS,      /* leaf -> its first node; one more than leaves; empty if no form asks */
    SECTION_NODES,      /* groups that a leaf is in, outermost first */
    SECTION_ONE_OF,     /* masks of two words: groups of facts of which exactly one holds */
    SECTION_SHIFTS,     /* of the hash of names; none if it needs none */
    SECTION_NAMES,      /* slots of the hash of names: see table_name_slot */
    SECTION_CLAUSES,    /* section number of each clause, 0 before the first */
    SECTION_DUTY_LISTS, /* data, requests: first of its duties; and an end. Or one list for all */
    SECTION_DUTY_ITEMS, /* words of duties, in page order in each list */
    SECTION_DUTIES,     /* DUTY_WORDS each, in page order */
    SECTION_ZONE,       /* seconds from ZONE_DAY at which the offset changes, rising */
    SECTION_OFFSETS,    /* seconds east of UTC; the change i goes to offset i modulo these */
    SECTION_HOLIDAYS,   /* days since ZONE_DAY, rising; two in each word, the last twice if odd */
    SECTION_TEXTS,      /* byte of each entry from the start of the image; one more than entries */
    SECTION_COUNT
};

/* Words of the header. */
enum table_word {
    AT_MAGIC = 0,        /* 2 */
    AT_SEAL = 2,         /* 8: SHA-256 of all bytes behind it, as they stand in a bundle */
    AT_ABI = 10,         /* TABLE_ABI */
    AT_SIZE = 11,        /* bytes of the image, texts and padding included */
    AT_ACTOR_COUNT = 12, /* leaves of systems */
    AT_SECTIONS = 13,    /* first word of each section, and the end of the last */
    AT_FIRST_LEAF = AT_SECTIONS + SECTION_COUNT + 1, /* of each kind, and the number of leaves */
    AT_VERBS = AT_FIRST_LEAF + TABLE_KINDS + 1,      /* VERB_WORDS each */
    AT_EFFECTIVE = AT_VERBS + 8 * TABLE_VERBS,       /* days since 1970-01-01 */
    AT_CONTENT,                          /* 8: bytes of the content hash, the first lowest */
    AT_VOCABULARY = AT_CONTENT + 8,      /* 8: the same of the vocabulary hash */
    AT_NAME_KEYS = AT_VOCABULARY + 8,    /* 4: two odd numbers of 64 bits, for table_name_hash */
    AT_SECTION_COUNT = AT_NAME_KEYS + 4, /* of the page */
    AT_WORKING_DAYS, /* bit 0 Monday .. bit 6 Sunday, and from bit 8 the cut-off in minutes */
    AT_ZONE_DAY,     /* days since 1970-01-01; its midnight UTC is where the calendar counts from */
    AT_VALID_UNTIL,  /* last day for which holidays are known, days from ZONE_DAY */
    AT_ZONE_FROM,    /* seconds from there: the zone is known from here */
    AT_ZONE_UNTIL,   /* to here, not included */
    AT_RULES         /* the sections begin here */
};

/* Row of a verb. A map is given as the word of its first leaf less that leaf, modulo 2^32, so that
 * adding the leaf itself gives the word. */
enum verb_word {
    VERB_ACTOR_MAP,
    VERB_OBJECT, /* AXIS_WORDS */
    VERB_TARGET = 4,
    /* Byte of the first cell; the word before it is the case that cell 0 means, the next case is
     * CASE_WORDS behind that. With CELLS_WIDE the word of a wide record. */
    VERB_CELLS = 7,
    VERB_WORDS
};

enum axis_word { AXIS_FIRST, AXIS_COUNT, AXIS_MAP, AXIS_WORDS };

#define CELLS_SPECIAL 0x80000000u /* set for a wide verb, and if there are one-of groups */
#define CELLS_WIDE 0x40000000u
#define CELLS_PLACE 0x3fffffffu
#define MOST_CASES 256u /* of one plain verb */

/* A condition holds for certain if all states of its mask are known and are as in want; it cannot
 * hold if one is known and is not. */
enum rule_word {
    RULE_MASK = 0, /* 2 */
    RULE_WANT = 2, /* 2: the states of mask that must hold */
    RULE_CLAUSE = 4,
    RULE_WORDS
};

/* What holds at some points. One prohibition and one permission decide, unless CASE_GENERAL is set.
 * If there is a list it has all rules that these points have, in the order in which they are cited;
 * without, the two are all. */
enum case_word {
    CASE_LIST,      /* number of a list, 0 for none; and the flags below */
    CASE_NEVER = 1, /* RULE_WORDS */
    CASE_MAY = 6,   /* RULE_WORDS */
    CASE_WORDS = 11
};

#define CASE_GENERAL 0x80000000u
#define CASE_NO_NEVER 0x40000000u /* there is no prohibition: its words are zero */
#define CASE_NO_MAY 0x20000000u   /* nor permission */
#define CASE_NUMBER 0x1fffffffu

/* Prohibitions first, each part in page order. */
enum item_word {
    ITEM_RULE, /* word of a rule; ITEM_MAY if it permits */
    ITEM_BOX,  /* number of a box that the point must be in, 0 for none */
    ITEM_WORDS
};

#define ITEM_MAY 0x80000000u

/* Sets that a point must be in: number of a set for each axis, 0 for all leaves. */
enum box_word { BOX_ACTOR, BOX_OBJECT, BOX_TARGET, BOX_WORDS };

enum wide_word {
    WIDE_FORMS,      /* word of its first form */
    WIDE_FORM_COUNT, /* at most TABLE_FORMS_MAX */
    WIDE_SLOTS,      /* word of its first slot */
    WIDE_SLOT_MASK,  /* slots are a power of two: that less 1 */
    WIDE_REACH,      /* a case is at most that many slots behind its place; less than there are */
    WIDE_WORDS
};

enum form_word {
    FORM_LEVELS, /* a level for actor, object (from bit 8) and target (from bit 16) */
    FORM_WITHIN, /* forms that cannot add anything where a case of this form is complete */
    FORM_WORDS
};

/* How a form names an axis. From LEVEL_GROUP on: by the group at depth level - LEVEL_GROUP. */
enum { LEVEL_ANY, LEVEL_LEAF, LEVEL_GROUP };

/* Nodes: 0 is any leaf, then leaf + 1, then groups. */
enum slot_word {
    SLOT_ACTOR,
    SLOT_OBJECT,
    SLOT_TARGET,
    SLOT_CASE, /* word of a case, or 0: empty; SLOT_COMPLETE if it has the rules of coarser forms */
    SLOT_WORDS
};

#define SLOT_COMPLETE 0x80000000u

enum duty_word {
    DUTY_KIND, /* a duty_kind, from bit 8 a duty_unit, and from bit 16 1 if the last of DUTY_AFTER
                  starts its clock, 0 if the first */
    DUTY_AMOUNT,
    DUTY_MASK = 2, /* 2, as of a rule */
    DUTY_WANT = 4, /* 2 */
    DUTY_CLAUSE = 6,
    DUTY_AFTER,   /* number of the set of requests and events that start its clock, 0 for none */
    DUTY_OBJECTS, /* number of the set of what it is about, 0 if its lists say so */
    DUTY_WORDS
};

enum duty_kind { DUTY_DO, DUTY_ERASE, DUTY_KEEP };
enum duty_unit {
    DUTY_AT_ONCE,
    DUTY_HOURS,
    DUTY_DAYS,
    DUTY_BUSINESS_DAYS,
    DUTY_WEEKS,
    DUTY_MONTHS,
    DUTY_YEARS
};

/* Entries of SECTION_TEXTS by number. Behind TEXT_NAMES: leaves, clauses, titles of the page's
 * sections. The entries of leaves and clauses have three texts: see enum table_part. */
enum table_text { TEXT_POLICY, TEXT_TITLE, TEXT_LANGUAGE, TEXT_REVISION, TEXT_TZDATA, TEXT_NAMES };

enum table_part {
    PART_NAME,
    PART_SECOND, /* the address of a leaf; the anchor of a clause if it is not the name */
    PART_LAST,   /* the label of a leaf, the words of a clause */
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
table_clauses(const uint32_t *table)
{
    return table_length(table, SECTION_CLAUSES);
}

static inline uint32_t
table_leaves(const uint32_t *table)
{
    return table[AT_FIRST_LEAF + TABLE_KINDS];
}

/* The hash of the nodes of a slot: its place is this modulo the number of slots. */
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

/* The hash of a name whose ends are known. What is between them counts only for a table that has a
 * second key with a lowest bit of 0: one with names that the ends do not tell apart. */
static inline uint64_t
table_name_hash(struct table_ends ends, const char *name, size_t length, const uint32_t *keys)
{
    uint64_t first = table_pair(keys), second = table_pair(keys + 2);
    /* The constant keeps lengths apart from all differences of letters. */
    uint64_t tail = ends.tail ^ length * 0x9e3779b97f4a7c15u;
    uint64_t h = ends.head * first + tail * second;
    if ((second & 1) == 0)
        for (size_t at = 8; at + 8 < length; at += 8) {
            h = (h ^ table_piece(name + at, 8)) * first;
            h ^= h >> 32;
        }
    return h;
}

/* The slot of a hash. Without shifts slots are bytes, and the highest bits choose one. With shifts
 * slots are words: bits of a further product choose a shift, others and the shift a slot. Slots
 * hold the number of a leaf, or all bits. `count` is of words, a power of two. */
static inline uint32_t
table_name_byte(uint64_t hash, uint32_t count)
{
    return (uint32_t)(hash >> 48) * (count * 4) >> 16;
}

static inline uint64_t
table_name_mix(uint64_t hash)
{
    hash = (hash ^ hash >> 32) * 0xbf58476d1ce4e5b9u;
    return hash ^ hash >> 29;
}

static inline uint32_t
table_name_shift(uint64_t mixed, uint32_t shifts)
{
    return (uint32_t)(mixed >> 40) & (shifts - 1);
}

static inline uint32_t
table_name_slot(uint64_t mixed, uint32_t shift, uint32_t count)
{
    return ((uint32_t)mixed ^ shift) & (count - 1);
}

#endif
