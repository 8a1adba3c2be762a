"""Whoever is on the list is left out of every file, and erased with others, sooner or later, killed or not."""

import os
import shutil

import pytest

from safeconduct.actions.backing_up import back_up, make_officer
from safeconduct.actions.erasing import export_erasures
from safeconduct.actions.forgetting import FEWEST, forget, forgettings, opt_in, opt_out, opt_out_list
from safeconduct.actions.housekeeping import daily
from safeconduct.actions.restoring import Identity, restore
from safeconduct.actions.retaining import nightly
from safeconduct.actions.rotating import rotate
from safeconduct.ingest.forgetting import ForgetSite, forget_listed
from safeconduct.keys import officers
from safeconduct.model.errors import BadInput, NotFound, NotPermitted
from safeconduct.store.versions import sole_writer

MARKER = "+258 84 no such hunter2"


class Killed(BaseException):
    """Nothing of ours catches it."""


def people(little, here) -> set[str]:
    """Pseudonyms of everybody in a row of the current version, as either side."""
    rows = [dict(one) for found in here.rows().values() for one in found]
    return {one[name] for one in rows for name in ("person", "counterpart") if one.get(name)}


def is_there(little, here) -> bool:
    mine = little.pseudonym_of(here.site, little.FLED)
    return mine in people(little, here) or mine in here.codes(here.site.manifest("phone"))["person"]


def test_rows_of_who_is_on_the_list_are_left_out_before_anything_else(little, tmp_path) -> None:
    """Neither a row, a code, their card nor a rejected row is kept, also where others called them."""
    here = little.Little(tmp_path)
    little.make(tmp_path, days=())
    opt_out(here.room("dpo"), dataset="phone", identifiers=("258 841 777 777",))
    report = here.take("calls_1.csv", little.day_of_rows("2026-01-05"))
    site = here.site
    codes = here.codes(site.manifest("phone"))

    assert not is_there(little, here)
    assert len(people(little, here)) == len(little.OTHERS)
    assert little.pseudonym_of(site, f"6430100000{little.FLED[-4:]}", "imsi") not in codes["imsi"]
    assert report.left_out == 4
    assert report.rows == len(little.day_of_rows("2026-01-05")) == report.kept + report.left_out + 1
    assert not any(little.FLED[1:].encode() in content for _, content in little.everything_plain(site))


def test_nothing_is_left_out_where_nobody_is_on_the_list(little, here) -> None:
    """The control."""
    assert is_there(little, here)


def test_an_erasure_waits_for_others_and_for_thirty_days_at_most(little, here) -> None:
    told = forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    here.work()

    assert (told.waiting, told.needed, told.task) == (1, FEWEST, "")
    assert told.due == little.later(30)
    assert is_there(little, here)
    nightly(here.site, little.later(29))
    here.work()
    assert is_there(little, here)
    nightly(here.site, little.later(30))
    here.work()
    assert not is_there(little, here)
    assert [(one.waiting, one.due, one.task) for one in forgettings(here.room("dpo"))] == [(0, None, "")]


def test_enough_people_are_erased_together_before_thirty_days(little, here) -> None:
    told = forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED, *little.OTHERS[: FEWEST - 1]))
    here.work()

    assert told.task
    assert not is_there(little, here)
    assert len(people(little, here)) == len(little.OTHERS) - FEWEST + 1


def test_numbers_that_are_in_no_file_do_not_make_up_a_crowd(little, here) -> None:
    """They are told the same, and one person is not erased alone behind fifteen who are not there."""
    numbers = (little.FLED, *(f"+25883{at:07}" for at in range(FEWEST - 1)))
    told = forget(here.room("dpo"), dataset="phone", identifiers=numbers)
    here.work()

    assert told.task
    assert is_there(little, here)
    assert forgettings(here.room("dpo"))[0].waiting == FEWEST
    nightly(here.site, little.later(30))
    here.work()
    assert not is_there(little, here)


def test_who_was_erased_before_and_comes_back_cancels_nobody_elses_erasure(little, here) -> None:
    forget(here.room("dpo"), dataset="phone", identifiers=(little.OTHERS[5],), at_once=True)
    here.work()
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    opt_in(here.room("dpo"), dataset="phone", identifiers=(little.OTHERS[5],))
    nightly(here.site, little.later(30))
    here.work()

    assert not is_there(little, here)


