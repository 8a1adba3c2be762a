"""What every query kind keeps, newcomers too."""

import inspect
import json
import re
from dataclasses import MISSING, FrozenInstanceError, fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from safeconduct.engines.base import engine
from safeconduct.engines.relations import LoadedRelations, Rows
from safeconduct.model.areas import PHONED, AreaLevel, EventType
from safeconduct.model.canonical import canonical
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadSpec
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import LATER, Admission, Bound, Evidence, PublicFacts
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text
from safeconduct.query.base import AggregateQuery, PersonQuery, Query, nested, query_kind
from safeconduct.query.reading import reads
from safeconduct.query.spec import all_day, coarsened, read_question, read_spec

PERSONS = [name for name in query_kind if issubclass(query_kind[name], PersonQuery)]
AGGREGATES = [name for name in query_kind if issubclass(query_kind[name], AggregateQuery)]
MARCH = date(2026, 3, 1)
GEOGRAPHY = Geography("g", {level: (Area(code="A", name="A", level=level),) for level in AreaLevel})
POLICY = Policy(name="none", version=1, title="None", says="", does_not_resist=(), reviewers=0, rules=())
SOME = settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
BAD = [None, 7, "", "x'; drop table events; --", [], {}, {"first": "2026-02-30"}, [[[]]], True, -1, 1.5, "é" * 300]

days = st.builds(
    lambda first, length: Days(MARCH + timedelta(first), MARCH + timedelta(first + length)),
    st.integers(0, 30), st.integers(0, 20) | st.just(0),
)  # fmt: skip
# all 24 hours are read as no restriction, so that one question has one text: tests/unit/query/test_whole_days.py
hours = st.builds(Hours, st.integers(0, 11), st.integers(12, 23)) | st.builds(
    Hours, st.integers(13, 23), st.integers(1, 12)
)


def values(hint: object) -> st.SearchStrategy:  # noqa: PLR0911 - a line a type of parameter
    """Any value of a parameter, by its declared type; a new type of parameter adds its line here."""
    origin, inner = get_origin(hint), get_args(hint)
    if NoneType in inner:
        return st.none() | values(next(one for one in inner if one is not NoneType))
    if inner == (EventType,):  # of one data set: phones' types or sightings, as tests of sightings have them
        return st.frozensets(st.sampled_from(sorted(PHONED)), min_size=1)
    if origin is frozenset:
        return st.frozensets(values(inner[0]), min_size=1)
    if origin is tuple:
        return st.lists(values(inner[0]), min_size=1, max_size=2).map(tuple)
    if issubclass(hint, Query):
        return st.sampled_from(PERSONS).flatmap(questions)
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    plain = {int: st.integers(0, 100), str: st.text(max_size=9), date: st.dates(), bool: st.booleans()}
    return {Days: days, Hours: hours, **plain}[hint]


@st.composite
def questions(draw: st.DrawFn, name: str) -> Query:
    """Any question of a kind; nested ones are told at one level, as they must be."""
    kind = query_kind[name]
    hints = get_type_hints(kind)
    drawn = {one.name: draw(values(hints[one.name])) for one in fields(kind)}
    level = draw(st.sampled_from(AreaLevel))
    drawn = {key: coarsened(value, level) if isinstance(value, Query) else value for key, value in drawn.items()}
    try:
        return kind(**drawn)
    except BadSpec:
        assume(False)
        raise


any_question = st.sampled_from(list(query_kind)).flatmap(questions)


@pytest.mark.parametrize("name", query_kind)
def test_a_kind_is_called_like_its_file(name):
    """So that a name in a question leads to the one file that answers it."""
    assert Path(inspect.getfile(query_kind[name])).stem == name
    assert query_kind[name].name == name


@pytest.mark.parametrize("name", query_kind)
def test_a_kind_is_a_frozen_dataclass_with_named_parameters(name):
    """A question is a value."""
    kind = query_kind[name]

    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert all(one.kw_only for one in fields(kind))
    assert issubclass(kind, PersonQuery) != issubclass(kind, AggregateQuery)


