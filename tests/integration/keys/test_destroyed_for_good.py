"""What two people destroyed opens with no key that lives, and is destroyed again after an older copy is restored."""

import base64
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from safeconduct.actions.backing_up import back_up, make_officer
from safeconduct.actions.erasing import export_erasures
from safeconduct.actions.restoring import Identity, restore
from safeconduct.actions.room import Door
from safeconduct.actions.rotating import rotate
from safeconduct.actions.shredding import (
    Doomed,
    confirm_destroying,
    destroyings,
    forget_person,
    propose_destroying,
    withdraw_destroying,
)
from safeconduct.actions.site import Site
from safeconduct.keys import officers
from safeconduct.keys.ring import MAGIC, read_header
from safeconduct.keys.sealing import Sealer
from safeconduct.model.areas import EventType
from safeconduct.model.errors import NotFound, NotPermitted, SafeconductError, Tampered, WrongState
from safeconduct.store.encrypted import add_key, connect
from safeconduct.store.rotation import datasets, parts_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = re.compile(rb"[A-Za-z0-9+/]{60,}={0,2}")


def live_keys(site: Site) -> set[bytes]:
    """Every key that can be had of everything below the site's folder: what opens in any file, wherever it stands."""
    ring, found = site.keys.ring(), {site.keys.outer()}
    found |= {ring.root, *ring.wrapping.values()}
    for path in site.folders.root.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for wrapped in (content[content.find(MAGIC) :], *decoded(content)):
            if wrapped.startswith(MAGIC) and (key := opened(site, wrapped)):
                found.add(key)
    purposes = [("quarantine", "phone"), ("cells", "phone"), ("pseudonym", "phone"), ("documents",), ("noise",),
                ("accounts",), ("wrap",), ("record keys", "phone")]  # fmt: skip
    return found | {site.keys.derive(*purpose) for purpose in purposes}


