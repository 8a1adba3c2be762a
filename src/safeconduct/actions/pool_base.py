"""What a site holds of pools and of the shares of them, and who may see which: facts, papers, and nobody else's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from safeconduct.actions.profiles import organisation_of, person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site, dataset_of
from safeconduct.govern.organisations import same_organisation
from safeconduct.govern.pools import Pool, parts_in_pool, parts_in_share
from safeconduct.govern.roles import Role
from safeconduct.govern.states.machine import Part
from safeconduct.ingest.arriving import ArrivalSite
from safeconduct.ingest.pooled_target import CONTRIBUTOR
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import NotFound
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_mapping, to_tree
from safeconduct.store.pools import PoolPapers

POOL, SHARE = "pool", "contribution"
ALIVE = frozenset({"invited", "contributed", "previewed", "signed_off"})
HERE = ALIVE - {"invited"}
FROZEN = frozenset({"frozen", "published"})
NO_POOL = say("There is no such pool, or you have no part in it.")


@dataclass(frozen=True, kw_only=True)
class HeldPool:
    """What the site holds of a pool.

    Attributes:
        pool: What was agreed.
        steps: Document with its treatment plan, `""` for none.
        authors: Opaque ids of everybody who wrote that plan.
        rounds: How often the shares were compared.
        asked: How often the freeze was asked for.
        frozen_by: Who froze it, an opaque id.
    """

    pool: Pool
    steps: str = ""
    authors: tuple[str, ...] = ()
    rounds: int = 0
    asked: int = 0
    frozen_by: str = ""


@dataclass(frozen=True, kw_only=True)
class HeldShare:
    """What the site holds of one organisation's share; long things by their handle among the share's own papers.

    Attributes:
        id: Its id; an organisation that is invited again has another.
        pool: Id of the pool.
        organisation: Whose it is.
        uploads: The files, until they were read.
        hints: What was said of reading them.
        reading: How often files or corrections were sent.
        staged: Id of the staged version.
        contributed: When files came first, ISO 8601; what counts for the rule of who came first.
        steps: Paper with the corrections.
        made_of: Digest of what the harmonised form was made of.
        version: Id of the harmonised version.
        report: Paper with the report.
        digests: Paper with the keyed digests.
        compared: The harmonised version that was compared last.
        flagged: Paper with the records that others may hold too.
        fates: Paper with what is to become of them.
        preview: Paper with the preview.
        signed_by: Opaque id of who signed.
        signed_as: The office they signed in.
        signed: Digest of what they signed.
        code: What stands for the organisation in the frozen pool.
        notes: What reading the files had to tell.
    """

    id: str
    pool: str
    organisation: str
    uploads: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict, hash=False)
    reading: int = 0
    staged: str = ""
    contributed: str = ""
    steps: str = ""
    made_of: str = ""
    version: str = ""
    report: str = ""
    digests: str = ""
    compared: str = ""
    flagged: str = ""
    fates: str = ""
    preview: str = ""
    signed_by: str = ""
    signed_as: str = ""
    signed: str = ""
    code: str = ""
    notes: tuple[Text, ...] = ()

    @property
    def made(self) -> bool:
        """Whether the harmonised form is that of the files and corrections as they are now."""
        return bool(self.version) and self.made_of == self.source

    @property
    def source(self) -> str:
        """What the harmonised form has to be made of."""
        return digest([self.staged, self.steps])

    @property
    def seen(self) -> str:
        """What somebody signs: this form, this preview, and what becomes of records that others may hold."""
        return digest([self.pool, self.version, self.preview, self.flagged, self.fates])

    @property
    def papers(self) -> tuple[str, ...]:
        """Handles of every paper that is still needed."""
        named = (self.steps, self.report, self.digests, self.flagged, self.fates, self.preview)
        return tuple(one for one in named if one)

    @property
    def emptied(self) -> "HeldShare":
        """What is left to know once its records are gone: that it was there, and who signed."""
        kept = HeldShare(id=self.id, pool=self.pool, organisation=self.organisation, code=self.code)
        return replace(kept, signed_by=self.signed_by, signed_as=self.signed_as, signed=self.signed)


def pool_in(fact: Fact | None) -> HeldPool:
    """A pool from its fact.

    Raises:
        NotFound: There is none.
    """
    if fact is None:
        raise NotFound(NO_POOL)
    held = from_tree(HeldPool, fact.body)
    return replace(held, pool=replace(held.pool, state=fact.state))


def contributor_column(site: Site, study: str) -> str:
    """The column of a study's pooled records that says in code whose they are, where the agreement keeps it inside.

    `""` for a study that is of no frozen pool, and for a pool whose agreement lets the code leave: whoever may read it
    in a file needs no guessing.
    """
    held = [pool_in(fact).pool for fact in site.ledger.facts(POOL) if fact.state in FROZEN]
    return next((CONTRIBUTOR for one in held if one.study == study and not one.contributor_leaves), "")


def hosted(room: Room, pool: str, act: Act | None = None) -> tuple[HeldPool, Fact, frozenset[Part]]:
    """A pool the caller's organisation hosts, and what the caller is to it.

    Raises:
        NotFound: There is none, or another organisation hosts it.
    """
    fact = act.tx.fact(POOL, pool) if act else room.site.ledger.fact(POOL, pool)
    held = pool_in(fact)
    parts = parts_in_pool(person_of(room), held.pool)
    if fact is None or not parts:
        raise NotFound(NO_POOL)
    return held, fact, parts


def share_in(fact: Fact | None) -> HeldShare:
    """A share from its fact.

    Raises:
        NotFound: There is none.
    """
    if fact is None:
        raise NotFound(NO_POOL)
    return from_tree(HeldShare, fact.body)


def shares_of(site: Site, pool: str) -> list[tuple[HeldShare, Fact]]:
    """Every share of a pool, in the order of the invitations; for the program and the host's own pages."""
    return [(share_in(fact), fact) for fact in site.ledger.facts(SHARE, prefix=f"{pool}-")] if _is_id(pool) else []


