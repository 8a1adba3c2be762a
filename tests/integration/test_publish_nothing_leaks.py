"""After the walk the name of nobody is found: in no file of the site, in nothing the site can decrypt, in no answer."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from safeconduct.actions.editions import draft_of, edition_of, release_of
from safeconduct.actions.telling import tell
from safeconduct.actions.verb import verbs
from safeconduct.model.errors import SafeconductError
from safeconduct.model.trees import to_tree

pytestmark = pytest.mark.slow
SURNAME = "Marker-Dlamini"


@pytest.fixture(scope="module")
def walked(stages, publishing, tmp_path_factory):
    """The walk to its end, with one download."""
    office = publishing.copied(stages["published"], tmp_path_factory.mktemp("walked"))
    licence = office.grant()
    office.fetch(licence, office.deliver(licence, file="people.csv")).whole()
    yield office
    office.site.ledger.close()


@pytest.fixture(scope="module")
def everything(walked, tmp_path_factory) -> dict[str, bytes]:
    """Every file of the site, from a copy."""
    copy = tmp_path_factory.mktemp("copy") / "site"
    subprocess.run(["cp", "-r", str(walked.root), str(copy)], check=True)
    return {str(path): path.read_bytes() for path in copy.rglob("*") if path.is_file()}


def spellings(text: str) -> list[bytes]:
    """A name as programs may have written it down."""
    return [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-32-le")] + [text.upper().encode()]


def test_the_search_would_find_it(material):
    """The control: the same search finds it in the file that was deposited."""
    assert any(one in material.read_bytes() for one in spellings(SURNAME))


def test_no_file_of_the_site_holds_it_in_clear(everything):
    """Ledger, its log, documents, drafts, editions, store, intake, spill."""
    for path, content in everything.items():
        assert not any(one in content for one in spellings(SURNAME)), Path(path).name


def test_no_document_of_the_site_holds_it_when_decrypted(walked):
    """Descriptions, proposals, reports, requests, plans: none quotes a value of a record."""
    documents = [path.name for path in walked.site.folders.documents.rglob("*") if path.is_file()]
    opened = 0
    for name in documents:
        try:
            tree = walked.site.documents.get(name.partition(".")[0])
        except SafeconductError:
            continue
        opened += 1
        assert SURNAME not in json.dumps(tree, ensure_ascii=False)
    assert opened > 5


def test_the_analysis_store_has_no_name(walked):
    """A direct identifier never comes so far; free text does, since it is looked at before it is treated."""
    manifest = walked.site.microdata(walked.study)
    columns = {name for one in manifest.data_files for name in one.names}

    assert "name" not in columns
    assert "age" in columns


def test_no_draft_holds_it(walked):
    """Rows made for others, decrypted."""
    edition, _ = edition_of(walked.site, walked.edition)
    for content in draft_of(walked.site, edition).content.values():
        table = walked.site.drafts.open(content)
        assert SURNAME not in str(table.arrow.to_pydict())


def test_no_file_of_the_edition_holds_it(walked):
    """Every format, decrypted; archives opened."""
    edition, _ = edition_of(walked.site, walked.edition)
    for one in walked.site.documents.get(edition.files):
        with walked.site.editions.open(one["chest"]) as file:
            content = file.read()
        parts = [content]
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                parts = [book.read(name) for name in book.namelist()]
        for part in parts:
            assert not any(spelt in part for spelt in spellings(SURNAME)), one["name"]
    assert SURNAME not in str(to_tree(release_of(walked.site, edition)))


def test_what_arrived_is_gone(walked):
    """Uploads and staged tables, once the records are kept; no key of theirs is left."""
    assert walked.site.uploads.names() == ()
    assert not [path for path in walked.site.folders.intake.rglob("*") if path.is_file() and path.stat().st_size]


@pytest.mark.parametrize("login", ["amara", "farid", "dara", "eva", "bilal", "gita", "ines", ""])
def test_no_verb_that_reads_tells_it_to_anybody(walked, login):
    """Each verb that only reads, with every id there is."""
    licence = walked.site.ledger.facts("licence")[0]
    ids = {
        "deposit": walked.site.ledger.facts("deposit")[0].id, "study": walked.study, "edition": walked.edition,
        "file": "people", "name": "age", "standard": "ddi", "request": licence.body["request"], "licence": licence.id,
    }  # fmt: skip
    for verb in verbs.values():
        needed = [one.name for one in verb.parameters if one.needed]
        if not verb.reads or not set(needed) <= set(ids):
            continue
        try:
            found = verb.call(walked.room(login), {name: ids[name] for name in needed})
        except SafeconductError as error:
            found = str(error)
        content = found.whole().decode("utf-8", "replace") if hasattr(found, "whole") else json.dumps(tell(found))
        assert SURNAME not in content, verb.name


def test_the_record_of_use_holds_no_name_of_anybody(walked):
    """Neither of the people in the data nor of those who worked on it: accounts are opaque, files are digests."""
    said = json.dumps([one.body for one in walked.site.ledger.events(limit=10_000)])

    for name in (SURNAME, "Zanele", "Amara", "amara", "Gita", "gita", "people.dta."):
        assert name not in said


def test_the_repr_of_what_verbs_give_shows_no_content(walked):
    """What ends up in a log by accident."""
    stream = walked.act("amara", "roles_sheet", deposit=walked.site.ledger.facts("deposit")[0].id)

    assert "PK" not in repr(stream)
    assert SURNAME not in repr(walked.act("amara", "review", edition=walked.edition))
