"""Versions that were replaced: people were erased, days were not to be kept, or pseudonyms got another key."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from safeconduct.ledger.ledger import Ledger
from safeconduct.ledger.transaction import Transaction
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.model.text import say

KIND, PEOPLE, VERSIONS = "rewritten", "people", "versions"
REKEYED = "pseudonyms"
"""Why a version was replaced that holds the same records as the one before: whoever asks for the old one gets it."""

Read = TypeVar("Read")


def note(tx: Transaction, dataset: str, versions: Mapping[str, str], *, because: str, at: datetime) -> None:
    """Write down what took the place of which version; the caller writes the event that tells why.

    Args:
        tx: The open transaction.
        dataset: Name of the data set.
        versions: The new id of each old one; `""` where nothing took its place.
        because: The kind of erasure.
        at: When, with its zone.
    """
    for old, new in versions.items():
        tx.put(KIND, f"{dataset}@{old}", {"manifest": new, "because": because}, at=at)


def standing(ledger: Ledger, dataset: str, version: str) -> str:
    """The version that holds what one held: itself, or what took its place with the same records.

    Args:
        ledger: Where it is written down.
        dataset: Name of the data set.
        version: An id, `""` for none.

    Raises:
        WrongState: Something was erased from it since: it cannot be computed from as it was.
        NotFound: Its files were gone already when others took its place.
    """
    while version and (fact := ledger.fact(KIND, f"{dataset}@{version}")) is not None:
        if fact.body["because"] == VERSIONS:
            raise WrongState(say("this version of the records was kept long enough and is destroyed; use a later one"))
        if fact.body["because"] != REKEYED:
            raise WrongState(say("this version of the records was rewritten by an erasure; ask the question again"))
        version = str(fact.body["manifest"])
        if not version:
            raise NotFound(say("there is no such version of the data set"))
    return version


def steady(stands: Callable[[], str], read: Callable[[str], Read]) -> Read:
    """What a version says, whichever stands when it is read: another may take its place between the two looks.

    Args:
        stands: The version's id, as `standing` has it now.
        read: Reads the version of an id.

    Raises:
        NotFound: It is lost, and no other took its place.
    """
    named = stands()
    try:
        return read(named)
    except NotFound:
        if stands() == named:
            raise
    return steady(stands, read)


def in_its_place(ledger: Ledger, dataset: str, version: str) -> str:
    """The version that stands where one stood, however often it was rewritten; `""` where none does."""
    while version and (fact := ledger.fact(KIND, f"{dataset}@{version}")) is not None:
        version = str(fact.body["manifest"])
    return version


def without_the_erased(ledger: Ledger, dataset: str, version: str) -> str:
    """The version in which an erasure left everybody else's rows as they were; the same one where none came after it.

    What was asked before an erasure and is computed after it is computed from that one: whoever asked would learn from
    a failure that somebody was there. Where days went since, it goes no further, and that version is refused.
    """
    while version and (fact := ledger.fact(KIND, f"{dataset}@{version}")) is not None:
        if fact.body["because"] != PEOPLE:
            break
        version = str(fact.body["manifest"])
    return version
