/* Any bytes as a bundle. The seal is put right first, so that the checks of structure are reached;
 * whatever is accepted must then serve every call without fault, for it is not checked again. */
#include "runtime/avow.h"
#include "runtime/core/table.h"
#include "runtime/store/lifecycle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t
next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* The sanitizer sees a read past the text. */
static unsigned
read_text(avow_text text)
{
    unsigned sum = 0;
    if (!text.data)
        return 0;
    for (size_t i = 0; i <= text.length; i++)
        sum += (unsigned char)text.data[i];
    if (text.data[text.length] != '\0')
        abort();
    return sum;
}

static unsigned
read_names(const avow_table *table, uint32_t leaves)
{
    unsigned sum = 0;
    for (uint32_t id = 0; id < leaves + 2; id++) {
        avow_text name = avow_name(table, id);
        sum += read_text(name) + read_text(avow_label(table, id));
        sum += read_text(avow_address(table, id)) + (unsigned)avow_bit(table, id);
        for (uint32_t kind = 0; kind <= AVOW_KINDS; kind++)
            sum += avow_find(table, (avow_kind)kind, name.data ? name.data : "", name.length);
    }
    return sum;
}

static unsigned
read_clauses(const avow_table *table)
{
    unsigned sum = 0;
    uint32_t count = avow_clause_count(table);
    for (uint32_t i = 0; i < count && i < 4096; i++) {
        avow_clause clause = avow_clause_at(table, i);
        sum += read_text(clause.name) + read_text(clause.anchor) + read_text(clause.words) +
               read_text(clause.section_title);
    }
    sum += read_text(avow_clause_at(table, count).name);
    avow_identity identity = avow_identify(table);
    return sum + read_text(identity.policy) + read_text(identity.title) +
           read_text(identity.language) + read_text(identity.revision) +
           read_text(identity.tzdata) + (unsigned)avow_may_replace(table, table, 20000);
}

static uint32_t
any_leaf(uint64_t *state, uint32_t leaves)
{
    uint64_t random = next(state);
    return (random & 15) == 0 ? (uint32_t)(random >> 32) : (uint32_t)(random >> 32) % (leaves + 1);
}

/* Citations rise from clause to clause and are clauses of the table. */
static void
walk_citations(const avow_table *table, const avow_question *question, uint32_t clause)
{
    uint32_t count = avow_clause_count(table);
    while (clause != AVOW_NONE) {
        if (clause >= count)
            abort();
        uint32_t following = avow_next_clause(table, question, clause);
        if (following <= clause)
            abort();
        clause = following;
    }
}

static void
ask(const avow_table *table, uint64_t *state, uint32_t leaves)
{
    avow_question question = {{any_leaf(state, leaves), (uint32_t)(next(state) >> 40) % 10,
                               any_leaf(state, leaves), any_leaf(state, leaves)},
                              {next(state), next(state)}};
    /* Mostly a point that is one: numbers of the right kinds. */
    if ((next(state) & 3) != 0 && avow_count(table, AVOW_SYSTEM) > 0) {
        question.point.actor = avow_first(table, AVOW_SYSTEM) +
                               (uint32_t)(next(state) >> 40) % avow_count(table, AVOW_SYSTEM);
        avow_kind kind = question.point.verb >= AVOW_EMAIL ? AVOW_PERSON : AVOW_DATA;
        if (avow_count(table, kind) > 0)
            question.point.object =
                avow_first(table, kind) + (uint32_t)(next(state) >> 40) % avow_count(table, kind);
    }
    avow_answer answer = avow_ask(table, question.point, question.states);
    if (answer.verdict > AVOW_ALLOWED || answer.zero != 0 || !avow_reason_text(answer.reason))
        abort();
    walk_citations(table, &question, answer.clause);
}

static void
ask_due(const avow_table *table, uint64_t *state, uint32_t leaves)
{
    avow_moment moments[4];
    for (int i = 0; i < 4; i++) {
        int64_t at = (int64_t)(next(state) >> (next(state) % 40));
        moments[i] = (avow_moment){(next(state) & 3) == 0 ? AVOW_NONE : any_leaf(state, leaves),
                                   (next(state) & 7) == 0 ? (int64_t)next(state) : at};
    }
    avow_due_question question = {
        any_leaf(state, leaves), moments, next(state) % 5, {next(state), next(state)}};
    avow_due due = avow_when_due(table, &question);
    if (due.zero != 0 || (due.clause != AVOW_NONE && due.clause >= avow_clause_count(table)))
        abort();
}

static unsigned
read_states(const avow_table *table, uint32_t leaves)
{
    unsigned sum = 0;
    uint32_t count = lifecycle_count(table);
    for (uint32_t i = 0; i < count + 1 && i < 64; i++) {
        struct lifecycle_state state = lifecycle_state_at(table, i);
        sum += read_text(state.name) + read_text(state.formerly);
        if (state.clause != AVOW_NONE && state.clause >= avow_clause_count(table))
            abort();
        for (uint32_t id = 0; id < leaves + 2; id++)
            sum += (unsigned)lifecycle_switch_of(table, i, id) + lifecycle_is_of(table, i, id);
    }
    for (uint32_t id = 0; id < 8; id++)
        sum += lifecycle_only_refuses(table, leaves > 8 ? leaves / 8 * id : id);
    return sum;
}

static void
use(const avow_table *table, size_t size)
{
    uint64_t state = size * UINT64_C(0x9E3779B97F4A7C15) | 1;
    uint32_t leaves = 0;
    for (uint32_t kind = 0; kind < AVOW_KINDS; kind++)
        leaves += avow_count(table, (avow_kind)kind);
    unsigned sum = read_clauses(table) + read_names(table, leaves < 1024 ? leaves : 1024) +
                   read_states(table, leaves < 128 ? leaves : 128);
    if (sum == UINT32_MAX) /* so that no read is optimised away */
        abort();
    for (int i = 0; i < 300; i++)
        ask(table, &state, leaves);
    for (int i = 0; i < 60; i++)
        ask_due(table, &state, leaves);
}

/* With the seal and the size put right. */
static void
seal(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < 4; i++)
        bytes[4 * AT_SIZE + i] = (uint8_t)(size >> (8 * i));
    avow_sha256(bytes + TABLE_SEALED_FROM, size - TABLE_SEALED_FROM, bytes + 4 * AT_SEAL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size &= ~(size_t)7;
    if (size < 4 * (size_t)AT_ABI || size > 1u << 20)
        return 0;
    uint8_t *bytes = malloc(size); /* of exactly this size: a read behind it is seen */
    if (!bytes)
        return 0;
    memcpy(bytes, data, size);
    if (size >= 4 * (size_t)AT_CELLS)
        seal(bytes, size);
    avow_error error = AVOW_OK;
    const avow_table *table = avow_open(bytes, size, &error);
    if (!avow_error_text(error) || (table == NULL) == (error == AVOW_OK))
        abort();
    if (table)
        use(table, size);
    free(bytes);
    return 0;
}
