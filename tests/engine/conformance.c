/* engine-conformance URL SEED TRANSACTIONS
 *
 * Does random things with an empty store, through one connection and another, and holds what is
 * there against the model. The same for every engine. Says "agreed" at the end, or where not. */
#include "tests/engine/engine.h"
#include "tests/engine/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 24, EXACTS = 3, TERMS = 4, SOON = 6 };

struct run {
    struct engine *one, *other;
    struct model *model, *saved; /* saved: before the transaction */
    uint64_t random;
    int64_t clock;
    avow_store_error error;
};

static void
must(struct run *run, avow_store_code code, const char *what)
{
    if (code == AVOW_STORE_OK)
        return;
    fprintf(stderr, "%s: code %d: %s\n", what, (int)code, run->error.text);
    exit(1);
}

static void
differs(const char *what)
{
    fprintf(stderr, "differs: %s\n", what);
    exit(1);
}

static uint32_t
pick(struct run *run, uint32_t below)
{
    run->random = run->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(run->random >> 33) % below;
}

static struct subject
some_subject(struct run *run)
{
    struct subject subject = {.kind = (uint8_t)(1 + pick(run, 3))};
    uint32_t n = pick(run, KEYS);
    memset(subject.key, (int)(n * 37 % 256), KEY_BYTES);
    subject.key[0] = (uint8_t)n;
    memset(subject.exact, (int)pick(run, EXACTS), EXACT_BYTES);
    return subject;
}

/* What is done ------------------------------------------------------------------------------- */

static void
do_append(struct run *run, uint32_t part)
{
    struct head head, right = model_head(run->model, part);
    must(run, run->one->ops->head(run->one, part, &head, &run->error), "head");
    if (head.sequence != right.sequence || memcmp(head.hash, right.hash, HASH_BYTES) != 0)
        differs("head before an append");
    uint8_t salt[SALT_BYTES];
    char body[TEXT];
    for (int i = 0; i < SALT_BYTES; i++)
        salt[i] = (uint8_t)pick(run, 256);
    struct entry entry = {.part = part,
                          .sequence = head.sequence + 1,
                          .recorded = run->clock,
                          .salt = pick(run, 20) ? salt : NULL,
                          .body = body,
                          .length =
                              (size_t)snprintf(body, TEXT, "{\"grüße\":%u}", pick(run, 99999))};
    if (!entry.salt) {
        entry.body = NULL;
        entry.length = 0;
    }
    for (int i = 0; i < HASH_BYTES; i++) {
        entry.hash[i] = (uint8_t)pick(run, 256);
        entry.commitment[i] = (uint8_t)pick(run, 256);
    }
    must(run, run->one->ops->append(run->one, &entry, &run->error), "append");
    model_append(run->model, &entry);
}

static void
do_move(struct run *run)
{
    struct move move = {.subject = some_subject(run),
                        .term = 1 + pick(run, TERMS),
                        .value = (uint8_t)pick(run, 3),
                        .pending = pick(run, 2),
                        .received = run->clock - (int64_t)pick(run, SOON),
                        .by_clock = pick(run, 3) == 0};
    must(run, run->one->ops->move(run->one, &move, &run->error), "move");
    model_move(run->model, &move);
}

static void
do_state(struct run *run)
{
    struct subject subject = some_subject(run);
    struct state_row row = {.term = 1 + pick(run, TERMS)};
    memcpy(row.exact, subject.exact, EXACT_BYTES);
    if (run->model->states > 0) {
        const struct model_state *at = &run->model->state[pick(run, (uint32_t)run->model->states)];
        memcpy(subject.key, at->key, KEY_BYTES);
        row = at->row;
        if (pick(run, 3) == 0) /* changed since it was read */
            row.received--;
        else if (pick(run, 3) == 0)
            row.value ^= 1;
    }
    if (pick(run, 2)) {
        must(run, run->one->ops->drop_state(run->one, subject.key, &row, &run->error), "drop");
        model_drop_state(run->model, subject.key, &row);
    } else {
        uint32_t less = 1 + pick(run, 3);
        must(run, run->one->ops->settle_pending(run->one, subject.key, &row, less, &run->error),
             "settle");
        model_settle(run->model, subject.key, &row, less);
    }
}

