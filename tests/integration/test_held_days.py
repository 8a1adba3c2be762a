"""A day whose files were cut is in no answer until it is whole, or a steward lets it in; answers say what was found."""

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from fastapi.testclient import TestClient

import ingest_world
from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.alarming import alarm
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.telling import tell
from safeconduct.actions.verb import verbs
from safeconduct.actions.working import work
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.outcomes import Release
from safeconduct.server.app import create_app

FIRST, LAST = date(2026, 1, 5), date(2026, 1, 7)
PEOPLE = 40
SPEC = {"kind": "location_event_counts", "days": {"first": str(FIRST), "last": str(LAST)}, "areas": "admin1",
        "events": ["calls"]}  # fmt: skip
LATE = "Records of a data set come late."
LIMITS = "[phone]\npeople = 20\nmany = 3\nalarm_hours = 24\n"


class Made:
    """A site, and whoever acts on it."""

    def __init__(self, root: Path) -> None:
        self.root, self.site = root, Site.open(root)

    @property
    def files(self) -> Path:
        return self.root / "files"

    def act(self, login: str, verb: str, /, **arguments: object):
        now = datetime.now(UTC)
        room = Room(self.site, shell_caller(self.site, login=login, now=now), now)
        if verb == "ingest":
            return verbs[verb].run(room, **arguments)
        return verbs[verb].call(room, arguments)

    def take(self) -> None:
        self.act("bilal", "ingest", mapping=self.files / "mapping.toml", folder=self.files)

    def ask(self, **more: object) -> Release:
        found = self.act("chloe", "ask", spec={**SPEC, **more}, dataset="phone")
        work(self.site, worker="here", stop=Event(), until_empty=True)
        return self.act("chloe", "result", answer_id=found.answer_id)

    def held(self) -> list[tuple[date, str, tuple[str, ...]]]:
        return [(one.day, one.state, one.checks) for one in self.act("amara", "held_days")]


def rows(worlds, day: date, hours: range) -> list[str]:
    """Everybody calls every hour."""
    return [worlds.row(f"+2588{one:04}", f"{day} {hour:02}:{one:02}:00") for hour in hours for one in range(PEOPLE)]


@pytest.fixture(scope="module")
def worlds():
    return ingest_world


@pytest.fixture(scope="module")
def cut(worlds, tmp_path_factory) -> Path:
    """Two whole days and one that ends at three in the afternoon."""
    folder = tmp_path_factory.mktemp("held")
    world = worlds.World(folder / "world")
    every = [row for day in (FIRST, FIRST + timedelta(1)) for row in rows(worlds, day, range(24))]
    world.calls([*every, *rows(worlds, LAST, range(15))])
    site = Site.create(folder / "site", name="practice", training=True)
    (folder / "site" / "quality.toml").write_text(LIMITS)
    shutil.copytree(world.files, folder / "site" / "files")
    for login, role in (("amara", "steward"), ("bilal", "engineer"), ("chloe", "analyst")):
        first_person(site, login=login, name=login, password=secrets.token_urlsafe(18), roles=(role,))
    made, later = Made(folder / "site"), datetime.now(UTC).date() + timedelta(days=365)
    made.take()
    now = datetime.now(UTC)
    room = Room(site, shell_caller(site, login="amara", now=now), now)
    project = open_project(room, name="chloe", purpose="Plan shelter", until=later)
    agree(room, project=project.id, title="chloe", dataset="phone", members=("chloe",), days=Days(FIRST, LAST),
          until=later, policy="threshold_only")  # fmt: skip
    site.ledger.close()
    made.site.ledger.close()
    return folder / "site"


@pytest.fixture
def made(cut, tmp_path) -> Made:
    """The site as it was made, for one test."""
    return Made(Path(shutil.copytree(cut, tmp_path / "site")))


def said(release: Release) -> str:
    return " ".join(map(str, release.statement))


