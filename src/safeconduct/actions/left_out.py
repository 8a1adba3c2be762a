"""Who is to be left out stays out: a list that lost somebody is mended from the record of use before it is read.

The list lies on the disk. Whoever puts an older one in its place, or removes it, would have people taken in again who
asked to be left out; the events that put them on it hold their marks.
"""

from collections import defaultdict
from collections.abc import Mapping

from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.govern.roles import Role
from safeconduct.ledger.erasures import erasures
from safeconduct.model.errors import NotFound
from safeconduct.model.text import say
from safeconduct.store.objections import Domain, Marks, Objections
from safeconduct.store.versions import folder_of

OUT, IN = "opt_out", "opt_in"
VERB = "mend_list"


def list_of(site: Site, dataset: str) -> Objections:
    """The list of a data set.

    Raises:
        NotFound: The data set was destroyed.
    """
    folder_of(site.folders.store, dataset)
    fact = site.ledger.fact("dataset", dataset)
    if fact is not None and fact.state != "current":
        raise NotFound(say("there is no data set of that name; ingest files first"))
    return Objections(store=site.folders.store, dataset=dataset, keys=site.keys)


def promised(site: Site, dataset: str) -> Mapping[Domain, Marks]:
    """Whom the record of use says are to be left out of a data set, by sort of mark."""
    found: dict[Domain, set[bytes]] = defaultdict(set)
    for one in erasures(site.ledger):
        name, _, domain = one.subject.partition("/")
        if one.kind in {OUT, IN} and name == dataset:
            marks = {bytes.fromhex(each) for each in one.digests}
            found[Domain(domain)] = found[Domain(domain)] | marks if one.kind == OUT else found[Domain(domain)] - marks
    return {domain: frozenset(marks) for domain, marks in found.items()}


def mend_list(room: Room, dataset: str) -> None:
    """Put back on the list whoever is missing from it; officers are told. Nothing happens where it is whole.

    Call it before files are taken in, before people are erased, and before the list is changed.

    Args:
        room: Who takes files in or erases, and where.
        dataset: Name of the data set.

    Raises:
        Tampered: The list was changed and does not open.
    """
    if not _missing(room.site, dataset):
        return
    with room.write() as act:  # whoever changes the list does it in a transaction, so nobody does now
        for domain, marks in _missing(room.site, dataset).items():
            list_of(room.site, dataset).add(domain, marks)
            list_of(room.site, dataset).add(Domain.WAITING, marks)  # whoever was erased is looked for once more
        tell(act, of_the_house(room, Role.DPO),
             say("People were missing from the list of those to be left out of {dataset}, and were put back on it. "
                 "Find out who changed the site's files.", dataset=dataset),
             href="/assurance/record")  # fmt: skip
        act.record(dataset, {"mended": True}, verb=VERB)


def _missing(site: Site, dataset: str) -> Mapping[Domain, Marks]:
    kept = list_of(site, dataset)
    found = {domain: marks - kept.listed(domain) for domain, marks in promised(site, dataset).items()}
    return {domain: marks for domain, marks in found.items() if marks}
