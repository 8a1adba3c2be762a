"""Projects and agreements: who may ask what, at which grain, for what purpose, until when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.govern.agreements import Agreement, Project
from safeconduct.govern.scopes import lacking
from safeconduct.model.areas import AreaLevel, TimeGrain
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput, NotFound, NotPermitted
from safeconduct.model.text import say
from safeconduct.query.base import query_kind


@dataclass(frozen=True)
class Standing:
    """The ground somebody stands on: a project and one of its agreements."""

    project: Project
    agreement: Agreement


def project_of(room: Room, project: str) -> Project:
    """A project by its id.

    Raises:
        NotFound: There is none.
    """
    fact = room.site.ledger.fact("project", project)
    if fact is None:
        raise NotFound(say("there is no such project, or it is not yours"))
    return Project.from_json(fact.body)


def agreements_of(room: Room, project: str = "") -> list[Agreement]:
    """Agreements in force that name the caller, in the order they were made."""
    found = [Agreement.from_json(fact.body) for fact in room.site.ledger.facts("agreement", state="current")]
    mine = [one for one in found if room.caller.account in one.members]
    return [one for one in mine if not project or one.project == project]


def standing(room: Room, *, dataset: str, allowed: Callable[[Standing], bool]) -> Standing:
    """The caller's agreement that allows a question; else the first, whose refusal is then told.

    Raises:
        NotPermitted: No agreement of the caller's project covers the data set.
    """
    project = room.caller.project
    mine = [one for one in agreements_of(room, project) if dataset in {"", one.dataset}]
    if not mine:
        raise NotPermitted(say("no agreement of your project covers this data set; ask the data steward for one"))
    grounds = [Standing(project_of(room, one.project), one) for one in mine]
    return next((one for one in grounds if allowed(one)), grounds[0])


def hold_to(room: Room, *scopes: str) -> None:
    """Hold a token to its scopes; scopes only narrow, so nobody without a token is asked.

    Raises:
        NotPermitted: The token does not allow it.
    """
    if missing := lacking(frozenset(scopes), room.caller.scopes):
        raise NotPermitted(say("the token does not allow '{scope}'; make one that does", scope=min(missing)))


@action(needs="govern")
def open_project(room: Room, *, name: str, purpose: str, until: date) -> Project:
    """Open a project: a purpose with an end date, under which agreements are made.

    Args:
        name: What people call it.
        purpose: What the answers will be used for, in a sentence.
        until: Its last day; nothing can be asked after it.
    """
    if not name.strip() or not purpose.strip():
        raise BadInput(say("say the project's name and its purpose"), field="purpose")
    project = Project(
        id=f"p{room.site.ledger.size()}", name=name.strip(), purpose=purpose.strip(), until=until,
        steward=room.caller.account,
    )  # fmt: skip
    with room.write() as act:
        act.tx.put("project", project.id, project.to_json(), at=room.now)
        act.record(project.id, {"until": until.isoformat()})
    return project


@action(needs="govern")
def agree(  # noqa: PLR0913 - an agreement says this much, each by name
    room: Room,
    *,
    project: str,
    title: str,
    dataset: str,
    members: tuple[str, ...],
    days: Days,
    until: date,
    kinds: tuple[str, ...] = (),
    finest: AreaLevel = AreaLevel.COMMUNE,
    grain: TimeGrain = TimeGrain.DAY,
    policy: str = "operational",
) -> Agreement:
    """Make an agreement: who may ask what of which data, how finely, and under which protection level.

    Args:
        project: Id of the project.
        title: What people call the agreement.
        dataset: Name of the data set.
        members: Logins of the people it names.
        days: Days of the data it opens, both ends included.
        until: Its last day.
        kinds: Kinds of question; all of them where left out.
        finest: The finest area.
        grain: The shortest period a figure may speak of.
        policy: Name of the protection level.
    """
    if policy not in room.site.policies:
        raise BadInput(say("there is no protection level of that name"), field="policy")
    for kind in kinds:
        query_kind[kind]
    people = tuple(_account(room, login) for login in members)
    agreement = Agreement(
        id=f"a{room.site.ledger.size()}", project=project_of(room, project).id, title=title, dataset=dataset,
        purpose=project_of(room, project).purpose, members=people, kinds=kinds or tuple(query_kind),
        finest=finest, grain=grain, first=days.first, last=days.last, policy=policy, until=until,
    )  # fmt: skip
    with room.write() as act:
        act.tx.put("agreement", agreement.id, agreement.to_json(), at=room.now)
        act.record(agreement.id, {"agreement": agreement.to_json()})
    return agreement


def _account(room: Room, login: str) -> str:
    found = room.site.accounts.by_login(login)
    if found is None:
        raise NotFound(say("there is no person with the login '{login}'; add them first", login=login))
    return str(found.id)


@action(needs="govern", repeatable=True)
def end_agreement(room: Room, *, agreement: str) -> Agreement:
    """End an agreement at once; tokens and answers under it stop working.

    Args:
        agreement: Its id.
    """
    fact = room.site.ledger.fact("agreement", agreement)
    if fact is None:
        raise NotFound(say("there is no such agreement"))
    with room.write() as act:
        act.tx.put("agreement", agreement, fact.body, state="ended", at=room.now)
        act.record(agreement, {})
    return Agreement.from_json(fact.body)


@action(needs="ask", reads=True)
def my_agreements(room: Room) -> list[Agreement]:
    """Agreements in force that name you: what you may ask, and until when."""
    return agreements_of(room)


@action(needs="govern", reads=True)
def projects(room: Room) -> list[Project]:
    """Every project."""
    return [Project.from_json(fact.body) for fact in room.site.ledger.facts("project")]
