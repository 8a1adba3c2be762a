"""Verbs: one function each, from which the route, the command, the client's method and the permission are derived."""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, get_type_hints

from safeconduct.actions.room import Room
from safeconduct.actions.transfers import SENT
from safeconduct.govern.may import No, Yes, may
from safeconduct.govern.roles import PUBLIC
from safeconduct.govern.scopes import token_may
from safeconduct.ledger.tables import spend
from safeconduct.model.canonical import digest
from safeconduct.model.errors import (
    BadSpec,
    DuplicateName,
    NotPermitted,
    SafeconductError,
    UnknownName,
    WrongState,
)
from safeconduct.model.text import say
from safeconduct.query.spec import decode

P = ParamSpec("P")
R = TypeVar("R")
PACKAGE = "safeconduct.actions"
DEEPEST = 50
HALVES = ("\ud800", "\udfff")
"""First and last of the codes that are half a letter and stand alone in no text."""


@dataclass(frozen=True)
class Parameter:
    """One argument of a verb.

    Attributes:
        name: Its name, everywhere.
        hint: Its type; from `model` or `query`, or a plain one.
        default: Its default, or `inspect.Parameter.empty` where it is needed.
        says: What it is, from the docstring.
        sent: It is the id of a file sent before, or several; a shell takes paths there and sends them.
    """

    name: str
    hint: Any
    default: Any
    says: str
    sent: bool = False

    @property
    def needed(self) -> bool:
        """Whether it has no default."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True)
class Verb:
    """What can be done, told once.

    Attributes:
        name: The verb, also its route, command and client method.
        run: The function, permission checked first.
        needs: The permission it needs.
        reads: It changes nothing, so that a GET may carry it.
        local: It reads files of this machine, so that only the shell offers it.
        repeatable: Doing it again changes nothing more.
        says: The first line of its docstring.
        parameters: Its arguments, in order.
        returns: What it gives back.
    """

    name: str
    run: Callable[..., Any]
    needs: str
    reads: bool
    local: bool
    repeatable: bool
    says: str
    parameters: tuple[Parameter, ...]
    returns: Any

    def call(self, room: Room, arguments: Mapping[str, object]) -> Any:
        """Call it with arguments from JSON or a form.

        Raises:
            BadSpec: An argument is missing, unknown or of the wrong kind; the message names it.
        """
        known = {one.name: one for one in self.parameters}
        if unknown := sorted(set(arguments) - set(known)):
            raise BadSpec(f"{self.name} knows {', '.join(known) or 'no arguments'}; not {unknown[0][:60]!r}",
                          field=unknown[0])  # fmt: skip
        if missing := [one.name for one in self.parameters if one.needed and one.name not in arguments]:
            raise BadSpec(f"{self.name} needs {missing[0]!r}", field=missing[0])
        for name, value in arguments.items():
            check_sent(value, name)
        values = {name: decode(known[name].hint, value, name) for name, value in arguments.items()}
        return self.run(room, **values)


def check_sent(value: object, where: str) -> None:
    """Hold what somebody sent to what can be written down: real letters, nested no deeper than anybody needs.

    Raises:
        BadSpec: It holds half a letter, as broken programs send them, or nests too deep.
    """
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise BadSpec(f"{where} nests too deep", field=where)
        if isinstance(one, str) and not one.isascii() and any(HALVES[0] <= letter <= HALVES[1] for letter in one):
            raise BadSpec(f"{where} holds a letter that is none", field=where)
        if isinstance(one, Mapping):
            waiting += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list | tuple):
            waiting += [(part, depth + 1) for part in one]


class Verbs(Mapping[str, Verb]):
    """Every verb by name; reading it imports each module of the room, once."""

    def __init__(self) -> None:
        self._members: dict[str, Verb] = {}
        self._loaded = False

    def add(self, verb: Verb) -> None:
        """Take a verb in.

        Raises:
            DuplicateName: Another has that name.
        """
        if verb.name in self._members:
            raise DuplicateName(f"two verbs are called {verb.name!r}")
        self._members[verb.name] = verb

    def _load(self) -> None:
        if not self._loaded:
            self._loaded = True
            for module in pkgutil.iter_modules(importlib.import_module(PACKAGE).__path__):
                importlib.import_module(f"{PACKAGE}.{module.name}")

    def __getitem__(self, name: str) -> Verb:
        """The verb of that name.

        Raises:
            UnknownName: There is none.
        """
        self._load()
        if name not in self._members:
            raise UnknownName(f"there is no verb {name[:60]!r}")
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        """Names, alphabetically."""
        self._load()
        return iter(sorted(self._members))

    def __len__(self) -> int:
        """How many there are."""
        self._load()
        return len(self._members)


verbs = Verbs()


def action(
    *, needs: str, reads: bool = False, local: bool = False, repeatable: bool = False
) -> Callable[[Callable[Concatenate[Room, P], R]], Callable[Concatenate[Room, P], R]]:
    """Make a function a verb: may they, then do it; it records what it did with `room.write()`.

    Args:
        needs: The permission, one of `govern.roles`.
        reads: It changes nothing but the record of use.
        local: It reads files of this machine.
        repeatable: Doing it again changes nothing more; every verb that only reads is.
    """

    def decorate(function: Callable[Concatenate[Room, P], R]) -> Callable[Concatenate[Room, P], R]:
        name = function.__name__

        @functools.wraps(function)
        def run(room: Room, *args: P.args, **kwargs: P.kwargs) -> R:
            answer = Yes() if needs in PUBLIC else may(needs, room.caller.roles)
            if isinstance(answer, No):
                raise NotPermitted(answer.what)
            if needs not in PUBLIC and not token_may(needs, room.caller.scopes):
                raise NotPermitted(say("the token does not cover this; sign in, or make a token that names it"))
            return function(replace(room, verb=name), *args, **kwargs)

        verbs.add(
            replace(describe(function, run, needs=needs, reads=reads, local=local), repeatable=reads or repeatable)
        )
        return cast("Callable[Concatenate[Room, P], R]", run)

    return decorate


def describe(function: Callable[..., Any], run: Callable[..., Any], *, needs: str, reads: bool, local: bool) -> Verb:
    """What a function's signature and docstring say about the verb."""
    hints, marked = get_type_hints(function), get_type_hints(function, include_extras=True)
    doc = inspect.getdoc(function) or ""
    says = _arguments(doc)
    return Verb(
        name=function.__name__,
        run=run,
        needs=needs,
        reads=reads,
        local=local,
        repeatable=reads,
        says=doc.split("\n", 1)[0],
        parameters=tuple(
            Parameter(name, hints[name], one.default, says.get(name, ""), sent=_is_sent(marked[name]))
            for name, one in inspect.signature(function).parameters.items()
            if one.kind is inspect.Parameter.KEYWORD_ONLY
        ),
        returns=hints.get("return"),
    )


