"""Who may do which sort of thing. A permission here is necessary, never sufficient: agreements narrow it further."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from safeconduct.model.text import Text, say


class Role(StrEnum):
    """What an account may be; one account may be several, two-person acts still need two accounts."""

    STEWARD = "steward"
    ENGINEER = "engineer"
    ANALYST = "analyst"
    DPO = "dpo"
    AUDITOR = "auditor"
    CHECKER = "checker"
    COMMITTEE = "committee"
    RESEARCHER = "researcher"
    CONTRIBUTOR = "contributor"


SAYS: Mapping[Role, Text] = MappingProxyType({
    Role.STEWARD: say("data steward"),
    Role.ENGINEER: say("operator's engineer"),
    Role.ANALYST: say("analyst"),
    Role.DPO: say("data protection officer"),
    Role.AUDITOR: say("auditor"),
    Role.CHECKER: say("checker"),
    Role.COMMITTEE: say("member of the access committee"),
    Role.RESEARCHER: say("researcher"),
    Role.CONTRIBUTOR: say("contributor to pools"),
})  # fmt: skip
"""What people call each role."""
EVERYBODY = frozenset(Role)

PERMISSIONS: Mapping[str, frozenset[Role]] = MappingProxyType({
    # look at what is public inside the site: kinds of question, protection levels, help, one's own account
    "look": EVERYBODY,
    # ask questions and have their released answers, as far as an agreement goes
    "ask": frozenset({Role.ANALYST, Role.STEWARD}),
    # make and revoke one's own access tokens; never by a token, which could outlive itself
    "tokens": frozenset({
        Role.ANALYST, Role.STEWARD, Role.ENGINEER, Role.RESEARCHER, Role.CHECKER, Role.COMMITTEE, Role.DPO,
        Role.CONTRIBUTOR,
    }),
    # open and end projects and agreements
    "govern": frozenset({Role.STEWARD}),
    # see what left and who did what
    "audit": frozenset({Role.STEWARD, Role.DPO, Role.AUDITOR}),
    # add people and change what they may be
    "accounts": frozenset({Role.STEWARD}),
    # bring files in
    "ingest": frozenset({Role.ENGINEER}),
    # see how the site is doing: versions, disk, jobs; no content of a question
    "operate": frozenset({Role.ENGINEER, Role.STEWARD, Role.DPO}),
    # see whether what was promised is kept: who waits to be erased, deadlines, old backups, what was destroyed
    "promises": frozenset({Role.ENGINEER, Role.STEWARD, Role.DPO, Role.AUDITOR}),
    # leave people out who object, erase them, and take them off the list again
    "forget": frozenset({Role.DPO}),
    # stop a project, an agreement or a token at once
    "stop": frozenset({Role.STEWARD, Role.DPO}),
    # bring microdata in: say whose they are, on which legal basis, with which conditions
    "deposit": frozenset({Role.STEWARD}),
    # send files; what they are for is another permission
    "send": frozenset({Role.STEWARD, Role.CONTRIBUTOR}),
    # open a pool that several organisations contribute to, compare and freeze it; never a row of a share
    "pool": frozenset({Role.STEWARD}),
    # bring, see, sign off and withdraw the share of one's own organisation, and nothing of another's
    "contribute": frozenset({Role.CONTRIBUTOR}),
    # decide the role of every variable, correct and label
    "curate": frozenset({Role.STEWARD}),
    # write the description of a study
    "describe": frozenset({Role.STEWARD}),
    # see how risky and how useful a file is: insiders only, never a record
    "measure": frozenset({Role.STEWARD, Role.CHECKER, Role.DPO}),
    # write a treatment plan and hand its result in for review
    "propose": frozenset({Role.STEWARD}),
    # see a file not released yet and vote on it; never one's own
    "check": frozenset({Role.CHECKER}),
    # let a checked file leave, last of all
    "approve": frozenset({Role.DPO}),
    # put an approved edition in the catalogue, and take one back
    "publish": frozenset({Role.STEWARD}),
    # ask for a licensed file
    "request": frozenset({Role.RESEARCHER, Role.ANALYST}),
    # vote on requests of others and decide them
    "decide": frozenset({Role.COMMITTEE}),
    # accept a licence, download what it names, confirm destruction
    "receive": frozenset({Role.RESEARCHER, Role.ANALYST}),
})  # fmt: skip

PUBLIC = frozenset({"browse"})
"""What takes no role and no account: the public catalogue. Whoever decides must look here before asking `may`."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody as decisions see them.

    Attributes:
        account: Opaque id.
        roles: What they may be, names of `Role`.
        organisation: The organisation they work for, as registered; `""` where nobody said, which counts as no
            organisation at all wherever belonging to one decides.
    """

    account: str
    roles: frozenset[str] = frozenset()
    organisation: str = ""
