"""Answers looked at together on a real site: few people they show are found, told to insiders, and decided about."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

import levels_site
from safeconduct.actions import housekeeping
from safeconduct.actions.housekeeping import daily
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.telling import tell
from safeconduct.desk.sample import sample_cdr
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, WrongState

FIRST, ROLES, LevelsSite, seen = levels_site.FIRST, levels_site.ROLES, levels_site.LevelsSite, levels_site.seen

pytestmark = pytest.mark.slow
DAYS = 4
LEVEL = """
name = "{name}"
version = 1
title = "{name}"
says = "For tests: a plain minimum and no noise."
does_not_resist = ["Two questions that overlap."]
reviewers = 0

[[rule]]
name = "minimum_contributors"
minimum = 16
{rule}
[[rule]]
name = "presentation"
"""
LOOKS_FIRST = '\n[[rule]]\nname = "linear_span"\nminimum = 16\ntau = 3\nvariance = 0\n'
PROJECTS = {"Shelter": ("chloe", "looked_at"), "Roads": ("paula", "plain")}


def placed(day: int, areas: str) -> dict[str, object]:
    """People by their place on a day: it adds up to larger areas."""
    days = {"first": str(FIRST + timedelta(days=day)), "last": str(FIRST + timedelta(days=day))}
    return {"kind": "spatial_aggregate", "locations": {"kind": "daily_location", "days": days, "areas": areas}}


@pytest.fixture(scope="module")
def before(tmp_path_factory) -> Path:
    """A site with four days of records and two levels without noise, of which one looks before files leave."""
    folder = tmp_path_factory.mktemp("few")
    sample_cdr({"people": 500, "days": DAYS, "first": FIRST}, folder=folder / "files")
    site = Site.create(folder / "site", name="few", training=True)
    for name, rule in (("looked_at", LOOKS_FIRST), ("plain", "")):
        (site.folders.policies / f"{name}.toml").write_text(LEVEL.format(name=name, rule=rule), encoding="utf-8")
    for login, roles in ROLES.items():
        first_person(site, login=login, name=login.title(), password="a long pass phrase", roles=roles)
    made = LevelsSite(folder / "site")
    ingest(made.room("bilal"), mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    until = str(datetime.now(UTC).date() + timedelta(days=300))
    days = {"first": str(FIRST), "last": str(FIRST + timedelta(days=DAYS - 1))}
    for name, (login, policy) in PROJECTS.items():
        project = made.act("amara", "open_project", name=name, purpose=f"Plan {name}", until=until).id
        made.act("amara", "agree", project=project, title=name, dataset="phone", members=["amara", login], days=days,
                 until=until, policy=policy)  # fmt: skip
    site.ledger.close()
    made.site.ledger.close()
    return made.root


@pytest.fixture
def house(before, tmp_path) -> Iterator[LevelsSite]:
    """A copy of the site."""
    subprocess.run(["cp", "-r", str(before), str(tmp_path / "site")], check=True)
    made = LevelsSite(tmp_path / "site")
    yield made
    made.site.ledger.close()


def answered(house, spec: dict[str, object], login: str = "chloe") -> str:
    return house.ask(login, spec).answer_id


def values(house, answer_id: str, login: str = "chloe") -> dict[str, int]:
    """What an answer tells, exactly, by area."""
    rows = house.act(login, "result", answer_id=answer_id).table.rows()
    return {row["area"]: row["people"] for row in rows if row["status"] == "value"}


def looked(house, login: str = "dara"):
    """Looked at and told."""
    house.act(login, "few_together", dataset="phone")
    house.work()
    return house.act(login, "few_together", dataset="phone")


def found(report) -> set[frozenset[tuple[str, str, bool]]]:
    """Every group as the figures it takes: answer, place, taken away."""
    groups: dict[int, set[tuple[str, str, bool]]] = {}
    for row in report.figures.table.rows():
        groups.setdefault(row["group"], set()).add((row["answer"], row["places"], row["taken_away"]))
    return {frozenset(one) for one in groups.values()}


def two_sorts(house, login: str = "chloe") -> tuple[str, str]:
    """People seen on a day whatever they did, and those of them who called."""
    return answered(house, seen(1), login), answered(house, seen(1, events=["calls"]), login)


def test_differences_of_two_questions_that_leave_few_people_are_found_and_no_others(house):
    """Both figures are told exactly, so that the test can subtract as an attacker does."""
    everybody, callers = two_sorts(house)
    whole, part = values(house, everybody), values(house, callers)
    few = {area for area in whole if area in part and 0 < whole[area] - part[area] < 16}
    many = set(whole) & set(part) - few

    groups = found(looked(house))
    pairs = {next(iter({area for _, area, _ in group})) for group in groups
             if {(answer, away) for answer, _, away in group} == {(everybody, False), (callers, True)}}  # fmt: skip
    assert few
    assert many, "or the test shows nothing"
    assert pairs == few


def test_a_province_less_its_told_districts_is_found_where_few_are_left(house):
    """Three figures and more; which districts lie in which province, everybody knows."""
    provinces, districts = answered(house, placed(1, "admin1")), answered(house, placed(1, "admin2"))
    parent = {area.code: area.parent for area in house.act("chloe", "areas", level="admin2", dataset="phone")}
    whole, part = values(house, provinces), values(house, districts)
    left = {province: people - sum(part[one] for one in part if parent[one] == province)
            for province, people in whole.items()}  # fmt: skip
    expected = {
        frozenset({(provinces, province, False), *((districts, one, True) for one in part if parent[one] == province)})
        for province, people in left.items() if 0 < people < 16
    }  # fmt: skip

    assert expected, "or the test shows nothing"
    assert found(looked(house)) == expected


def test_answers_about_different_days_show_nobody_together(house):
    """As the comparison before an answer takes it."""
    for day in range(3):
        answered(house, seen(day))
    report = looked(house)

    assert (report.state, found(report), report.answers) == ("nothing", set(), 3)


def test_questions_of_two_projects_are_looked_at_together(house):
    """Whoever asked, under whatever level."""
    everybody = answered(house, seen(1))
    callers = answered(house, seen(1, events=["calls"]), "paula")

    assert {answer for group in found(looked(house)) for answer, _, _ in group} == {everybody, callers}


def test_sums_are_said_to_be_left_out(house):
    """Nothing is left out silently."""
    answered(house, {**seen(1), "kind": "location_event_counts"})
    answered(house, seen(2))

    assert dict(looked(house).left_out) == {"sums": 1}


def night(house) -> None:
    """What workers do when nothing waits, as two that start at once do it."""
    for _ in range(2):
        housekeeping._looked.clear()
        daily(house.site)
    house.work()


def events(house, verb: str) -> list:
    return house.site.ledger.events(verb=verb, limit=100)


def test_the_night_looks_once_and_says_so_before_it_reads(house):
    """Two workers, one look: one event before, one after, one message to the data protection officer."""
    two_sorts(house)
    night(house)
    after, first = events(house, "look_together")

    assert first.body.keys() - {"door", "project"} == {"answers"}
    assert first.body["answers"] == 2
    assert after.body.keys() - {"door", "project"} == {"state", "document"}
    assert after.body["state"] == "found"
    assert len(events(house, "tidy")) == 1
    (message,) = house.act("dara", "messages")
    assert message.href == "/assurance/few/phone"
    assert [one for login in ("chloe", "farid", "amara") for one in house.act(login, "messages")] == []


def test_a_night_after_which_nothing_was_asked_reads_no_record(house):
    """What was looked at once is not looked at again, and nobody is told twice."""
    two_sorts(house)
    night(house)
    day_before = house.site.ledger.fact("tidied", "site").body
    with house.site.ledger.write() as tx:
        tx.put("tidied", "site", {"day": "2026-01-01"}, at=datetime.now(UTC))
        tx.event(actor="test", verb="tidy", subject="site", body={}, at=datetime.now(UTC))
    night(house)

    assert house.site.ledger.fact("tidied", "site").body == day_before
    assert len(events(house, "look_together")) == 2
    told = [message.href for message in house.act("dara", "messages")]
    assert told.count("/assurance/few/phone") == 1


def test_nothing_that_was_found_stands_outside_the_sealed_document(house):
    """Events say that it was looked; no door carries a finding; no file of the site tells an area of one."""
    two_sorts(house)
    report = looked(house)
    areas = {row["places"] for row in report.figures.table.rows()}
    told = [json.dumps(one.body) for one in events(house, "look_together") + events(house, "few_together")]

    assert tell(report)["figures"] is None
    assert areas
    assert not [area for area, text in product(areas, told) if area in text]
    assert not [sort for sort, text in product(("class", "pair", "difference", "rest"), told) if sort in text]
    assert report.look not in repr(report.figures)
    assert not [path for path in house.root.rglob("*") if path.is_file() and b"taken_away" in path.read_bytes()]


def files(house, answer_id: str, login: str = "chloe"):
    return house.act(login, "export", answer_id=answer_id)


def test_files_wait_for_the_look_and_then_for_the_data_protection_officer(house):
    """Told the same both times, whichever answer is asked for; the word opens all of them."""
    everybody, callers = two_sorts(house)
    innocent = answered(house, seen(3))
    with pytest.raises(WrongState) as first:
        files(house, innocent)
    house.work()
    with pytest.raises(WrongState) as second:
        files(house, innocent)
    with pytest.raises(WrongState):
        house.act("chloe", "download", answer_id=callers, file="answer.csv")
    report = looked(house)
    house.act("dara", "decide_few_together", dataset="phone", look=report.look, leave=True, reason="They are ours.")

    assert str(first.value) == str(second.value)
    assert all(files(house, one).files for one in (everybody, callers, innocent))
    assert house.act("dara", "few_together", dataset="phone").reason == "They are ours."


def test_files_leave_where_nobody_is_shown(house):
    """Once it was looked."""
    answer = answered(house, seen(1))
    with pytest.raises(WrongState):
        files(house, answer)
    house.work()

    assert files(house, answer).files


def test_a_no_holds_files_back_and_figures_stay_told(house):
    """Under levels with the rule; others never waited."""
    everybody, _ = two_sorts(house)
    plain = answered(house, seen(1), "paula")
    report = looked(house)
    house.act("dara", "decide_few_together", dataset="phone", look=report.look, leave=False, reason="Ask coarser.")

    with pytest.raises(WrongState):
        files(house, everybody)
    assert values(house, everybody)
    assert files(house, plain, "paula").files


def test_a_word_holds_until_other_people_are_shown(house):
    """Another answer alone changes nothing; one that shows others does."""
    everybody, _ = two_sorts(house)
    report = looked(house)
    house.act("dara", "decide_few_together", dataset="phone", look=report.look, leave=True, reason="They are ours.")
    answered(house, seen(3))
    assert looked(house).state == "allowed"

    answered(house, seen(3, events=["calls"]))
    assert looked(house).state == "found"
    with pytest.raises(WrongState):
        files(house, everybody)


def test_who_decides_names_what_they_saw(house):
    """After another look the page is read again; a reason is needed; nobody else decides."""
    two_sorts(house)
    report = looked(house)
    word = {"dataset": "phone", "look": report.look, "leave": True, "reason": "They are ours."}
    with pytest.raises(WrongState):
        house.act("dara", "decide_few_together", **{**word, "look": "0" * 64})
    with pytest.raises(BadInput):
        house.act("dara", "decide_few_together", **{**word, "reason": " "})
    for login in ("chloe", "amara", "farid", "eva"):
        with pytest.raises(NotPermitted):
            house.act(login, "decide_few_together", **word)
    for login in ("chloe", "eva"):
        with pytest.raises(NotPermitted):
            house.act(login, "few_together", dataset="phone")
    with pytest.raises(NotFound):
        house.act("dara", "few_together", dataset="elsewhere")


def test_what_an_earlier_look_found_is_destroyed(house):
    """And what was decided about it with it."""
    two_sorts(house)
    first = looked(house)
    answered(house, seen(3))
    second = looked(house)

    assert first.look != second.look
    assert not house.site.documents.has(first.look)
    assert house.site.documents.has(second.look)


def test_who_checks_an_answer_is_told_what_it_adds(house):
    """Few people by sort; nothing where it adds none."""
    everybody, callers = two_sorts(house)
    innocent = answered(house, seen(3))
    adds = {}
    for answer in (callers, innocent):
        for _ in range(2):
            report = house.act("farid", "mosaic_report", dataset="phone", answer_id=answer)
            house.work()
        adds[answer] = {row["name"]: row["a"] for row in report.figures.table.rows() if row["part"] == "few"}

    assert adds[callers][""] > 0
    assert adds[innocent] == {"": 0}
    with house.browser("farid") as browser:
        assert everybody not in browser.text("/assurance/mosaic/phone")


def test_the_page_tells_the_data_protection_officer_which_questions_and_takes_the_word(house):
    """In words: days, areas, what is taken away; never how many people."""
    two_sorts(house)
    night(house)
    with house.browser("dara") as browser:
        assert "/assurance/few/phone" in browser.get("/assurance/few").text
        text = browser.text("/assurance/few/phone")
        assert "Groups of fewer than 16 people that answers show together" in text
        assert "taken away" in text
        assert "27 January 2026" in text
        assert "Calls" in text
        assert "For insiders; nothing here may be passed on." in text
        wrong = browser.send("/assurance/few/phone", "Decide", reason="They are ours.", leave="")
        assert wrong.status_code == 422
        browser.send("/assurance/few/phone", "Decide", reason="They are <b>ours</b>.", leave="yes")
        page = browser.get("/assurance/few/phone").text
    assert "They are &lt;b&gt;ours&lt;/b&gt;." in page
    assert "files may leave" in page
    assert len(page) < 100_000


def test_only_insiders_see_the_page(house):
    """A checker reads and does not decide; who asks does neither."""
    two_sorts(house)
    looked(house)
    with house.browser("farid") as browser:
        assert "Your decision" not in browser.text("/assurance/few/phone")
    for login in ("chloe", "eva"):
        with house.browser(login) as browser:
            assert browser.get("/assurance/few/phone").status_code == 403
