"""What every output rule keeps, newcomers too."""

import inspect
import re
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import Admission, Bound, CellStatus, Draft, Evidence, Provenance, PublicFacts
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.policy import Policy, RuleSpec
from safeconduct.model.table import Table
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.release.base import build, output_rule

DAYS = Days(date(2026, 1, 1), date(2026, 1, 3))
CODES = "ABCDE"
FACTS = PublicFacts(
    zone="Africa/Maputo",
    geography=Geography(
        "geo",
        {
            AreaLevel.DISTRICT: tuple(
                Area(code=code, name=code, level=AreaLevel.DISTRICT, observed=code != "D", uninhabited=code == "D")
                for code in CODES
            )
        },
    ),
    present={EventType.CALLS: frozenset({DAYS.first, DAYS.last})},
)
QUERY = SpatialAggregate(locations=DailyLocation(days=DAYS))
OUTPUT = Output(
    keys=(Key(name="day", days=tuple(DAYS)), Key(name="area", level=AreaLevel.DISTRICT)),
    values=(Value(name="events", measure=Measure.MAGNITUDE, unit="events"),),
)
POLICY = Policy(
    name="p", version=1, title="P", says="", does_not_resist=(), reviewers=0,
    rules=(RuleSpec("minimum_contributors", {}), RuleSpec("presentation", {})),
)  # fmt: skip
ADMISSION = Admission(
    spec=QUERY.spec(), spec_id=QUERY.spec_id, answer_id="", output=OUTPUT, policy=POLICY, facts=FACTS,
    wanted=frozenset(Evidence), bound=Bound(areas=1, most=20), noise=bytes(32), sticky=bytes(32),
    asked_on=date(2026, 2, 1),
)  # fmt: skip
PLACE = Provenance(
    dataset="phone", spec=QUERY.spec(), spec_id=QUERY.spec_id, partitions={}, geography="geo", data_version="",
    code="", engine="", zone="Africa/Maputo",
)  # fmt: skip
CELLS = some.dictionaries(
    some.tuples(some.sampled_from(list(DAYS)), some.sampled_from(CODES)),
    some.tuples(
        some.integers(0, 40), some.integers(0, 1000), some.integers(0, 1000), some.integers(0, 1000),
        some.sampled_from(list(CellStatus)),
    ),
    max_size=15,
)  # fmt: skip
RULES = pytest.mark.parametrize("name", list(output_rule))


def draft_of(cells):
    """Sums by day and area, with everything an engine can be asked for."""
    keys, rows = list(cells), list(cells.values())
    statuses = tuple(row[4] for row in rows)
    largest = [max(row[2], row[3]) for row in rows]
    second = [min(row[2], row[3]) for row in rows]
    whole = pa.int64()
    totals = [sum(row[1:4]) for row in rows]
    evidence = {one: [row[0] for row in rows] for one in Evidence} | {
        Evidence.LARGEST: largest, Evidence.SECOND: second, Evidence.TOTAL: totals, Evidence.BOUNDED: totals,
        Evidence.CELL_KEY: [row[1] * row[2] for row in rows],
    }  # fmt: skip
    return Draft(
        output=OUTPUT,
        table=Table(
            pa.table({
                "day": pa.array([day for day, _ in keys], type=pa.date32()),
                "area": pa.array([code for _, code in keys], type=pa.string()),
                "events": pa.array(totals, type=whole),
            })
        ),
        evidence=Table(pa.table({one.value: pa.array(evidence[one], type=whole) for one in Evidence})),
        status=statuses,
        reasons=tuple("" if status is CellStatus.VALUE else "another" for status in statuses),
        provenance=PLACE,
    )  # fmt: skip


def by_cell(draft):
    """Status and contributors by cell."""
    keys = zip(draft.table.column("day"), draft.table.column("area"), strict=True)
    return dict(zip(keys, zip(draft.status, draft.evidence.column("contributors"), strict=True), strict=True))


@RULES
def test_a_rule_is_called_like_its_file(name):
    """The name people write is where it is found."""
    rule = output_rule[name]

    assert rule.name == name == Path(inspect.getfile(rule)).stem


@RULES
def test_a_rule_is_a_frozen_dataclass_with_a_title_and_safe_defaults(name):
    """So that a policy can name it without parameters."""
    rule = output_rule[name]

    assert is_dataclass(rule)
    assert rule.__dataclass_params__.frozen
    assert str(rule.title)
    assert build(RuleSpec(name, {})) == rule()
    assert str(rule().in_words()).endswith(".")


@RULES
def test_a_rule_says_what_it_is_and_what_its_parameters_are(name):
    """First line a sentence; then what a reader would get wrong; every parameter documented."""
    doc = inspect.getdoc(output_rule[name]) or ""
    first, _, rest = doc.partition("\n")

    assert first.endswith(".")
    assert rest.strip()
    for one in fields(output_rule[name]):
        assert re.search(rf"^    {one.name}: ", doc, re.MULTILINE), one.name


@RULES
def test_an_empty_draft_stays_a_draft_of_the_same_shape(name):
    """Nobody was found: no error, and no value."""
    after = output_rule[name]().apply(draft_of({}), ADMISSION)

    assert after.table.arrow.schema == draft_of({}).table.arrow.schema
    assert CellStatus.VALUE not in after.status


@RULES
@given(cells=CELLS)
def test_a_rule_never_gives_a_cell_its_value_back(name, cells):
    """What one rule withheld the next does not tell; only a rule that tells noise tells a cell that was not there."""
    before = draft_of(cells)
    after = by_cell(output_rule[name]().apply(before, ADMISSION))

    was = by_cell(before)
    for cell, (status, _) in after.items():
        before_it = was.get(cell, (CellStatus.VALUE if output_rule[name].blurs else CellStatus.SUPPRESSED, 0))
        assert status is not CellStatus.VALUE or before_it[0] is CellStatus.VALUE


@RULES
@given(cells=CELLS)
def test_a_rule_never_finds_more_people(name, cells):
    """Contributors only go down, a new cell has none, and a told value stays what it was where the rule only marks."""
    before = draft_of(cells)
    after = output_rule[name]().apply(before, ADMISSION)

    was = by_cell(before)
    assert all(people <= was.get(cell, (None, 0))[1] for cell, (_, people) in by_cell(after).items())
    if output_rule[name].blurs:
        return
    events = dict(zip(by_cell(before), before.table.column("events"), strict=True))
    for (cell, (status, _)), value in zip(by_cell(after).items(), after.table.column("events"), strict=True):
        assert status is not CellStatus.VALUE or value == events[cell]


@RULES
@given(cells=CELLS)
def test_a_rule_applied_twice_is_a_rule_applied_once(name, cells):
    """In marks, rows and evidence."""
    rule = output_rule[name]()
    once = rule.apply(draft_of(cells), ADMISSION)
    twice = rule.apply(once, ADMISSION)

    assert (once.status, once.reasons, once.margins) == (twice.status, twice.reasons, twice.margins)
    assert once.table.arrow.equals(twice.table.arrow)
    assert once.evidence.arrow.equals(twice.evidence.arrow)


@RULES
@given(cells=CELLS)
def test_every_cell_that_a_rule_withholds_has_a_reason_that_is_a_rule(name, cells):
    """People are told which."""
    before = draft_of({cell: (*row[:4], CellStatus.VALUE) for cell, row in cells.items()})
    after = output_rule[name]().apply(before, ADMISSION)

    for status, reason in zip(after.status, after.reasons, strict=True):
        assert (reason in output_rule) is (status is not CellStatus.VALUE)