def decoded(content: bytes) -> list[bytes]:
    return [base64.b64decode(one[: len(one) // 4 * 4] + b"") for one in TEXT.findall(content) if len(one) % 4 == 0]


def opened(site: Site, wrapped: bytes) -> bytes | None:
    try:
        return site.keys.ring().unwrap(wrapped, about=read_header(wrapped)[1])
    except Tampered:
        return None


def data_keys(site: Site, dataset: str) -> set[bytes]:
    found = parts_of(site.folders.store / dataset, dataset, site.keys)
    return {site.keys.unwrap(base64.b64decode(key), about=f"{dataset}/{path}") for path, key in found.items()}


def destroy(kept, site: Site, kind: Doomed, subject: str) -> None:
    proposal = propose_destroying(kept.room(site, "amara"), kind=kind, subject=subject, reason="The purpose is over.")
    assert confirm_destroying(kept.room(site, "dara"), destruction=proposal.id).state == "done"


@pytest.fixture
def stolen(folder, tmp_path) -> Path:
    """A copy of the data set's files that somebody took before."""
    shutil.copytree(folder / "site" / "store" / "phone", tmp_path / "stolen")
    return tmp_path / "stolen"


def test_nothing_of_it_opens_with_any_key_that_lives(kept, folder, stolen, tmp_path) -> None:
    """Every file below the site's folder was looked into for keys; a copy of the destroyed files takes none of them."""
    site = Site.open(folder / "site")
    before = data_keys(site, "phone")
    assert before <= live_keys(site)
    destroy(kept, site, Doomed.DATASET, "phone")
    keys = live_keys(site)

    assert len(before) > 4
    assert not before & keys
    assert not (site.folders.store / "phone").exists()
    assert not (site.folders.quarantine / "phone").exists()
    with connect(read=[stolen], spill=tmp_path / "spill", memory_mb=256, threads=1) as connection:
        for at, key in enumerate(sorted(keys)):
            if len(key) in {16, 24, 32}:
                add_key(connection, f"k{at}", key)
                for path in list(stolen.rglob("*.parquet"))[:3]:
                    with pytest.raises(duckdb.Error):
                        connection.execute(
                            f"SELECT * FROM read_parquet('{path}', encryption_config = {{footer_key: 'k{at}'}})"
                        ).fetchall()
                for path in stolen.rglob("*.codes"):
                    with pytest.raises(Tampered):
                        Sealer(key).open(path.read_bytes(), about=path.relative_to(stolen).as_posix())


def test_a_stolen_manifest_opens_nothing_once_keys_are_exchanged(kept, folder, stolen) -> None:
    """A copy has its keys with it, wrapped: they open with the wrapping key of their day, until that is destroyed."""
    site = Site.open(folder / "site")
    wrapped = [(path, base64.b64decode(key)) for path, key in parts_of(stolen, "phone", site.keys).items()]
    destroy(kept, site, Doomed.DATASET, "phone")
    assert all(site.keys.unwrap(key, about=f"phone/{path}") for path, key in wrapped)
    rotate(site, now=NOW)

    assert len(wrapped) > 4
    for path, key in wrapped:
        with pytest.raises(Tampered):
            Site.open(folder / "site").keys.unwrap(key, about=f"phone/{path}")


def test_the_record_of_use_tells_the_digests_and_the_site_goes_on(kept, folder) -> None:
    site = Site.open(folder / "site")
    manifest = site.manifest("phone")
    digests = {part.sha256 for part in manifest.every_part()}
    destroy(kept, site, Doomed.DATASET, "phone")
    told = [one.body["erased"] for one in site.ledger.events(verb="destroy_records") if "erased" in one.body]

    assert [(one["kind"], one["subject"]) for one in told] == [("dataset", "phone")]
    assert digests <= set(told[0]["digests"])
    assert manifest.id in told[0]["digests"]
    assert site.datasets() == ()
    with pytest.raises(NotFound):
        site.manifest("phone")
    Site.open(folder / "site").clear()


def test_it_takes_two_people(kept, folder) -> None:
    """Whoever proposed it cannot confirm it, whatever roles they have."""
    site = Site.open(folder / "site")
    proposal = propose_destroying(kept.room(site, "amara"), kind=Doomed.DATASET, subject="phone", reason="Over.")
    for nobody in ("amara", "chloe"):
        with pytest.raises(NotPermitted):
            confirm_destroying(kept.room(site, nobody), destruction=proposal.id)

    assert site.datasets() == ("phone",)
    assert confirm_destroying(kept.room(site, "sami"), destruction=proposal.id).state == "done"
    with pytest.raises(WrongState):
        confirm_destroying(kept.room(site, "dara"), destruction=proposal.id)


def test_a_proposal_that_was_taken_back_destroys_nothing(kept, folder) -> None:
    site = Site.open(folder / "site")
    proposal = propose_destroying(kept.room(site, "amara"), kind=Doomed.DATASET, subject="phone", reason="Over.")
    withdraw_destroying(kept.room(site, "amara"), destruction=proposal.id)
    with pytest.raises(WrongState):
        confirm_destroying(kept.room(site, "dara"), destruction=proposal.id)

    assert [one.state for one in destroyings(kept.room(site, "dara"))] == ["withdrawn"]
    assert site.datasets() == ("phone",)


def test_what_is_not_there_cannot_be_proposed(kept, folder) -> None:
    site = Site.open(folder / "site")
    for kind in Doomed:
        with pytest.raises(NotFound):
            propose_destroying(kept.room(site, "amara"), kind=kind, subject="nothing", reason="Over.")


def test_what_a_died_program_left_is_done_by_a_worker(kept, folder, monkeypatch) -> None:
    """It died after it was confirmed and written down, before anything was removed."""
    import threading  # noqa: PLC0415 - only here

    from safeconduct.actions import shredding  # noqa: PLC0415 - only here
    from safeconduct.actions.working import work  # noqa: PLC0415 - only here

    site = Site.open(folder / "site")
    proposal = propose_destroying(kept.room(site, "amara"), kind=Doomed.DATASET, subject="phone", reason="Over.")
    with monkeypatch.context() as patch:
        patch.setattr(shredding, "destroy_dataset", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            confirm_destroying(kept.room(site, "dara"), destruction=proposal.id)
    assert (site.folders.store / "phone").exists()
    work(site, worker="w", stop=threading.Event(), until_empty=True)

    assert not (site.folders.store / "phone").exists()
    assert [one.state for one in destroyings(kept.room(site, "dara"))] == ["done"]


def test_a_project_loses_the_secrets_its_answers_are_remade_from(kept, folder) -> None:
    site = Site.open(folder / "site")
    kept.answer(site)
    project = next(fact.id for fact in site.ledger.facts("project"))
    destroy(kept, site, Doomed.PROJECT, project)

    assert [fact.state for fact in site.ledger.facts("agreement")] == ["ended"]
    assert not any(row["noise"] for row in site.ledger.rows(_noises()))


def _noises():
    from sqlalchemy import select  # noqa: PLC0415 - only here

    from safeconduct.ledger import tables  # noqa: PLC0415 - only here

    return select(tables.spend.c.noise).where(tables.spend.c.project != "")


def test_a_forgotten_person_has_no_name_and_what_they_did_stays(kept, folder) -> None:
    site = Site.open(folder / "site")
    account = site.accounts.by_login("chloe").id
    forget_person(kept.room(site, "amara"), login="chloe")

    assert site.accounts.get(account).name == ""
    assert site.ledger.events(verb="add_person", subject=account)
    with pytest.raises(NotFound):
        forget_person(kept.room(site, "amara"), login="chloe")


def test_the_record_of_use_says_through_which_door_a_person_was_forgotten(kept, folder) -> None:
    site = Site.open(folder / "site")
    room = kept.room(site, "amara")
    forget_person(replace(room, caller=replace(room.caller, door=Door.PAGE)), login="chloe")

    (told,) = site.ledger.events(verb="forget_person")
    assert (told.actor, told.body["door"]) == (room.caller.account, "page")


@pytest.fixture
def both(tmp_path, monkeypatch) -> tuple[Identity, ...]:
    monkeypatch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})
    return tuple(Identity(path=tmp_path / name, passphrase=f"words of {name} and more") for name in ("one", "two"))


def test_erasures_made_after_a_backup_are_made_again_before_the_site_is_there(kept, folder, both, tmp_path) -> None:
    site = Site.open(folder / "site")
    public = tuple(make_officer(one.path, passphrase=one.passphrase) for one in both)
    back_up(site, tmp_path / "a.backup", officers=public, now=NOW)
    account = site.accounts.by_login("chloe").id
    destroy(kept, site, Doomed.DATASET, "phone")
    forget_person(kept.room(site, "amara"), login="chloe")
    lines = export_erasures(site)
    (tmp_path / "erasures").write_text("\n".join(lines))
    done = restore(tmp_path / "a.backup", tmp_path / "again", identities=both, now=NOW, erasures=tmp_path / "erasures")
    again = Site.open(tmp_path / "again")

    assert done.erasures == 2
    assert again.datasets() == ()
    assert not (again.folders.store / "phone").exists()
    assert again.accounts.get(account).name == ""
    assert len(export_erasures(again)) == 2


@pytest.mark.parametrize("spoil", ["subject", "kind", "rubbish", "no text", "signature"])
def test_a_list_of_erasures_that_was_changed_restores_nothing(kept, folder, both, tmp_path, spoil) -> None:
    site = Site.open(folder / "site")
    public = tuple(make_officer(one.path, passphrase=one.passphrase) for one in both)
    back_up(site, tmp_path / "a.backup", officers=public, now=NOW)
    forget_person(kept.room(site, "amara"), login="chloe")
    line = export_erasures(site)[0]
    changed = {
        "subject": line.replace('"subject":"u', '"subject":"x'), "kind": line.replace('"person"', '"dataset"'),
        "rubbish": "hunter2", "no text": "hunter2\udcff", "signature": line[:-10] + "00000000" + line[-2:],
    }[spoil]  # fmt: skip
    (tmp_path / "erasures").write_text(changed, errors="surrogateescape")
    with pytest.raises(SafeconductError) as caught:
        restore(tmp_path / "a.backup", tmp_path / "again", identities=both, now=NOW, erasures=tmp_path / "erasures")

    assert "list of erasures" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert not (tmp_path / "again").exists()


def test_the_events_of_the_other_data_sets_still_open(kept, folder) -> None:
    """The control: what was not destroyed is still found by the same look."""
    site = Site.open(folder / "site")
    survey = data_keys(site, kept.SURVEY)
    destroy(kept, site, Doomed.DATASET, "phone")

    assert survey
    assert survey <= {key for root, name in datasets(site.folders) for key in data_keys(site, name)}
    assert EventType.CALLS
