"""The functions of the header ask what they say, refuse what they cannot know, and never a table of
another vocabulary."""
import subprocess

import pytest

from header.toolchain import OLDEST, OLDEST_IDS, link

ASKS = r"""#include "small_policy.h"
#include <stdio.h>

static const struct {
    small_purpose purpose;
} wanted[] = {{SMALL_PURPOSE_NEWS}, {SMALL_PURPOSE_DELIVERY}};

static void
say(const char *what, avow_answer answer)
{
    const avow_clause clause = small_clause_of(answer);
    printf("%s %d %d %s\n", what, answer.verdict, answer.reason,
           clause.name.data ? clause.name.data : "-");
}

int
main(void)
{
    small_states none = {{0, 0}};
    small_states stopped = small_states_yes(none, small_state_stopped);
    small_states going = small_states_no(stopped, small_state_stopped);
    small_states again = small_states_unknown(stopped, small_state_stopped);
    small_purpose nothing = {0};
    static const avow_table *no_table;
    small_state no_state = {0};
    avow_answer answer;

    say("going", small_may_email(small_system_us, small_person_customer, wanted[0].purpose, going));
    say("stopped", small_may_email(small_system_us, small_person_customer, wanted[1].purpose,
                                   stopped));
    answer = small_may_email(small_system_us, small_person_customer, small_purpose_news, none);
    say("unknown", answer);
    printf("missing %d %d\n", small_is_missing(answer, small_state_stopped),
           small_is_missing(answer, small_state_closed));
    say("again", small_may_email(small_system_us, small_person_customer, small_purpose_news,
                                 again));
    say("system", small_may_email(small_system_shop, small_person_customer, small_purpose_news,
                                  going));
    say("nothing", small_may_email(small_system_us, small_person_customer, nothing, going));
    say("call", small_may_call(small_system_us, small_person_customer, small_purpose_news, going));
    say("share", small_may_share_with_audience(small_system_shop, small_data_order_phone,
                                               small_audience_couriers, none));
    say("show", small_may_show_to_person(small_system_us, small_data_order_email,
                                         small_person_customer,
                                         small_states_no(none, small_state_closed)));
    say("store", small_may_store_in_place(small_system_shop, small_data_order_email,
                                          small_place_eu_cloud,
                                          small_states_yes(none, small_fact_region_eu)));
    none = small_states_yes(none, no_state);
    printf("accepts %d %d\n", small_accepts(small_table()), small_accepts(no_table));
    printf("no state %d %d\n", none.bits.yes == 0, none.bits.known == 0);
    return 0;
}
"""
SAID = """going 3 1 mail
stopped 2 1 stop
unknown 2 3 stop
missing 1 0
again 2 3 stop
system 1 2 -
nothing 0 5 -
call 1 2 -
share 3 1 mail
show 3 1 mail
store 3 1 keeping
accepts 1 0
no state 1 1
"""


@pytest.mark.parametrize("compiler, standard", OLDEST, ids=OLDEST_IDS)
def test_functions_ask_what_they_say(shop, plain_build, compiler, standard, tmp_path):
    source = tmp_path / "asks.c"
    source.write_text(ASKS)
    made = link(compiler, standard, [source, shop.source], tmp_path / "asks", plain_build,
                shop.folder)
    said = subprocess.run([str(made)], capture_output=True, text=True, check=True).stdout
    assert said == SAID


DUE = r"""#include "small_policy.h"
#include <stdio.h>

int
main(void)
{
    small_states none = {{0, 0}};
    avow_moment moments[2];
    avow_due due;
    moments[0] = small_moment_received(small_request_removal, 1773000000);
    moments[1] = small_moment_event(small_event_closing, 1773000000);
    due = small_due_request(small_request_removal, moments, 2, none);
    printf("%d %lld\n", due.kind, static_cast_(due.at));
    due = small_due_erase(small_data_order_email, moments, 2, none);
    printf("%d %lld\n", due.kind, static_cast_(due.at));
    due = small_due_request(small_request_stop_mail, moments, 2, none);
    printf("%d %d\n", due.kind, due.reason);
    moments[0] = small_moment_received(small_request_stop_mail, 1773000000);
    due = small_due_request(small_request_stop_mail, moments, 2, none);
    printf("%d\n", due.kind);
    moments[0] = small_moment_collected(0);
    due = small_due_erase(small_data_order_phone, moments, 1, none);
    printf("%d %d\n", due.kind, due.reason);
    moments[0] = small_moment_event(small_event_outage, 1773000000);
    due = small_due_tell(small_event_outage, moments, 1, none);
    printf("%d %lld\n", due.kind, static_cast_(due.at));
    moments[0] = small_moment_event(small_done_stop, 1773000000);
    due = small_due_erase(small_data_order_phone, moments, 1, none);
    printf("%d %lld\n", due.kind, static_cast_(due.at));
    due = small_due_tell(small_event_closing, moments, 1, none);
    printf("%d\n", due.kind);
    return 0;
}
"""


