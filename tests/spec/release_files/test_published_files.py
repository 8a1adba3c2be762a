"""An edition as files, and as a delivery to one person."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace

import pyarrow as pa
import pyrage
import pytest
from pyarrow import parquet

from safeconduct.model.errors import BadInput, Tampered, Unsafe
from safeconduct.model.microdata import RECORD
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.release.envelopes import Parcel, Recipient, check_key, envelope, pieces
from safeconduct.release.files import publish
from safeconduct.release.verify import verify

FORMATS = ["R", "csv", "do", "dta", "labels.json", "parquet", "sav", "xlsx"]
WHO = Recipient(id="r-17", licence="l-3", terms="0" * 64)


def published(room, release=None, **changes):
    about = {
        "documents": {"codebook.html": b"<p>Codebook</p>"},
        "inclusion": {},
        "accountable": "Data steward",
        "licence": "Licensed",
    } | changes
    return publish(
        release or room.release(), study=room.study, drafts=room.drafts, chests=room.chests, signer=room.signer, **about
    )


def content(room, edition, name):
    (one,) = [file for file in edition.files if file.name == name]
    with room.chests.open(one.chest) as file:
        return file.read()


def unpacked(room, edition, folder):
    """The edition as somebody has it on disk."""
    folder.mkdir()
    (folder / "manifest.json").write_bytes(edition.manifest)
    for one in edition.files:
        (folder / one.name).write_bytes(content(room, edition, one.name))
    return folder


def test_an_edition_is_every_format_and_the_documents(room):
    """And nothing else."""
    assert [one.name for one in published(room).files] == sorted(
        ["codebook.html", *(f"members.{end}" for end in FORMATS)]
    )


def test_what_is_opened_is_what_was_drafted(room):
    """In the order reviewers saw, without record codes."""
    release = room.release()
    kept = room.drafts.open(release.content["members"])
    table = parquet.read_table(io.BytesIO(content(room, published(room, release), "members.parquet")))

    names = release.files[0].names
    assert {name: table.column(name).to_pylist() for name in names} == {name: kept.column(name) for name in names}
    assert RECORD not in table.column_names


def test_the_manifest_verifies_on_a_machine_with_nothing_else(room, tmp_path):
    """Files beside it, and the owner's key."""
    folder = unpacked(room, published(room), tmp_path / "had")

    assert verify(folder, key=room.signer.public).real


def test_a_file_that_was_changed_is_noticed(room, tmp_path):
    """One byte."""
    folder = unpacked(room, published(room), tmp_path / "had")
    (folder / "members.csv").write_bytes((folder / "members.csv").read_bytes() + b"\n")

    assert not verify(folder, key=room.signer.public).ok


def test_a_manifest_that_was_changed_is_noticed(room, tmp_path):
    """Its rows, say."""
    folder = unpacked(room, published(room), tmp_path / "had")
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"members": 180', '"members": 181'))

    assert not verify(folder, key=room.signer.public).ok


def test_an_inclusion_proof_of_another_release_does_not_fit(room, tmp_path):
    """The event names the edition."""
    from safeconduct.ledger.merkle import leaf_hash  # noqa: PLC0415 - one use

    def proof(subject):
        leaf = json.dumps({"subject": subject})
        return {"leaf": leaf, "index": 0, "size": 1, "root": leaf_hash(leaf.encode()).hex(), "path": []}

    release = room.release()
    good = unpacked(room, published(room, release, inclusion=proof(release.id)), tmp_path / "good")
    bad = unpacked(room, published(room, release, inclusion=proof("f" * 64)), tmp_path / "bad")

    assert verify(good, key=None).ok
    assert not verify(bad, key=None).ok


def test_a_changed_edition_is_not_published(room):
    """Its digest says what the release check let through."""
    with pytest.raises(Tampered):
        published(room, replace(room.release(), edition=9))


def test_rows_that_were_exchanged_are_not_published(room):
    """The handle of other rows, under the digest of these."""
    release = room.release()
    other = room.drafts.keep(Table(pa.table({RECORD: pa.array([1])})))
    swapped = replace(release.content["members"], draft=other.draft)

    with pytest.raises(Tampered):
        published(room, replace(release, content={"members": swapped}))


def test_a_failure_leaves_nothing(room):
    """All or nothing: a document's name that cannot be a file's."""
    with pytest.raises(BadInput):
        published(room, documents={"../codebook.html": b""})

    assert room.chests.names() == ()


@pytest.mark.parametrize("name", ["manifest.json", "MEMBERS.csv"])
def test_two_files_of_one_name_are_refused(room, name):
    """On any operating system."""
    with pytest.raises(BadInput, match="same name"):
        published(room, documents={name: b""})


def test_practice_and_real_do_not_mix(room):
    """A real key signs no practice edition."""
    release = room.release(training=True)

    with pytest.raises(Unsafe):
        published(room, release)


def test_a_practice_edition_says_so_in_every_row(room, practice_signer):
    """In a column of its own."""
    release = room.release(training=True)
    edition = published(room.under(signer=practice_signer), release)
    rows = content(room, edition, "members.csv").decode().splitlines()

    assert all(row.endswith('"TRAINING"') for row in rows)


