"""An agreement turned into yes or no: every refusal, and both sides of every boundary."""

from dataclasses import replace
from datetime import date

import pytest

from safeconduct.govern.agreements import Agreement, Project
from safeconduct.govern.may import CHECKS, No, Yes, may_ask
from safeconduct.govern.scopes import all_scopes
from safeconduct.model.areas import AreaLevel, TimeGrain
from safeconduct.model.days import Days, Hours
from safeconduct.query.base import nested
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.reading import reads

PROJECT = Project(id="p1", name="Floods", purpose="Plan shelters", until=date(2026, 12, 31), steward="s1")
AGREEMENT = Agreement(
    id="a1",
    project="p1",
    title="Floods 2026",
    dataset="phone",
    purpose="Plan shelters",
    members=("ana",),
    kinds=("spatial_aggregate", "daily_location"),
    finest=AreaLevel.DISTRICT,
    grain=TimeGrain.DAY,
    first=date(2026, 1, 1),
    last=date(2026, 3, 31),
    policy="operational",
    until=date(2026, 6, 30),
)
QUERY = SpatialAggregate(locations=DailyLocation(days=Days(date(2026, 2, 1), date(2026, 2, 28))))
TODAY = date(2026, 5, 1)


def places(days=QUERY.locations.days, **how):
    return SpatialAggregate(locations=DailyLocation(days=days, **how))


def answer(query=QUERY, **changes):
    facts = {
        "query_kinds": nested(query.spec()), "reading": reads(query.plan()), "project": PROJECT,
        "agreement": AGREEMENT, "account": "ana", "scopes": None, "today": TODAY,
    } | changes  # fmt: skip
    return may_ask(**facts)


def reason(*args, **changes):
    found = answer(*args, **changes)
    return found.reason if isinstance(found, No) else ""


def test_what_the_agreement_opens_may_be_asked():
    """Without a token, the agreement alone decides."""
    assert answer() == Yes()


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 6, 29), ""),
        (date(2026, 6, 30), ""),
        (date(2026, 7, 1), "agreement.expired"),
    ],
)
def test_the_agreements_last_day_is_included(today, expected):
    """The day before, the day itself, the day after."""
    assert reason(today=today) == expected


@pytest.mark.parametrize(("today", "expected"), [(date(2026, 5, 31), ""), (date(2026, 6, 1), "project.ended")])
def test_the_projects_last_day_is_included_and_ends_its_agreements(today, expected):
    """Even one that says it goes on."""
    assert reason(today=today, project=replace(PROJECT, until=date(2026, 5, 31))) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), ""),
        (date(2025, 12, 31), date(2026, 3, 31), "agreement.days"),
        (date(2026, 1, 1), date(2026, 4, 1), "agreement.days"),
        (date(2026, 3, 31), date(2026, 3, 31), ""),
        (date(2026, 4, 1), date(2026, 4, 1), "agreement.days"),
    ],
)
def test_the_first_and_last_day_of_data_are_included(first, last, expected):
    """One day more at either end is one too many."""
    assert reason(places(Days(first, last))) == expected


@pytest.mark.parametrize(
    ("level", "expected"),
    [(AreaLevel.PROVINCE, ""), (AreaLevel.DISTRICT, ""), (AreaLevel.COMMUNE, "agreement.level"),
     (AreaLevel.SITE, "agreement.level")],
)  # fmt: skip
def test_areas_may_be_as_small_as_agreed_and_not_smaller(level, expected):
    """At the level and on both sides."""
    assert reason(places(areas=level)) == expected


@pytest.mark.parametrize(
    ("grain", "hours", "expected"),
    [
        (TimeGrain.HOUR, Hours(0, 12), ""),
        (TimeGrain.DAY, None, ""),
        (TimeGrain.DAY, Hours(0, 12), "agreement.grain"),
        (TimeGrain.WEEK, None, "agreement.grain"),
    ],
)
def test_periods_may_be_as_short_as_agreed_and_not_shorter(grain, hours, expected):
    """A part of a day is shorter than a day."""
    assert reason(places(hours=hours), agreement=replace(AGREEMENT, grain=grain)) == expected