def _is_sent(hint: Any) -> bool:
    return SENT in getattr(hint, "__metadata__", ())


def once(room: Room, verb: Verb, arguments: Mapping[str, object], *, key: str) -> Any:
    """Call a verb, but only once for one idempotency key of one person; without a key, call it.

    What failed was not carried out, and may be asked for again with its key.

    Raises:
        WrongState: It was carried out already; look at what it made instead of making it again.
    """
    if key and not verb.repeatable:
        subject = digest({"account": room.caller.account, "key": key})
        with room.site.ledger.write() as tx:
            if not tx.spend(subject, project=room.caller.project, dataset="", at=room.now):
                raise WrongState(say("this request was carried out already; look at what it made"))
        try:
            return verb.call(room, arguments)
        except SafeconductError:
            with suppress(SafeconductError), room.site.ledger.write() as tx:
                tx.change(spend.delete().where(spend.c.answer_id == subject))
            raise
    return verb.call(room, arguments)


def _arguments(doc: str) -> dict[str, str]:
    """What the `Args` section of a docstring says about each argument."""
    found: dict[str, str] = {}
    _, _, section = doc.partition("Args:\n")
    for line in section.split("\n\n", 1)[0].splitlines():
        name, colon, text = line.strip().partition(": ")
        if line.startswith("    ") and not line.startswith("     ") and colon:
            found[name] = text
        elif found:
            last = next(reversed(found))
            found[last] += " " + line.strip()
    return found
