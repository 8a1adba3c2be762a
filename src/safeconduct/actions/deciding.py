"""What each variable is for: proposed by rules, decided by a steward one by one, for all alike, or in a spreadsheet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from safeconduct.actions.deposits_held import ROLES, Held, body_of, held_in, held_now, proposals_of, roles_of, undecided
from safeconduct.actions.finding import small
from safeconduct.actions.moving import move
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.studies import read_files
from safeconduct.actions.transfers import SENT, Stream
from safeconduct.actions.uploading import content_of
from safeconduct.actions.verb import action
from safeconduct.govern.deposits import parts_in_deposit
from safeconduct.ingest.proposing import Proposal, alike, how_many_alike
from safeconduct.ingest.roles_sheet import RoleChange, difference, read_roles, write_roles
from safeconduct.model.errors import BadInput, WrongState
from safeconduct.model.microdata import Column, DataFile, Roles, Variable, VariableRole
from safeconduct.model.text import Text, say
from safeconduct.model.trees import read, to_tree
from safeconduct.present.words import Words

SMALL = 32 << 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class VariableLine:
    """A variable of a deposit, what is proposed for it, and what was decided.

    Attributes:
        file: Name of its table.
        variable: What is known of it.
        proposal: The role proposed, `None` where nothing was.
        because: Why, in a sentence.
        sure: Whether two signs agreed.
        role: The role decided, `None` while nobody did.
        alike: How many other variables are like this one.
    """

    file: str
    variable: Variable
    proposal: VariableRole | None
    because: Text
    sure: bool
    role: VariableRole | None
    alike: int


@dataclass(frozen=True, kw_only=True)
class SheetChange:
    """A spreadsheet of roles that came back, not accepted yet.

    Attributes:
        sheet: Id to accept it by.
        changes: What it would change.
        undecided: How many variables would still have no role.
    """

    sheet: str
    changes: tuple[RoleChange, ...]
    undecided: int


@action(needs="curate", reads=True)
def variables(room: Room, *, deposit: str) -> list[VariableLine]:
    """Every variable of a deposit, in the order of its files; labels and codes, never a value of a record.

    Args:
        deposit: Its id.
    """
    held = held_in(room.site, deposit)
    files, roles = read_files(room.site, held.files), roles_of(room.site, held)
    proposed = {(one.file, one.name): one for one in proposals_of(room.site, held)}
    many = how_many_alike(files)
    return [
        _line(
            Column(file=file.name, name=one.name),
            one,
            proposed.get((file.name, one.name)),
            role=roles.get(file.name, {}).get(one.name),
            many=many,
        )
        for file in files
        for one in file.variables
    ]


def _line(
    column: Column, one: Variable, proposed: Proposal | None, *, role: VariableRole | None, many: Mapping[Column, int]
) -> VariableLine:
    return VariableLine(
        file=column.file,
        variable=one,
        proposal=proposed.role if proposed else None,
        because=proposed.because if proposed else say("Nothing was found that tells what it is."),
        sure=bool(proposed and proposed.sure),
        role=role,
        alike=many.get(column, 0),
    )


@action(needs="curate", repeatable=True)
def decide_roles(
    room: Room, *, deposit: str, roles: Mapping[str, object], like: tuple[str, ...] = ()
) -> Mapping[str, int]:
    """Decide what variables are for; others stay as they are.

    Args:
        deposit: Its id.
        roles: Role by table and name, such as `{"members": {"age": "quasi-identifier"}}`.
        like: `table.name` of variables whose role shall count for all that are like them.
    """
    chosen: Roles = read(ROLES, roles, "roles")
    with room.write() as act:
        held, _ = held_now(act, deposit)
        files = read_files(room.site, held.files)
        _check_names(files, chosen)
        whole = {**_spread(files, chosen, like)}
        now = merged(roles_of(room.site, held), whole)
        return _keep(act, held, files, now, told=sum(map(len, whole.values())))


def _check_names(files: tuple[DataFile, ...], roles: Roles) -> None:
    known = {file.name: frozenset(file.names) for file in files}
    for file, names in roles.items():
        if unknown := sorted(set(names) - known.get(file, frozenset())):
            raise BadInput(say("The deposit has no variable {file}.{name}.", file=file[:80], name=unknown[0][:80]),
                           field="roles")  # fmt: skip


def _spread(files: tuple[DataFile, ...], chosen: Roles, like: tuple[str, ...]) -> dict[str, dict[str, VariableRole]]:
    """The roles chosen, and the same for variables that are alike where that was asked for."""
    whole = {file: dict(names) for file, names in chosen.items()}
    for pointed in like:
        file, _, name = pointed.partition(".")
        role = chosen.get(file, {}).get(name)
        if role is None:
            raise BadInput(say("Choose a role for {name} first.", name=pointed[:80]), field="like")
        for one in alike(files, Column(file=file, name=name)):
            whole.setdefault(one.file, {}).setdefault(one.name, role)
    return whole


def merged(before: Roles, chosen: Roles) -> dict[str, dict[str, VariableRole]]:
    """Roles with others written over them."""
    whole = {file: dict(names) for file, names in before.items()}
    for file, names in chosen.items():
        whole.setdefault(file, {}).update(names)
    return whole


def _keep(act: Act, held: Held, files: tuple[DataFile, ...], roles: Roles, *, told: int) -> Mapping[str, int]:
    """Write roles down; once every variable has one, the deposit is decided, and not any more where one is taken."""
    room, id_ = act.room, held.deposit.id
    after = body_of(replace(held, roles=room.site.documents.put(to_tree(roles))))
    parts, open_now = parts_in_deposit(person_of(room), held.deposit), undecided(files, roles)
    if held.deposit.state not in {"read", "decided"}:
        raise WrongState(say("The variables of this deposit cannot be decided now."))
    if held.deposit.state == "decided":
        move(act, "deposit", id_, command="reopen", parts=parts)
    if open_now:
        act.tx.put("deposit", id_, after, state="read", at=room.now)
        act.record(id_, {"decided": told})
    else:
        move(act, "deposit", id_, command="decide", parts=parts, body=after, told={"decided": told})
    return {"decided": sum(map(len, roles.values())), "undecided": open_now}


@action(needs="curate", reads=True)
def roles_sheet(room: Room, *, deposit: str, language: str = "en") -> Stream:
    """The variables of a deposit as a spreadsheet: fill in the roles and send it back.

    Args:
        deposit: Its id.
        language: Language of its explanations, one the site offers.
    """
    held = held_in(room.site, deposit)
    files = read_files(room.site, held.files)
    spoken = Words(language if language in room.site.settings.languages else "en").say
    content = write_roles(files, roles_of(room.site, held), proposals_of(room.site, held), spoken=spoken)
    return small(content, name=f"{held.deposit.study}-variables.xlsx", media=XLSX)


@action(needs="curate", repeatable=True)
def compare_roles_sheet(room: Room, *, deposit: str, upload: Annotated[str, SENT]) -> SheetChange:
    """See what a spreadsheet of roles that came back would change; nothing is changed yet.

    Args:
        deposit: Its id.
        upload: The spreadsheet, sent before; a shell takes a path.
    """
    held = held_in(room.site, deposit)
    files = read_files(room.site, held.files)
    roles = read_roles(content_of(room, upload, most=SMALL), files)
    with room.write() as act:
        sheet = room.site.documents.put(to_tree(roles))
        act.record(deposit, {"sheet": sheet})
    return _compared(room.site, held, sheet, roles)


def _compared(site: Site, held: Held, sheet: str, roles: Roles) -> SheetChange:
    before = roles_of(site, held)
    open_then = undecided(read_files(site, held.files), merged(before, roles))
    return SheetChange(sheet=sheet, changes=difference(before, roles), undecided=open_then)


@action(needs="curate", reads=True)
def compared_roles_sheet(room: Room, *, deposit: str, sheet: str) -> SheetChange:
    """What a spreadsheet that was compared would change.

    Args:
        deposit: Its id.
        sheet: Its id, as `compare_roles_sheet` told it.
    """
    return _compared(room.site, held_in(room.site, deposit), sheet, _sheet(room.site, sheet))


def _sheet(site: Site, sheet: str) -> Roles:
    return read(ROLES, site.documents.get(sheet), "roles")  # type: ignore[no-any-return]  # what the hint says


@action(needs="curate", repeatable=True)
def accept_roles_sheet(room: Room, *, deposit: str, sheet: str) -> Mapping[str, int]:
    """Accept a spreadsheet of roles whose differences you looked at.

    Args:
        deposit: Its id.
        sheet: Its id, as `compare_roles_sheet` told it.
    """
    with room.write() as act:
        held, _ = held_now(act, deposit)
        files, chosen = read_files(room.site, held.files), _sheet(room.site, sheet)
        _check_names(files, chosen)
        return _keep(act, held, files, merged(roles_of(room.site, held), chosen), told=sum(map(len, chosen.values())))
