"""The drill: back up, lose the site, restore it with both officers, and ask the same question."""

import json
import shutil
import tracemalloc
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from safeconduct.actions.backing_up import back_up, make_officer
from safeconduct.actions.restoring import Identity, restore
from safeconduct.actions.rotating import rotate
from safeconduct.actions.site import Site
from safeconduct.keys import officers
from safeconduct.model.errors import BadInput, NotPermitted, Tampered, Unreadable, WrongState
from safeconduct.store.archive import extract, read_head
from safeconduct.store.versions import sole_writer
from shelled import program

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = ("correct horse battery", "staple ahoy there")


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Passphrases that cost little to try, for these tests alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})
        yield


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> tuple[Identity, Identity]:
    folder = tmp_path_factory.mktemp("officers")
    return tuple(Identity(path=folder / f"{at}.officer", passphrase=word) for at, word in enumerate(WORDS))


@pytest.fixture(scope="module")
def lines(both) -> tuple[str, ...]:
    return tuple(make_officer(one.path, passphrase=one.passphrase) for one in both)


@pytest.fixture
def archive(folder, lines) -> Path:
    back_up(Site.open(folder / "site"), folder / "a.backup", officers=lines, now=NOW)
    return folder / "a.backup"


def test_the_drill_the_same_question_has_the_same_answer(kept, folder, archive, both) -> None:
    site = Site.open(folder / "site")
    seen, answer = kept.look(site, folder), kept.answer(site)
    site.ledger.close()
    shutil.rmtree(folder / "site")
    done = restore(archive, folder / "site", identities=both, now=NOW)
    again = Site.open(folder / "site")

    assert kept.look(again, folder) == seen
    assert kept.answer(again) == answer
    assert (done.erasures, done.newer) == (0, ())
    assert [one.verb for one in again.ledger.events(verb="restore")] == ["restore"]


def test_every_file_comes_back_byte_for_byte(folder, archive, both) -> None:
    done = restore(archive, folder / "again", identities=both, now=NOW)
    first, second = folder / "site", folder / "again"
    changed = {"meta.sqlite", "keys/root.key"}
    for path in first.rglob("*"):
        name = path.relative_to(first).as_posix()
        if path.is_file() and path.name != ".lock" and not name.startswith(("meta.sqlite", "spill/")):
            assert (second / name).read_bytes() == path.read_bytes(), name
            assert (second / name).stat().st_mode & 0o077 == 0, name

    assert done.files > 20
    assert changed
    assert [path for path in (second, *second.rglob("*")) if path.stat().st_mode & 0o077] == [], "others look in"


def test_neither_officer_alone_opens_it(archive, both, tmp_path) -> None:
    for alone in ((both[0],), (both[1],), (both[0], both[0])):
        with pytest.raises(NotPermitted, match="two officers"):
            restore(archive, tmp_path / "again", identities=alone, now=NOW)
    assert not (tmp_path / "again").exists()


def test_half_of_the_key_opens_nothing(archive, both, lines) -> None:
    """Not the half itself, taken for the whole."""
    officer = officers.Officer.open(both[0].path, passphrase=both[0].passphrase)
    with archive.open("rb") as file:
        head = read_head(file)
    half = officer.opened(head.shares[lines[0]], about=f"backup/{head.id}/{lines[0]}")
    with pytest.raises(Tampered):
        extract(archive, half, None)


def test_another_officer_and_another_passphrase_are_refused(archive, both, tmp_path) -> None:
    other = Identity(path=tmp_path / "other", passphrase="a third set of words")
    make_officer(other.path, passphrase=other.passphrase)
    with pytest.raises(NotPermitted):
        restore(archive, tmp_path / "again", identities=(both[0], other), now=NOW)
    wrong = Identity(path=both[1].path, passphrase="hunter2 hunter2")
    with pytest.raises(BadInput, match="passphrase") as caught:
        restore(archive, tmp_path / "again", identities=(both[0], wrong), now=NOW)
    assert "hunter2" not in f"{caught.value} {wrong!r}"