def test_a_day_that_was_cut_is_in_no_answer(made):
    """It counts as not arrived: not observed, and told."""
    assert made.held() == [(LAST, "held", ("ends_early",))]
    answer = made.ask()

    assert set(answer.provenance.partitions) == {f"calls/{FIRST}", f"calls/{FIRST + timedelta(1)}"}
    last = {row["status"] for row in answer.table.rows() if str(row["day"]) == str(LAST)}
    assert last == {"not_observed"}
    assert "Held back, wholly or in part, because their records cannot be trusted yet: 2026-01-07." in said(answer)
    assert "Reliability of the records read: limited." in said(answer)
    assert LAST not in next(iter(made.act("chloe", "available_days", dataset="phone").days.values()))


def test_a_steward_lets_a_day_in_and_it_stays_flagged(made):
    """The answer is another one then, warns, and can be asked without the day."""
    before = made.ask()
    made.act("amara", "release_day", dataset="phone", events="calls", day=str(LAST), reason="A feast: nobody called.")
    after, without = made.ask(), made.ask(without_flagged=True)

    assert f"calls/{LAST}" in after.provenance.partitions
    assert after.answer_id != before.answer_id
    assert f"calls/{LAST}" not in without.provenance.partitions
    assert without.provenance.spec["without_flagged"] is True
    assert "without_flagged" not in after.provenance.spec
    assert "Left out, wholly or in part, because they are flagged, as was asked: 2026-01-07." in said(without)


def test_the_rest_of_a_day_mends_it(made, worlds):
    """Newer rows are looked at, and the day is let in by itself."""
    later = "\n".join((worlds.HEADER, *rows(worlds, LAST, range(15, 24)))) + "\n"
    (made.files / "calls_2.csv").write_text(later)
    made.take()

    assert made.held() == [(LAST, "mended", ("ends_early",))]
    answer = made.ask()
    assert f"calls/{LAST}" in answer.provenance.partitions
    assert "Held back" not in said(answer)


def test_a_day_held_back_by_hand_stays_so_whatever_arrives(made, worlds):
    """Only a steward takes back what a steward decided."""
    made.act("amara", "hold_day", dataset="phone", events="calls", day=str(FIRST), reason="The exchange was down.")
    (made.files / "calls_3.csv").write_text("\n".join((worlds.HEADER, *rows(worlds, FIRST, range(3)))) + "\n")
    made.take()

    assert (FIRST, "held", ("by_hand",)) in made.held()
    with pytest.raises(Exception, match="characters why"):
        made.act("amara", "release_day", dataset="phone", events="calls", day=str(FIRST), reason=" ")


def test_what_is_told_of_quality_holds_no_number_of_the_records(made):
    """Names, days and severities: figures are for the page of insiders alone; the log has none either."""
    told = json.dumps(tell(made.act("bilal", "quality", everything=True, dry_run=True)))
    events = " ".join(one.leaf() for one in made.site.ledger.events(limit=1000))

    assert '"ends_early"' in told
    for number in (str(PEOPLE * 24), str(PEOPLE * 15), str(14 * 3600 + 39 * 60), "14.6"):
        alone = re.compile(rf"(?<![\w.:-]){re.escape(number)}")  # digits within a digest or a time are no number
        assert alone.search(told) is None
        assert alone.search(events) is None


def test_a_dry_run_changes_nothing(made):
    """What would be held is said, and nothing is written but that somebody looked."""
    with_limits = LIMITS + "[phone.ends_early]\nhold_below = 12.0\n"
    (made.root / "quality.toml").write_text(with_limits)
    before = made.held()
    made.act("bilal", "quality", everything=True, dry_run=True)
    assert made.held() == before
    made.act("bilal", "quality", everything=True)
    assert made.held() == [(LAST, "mended", ("ends_early",))]


def test_the_newest_day_is_old_and_alarms(made):
    """Days of last January are older than a day."""
    (found,) = made.act("bilal", "quality")

    assert found.timeliness.newest == FIRST + timedelta(1)
    assert found.timeliness.alarm


