"""Erasures are done again on a site that was restored from an older copy; each sort says how, once.

Who came back after an erasure, or what was taken in after one, is in a copy made after it: what the copy's own record
of use tells already is not done again where that would take it away.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from safeconduct.actions.site import Site
from safeconduct.actions.verb import verbs
from safeconduct.ledger.erasures import DOMAIN, ERASED, Erasure, erasures
from safeconduct.ledger.erasures import lines as signed_lines
from safeconduct.model.canonical import Json
from safeconduct.model.errors import WrongState
from safeconduct.model.text import say

Replay = Callable[[Site, Erasure, datetime], None]
_known: dict[str, Replay] = {}
_of_then: set[str] = set()
"""Sorts of which more may be gone if one is done again later: of whoever is on a list then, of what came in since."""


def replays(kind: str, *, of_then: bool = False) -> Callable[[Replay], Replay]:
    """Make a function what erases a sort of thing again; doing it twice must change nothing more.

    Args:
        kind: The word that `erased` tells in the record of use.
        of_then: It reaches what is there when it is done, not what its digests or its subject name: a copy that was
            made after it is left as it is.
    """

    def decorate(function: Replay) -> Replay:
        _known[kind] = function
        if of_then:
            _of_then.add(kind)
        return function

    return decorate


def erased(kind: str, subject: str, digests: tuple[str, ...] = ()) -> dict[str, Json]:
    """What the body of an event says beside other things, so that the erasure is on the list."""
    return {ERASED: {"kind": kind, "subject": subject, "digests": list(digests)}}


def export_erasures(site: Site) -> list[str]:
    """The signed list of everything that was erased here, a JSON line each; hand it over when a copy is restored."""
    signer = site.signer
    return list(signed_lines(erasures(site.ledger), lambda text: (signer.public, signer.sign(text, domain=DOMAIN))))


def replay(site: Site, found: list[Erasure], *, now: datetime) -> int:
    """Erase again what was erased, unless the copy was made after it and may hold what came since; how many things.

    Raises:
        WrongState: A sort of erasure is none this version knows; nothing was erased.
    """
    len(verbs)  # reads every module of this room, so that every sort is known
    if strange := sorted({one.kind for one in found} - set(_known)):
        raise WrongState(say("this version cannot erase {kind} again; restore with a newer one", kind=strange[0][:60]))
    after = list(_after_the_copy(site, found))
    for one in after:
        _known[one.kind](site, one, now)
    return len(after)


def _after_the_copy(site: Site, found: list[Erasure]) -> Iterator[Erasure]:
    """Those to be done again, in their order."""
    told = Counter(erasures(site.ledger))
    for one in found:
        known = told[one] > 0
        told[one] -= known
        if not (known and one.kind in _of_then):
            yield one
