"""Workers that are killed while they read, keep, draft, publish or pack: the work is done again, and nothing twice."""

import json
import signal
from datetime import UTC, datetime

import pytest

from safeconduct.actions.editions import edition_of, release_of
from safeconduct.actions.verb import verbs
from safeconduct.engines.tables import table
from safeconduct.ledger import tables
from safeconduct.ledger.tables import stamp
from shelled import python

pytestmark = pytest.mark.slow

DOOMED = """
import importlib, os, signal, sys
from pathlib import Path
from threading import Event
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
root, module, name, when = sys.argv[1:]
found = importlib.import_module("safeconduct.actions." + module)
real = getattr(found, name)
def doomed(*args, **kwargs):
    if when == "after":
        real(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(found, name, doomed)
work(Site.open(Path(root)), worker="doomed", stop=Event(), until_empty=True)
"""


def killed(office, module: str, name: str, when: str = "after") -> None:
    """Let a worker die at a step, and its lease run out."""
    office.site.ledger.close()
    office.__dict__.pop("site")
    ran = python(DOOMED, office.root, module, name, when)
    assert ran.returncode == -signal.SIGKILL
    with office.site.ledger.write() as tx:
        now = datetime.now(UTC)
        assert tx.change(tables.job.update().where(tables.job.c.state == "running").values(ready_at=now)) <= 1


def begun(office, login: str, verb: str, **given: object):
    """Begin long work, and do none of it."""
    return verbs[verb].call(office.room(login), given)


def jobs(office, verb: str) -> list[tuple[str, int]]:
    rows = office.site.ledger.rows(tables.job.select().where(tables.job.c.verb == verb))
    return [(row["state"], row["tries"]) for row in rows]


def moves(office, verb: str, command: str) -> int:
    return sum(one.body.get("command") == command for one in office.events(verb))


READING = [("depositing", "read", "after"), ("depositing", "stage", "before"), ("depositing", "stage", "after"),
           ("depositing", "propose", "after"), ("depositing", "tell", "after")]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "when"), READING, ids=[f"{when} {name}" for _, name, when in READING])
def test_a_deposit_is_read_once_though_its_reader_died(empty, material, module, name, when):
    """In the middle of the file, of staging, of proposing, of writing it down."""
    upload = empty.send("amara", material)
    said = {"study": empty.study, "title": "x", "collected_by": "y", "basis": "mandate"}
    deposit = begun(empty, "amara", "deposit", uploads=[upload], **said).key.partition("/")[2]
    killed(empty, module, name, when)
    empty.work()

    assert jobs(empty, "read_deposit") == [("done", 2)]
    assert moves(empty, "read_deposit", "read") == 1
    assert len(empty.act("amara", "variables", deposit=deposit)) == 7
    assert len(empty.act("amara", "messages")) == 1


KEEPING = [("cleaning", "keep", "before"), ("cleaning", "keep", "after"), ("cleaning", "put_study", "after"),
           ("cleaning", "destroy_arrivals", "before"), ("cleaning", "destroy_arrivals", "after")]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "when"), KEEPING, ids=[f"{when} {name}" for _, name, when in KEEPING])
def test_records_are_kept_once_though_their_keeper_died(empty, material, publishing, module, name, when):
    """One version, every row once, and what arrived is destroyed whatever died when."""
    deposit = empty.deposit(material)
    empty.act("amara", "decide_roles", deposit=deposit, roles=publishing.roles_of(publishing.survey(1)))
    begun(empty, "amara", "keep_records", deposit=deposit)
    killed(empty, module, name, when)
    empty.work()
    empty.act("amara", "measure", study=empty.study)
    empty.work()

    assert moves(empty, "keep_records", "keep") == 1
    assert len(empty.site.ledger.history("microdata", empty.study)) == 1
    assert rows(empty) == publishing.ROWS
    assert empty.site.uploads.names() == ()
    assert not [path for path in empty.site.folders.intake.rglob("*") if path.is_file() and path.stat().st_size]


def rows(office) -> int:
    manifest = office.site.microdata(office.study)
    records = office.site.microdata_records(office.study, manifest.id)
    return len(table(records, "people", ("age",), memory_mb=256))


PUBLISHING = [("publishing", "decided", "after"), ("publishing", "_decided", "after"),
              ("publishing", "make_files", "after"), ("publishing", "_kept", "after"),
              ("publishing", "_supersede", "after"), ("publishing", "catalogue", "after")]  # fmt: skip


@pytest.mark.parametrize(("module", "name", "when"), PUBLISHING, ids=[name for _, name, _ in PUBLISHING])
def test_an_edition_is_published_once_though_its_publisher_died(prepared, module, name, when):
    """One edition, one line in the catalogue, files that can be opened."""
    prepared.approve()
    begun(prepared, "amara", "publish_edition", edition=prepared.edition)
    killed(prepared, module, name, when)
    prepared.work()
    entry = prepared.act("", "study", study=prepared.study)

    assert jobs(prepared, "publish_edition") == [("done", 2)]
    assert moves(prepared, "publish_edition", "publish") == 1
    assert [(one.number, one.state.value) for one in entry.editions] == [(1, "current")]
    licence = prepared.grant()
    assert prepared.fetch(licence, prepared.deliver(licence)).whole()


