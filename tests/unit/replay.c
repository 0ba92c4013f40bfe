/* The ledger shipped, and replayed into a store that is older: afterwards both are the same. */
#include "runtime/store/replay.h"
#include "runtime/store/apply.h"
#include "runtime/store/verify.h"
#include "tests/unit/ledger_store.h"

static struct keys *
make_keys(void)
{
    static const uint8_t seed[32] = {9};
    struct keys *keys = calloc(1, sizeof *keys);
    assert_non_null(keys);
    crypto_sign_seed_keypair(keys->signing_public, keys->signing_secret, seed);
    return keys;
}

static void
record(struct box *box, const struct body *body)
{
    box_begin(box);
    box_record(box, body);
    box_commit(box);
}

static void
record_some(struct box *box, uint32_t from, uint32_t count)
{
    for (uint32_t who = from; who < from + count; who++) {
        struct body_effect out = {"opted-out", who % 2 ? VALUE_ON : VALUE_OFF};
        struct body body = {.kind = BODY_EVENT,
                            .policy = "shop",
                            .what = "unsubscribe",
                            .subject = person(who % 24),
                            .received = box->clock,
                            .by_clock = who % 3 == 0,
                            .effects = &out,
                            .effect_count = 1,
                            .is_request = who % 5 == 0,
                            .due_kind = AVOW_DUE_AT,
                            .due = 99,
                            .done = who % 7 == 0};
        record(box, &body);
    }
}

static void
export_to(struct box *box, const struct keys *keys, const struct head *from, FILE *file,
          struct head heads[ENGINE_PARTS])
{
    avow_store_error error = {0};
    must(export_ledger(box->engine, keys, from, file, heads, &error), &error);
    rewind(file);
}

static void
check_clean(struct box *box)
{
    struct verify_options options = {0};
    struct verify_result result;
    avow_store_error error = {0};
    must(verify_ledger(box->engine, &options, &result, &error), &error);
    if (result.problems)
        fail_msg("%u-%u: %s", (unsigned)result.part, (unsigned)result.sequence, result.text);
}

static void
check_replay(struct box *box, FILE *file, const struct keys *keys, uint64_t added, uint64_t present)
{
    struct replay_result result;
    avow_store_error error = {0};
    must(replay_ledger(box->engine, file, keys->signing_public, &result, &error), &error);
    assert_int_equal(result.added, added);
    assert_int_equal(result.present, present);
    check_clean(box);
}

static void
caught_up(void **state)
{
    (void)state;
    struct box box, behind;
    struct keys *keys = make_keys();
    struct head heads[ENGINE_PARTS], next[ENGINE_PARTS];
    FILE *first = tmpfile(), *second = tmpfile(), *both = tmpfile();
    assert_true(first && second && both);
    box_open(&box);
    box_open(&behind);
    record_some(&box, 0, 50);
    export_to(&box, keys, NULL, first, heads);
    record_some(&box, 50, 40);
    export_to(&box, keys, heads, second, next);
    export_to(&box, keys, NULL, both, next);
    check_clean(&box);
    /* The second alone has no beginning. */
    struct replay_result result;
    avow_store_error error = {0};
    assert_int_equal(replay_ledger(behind.engine, second, keys->signing_public, &result, &error),
                     AVOW_STORE_LOSS);
    assert_non_null(strstr(error.text, "are in an earlier one. Replay that first."));
    rewind(second);
    check_replay(&behind, first, keys, 50, 0);
    check_replay(&behind, second, keys, 40, 0);
    check_replay(&behind, both, keys, 0, 90);
    for (uint32_t part = 0; part < ENGINE_PARTS; part++) {
        struct head head;
        must(behind.engine->ops->head(behind.engine, part, &head, &error), &error);
        assert_memory_equal(&head, &next[part], sizeof head);
    }
    fclose(first);
    fclose(second);
    fclose(both);
    free(keys);
    box_close(&box);
    box_close(&behind);
}

static void
forked(void **state)
{
    (void)state;
    struct box box, other;
    struct keys *keys = make_keys();
    struct head heads[ENGINE_PARTS];
    struct replay_result result;
    avow_store_error error = {0};
    FILE *file = tmpfile();
    assert_non_null(file);
    box_open(&box);
    box_open(&other);
    record_some(&box, 0, 50);
    record_some(&other, 0, 20);
    export_to(&box, keys, NULL, file, heads);
    assert_int_equal(replay_ledger(other.engine, file, keys->signing_public, &result, &error),
                     AVOW_STORE_LOSS);
    assert_string_equal(error.text,
                        "Entry 1 of part 0 of the export is not the one that the store has: "
                        "something was recorded after an older backup was restored. Restore that "
                        "backup anew, replay, and then let people use the store.");
    assert_int_equal(result.added, 0);
    assert_int_equal(export_ledger(other.engine, keys, heads, file, heads, &error),
                     AVOW_STORE_LOSS);
    fclose(file);
    free(keys);
    box_close(&box);
    box_close(&other);
}

/* Wherever an export is cut or changed, it is refused; what was whole before stays, and a whole one
 * brings the rest. */
static void
damaged(void **state)
{
    (void)state;
    struct box box;
    struct keys *keys = make_keys();
    struct head heads[ENGINE_PARTS];
    static char text[65536], changed[65536];
    box_open(&box);
    record_some(&box, 0, 12);
    FILE *file = tmpfile();
    assert_non_null(file);
    export_to(&box, keys, NULL, file, heads);
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    struct box behind;
    box_open(&behind);
    for (size_t at = 0; at < length; at += at % 7 + 11) {
        struct replay_result result;
        memcpy(changed, text, length);
        changed[at] ^= 1;
        FILE *in = fmemopen(changed, length, "r");
        avow_store_code code =
            replay_ledger(behind.engine, in, keys->signing_public, &result, NULL);
        if (code == AVOW_STORE_OK)
            fail_msg("byte %zu was changed, and the export taken", at);
        fclose(in);
        in = fmemopen(text, at + 1 < length ? at + 1 : at, "r");
        code = replay_ledger(behind.engine, in, keys->signing_public, &result, NULL);
        assert_int_equal(code, AVOW_STORE_CORRUPT);
        fclose(in);
    }
    check_clean(&behind);
    FILE *in = fmemopen(text, length, "r");
    check_replay(&behind, in, keys, 0, 12);
    fclose(in);
    free(keys);
    box_close(&behind);
    box_close(&box);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(caught_up),
        cmocka_unit_test(forked),
        cmocka_unit_test(damaged),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
