"""Pseudonyms of phone records put under the secret of another epoch: code tables are rewritten, in every version.

Neither a record nor a code is touched, so that answers, noise and the comparison of questions stay. It goes the way of
an erasure: files first, then versions under new ids, then one transaction, and then what was replaced is destroyed,
keys before files and the old secret last.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from safeconduct.ingest.forgetting import Commit, ForgetSite
from safeconduct.model.errors import WrongState
from safeconduct.model.text import say
from safeconduct.store.epochs import Epochs, epoch_of
from safeconduct.store.replacing import destroy_replaced, replace_versions
from safeconduct.store.sweeping import retained

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """How the pseudonyms of a data set rest, and what exchanging their key would write; nothing follows about anybody.

    Attributes:
        number: The epoch in force, from 1.
        since: When it began, UTC; `None` for the first, which began with the data set.
        files: Files of code tables; all of them are written anew.
        versions: Versions that get another id.
    """

    number: int
    since: datetime | None
    files: int
    versions: int


def epoch_in_force(site: ForgetSite) -> Epoch:
    """How the pseudonyms of a data set rest now; nothing is changed."""
    codes = site.manifest.codes
    whole, lacking = retained(site.folders.store, site.dataset, site.manifest.id)
    number = epoch_of(codes)
    return Epoch(number=number, since=_epochs(site).since(number), files=len(codes), versions=len(whole) + len(lacking))


def rekey(
    site: ForgetSite,
    number: int,
    *,
    at: datetime,
    commit: Commit,
    progress: Progress = lambda _done, _all: None,
) -> None:
    """Put the pseudonyms of a data set under the secret of an epoch, unless they rest in it or a later one already.

    Killed anywhere and run again, it ends the same.

    Args:
        site: What it needs of a site.
        number: The epoch to bring about.
        at: When it begins, with its zone.
        commit: Writes one ledger transaction that makes the new version the current one; not called where that epoch
            is in force already, or there are no pseudonyms.
        progress: Told how many files of code tables are done, of how many.

    Raises:
        WrongState: Files are being taken in, or somebody else changed the data set.
        Tampered: A file is not what its manifest says.
        StoreFull: The disk is full; nothing was changed yet.
    """
    with site.alone():
        current, epoch = site.manifest.id, epoch_of(site.manifest.codes)
        if site.manifest.codes and epoch < number:
            current, epoch = _moved(site, number, at=at, commit=commit, progress=progress), number
        destroy_replaced(site.folders.store, site.dataset, current)
        _epochs(site).destroy_others(epoch)


def refuse_nobody(epoch: Epoch) -> None:
    """Say so where a data set has no pseudonyms yet.

    Raises:
        WrongState: It has none.
    """
    if not epoch.files:
        raise WrongState(say("this data set has no pseudonyms yet; take files in first"))


def _moved(site: ForgetSite, number: int, *, at: datetime, commit: Commit, progress: Progress) -> str:
    """Write code tables anew in another epoch, and have them named; the id of the version that is current then."""
    _epochs(site).begin(number, at=at)
    whole, _ = retained(site.folders.store, site.dataset, site.manifest.id)
    parts = max((one.codes for one in whole), key=len, default=())
    made = site.code_files.moved(parts, number, progress)
    done = replace_versions(
        site.folders.store,
        site.manifest,
        lambda one: replace(one, codes=tuple(made[part.path] for part in one.codes)),
    )
    commit(done)
    return done.manifest.id


def _epochs(site: ForgetSite) -> Epochs:
    return Epochs(store=site.folders.store, dataset=site.dataset, keys=site.keys)
