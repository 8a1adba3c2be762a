"""What partners need to know of the records' quality is published as declared products, and passes every rule."""

import json
import re
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.asking import Ticket, ask
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.products import declare_product
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.verb import verbs
from safeconduct.actions.working import work
from safeconduct.desk.sample import sample_cdr
from safeconduct.model.areas import EventType, TimeGrain
from safeconduct.model.days import Days
from safeconduct.model.outcomes import Refusal, Release
from safeconduct.query.shifting import shifted
from safeconduct.query.spec import read_question

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "trust-the-records.md"
FIRST, WEEKS, PEOPLE = date(2026, 1, 5), 2, 400
LEVELS = ("operational", "shared")


def room(site: Site, login: str) -> Room:
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def declarations() -> list[dict]:
    """The questions of the guide, as somebody copies them from it."""
    found = re.findall(r'(\{\n  "kind".*?\n\})\n', GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return [json.loads(one) for one in found]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    """Two weeks of a few hundred people, both products declared, and an analyst at two protection levels."""
    folder = tmp_path_factory.mktemp("quality-products")
    sample_cdr({"people": PEOPLE, "days": 7 * WEEKS, "first": FIRST}, folder=folder / "files")
    made = Site.create(folder / "site", name="practice", training=True)
    for login, roles in (("amara", ("steward",)), ("bilal", ("engineer",)), *((one, ("analyst",)) for one in LEVELS)):
        first_person(made, login=login, name=login, password=secrets.token_urlsafe(18), roles=roles)
    ingest(room(made, "bilal"), mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    later = datetime.now(UTC).date() + timedelta(days=365)
    for level in LEVELS:
        project = open_project(room(made, "amara"), name=level, purpose="Know what the records are", until=later)
        agree(room(made, "amara"), project=project.id, title=level, dataset="phone", members=(level,), policy=level,
              days=Days(FIRST, FIRST + timedelta(days=7 * WEEKS)), until=later, grain=TimeGrain.DAY)  # fmt: skip
    for spec in declarations():
        declare_product(room(made, "amara"), title=spec["kind"], dataset="phone", spec=spec, step=7, windows=WEEKS)
    return made


def answered(site: Site, spec: dict) -> Release:
    found = ask(room(site, "operational"), spec=spec)
    assert isinstance(found, Ticket)
    work(site, worker="here", stop=Event(), until_empty=True)
    release = verbs["result"].call(room(site, "operational"), {"answer_id": found.answer_id})
    assert isinstance(release, Release)
    return release


def test_the_guide_declares_events_and_people_of_the_whole_country_by_day():
    """Existing questions say both; a kind of its own would say the same again."""
    found = declarations()
    assert [one["kind"] for one in found] == ["location_event_counts", "spatial_aggregate"]
    assert all(read_question(one) for one in found)


def test_a_week_of_events_and_of_people_is_told_by_day_with_its_quality(site):
    """Every day has a protected figure, and what was found about the days stands with it."""
    for spec in declarations():
        release = answered(site, spec)
        rows = release.table.rows()

        assert [str(row["day"]) for row in rows] == [str(FIRST + timedelta(at)) for at in range(7)]
        assert {row["status"] for row in rows} == {"value"}
        assert any("Reliability of the records read" in str(one) for one in release.statement)


def exact(site: Site) -> dict[str, float]:
    """Events of each day as they were counted, which only insiders see."""
    found: dict[str, float] = {}
    for sort in EventType:
        report = verbs["quality_report"].call(room(site, "amara"), {"dataset": "phone", "events": sort.value})
        if report.type is sort:
            for row in report.figures.table.rows():
                if row["check"] == "count_added_rows":
                    found[str(row["day"])] = found.get(str(row["day"]), 0) + row["value"]
    return found


def test_no_window_is_refused_and_no_exact_number_leaves(site):
    """The second week too, though the first was told: near what was counted, and never that."""
    events, people = (answered(site, shifted(read_question(one), 7).spec()) for one in declarations())
    counted = exact(site)
    off = [row["events"] - counted[str(row["day"])] for row in events.table.rows()]

    assert len(people.table.rows()) == len(off) == 7
    assert any(off)
    assert max(map(abs, off)) < 0.25 * min(counted.values())


def test_events_of_one_type_alone_are_refused_where_the_level_says_so(site):
    """A level that tells all types together tells nothing of one, of the whole country neither."""
    found = ask(room(site, "shared"), spec={**declarations()[0], "events": ["calls"]})

    assert isinstance(found, Refusal)
    assert found.reason == "public_types.other_types"
    assert found.alternatives
