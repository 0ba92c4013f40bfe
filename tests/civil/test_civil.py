"""Days, zones and deadlines against Python's datetime and zoneinfo, which share no code with avow."""
import calendar
import datetime
import random
import subprocess
import zoneinfo

import pytest

UTC = datetime.timezone.utc
EPOCH = datetime.date(1970, 1, 1)
FROM = int(datetime.datetime(2025, 3, 1, tzinfo=UTC).timestamp())
UNTIL = int(datetime.datetime(2051, 3, 1, tzinfo=UTC).timestamp())

# Ordinary ones, both hemispheres; half an hour of summer time; winter time that is the exception;
# Ramadan rules listed far ahead and behind; a day that never was (2011); quarter hours; no changes.
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin",
         "Africa/Casablanca", "Africa/El_Aaiun", "Pacific/Apia", "Asia/Kathmandu",
         "Pacific/Chatham", "America/Sao_Paulo", "Asia/Gaza", "Africa/Cairo", "America/Nuuk",
         "America/St_Johns", "Antarctica/Troll", "America/Santiago", "UTC", "Etc/GMT+12",
         "Pacific/Kiritimati", "Asia/Tehran"]


@pytest.fixture(scope="session")
def ask(build):
    """ask(lines) gives one answer for each."""
    program = build / "tests" / "civil" / "civil-answers"

    def run(lines):
        done = subprocess.run([str(program)], input="\n".join(lines) + "\n", text=True,
                              capture_output=True, timeout=120, check=True)
        answers = done.stdout.splitlines()
        assert len(answers) == len(lines)
        return answers

    return run


def number(date):
    return (date - EPOCH).days


def test_every_day_of_many_years(ask):
    days = [EPOCH + datetime.timedelta(days=n) for n in range(-30000, 60000)]
    dates = ask([f"date {number(day)}" for day in days])
    assert dates == [f"{d.year} {d.month} {d.day} {d.weekday()}" for d in days]
    numbers = ask([f"number {d.year} {d.month} {d.day}" for d in days])
    assert numbers == [str(number(d)) for d in days]


def test_ends_of_the_calendar(ask):
    days = [datetime.date(1, 1, 1), datetime.date(1, 12, 31), datetime.date(4, 2, 29),
            datetime.date(1600, 2, 29), datetime.date(1900, 3, 1), datetime.date(9999, 12, 31)]
    assert ask([f"number {d.year} {d.month} {d.day}" for d in days]) == [
        str(number(d)) for d in days]
    assert ask([f"date {number(d)}" for d in days]) == [
        f"{d.year} {d.month} {d.day} {d.weekday()}" for d in days]


def add_months(date, count):
    month = date.year * 12 + date.month - 1 + count
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(date.day, last))


def test_months_end_with_the_month(ask):
    pairs = [(datetime.date(2027, 1, 1) + datetime.timedelta(days=n), count)
             for n in range(0, 800) for count in (0, 1, 2, 6, 11, 12, 13, 48, 120)]
    assert ask([f"months {number(day)} {count}" for day, count in pairs]) == [
        str(number(add_months(day, count))) for day, count in pairs]


def offset(zone, at):
    moment = datetime.datetime.fromtimestamp(at, UTC).astimezone(zone)
    return int(moment.utcoffset().total_seconds())


def edges(zone, begin, end):
    """Every instant at which the offset changes: looked for day by day, then to the second."""
    found, step = [], 6 * 3600
    for low in range(begin, end, step):
        high = min(low + step, end)
        before = offset(zone, low)
        if offset(zone, high) == before:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
        if high < end:
            found.append(high)
    return found


def earlier_instant(zone, local):
    """Of a local time, in seconds; the earlier one of two, and of the two readings of a gap."""
    naive = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=local)
    return min(int(naive.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))


@pytest.mark.parametrize("name", ZONES)
def test_zone(ask, name):
    zone = zoneinfo.ZoneInfo(name)
    changes = edges(zone, FROM, UNTIL)
    begin = [f"zone {name} {FROM} {UNTIL}"]
    wanted = [f"{FROM}:{offset(zone, FROM)}"] + [f"{at}:{offset(zone, at)}" for at in changes]
    assert ask(begin + ["changes"])[1].split() == wanted
    instants = [at + by for at in changes for by in (-86400, -1, 0, 1, 86399)
                if FROM <= at + by < UNTIL]
    locals_ = [at + side + by for at in changes for side in (offset(zone, at - 1), offset(zone, at))
               for by in (-7200, -3601, -1800, -1, 0, 1, 900, 1800, 3599, 3600, 7200)]
    locals_ += range(FROM + 86400, UNTIL - 86400, 86400 * 5 + 3607)
    answers = ask(begin + [f"offset {at}" for at in instants] + [f"instant {at}" for at in locals_])
    assert answers[0] == "ok"
    assert answers[1:] == ([str(offset(zone, at)) for at in instants]
                           + [str(earlier_instant(zone, at)) for at in locals_])


