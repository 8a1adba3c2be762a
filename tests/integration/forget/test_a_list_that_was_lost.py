"""Whoever destroys the list of those to be left out keeps nobody from being erased in time."""

import shutil

from safeconduct.actions.forgetting import forgettings, opt_in, opt_out
from safeconduct.actions.retaining import nightly


def test_who_waited_is_erased_in_time_though_the_list_was_lost_and_another_change_came(little, here) -> None:
    """Somebody else is taken off a list that seems empty; the days of those who wait go on."""
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    shutil.rmtree(here.folder / "site" / "store" / "phone" / "objections")
    opt_in(here.room("dpo"), dataset="phone", identifiers=(little.OTHERS[5],))

    (state,) = forgettings(here.room("dpo"))
    assert (state.waiting, state.due) == (1, little.later(30))
    nightly(here.site, little.later(30))
    here.work()
    mine = little.pseudonym_of(here.site, little.FLED)
    assert mine not in here.codes(here.site.manifest("phone"))["person"]


def test_who_was_erased_before_the_list_was_lost_stays_on_it(little, here) -> None:
    """They are looked for once more, and nobody is left waiting."""
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    nightly(here.site, little.later(30))
    here.work()
    shutil.rmtree(here.folder / "site" / "store" / "phone" / "objections")
    opt_out(here.room("dpo", now=little.later(31)), dataset="phone", identifiers=(little.OTHERS[5],))
    assert here.take("calls_3.csv", [little.row(little.FLED, "2026-01-07 10:00:00")]).left_out == 1
    nightly(here.site, little.later(61))
    here.work()

    assert [one.waiting for one in forgettings(here.room("dpo"))] == [0]
