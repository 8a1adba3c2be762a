"""The level for the public, through the whole house: noise, a budget that does not refill, one answer for everybody."""

import secrets
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.asking import ask, result
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.desk.sample import sample_cdr
from safeconduct.ledger import tables
from safeconduct.model.days import Days
from safeconduct.model.outcomes import Refusal, Release

pytestmark = pytest.mark.slow
FIRST, DAYS = date(2026, 1, 5), 4


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A site whose agreement is under the public level."""
    folder = tmp_path_factory.mktemp("public")
    files, root = folder / "files", folder / "site"
    sample_cdr({"people": 900, "days": DAYS, "first": FIRST}, folder=files)
    site = Site.create(root, name="practice", training=True)
    for login, role in (("amara", "steward"), ("bilal", "engineer"), ("chloe", "analyst")):
        first_person(site, login=login, name=login, password=secrets.token_urlsafe(18), roles=(role,))
    ingest(room(site, "bilal"), mapping=files / "mapping.toml", folder=files)
    later = datetime.now(UTC).date() + timedelta(days=365)
    project = open_project(room(site, "amara"), name="Open figures", purpose="Publish", until=later)
    agree(room(site, "amara"), project=project.id, title="Open figures", dataset="phone", members=("chloe",),
          days=Days(FIRST, FIRST + timedelta(days=DAYS - 1)), until=later, policy="public")  # fmt: skip
    return root


def room(site: Site, login: str) -> Room:
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def spec(level: str, method: str = "last", days: int = 1) -> dict:
    last = FIRST + timedelta(days=days - 1)
    place = {
        "kind": "daily_location", "areas": level, "method": method,
        "days": {"first": FIRST.isoformat(), "last": last.isoformat()},
    }  # fmt: skip
    return {"kind": "spatial_aggregate", "locations": place}


def answered(root: Path, given: dict) -> Release | str:
    """The answer, or the reason of the refusal."""
    site = Site.open(root)
    asked = ask(room(site, "chloe"), spec=given)
    if isinstance(asked, Refusal):
        return asked.reason
    work(site, worker="test", stop=threading.Event(), until_empty=True)
    told = result(room(site, "chloe"), answer_id=asked.answer_id)
    assert isinstance(told, Release)
    return told


def spent(root: Path) -> list[tuple[str, int]]:
    """What was taken from each budget so far."""
    rows = Site.open(root).ledger.rows(select(tables.cost.c.answer_id, tables.cost.c.rho))
    return sorted((str(row["answer_id"]), int(row["rho"])) for row in rows)


def test_an_answer_has_noise_a_margin_and_every_area(root):
    """Each of the areas is told or withheld for being small after the noise."""
    release = answered(root, spec("admin1"))

    told = [row for row in release.table.rows() if row["status"] == "value"]
    assert told
    assert all(row["margin"] > 0 and row["people"] >= 16 for row in told)
    assert {row["status"] for row in release.table.rows()} <= {"value", "suppressed", "not_observed", "zero"}


def test_asking_again_is_free_and_the_same(root):
    """A second draw would halve the noise."""
    first, second = (answered(root, spec("admin2")) for _ in range(2))

    assert first.digest == second.digest


def test_asking_in_other_words_is_free_and_tells_the_same_figures(root):
    """The mode over one day is that day's place; a second draw would halve the noise."""
    plain = spec("admin2")
    words = {**plain["locations"], "kind": "modal_location", "days": [plain["locations"]["days"]]}
    first, before = answered(root, plain), spent(root)
    second = answered(root, {**plain, "locations": words})

    cells = [[(row["area"], row["status"], row["people"]) for row in one.table.rows()] for one in (first, second)]
    assert cells[0] == cells[1]
    assert any(status == "value" for _, status, _ in cells[0])
    assert spent(root) == before


def test_the_month_is_used_up_and_what_was_answered_stays(root):
    """Ten answers spend it; the eleventh is refused with advice and without a number; the first is still there."""
    first = answered(root, spec("admin1"))
    kinds = [spec(level, method, days) for level in ("admin0", "admin1", "admin2", "admin3")
             for method in ("last", "most-common") for days in (1, 2)]  # fmt: skip

    reasons = [one if isinstance(one := answered(root, given), str) else "answered" for given in kinds]
    assert reasons.count("answered") == 10
    assert set(reasons) == {"answered", "budget.spent"}
    assert answered(root, spec("admin1")).digest == first.digest
    spent = Site.open(root).ledger.spent
    from safeconduct.model.outcomes import Budget  # noqa: PLC0415 - only here

    assert dict(spent(Budget.DATASET, "phone")) == {"2026-01": 500_000}
