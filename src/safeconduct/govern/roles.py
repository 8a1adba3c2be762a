"""Who may do which sort of thing. A permission here is necessary, never sufficient: agreements narrow it further."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What an account may be; one account may be several, two-person acts still need two accounts."""

    STEWARD = "steward"
    ENGINEER = "engineer"
    ANALYST = "analyst"
    DPO = "dpo"
    AUDITOR = "auditor"


EVERYBODY = frozenset(Role)

PERMISSIONS: Mapping[str, frozenset[Role]] = MappingProxyType({
    # look at what is public inside the site: kinds of question, protection levels, help, one's own account
    "look": EVERYBODY,
    # ask questions and have their released answers, as far as an agreement goes
    "ask": frozenset({Role.ANALYST, Role.STEWARD}),
    # make and revoke one's own access tokens; never by a token, which could outlive itself
    "tokens": frozenset({Role.ANALYST, Role.STEWARD, Role.ENGINEER}),
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
    # stop a project, an agreement or a token at once
    "stop": frozenset({Role.STEWARD, Role.DPO}),
})  # fmt: skip