def test_deadlines(shop, plain_build, tmp_path):
    """UTC without a calendar: 2026-03-08 20:00, 30 and 10 days on, to the end of the day."""
    source = tmp_path / "due.c"
    source.write_text(DUE.replace("static_cast_", "(long long)"))
    made = link("gcc", "c11", [source, shop.source], tmp_path / "due", plain_build, shop.folder)
    said = subprocess.run([str(made)], capture_output=True, text=True, check=True).stdout
    day = 86400
    start = 1773000000 // day * day
    assert said.split("\n") == [
        f"1 {start + 31 * day - 1}", f"1 {start + 11 * day - 1}",
        "3 2",  # that request was not received
        "2",    # at once
        "3 2",  # the event that starts the clock did not happen
        f"1 {start - 2 * day - 1}",  # two days lie between
        f"1 {start + 2 * day - 1}",  # a day after the requests of that clause were done
        "0",    # nobody must be told
        "",
    ]


BUNDLE = r"""#include <avow.h>
static const avow_table *in_force;
#define SMALL_TABLE in_force
#include "small_policy.h"
#include <stdio.h>

int
main(int argc, char **argv)
{
    static uint64_t room[1 << 16];
    small_states going = {{0, 0}};
    avow_error error = AVOW_OK;
    const avow_table *opened;
    size_t size;
    avow_answer answer;
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 4;
    size = fread(room, 1, sizeof room, file);
    fclose(file);
    opened = avow_open(room, size, &error);
    if (!opened)
        return 5;
    printf("%d\n", small_accepts(opened));
    in_force = small_accepts(opened) ? opened : NULL;
    going = small_states_no(going, small_state_stopped);
    answer = small_may_email(small_system_us, small_person_customer, small_purpose_news, going);
    printf("%d %d\n", answer.verdict, answer.reason);
    return 0;
}
"""


@pytest.fixture(scope="session")
def loader(shop, plain_build, tmp_path_factory):
    """A service that links no table, and loads one."""
    folder = tmp_path_factory.mktemp("loader")
    source = folder / "loader.c"
    source.write_text(BUNDLE)
    stand_in = folder / "image.c"  # the linked-in table is not used, but declared
    stand_in.write_text('#include "small_policy.h"\nstruct small_image { int none; };\n'
                        "const struct small_image small_image = {0};\n")
    return link("gcc", "c11", [source, stand_in], folder / "loader", plain_build, shop.folder)


@pytest.mark.parametrize("old, new, says", [
    (None, None, "1\n3 1\n"),
    ("  > We use your", "  > We do use your", "1\n3 1\n"),                    # other words
    ("about delivery or news,", "about delivery,", "1\n1 2\n"),              # other rules
    ("purpose  news        ", "purpose  newsletter  ", "0\n0 4\n"),          # other names
    ('data     order.phone "phone number"     of customer.',
     'data     order.mobile "phone number" of customer.\n'
     'data     order.phone "phone number"     of customer.', "0\n0 4\n"),    # other numbers
], ids=["the same", "other words", "other rules", "other names", "other numbers"])
def test_a_bundle_of_the_same_names_is_accepted(shop, loader, avow, tmp_path, old, new, says):
    text = shop.policy.read_text(encoding="utf-8")
    if old:
        assert text.count(old) == 1
        text = text.replace(old, new)
        if "newsletter" in new:
            text = text.replace("or news,", "or newsletter,")
    policy = tmp_path / "other.policy"
    policy.write_text(text, encoding="utf-8")
    done = avow("build", policy, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    said = subprocess.run([str(loader), str(tmp_path / "out" / "small.avow")], capture_output=True,
                          text=True)
    assert said.stdout == says, said
