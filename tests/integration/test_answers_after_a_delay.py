"""A figure about a protected area that waits is told later, with the noise it always had, and paid for once."""

import json
from datetime import UTC, date, datetime

import pytest

import checking
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import verbs
from safeconduct.model.outcomes import Budget, Pending, Release
from safeconduct.release.verify import verify

checked_site, house, question = checking.checked_site, checking.house, checking.question

pytestmark = pytest.mark.slow
SALT = "letters that nobody guesses"
DAY = 6
WAITS, LAST_WAIT, TOLD, LATER = (date(2026, 1, day) for day in (10, 19, 20, 28))
ZONES = """
[[rule]]
name = "protected_zones"
zones = ["{zone}"]
salt = "{salt}"
floor = {floor}
delay_days = 14
what = "{what}"
"""
LAST = '\n[[rule]]\nname = "presentation"\n'


def opened(house, name: str, shipped: str, *, what: str = "delay"):
    """The house with a level made of a shipped one and a zone, and a project of Carla's under it; the zone."""
    crowded = most_people(house)
    folder = house.site.folders.policies
    text = (folder / f"{shipped}.toml").read_text(encoding="utf-8")
    behind = '[[rule]]\nname = "complementary_suppression"' if "complementary_suppression" in text else LAST.strip()
    floor = 0 if "differential_privacy" in text else 2  # beside a guarantee nothing looks at true counts
    zones = ZONES.format(zone=crowded, salt=SALT, what=what, floor=floor)
    text = text.replace(behind, f"{zones}\n{behind}").replace(f'name = "{shipped}"', f'name = "{name}"', 1)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    made = checking.House(house.root)
    made.site.adopt({name: made.site.policies[name]}, "site")
    days = {"first": "2026-01-05", "last": "2026-01-08"}
    project = made.act("amara", "open_project", name=name, purpose="Plan camps", until="2027-06-01").id
    made.act("amara", "agree", project=project, title=name, dataset="phone", members=["carla"], days=days,
             until="2027-06-01", policy=name)  # fmt: skip
    return made, crowded


def most_people(house) -> str:
    """The district with most people, of those told under a level without zones."""
    house.approve(answer := house.ask(day=DAY))
    rows = [row for row in house.result(answer).table.rows() if row["status"] == "value"]
    return max(rows, key=lambda row: row["people"])["area"]


class Days:
    """Carla, an analyst, on days of her choice."""

    def __init__(self, house) -> None:
        self.house, self.site = house, Site.open(house.root)

    def act(self, day: date, verb: str, **arguments: object):
        now = datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)
        return verbs[verb].call(Room(self.site, shell_caller(self.site, login="carla", now=now), now), arguments)

    def ask(self, on: date, **how: object) -> str:
        ticket = self.act(on, "ask", spec=question(**{"day": DAY, **how}), dataset="phone")
        self.house.work()
        return ticket.answer_id

    def told(self, day: date, answer: str) -> dict[str, tuple[object, ...]]:
        """Figure, margin and status by area."""
        release = self.act(day, "result", answer_id=answer)
        assert isinstance(release, Release)
        return {row["area"]: (row["people"], row["margin"], row["status"]) for row in release.table.rows()}


@pytest.fixture
def zoned(house):
    """`zoned(name, shipped, what=...)`: days of somebody under such a level, the zone, and the house."""

    def make(name: str, shipped: str, **how: str):
        made, zone = opened(house, name, shipped, **how)
        return Days(made), zone, made

    return make


def test_a_withheld_figure_is_told_when_it_is_asked_again_later(zoned):
    """Under the level with noise that never changes; the answer of before stays what it was."""
    days, zone, _ = zoned("zoned", "operational")
    early, late = days.ask(WAITS), days.ask(TOLD)
    before, after = days.told(TOLD, early), days.told(TOLD, late)

    assert early != late
    assert before[zone] == (None, None, "suppressed")
    assert after[zone][2] == "value"
    assert days.told(LATER, early) == before