@pytest.mark.parametrize("name", query_kind)
def test_a_kind_says_what_it_is_what_it_takes_and_what_comes_out(name):
    """First line, every parameter, the rows; and where the method comes from, if anywhere."""
    doc = inspect.getdoc(query_kind[name])
    first, *_ = doc.splitlines()
    sections = re.split(r"^(Attributes|Output|References|Example):$", doc, flags=re.MULTILINE)
    said = dict(zip(sections[1::2], sections[2::2], strict=True))
    told = re.findall(r"^    (\w+):", said["Attributes"], flags=re.MULTILINE)

    assert first.endswith(".")
    assert told == [one.name for one in fields(query_kind[name])]
    assert said["Output"].strip()
    assert "doi:" in said.get("References", "doi:")
    assert isinstance(query_kind[name].title, Text)


@pytest.mark.parametrize("name", query_kind)
def test_a_kind_has_a_spec_test_of_its_own(name):
    """Behaviour one can see, beside the kind."""
    assert (Path(__file__).parents[1] / "spec" / "query" / f"test_{name}.py").exists()


@pytest.mark.parametrize("name", query_kind)
@SOME
@given(data=st.data())
def test_a_question_survives_the_way_through_json(name, data):
    """The same question, and the same text for it."""
    question = data.draw(questions(name))
    again = read_spec(json.loads(canonical(question.spec())))

    assert again == question
    assert again.spec_id == question.spec_id
    assert hash(again) == hash(question)


@pytest.mark.parametrize("name", query_kind)
@SOME
@given(data=st.data())
def test_different_questions_have_different_texts(name, data):
    """One text for one question: nothing is sorted away that means something."""
    one, other = data.draw(questions(name)), data.draw(questions(name))

    assert (one == other) == (canonical(one.spec()) == canonical(other.spec()))
    assert (one == other) == (one.spec_id == other.spec_id)


@pytest.mark.parametrize("name", query_kind)
@SOME
@given(data=st.data())
def test_every_parameter_is_part_of_the_identity(name, data):
    """Change one, and it is another question."""
    question = data.draw(questions(name))
    hints = get_type_hints(type(question))
    for one in fields(question):
        value = data.draw(values(hints[one.name]))
        try:
            changed = replace(question, **{one.name: value})
        except BadSpec:
            continue
        if getattr(changed, one.name) != getattr(question, one.name):
            assert changed.spec_id != question.spec_id


@pytest.mark.parametrize("name", query_kind)
@SOME
@given(data=st.data())
def test_defaults_are_filled_in(name, data):
    """Leaving a parameter out is the same question as writing its default."""
    question = data.draw(questions(name))
    short = {
        key: value
        for key, value in question.spec().items()
        if key == "kind" or _default(type(question), key) != getattr(question, key)
    }

    assert read_spec(short).spec_id == question.spec_id


def _default(kind: type[Query], key: str) -> object:
    return next(one.default for one in fields(kind) if one.name == key)


@pytest.mark.parametrize("name", query_kind)
@SOME
@given(data=st.data())
def test_a_question_cannot_be_changed(name, data):
    """Its identity would no longer be its own."""
    question = data.draw(questions(name))

    with pytest.raises(FrozenInstanceError):
        setattr(question, fields(question)[0].name, None)


@pytest.mark.parametrize("name", query_kind)
@SOME
@given(data=st.data())
def test_a_wrong_parameter_is_told_by_name(name, data):
    """Whatever stands in a question, it is understood or refused in words; nothing else is raised."""
    spec = dict(data.draw(questions(name)).spec())
    key = data.draw(st.sampled_from(sorted(spec)))
    spec[key] = data.draw(st.sampled_from(BAD))

    said = said_about(spec)

    assert said
    assert "drop table" not in said or key == "kind"


def said_about(spec: dict) -> str:
    """Why a question is refused, or its identity."""
    try:
        return read_spec(spec).spec_id
    except BadSpec as error:
        return str(error)


