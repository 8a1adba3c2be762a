"""Keys: the key that data keys are wrapped under is exchanged, while the site goes on."""

from dataclasses import dataclass
from datetime import datetime

from safeconduct.actions.site import Site
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.store.rotation import Rewrapped, count, rewrap

KIND, SITE = "key_exchange", "site"
OWED, HALF, DONE = "owed", "outermost", "done"
"""Something was erased and keys were not exchanged since; all were but the outermost; all were."""


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What an exchange of keys did, or would do.

    Attributes:
        done: Keys were exchanged; `False` for a dry run.
        files: Data keys in files of their own that were wrapped anew.
        parts: Data keys in manifests that were wrapped anew.
        outermost: The outermost key was exchanged too.
        destroyed: Ids of the wrapping keys that nothing needs any more and that were destroyed.
    """

    done: bool
    files: int
    parts: int
    outermost: bool = False
    destroyed: tuple[str, ...] = ()


def rotate(site: Site, *, now: datetime) -> Rotated:
    """Exchange the wrapping key and, where its place can keep one or the next was handed over, the outermost key.

    What is derived from the root stays: pseudonyms, noise, sealed descriptions. Broken off anywhere, calling it again
    goes on. Copies of the folder `keys` made before open nothing that was wrapped anew.

    Raises:
        WrongState: Files are being taken in, or another program is exchanging keys; call it again afterwards.
        Tampered: A data key does not open; nothing was destroyed.
    """
    before = site.ledger.fact(KIND, SITE)
    with site.keys.exchanging() as exchange:
        exchange.begin()
        done = _everything(site)
        leaving = exchange.replacing
        body: dict[str, Json] = {"destroyed": list(leaving), "now": site.keys.ring().current, "keys": done.total}
        with site.ledger.write() as tx:
            tx.event(actor="site", verb="rotate_keys", subject="keys", body=body, at=now)
        outermost = exchange.end()
    _settle(site, before, outermost=outermost, now=now)
    return Rotated(done=True, files=done.files, parts=done.parts, outermost=outermost, destroyed=leaving)


def is_owed(site: Site) -> bool:
    """Whether something was erased and the wrapping key was not exchanged since."""
    fact = site.ledger.fact(KIND, SITE)
    return fact is not None and fact.state == OWED


def _settle(site: Site, before: Fact | None, *, outermost: bool, now: datetime) -> None:
    """Write down that what was owed when the exchange began is done; what was erased meanwhile is owed still."""
    if before is None or before.state == DONE:
        return
    state = DONE if outermost else HALF
    with site.ledger.write() as tx:
        fact = tx.fact(KIND, SITE)
        if fact is not None and fact.body == before.body:
            tx.put(KIND, SITE, fact.body, state=state, at=now)
            tx.event(actor="site", verb="rotate_keys", subject=KIND, body={"state": state}, at=now)


def would_rotate(site: Site) -> Rotated:
    """What `rotate` would wrap anew; nothing is changed."""
    found = count(site.folders, site.keys)
    return Rotated(done=False, files=found.files, parts=found.parts)


def _everything(site: Site) -> Rewrapped:
    """Wrap all of it anew, until a whole look finds nothing more: somebody may have been between two looks."""
    files = parts = 0
    while (found := rewrap(site.folders, site.keys)).total:
        files, parts = files + found.files, parts + found.parts
    return Rewrapped(files=files, parts=parts)