def test_figures_that_did_not_wait_are_the_same_before_and_after(zoned):
    """Their noise is that of the people: asking on two sides of a delay averages nothing away."""
    days, _, _ = zoned("zoned", "operational")
    before, after = (days.told(TOLD, days.ask(day)) for day in (WAITS, TOLD))
    both = [area for area in before if before[area][2] == after[area][2] == "value"]

    assert len(both) > 3
    assert [before[area] for area in both] == [after[area] for area in both]


def test_on_the_same_side_it_is_the_same_answer_and_is_computed_once(zoned):
    """Up to the last day before; and from that day on, for ever."""
    days, _, house = zoned("zoned", "operational")
    ids = [days.ask(day) for day in (WAITS, LAST_WAIT, TOLD, LATER)]
    decided = [len(house.events("decide", one)) for one in dict.fromkeys(ids)]

    assert ids[0] == ids[1] != ids[2] == ids[3]
    assert decided == [1, 1]


def test_a_job_done_again_later_is_still_the_answer_of_the_day_it_was_asked_on(zoned):
    """As after a crash: the day is written down with the job, and no clock is looked at."""
    days, zone, house = zoned("zoned", "operational")
    early = days.ask(WAITS)
    first = days.told(LATER, early)
    with house.site.ledger.write() as tx:
        house.site.queue.again(tx, early, datetime.now(UTC))
    house.work()

    assert days.told(LATER, early) == first
    assert first[zone][2] == "suppressed"


def test_a_budget_pays_once_for_both_and_the_noise_is_the_same(zoned):
    """Under the level with a guarantee: fresh noise is drawn once for a question, not once for each side of a delay."""
    days, zone, house = zoned("zoned_public", "public")
    early = days.ask(WAITS)
    spent = house.site.ledger.spent(Budget.DATASET, "phone")
    ahead = days.act(TOLD, "explain", spec=question(day=DAY), dataset="phone")
    late = days.ask(TOLD)
    before, after = days.told(TOLD, early), days.told(TOLD, late)

    assert spent == house.site.ledger.spent(Budget.DATASET, "phone")
    assert ahead.costs == ()
    assert before[zone][2] == "suppressed"
    assert after[zone][2] == "value"
    assert {area: told for area, told in before.items() if area != zone} == {
        area: told for area, told in after.items() if area != zone
    }


def test_neither_zone_nor_salt_leaves_with_the_files_and_they_verify_offline(zoned):
    """The manifest names the rule with a digest; area codes stand in it nowhere else."""
    days, zone, house = zoned("zoned", "operational")
    exported = days.act(TOLD, "export", answer_id=days.ask(WAITS))
    text = exported.manifest_path.read_text(encoding="utf-8")
    rule = next(one for one in json.loads(text)["checks"] if one["name"] == "protected_zones")

    assert SALT not in text
    assert "zones" not in rule
    assert zone not in str(rule)
    assert len(rule["private"]) == 64
    assert verify(exported.manifest_path, key=house.site.signer.public).ok


def test_where_a_zone_asks_for_review_two_look_at_every_answer(zoned):
    """Under a level without reviewers; what was approved for one day lets no other day go."""
    days, zone, house = zoned("zoned", "operational", what="review")
    first, second = days.ask(TOLD), days.ask(LATER, day=7)
    assert isinstance(days.act(TOLD, "result", answer_id=first), Pending)
    assert house.act("farid", "answer_evidence", answer_id=first).alone
    house.approve(first)

    assert days.told(LATER, first)[zone][2] == "value"
    assert days.act(LATER, "result", answer_id=second) == Pending(answer_id=second, missing=2)
    assert house.site.ledger.facts("answer_template", prefix="") == _checked_only(house)


def _checked_only(house) -> list:
    """The kinds of question approved under the level that takes two checkers for each kind."""
    policy = house.site.policies["checked"].id
    return [fact for fact in house.site.ledger.facts("answer_template") if fact.body["policy"] == policy]


def test_where_a_zone_asks_for_review_an_answer_that_tells_nothing_of_it_waits_for_nobody(zoned):
    """Its figures are withheld for the delay anyway; and provinces name no listed district."""
    days, zone, _ = zoned("zoned", "operational", what="review")

    assert days.told(WAITS, days.ask(WAITS))[zone][2] == "suppressed"
    assert isinstance(days.act(TOLD, "result", answer_id=days.ask(TOLD, areas="admin1")), Release)