def my_share_in(room: Room, pool: str) -> tuple[HeldShare, Fact]:
    """The share of the caller's own organisation: the one that is alive, else the latest.

    Raises:
        NotFound: The caller's organisation was not invited, or there is no such pool: told alike.
    """
    person = person_of(room)
    mine = [(one, fact) for one, fact in shares_of(room.site, pool) if parts_in_share(person, one.organisation)]
    if not mine:
        raise NotFound(NO_POOL)
    return next(((one, fact) for one, fact in mine if fact.state in {*ALIVE, "frozen"}), mine[-1])


def share_now(act: Act, share: str) -> tuple[HeldShare, str]:
    """A share as an open transaction sees it, with its state.

    Raises:
        NotFound: There is none.
    """
    fact = act.tx.fact(SHARE, share)
    return share_in(fact), fact.state if fact else ""


def _is_id(pool: str) -> bool:
    return pool.isalnum()


def body_of(held: HeldPool | HeldShare) -> dict[str, Json]:
    """What the ledger keeps of a pool or a share."""
    return to_mapping(held)


def opened(site: Site, share: str) -> ArrivalSite:
    """What a share's arrival needs of the site: a data set of its own, which no study names."""
    return site.arrival(f"{POOL}/{share}", share.replace("-", "_"))


def share_dataset(share: str) -> str:
    """The name the records and papers of a share rest under."""
    return dataset_of(f"{POOL}/{share}")


def papers(site: Site, share: str) -> PoolPapers:
    """The papers of a share."""
    return PoolPapers(store=site.folders.store, dataset=share_dataset(share), keys=site.keys)


def paper(site: Site, share: str, name: str) -> Any:
    """One of them, as JSON has it; `None` for an empty handle."""
    return papers(site, share).get(name) if name else None


def pool_papers(site: Site, pool: str) -> PoolPapers:
    """Where the pool's key lies."""
    return PoolPapers(store=site.folders.store, dataset=dataset_of(f"{POOL}/{pool}"), keys=site.keys)


def steps_in(tree: object) -> tuple[Step, ...]:
    """Steps as they were kept."""
    return tuple(from_tree(Step, one) for one in tree) if isinstance(tree, list) else ()


def plan_steps(site: Site, held: HeldPool) -> tuple[Step, ...]:
    """The treatment plan of a pool."""
    return steps_in(site.documents.get(held.steps)) if held.steps else ()


def contributors(site: Site, organisation: str) -> list[str]:
    """Accounts of everybody who contributes for an organisation."""
    return [
        one.id
        for one in site.accounts.everybody()
        if Role.CONTRIBUTOR.value in one.roles and same_organisation(organisation_of(site, one.id), organisation)
    ]


def plain(tree: object) -> Json:
    """A value as a paper keeps it."""
    found: Json = json.loads(json.dumps(to_tree(tree)))
    return found