@pytest.mark.parametrize(("module", "name", "when"), PUBLISHING[1:], ids=[name for _, name, _ in PUBLISHING[1:]])
def test_a_decision_is_written_down_once_though_its_publisher_died(prepared, module, name, when):
    """What left carries the time, the digest and the proof of that one decision."""
    prepared.approve()
    begun(prepared, "amara", "publish_edition", edition=prepared.edition)
    killed(prepared, module, name, when)
    first = prepared.events("decide")
    prepared.work()
    release = release_of(prepared.site, edition_of(prepared.site, prepared.edition)[0])

    assert prepared.events("decide") == first
    assert [(one.subject, one.at, one.body["digest"]) for one in first] == [
        (release.id, stamp(release.decided_at), release.digest)
    ]
    assert manifest_of(prepared)["inclusion"]["leaf"] == first[0].leaf()


def manifest_of(office) -> dict:
    edition, _ = edition_of(office.site, office.edition)
    with office.site.editions.open(edition.manifest) as file:
        return json.loads(file.read())


def test_a_description_that_changed_meanwhile_is_another_decision(prepared):
    """What the dead publisher wrote down holds for what was described then; the new one is written down as well."""
    prepared.approve()
    begun(prepared, "amara", "publish_edition", edition=prepared.edition)
    killed(prepared, "publishing", "_decided")
    prepared.act("amara", "describe_study", study=prepared.study, fields={"limits": {"en": "Roads only."}})
    prepared.work()
    release = release_of(prepared.site, edition_of(prepared.site, prepared.edition)[0])

    assert [one.body["digest"] == release.digest for one in prepared.events("decide")] == [True, False]


@pytest.mark.parametrize(("module", "name", "when"), PUBLISHING[2:], ids=[name for _, name, _ in PUBLISHING[2:]])
def test_what_a_dead_publisher_wrote_goes_once_it_was_done_again(prepared, module, name, when):
    """Not before: until then nobody knows whether it counts. What counts is there and opens."""
    prepared.approve()
    begun(prepared, "amara", "publish_edition", edition=prepared.edition)
    killed(prepared, module, name, when)
    left = set(prepared.site.editions.names())
    prepared.site.clear()
    assert set(prepared.site.editions.names()) == left
    prepared.work()
    counts = set(prepared.site.editions.names()) - left
    prepared.site.clear()

    assert left
    assert set(prepared.site.editions.names()) == counts
    assert manifest_of(prepared)["files"]
    licence = prepared.grant()
    assert prepared.fetch(licence, prepared.deliver(licence)).whole()


def test_what_a_dead_packer_wrote_goes_once_it_was_done_again(published):
    """The packed file of nobody; the one that waits stays."""
    licence = published.grant()
    before = set(published.site.editions.names())
    delivery = begun(published, "gita", "begin_delivery", licence=licence, file="people.dta").id
    killed(published, "receiving", "envelope")
    published.work()
    assert len(set(published.site.editions.names()) - before) == 2
    published.site.clear()

    assert len(set(published.site.editions.names()) - before) == 1
    assert published.fetch(licence, delivery).whole()


def test_an_edition_is_made_once_though_its_maker_died(prepared):
    """A draft that nobody finished leaves nothing behind that counts."""
    prepared.act("amara", "give_up_edition", edition=prepared.edition)
    begun(prepared, "amara", "draft_edition", study=prepared.study, access="enclave")
    killed(prepared, "drafting", "draft")
    prepared.work()

    assert len(prepared.site.ledger.facts("edition")) == 2
    assert prepared.site.ledger.fact("edition", "FLOOD-2026/2").state == "draft"


def test_a_download_is_packed_once_though_its_packer_died(published):
    """The same delivery, one file."""
    licence = published.grant()
    delivery = begun(published, "gita", "begin_delivery", licence=licence, file="people.dta").id
    killed(published, "receiving", "envelope")
    published.work()
    published.fetch(licence, delivery).whole()

    assert published.act("gita", "licence_state", licence=licence).licence.downloads["people.dta"] == 2


def test_work_that_kills_every_worker_is_given_up_and_told(empty, material):
    """After three tries it fails in words, and the deposit can be withdrawn."""
    upload = empty.send("amara", material)
    said = {"study": empty.study, "title": "x", "collected_by": "y", "basis": "mandate"}
    task = begun(empty, "amara", "deposit", uploads=[upload], **said)
    for _ in range(3):
        killed(empty, "depositing", "stage")
    empty.work()
    found = empty.act("amara", "task", key=task.key)

    assert (found.state, "several times" in str(found.says)) == ("failed", True)
    deposit = task.key.partition("/")[2]
    assert empty.act("amara", "withdraw_deposit", deposit=deposit).state == "withdrawn"
    assert empty.site.uploads.names() == ()