def test_the_day_that_never_was(ask):
    """Samoa went from 29 to 31 December 2011: the end of the 30th is the end of the 29th."""
    begin = int(datetime.datetime(2011, 12, 1, tzinfo=UTC).timestamp())
    end = int(datetime.datetime(2012, 2, 1, tzinfo=UTC).timestamp())
    skipped = number(datetime.date(2011, 12, 30)) * 86400 + 86399
    answers = ask([f"zone Pacific/Apia {begin} {end}", f"instant {skipped}",
                   f"instant {skipped - 86400}"])
    assert answers == ["ok", answers[1], answers[1]]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/localtime", "Europe//Berlin", "Europe/",
                                  "/Europe/Berlin", "Europe/Berlin/..", ".", "tzdata.zi"])
def test_names_that_lead_elsewhere(ask, name):
    assert ask([f"zone {name} {FROM} {UNTIL}"]) == ["that is no name of a time zone"]


@pytest.mark.parametrize("name", ["Europe", "Europe/Berlim", "Moon/Base"])
def test_zones_that_are_not_there(ask, name):
    assert ask([f"zone {name} {FROM} {UNTIL}"]) == [f"there is no time zone {name}"]


# Deadlines -------------------------------------------------------------------------------------

HOURS, DAYS, BUSINESS_DAYS, WEEKS, MONTHS, YEARS = range(6)


def due_day(start, zone, unit, amount, working, cut_off, holidays):
    local = datetime.datetime.fromtimestamp(start, UTC).astimezone(zone)
    day = local.date()
    if unit in (DAYS, WEEKS):
        return day + datetime.timedelta(days=amount * (7 if unit == WEEKS else 1))
    if unit in (MONTHS, YEARS):
        return add_months(day, amount * (12 if unit == YEARS else 1))
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    if seconds > cut_off * 60:
        day += datetime.timedelta(days=1)
    while amount > 0:
        day += datetime.timedelta(days=1)
        amount -= day.weekday() in working and day not in holidays
    return day


def lead_day(event, zone, unit, amount, working, holidays):
    """The day that must be left whole, with all behind it up to the day of the event."""
    day = datetime.datetime.fromtimestamp(event, UTC).astimezone(zone).date()
    if unit in (DAYS, WEEKS):
        return day - datetime.timedelta(days=amount * (7 if unit == WEEKS else 1))
    if unit in (MONTHS, YEARS):
        return add_months(day, -amount * (12 if unit == YEARS else 1))
    while amount > 0:
        day -= datetime.timedelta(days=1)
        amount -= day.weekday() in working and day not in holidays
    return day


WORKING, CUT_OFF, LAST = {0, 1, 2, 3, 4}, 17 * 60, datetime.date(2049, 12, 31)
HOLIDAYS = {datetime.date(year, month, day) for year in range(2025, 2050)
            for month, day in ((1, 1), (5, 1), (12, 25), (12, 26))}
CALENDAR = (f"calendar {sum(1 << day for day in WORKING)} {CUT_OFF} {number(LAST)} "
            + " ".join(str(number(day)) for day in sorted(HOLIDAYS)))


def moments(zone, chance):
    """Around every change of the clocks, and many others; with a length of time each."""
    found = [at + by for at in edges(zone, FROM, UNTIL)
             for by in (-86400 * 3, -86400, -1, 0, 1, 3600, 86400, 86400 * 3)]
    found += [chance.randrange(FROM, UNTIL) for _ in range(4000)]
    for at in found:
        unit = chance.choice([HOURS, DAYS, BUSINESS_DAYS, BUSINESS_DAYS, WEEKS, MONTHS, YEARS])
        yield at, unit, chance.choice([1, 1, 2, 3, 7, 30] if unit != YEARS else [1, 2, 3])


SOME_ZONES = ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago",
              "Asia/Gaza", "America/Nuuk"]


