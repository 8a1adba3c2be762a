"""The start of a site removes files that nothing names, and no other."""

import secrets
from datetime import UTC, datetime

import pytest

from safeconduct.actions.working import begin
from safeconduct.ledger import tables

pytestmark = pytest.mark.slow


def orphan(office) -> str:
    """A whole file that whoever wrote it never told anybody of."""
    with office.site.editions.create(f"left-{secrets.token_hex(4)}") as writer:
        writer.write(b"rows of nobody")
        return writer.finish().name


def names(office) -> set[str]:
    return set(office.site.editions.names())


def test_a_file_that_nothing_names_goes_and_every_other_stays(published):
    """Files and manifest of the edition, a download that waits and one that was fetched."""
    licence = published.grant()
    waiting = published.deliver(licence)
    published.fetch(licence, published.deliver(licence, file="people.csv"), login="gita").whole()
    before = names(published)
    orphan(published)
    published.site.clear()

    assert names(published) == before
    assert published.fetch(licence, waiting).whole()


def test_files_of_every_edition_that_left_stay(published):
    """Of one that gave way to the next, and of one that was taken back: later ones are compared with them."""
    second = published.act("amara", "draft_edition", study=published.study, access="licensed").result
    published.publish(second)
    published.act("amara", "retract_edition", edition=second, reason="A column told more than it should.")
    before = names(published)
    left = orphan(published)
    published.site.clear()

    assert (names(published), left in before) == (before, False)
    assert [fact.state for fact in published.site.ledger.facts("edition")] == ["superseded", "retracted"]


def test_a_file_that_only_an_earlier_version_of_an_edition_names_stays(published):
    """What was ever written down is not taken for left behind."""
    before = names(published)
    published.change("edition", published.edition, files="", manifest="")
    published.site.clear()

    assert names(published) == before


@pytest.mark.parametrize("state", ["queued", "running"])
def test_nothing_goes_while_work_waits_or_is_being_done(published, state):
    """A worker with a life of its own may be writing this very file."""
    left = orphan(published)
    now = datetime.now(UTC)
    with published.room("amara", now=now).write() as act:
        begin(act, "keep/nothing", {"deposit": "nothing"}, verb="keep_records")
        act.tx.change(tables.job.update().where(tables.job.c.key == "keep/nothing").values(state=state))
    published.site.clear()

    assert left in names(published)


@pytest.mark.parametrize("content", [None, b"{}"], ids=["gone", "spoilt"])
def test_nothing_goes_where_it_cannot_be_read_what_is_named(published, content):
    """The document that lists the files of the edition is gone, or is not what it was."""
    left = orphan(published)
    listed = published.site.ledger.fact("edition", published.edition).body["files"]
    path = next(published.site.folders.documents.rglob(f"{listed}*"))
    path.unlink() if content is None else path.write_bytes(content)
    before = names(published)
    published.site.clear()

    assert (names(published), left in before) == (before, True)


def test_nothing_goes_where_the_list_of_files_is_no_list(published):
    """A document of another sort under its digest."""
    left = orphan(published)
    published.change("edition", published.edition, files=published.site.documents.put({"title": "no list"}))
    published.site.clear()

    assert left in names(published)
