"""Two questions about almost the same people are not both answered, whoever asks, at once or later."""

import csv
import json
import secrets
import shutil
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.asking import Ticket, ask, result
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.products import declare_product, end_product, products
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.desk.sample import sample_cdr
from safeconduct.model.areas import TimeGrain
from safeconduct.model.days import Days
from safeconduct.model.errors import WrongState
from safeconduct.model.outcomes import Refusal, Release

pytestmark = pytest.mark.slow
FIRST = date(2026, 1, 5)
LAST = FIRST + timedelta(days=2)
MORE = {FIRST: 3, FIRST + timedelta(days=1): 14, LAST: 40}
"""How many people only ever sent messages on a day; two who called did too."""


def with_messages(folder: Path) -> None:
    """Messages on each day: of two callers, and of so many people that nobody else knows."""
    for day, many in MORE.items():
        with (folder / f"calls_{day:%Y%m%d}.csv").open(encoding="utf-8") as file:
            called = list(csv.DictReader(file))
        with (folder / f"sms_{day:%Y%m%d}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [name for name in called[0] if name != "DURATION_S"], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(called[:2])
            writer.writerows({**called[at], "MSISDN": str(999_100_000_000 + at)} for at in range(many))


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A site with two projects of one analyst each, on the same data."""
    folder = tmp_path_factory.mktemp("overlap")
    files, root = folder / "files", folder / "site"
    sample_cdr({"people": 400, "days": 3, "first": FIRST}, folder=files)
    with_messages(files)
    site = Site.create(root, name="practice", training=True)
    for login, roles in (("amara", ("steward",)), ("bilal", ("engineer",)), ("chloe", ("analyst",)),
                         ("malik", ("analyst",))):  # fmt: skip
        first_person(site, login=login, name=login, password=secrets.token_urlsafe(18), roles=roles)
    ingest(room(site, "bilal"), mapping=files / "mapping.toml", folder=files)
    later = datetime.now(UTC).date() + timedelta(days=365)
    for login in ("chloe", "malik"):
        project = open_project(room(site, "amara"), name=login, purpose="Plan shelter", until=later)
        agree(room(site, "amara"), project=project.id, title=login, dataset="phone", members=(login, "amara"),
              days=Days(FIRST, LAST), until=later, grain=TimeGrain.HOUR)  # fmt: skip
    site.ledger.close()
    return root


@pytest.fixture
def root(made, tmp_path) -> Path:
    """The site as it was made, for one test."""
    return Path(shutil.copytree(made, tmp_path / "site"))


def room(site: Site, login: str) -> Room:
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def seen(day: date, *events: str, level: str = "admin1") -> dict:
    """People seen on a day."""
    days = {"first": day.isoformat(), "last": day.isoformat()}
    return {"kind": "unique_subscriber_counts", "days": days, "areas": level, "events": list(events)}


def asked(root: Path, login: str, spec: dict) -> str:
    """`answered`, or the reason of the refusal."""
    answer = ask(room(Site.open(root), login), spec=spec)
    return answer.reason if isinstance(answer, Refusal) else "answered"


@pytest.mark.parametrize(("day", "second"), [
    (FIRST, "overlap.too_close"), (FIRST + timedelta(days=1), "answered"), (LAST, "answered"),
])  # fmt: skip
def test_a_second_question_that_differs_by_few_people_is_refused(root, day, second):
    """Messages of five people make the difference: refused. Of sixteen, or of forty-two: answered."""
    assert asked(root, "chloe", seen(day, "calls")) == "answered"
    assert asked(root, "chloe", seen(day, "calls", "sms")) == second


def test_two_projects_together_get_no_further(root):
    """The past is that of the data set, whoever asked."""
    assert asked(root, "chloe", seen(FIRST, "calls", "sms")) == "answered"
    assert asked(root, "malik", seen(FIRST, "calls")) == "overlap.too_close"


def test_asking_the_same_again_is_free_in_any_project_and_any_words(root):
    """One identity has one answer; a rewrite has the same identity."""
    assert asked(root, "chloe", seen(FIRST, "calls", "sms")) == "answered"
    work(Site.open(root), worker="test", stop=threading.Event(), until_empty=True)
    rewrite = {**seen(FIRST, "sms", "calls"), "hours": {"start": 0, "end": 24}}

    first, second = (
        ask(room(Site.open(root), login), spec=spec)
        for login, spec in (("chloe", seen(FIRST, "calls", "sms")), ("malik", rewrite))
    )
    assert isinstance(first, Ticket)
    assert first.answer_id == second.answer_id
    told = [result(room(Site.open(root), login), answer_id=first.answer_id) for login in ("chloe", "malik")]
    assert all(isinstance(one, Release) for one in told)
    assert told[0].digest == told[1].digest


def test_a_refusal_does_not_depend_on_where_anybody_was(root):
    """Place, hour and kind never decide: all of these refuse alike, though they count other people."""
    assert asked(root, "chloe", seen(FIRST, "calls")) == "answered"
    days = {"first": FIRST.isoformat(), "last": FIRST.isoformat()}
    place = {"kind": "daily_location", "days": days, "areas": "admin2", "events": ["calls", "sms"]}

    assert {asked(root, "chloe", seen(FIRST, "calls", "sms", level=level)) for level in ("admin0", "admin3")} == {
        "overlap.too_close"
    }
    assert asked(root, "chloe", {"kind": "spatial_aggregate", "locations": place}) == "overlap.too_close"
    window = {**seen(FIRST, "calls", "sms"), "hours": {"start": 6, "end": 18}}
    assert asked(root, "chloe", window) == "overlap.too_close"


@pytest.mark.parametrize("first_run", range(2))
def test_of_two_asked_at_the_same_moment_one_is_refused(root, first_run):
    """Two processes of the shell: whoever writes second sees what the first wrote."""
    del first_run
    command = [sys.executable, "-m", "safeconduct", "ask", "--site", str(root), "--as", "chloe", "--json", "--spec"]
    running = [
        subprocess.Popen([*command, json.dumps(seen(FIRST, *events))], stdout=subprocess.DEVNULL)
        for events in (("calls",), ("calls", "sms"))
    ]

    assert sorted(one.wait(120) for one in running) == [0, 3]


def modal(first: date, last: date) -> dict:
    """Where people mostly were."""
    days = [{"first": first.isoformat(), "last": last.isoformat()}]
    place = {"kind": "modal_location", "days": days, "areas": "admin1"}
    return {"kind": "spatial_aggregate", "locations": place}


def test_a_declared_product_is_never_refused(root):
    """Its windows slide by a day; asked one by one outside it, the second would be too close."""
    site = Site.open(root)
    made = declare_product(room(site, "amara"), title="Two days, sliding", dataset="phone", step=1, windows=2,
                           spec=modal(FIRST, FIRST + timedelta(days=1)))  # fmt: skip

    assert asked(root, "chloe", modal(FIRST, FIRST + timedelta(days=1))) == "answered"
    assert asked(root, "chloe", modal(FIRST + timedelta(days=1), LAST)) == "answered"
    assert products(room(site, "chloe"), dataset="phone") == [made]


def test_products_of_almost_the_same_length_are_not_both_declared(root):
    """Said from the questions alone."""
    site = Site.open(root)
    declare_product(room(site, "amara"), title="Two", dataset="phone", step=1, windows=2,
                    spec=modal(FIRST, FIRST + timedelta(days=1)))  # fmt: skip

    with pytest.raises(WrongState, match="almost the same length"):
        declare_product(room(site, "amara"), title="Three", dataset="phone", step=1, windows=1, spec=modal(FIRST, LAST))
    with pytest.raises(WrongState, match="event types"):
        declare_product(room(site, "amara"), title="Calls", dataset="phone", step=1, windows=2,
                        spec=seen(FIRST, "calls"))  # fmt: skip


def test_a_question_is_compared_with_windows_of_products_that_nobody_asked_yet(root):
    """They will be answered, and then it would be too late."""
    site = Site.open(root)
    declare_product(room(site, "amara"), title="All", dataset="phone", step=1, windows=1,
                    spec=seen(FIRST, "calls", "sms"))  # fmt: skip

    assert asked(root, "chloe", seen(FIRST, "calls")) == "overlap.too_close"


def test_a_level_that_compares_nothing_is_remembered(root):
    """Its answers can be subtracted from those of others."""
    site = Site.open(root)
    later = datetime.now(UTC).date() + timedelta(days=365)
    first_person(site, login="zoe", name="zoe", password=secrets.token_urlsafe(18), roles=("analyst",))
    project = open_project(room(site, "amara"), name="zoe", purpose="Compare", until=later)
    agree(room(site, "amara"), project=project.id, title="zoe", dataset="phone", members=("zoe",),
          days=Days(FIRST, LAST), until=later, policy="threshold_only")  # fmt: skip

    assert asked(root, "zoe", seen(FIRST, "calls")) == "answered"
    assert asked(root, "zoe", seen(FIRST, "calls", "sms")) == "answered"
    assert asked(root, "chloe", seen(FIRST, "calls")) == "overlap.too_close"


def test_what_was_asked_before_stops_a_product_that_is_too_close(root):
    """And an ended product's windows are compared like any question."""
    site = Site.open(root)
    assert asked(root, "chloe", seen(FIRST, "calls")) == "answered"
    wanted = {"title": "All", "dataset": "phone", "step": 1, "windows": 1, "spec": seen(FIRST, "calls", "sms")}

    with pytest.raises(WrongState, match="almost the same records"):
        declare_product(room(site, "amara"), **wanted)
    later = declare_product(room(site, "amara"), **{**wanted, "spec": seen(LAST, "calls", "sms")})
    end_product(room(site, "amara"), dataset="phone", product=later.id)
    assert products(room(site, "amara"), dataset="phone") == []


def test_the_record_of_use_says_that_frames_were_compared_before_they_were(root):
    """How many partitions, never who or how many."""
    asked(root, "chloe", seen(FIRST, "calls"))

    (event,) = Site.open(root).ledger.events(verb="compare")
    assert event.body["partitions"] == 1


def test_the_bits_of_who_was_seen_rest_sealed(root):
    """No file of the store's holds a run of the bits."""
    asked(root, "chloe", seen(FIRST, "calls"))
    kept = list((root / "store" / "phone" / "seen").glob("*.chest"))

    assert kept
    assert all(b"\xff\xff\xff\xff\xff\xff" not in path.read_bytes() for path in kept)