@pytest.mark.parametrize("spoil", ["flip", "cut", "swap", "head", "longer"])
def test_a_backup_that_was_changed_leaves_nothing(archive, both, tmp_path, spoil) -> None:
    content = bytearray(archive.read_bytes())
    chunk = (1 << 20) + 28
    start = len(content) % chunk
    match spoil:
        case "flip":
            content[len(content) // 2] ^= 1
        case "cut":
            del content[-chunk // 2 :]
        case "swap":
            content[-10:], content[-20:-10] = content[-20:-10], content[-10:]
        case "head":
            content[40] ^= 1
        case _:
            content += bytes(30)
    archive.chmod(0o600)
    archive.write_bytes(content)
    assert start

    with pytest.raises((Tampered, Unreadable, NotPermitted)):
        restore(archive, tmp_path / "new" / "again", identities=both, now=NOW)
    assert not (tmp_path / "new" / "again").exists()


def test_nothing_of_a_site_shows_in_its_backup(folder, archive) -> None:
    content = archive.read_bytes()

    assert b"phone" not in content
    assert b"Storm" not in content
    assert b"CREATE TABLE" not in content
    assert Site.open(folder / "site").keys.outer() not in content


def test_a_folder_that_holds_something_is_left_alone(archive, both, tmp_path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(WrongState, match="empty"):
        restore(archive, tmp_path, identities=both, now=NOW)

    assert (tmp_path / "mine").read_text() == "mine"


def test_no_backup_is_made_while_files_are_taken_in(folder, lines) -> None:
    site = Site.open(folder / "site")
    with sole_writer(site.folders.store, "phone"), pytest.raises(WrongState, match="taken into"):
        back_up(site, folder / "b.backup", officers=lines, now=NOW)
    assert not (folder / "b.backup").exists()


def test_a_changed_file_of_the_store_is_noticed_when_it_is_backed_up(folder, lines) -> None:
    site = Site.open(folder / "site")
    path = next((site.folders.store / "phone" / "parts").rglob("*.parquet"))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with pytest.raises(Tampered, match="changed or swapped"):
        back_up(site, folder / "b.backup", officers=lines, now=NOW)
    assert not (folder / "b.backup").exists()


def test_a_backup_from_before_keys_were_exchanged_opens_by_itself(kept, folder, archive, both, tmp_path) -> None:
    """It holds the keys of its day; the site's keys of today are another matter."""
    site = Site.open(folder / "site")
    seen = kept.look(site, folder)
    rotate(site, now=NOW)
    restore(archive, tmp_path / "again", identities=both, now=NOW)

    assert kept.look(Site.open(tmp_path / "again"), folder) == seen


def test_files_newer_than_the_database_are_told_not_lost(folder, lines, both, tmp_path) -> None:
    """They came after the database was copied; whoever restores reads their names before the site removes them."""
    (folder / "site" / "store" / "phone" / "parts" / "late.parquet").write_bytes(b"newer")
    back_up(Site.open(folder / "site"), folder / "b.backup", officers=lines, now=NOW)
    done = restore(folder / "b.backup", tmp_path / "again", identities=both, now=NOW)

    assert done.newer == ("phone/parts/late.parquet",)
    assert (tmp_path / "again" / "store" / "phone" / "parts" / "late.parquet").exists()


def test_memory_does_not_grow_with_the_site(folder, lines) -> None:
    """64 MiB more on disk; less than 16 MiB in memory."""
    site = Site.open(folder / "site")
    with site.editions.create("large") as chest:
        for _ in range(64):
            chest.write(bytes(1 << 20))
        chest.finish()
    tracemalloc.start()
    back_up(site, folder / "b.backup", officers=lines, now=NOW)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (folder / "b.backup").stat().st_size > 64 << 20
    assert most < 16 << 20


def test_people_sign_in_again_and_old_tokens_are_gone(kept, folder, lines, both, tmp_path) -> None:
    from safeconduct.actions.people import create_token, tokens  # noqa: PLC0415 - only here

    site = Site.open(folder / "site")
    create_token(kept.room(site, "chloe"), name="old")
    back_up(site, folder / "b.backup", officers=lines, now=NOW)
    restore(folder / "b.backup", tmp_path / "again", identities=both, now=NOW)
    with closing(Site.open(tmp_path / "again").ledger):
        assert [one.revoked for one in tokens(kept.room(Site.open(tmp_path / "again"), "chloe"))] == [True]


@pytest.mark.slow
def test_by_the_shell(folder, tmp_path) -> None:
    def run(*words: str) -> dict:
        ran = program(*words, "--json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    paths = [str(tmp_path / name) for name in ("one", "two")]
    public = [
        run("backup-officer", path, "--passphrase", word)["officer"] for path, word in zip(paths, WORDS, strict=True)
    ]
    sealed = str(tmp_path / "a.backup")
    run("backup", sealed, "--site", str(folder / "site"), "--officer", public[0], "--officer", public[1])
    run("export-erasures", str(tmp_path / "erasures"), "--site", str(folder / "site"))
    words = [
        word for pair in zip(paths, WORDS, strict=True) for word in ("--identity", pair[0], "--passphrase", pair[1])
    ]
    done = run("restore", sealed, "--site", str(tmp_path / "site"), *words, "--erasures", str(tmp_path / "erasures"))

    assert done["erasures"] == 0
    assert Site.open(tmp_path / "site").datasets() == ("phone",)
