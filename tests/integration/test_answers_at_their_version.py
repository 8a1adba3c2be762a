"""Answers and the versions they were made of: on a site whose manifests are of the first format, and after corrections.

The site in `material/older_sites` was made by the last version that wrote such manifests: three days of 300 made-up
people, five rows that came late, one answer.
"""

import json
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from safeconduct.actions.asking import Ticket, ask, result
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.forgetting import forget
from safeconduct.actions.ingesting import arrivals, ingest, withdraw_arrival
from safeconduct.actions.recomputing import Recomputing, recompute_answer
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.cli.derived import commands
from safeconduct.model.errors import NotFound
from safeconduct.model.outcomes import Refusal
from safeconduct.store.sweeping import sweep

OLDER = Path(__file__).parents[1] / "material" / "older_sites" / "manifests_1.tar.xz"
NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
"""While the agreement of that site is in force."""
ANSWER = "42e2a303dccc36dda930b0f07880cbde2cfa754359c7b169d4bd7e0ec02f56c1"
DIGEST = "d82b11949ffcf17054fecaa0b087c5cf2738db5172692271165226fc154b34a2"
SPEC = {"kind": "unique_subscriber_counts", "days": {"first": "2026-01-05", "last": "2026-01-06"}, "areas": "admin2"}
EIGHTH = {**SPEC, "days": {"first": "2026-01-08", "last": "2026-01-08"}, "events": ["calls"]}


@pytest.fixture
def folder(tmp_path) -> Path:
    """The older site, brought up as `safeconduct migrate` does, and its files."""
    with tarfile.open(OLDER) as packed:
        packed.extractall(tmp_path, filter="data")
    site = Site.open(tmp_path / "site", migrating=True)
    site.ledger.upgrade()
    site.ledger.close()
    return tmp_path


def room(folder: Path, login: str) -> Room:
    site = Site.open(folder / "site")
    return Room(site, shell_caller(site, login=login, now=NOW), NOW)


def bring(folder: Path, day: str, *, name: str = "", leave: int = 0, says: str = "replace"):
    """Take in the calls of a day: those of the first, moved, without the first few callers."""
    header, *rows = (folder / "files" / "calls_20260105.csv").read_text().splitlines()
    callers = sorted({row.partition(",")[0] for row in rows})[leave:]
    there = folder / "more"
    there.mkdir(exist_ok=True)
    for path in (folder / "files").iterdir():
        if not path.name.startswith("calls"):
            (there / path.name).write_bytes(path.read_bytes())
    text = (there / "mapping.toml").read_text().replace('"calls_*.csv"', f'"calls_*.csv"\nsame_name = "{says}"')
    (there / "mapping.toml").write_text(text)
    moved = [row.replace("2026-01-05", day) for row in rows if row.partition(",")[0] in callers]
    (there / f"calls_{name or day}.csv").write_text("\n".join([header, *moved]) + "\n")
    return ingest(room(folder, "bilal"), mapping=there / "mapping.toml", folder=there)


def asked(folder: Path, spec: dict) -> Ticket | Refusal:
    found = ask(room(folder, "chloe"), spec=spec)
    if isinstance(found, Ticket):
        work(Site.open(folder / "site"), worker="test", stop=threading.Event(), until_empty=True)
    return found


def shell(verb: str, *words: str):
    """What a command prints."""
    command = next(one for one in commands() if one.name == verb)
    done = CliRunner().invoke(command, list(words))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def recomputed(folder: Path, answer_id: str) -> Recomputing:
    return recompute_answer(room(folder, "dara"), answer_id=answer_id).outcome


def test_an_older_site_gives_its_answers_byte_for_byte_after_files_of_other_days_came_in(folder) -> None:
    """Its versions are those it always had; and what arrives from now on is numbered."""
    assert asked(folder, SPEC).answer_id == ANSWER
    assert arrivals(room(folder, "bilal"), dataset="phone") == ()
    report = bring(folder, "2026-01-08")

    assert (report.files, report.failed) == (1, ())
    assert asked(folder, SPEC).answer_id == ANSWER
    assert result(room(folder, "chloe"), answer_id=ANSWER).digest == DIGEST
    assert [one.number for one in arrivals(room(folder, "bilal"), dataset="phone")] == [1]


