"""Sightings have one type of events: an attacker cuts them by the day and the night instead."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from safeconduct.attack.arrived import read_arrived
from safeconduct.attack.attacks.reconstruction import questions
from safeconduct.attack.base import attack, untried
from safeconduct.attack.field import Told
from safeconduct.attack.hidden import Days
from safeconduct.attack.report import Report
from safeconduct.attack.slices import PARTS, TYPES, Slices, slices_of
from safeconduct.attack.specs import daily, doings, people, seen
from safeconduct.attack.templates import RELATIONS, pool, relation
from safeconduct.attack.truth import Truth
from safeconduct.model.areas import SIGHTED
from safeconduct.model.canonical import canonical
from safeconduct.model.sightings import DataSchema
from safeconduct.query.spec import fitted, read_question

MAPPING = """
format = 1
schema = "sightings"
dataset = "taps"
zone = "Africa/Maputo"
counted = "household"
places = "{places}"
{sites}
[areas]
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"
[events.visit]
files = "visits_*.csv"
columns = {{ person = "who", time = "when", {columns} }}
[events.trip]
files = "trips_*.csv"
columns = {{ person = "who", time = "when", {columns} }}
"""
SITES = """
[sites]
file = "taps.csv"
columns = { site = "tap", lon = "lon", lat = "lat" }
"""
NAMED = 'place = "where"'
DEGREES = 'lon = "lon", lat = "lat"'
WAYS = {
    "site": (SITES, NAMED, "t1", "t2", "nowhere"),
    "area": ("", NAMED, "K1", "K2", "nowhere"),
    "point": ("", DEGREES, "0.5,0.5", " 1.5,0.5", "9,9"),
}
FIRST, DAYS, PEOPLE, AREAS = date(2026, 1, 5), 10, 1200, 24
PARENTS = {f"a{at}": f"b{at // 12}" for at in range(AREAS)} | {f"b{at}": "c" for at in range(2)}


def square(code: str, parent: str, west: float, east: float) -> dict:
    ring = [[west, 0], [east, 0], [east, 1], [west, 1], [west, 0]]
    return {"type": "Feature", "properties": {"pcod": code, "parent": parent},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip


@pytest.fixture(params=WAYS)
def arrived(request, tmp_path) -> Truth:
    """The same four sightings of two households, however a source says where they were; one was nowhere."""
    sites, columns, here, there, nowhere = WAYS[request.param]
    levels = {"admin1": [square("P", "", 0, 2)], "admin2": [square("D", "P", 0, 2)],
              "admin3": [square("K1", "D", 0, 1), square("K2", "D", 1, 2)]}  # fmt: skip
    for level, features in levels.items():
        tree = {"type": "FeatureCollection", "features": features}
        (tmp_path / f"{level}.geojson").write_text(json.dumps(tree), encoding="utf-8")
    words = MAPPING.format(places=request.param, sites=sites, columns=columns)
    (tmp_path / "mapping.toml").write_text(words, encoding="utf-8")
    (tmp_path / "taps.csv").write_text("tap,lon,lat\nt1,0.5,0.5\nt2,1.5,0.5\n", encoding="utf-8")
    head = "who,when,lon,lat" if request.param == "point" else "who,when,where"
    visits = [f"0042,2026-03-02 08:00:00,{here}", f"0042,2026-03-02 20:00:00,{there}", f"42,2026-03-02 09:00:00,{here}",
              f"42,2026-03-02 10:00:00,{nowhere}", "42,2026-03-02 10:00:00," + "," * head.count("lat")]  # fmt: skip
    (tmp_path / "visits_1.csv").write_text("\n".join([head, *visits, ""]), encoding="utf-8")
    (tmp_path / "trips_1.csv").write_text(f"{head}\n42,2026-03-03 23:00:00,{there}\n", encoding="utf-8")
    return read_arrived(tmp_path)


def test_a_sighting_is_where_the_source_says_it_was(arrived):
    """By site, by area or by point; identifiers are as they were written; every group of files is sightings."""
    spec = seen([date(2026, 3, 2), date(2026, 3, 3)], "admin3")

    assert (arrived.people, arrived.types, len(arrived.events)) == (2, SIGHTED, 4)
    assert arrived.counted(spec) == {("K1",): 2, ("K2",): 2}


def test_a_question_about_everything_is_true_of_sightings(arrived):
    """However it says everything; one about calls is true of nobody."""
    day = [date(2026, 3, 2)]
    asked = {"all": doings(day, "admin3"), "named": doings(day, "admin3", events=["sightings"])}

    assert arrived.counted(asked["all"]) == arrived.counted(asked["named"]) == {
        ("2026-03-02", "K1"): 2, ("2026-03-02", "K2"): 1,
    }  # fmt: skip
    assert arrived.counted(doings(day, "admin3", events=["calls"])) == {}


def test_an_event_is_by_day_or_by_night(arrived):
    """From six to six, as the parts of the day that every level lets pass."""
    names = [PARTS.names[at] for at in PARTS.of(arrived.events)]

    assert sorted(names) == ["day", "day", "night", "night"]


def test_both_parts_together_are_the_whole_question():
    """With nothing said of hours, so that it is the same question that others ask."""
    whole, day = (daily([FIRST], "admin3", **PARTS.cut(some)) for some in (PARTS.whole, {"day"}))

    assert (whole["hours"], day["hours"]) == (None, {"start": 6, "end": 18})
    assert fitted(read_question(people(whole)), SIGHTED) == fitted(
        read_question(people(daily([FIRST], "admin3"))), SIGHTED
    )


def test_what_a_data_set_is_cut_into_follows_from_its_types():
    assert slices_of(["sightings"]) is PARTS
    assert slices_of(["sms", "calls"]) is TYPES
    assert slices_of([]) is TYPES


@dataclass
class Kept:
    """A site of sightings in memory: a minimum, and noise drawn once for each cell of each question."""

    truth: Truth | None
    noise: float = 0.0
    minimum: int = 5
    analysts: int = 2
    slices: Slices = PARTS
    days: tuple = tuple(FIRST + timedelta(days=at) for at in range(DAYS))
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(3))

    def __post_init__(self):
        self.known, self.parents, self._drawn = self.truth, PARENTS, {}
        self.areas = {
            "admin1": ("c",),
            "admin2": ("b0", "b1"),
            "admin3": tuple(sorted(f"a{at}" for at in range(AREAS))),
        }

    def ask(self, *specs, who=0):
        assert who < self.analysts
        return [self._told(spec) for spec in specs]

    def rule(self, level, name):
        del level
        return {"minimum": str(self.minimum)} if name == "minimum_contributors" else {}

    def declare(self, *_, **__):
        return False

    def late(self, people):
        del people

    def _told(self, spec):
        """The whole answer or none: a site that knew a phone's types would answer what makes no sense here."""
        asked = fitted(read_question(spec), SIGHTED)
        if '"calls"' in canonical(asked.spec()):
            return Told(cells={}, status={}, refused="schema.other_types", seconds=0.1)
        name = canonical(asked.spec())
        if name not in self._drawn:
            true = self.known.counted(spec)
            more = np.rint(np.random.default_rng(len(self._drawn)).normal(0, 1, len(true)) * self.noise)
            self._drawn[name] = {key: count + int(one) if count >= self.minimum else None
                                 for (key, count), one in zip(true.items(), more, strict=True)}  # fmt: skip
        cells = self._drawn[name]
        status = {key: "suppressed" if value is None else "value" for key, value in cells.items()}
        return Told(cells=cells, status=status, refused="", seconds=0.1,
                    margin=dict.fromkeys(cells, round(1.96 * self.noise)))  # fmt: skip