def test_every_kind_in_a_question_must_be_opened():
    """The outermost one and what is nested in it."""
    for kinds in (("spatial_aggregate",), ("daily_location",), ()):
        assert reason(agreement=replace(AGREEMENT, kinds=kinds)) == "agreement.kind"

    assert reason(UniqueSubscriberCounts(days=Days.one(date(2026, 2, 1)))) == "agreement.kind"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"account": "ben"}, "agreement.member"),
        ({"project": replace(PROJECT, id="p2")}, "agreement.project"),
        ({"project": replace(PROJECT, purpose="Sell loans")}, "agreement.purpose"),
    ],
)
def test_an_agreement_is_for_its_people_its_project_and_its_purpose(changes, expected):
    """And for nothing else."""
    assert reason(**changes) == expected


def test_a_token_that_covers_the_question_changes_nothing():
    """Nor does one with everything."""
    scopes = {"run", "admin2:spatial_aggregate:spatial_aggregate", "admin2:spatial_aggregate:daily_location"}

    assert answer(scopes=frozenset(scopes)) == Yes()
    assert answer(scopes=frozenset(all_scopes(AGREEMENT))) == Yes()


@pytest.mark.parametrize(
    "missing", ["run", "admin2:spatial_aggregate:spatial_aggregate", "admin2:spatial_aggregate:daily_location"]
)
def test_a_token_narrows(missing):
    """Each scope is needed, and the card names the one that is lacking."""
    found = answer(scopes=frozenset(all_scopes(AGREEMENT)) - {missing})

    assert isinstance(found, No)
    assert found.reason == "token.scope"
    assert missing in str(found.alternatives[0].says)


def test_a_token_never_widens():
    """Scopes the agreement does not back are worth nothing."""
    scopes = frozenset({"run", "admin3:spatial_aggregate:spatial_aggregate", "admin3:spatial_aggregate:daily_location"})

    assert reason(places(areas=AreaLevel.COMMUNE), scopes=scopes) == "agreement.level"
    assert reason(scopes=scopes) == "token.scope"
    assert reason(scopes=frozenset()) == "token.scope"


def test_a_no_is_a_card_that_helps_and_counts_nothing():
    """What, which rule, by which agreement, what instead, whom to ask."""
    found = answer(places(areas=AreaLevel.COMMUNE))
    assert isinstance(found, No)

    card = found.refusal(AGREEMENT)

    assert card.reason == "agreement.level"
    assert str(card.agreement) == "Set by the agreement 'Floods 2026'."
    assert str(card.alternatives[0].says) == "Ask the same for districts."
    assert str(card.ask)


def test_every_check_is_reached():
    """A question that breaks everything meets them one after the other."""
    reasons = [no.reason for check in CHECKS for no in check(_everything_wrong())]

    assert reasons == [
        "agreement.project", "agreement.purpose", "agreement.member", "project.ended", "agreement.expired",
        "agreement.kind", "agreement.kind", "agreement.level", "agreement.grain", "agreement.days", "token.scope",
    ]  # fmt: skip


def _everything_wrong():
    from safeconduct.govern.may import _Wish  # noqa: PLC0415 - the one test that looks inside

    query = places(Days.one(date(2030, 1, 1)), areas=AreaLevel.SITE, hours=Hours(1, 2))
    return _Wish(
        kinds=nested(query.spec()), reading=reads(query.plan()),
        project=replace(PROJECT, id="p2", purpose="x", until=date(2020, 1, 1)),
        agreement=replace(AGREEMENT, kinds=("flows",), until=date(2020, 1, 1)), account="ben",
        scopes=frozenset(), today=TODAY,
    )  # fmt: skip