static void
do_duty(struct run *run)
{
    struct duty_row row = {.subject = some_subject(run),
                           .sequence = (uint64_t)run->clock,
                           .request = 1 + pick(run, TERMS),
                           .received = run->clock,
                           .due = pick(run, 5) ? (int64_t)pick(run, 1000) : INT64_MAX,
                           .due_kind = (uint8_t)pick(run, 4)};
    if (run->model->duties > 0 && pick(run, 3) == 0) {
        row = run->model->duty[pick(run, (uint32_t)run->model->duties)];
        must(run, run->one->ops->end_duty(run->one, &row, &run->error), "end duty");
        model_end_duty(run->model, &row);
        return;
    }
    run->clock++;
    snprintf(row.reference, sizeof row.reference, "%s", pick(run, 2) ? "ticket 7" : "");
    must(run, run->one->ops->add_duty(run->one, &row, &run->error), "add duty");
    model_add_duty(run->model, &row);
}

static void
do_held(struct run *run)
{
    char record[TEXT], moments[TEXT];
    struct held_row row = {.subject = some_subject(run),
                           .data = 1 + pick(run, 2),
                           .record = record,
                           .moments = moments,
                           .due = pick(run, 4) ? (int64_t)pick(run, 1000) : INT64_MAX};
    row.subject.kind = AVOW_IDENTITY_RECORD;
    memset(row.subject.exact, 0, EXACT_BYTES);
    snprintf(record, TEXT, "order:%u", row.subject.key[0]);
    snprintf(moments, TEXT, "[[\"end\",%u]]", pick(run, 1000));
    if (pick(run, 3) == 0) {
        must(run, run->one->ops->drop_held(run->one, &row, &run->error), "drop held");
        model_drop_held(run->model, &row);
    } else {
        must(run, run->one->ops->put_held(run->one, &row, &run->error), "put held");
        model_put_held(run->model, &row);
    }
}

static void
do_link(struct run *run)
{
    struct link_row row = {.subject = some_subject(run), .other = some_subject(run)};
    if (pick(run, 3) == 0) {
        must(run, run->one->ops->drop_link(run->one, &row, &run->error), "drop link");
        model_drop_link(run->model, &row);
    } else {
        must(run, run->one->ops->add_link(run->one, &row, &run->error), "add link");
        model_add_link(run->model, &row);
    }
}

static void
do_erase(struct run *run)
{
    if (run->model->entries == 0)
        return;
    const struct entry *entry = &run->model->entry[pick(run, (uint32_t)run->model->entries)].entry;
    must(run, run->one->ops->erase_payload(run->one, entry->part, entry->sequence, &run->error),
         "erase");
    model_erase(run->model, entry->part, entry->sequence);
}

static void
do_name(struct run *run)
{
    /* No real policy: a store of one must not be spoilt by names that it does not know. */
    struct term term = {.policy = "nobody's"};
    uint8_t hash[16] = {(uint8_t)pick(run, 9)};
    char text[TEXT];
    int length = snprintf(text, TEXT, "Wörter %u", pick(run, 9));
    snprintf(term.name, sizeof term.name, "state-%u", pick(run, 12));
    must(run, run->one->ops->add_term(run->one, &term, &run->error), "add term");
    model_add_term(run->model, &term);
    if (pick(run, 2)) {
        term.mapped = pick(run, 2);
        snprintf(term.now, sizeof term.now, "%s", pick(run, 2) ? "opted-out" : "");
        must(run, run->one->ops->map_term(run->one, &term, &run->error), "map term");
        model_map_term(run->model, &term);
    }
    must(run, run->one->ops->put_meta(run->one, term.name, text, &run->error), "put meta");
    model_put_note(run->model, term.name, text);
    must(run, run->one->ops->put_words(run->one, hash, text, (size_t)length, &run->error),
         "put words");
    model_put_words(run->model, hash, text, (size_t)length);
}

static void
do_something(struct run *run)
{
    switch (pick(run, 12)) {
    case 0:
        do_state(run);
        break;
    case 1:
        do_held(run);
        break;
    case 2:
        do_link(run);
        break;
    case 3:
        do_erase(run);
        break;
    case 4:
        if (pick(run, 3) == 0)
            do_name(run);
        break;
    case 5:
    case 6:
        do_duty(run);
        break;
    default:
        do_move(run);
    }
}