@pytest.fixture(scope="module")
def truth() -> Truth:
    """Devices that are mostly at home, seen one and a half times a day, rarely by night."""
    rng = np.random.default_rng(2)
    count = PEOPLE * DAYS * 3 // 2
    person = rng.integers(0, PEOPLE, count)
    home = rng.integers(0, AREAS, PEOPLE)
    area = np.where(rng.random(count) < 0.9, home[person], rng.integers(0, AREAS, count))
    hour = np.where(rng.random(count) < 0.97, rng.integers(6, 18, count), rng.integers(0, 6, count))
    return Truth(pa.table({
        "person": pa.array(person.astype(np.int32)),
        "day": pa.array([FIRST + timedelta(days=int(at)) for at in rng.integers(0, DAYS, count)], pa.date32()),
        "second": pa.array((hour * 3600 + rng.integers(0, 3600, count)).astype(np.int32)),
        "type": pa.repeat("sightings", count),
        "admin3": pa.array([f"a{at}" for at in area]),
    }), PARENTS)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ["differencing", "split", "collusion"])
def test_a_threshold_alone_is_broken_on_sightings_too(truth, name):
    assert attack[name]().run(Kept(truth), guesses=200).accuracy > 0.9


@pytest.mark.slow
def test_a_search_finds_who_was_about_by_night(truth):
    """And does not where noise is much larger than a device."""
    broken = attack["discovered"]().run(Kept(truth), guesses=200)
    hidden = attack["discovered"]().run(Kept(truth, noise=200.0), guesses=200)

    assert broken.also["knowing_others"] > 0.95
    assert hidden.ci[0] <= 0.53


