"""Requests for licensed files: the form, who may decide it, and what its team may still do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median

from safeconduct.govern.forms import LONGEST_LINE, LONGEST_TEXT, Problem, missing, too_long
from safeconduct.govern.may import No, Yes, may
from safeconduct.govern.organisations import OrganisationKind, same_organisation
from safeconduct.govern.purposes import PURPOSES, Wish
from safeconduct.govern.roles import Person, Role
from safeconduct.govern.states.machine import Part
from safeconduct.model.canonical import digest
from safeconduct.model.microdata import Column
from safeconduct.model.text import say
from safeconduct.model.trees import to_tree

ENOUGH = 5
"""Decided requests before a usual time is told; fewer would tell of single requests."""

LONGEST_YEARS = 5
"""How far ahead the completion date may lie, years of 365 days."""

LARGEST_TEAM = 30
OPEN = frozenset({"draft", "submitted", "returned"})
DECIDED = frozenset({"approve", "reject"})


@dataclass(frozen=True, kw_only=True)
class TeamMember:
    """One person who would have the files; nobody else may.

    Attributes:
        name: Their name.
        title: What they are, such as `PhD student`.
        affiliation: The organisation they work for.
        account: Opaque id of their account, `""` until they have one; without one they get nothing.
        key: Their public key, to which files come encrypted, `""` for none.
    """

    name: str = field(repr=False)
    title: str = field(default="", repr=False)
    affiliation: str = ""
    account: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One thing that was done to a request; nothing is overwritten, so its whole story stays.

    Attributes:
        command: A command of the table `request`.
        state: The state after.
        by: Opaque account id, `""` for the program.
        at: When, with a zone.
        says: What was written with it: the reasons of a decision, what must change.
    """

    command: str
    state: str
    by: str
    at: datetime
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class AccessRequest:
    """A request as its form has it. Names of people are not shown in its `repr`.

    Attributes:
        id: Opaque and stable.
        study: Id of the study.
        edition: Number of the edition asked for.
        applicant: Opaque account id of the lead researcher, who answers for the team.
        organisation: The receiving organisation.
        kind: What sort of organisation it is.
        registered: The applicant is employed there and it is legally registered.
        address: Its postal address.
        telephone: Its telephone number.
        country: Where the files would be used, ISO 3166-1 alpha-3.
        question: The question the work answers.
        objectives: What it is to achieve.
        methods: How.
        outputs: What comes out of it.
        partners: Who else takes part, without the files.
        dissemination: How and to whom outputs are made known.
        completion: The day the work ends.
        merges: Whether the files would be merged with others; `None` while nobody said.
        merged_with: With which.
        team: Everybody who would have the files, the applicant too.
        whole: Whether the whole file is needed; `None` while nobody said. A subset is less risky.
        variables: Which variables, for a subset.
        purpose: Code of the purpose, see `purposes`.
        downstream: Codes of what else it may be used for afterwards.
        commercial: Whether anybody earns with it, `None` while nobody said.
        ethics: Reference of an ethics board's approval.
        agreed: The applicant read the agreement and will abide by it.
        state: Where it is, a state of the table `request`.
        history: Everything that happened, oldest first.
    """

    id: str
    study: str
    edition: int
    applicant: str
    organisation: str = ""
    kind: OrganisationKind | None = None
    registered: bool = False
    address: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)
    country: str = ""
    question: str = ""
    objectives: str = ""
    methods: str = ""
    outputs: str = ""
    partners: str = ""
    dissemination: str = ""
    completion: date | None = None
    merges: bool | None = None
    merged_with: str = ""
    team: tuple[TeamMember, ...] = ()
    whole: bool | None = None
    variables: tuple[Column, ...] = ()
    purpose: str = ""
    downstream: tuple[str, ...] = ()
    commercial: bool | None = None
    ethics: str = ""
    agreed: bool = False
    state: str = "draft"
    history: tuple[Happened, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """Accounts of everybody who would have the files."""
        return frozenset({self.applicant, *(one.account for one in self.team if one.account)})

    @property
    def content(self) -> str:
        """Digest of what is asked, without what happened to it; votes are bound to it."""
        tree = to_tree(self)
        kept = {} if not isinstance(tree, dict) else tree
        return digest({name: one for name, one in kept.items() if name not in {"state", "history"}})

    def wish(self, *, made_up: bool = False) -> Wish:
        """What the matcher of purposes looks at."""
        return Wish(
            purpose=self.purpose,
            downstream=self.downstream,
            kind=self.kind or OrganisationKind.OTHER,
            commercial=self.commercial,
            ethics=self.ethics,
            completion=self.completion,
            country=self.country,
            made_up=made_up,
        )


REQUIRED = {
    "organisation": say("Name the organisation that would receive the files."),
    "address": say("Write the organisation's postal address."),
    "telephone": say("Write the organisation's telephone number."),
    "country": say("Say in which country the files would be used."),
    "question": say("Write the question your work answers."),
    "objectives": say("Write what your work is to achieve."),
    "methods": say("Write how you will work with the files."),
    "outputs": say("Write what will come out of your work."),
    "dissemination": say("Write how and to whom the results will be made known."),
}
"""Answers every request needs, and what to say where one is missing."""

LONG = ("question", "objectives", "methods", "outputs", "partners", "dissemination", "merged_with")
LINES = ("organisation", "address", "telephone", "country", "ethics")


def problems(request: AccessRequest, *, today: date) -> tuple[Problem, ...]:
    """What a request must still say before it can be handed in, field by field; a form shows each beside its field."""
    return (*_texts(request), *_chosen(request), *_ends(request, today), *_team(request), *_wanted(request))


def _texts(request: AccessRequest) -> Iterator[Problem]:
    for name, says in REQUIRED.items():
        yield from missing(name, getattr(request, name), says)
    for name in LONG:
        yield from too_long(name, getattr(request, name), LONGEST_TEXT)
    for name in LINES:
        yield from too_long(name, getattr(request, name), LONGEST_LINE)


def _chosen(request: AccessRequest) -> Iterator[Problem]:
    if request.kind is None:
        yield Problem(field="kind", says=say("Choose what sort of organisation it is."))
    if not request.registered:
        says = say("The lead researcher is employed by a legally registered organisation and answers for the team.")
        yield Problem(field="registered", says=says)
    if request.purpose not in PURPOSES:
        yield Problem(field="purpose", says=say("Choose the purpose from the list."))
    if any(code not in PURPOSES for code in request.downstream):
        yield Problem(field="downstream", says=say("Choose later uses from the list."))
    if request.commercial is None:
        yield Problem(field="commercial", says=say("Say whether anybody earns money with this work."))
    if not request.agreed:
        yield Problem(field="agreed", says=say("Read the agreement and say that you will abide by it."))


def _ends(request: AccessRequest, today: date) -> Iterator[Problem]:
    if request.completion is None:
        yield Problem(field="completion", says=say("Say on which day your work ends."))
    elif not today < request.completion <= today + timedelta(days=365 * LONGEST_YEARS):
        says = say("The work ends after today and within {years} years.", years=LONGEST_YEARS)
        yield Problem(field="completion", says=says)


def _team(request: AccessRequest) -> Iterator[Problem]:
    if not 1 <= len(request.team) <= LARGEST_TEAM:
        yield Problem(field="team", says=say("Name everybody who would have the files: 1 to {n}.", n=LARGEST_TEAM))
    if any(not (one.name.strip() and one.title.strip() and one.affiliation.strip()) for one in request.team):
        yield Problem(field="team", says=say("Write name, title and affiliation of everybody in the team."))
    accounts = [one.account for one in request.team if one.account]
    if len(accounts) < len(request.team):
        yield Problem(field="team", says=say("Everybody in the team needs an account of their own."))
    if len(set(accounts)) < len(accounts):
        yield Problem(field="team", says=say("Somebody is in the team twice."))
    if request.team and request.applicant not in accounts:
        yield Problem(field="team", says=say("The lead researcher is part of the team."))


def _wanted(request: AccessRequest) -> Iterator[Problem]:
    if request.merges is None:
        yield Problem(field="merges", says=say("Say whether the files will be merged with others."))
    if request.merges:
        yield from missing("merged_with", request.merged_with, say("Say which files they will be merged with."))
    if request.whole is None:
        yield Problem(field="whole", says=say("Say whether you need the whole file or some of its variables."))
    if request.whole is False and not request.variables:
        yield Problem(field="variables", says=say("Choose the variables you need."))


def conflict(person: Person, request: AccessRequest) -> bool:
    """Whether somebody has a stake: it is their own request, their team's, or their organisation's.

    Whoever works for an organisation nobody named counts as having one, since nobody can tell.
    """
    places = (request.organisation, *(one.affiliation for one in request.team))
    near = any(same_organisation(person.organisation, place) for place in places)
    return person.account in request.people or near or not person.organisation.strip()


def parts_in_request(person: Person, request: AccessRequest) -> frozenset[Part]:
    """What somebody is to a request; whoever has a stake is not its committee, whatever their roles."""
    own = person.account in request.people
    parts = {
        Part.APPLICANT: person.account == request.applicant,
        Part.MEMBER: own,
        Part.COMMITTEE: Role.COMMITTEE in person.roles and not conflict(person, request),
        Part.DPO: Role.DPO in person.roles and not own,
        Part.STEWARD: Role.STEWARD in person.roles and not own,
    }
    return frozenset(part for part, is_so in parts.items() if is_so)


def may_decide(person: Person, request: AccessRequest) -> Yes | No:
    """Whether somebody may vote on a request and decide it."""
    if isinstance(no := may("decide", person.roles), No):
        return no
    if person.account in request.people:
        return No(reason="request.own", what=say("This is your own request or your team's; others decide it."))
    if not person.organisation.strip():
        what = say("Nobody said which organisation you work for, so a conflict of interest cannot be ruled out.")
        return No(reason="request.organisation_unknown", what=what)
    if conflict(person, request):
        return No(reason="request.own_organisation", what=say("Your organisation takes part; others decide."))
    if request.state != "submitted":
        return No(reason="request.state", what=say("There is nothing to decide about this request now."))
    return Yes()


def may_request(
    person: Person, request: AccessRequest, others: Sequence[AccessRequest], *, owing: frozenset[str] = frozenset()
) -> Yes | No:
    """Whether somebody may hand a request in.

    Args:
        person: Who hands it in.
        request: The request.
        others: Other requests for the same study; a grant that was taken away bars everybody of its team from it.
        owing: Accounts that have not confirmed a destruction in time, see `licences.overdue`.
    """
    if isinstance(no := may("request", person.roles), No):
        return no
    if person.account != request.applicant:
        return No(reason="request.applicant", what=say("The lead researcher hands the request in."))
    if Role.DPO in person.roles:
        return No(reason="request.officer", what=say("A data protection officer does not apply for data."))
    if request.people & barred(request.study, others):
        what = say("A grant for this study was taken away from somebody in the team.")
        return No(reason="request.barred", what=what)
    if request.people & owing:
        what = say("Somebody in the team has not confirmed yet that files of an earlier licence were destroyed.")
        return No(reason="request.destruction_due", what=what)
    return Yes()


def barred(study: str, requests: Sequence[AccessRequest]) -> frozenset[str]:
    """Accounts that may have nothing of a study any more, because a grant of theirs was taken away."""
    gone = (one for one in requests if one.study == study and one.state == "revoked")
    return frozenset(account for one in gone for account in one.people)


def closed_with(revoked: AccessRequest, requests: Sequence[AccessRequest]) -> tuple[str, ...]:
    """Ids of open requests for the same study that close when a grant is taken away: those of the same people."""
    return tuple(
        one.id
        for one in requests
        if one.id != revoked.id and one.study == revoked.study and one.state in OPEN and one.people & revoked.people
    )


def since(request: AccessRequest) -> datetime | None:
    """When a request came to where it is now, `None` before anything happened; acts that moved nothing do not count."""
    arrived: datetime | None = None
    state = ""
    for one in request.history:
        if one.state != state:
            state, arrived = one.state, one.at
    return arrived


def days_to_decide(request: AccessRequest) -> int | None:
    """Whole days from the first time a request was handed in to its decision, begun ones counted; `None` without one.

    The time it lay with the applicant for changes counts too: that is how long people wait.
    """
    sent = next((one.at for one in request.history if one.command == "submit"), None)
    decided = next((one.at for one in request.history if one.command in DECIDED and one.by), None)
    if sent is None or decided is None:
        return None
    return -((sent - decided) // timedelta(days=1))


def usual_days(requests: Sequence[AccessRequest]) -> int | None:
    """The usual time to a decision in days: the median of decided requests, `None` with fewer than `ENOUGH`.

    What the program rejected at once is not among them, since nobody waited.
    """
    days = [one for request in requests if (one := days_to_decide(request)) is not None]
    return ceil(median(days)) if len(days) >= ENOUGH else None
