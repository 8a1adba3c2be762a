"""Erasures are done again on a site that was restored from an older copy; each sort says how, once."""

from collections.abc import Callable
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


def replays(kind: str) -> Callable[[Replay], Replay]:
    """Make a function what erases a sort of thing again; doing it twice must change nothing more.

    Args:
        kind: The word that `erased` tells in the record of use.
    """

    def decorate(function: Replay) -> Replay:
        _known[kind] = function
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
    """Erase again what was erased after a copy was made; how many things.

    Raises:
        WrongState: A sort of erasure is none this version knows; nothing was erased.
    """
    len(verbs)  # reads every module of this room, so that every sort is known
    if strange := sorted({one.kind for one in found} - set(_known)):
        raise WrongState(say("this version cannot erase {kind} again; restore with a newer one", kind=strange[0][:60]))
    for one in found:
        _known[one.kind](site, one, now)
    return len(found)