/* A transaction of several things; parts whose chain grows come first, in rising order. */
static void
transact(struct run *run)
{
    *run->saved = *run->model;
    must(run, run->one->ops->begin(run->one, true, &run->error), "begin");
    for (uint32_t part = pick(run, 4); part < ENGINE_PARTS; part += 1 + pick(run, 12))
        for (uint32_t i = 1 + pick(run, 2); i > 0; i--)
            do_append(run, part);
    for (uint32_t i = pick(run, 12); i > 0; i--)
        do_something(run);
    if (pick(run, 6) == 0) {
        check_some(run->one, run->model, pick(run, UINT16_MAX));
        run->one->ops->rollback(run->one);
        *run->model = *run->saved;
    } else {
        must(run, run->one->ops->commit(run->one, &run->error), "commit");
    }
    run->clock += pick(run, 3);
}

static bool
has_duty(const struct model *model, const uint8_t key[KEY_BYTES], uint32_t request)
{
    for (int i = 0; i < model->duties; i++)
        if (memcmp(model->duty[i].subject.key, key, KEY_BYTES) == 0 &&
            model->duty[i].request == request)
            return true;
    return false;
}

/* Whether a subject is linked or has a receipt at or after an instant. */
static bool
is_newer(const struct model *model, const uint8_t key[KEY_BYTES], int64_t received)
{
    for (int i = 0; i < model->states; i++)
        if (memcmp(model->state[i].key, key, KEY_BYTES) == 0 &&
            (model->state[i].row.term == TERM_LINKED || model->state[i].row.received >= received))
            return true;
    return false;
}

/* A transaction that relies on what is known of somebody being older than what it records: mostly
 * the one thing that a store does, sometimes something beside it. */
static void
record_later(struct run *run)
{
    struct engine *engine = run->one;
    struct subject subject = some_subject(run);
    if (run->model->states > 0 && pick(run, 2))
        memcpy(subject.key, run->model->state[pick(run, (uint32_t)run->model->states)].key,
               KEY_BYTES);
    struct move move = {.subject = subject,
                        .term = 1 + pick(run, TERMS),
                        .value = (uint8_t)pick(run, 3),
                        .received = run->clock + 2 - (int64_t)pick(run, 5),
                        .by_clock = true};
    int64_t instant = move.received + (pick(run, 4) == 0);
    bool newer = is_newer(run->model, subject.key, instant);
    *run->saved = *run->model;
    must(run, engine->ops->begin(engine, true, &run->error), "begin");
    do_append(run, part_of(subject.key));
    avow_store_code code = engine->ops->expect_older(engine, subject.key, instant, &run->error);
    if (code == AVOW_STORE_OK) {
        must(run, engine->ops->move(engine, &move, &run->error), "move");
        model_move(run->model, &move);
        if (!newer && pick(run, 4) == 0)
            do_move(run);
        code = engine->ops->commit(engine, &run->error);
    }
    if (code != (newer ? (avow_store_code)ENGINE_UNMET : AVOW_STORE_OK))
        differs("what is known of somebody was expected to be older");
    if (newer) {
        engine->ops->rollback(engine);
        *run->model = *run->saved;
    }
}

/* A transaction that records one event, often of somebody whose requests wait; it may rely on one
 * of them being done. */
static void
record(struct run *run)
{
    struct subject subject = some_subject(run);
    struct move move = {.term = 1 + pick(run, TERMS),
                        .value = (uint8_t)pick(run, 3),
                        .received = ++run->clock,
                        .by_clock = pick(run, 2)};
    uint32_t request = 1 + pick(run, TERMS);
    avow_store_code right = AVOW_STORE_OK;
    if (run->model->duties > 0 && pick(run, 2))
        subject = run->model->duty[pick(run, (uint32_t)run->model->duties)].subject;
    move.subject = subject;
    *run->saved = *run->model;
    must(run, run->one->ops->begin(run->one, true, &run->error), "begin");
    do_append(run, part_of(subject.key));
    must(run, run->one->ops->move(run->one, &move, &run->error), "move");
    model_move(run->model, &move);
    if (pick(run, 3)) {
        if (has_duty(run->model, subject.key, request))
            right = (avow_store_code)ENGINE_UNMET;
        avow_store_code code =
            run->one->ops->expect_done(run->one, subject.key, request, &run->error);
        if (code == AVOW_STORE_OK)
            code = run->one->ops->commit(run->one, &run->error);
        if (code != right)
            differs("a request was expected to be done");
    } else {
        struct duty_row row = {.subject = subject,
                               .sequence = model_head(run->model, part_of(subject.key)).sequence,
                               .request = request,
                               .received = run->clock,
                               .due = 7};
        must(run, run->one->ops->add_duty(run->one, &row, &run->error), "add duty");
        model_add_duty(run->model, &row);
        must(run, run->one->ops->commit(run->one, &run->error), "commit");
    }
    if (right != AVOW_STORE_OK) {
        run->one->ops->rollback(run->one);
        *run->model = *run->saved;
    }
}

