/* What people are offered so that mail stops: against small policies, of each what is right. */
#include "runtime/agent/people/offer.h"
#include "compiler/compile.h"
#include "compiler/table/table.h"
#include "runtime/store/lifecycle.h"
#include "tests/unit/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char head[] =
    "---\npolicy: shop\ntitle: A title\nlanguage: en\neffective: 2026-03-01\n---\n"
    "person customer \"customer\".\nperson visitor \"visitor\".\n"
    "system mailer \"our mailer\".\n"
    "data profile \"profile\" of customer.\n"
    "purpose news \"news\".\npurpose offers \"offers\".\npurpose bills \"bills\".\n"
    "request stop \"stop\".\nrequest join \"join\".\nrequest leave \"leave\".\n"
    "request remove \"remove\".\nrequest hide \"hide\".\n"
    "state stopped \"stopped\" of customer after stop or remove.\n"
    "state removed \"removed\" of customer after remove.\n"
    "state subscribed \"subscribed\" of customer after join until leave.\n"
    "state hidden \"hidden\" of profile after hide.\n"
    "fact region one of eu \"the EU\", us-west \"the West\", elsewhere \"elsewhere\".\n"
    "contact help \"our help\" at \"mailto:help@org.example\".\n";

struct loaded {
    struct compilation c;
    void *bytes;
    const avow_table *table;
    uint64_t effects[16];
};

static void
load(struct loaded *loaded, const char *clauses)
{
    static char text[16384];
    memset(loaded, 0, sizeof *loaded);
    int length = snprintf(text, sizeof text, "%s%s", head, clauses);
    compile_text(&loaded->c, TEXT("x.policy"), (struct text){text, (size_t)length}, STAGE_MODEL);
    for (size_t i = 0; i < loaded->c.diagnostics.list.count && loaded->c.diagnostics.errors > 0;
         i++)
        print_error("%.*s\n", TEXT_ARGS(loaded->c.diagnostics.list.at[i].message));
    assert_int_equal(loaded->c.diagnostics.errors, 0);
    if (setjmp(loaded->c.arena.out_of_memory) != 0)
        abort();
    struct image image = image_make(&loaded->c.arena, loaded->c.model);
    struct buffer out = buffer_in(&loaded->c.arena);
    table_bundle(loaded->c.model, &image, &out);
    loaded->bytes = malloc(out.length);
    memcpy(loaded->bytes, out.data, out.length);
    loaded->table = avow_open(loaded->bytes, out.length, NULL);
    assert_non_null(loaded->table);
}

static void
unload(struct loaded *loaded)
{
    free(loaded->bytes);
    compilation_free(&loaded->c);
}

/* The name of the request that is offered; "" if there is none, NULL if no mail is permitted. */
static const char *
offered(struct loaded *loaded, const char *person, const char *purpose)
{
    avow_id who = avow_find(loaded->table, AVOW_PERSON, person, strlen(person));
    avow_id what = avow_find(loaded->table, AVOW_PURPOSE, purpose, strlen(purpose));
    assert_true(who != AVOW_NONE && what != AVOW_NONE);
    struct offer offer = offer_find(loaded->table, loaded->effects, who, what);
    if (offer.why == AVOW_NONE)
        return NULL;
    assert_true(offer.person == who && offer.purpose == what);
    return offer.request == AVOW_NONE ? "" : avow_name(loaded->table, offer.request).data;
}

#define RIGHTS                                                                                     \
    "  customer MAY request stop, join, leave, remove or hide via help.\n"                         \
    "  we MUST do stop, join, leave, remove or hide at once.\n"

static void
test_fewest_effects(void **state)
{
    (void)state;
    struct loaded l;
    load(&l, "clause mail:\n"
             "  we MAY email customer about news if subscribed, subject to ends.\n"
             "  we MAY email customer about offers, subject to ends.\n"
             "  we MAY email customer about bills.\n"
             "  we MAY use profile for news, subject to ends.\n" RIGHTS "  > Mail.\n"
             "clause ends:\n"
             "  we NEVER email anyone about news or offers if stopped.\n"
             "  we NEVER use profile for news if removed.\n  > Ends.\n");
    /* Leaving takes the news alone; stopping takes offers, too; removing more than both. */
    assert_string_equal(offered(&l, "customer", "news"), "leave");
    assert_string_equal(offered(&l, "customer", "offers"), "stop");
    assert_string_equal(offered(&l, "customer", "bills"), "");
    assert_null(offered(&l, "visitor", "news"));
    unload(&l);
}

/* It must be refused whoever sends it and wherever they are. */
static void
test_whatever_else_holds(void **state)
{
    (void)state;
    struct loaded l;
    load(&l, "clause mail:\n"
             "  we MAY email customer about news if subscribed, subject to ends.\n"
             "  we MAY email customer about news if region.eu, subject to ends.\n"
             "  mailer MAY email customer about offers, subject to ends.\n"
             "  we MAY email customer about bills if subscribed.\n"
             "  we MAY email customer about bills if not removed, subject to "
             "ends.\n" RIGHTS "  > Mail.\n"
             "clause ends:\n"
             "  we NEVER email anyone about news if stopped and region.us-west.\n"
             "  we NEVER email anyone about offers if removed.\n  > Ends.\n");
    assert_string_equal(offered(&l, "customer", "news"), "");
    assert_string_equal(offered(&l, "customer", "offers"), "remove");
    assert_string_equal(offered(&l, "customer", "bills"), "");
    unload(&l);
}

/* What could permit something, and what is about a record, is no withdrawal. */
static void
test_only_withdraws(void **state)
{
    (void)state;
    struct loaded l;
    load(&l, "clause mail:\n"
             "  we MAY email customer about news if not subscribed.\n"
             "  we MAY use profile for offers if not hidden.\n"
             "  we MAY call customer about news if subscribed.\n" RIGHTS "  > Mail.\n");
    avow_id join = avow_find(l.table, AVOW_REQUEST, "join", 4);
    avow_id leave = avow_find(l.table, AVOW_REQUEST, "leave", 5);
    assert_false(offer_can_withdraw(l.table, join));
    avow_id hide = avow_find(l.table, AVOW_REQUEST, "hide", 4);
    assert_false(offer_can_withdraw(l.table, leave));
    assert_true(lifecycle_only_refuses(l.table, hide));
    assert_false(offer_can_withdraw(l.table, hide));
    assert_string_equal(offered(&l, "customer", "news"), "");
    unload(&l);
}

static void
test_after(void **state)
{
    (void)state;
    struct loaded l;
    load(&l,
         "clause mail:\n  we MAY email customer about news if subscribed and not stopped and not "
         "removed.\n" RIGHTS "  > Mail.\n");
    uint64_t bits[3];
    const char *const names[] = {"stopped", "removed", "subscribed"};
    for (int i = 0; i < 3; i++)
        bits[i] = avow_bit(l.table, avow_find(l.table, AVOW_STATE, names[i], strlen(names[i])));
    avow_states after = offer_after(l.table, avow_find(l.table, AVOW_REQUEST, "remove", 6));
    assert_true(after.yes == (bits[0] | bits[1]) && after.known == after.yes);
    after = offer_after(l.table, avow_find(l.table, AVOW_REQUEST, "leave", 5));
    assert_true(after.yes == 0 && after.known == bits[2]);
    assert_string_equal(offered(&l, "customer", "news"), "stop");
    unload(&l);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fewest_effects),
        cmocka_unit_test(test_whatever_else_holds),
        cmocka_unit_test(test_only_withdraws),
        cmocka_unit_test(test_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