@pytest.mark.slow
def test_who_was_where_is_solved_from_exact_counts_of_sightings(truth):
    assert attack["reconstruction"]().run(Kept(truth), guesses=200).accuracy > 0.95


@pytest.mark.parametrize("name", ["differencing", "collusion", "refusals", "hierarchy", "averaging", "canary"])
def test_no_attack_asks_sightings_what_they_cannot_have(truth, name):
    """A question that is refused for its types would be a guess that nothing was learnt from."""
    site = Kept(truth)
    told: list[Told] = []
    ask = site.ask
    site.ask = lambda *specs, who=0: told.extend(found := ask(*specs, who=who)) or found
    attack[name]().run(site, guesses=50)

    assert told
    assert not any(one.refused for one in told)


def test_half_of_the_targets_were_about_in_one_part_of_the_day_and_the_others_not(truth):
    """Only the sightings of that part tell both worlds of a target apart."""
    hidden = Days.of(truth).drawn(40, np.random.default_rng(1))
    worlds = [set(zip(one.located()["person"].to_pylist(), PARTS.of(one.located()).tolist(), strict=True))
              for one in (hidden.without, hidden.with_them)]  # fmt: skip

    assert hidden.facts.tolist() == [1] * 20 + [0] * 20
    assert worlds[1] - worlds[0] == set(enumerate(hidden.kind.tolist()))


def test_every_question_about_sightings_is_another_one(truth):
    """Of the search and of reconstruction: the same twice would be one equation counted twice."""
    asked = pool(Kept(truth))
    overlapping = questions(Kept(truth))

    assert len({canonical(one.spec) for one in asked}) == len({(one.sort, one.types) for one in asked}) == len(asked)
    assert len({canonical(one) for one in overlapping}) == len(overlapping)
    assert {relation(some, "night", PARTS.names) for some in PARTS.sets} == {1, 2, 3}
    assert max(relation(some, "day", PARTS.names) for some in PARTS.sets) < RELATIONS


def test_what_cannot_be_tried_is_said_with_the_reason():
    """Of sightings that there are no types to tell apart, of both what made no guess."""
    untold = {"versions": untried("accuracy", chance=0.5, note="No rows came late.")}
    sightings, phones = (Report(policy="", people=None, attacks=untold, utility=None, schema=schema)
                         for schema in (DataSchema.SIGHTINGS, DataSchema.PHONE))  # fmt: skip

    assert phones.to_json()["not_tried"] == ["versions: No rows came late."]
    assert [one.partition(",")[0] for one in sightings.not_tried()] == [
        "Types of events were not told apart",
        "versions: No rows came late.",
    ]
    assert sightings.to_json()["schema"] == "sightings"
