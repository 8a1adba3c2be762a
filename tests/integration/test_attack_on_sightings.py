"""`safeconduct attack` against a real server with a data set of sightings, and whose trace is protected there."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from attacking import disagree
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.site import Site
from safeconduct.attack.base import attack
from safeconduct.attack.site import attacked, filled, foreign, room, sampled
from safeconduct.attack.slices import PARTS
from safeconduct.attack.specs import daily, doings, flows, modal, people, seen
from safeconduct.cli.attack import attack as command
from safeconduct.client.transport import Problem
from safeconduct.engines.engine import answer
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import LATER, Evidence, Refusal
from safeconduct.model.sightings import DataSchema
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import fitted, read_question
from safeconduct.release.gate import admit

pytestmark = pytest.mark.slow
DEVICES, COUNT = 400, 8
FIRST = date(2026, 1, 5)
HOMES = """
format = 1
schema = "sightings"
dataset = "{name}"
zone = "Africa/Maputo"
counted = "household"
places = "area"

[areas]
admin0 = "admin0.geojson"
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"

[events.visit]
files = "visits.csv"
columns = {{ person = "HOUSEHOLD", time = "AT", place = "PLACE" }}
"""
MANY = 40


def quiet(_step: str, _done: int, _every: int) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sighted")
    files = sampled(folder, people=DEVICES, days=COUNT, tell=quiet, schema=DataSchema.SIGHTINGS)
    return filled(folder / "level", files, policy="threshold_only", tell=quiet)


@pytest.fixture(scope="module")
def site(master):
    with attacked(master, master.folder / "copy") as field:
        yield field


def test_a_practice_site_of_sightings_is_cut_by_parts_of_the_day(site, master):
    assert (master.dataset, site.slices, site.truth.people <= DEVICES) == ("pings", PARTS, True)
    assert len(site.days) == COUNT


@pytest.mark.parametrize(
    "ask",
    [
        lambda days: seen(days, "admin2"),
        lambda days: seen(days[:3], "admin2", hours=(20, 5), events=["sightings"]),
        lambda days: people(daily(days, "admin2", method="most-common", **PARTS.cut({"day"}))),
        lambda days: people(modal(days, "admin2")),
        lambda days: doings(days[:4], "admin1", **PARTS.cut({"night"})),
        lambda days: flows(modal(days[:4], "admin1"), modal(days[4:], "admin1"), "full"),
    ],
)
def test_what_a_threshold_tells_of_sightings_is_the_truth_that_guesses_are_judged_by(site, ask):
    """Two readers of the same points agree on every figure."""
    assert disagree(site, ask(site.days)) == {}


def test_sightings_that_come_late_are_in_the_truth_and_in_the_answers(master):
    with attacked(master, master.folder / "late") as field:
        spec = doings(field.days, "admin1")
        before = field.truth.counted(spec)
        after = field.late(5).counted(spec)
        told = field.ask(spec)[0].cells

        assert sum(after.values()) == sum(before.values()) + 5
        assert {key: told[key] for key in after if after[key] >= 200} == {
            key: count for key, count in after.items() if count >= 200
        }
        assert field.declare(people(modal(field.days[:2], "admin2")), windows=2)


def test_a_data_set_of_ones_own_is_attacked_by_its_name(site, master):
    """Its files are the truth; those of another sort are no truth of it, and another data set is none of theirs."""
    files, url = master.folder.parent / "files", site.lines[0].url
    with closing(foreign(url, master.tokens, truth=files, dataset="pings")) as own:
        found = attack["trajectories"]().run(own, guesses=50)

    assert (own.schema, found.n > 0) == (DataSchema.SIGHTINGS, True)
    with pytest.raises(Problem):
        foreign(url, master.tokens, truth=None, dataset="phone")


def test_the_files_of_phones_are_no_truth_of_sightings(site, master, tmp_path):
    files = sampled(tmp_path, people=60, days=8, tell=quiet)

    with pytest.raises(BadInput, match="another sort"):
        foreign(site.lines[0].url, master.tokens, truth=files, dataset="pings")


def test_the_shell_attacks_one_sort_of_site_at_a_time():
    """A practice site is chosen by --schema, a data set of one's own by --dataset."""
    told = CliRunner().invoke(command, ["--url", "http://127.0.0.1:1", "--schema", "sightings"])
    other = CliRunner().invoke(command, ["--dataset", "pings"])

    assert (told.exit_code, other.exit_code) == (1, 1)
    assert "--schema is for a practice site" in told.output
    assert "--dataset goes with --url" in other.output


