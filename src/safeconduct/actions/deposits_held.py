"""What the site holds of a deposit: facts and documents, never a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from safeconduct.actions.room import Act
from safeconduct.actions.site import Site
from safeconduct.govern.deposits import Deposit
from safeconduct.ingest.proposing import Proposal
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import DataFile, Roles, VariableRole
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_mapping
from safeconduct.model.trees import read as read_value

ROLES = Mapping[str, Mapping[str, VariableRole]]


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the site holds of a deposit, by digest where it is long; never a record.

    Attributes:
        deposit: What its depositor said.
        uploads: The files, by upload.
        hints: What its depositor said of reading them.
        wave_of: The study whose last wave it follows, `""` for none.
        staged: Id of the staged version, `""` before the files were read.
        format: Name of the format they were in.
        files: Document with the tables' descriptions.
        proposals: Document with the proposed roles.
        differences: Document with what changed since the last wave.
        roles: Document with the roles decided so far.
        corrections: Document with the corrections, in order.
        notes: What reading the files had to tell.
    """

    deposit: Deposit
    uploads: tuple[str, ...]
    hints: Mapping[str, str] = field(default_factory=dict, hash=False)
    wave_of: str = ""
    staged: str = ""
    format: str = ""
    files: str = ""
    proposals: str = ""
    differences: str = ""
    roles: str = ""
    corrections: str = ""
    notes: tuple[Text, ...] = ()


def held_in(site: Site, deposit: str) -> Held:
    """What the site holds of a deposit.

    Raises:
        NotFound: There is none.
    """
    return held_of(site.ledger.fact("deposit", deposit))[0]


def held_now(act: Act, deposit: str) -> tuple[Held, str]:
    """The same as an open transaction sees it, with its state.

    Raises:
        NotFound: There is none.
    """
    return held_of(act.tx.fact("deposit", deposit))


def held_of(fact: Fact | None) -> tuple[Held, str]:
    """What a fact says of a deposit, with its state.

    Raises:
        NotFound: There is no such fact.
    """
    if fact is None:
        raise NotFound(say("There is no such deposit, or it is not yours."))
    held = from_tree(Held, fact.body)
    return replace(held, deposit=replace(held.deposit, state=fact.state)), fact.state


def body_of(held: Held) -> dict[str, Json]:
    """What the ledger keeps of a deposit."""
    return to_mapping(held)


def proposals_of(site: Site, held: Held) -> tuple[Proposal, ...]:
    """The roles that were proposed."""
    tree = site.documents.get(held.proposals) if held.proposals else []
    return tuple(from_tree(Proposal, one) for one in tree) if isinstance(tree, list) else ()


def roles_of(site: Site, held: Held) -> Roles:
    """The roles decided so far, by table and name."""
    tree = site.documents.get(held.roles) if held.roles else {}
    return read_value(ROLES, tree, "roles")  # type: ignore[no-any-return]  # what the hint says


def undecided(files: tuple[DataFile, ...], roles: Roles) -> int:
    """How many variables have no role yet."""
    return sum(name not in roles.get(file.name, {}) for file in files for name in file.names)
