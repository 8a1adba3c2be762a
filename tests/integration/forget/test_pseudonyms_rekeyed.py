"""Pseudonyms rest under another key afterwards; every code, row and answer stays, killed or not."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

import little_site
from killing import killed, on_path
from safeconduct.actions.backing_up import back_up, make_officer
from safeconduct.actions.erasing import export_erasures
from safeconduct.actions.forgetting import erase_listed, forget, opt_in, opt_out, opt_out_list
from safeconduct.actions.health import Grade, pseudonyms
from safeconduct.actions.rekeying import VERB, Rekeying, rotate_pseudonyms, state_of
from safeconduct.actions.restoring import Identity, restore
from safeconduct.actions.rotating import rotate as exchange_keys
from safeconduct.actions.working import Task, task_of
from safeconduct.keys import officers
from safeconduct.keys.ring import Ring, read_header
from safeconduct.model.errors import NotFound, NotPermitted, WrongState
from safeconduct.store.epochs import Epochs
from safeconduct.store.rotation import key_files
from safeconduct.store.shredding import destroy_dataset, digests_of
from safeconduct.store.tombstones import CodeFiles
from safeconduct.store.versions import sole_writer

SORTS = ("person", "imsi", "imei")


def rotate(here) -> Task:
    """Exchange the key of pseudonyms, and have it done; what became of it."""
    begun = rotate_pseudonyms(here.room("engineer"), dataset="phone").work
    here.work()
    return task_of(here.room("engineer"), begun.key)


def state(here) -> Rekeying:
    return state_of(here.site, "phone")


def at_rest(here) -> set[str]:
    """Every 16 bytes that stand in a table of the current version, as they rest, as digits."""
    site = here.site
    files = CodeFiles(store=site.folders.store, dataset="phone", keys=site.keys)
    parts = site.manifest("phone").codes
    content = [content for sort in SORTS for _, content, _ in files._read(parts, sort)]
    return {one[at : at + 16].hex() for one in content for at in range(0, len(one), 16)}


def made_from_numbers(little, here) -> set[str]:
    """The pseudonyms of everybody's numbers, cards and phones: what whoever has the key of pseudonyms can make."""
    cards = {("imsi", f"6430100000{one[-4:]}") for one in little.EVERYBODY}
    phones = {("imei", f"3500000000{one[-4:]}") for one in little.EVERYBODY}
    every = {("person", one) for one in little.EVERYBODY} | cards | phones
    return {little.pseudonym_of(here.site, text, sort) for sort, text in every}


def everything(here) -> tuple:
    """What must stay: rows and codes of the current version with pseudonyms, and the names of its days."""
    manifest = here.site.manifest("phone")
    return here.rows(), here.codes(manifest), {one.name: one.version for one in manifest.partitions}


def test_codes_rows_and_the_names_of_days_stay_and_versions_get_other_ids(little, here) -> None:
    before, ids = everything(here), {one.id for one in little.versions(here.site)}
    done = rotate(here)

    assert done.state == "done"
    assert everything(here) == before
    assert state(here).epoch == 2
    after = {one.id for one in little.versions(here.site)}
    assert len(after) == len(ids)
    assert after.isdisjoint(ids)


def test_no_file_but_code_tables_is_written(little, here) -> None:
    folder = here.folder / "site" / "store" / "phone"

    def contents(*names: str) -> dict:
        return {path: path.read_bytes() for name in names for path in (folder / name).rglob("*") if path.is_file()}

    before, codes = contents("parts", "rollups", "seen", "geography"), contents("codes")
    rotate(here)

    assert contents("parts", "rollups", "seen", "geography") == before
    assert len(contents("codes")) == len(codes)
    assert {hashlib.sha256(one).digest() for one in codes.values()}.isdisjoint(
        hashlib.sha256(one).digest() for one in contents("codes").values()
    )


def test_tables_of_two_epochs_share_nothing_and_whoever_has_older_keys_finds_nobody(little, here) -> None:
    numbers = made_from_numbers(little, here)
    found = [at_rest(here)]
    for _ in range(2):
        rotate(here)
        found.append(at_rest(here))

    assert numbers <= found[0]
    assert numbers.isdisjoint(found[1] | found[2])
    assert not any(one & other for one, other in ((found[0], found[1]), (found[1], found[2]), (found[0], found[2])))
    assert len({len(one) for one in found}) == 1