def test_records_that_came_in_time_and_then_no_more_are_told_once(cut, tmp_path):
    """Stewards and engineers; a data set that was late from the beginning, as one of last January is now, is not."""
    site = Site.create(tmp_path / "site", name="practice", training=True)
    (tmp_path / "site" / "quality.toml").write_text(LIMITS)
    for login, role in (("amara", "steward"), ("bilal", "engineer"), ("chloe", "analyst")):
        first_person(site, login=login, name=login, password=secrets.token_urlsafe(18), roles=(role,))
    came = datetime(2026, 1, 7, 6, tzinfo=UTC)
    verbs["ingest"].run(Room(site, shell_caller(site, login="bilal", now=came), came),
                        mapping=cut / "files" / "mapping.toml", folder=cut / "files")  # fmt: skip
    told = [alarm(site, came + timedelta(days=days)) for days in (0, 1, 3, 4)]
    messages = {login: [str(one.says) for one in Made(tmp_path / "site").act(login, "messages")].count(LATE)
                for login in ("amara", "bilal", "chloe")}  # fmt: skip

    assert told == [0, 1, 0, 0]
    assert messages == {"amara": 1, "bilal": 1, "chloe": 0}
    assert alarm(Made(cut).site, datetime.now(UTC)) == 0


def test_late_records_are_told_though_another_data_set_does_not_open(cut, tmp_path):
    """Whatever is wrong with that one, its steward hears of it elsewhere."""
    site = Site.create(tmp_path / "site", name="practice", training=True)
    (tmp_path / "site" / "quality.toml").write_text(LIMITS)
    first_person(site, login="bilal", name="bilal", password=secrets.token_urlsafe(18), roles=("engineer",))
    came = datetime(2026, 1, 7, 6, tzinfo=UTC)
    verbs["ingest"].run(Room(site, shell_caller(site, login="bilal", now=came), came),
                        mapping=cut / "files" / "mapping.toml", folder=cut / "files")  # fmt: skip
    with site.ledger.write() as tx:
        tx.put("dataset", "broken", {**site.ledger.fact("dataset", "phone").body, "manifest": "0" * 64}, at=came)
        tx.event(actor="test", verb="ingest", subject="broken", body={}, at=came)
    with pytest.raises(NotFound):
        alarm(site, came + timedelta(days=1))

    assert [str(one.says) for one in Made(tmp_path / "site").act("bilal", "messages")].count(LATE) == 1


def test_a_type_that_comes_no_more_is_told_though_others_come(cut, worlds, tmp_path):
    """Messages stopped; calls go on. Once for each day that is the newest."""
    site = Site.create(tmp_path / "site", name="practice", training=True)
    (tmp_path / "site" / "quality.toml").write_text(LIMITS)
    for login, role in (("amara", "steward"), ("bilal", "engineer")):
        first_person(site, login=login, name=login, password=secrets.token_urlsafe(18), roles=(role,))
    files = Path(shutil.copytree(cut / "files", tmp_path / "files"))
    mapping = files / "mapping.toml"
    text = mapping.read_text(encoding="utf-8")
    both = text[text.index("[events.calls]") :]
    mapping.write_text(text + both.replace("events.calls", "events.sms").replace("calls_*", "sms_*"), encoding="utf-8")

    def take(now: datetime, name: str, day: date) -> None:
        (files / name).write_text("\n".join((worlds.HEADER, *rows(worlds, day, range(24)))) + "\n")
        verbs["ingest"].run(Room(site, shell_caller(site, login="bilal", now=now), now), mapping=mapping, folder=files)

    soon = datetime(2026, 1, 5, 23, tzinfo=UTC)
    (files / "calls_1.csv").unlink()
    take(soon, "sms_1.csv", FIRST)
    take(soon, "calls_2.csv", FIRST)
    take(soon + timedelta(days=1), "calls_3.csv", FIRST + timedelta(1))
    told = [alarm(site, soon + timedelta(hours=hours)) for hours in (23, 26, 27, 49, 50)]
    report = Made(tmp_path / "site").act("amara", "quality_report", dataset="phone", events="sms")

    assert told == [0, 1, 0, 1, 0]
    assert (report.timeliness.newest, report.timeliness.hours) == (FIRST, 1)


@contextmanager
def browser(made: Made, login: str) -> Iterator[TestClient]:
    """A browser without scripts, signed in as somebody."""
    with made.site.ledger.write() as tx:
        cookie = str(made.site.sessions.open(tx, made.site.accounts.by_login(login), datetime.now(UTC)))
    with TestClient(create_app(made.site), base_url="http://127.0.0.1") as client:
        client.cookies = {"safeconduct": cookie}
        yield client


