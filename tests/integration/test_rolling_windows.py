"""Mobility indicators over 180 rolling windows are declared products, and no window of them is refused."""

import secrets
from datetime import UTC, date, datetime, timedelta

import pytest

from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.asking import Ticket, ask
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.products import declare_product
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.attack.specs import daily, doings, flows, modal, people, seen
from safeconduct.desk.sample import sample_cdr
from safeconduct.model.areas import TimeGrain
from safeconduct.model.days import Days
from safeconduct.model.outcomes import Refusal
from safeconduct.query.shifting import shifted
from safeconduct.query.spec import read_question

pytestmark = pytest.mark.slow
FIRST = date(2026, 1, 5)
WINDOWS, WEEK = 180, 7
LENGTH = WINDOWS + 2 * WEEK - 1
AREAS = "admin2"


def days(first: int, count: int) -> list[date]:
    """So many days from a day on."""
    return [FIRST + timedelta(days=first + at) for at in range(count)]


INDICATORS = {
    "where people are each day": people(daily(days(0, WEEK), AREAS)),
    "who was seen in a week": seen(days(0, WEEK), AREAS),
    "where people mostly were": people(modal(days(0, WEEK), AREAS)),
    "what phones did": doings(days(0, WEEK), AREAS),
    "movements from one week to the next": flows(modal(days(0, WEEK), AREAS), modal(days(WEEK, WEEK), AREAS)),
    "who was seen in two weeks": seen(days(0, 2 * WEEK), AREAS),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    """Few people over half a year, and one analyst."""
    folder = tmp_path_factory.mktemp("rolling")
    sample_cdr({"people": 120, "days": LENGTH, "first": FIRST}, folder=folder / "files")
    made = Site.create(folder / "site", name="practice", training=True)
    for login, roles in (("amara", ("steward",)), ("bilal", ("engineer",)), ("chloe", ("analyst",))):
        first_person(made, login=login, name=login, password=secrets.token_urlsafe(18), roles=roles)
    ingest(room(made, "bilal"), mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    later = datetime.now(UTC).date() + timedelta(days=365)
    project = open_project(room(made, "amara"), name="chloe", purpose="Plan shelter", until=later)
    agree(room(made, "amara"), project=project.id, title="chloe", dataset="phone", members=("chloe",),
          days=Days(FIRST, FIRST + timedelta(days=LENGTH)), until=later, grain=TimeGrain.HOUR)  # fmt: skip
    return made


def room(site: Site, login: str) -> Room:
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def test_no_window_of_a_declared_product_is_refused(site):
    """Six indicators, 180 windows each, a day apart: 1,080 questions, none of them refused."""
    for title, spec in INDICATORS.items():
        declare_product(room(site, "amara"), title=title, dataset="phone", spec=spec, step=1, windows=WINDOWS)
    asked = [
        ask(room(site, "chloe"), spec=shifted(read_question(spec), at).spec())
        for spec in INDICATORS.values()
        for at in range(WINDOWS)
    ]

    assert [one.reason for one in asked if isinstance(one, Refusal)] == []
    assert len({one.answer_id for one in asked if isinstance(one, Ticket)}) == len(INDICATORS) * WINDOWS