def test_an_older_answer_is_computed_again_as_long_as_its_version_is_kept(folder) -> None:
    """From the version in force while that holds the same records, then from its own."""
    assert recomputed(folder, ANSWER) is Recomputing.SAME
    bring(folder, "2026-01-05", name="late", leave=100)
    assert asked(folder, SPEC).answer_id != ANSWER
    assert recomputed(folder, ANSWER) is Recomputing.SAME
    site = Site.open(folder / "site")
    sweep(site.folders.store, "phone", site.manifest("phone").id)

    assert recomputed(folder, ANSWER) is Recomputing.NOT_KEPT
    assert result(room(folder, "chloe"), answer_id=ANSWER).digest == DIGEST, "what was released stays"
    assert [one.body["version"] != "" for one in site.ledger.events(verb="recompute_answer")] == [False, True, True]


def test_whether_somebody_erased_was_in_an_answer_is_not_told_by_comparing(folder) -> None:
    """Every answer from before says the same, that its version was rewritten; what was released stays."""
    somebody = (folder / "files" / "calls_20260105.csv").read_text().splitlines()[1].partition(",")[0]
    forget(room(folder, "dara"), dataset="phone", identifiers=(somebody,), at_once=True)
    work(Site.open(folder / "site"), worker="test", stop=threading.Event(), until_empty=True)

    assert recomputed(folder, ANSWER) is Recomputing.ERASED
    assert result(room(folder, "chloe"), answer_id=ANSWER).digest == DIGEST
    assert asked(folder, SPEC).answer_id == ANSWER


def test_an_answer_that_comes_out_otherwise_is_told_without_its_figures(folder, monkeypatch) -> None:
    """Another secret makes other noise, as another version of the program might."""
    monkeypatch.setattr(Site, "noise_secret", lambda _site, _dataset: bytes(32))
    told = recompute_answer(room(folder, "dara"), answer_id=ANSWER)

    assert told.outcome is Recomputing.DIFFERS
    assert not any(letter.isdigit() for letter in str(told.says))


def test_nobody_computes_an_answer_again_that_is_none(folder) -> None:
    with pytest.raises(NotFound, match="no answer of that name"):
        recompute_answer(room(folder, "dara"), answer_id="0" * 64)


@pytest.mark.parametrize(("fewer", "answered"), [(1, False), (60, True)])
def test_a_correction_is_not_told_by_the_difference_of_two_answers(folder, fewer, answered) -> None:
    """Of one person it is refused, as late rows of one person are; of many it is answered."""
    bring(folder, "2026-01-08")
    assert isinstance(asked(folder, EIGHTH), Ticket)
    report = bring(folder, "2026-01-08", leave=fewer)
    again = asked(folder, EIGHTH)

    assert report.corrected_files == 1
    assert isinstance(again, Ticket) is answered
    assert answered or again.reason == "overlap.too_close"


def test_a_file_is_listed_and_taken_back_from_the_shell(folder) -> None:
    """With a dry run first, which changes nothing."""
    bring(folder, "2026-01-08")
    site = ["--site", str(folder / "site"), "--as", "bilal", "--json"]
    (one,) = shell("arrivals", "--dataset", "phone", *site)["arrivals"]
    back = ["withdraw-arrival", "--dataset", "phone", "--arrival", one["content"], *site]
    dry, done = shell(*back, "--dry-run"), shell(*back)

    assert (dry["done"], done["done"], dry["days"]) == (False, True, done["days"])
    assert shell("arrivals", "--dataset", "phone", *site)["arrivals"][0]["standing"] == "withdrawn"


def test_what_was_corrected_and_taken_back_stands_in_the_record_of_use(folder) -> None:
    bring(folder, "2026-01-08")
    bring(folder, "2026-01-08", leave=10)
    first, second = arrivals(room(folder, "bilal"), dataset="phone")
    assert (first.standing, second.corrects) == ("replaced", 1)
    withdraw_arrival(room(folder, "bilal"), dataset="phone", arrival=second.content)
    site = Site.open(folder / "site")

    told = [event.body.get("corrected") for event in site.ledger.events(verb="ingest", limit=1)]
    assert told == [{second.content: first.content}]
    assert site.ledger.events(verb="withdraw_arrival")[0].body["withdrawn"] == second.content
    assert "2026-01-08" not in {str(one.day) for one in site.manifest("phone").partitions}
