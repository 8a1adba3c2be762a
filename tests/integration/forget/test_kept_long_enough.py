"""Days that were kept long enough go from every version, with proof; keeping longer is told."""

import os
from datetime import date, timedelta

import pytest

from safeconduct.actions.housekeeping import daily
from safeconduct.actions.retaining import nightly, retain, rule_of, set_retention
from safeconduct.govern.retention import Retention
from safeconduct.model.errors import BadInput, NotFound, NotPermitted

EVERYTHING = {"calls/2026-01-05/0", "calls/2026-01-05/rollup", "calls/2026-01-06/0", "calls/2026-01-06/rollup"}


def rule(here, events: int, reason: str = "The agreement says so.", **how):
    return set_retention(here.room("steward"), dataset="phone", events=events, reason=reason, **how)


def days_until(little, day: date) -> int:
    return (little.NOW.date() - day).days


def test_a_day_goes_the_day_after_its_last_from_every_version_with_proof(little, here) -> None:
    """Kept for so many days after the day, it is there on the last of them and gone on the next."""
    kept = days_until(little, date(2026, 1, 5))
    rule(here, kept)
    nightly(here.site, little.NOW)
    assert set(here.rows()) == EVERYTHING
    nightly(here.site, little.NOW + timedelta(days=1))
    site = here.site
    told = [one for one in site.ledger.events() if "erased" in one.body and one.body["erased"]["kind"] == "days"]

    assert set(here.rows()) == {"calls/2026-01-06/0", "calls/2026-01-06/rollup"}
    assert all("2026-01-05" not in part.path for one in little.versions(site) for part in one.every_part())
    assert not list((site.folders.store / "phone" / "parts" / "calls" / "2026-01-05").glob("*"))
    assert [one.body["erased"]["subject"] for one in told] == ["phone/2026-01-06"]
    assert len(site.documents.get(told[0].body["erased"]["digests"][0])) >= 3


def test_without_a_rule_records_stay_and_rejected_rows_go_after_thirty_days(little, here) -> None:
    site = here.site
    for path in (site.folders.quarantine / "phone").glob("*.rows"):
        os.utime(path, (little.NOW.timestamp(),) * 2)
    nightly(site, little.later(29))
    assert len(list((site.folders.quarantine / "phone").glob("*.rows"))) == 2
    nightly(site, little.later(31))

    assert not list((site.folders.quarantine / "phone").glob("*.rows"))
    assert set(here.rows()) == EVERYTHING
    told = [one.body["erased"] for one in here.site.ledger.events() if "erased" in one.body]
    assert [(one["kind"], len(one["digests"])) for one in told] == [("rejected_rows", 2)]


def test_a_dry_run_says_which_days_and_changes_nothing(little, here) -> None:
    rule(here, days_until(little, date(2026, 1, 6)))
    before = here.site.manifest("phone").id
    told = retain(here.room("engineer"), dataset="phone", dry_run=True)[0]

    assert (told.gone.days, told.gone.files, told.first_kept) == ((date(2026, 1, 5),), 2, date(2026, 1, 6))
    assert here.site.manifest("phone").id == before
    assert retain(here.room("engineer"))[0].gone == told.gone
    assert here.site.manifest("phone").id != before
    assert retain(here.room("engineer"))[0].gone.days == ()


def test_a_change_is_an_event_with_what_it_was_before_and_whether_it_is_longer(here) -> None:
    rule(here, 100)
    rule(here, 50, "Shorter.")
    rule(here, 0, "For ever.")
    told = [one.body for one in here.site.ledger.events(verb="set_retention")]

    assert [(one["before"].get("events", 0), one["rule"].get("events", 0), one["longer"]) for one in told] == [
        (50, 0, True), (100, 50, False), (0, 100, False),
    ]  # fmt: skip
    assert rule_of(here.site, "phone", Retention) == Retention(events=0)


@pytest.mark.parametrize(("how", "field"), [
    ({"events": -1}, "events"), ({"events": 1, "rejected": 31}, "rejected"), ({"events": 1, "reason": " "}, "reason"),
])  # fmt: skip
def test_a_rule_that_is_none_is_refused(here, how, field) -> None:
    with pytest.raises(BadInput) as told:
        rule(here, **how)
    assert told.value.field == field


def test_an_analyst_sets_no_rule(here) -> None:
    with pytest.raises(NotPermitted):
        set_retention(here.room("analyst"), dataset="phone", events=1, reason="Why not.")


def test_it_runs_every_night_by_itself(little, here) -> None:
    rule(here, 1)
    daily(here.site)

    assert here.rows() == {}
    assert little.versions(here.site)[0].partitions == ()


def test_a_data_set_that_does_not_open_keeps_no_other_from_its_night(little, here) -> None:
    """What failed is raised when the rest was done."""
    rule(here, 1)
    fact = here.site.ledger.fact("dataset", "phone")
    with here.site.ledger.write() as tx:
        tx.put("dataset", "broken", {**fact.body, "manifest": "0" * 64}, at=little.NOW)
        tx.event(actor="u1", verb="ingest", subject="broken", body={}, at=little.NOW)
    with pytest.raises(NotFound):
        daily(here.site)

    assert here.rows() == {}