@pytest.fixture(scope="module")
def homes(master, tmp_path_factory) -> Site:
    """Households that came by once each; the data set `large` also has one of forty people, who are everywhere."""
    folder = tmp_path_factory.mktemp("homes")
    made = Site.open(master.folder / "site")
    areas = [one.code for one in made.facts(made.manifest("pings")).geography.at(AreaLevel.COMMUNE)][:MANY]
    once = [f"H{at:03d},2026-01-05 10:00:00,{areas[at % 4]}" for at in range(80)]
    often = [f"BIG,2026-01-0{5 + day} {8 + visit:02d}:{member:02d}:00,{areas[member]}"
             for day in range(3) for member in range(MANY) for visit in range(5)]  # fmt: skip
    for name, rows in (("small", once), ("large", [*once, *often])):
        files = folder / name
        files.mkdir()
        for level in range(4):
            source = master.folder.parent / "files" / f"admin{level}.geojson"
            (files / source.name).write_bytes(source.read_bytes())
        (files / "mapping.toml").write_text(HOMES.format(name=name), encoding="utf-8")
        (files / "visits.csv").write_text("\n".join(["HOUSEHOLD,AT,PLACE", *rows, ""]), encoding="utf-8")
        ingest(room(made, "bilal"), mapping=files / "mapping.toml", folder=files)
    return made


ASKED = {
    "seen": seen([FIRST + timedelta(days=at) for at in range(3)], "admin3"),
    "places": people(daily([FIRST], "admin3")),
    "events": doings([FIRST], "admin3"),
    "homes": people(modal([FIRST, FIRST + timedelta(days=1)], "admin3")),
}


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("name", ASKED)
def test_a_household_of_forty_changes_no_more_than_one_person_may(homes, name, engine):
    """Under a guarantee each code is one unit: whoever is behind it, few areas change, and each by little."""
    cells = {dataset: _cells(homes, dataset, ASKED[name], engine) for dataset in ("small", "large")}
    bound = _admitted(homes, "large", ASKED[name])[1].bound
    keys = cells["small"].keys() | cells["large"].keys()
    changed = [cells["large"].get(key, 0) - cells["small"].get(key, 0) for key in keys]

    assert 1 <= sum(one != 0 for one in changed) <= bound.areas < MANY
    assert max(changed) <= (bound.most if name == "events" else 1)
    assert min(changed) >= 0


def _admitted(site: Site, dataset: str, spec: dict):
    manifest = site.manifest(dataset)
    facts = site.facts(manifest)
    query = fitted(read_question(spec), facts.types)
    reading = reads(query.plan())
    partitions = manifest.versions(reading.days, reading.events)
    question = Question(query=query, dataset=dataset, partitions=partitions, facts=facts)
    admission = admit(question, site.policies["public"])
    assert not isinstance(admission, Refusal)
    return query, replace(admission, wanted=admission.wanted | (frozenset(Evidence) - LATER))


def _cells(site: Site, dataset: str, spec: dict, engine: str) -> dict:
    query, admission = _admitted(site, dataset, spec)
    draft = answer(query.plan(), admission, site.records(site.manifest(dataset)), engine=engine, memory_mb=256,
                   threads=1, secret=bytes(32), spill=site.folders.spill, cancelled=None)  # fmt: skip
    keys = [
        tuple(value for name, value in row.items() if name != draft.table.columns[-1]) for row in draft.table.rows()
    ]
    return dict(zip(keys, draft.evidence.column(Evidence.BOUNDED.value), strict=True))