@pytest.mark.parametrize("name", SOME_ZONES)
def test_deadlines(ask, name):
    zone = zoneinfo.ZoneInfo(name)
    questions, wanted = [], []
    for start, unit, amount in moments(zone, random.Random(name)):
        if not FROM <= start < UNTIL - 86400 * 366 * 4:
            continue
        questions.append(f"due {start} {unit} {amount}")
        if unit == HOURS:
            wanted.append(str(start + amount * 3600))
            continue
        day = due_day(start, zone, unit, amount, WORKING, CUT_OFF, HOLIDAYS)
        wanted.append(str(earlier_instant(zone, number(day) * 86400 + 86399)))
    answers = ask([f"zone {name} {FROM} {UNTIL}", CALENDAR, *questions])
    assert answers[:2] == ["ok", "ok"]
    assert answers[2:] == wanted


@pytest.mark.parametrize("name", SOME_ZONES)
def test_lead_times(ask, name):
    """The last second that leaves so many days whole, before the day of the event."""
    zone = zoneinfo.ZoneInfo(name)
    questions, wanted = [], []
    for event, unit, amount in moments(zone, random.Random(name + " before")):
        if not FROM + 86400 * 366 * 4 <= event < UNTIL - 86400 * 366 * 2:
            continue
        questions.append(f"before {event} {unit} {amount}")
        if unit == HOURS:
            wanted.append(str(event - amount * 3600))
            continue
        day = lead_day(event, zone, unit, amount, WORKING, HOLIDAYS)
        wanted.append(str(earlier_instant(zone, number(day) * 86400 - 1)))
    answers = ask([f"zone {name} {FROM} {UNTIL}", CALENDAR, *questions])
    assert answers[:2] == ["ok", "ok"]
    assert len(wanted) > 3000 and answers[2:] == wanted


def test_lead_times_that_cannot_be_known(ask):
    """Outside the zone's years, and past the last known holiday: no earlier than anything."""
    noon = int(datetime.datetime(2026, 12, 31, 12, tzinfo=UTC).timestamp())
    day = 86400
    least, last = f"past {-2**63}", number(datetime.date(2026, 12, 31))
    pairs = [(f"before {noon} {BUSINESS_DAYS} 1", str((last - 1) * day - 1)),
             (f"before {noon + day} {BUSINESS_DAYS} 1", str(last * day - 1)),
             (f"before {noon + 2 * day} {BUSINESS_DAYS} 1", least),
             (f"before {UNTIL} {DAYS} 1", least),
             (f"before {UNTIL - 1} {DAYS} 1", str(UNTIL - 2 * day - 1)),
             (f"before {FROM - 1} {DAYS} 1", least),
             (f"before {FROM + day} {DAYS} 1", least),
             (f"before {FROM + 2 * day} {DAYS} 1", str(FROM + day - 1)),
             (f"before {FROM + 3 * day} {BUSINESS_DAYS} 9", least),
             (f"before {noon} {YEARS} 4000000000", least),
             (f"before {noon} {MONTHS} 400", least),
             (f"before {-2**63 + 3600} {HOURS} 1", str(-2**63)),
             (f"before {-2**63 + 3599} {HOURS} 1", least)]
    answers = ask([f"zone UTC {FROM} {UNTIL}", f"calendar 31 1440 {last}",
                   *(question for question, _ in pairs)])
    assert answers[2:] == [answer for _, answer in pairs]


def test_what_cannot_be_known(ask):
    """Outside the zone's years, and past the last known holiday."""
    last = datetime.date(2026, 12, 31)
    end_of_last = number(last) * 86400 + 86399
    december = int(datetime.datetime(2026, 12, 31, 12, tzinfo=UTC).timestamp())
    answers = ask([f"zone UTC {FROM} {UNTIL}", f"calendar 31 1440 {number(last)}",
                   f"due {december} {BUSINESS_DAYS} 1",
                   f"due {december - 86400} {BUSINESS_DAYS} 1",
                   f"due {FROM - 1} {DAYS} 1", f"due {UNTIL} {DAYS} 1",
                   f"due {UNTIL - 86400} {DAYS} 1", f"due {UNTIL - 86401} {DAYS} 0",
                   f"due {FROM} {YEARS} 4000000000", f"due {FROM - 1} {HOURS} 1"])
    assert answers[2:] == [f"past {end_of_last}", str(end_of_last), f"past {-2**63}",
                           f"past {UNTIL}", f"past {UNTIL}", str(UNTIL - 86401), f"past {UNTIL}",
                           str(FROM - 1 + 3600)]
