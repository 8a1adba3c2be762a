"""Keys are exchanged while everything stays readable, also when it is killed at every place where it writes."""

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from killing import killed
from safeconduct.actions.rotating import rotate, would_rotate
from safeconduct.actions.site import Site
from safeconduct.keys.provider import FileKeys
from safeconduct.keys.ring import Ring, read_header
from safeconduct.keys.secret_files import write_secret
from safeconduct.model.errors import Tampered, WrongState
from safeconduct.store.rotation import datasets, key_files, parts_of
from safeconduct.store.versions import sole_writer

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def files(site: Site) -> dict[str, bytes]:
    """Every file that is no key, no list of keys and not the record of use."""
    skipped = {"rewrapped.json", "ring.sealed", ".lock"}
    return {
        path.relative_to(site.folders.root).as_posix(): path.read_bytes()
        for path in site.folders.root.rglob("*")
        if path.is_file() and "key" not in path.name and path.name not in skipped and "meta.sqlite" not in path.name
    }


def wrapped(site: Site) -> list[tuple[bytes, str]]:
    """Every wrapped key there is, with what it was wrapped for."""
    found = [path.read_bytes() for path in key_files(site.folders)]
    found += [
        base64.b64decode(key)
        for root, name in datasets(site.folders)
        for key in parts_of(root / name, name, site.keys).values()
    ]
    return [(one, read_header(one)[1] or "") for one in found]


def test_everything_opens_as_before_and_nothing_else_changed(kept, folder) -> None:
    site = Site.open(folder / "site")
    seen, before = kept.look(site, folder), files(site)
    done = rotate(site, now=NOW)

    assert kept.look(Site.open(folder / "site"), folder) == seen
    assert files(site) == before
    assert done.outermost
    assert len(done.destroyed) == 1
    assert [one.verb for one in site.ledger.events(limit=1)] == ["rotate_keys"]


def test_the_dry_run_counts_what_the_exchange_does(folder) -> None:
    site = Site.open(folder / "site")
    before = [path.read_bytes() for path in key_files(site.folders)]
    would = would_rotate(site)

    assert [path.read_bytes() for path in key_files(site.folders)] == before
    done = rotate(site, now=NOW)
    assert (would.files, would.parts) == (done.files, done.parts)
    assert min(done.files, done.parts) > 5


def test_nothing_opens_with_the_destroyed_keys(folder) -> None:
    """Neither with the old outermost key, nor with the old wrapping key whoever copied the old ring has."""
    site = Site.open(folder / "site")
    outer, old = site.keys.outer(), site.keys.ring()
    rotate(site, now=NOW)
    now = Site.open(folder / "site")
    thief = Ring(b"", old.current, {old.current: old.wrapping[old.current]})

    found = wrapped(now)
    assert len(found) > 10
    assert [one for one, about in found if thief.unwrap(one, about=about) is not None] == []
    assert all(now.keys.unwrap(one, about=about) for one, about in found)
    with pytest.raises(Tampered):
        Ring.opened((now.folders.keys / "ring.sealed").read_bytes(), outer)
    assert outer not in b"".join(path.read_bytes() for path in now.folders.keys.iterdir())


def test_a_question_has_the_same_answer_with_the_old_keys_and_the_new(kept, folder, tmp_path) -> None:
    """Noise comes from the root, which stays; a program that was open before goes on."""
    other = kept.copy(folder, tmp_path / "other")
    running = Site.open(folder / "site")
    rotate(Site.open(folder / "site"), now=NOW)

    assert kept.answer(running) == kept.answer(Site.open(other / "site"))


def test_it_waits_for_whoever_takes_files_in_and_goes_on_afterwards(kept, folder) -> None:
    site = Site.open(folder / "site")
    seen = kept.look(site, folder)
    with sole_writer(site.folders.store, "phone"), pytest.raises(WrongState, match="taken into"):
        rotate(site, now=NOW)
    assert kept.look(Site.open(folder / "site"), folder) == seen

    again = Site.open(folder / "site")
    assert len(again.keys.ring().wrapping) == 2
    rotate(again, now=NOW)
    assert len(again.keys.ring().wrapping) == 1
    assert kept.look(again, folder) == seen


def test_a_key_nobody_knows_stops_it_before_anything_is_destroyed(kept, folder) -> None:
    (folder / "site" / "store" / "phone" / "strange.key").write_bytes(bytes(60))
    site = Site.open(folder / "site")
    with pytest.raises(WrongState, match=r"store/phone/strange\.key"):
        rotate(site, now=NOW)

    assert len(site.keys.ring().wrapping) == 2
    kept.look(site, folder)


@pytest.mark.slow
def test_killed_at_every_write_nothing_is_lost_and_the_next_one_goes_on(kept, folder) -> None:
    seen, at = kept.look(Site.open(folder / "site"), folder), 0

    def exchange() -> None:
        rotate(Site.open(folder / "site"), now=NOW)

    while killed(at := at + 1, exchange):
        assert kept.look(Site.open(folder / "site"), folder) == seen, at
        exchange()  # goes on, so that the next one begins at the beginning
    site = Site.open(folder / "site")

    assert at > 40
    assert len(site.keys.ring().wrapping) == 1
    assert not (site.folders.keys / "root.next.key").exists()
    assert kept.look(site, folder) == seen
    assert {read_header(one)[0] for one, _ in wrapped(site)} == {site.keys.ring().current}


def test_a_site_made_before_there_were_rings_is_brought_up(kept, folder) -> None:
    """As it was then: the file holds the root itself, and wrapped keys do not say for what."""
    root = as_it_was(folder / "site")
    site = Site.open(folder / "site")
    seen = kept.look(site, folder)
    done = rotate(site, now=NOW)
    again = Site.open(folder / "site")

    assert kept.look(again, folder) == seen
    assert done.destroyed == ("",)
    old = Ring(root, "", {"": FileKeys(True, root).derive("wrap")})
    assert [one for one, about in wrapped(again) if old.unwrap(one, about=about) is not None] == []


def as_it_was(root: Path) -> bytes:
    """Bring a site's keys to their oldest form; the root."""
    site = Site.open(root)
    ring = site.keys.ring()
    oldest = FileKeys(True, ring.root)

    def aged(wrapped: bytes, about: str) -> bytes:
        return oldest.wrap(site.keys.unwrap(wrapped, about=about), about=about)

    for where, name in datasets(site.folders):
        found = parts_of(where / name, name, site.keys).items()
        anew = {path: encoded(aged(base64.b64decode(key), f"{name}/{path}")) for path, key in found}
        (where / name / "rewrapped.json").write_text(json.dumps({"format": 1, "keys": anew}))
    for path in key_files(site.folders):
        content = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(aged(content, read_header(content)[1]))
    (site.folders.keys / "ring.sealed").unlink()
    (site.folders.keys / "root.key").unlink()
    write_secret(site.folders.keys / "root.key", ring.root)
    return ring.root


def encoded(wrapped: bytes) -> str:
    return base64.b64encode(wrapped).decode()


def test_the_command_says_what_it_did(folder) -> None:
    command = [sys.executable, "-m", "safeconduct", "rotate-keys", "--site", str(folder / "site"), "--json"]
    dry = json.loads(subprocess.run([*command, "--dry-run"], capture_output=True, check=True).stdout)
    done = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    assert (dry["done"], done["done"]) == (False, True)
    assert (dry["files"], dry["parts"]) == (done["files"], done["parts"])