def test_nothing_that_was_withheld_is_in_any_file(room, members):
    """A marked village, suppressed by the treatment; the original's household number; the record's code."""
    original = members()
    regions = original.column("region")
    regions[7] = "Lighthouse"
    marked = original.having(region=pa.array(regions))
    regions[7] = None
    release = room.release(tables={"members": marked.having(region=pa.array(regions))}, originals={"members": marked})
    edition = published(room, release)

    for one in edition.files:
        told = content(room, edition, one.name)
        if one.name.endswith(("xlsx",)):
            book = zipfile.ZipFile(io.BytesIO(told))
            told = b"".join(book.read(name) for name in book.namelist())
        assert b"Lighthouse" not in told, one.name
        assert b"record" not in told.lower() or one.name.endswith(("R", "do")), one.name
    assert b"Lighthouse" not in edition.manifest
    assert "Lighthouse" not in str(release.figures) + str(release.sheet) + str(release.files)


def test_a_delivery_names_its_recipient_and_verifies(room, tmp_path):
    """By an opaque id, with the licence and the terms."""
    release = room.release()
    parcel = Parcel(release=release, published=published(room, release))
    delivery = envelope(parcel, recipient=WHO, chests=room.chests, signer=room.signer, now=release.decided_at)
    with room.chests.open(delivery.file.chest) as file, zipfile.ZipFile(file) as book:
        book.extractall(tmp_path / "got")
    verdict = verify(tmp_path / "got", key=room.signer.public)

    assert verdict.real
    assert any("recipient r-17 under the licence l-3" in str(line) for line in verdict.lines)


def test_the_editions_own_manifest_is_inside(room, tmp_path):
    """So that the recipient can prove what the edition was."""
    release = room.release()
    parcel = Parcel(release=release, published=published(room, release), names=("members.csv",))
    delivery = envelope(parcel, recipient=WHO, chests=room.chests, signer=room.signer, now=release.decided_at)
    with room.chests.open(delivery.file.chest) as file, zipfile.ZipFile(file) as book:
        assert sorted(book.namelist()) == ["edition.json", "manifest.json", "members.csv"]
        assert book.read("edition.json") == parcel.published.manifest


def sealed_for(room, key):
    release = room.release()
    parcel = Parcel(release=release, published=published(room, release), names=("members.csv",))
    who = replace(WHO, key=key)
    return envelope(parcel, recipient=who, chests=room.chests, signer=room.signer, now=release.decided_at)


def test_only_the_recipients_key_opens_a_sealed_delivery(room):
    """Nobody on the way, and no other recipient."""
    mine, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    delivery = sealed_for(room, str(mine.to_public()))
    sealed = b"".join(pieces(delivery, room.chests))

    assert delivery.sealed
    assert hashlib.sha256(sealed).hexdigest() == delivery.file.sha256
    assert zipfile.ZipFile(io.BytesIO(pyrage.decrypt(sealed, [mine]))).testzip() is None
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [other])


def test_the_plain_package_of_a_sealed_delivery_is_not_kept(room):
    """Only what the recipient can open."""
    before = set()
    delivery = sealed_for(room, str(pyrage.x25519.Identity.generate().to_public()))

    assert [name for name in room.chests.names() if "delivery" in name and name not in before] == [delivery.file.chest]


def test_a_download_that_broke_off_goes_on_where_it_stopped(room):
    """The same bytes, though sealing again would give others."""
    delivery = sealed_for(room, str(pyrage.x25519.Identity.generate().to_public()))
    whole = b"".join(pieces(delivery, room.chests))

    assert whole[1000:] == b"".join(pieces(delivery, room.chests, start=1000))


SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN"


def test_a_key_of_ssh_will_do(room):
    """Its comment, which may be a name, is not kept."""
    assert check_key(f"{SSH} somebody@example.org\n") == SSH
    assert sealed_for(room, SSH).sealed


@pytest.mark.parametrize(
    "text",
    ["", "age1xyz", "ssh-rsa AAAA", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QQQ", "-----BEGIN OPENSSH PRIVATE KEY-----"],
)
def test_what_is_no_public_key_is_told_so(text):
    """And what to paste instead; the text is not repeated."""
    with pytest.raises(BadInput) as told:
        check_key(text)

    assert not text or text not in str(told.value)


def test_a_file_that_is_not_of_the_edition_cannot_be_asked_for(room):
    """By its name."""
    release = room.release()
    parcel = Parcel(release=release, published=published(room, release), names=("other.csv",))

    with pytest.raises(BadInput, match=r"no file other\.csv"):
        envelope(parcel, recipient=WHO, chests=room.chests, signer=room.signer, now=release.decided_at)


def test_what_is_used_where_it_is_goes_nowhere(room):
    """A file for the secure room is never packed."""
    release = room.release(access=Access.ENCLAVE)
    parcel = Parcel(release=release, published=published(room, release))

    with pytest.raises(Unsafe, match="never handed out"):
        envelope(parcel, recipient=WHO, chests=room.chests, signer=room.signer, now=release.decided_at)