def test_the_old_secret_and_the_keys_of_old_files_are_destroyed(little, here) -> None:
    rotate(here)
    site = here.site
    lived = little.live_keys(site)
    old = {site.keys.unwrap(path.read_bytes(), about=read_header(path.read_bytes())[1]) for path in _secrets(here)}
    files = {key for key in lived if any(_opens(here, key, part) for part in site.manifest("phone").codes)}
    rotate(here)

    assert old <= lived
    assert len(files) == len(site.manifest("phone").codes)
    assert little.live_keys(here.site).isdisjoint(old | files)
    assert [path.name.partition(".")[0] for path in _secrets(here)] == ["e-000000000003"]


def _secrets(here) -> list:
    return sorted((here.folder / "site" / "store" / "phone" / "epochs").glob("*.key"))


def _opens(here, key: bytes, part) -> bool:
    import base64  # noqa: PLC0415 - only here

    return here.site.keys.unwrap(base64.b64decode(part.wrapped_key), about=f"phone/{part.path}") == key


def test_files_that_come_later_find_everybody_and_newcomers_get_the_next_codes(little, here) -> None:
    rotate(here)
    before = here.codes(here.site.manifest("phone"))
    assert here.take("calls_1.csv", little.day_of_rows("2026-01-05")).skipped_files == 2
    newcomer = "+258850000001"
    here.take("calls_3.csv", [*little.day_of_rows("2026-01-07"), little.row(newcomer, "2026-01-07 08:00:00")])
    after = here.codes(here.site.manifest("phone"))

    for sort in SORTS:
        assert after[sort][: len(before[sort])] == before[sort]
        assert len(set(after[sort])) == len(after[sort])
    assert after["person"][len(before["person"]) :] == [little.pseudonym_of(here.site, newcomer)]
    assert state(here).epoch == 2
    day = {one for name, rows in here.rows().items() if "2026-01-07/0" in name for one in map(dict, rows)
           for one in (one["person"], one["counterpart"]) if one}  # fmt: skip
    assert day == {little.pseudonym_of(here.site, one) for one in (*little.EVERYBODY, newcomer)}


def test_a_file_put_right_afterwards_is_compared_with_what_came_before(little, here) -> None:
    """Its other rows are the same rows of the same people: one call of a day went, and nothing else changed."""
    before = here.rows()
    rotate(here)
    mapping = here.folder / "files" / "mapping.toml"
    mapping.write_text(little.MAPPING.replace("time_format", 'same_name = "replace"\ntime_format'))
    rows = [
        one
        for one in little.day_of_rows("2026-01-05")
        if one != little.row(little.OTHERS[1], "2026-01-05 20:00:00", "b1")
    ]
    assert here.take("calls_1.csv", rows).corrected_files == 1

    after = here.rows()
    assert {name: found for name, found in after.items() if "2026-01-06" in name} == {
        name: found for name, found in before.items() if "2026-01-06" in name
    }
    gone = [one for one in before["calls/2026-01-05/0"] if one not in after["calls/2026-01-05/0"]]
    assert [dict(one)["person"] for one in gone] == [little.pseudonym_of(here.site, little.OTHERS[1])]
    assert len(after["calls/2026-01-05/0"]) == len(before["calls/2026-01-05/0"]) - 1


def test_whoever_asked_to_be_left_out_before_is_left_out_afterwards(little, here) -> None:
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    rotate(here)

    assert here.take("calls_3.csv", little.day_of_rows("2026-01-07")).left_out == 4
    erase_listed(here.site, "phone", little.NOW)
    assert not _is_there(little, here)


def _is_there(little, here) -> bool:
    mine = little.pseudonym_of(here.site, little.FLED)
    return mine in str(here.rows()) or mine in here.codes(here.site.manifest("phone"))["person"]


