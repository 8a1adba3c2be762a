"""A clock that is wrong by a year destroys nothing for good: officers are told, and somebody says that it is to go."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from safeconduct.actions import housekeeping
from safeconduct.actions.housekeeping import daily
from safeconduct.actions.messages import messages
from safeconduct.actions.retaining import nightly, retain, set_retention
from safeconduct.actions.room import Caller, Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.govern.retention import MONTH, WEEK, Retention

DAYS = tuple(f"2026-01-{day:02}" for day in range(5, 5 + WEEK + 2))
SET = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def full(little, here):
    """Nine days of records, kept for a year by a rule of February, and somebody who is told."""
    rows = [little.row(one, f"{day} 10:00:00") for day in DAYS for one in little.OTHERS[:2]]
    here.take("calls_9.csv", rows)
    set_retention(here.room("steward", now=SET), dataset="phone", events=365, reason="The agreement says so.")
    first_person(here.site, login="dara", name="Dara", password="correct horse battery", roles=("dpo",))
    return here


def _days(here) -> set[str]:
    return {name.split("/")[1] for name in here.rows()}


def _told(site: Site) -> list[str]:
    (dara,) = [one.id for one in site.accounts.everybody() if "dpo" in one.roles]
    who = Room(site, Caller(account=dara, roles=frozenset({"dpo"})), SET)
    return [one.says.id for one in messages(who)]


def test_a_night_a_year_later_destroys_no_records_and_somebody_is_told(full) -> None:
    """Rejected rows go all the same; whoever looked and says so destroys the days."""
    nightly(full.site, SET + timedelta(days=365))
    assert _days(full) == set(DAYS)
    assert any("unusually many days" in one for one in _told(full.site))

    assert len(retain(full.room("engineer", now=SET + timedelta(days=365)), dataset="phone")[0].gone.days) == len(DAYS)
    assert _days(full) == set()


def test_a_day_goes_each_night_and_nobody_is_asked(little, full) -> None:
    after = datetime(2027, 1, 6, 12, tzinfo=UTC)
    for night in range(3):
        nightly(full.site, after + timedelta(days=night))

    assert _days(full) == set(DAYS[3:])
    assert _told(full.site) == []


def test_what_was_due_when_the_rule_was_set_goes_in_the_night_after(little, full) -> None:
    """Whoever set it meant it, however much it is."""
    set_retention(full.room("steward", now=SET), dataset="phone", events=1, reason="The agreement says so.")
    nightly(full.site, SET + timedelta(hours=8))

    assert _days(full) == set()


@pytest.mark.parametrize(
    ("gone", "there", "asks"),
    [(WEEK, WEEK, False), (WEEK + 1, WEEK + 1, True), (MONTH, MONTH + 1, False), (MONTH + 1, MONTH + 2, True)],
)
def test_a_week_of_all_there_is_and_a_month_of_anything_go_by_themselves(gone, there, asks) -> None:
    first = date(2026, 1, 1)
    days = [first + timedelta(days=at) for at in range(there)]

    assert Retention(events=365).asks(days[:gone], days, set_on=first) is asks


class Clock:
    """What housekeeping takes for the clock."""

    now_ = SET

    @classmethod
    def now(cls, _zone: object) -> datetime:
        return cls.now_

    fromisoformat = datetime.fromisoformat


@pytest.fixture
def night(full, monkeypatch) -> Callable[[int], None]:
    """The housekeeping of so many days after the rule was set."""
    monkeypatch.setattr(housekeeping, "datetime", Clock)

    def does(later: int) -> None:
        monkeypatch.setattr(Clock, "now_", SET + timedelta(days=later))
        housekeeping._looked.clear()
        daily(full.site)

    return does


def _age(here) -> None:
    """Let rejected rows have come long ago."""
    for path in (here.folder / "site" / "quarantine" / "phone").glob("*.rows"):
        os.utime(path, ((SET - timedelta(days=2000)).timestamp(),) * 2)


def _rejected(here) -> int:
    return len(list((here.folder / "site" / "quarantine" / "phone").glob("*.rows")))


@pytest.mark.parametrize("later", [400, -400])
def test_the_first_night_after_a_leap_destroys_nothing_and_tells_why(full, night, later: int) -> None:
    """Not even rejected rows; the night after, if nobody put the clock right, goes on. Erasures go on at once."""
    _age(full)
    night(0)
    assert _rejected(full) == 0
    full.take("calls_8.csv", ["no person at all,,,,,,,"])
    _age(full)
    assert _rejected(full) == 1
    night(later)
    assert _rejected(full) == 1
    assert any("Put the clock right" in one for one in _told(full.site))
    night(later + 1)

    assert _rejected(full) == 0


def test_a_site_that_is_seldom_on_keeps_nothing_for_ever(full, night) -> None:
    """Of two leaps one after the other the second is how it is used."""
    night(0)
    full.take("calls_8.csv", ["no person at all,,,,,,,"])
    _age(full)
    night(20)
    assert _rejected(full) == 3
    night(40)

    assert _rejected(full) == 0
