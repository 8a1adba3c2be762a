"""Whoever erases leaves the same trace whether or not anybody was there: events, versions, and files that are new."""

import shutil

from safeconduct.actions import forgetting
from safeconduct.actions.forgetting import FEWEST, forget, forgettings, opt_out
from safeconduct.actions.retaining import nightly
from safeconduct.model.canonical import Json
from safeconduct.store.versions import folder_of

STRANGERS = tuple(f"+25883{at:07}" for at in range(FEWEST))
HEX = frozenset("0123456789abcdef")


def shape(value: Json) -> object:
    """What an event says, with what is random or a digest told by its length only."""
    match value:
        case dict():
            return {key: shape(one) for key, one in value.items()}
        case list():
            return [shape(one) for one in value]
        case str():
            return tuple(len(word) if HEX.issuperset(word[1:]) else word for word in value.replace("@", "/").split("/"))
        case _:
            return value


def trace(little, here, since: int = 0) -> object:
    """All that anybody but the officer could see: events, facts, versions, how many files there are and are new."""
    site = here.site
    events = [(one.verb, shape(one.subject), shape(dict(one.body))) for one in site.ledger.events()][since:]
    kinds = ("dataset", "forgetting", "rewritten", "job", "message", "keys")
    facts = {kind: len(site.ledger.facts(kind)) for kind in kinds}
    versions = sorted((len(one.every_part()), len(one.partitions)) for one in little.versions(site))
    return events, facts, versions


def paths(here) -> set[str]:
    folder = folder_of(here.site.folders.store, "phone")
    return {path.relative_to(folder).as_posix() for sort in ("parts", "rollups", "codes", "manifests")
            for path in (folder / sort).rglob("*") if path.is_file()}  # fmt: skip


def beside(little, here):
    """A second site like it."""
    other = little.Little(here.folder.parent / "beside")
    shutil.copytree(here.folder, other.folder)
    return other


def is_there(little, here) -> bool:
    return little.pseudonym_of(here.site, little.FLED) in here.codes(here.site.manifest("phone"))["person"]


def test_an_erasure_of_nobody_looks_like_that_of_somebody(little, here) -> None:
    """A new version or none told it, and so did which files were written."""
    other = beside(little, here)
    for one, number in ((here, little.FLED), (other, STRANGERS[0])):
        before = paths(one)
        forget(one.room("dpo"), dataset="phone", identifiers=(number,), at_once=True)
        one.work()
        assert not before & paths(one), "every file is new"

    assert trace(little, here) == trace(little, other)
    assert not is_there(little, here)
    assert is_there(little, other)


def test_enough_people_look_like_too_few_until_they_are_due(little, here) -> None:
    """Somebody with fifteen numbers of their own would learn from it whether a sixteenth person is there."""
    other = beside(little, here)
    for one, last in ((here, little.FLED), (other, STRANGERS[0])):
        numbers = (last, *little.OTHERS[: FEWEST - 1])
        forget(one.room("dpo"), dataset="phone", identifiers=numbers)
        one.work()
        nightly(one.site, little.later(1))
        one.work()

    assert (is_there(little, here), is_there(little, other)) == (False, True)
    assert trace(little, here) == trace(little, other)
    assert forgettings(here.room("dpo")) == forgettings(other.room("dpo"))
    assert (forgettings(here.room("dpo"))[0].waiting, forgettings(here.room("dpo"))[0].together) == (FEWEST, FEWEST)
    for one in (here, other):
        nightly(one.site, little.later(30))
        one.work()
    assert trace(little, here) == trace(little, other)
    assert [one.waiting for one in (*forgettings(here.room("dpo")), *forgettings(other.room("dpo")))] == [0, 0]
    codes = other.codes(other.site.manifest("phone"))["person"]
    assert not {little.pseudonym_of(other.site, one) for one in little.OTHERS[: FEWEST - 1]} & set(codes)


def test_who_asks_after_others_were_erased_together_waits_for_their_own_day(little, here) -> None:
    """They are not erased alone behind people who are gone already, on these people's day."""
    forget(here.room("dpo"), dataset="phone", identifiers=little.OTHERS[:FEWEST])
    here.work()
    opt_out(here.room("dpo", now=little.later(20)), dataset="phone", identifiers=(little.FLED,))
    nightly(here.site, little.later(30))
    here.work()

    assert is_there(little, here)
    (state,) = forgettings(here.room("dpo"))
    assert (state.waiting, state.together, state.due) == (1, 0, little.later(50))
    nightly(here.site, little.later(50))
    here.work()
    assert not is_there(little, here)


def test_who_asks_while_others_are_erased_together_waits_no_longer_than_they(little, here, monkeypatch) -> None:
    """Thirty days from when they asked, not thirty more from the day of the others."""
    real = forgetting.erase_listed

    def erases(site, *told, **how) -> None:
        real(site, *told, **how)
        if not forgettings(here.room("dpo"))[0].together:
            opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))

    monkeypatch.setattr(forgetting, "erase_listed", erases)
    forget(here.room("dpo"), dataset="phone", identifiers=little.OTHERS[:FEWEST])
    here.work()
    body = here.site.ledger.fact("forgetting", "phone").body

    assert (forgettings(here.room("dpo"))[0].waiting, forgettings(here.room("dpo"))[0].together) == (FEWEST + 1, FEWEST)
    assert body["since"] <= body["later"]