@pytest.mark.parametrize("name", query_kind)
@SOME
@given(data=st.data())
def test_an_unknown_parameter_is_refused(name, data):
    """A parameter nobody reads would silently mean nothing."""
    spec = data.draw(questions(name)).spec()

    with pytest.raises(BadSpec, match="does not know 'colour'"):
        read_spec({**spec, "colour": "red"})


@pytest.mark.parametrize("name", query_kind)
@SOME
@given(data=st.data())
def test_a_missing_parameter_is_named(name, data):
    """What has no default must be said."""
    question = data.draw(questions(name))
    for one in fields(question):
        if one.default is MISSING and one.default_factory is MISSING:
            with pytest.raises(BadSpec, match=f"needs '{one.name}'"):
                read_spec({key: value for key, value in question.spec().items() if key != one.name})


@pytest.mark.parametrize("name", PERSONS)
@SOME
@given(data=st.data())
def test_a_question_about_single_people_cannot_be_asked(name, data):
    """It only nests."""
    with pytest.raises(BadSpec, match="single people"):
        read_question(data.draw(questions(name)).spec())


@pytest.mark.parametrize("name", AGGREGATES)
@SOME
@given(data=st.data())
def test_the_shape_of_an_answer_is_known_before_it_is_computed(name, data):
    """Keys have their own names and a level or days; one value, whose unit is told."""
    question = data.draw(questions(name))
    output, reading = question.output(), reads(question.plan())

    assert len(set(output.names)) == len(output.names)
    assert len(output.values) == 1
    assert output.values[0].unit
    assert (output.values[0].measure is Measure.PEOPLE) == (output.values[0].unit == "people")
    assert all(key.level in {None, reading.finest} for key in output.keys)
    assert all(key.days == reading.days for key in output.keys if key.level is None)


@pytest.mark.parametrize("name", AGGREGATES)
@pytest.mark.parametrize("by", engine)
@SOME
@given(data=st.data())
def test_every_engine_knows_the_plan(connection, name, by, data):
    """One person and their event, or none: an answer of the shape that was told."""
    question = data.draw(questions(name))
    reading = reads(question.plan())
    happened = data.draw(st.sampled_from([(), *((sort, reading.days[0], 0, 0, 0) for sort in sorted(reading.events))]))
    cells = {level: {0: "A"} for level in AreaLevel}
    rows = Rows(geography=GEOGRAPHY, cells=cells, events=(happened,) if happened else ())
    facts = PublicFacts(zone="UTC", geography=GEOGRAPHY, present={})
    admission = Admission(
        spec=question.spec(), spec_id=question.spec_id, answer_id=question.spec_id, output=question.output(),
        policy=POLICY, facts=facts, wanted=frozenset(Evidence) - LATER, bound=Bound(areas=2, most=3),
    )  # fmt: skip

    draft = engine[by]().answer(question.plan(), admission, LoadedRelations(connection, rows))

    assert draft.table.columns == question.output().names
    assert set(draft.evidence.columns) == {one.value for one in Evidence if one not in LATER}


@SOME
@given(question=any_question, level=st.sampled_from(AreaLevel))
def test_a_question_can_be_asked_at_another_level(question, level):
    """What refusals offer instead: everything nested comes along."""
    coarse = coarsened(question, level)

    assert reads(coarse.plan()).finest is level
    assert coarsened(coarse, reads(question.plan()).finest) == question
    assert nested(coarse.spec()) == nested(question.spec())


@SOME
@given(question=any_question)
def test_a_question_can_be_asked_about_whole_days(question):
    """What refusals of hours offer instead."""
    assert reads(all_day(question).plan()).hours == ()
    assert reads(all_day(question).plan()).days == reads(question.plan()).days


def test_kinds_are_found_by_themselves():
    """A file in the folder is enough."""
    folder = Path(inspect.getfile(query_kind["flows"])).parent

    assert sorted(query_kind) == sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    assert len(PERSONS) + len(AGGREGATES) == len(query_kind) >= 5
