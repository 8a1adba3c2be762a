"""The statements themselves: built of nodes, in SQL that many databases share."""

from datetime import date, timedelta

import duckdb
import pytest
from sqlglot import ErrorLevel, exp, transpile

from safeconduct.engines.portable import statement
from safeconduct.engines.relations import LoadedRelations, Rows
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import LATER, Bound, Evidence
from safeconduct.query.operations import CountEvents, CountMoves, CountPeople, DailyPlaces, Events, Join, ModalPlaces
from safeconduct.query.operations import PlaceMethod as Method

DAY = date(2026, 3, 1)
HOSTILE = "x'; drop table events; --"
GEOGRAPHY = Geography("g", {level: (Area(code=HOSTILE, name=HOSTILE, level=level),) for level in AreaLevel})
ROWS = Rows(
    geography=GEOGRAPHY,
    cells={level: {0: HOSTILE} for level in AreaLevel},
    events=((EventType.CALLS, DAY, 0, 60, 0),),
)
BROUGHT = [one for one in Evidence if one not in LATER]
SOURCE = Events(days=Days.one(DAY), areas=AreaLevel.DISTRICT)
NIGHT = Events(days=Days.one(DAY), areas=AreaLevel.SITE, hours=Hours(22, 5))
MODAL = ModalPlaces(sources=(DailyPlaces(source=SOURCE), DailyPlaces(source=NIGHT, method=Method.MOST_COMMON)))
PLANS = {
    "people": CountPeople(source=SOURCE, by=("day", "area")),
    "people by night": CountPeople(source=NIGHT, by=("area",)),
    "modal": CountPeople(source=MODAL, by=("area",)),
    "moves": CountMoves(origin=MODAL, destination=DailyPlaces(source=NIGHT), join=Join.FULL),
    "events": CountEvents(source=NIGHT, by=("area",)),
}


@pytest.fixture
def relations():
    with duckdb.connect() as connection:
        yield LoadedRelations(connection, ROWS)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_groups_are_named(relations, plan):
    """Never by number or by `all`, which few databases know."""
    groups = list(statement(plan, relations, BROUGHT, Bound(areas=2, most=3)).find_all(exp.Group))

    assert groups
    assert all(isinstance(one, exp.Column) for group in groups for one in group.expressions)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("dialect", ["spark", "postgres"])
def test_no_function_is_of_one_database_only(relations, plan, dialect):
    """Sums, counts, maxima, the least, the first known, windows, casts; `arg_max` would pass a transpiler unseen."""
    tree = statement(plan, relations, BROUGHT, Bound(areas=2, most=3))
    functions = {type(one) for one in tree.find_all(exp.Func)} - {exp.And, exp.Or, exp.Case, exp.If}

    assert functions <= {exp.Sum, exp.Count, exp.Max, exp.Cast, exp.RowNumber, exp.Coalesce, exp.Least}
    assert transpile(tree.sql("duckdb"), read="duckdb", write=dialect, unsupported_level=ErrorLevel.RAISE)


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_no_code_of_a_place_reaches_a_statement(relations, plan):
    """Places are numbers there; their codes come back afterwards."""
    assert "drop" not in statement(plan, relations, BROUGHT, Bound(areas=2, most=3)).sql("duckdb").lower()


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_the_rollup_is_read_where_it_is_exact_and_nowhere_else(relations, plan):
    """Not for parts of days, not for sites."""
    tables = {one.name for one in statement(plan, relations, ()).find_all(exp.Table)}
    sources = {"rollups" if one is SOURCE else "events" for one in sources_of(plan)}

    assert tables & {"rollups", "events"} == sources


def sources_of(plan) -> list[Events]:
    """Every source of events in a plan."""
    match plan:
        case Events():
            return [plan]
        case ModalPlaces():
            return [source.source for source in plan.sources]
        case CountMoves():
            return sources_of(plan.origin) + sources_of(plan.destination)
        case _:
            return sources_of(plan.source)


def test_a_year_of_runs_compiles(relations):
    """366 runs of one day each, one below the other, pass the parser."""
    days = [Days.one(DAY + timedelta(days=2 * step)) for step in range(366)]
    runs = tuple(DailyPlaces(source=Events(days=one, areas=AreaLevel.DISTRICT)) for one in days)

    assert relations.fetch(statement(CountPeople(source=ModalPlaces(sources=runs), by=("area",)), relations, ())) == [
        (0, 1)
    ]


def test_a_count_too_large_to_pack_fails_instead_of_wrapping_around(relations):
    """Ranks of places are packed into 64 bits; what does not fit is an error, never a wrong place."""
    relations.connection.execute("""update rollups set "events" = 2147483647""")
    plan = CountPeople(source=DailyPlaces(source=SOURCE, method=Method.MOST_COMMON), by=("area",))
    wide = Geography("g", {**GEOGRAPHY.areas, AreaLevel.DISTRICT: GEOGRAPHY.areas[AreaLevel.DISTRICT] * 1_000_000})
    relations.geography = wide

    with pytest.raises(duckdb.OutOfRangeException):
        relations.fetch(statement(plan, relations, ()))
