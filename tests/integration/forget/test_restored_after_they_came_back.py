"""A copy made after an erasure keeps what came since: who took their objection back, days that are kept longer now."""

import shutil
from collections.abc import Callable
from datetime import date

import pytest

from safeconduct.actions.backing_up import back_up, make_officer
from safeconduct.actions.erasing import export_erasures
from safeconduct.actions.forgetting import forget, forgettings, opt_in, opt_out
from safeconduct.actions.restoring import Identity, Restored, restore
from safeconduct.actions.retaining import retain, set_retention
from safeconduct.keys import officers


@pytest.fixture
def comes_back(little, here, tmp_path, monkeypatch) -> Callable[[], Restored]:
    """Backs the site up, does something more, loses it, and restores it with the newest list of erasures."""
    monkeypatch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})
    both = tuple(Identity(path=tmp_path / name, passphrase=f"words of {name} and more") for name in ("one", "two"))

    def back(since: Callable[[], object] = lambda: None) -> Restored:
        public = tuple(make_officer(one.path, passphrase=one.passphrase) for one in both)
        back_up(here.site, tmp_path / "a.backup", officers=public, now=little.NOW)
        since()
        (tmp_path / "erasures").write_text("\n".join(export_erasures(here.site)))
        shutil.rmtree(here.folder / "site")
        return restore(
            tmp_path / "a.backup", here.folder / "site", identities=both, now=little.NOW, erasures=tmp_path / "erasures"
        )

    return back


def _erase(here, *who: str) -> None:
    forget(here.room("dpo"), dataset="phone", identifiers=who, at_once=True)
    here.work()


def _days_of(little, here, who: str) -> set[str]:
    mine = little.pseudonym_of(here.site, who)
    return {name.split("/")[1] for name, rows in here.rows().items() for one in rows if dict(one)["person"] == mine}


def test_who_came_back_before_the_copy_is_there_after_it_is_restored(little, here, comes_back) -> None:
    """Their erasure is on the list, and so is that they took their objection back."""
    who = little.OTHERS[5]
    _erase(here, who)
    opt_in(here.room("dpo"), dataset="phone", identifiers=(who,))
    here.take("calls_3.csv", little.day_of_rows("2026-01-07"))
    assert _days_of(little, here, who) == {"2026-01-07"}

    assert comes_back().erasures == 0
    assert _days_of(little, here, who) == {"2026-01-07"}


def test_who_was_erased_after_the_copy_is_erased_again_and_those_who_wait_wait(little, here, comes_back) -> None:
    """Also somebody who had come back before; who only asked is not erased earlier than on the site that was lost."""
    who, waits = little.OTHERS[5], little.OTHERS[6]
    _erase(here, who)
    opt_in(here.room("dpo"), dataset="phone", identifiers=(who,))
    here.take("calls_3.csv", little.day_of_rows("2026-01-07"))
    opt_out(here.room("dpo"), dataset="phone", identifiers=(waits,))
    comes_back()
    assert _days_of(little, here, waits) == {"2026-01-05", "2026-01-06", "2026-01-07"}
    assert [one.waiting for one in forgettings(here.room("dpo"))] == [1]
    (here.folder.parent / "a.backup").unlink()
    for name in ("one", "two"):
        (here.folder.parent / name).unlink()
    comes_back(lambda: _erase(here, who))

    assert _days_of(little, here, who) == set()


def test_days_that_came_again_under_a_longer_rule_are_there(little, here, comes_back) -> None:
    """The rule was longer, and files of then came again, before the copy was made."""
    steward = here.room("steward")
    kept = (little.NOW.date() - date(2026, 1, 6)).days
    set_retention(steward, dataset="phone", events=kept, reason="The agreement says so.")
    retain(here.room("engineer"), dataset="phone")
    set_retention(steward, dataset="phone", events=kept + 30, reason="The agreement was changed.")
    here.take("calls_4.csv", [little.row(one, "2026-01-05 07:00:00") for one in little.OTHERS])
    assert _days_of(little, here, little.OTHERS[3]) == {"2026-01-05", "2026-01-06"}

    comes_back()
    assert _days_of(little, here, little.OTHERS[3]) == {"2026-01-05", "2026-01-06"}