def test_who_was_erased_stays_erased_and_comes_back_under_a_new_code(little, here) -> None:
    assert _is_there(little, here)
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    here.work()
    rotate(here)
    before = here.codes(here.site.manifest("phone"))["person"]
    assert not _is_there(little, here)
    opt_in(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    here.take("calls_3.csv", little.day_of_rows("2026-01-07"))

    after = here.codes(here.site.manifest("phone"))["person"]
    assert after == [*before, little.pseudonym_of(here.site, little.FLED)]


def test_a_version_from_before_is_found_under_its_old_name_until_somebody_is_erased(little, here) -> None:
    old = here.site.manifest("phone")
    rotate(here)
    middle = here.site.manifest("phone")
    rotate(here)

    assert here.site.manifest("phone", old.id) == here.site.manifest("phone")
    assert here.site.manifest("phone", old.previous).partitions == old.partitions[:1]
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    here.work()
    for version in (old.id, middle.id):
        with pytest.raises(WrongState, match="rewritten by an erasure"):
            here.site.manifest("phone", version)


def test_a_dry_run_says_what_would_be_written_whoever_is_there_and_changes_nothing(little, here) -> None:
    site = here.site
    before = {path: path.read_bytes() for path in (here.folder / "site" / "store").rglob("*") if path.is_file()}
    told = rotate_pseudonyms(here.room("dpo"), dataset="phone", dry_run=True)

    first = datetime.fromisoformat(site.ledger.history("dataset", "phone")[0].at)
    assert (told.epoch, told.since, told.versions, told.work) == (1, first, 2, None)
    assert told.files == len(site.manifest("phone").codes)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("roles", [("analyst",), ("auditor", "checker"), ("researcher",), ()])
def test_who_has_nothing_to_do_with_running_the_site_may_not(here, roles) -> None:
    with pytest.raises(NotPermitted):
        rotate_pseudonyms(here.room(*roles), dataset="phone")
    with pytest.raises(NotFound):
        rotate_pseudonyms(here.room("engineer"), dataset="nothing")


def test_it_says_so_while_files_are_taken_in_and_is_done_when_asked_again(little, here) -> None:
    before = everything(here)
    with sole_writer(here.site.folders.store, "phone"):
        failed = rotate(here)

    assert (failed.state, "taken into this data set right now" in str(failed.says)) == ("failed", True)
    assert state(here).epoch == 1
    assert rotate(here).state == "done"
    assert everything(here) == before


def test_a_data_set_without_anybody_has_nothing_to_exchange(little, tmp_path) -> None:
    here = little.Little(tmp_path)
    little.make(tmp_path, days=())
    nobody = tmp_path / "nobody.txt"
    nobody.write_text("".join(f"{one}\n" for one in little.EVERYBODY))
    opt_out_list(here.room("dpo"), dataset="phone", listed=nobody)
    here.take("calls_1.csv", [little.row(one, "2026-01-05 08:00:00") for one in little.EVERYBODY])

    with pytest.raises((WrongState, NotFound)):
        rotate_pseudonyms(here.room("engineer"), dataset="phone")


def test_the_record_of_use_says_what_was_done_and_nothing_of_anybody(little, here) -> None:
    rotate(here)
    events = here.site.ledger.events(verb=VERB)
    told = str([(one.subject, one.body) for one in events])

    assert len(events) == 3
    assert "'kind': 'pseudonyms', 'subject': 'phone/2'" in told
    assert not any(one in told for one in (*made_from_numbers(little, here), *at_rest(here)))


def test_exchanged_keys_open_it_and_the_old_ones_do_not(little, here) -> None:
    rotate(here)
    before, old = everything(here), here.site.keys.ring()
    exchange_keys(here.site, now=little.NOW)

    assert everything(here) == before
    thief = Ring(b"", old.current, {old.current: old.wrapping[old.current]})
    found = [path.read_bytes() for path in key_files(here.site.folders) if path.parent.name == "epochs"]
    assert len(found) == 1
    assert thief.unwrap(found[0], about=read_header(found[0])[1]) is None


def test_a_destroyed_data_set_leaves_no_secret(little, here) -> None:
    rotate(here)
    key = hashlib.sha256(_secrets(here)[0].read_bytes()).hexdigest()
    assert key in digests_of(here.site.folders, "phone")
    destroy_dataset(here.site.folders, "phone")

    assert not list((here.folder / "site").rglob("e-0*"))


def test_the_health_of_a_site_says_which_key_and_since_when(little, here) -> None:
    fresh = pseudonyms(here.site, "phone", little.NOW)
    rotate(here)
    now = datetime.now(UTC)
    found = [pseudonyms(here.site, "phone", now + timedelta(days=days)) for days in (1, 365, 367)]

    assert (fresh.grade, "key 1 since" in str(fresh.says)) == (Grade.GOOD, True)
    assert [one.grade for one in found] == [Grade.GOOD, Grade.GOOD, Grade.ADVICE]
    assert f"key 2 since {now.date()}" in str(found[2].says)


@pytest.fixture
def sealed(little, here, tmp_path, monkeypatch) -> Callable[[str], Callable[[], None]]:
    """Backs the site up; what it gives back loses the site and restores it, with the list of erasures of then."""
    monkeypatch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})
    both = tuple(Identity(path=tmp_path / name, passphrase=f"words of {name} and more") for name in ("one", "two"))
    public = tuple(make_officer(one.path, passphrase=one.passphrase) for one in both)

    def back(name: str) -> Callable[[], None]:
        back_up(here.site, tmp_path / name, officers=public, now=little.NOW)

        def again(*, erasures: bool = True) -> None:
            (tmp_path / "erasures").write_text("\n".join(export_erasures(here.site)))
            shutil.rmtree(here.folder / "site")
            listed = tmp_path / "erasures" if erasures else None
            restore(tmp_path / name, here.folder / "site", identities=both, now=little.NOW, erasures=listed)

        return again

    return back


