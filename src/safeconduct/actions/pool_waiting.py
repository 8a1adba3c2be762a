"""What waits in a pool, for whom and since when: for the host by where shares are, for a contributor by its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from safeconduct.actions.pool_base import HERE, HeldPool, HeldShare
from safeconduct.govern.pools import FEWEST, MOST_COMPARISONS
from safeconduct.ledger.entries import Fact
from safeconduct.model.text import Text, say

SEND = say("Send your files, or withdraw.")
LOOK = say("Look at your share as the pool would hold it.")
SIGN = say("Sign your share off, or withdraw it.")
PLAN = say("Write the treatment plan.")
COMPARE = say("Compare the shares.")
FREEZE = say("Freeze the pool.")

Shares = Sequence[tuple[HeldShare, Fact]]


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Something that somebody has to do before a pool goes on.

    Attributes:
        what: What, in a sentence.
        since: Since when it can be done, UTC.
    """

    what: Text
    since: datetime


def waits_for_contributor(held: HeldPool, share: HeldShare, fact: Fact) -> Waits | None:
    """What an organisation has to do with its own share; nothing while the host or the program has to."""
    if held.pool.state != "open":
        return None
    asks = {
        "invited": SEND if not share.uploads else None,
        "contributed": LOOK if share.preview else None,
        "previewed": SIGN,
    }
    what = asks.get(fact.state)
    return None if what is None else Waits(what=what, since=_at(fact))


def waits_for_host(held: HeldPool, shares: Shares, *, now: datetime) -> Waits | None:
    """What the hosting steward has to do; of several things the one that leads furthest."""
    return next(_host(held, shares, now), None) if held.pool.state == "open" else None


def _host(held: HeldPool, shares: Shares, now: datetime) -> Iterator[Waits]:
    day = datetime.combine(held.pool.freeze_on, time(), tzinfo=UTC)
    signed = _enough([fact for _, fact in shares if fact.state == "signed_off"])
    if signed is not None and day.date() <= now.date():
        yield Waits(what=FREEZE, since=max(day, signed))
    here = [(one, fact) for one, fact in shares if fact.state in HERE and one.made]
    there = _enough([fact for _, fact in here])
    if there is None:
        return
    if not held.steps:
        yield Waits(what=PLAN, since=there)
    new = [_at(fact) for one, fact in here if one.compared != one.version]
    if new and held.rounds < MOST_COMPARISONS:
        yield Waits(what=COMPARE, since=max(there, min(new)))


def _enough(facts: Sequence[Fact]) -> datetime | None:
    """When there were enough of them, `None` where there are not."""
    times = sorted(map(_at, facts))
    return times[FEWEST - 1] if len(times) >= FEWEST else None


def _at(fact: Fact) -> datetime:
    return datetime.fromisoformat(fact.at)