def test_who_comes_back_is_taken_in_again_and_what_was_erased_stays_erased(little, here) -> None:
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    forget(here.room("dpo"), dataset="phone", at_once=True)
    here.work()
    opt_in(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    here.take("calls_3.csv", little.day_of_rows("2026-01-07"))
    mine = little.pseudonym_of(here.site, little.FLED)
    held = {name for name, rows in here.rows().items() if any(dict(one)["person"] == mine for one in rows)}

    assert held == {"calls/2026-01-07/0", "calls/2026-01-07/rollup"}


def test_what_is_told_does_not_depend_on_whether_anybody_is_there(little, here) -> None:
    there = forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    opt_in(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    nobody = forget(here.room("dpo"), dataset="phone", identifiers=("+1999",))

    assert there == nobody


def test_a_dry_run_counts_files_whoever_is_in_them_and_changes_nothing(little, here) -> None:
    before = here.site.manifest("phone").id
    told = forget(here.room("dpo"), dataset="phone", dry_run=True).searches
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))

    assert (told.events, told.codes > 0, told.rejected) == (2, True, 2)
    assert forget(here.room("dpo"), dataset="phone", dry_run=True).searches == told
    assert here.site.manifest("phone").id == before


@pytest.mark.parametrize("roles", [("steward",), ("engineer",), ("analyst", "auditor"), ()])
def test_only_the_data_protection_officer_may(little, here, roles) -> None:
    with pytest.raises(NotPermitted):
        forget(here.room(*roles), dataset="phone", identifiers=(little.FLED,))


def test_a_list_is_read_from_a_file_and_wrong_lines_are_told_by_their_place(little, here, tmp_path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(f"{little.FLED}\n\n{little.OTHERS[0]}\n")
    bad.write_text(f"{little.FLED}\n{MARKER * 20}\n")

    done = opt_out_list(here.room("dpo"), dataset="phone", listed=good)
    assert (done.waiting, done.records) == (2, True)
    with pytest.raises(BadInput) as told:
        opt_out_list(here.room("dpo"), dataset="phone", listed=bad)
    assert "number 2 of the list" in str(told.value)
    assert "hunter2" not in str(told.value)
    with pytest.raises(BadInput, match="number 2 of the list"):
        opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED, "\ud800"))
    with pytest.raises(NotFound):
        forget(here.room("dpo"), dataset="nothing", identifiers=(little.FLED,))


def test_the_record_of_use_holds_neither_number_nor_pseudonym(little, here) -> None:
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    here.work()
    told = str([(one.subject, one.body) for one in here.site.ledger.events()])

    assert little.FLED[1:] not in told
    assert little.pseudonym_of(here.site, little.FLED) not in told


def test_a_questions_bits_are_forgotten_in_memory_too(little, here) -> None:
    """What one process remembers of who is in a part goes when the code tables change."""
    site = here.site
    known = site.comparing(site.manifest("phone")).known
    assert site.comparing(site.manifest("phone")).known is known
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    here.work()

    assert site.comparing(site.manifest("phone")).known is not known


def test_a_day_of_files_being_taken_in_is_waited_for(little, here) -> None:
    """The erasure fails then, and the next night's housekeeping begins it again."""
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    with sole_writer(here.site.folders.store, "phone"):
        here.work()
    assert is_there(little, here)
    daily(here.site)
    here.work()

    assert not is_there(little, here)


def test_erasures_and_the_list_are_made_again_on_a_restored_copy(little, here, tmp_path, monkeypatch) -> None:
    """The backup was made before, so that it has neither the list nor the erasure."""
    monkeypatch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})
    both = tuple(Identity(path=tmp_path / name, passphrase=f"words of {name} and more") for name in ("one", "two"))
    public = tuple(make_officer(one.path, passphrase=one.passphrase) for one in both)
    back_up(here.site, tmp_path / "a.backup", officers=public, now=little.NOW)
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    here.work()
    (tmp_path / "erasures").write_text("\n".join(export_erasures(here.site)))
    shutil.rmtree(here.folder / "site")
    restore(
        tmp_path / "a.backup", here.folder / "site", identities=both, now=little.NOW, erasures=tmp_path / "erasures"
    )
    assert not is_there(little, here)
    assert here.take("calls_3.csv", little.day_of_rows("2026-01-07")).left_out == 4

    assert not is_there(little, here)
    assert not any(little.FLED[1:].encode() in content for _, content in little.everything_plain(here.site))