def test_a_steward_reads_the_calendar_and_lets_a_day_in(made):
    """By signs with words; that the readings were seen is recorded, and nobody keeps the page."""
    with browser(made, "amara") as client:
        shown = client.get("/data/quality/phone?type=calls")
        csrf = re.search(r'name="csrf" value="([^"]+)"', shown.text).group(1)
        sent = {"csrf": csrf, "type": "calls", "day": str(LAST), "act": "release", "reason": "A feast."}
        posted = client.post("/data/quality/phone", data=sent, follow_redirects=False)
        after = client.get("/data/quality/phone?type=calls").text

    assert shown.status_code == 200
    assert "no-store" in shown.headers["cache-control"]
    assert 'aria-label="held back from answers"' in shown.text
    assert "The day ends early" in shown.text
    assert posted.status_code == 303
    assert "let in by a steward" in after
    assert 'aria-label="flagged"' in after
    assert next(one.subject for one in made.site.ledger.events(verb="quality_report")) == "phone"


def test_an_earlier_look_is_chosen_and_compared_with(made, worlds):
    """What stood out then and now, and what was read then beside the readings; without a script."""
    later = "\n".join((worlds.HEADER, *rows(worlds, LAST, range(15, 24)))) + "\n"
    (made.files / "calls_2.csv").write_text(later)
    made.take()
    report = made.act("amara", "quality_report", dataset="phone")
    then = made.act("amara", "quality_report", dataset="phone", look=report.looks[0])
    read = {(str(row["day"]), row["check"]): (row["reading"], row["then"]) for row in then.figures.table.rows()}
    with browser(made, "amara") as client:
        plain = client.get("/data/quality/phone").text
        shown = client.get("/data/quality/phone", params={"type": "calls", "look": report.looks[0]})

    assert len(report.looks) == 1
    assert report.changed == ()
    assert [(one.day, [str(text) for text in one.then], one.now) for one in then.changed] == [
        (LAST, ["The day ends early"], ())
    ]
    assert read[str(LAST), "ends_early"] == (pytest.approx(23 + 37 / 60), pytest.approx(14 + 37 / 60))
    assert read[str(FIRST), "ends_early"][1] is None
    assert 'class="ring"' not in plain
    assert shown.text.count('class="ring"') > 0
    assert "Reading then" in shown.text


def test_a_look_there_was_not_is_refused(made):
    """A time that is made up, and one of which nothing was looked at again."""
    for look in ("yesterday", "2026-01-05T00:00:00+00:00"):
        with pytest.raises(BadInput, match="choose one of the earlier looks"):
            made.act("amara", "quality_report", dataset="phone", look=look)


def test_the_page_says_what_holds_a_day_and_what_lets_it_in(made):
    """With the limits of this site and their units."""
    (made.root / "quality.toml").write_text(LIMITS + "[phone.ends_early]\nhold_below = 17.0\n")
    with browser(made, "amara") as client:
        shown = client.get("/data/quality/phone?type=calls").text

    assert "The day ends early: 17.25 or more (hours after midnight)" in shown
    assert "Let in again by itself at 17.25 or more (hours after midnight)." in shown
    assert "Let in again by itself at 0.3 to 4.95 (times the usual)." in shown
    assert "The limit: below 17 (hours after midnight)." in shown
    assert shown.count("<figure") == shown.count("The same as a table")


def test_an_analyst_does_not_see_what_was_read_off_the_days(made):
    """Figures are for those who run the site."""
    with browser(made, "chloe") as client:
        assert client.get("/data/quality/phone").status_code == 403


def test_figures_rest_sealed_and_their_keys_go_with_the_data_set(made):
    """Nothing of a page can be read on the disk, and every page has a key of its own to be destroyed."""
    folder = made.root / "store" / "phone" / "figures"
    pages = sorted(folder.glob("*.chest"))

    assert len(pages) == len(list(folder.glob("*.key"))) == 2
    for page in pages:
        assert b"count_added_rows" not in page.read_bytes()
        assert b"ends_early" not in page.read_bytes()