def test_a_copy_from_before_gets_a_new_key_when_it_is_restored(little, here, sealed) -> None:
    """Its tables are the ones that whoever copied the site then has."""
    before, old, restored = everything(here), at_rest(here), sealed("a.backup")
    rotate(here)
    rotate(here)
    lost = at_rest(here)
    restored()

    assert everything(here) == before
    assert state(here).epoch == 3
    assert at_rest(here).isdisjoint(old | lost)


def test_a_copy_from_afterwards_opens_as_it_was(little, here, sealed) -> None:
    rotate(here)
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    before, old, restored = everything(here), at_rest(here), sealed("a.backup")
    erase_listed(here.site, "phone", little.NOW)
    restored()
    assert not _is_there(little, here)
    restored = sealed("b.backup")
    restored(erasures=False)

    assert state(here).epoch == 2
    assert len(at_rest(here) & old) == len(old) - 3
    assert before[2] == everything(here)[2]


def _takes(folder: str) -> None:
    """In another process: take files in for as long as somebody else writes."""
    here = little_site.Little(little_site.Path(folder))
    for number in (3, 4, 5):
        while True:
            try:
                here.take(f"calls_{number}.csv", little_site.day_of_rows(f"2026-01-{number + 4:02}"))
            except WrongState:
                continue
            break


@pytest.mark.slow
def test_two_processes_that_take_files_in_and_exchange_the_key_lose_and_double_nothing(little, here) -> None:
    """Each is told that the other writes, and does it again."""
    with subprocess.Popen([sys.executable, __file__, str(here.folder)], env=on_path()) as child:
        done = 0
        while child.poll() is None or done < 2:
            done += rotate(here).state == "done"

    assert child.returncode == 0
    assert state(here).epoch == done + 1
    found = here.codes(here.site.manifest("phone"))["person"]
    assert len(found) == len(set(found)) == len(little.EVERYBODY)
    assert {name for name in here.rows() if name.endswith("/0")} == {
        f"calls/2026-01-{day:02}/0" for day in (5, 6, 7, 8, 9)
    }


@pytest.mark.slow
def test_killed_at_every_write_everybody_is_found_and_the_next_one_ends_it(little, here) -> None:
    """Wherever it dies all opens as before; done again there is one version of everything, one secret, and no rest."""
    from safeconduct.actions.rekeying import _bring_about  # noqa: PLC0415 - what the worker does

    before, at, wanted = everything(here), 0, None
    while True:
        at += 1
        one = little.Little(here.folder.parent / "killed")
        shutil.rmtree(one.folder, ignore_errors=True)
        shutil.copytree(here.folder, one.folder)
        died = killed(at, lambda one=one: _bring_about(one.site, "phone", 2, little.NOW))
        assert everything(one) == before, at
        _bring_about(one.site, "phone", 2, little.NOW)
        found = (state(one).epoch, _files(one), len(_secrets(one)))
        wanted = wanted or found
        assert (everything(one), found) == (before, wanted), at
        if not died:
            break
    assert at > 30
    assert wanted[0] == 2
    assert wanted[2] == 1


def _files(one) -> dict[str, int]:
    """How many files of each sort lie there."""
    store = one.folder / "site" / "store" / "phone"
    return {name: len([path for path in (store / name).rglob("*") if path.is_file()])
            for name in ("parts", "rollups", "codes", "manifests", "epochs")}  # fmt: skip


def test_killed_half_way_files_are_taken_in_and_it_is_done_later(little, here) -> None:
    """Nobody goes on with what was left: neither files nor the secret of then are in the next version."""
    from safeconduct.actions.rekeying import _bring_about  # noqa: PLC0415 - what the worker does

    assert killed(9, lambda: _bring_about(here.site, "phone", 2, little.NOW))
    left = Epochs(store=here.site.folders.store, dataset="phone", keys=here.site.keys).of(2, "person").kept(bytes(16))
    here.take("calls_3.csv", little.day_of_rows("2026-01-07"))
    before = everything(here)
    rotate(here)

    assert everything(here) == before
    site = here.site
    assert Epochs(store=site.folders.store, dataset="phone", keys=site.keys).of(2, "person").kept(bytes(16)) != left
    assert len(_files(here)) == 5
    assert _files(here)["codes"] == len(site.manifest("phone").codes)


if __name__ == "__main__":
    _takes(*sys.argv[1:])