@pytest.mark.slow
def test_killed_at_any_write_and_run_again_it_ends_the_same(little, here, monkeypatch) -> None:
    """Every durable step is where it dies once; what is there afterwards is the same, and nothing is left over."""
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    wanted, at = None, 1
    while True:
        one = little.Little(here.folder.parent / "killed")
        shutil.rmtree(one.folder, ignore_errors=True)
        shutil.copytree(here.folder, one.folder)
        died = _dies(one, at, monkeypatch)
        _erase(one)
        found = (one.rows(), len(little.versions(one.site)), is_there(little, one), _files(one))
        wanted = wanted or found
        assert found == wanted, at
        if not died:
            break
        at += 5
    assert at > 15
    assert wanted[2] is False


def _files(one) -> dict[str, int]:
    """How many files of each sort lie there."""
    store = one.folder / "site" / "store" / "phone"
    return {name: len([path for path in (store / name).rglob("*") if path.is_file()])
            for name in ("parts", "rollups", "codes", "manifests")}  # fmt: skip


def _dies(one, at: int, monkeypatch) -> bool:
    real, left = os.fsync, [at]

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        try:
            _erase(one)
        except Killed:
            return True
    return False


def _erase(one) -> None:
    from datetime import UTC, datetime  # noqa: PLC0415 - only here

    from safeconduct.actions.forgetting import erase_listed  # noqa: PLC0415 - only here

    erase_listed(one.site, "phone", datetime.now(UTC))


def test_nobody_to_erase_commits_nothing(little, here) -> None:
    """A version is not replaced for nothing; the quarantine, which may name anybody, goes all the same."""
    site = here.site
    before, commits = site.manifest("phone"), []
    opened = ForgetSite(folders=site.folders, keys=site.keys, manifest=before, named=lambda: before.id,
                        memory_mb=256, threads=1)  # fmt: skip
    opened.quarantine.destroy(opened.quarantine.names())
    forget_listed(opened, commit=commits.append)

    assert commits == []
    assert site.manifest("phone") == before


def test_the_list_opens_after_keys_are_exchanged(little, here) -> None:
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    rotate(here.site, now=little.NOW)

    assert forgettings(here.room("dpo"))[0].waiting == 1
    assert here.take("calls_3.csv", little.day_of_rows("2026-01-07")).left_out == 4


@pytest.mark.parametrize("gone", ["*.chest", "*.key", "*"])
def test_a_list_that_is_gone_or_older_is_mended_before_files_are_taken_in(little, here, gone) -> None:
    """Whoever removes the list, or puts an older one back, brings nobody back; officers are told."""
    folder = here.folder / "site" / "store" / "phone" / "objections"
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.OTHERS[5],))
    older = here.folder / "older"
    shutil.copytree(folder, older)
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    for path in folder.glob(gone):
        path.unlink()
    if gone == "*":
        shutil.copytree(older, folder, dirs_exist_ok=True)

    report = here.take("calls_3.csv", little.day_of_rows("2026-01-07"))

    assert report.left_out == 4 + 2
    marks = here.site.ledger.events(verb="mend_list")
    assert [(one.subject, one.body["mended"]) for one in marks] == [("phone", True)]
    opt_in(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    here.take("calls_4.csv", little.day_of_rows("2026-01-08"))
    assert len(here.site.ledger.events(verb="mend_list")) == 1, "who was taken off the list is not missing from it"


def test_a_list_for_a_data_set_without_records_says_so(little, here) -> None:
    """A list may come before the first file; it may be a name misspelt too, and then nobody would be left out."""
    assert not opt_out(here.room("dpo"), dataset="fone", identifiers=(little.FLED,)).records
    assert opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,)).records