/* Two that extend one chain: one is told so, by a conflict or since it waited too long, and the
 * chain has no fork. */
static void
collide(struct run *run)
{
    uint32_t part = pick(run, ENGINE_PARTS);
    struct engine *loser = run->other;
    struct head head;
    struct entry entry = {.part = part, .recorded = run->clock};
    avow_store_code code = loser->ops->begin(loser, true, &run->error);
    if (code == AVOW_STORE_OK)
        code = loser->ops->head(loser, part, &head, &run->error);
    if (code == AVOW_STORE_OK) {
        /* It may hold a lock now; then the quicker one gives up first. */
        struct engine *quick = run->one;
        struct head before = {0};
        avow_store_code won = quick->ops->begin(quick, true, &run->error);
        if (won == AVOW_STORE_OK)
            won = quick->ops->head(quick, part, &before, &run->error);
        struct entry first = {.part = part, .sequence = before.sequence + 1};
        memset(first.hash, 0x5A, HASH_BYTES);
        if (won == AVOW_STORE_OK)
            won = quick->ops->append(quick, &first, &run->error);
        if (won == AVOW_STORE_OK)
            won = quick->ops->commit(quick, &run->error);
        quick->ops->rollback(quick);
        if (won == AVOW_STORE_OK)
            model_append(run->model, &first);
        else if (won != AVOW_STORE_BUSY && (int)won != ENGINE_CONFLICT)
            must(run, won, "collision, the first");
        entry.sequence = head.sequence + 1;
        code = loser->ops->append(loser, &entry, &run->error);
        if (code == AVOW_STORE_OK)
            code = loser->ops->commit(loser, &run->error);
        if ((code == AVOW_STORE_OK) == (won == AVOW_STORE_OK))
            differs("of two that extend one chain, not exactly one did");
    }
    if (code == AVOW_STORE_OK)
        model_append(run->model, &entry);
    else if (code != AVOW_STORE_BUSY && (int)code != ENGINE_CONFLICT)
        must(run, code, "collision, the second");
    loser->ops->rollback(loser);
    must(run, loser->ops->begin(loser, true, &run->error), "begin again");
    must(run, loser->ops->head(loser, part, &head, &run->error), "head again");
    if (head.sequence != model_head(run->model, part).sequence)
        differs("head after a collision");
    loser->ops->rollback(loser);
}

int
main(int count, char **arguments)
{
    if (count != 4)
        return 2;
    struct run run = {.random = strtoull(arguments[2], NULL, 10) * 2654435761u, .clock = 1000000};
    avow_store_options options = {.url = arguments[1], .wait_ms = 400};
    const struct engine_ops *ops = engine_of(arguments[1]);
    run.model = calloc(1, sizeof *run.model);
    run.saved = calloc(1, sizeof *run.saved);
    run.one = ops->open(&options, &run.error);
    run.other = run.one ? ops->open(&options, &run.error) : NULL;
    if (!run.other || !run.model || !run.saved)
        must(&run, AVOW_STORE_IO, "open");
    int transactions = atoi(arguments[3]);
    for (int i = 0; i < transactions; i++) {
        if (pick(&run, 25) == 0)
            collide(&run);
        transact(&run);
        record(&run);
        record_later(&run);
        check_some(pick(&run, 2) ? run.one : run.other, run.model, pick(&run, UINT16_MAX));
    }
    check_all(run.one, run.model);
    check_all(run.other, run.model);
    printf("agreed: %d transactions, %d entries, %d states, %d duties\n", transactions,
           run.model->entries, run.model->states, run.model->duties);
    ops->close(run.one);
    ops->close(run.other);
    free(run.model);
    free(run.saved);
    return 0;
}
