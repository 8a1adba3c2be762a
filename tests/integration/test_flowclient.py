"""The unmodified flowclient works: the demonstration, the five kinds, its own errors."""

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import flowclient
import pytest
from flowclient.client import FlowclientConnectionError

from safeconduct.actions.people import create_token, revoke_token

pytestmark = pytest.mark.slow
DISASTER = date(2026, 1, 19)
FORTNIGHT = timedelta(days=14)


@contextmanager
def connected(url: str, token: str) -> Iterator[object]:
    """A connection, closed afterwards; flowclient itself never closes one, and warns that loopback has no TLS."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = flowclient.connect(url=url, token=token)
    try:
        yield made
    finally:
        made.session.close()


@pytest.fixture
def connection(url, practice):
    with connected(url, practice.token()) as made:
        yield made


def modal(first: date, unit: str = "admin3") -> dict:
    return flowclient.modal_location_from_dates_spec(
        start_date=str(first), end_date=str(first + FORTNIGHT), aggregation_unit=unit, method="last"
    )


def test_the_days_present_are_listed_by_event_type(connection):
    found = flowclient.get_available_dates(connection=connection)

    assert set(found) == {"calls", "sms", "mds", "topups"}
    assert len(found["calls"]) == 28


def test_the_demonstration_of_displacement_runs_verbatim(connection):
    """Modal locations for the two weeks before and after, aggregated, merged, with change and a map."""
    before = flowclient.spatial_aggregate(connection=connection, locations=modal(DISASTER - FORTNIGHT)).get_result()
    after = flowclient.spatial_aggregate(connection=connection, locations=modal(DISASTER)).get_result()
    geography = flowclient.get_geography(connection=connection, aggregation_unit="admin3")

    merged = before.merge(after, on="pcod", how="left", suffixes=("_before", "_after"))
    merged["percent_change"] = (merged["value_after"] - merged["value_before"]) / merged["value_before"] * 100
    placed = {feature["properties"]["pcod"] for feature in geography["features"]}

    assert set(merged["pcod"]) <= placed
    assert merged["percent_change"].notna().any()
    assert before["value"].min() >= 16
    assert after["value"].min() >= 16


def test_a_withheld_after_never_turns_into_zero_or_minus_a_hundred_percent(connection):
    before = flowclient.spatial_aggregate(connection=connection, locations=modal(DISASTER - FORTNIGHT)).get_result()
    after = flowclient.spatial_aggregate(connection=connection, locations=modal(DISASTER)).get_result()
    merged = before.merge(after, on="pcod", how="outer", suffixes=("_before", "_after"))
    change = (merged["value_after"] - merged["value_before"]) / merged["value_before"] * 100
    withheld = merged["value_after"].isna() | merged["value_before"].isna()

    assert change[withheld].isna().all()
    assert not (change == -100).any()
    assert not (merged["value_after"] == 0).any()


@pytest.mark.parametrize("kind", ["unique", "daily", "modal", "flows", "events"])
def test_each_kind_gives_json_and_geojson(connection, kind):
    daily = flowclient.daily_location_spec(date="2026-01-07", aggregation_unit="admin2", method="most-common")
    query = {
        "unique": lambda: flowclient.unique_subscriber_counts(
            connection=connection, start_date="2026-01-05", end_date="2026-01-08", aggregation_unit="admin2"
        ),
        "daily": lambda: flowclient.spatial_aggregate(connection=connection, locations=daily),
        "modal": lambda: flowclient.spatial_aggregate(connection=connection, locations=modal(DISASTER, "admin2")),
        "flows": lambda: flowclient.flows(
            connection=connection,
            from_location=modal(DISASTER - FORTNIGHT, "admin2"),
            to_location=modal(DISASTER, "admin2"),
        ),
        "events": lambda: flowclient.location_event_counts(
            connection=connection,
            start_date="2026-01-05",
            end_date="2026-01-07",
            aggregation_unit="admin2",
            count_interval="day",
        ),
    }[kind]()

    table = query.get_result()
    shapes = query.get_result(format="geojson")

    columns = {"flows": ["pcod_from", "pcod_to", "value"], "events": ["pcod", "date", "value"]}
    assert list(table.columns) == columns.get(kind, ["pcod", "value"])
    assert shapes["type"] == "FeatureCollection"
    assert shapes["features"]


def test_the_async_client_works_too(url, practice):
    async def ask() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            connection = await flowclient.connect_async(url=url, token=practice.token())
        query = flowclient.unique_subscriber_counts(
            connection=connection, start_date="2026-01-05", end_date="2026-01-06", aggregation_unit="admin1"
        )
        try:
            return await query.get_result()
        finally:
            await connection.session.aclose()

    assert len(asyncio.run(ask())) > 0


def test_a_bad_spec_is_told_with_what_to_do(connection):
    with pytest.raises(FlowclientConnectionError, match="aggregation_unit is one of"):
        flowclient.unique_subscriber_counts(
            connection=connection, start_date="2026-01-05", end_date="2026-01-08", aggregation_unit="planet"
        ).run()


def test_towers_are_refused_in_words(connection):
    with pytest.raises(FlowclientConnectionError, match=r"\[.*\]"):
        flowclient.unique_subscriber_counts(
            connection=connection, start_date="2026-01-05", end_date="2026-01-08", aggregation_unit="lon-lat"
        ).run()


def test_an_unknown_id_is_not_found(connection):
    with pytest.raises(FileNotFoundError):
        flowclient.get_result_by_query_id(connection=connection, query_id="0" * 64)


def test_a_token_narrowed_to_another_kind_is_not_enough(url, practice):
    narrow = practice.token(scopes=["run", "get_result", "admin3:spatial_aggregate:spatial_aggregate"])
    with connected(url, narrow) as connection, pytest.raises(FlowclientConnectionError, match=r"token\.scope"):
        flowclient.unique_subscriber_counts(
            connection=connection, start_date="2026-01-05", end_date="2026-01-08", aggregation_unit="admin2"
        ).run()


def test_an_expired_token_is_told_as_such(url, practice):
    site = practice.site()
    long_ago = datetime.now(UTC) - timedelta(days=10)
    with site.ledger.write() as tx:
        _, text = site.tokens.create(
            tx, account=site.accounts.by_login("chloe"), name="old", project="p", scopes=("run",), days=1, at=long_ago
        )
        tx.event(actor="test", verb="create_token", subject="old", body={}, at=long_ago)

    with connected(url, text) as connection, pytest.raises(FlowclientConnectionError, match="expired"):
        flowclient.get_available_dates(connection=connection)


def test_a_revoked_token_is_told_as_such(url, practice):
    token = create_token(practice.room("chloe"), name="short")
    revoke_token(practice.room("chloe"), token=token.id)
    with connected(url, token.text) as connection, pytest.raises(FlowclientConnectionError, match="revoked"):
        flowclient.get_available_dates(connection=connection)
