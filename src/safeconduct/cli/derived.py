"""Commands derived from verbs: one a verb, on a site of this machine or over HTTP."""

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from threading import Event
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import click

from safeconduct.actions.asking import Ticket
from safeconduct.actions.asking import job as look
from safeconduct.actions.doors import HERE, is_public, shell_caller, stranger
from safeconduct.actions.ingesting import Watching
from safeconduct.actions.room import Caller, Door, Room
from safeconduct.actions.site import Site
from safeconduct.actions.telling import tell
from safeconduct.actions.transfers import Stream, Upload
from safeconduct.actions.verb import Parameter, Verb, verbs
from safeconduct.actions.working import ChangedByWork, Task, task_of, work
from safeconduct.cli.closing import after, close
from safeconduct.cli.outcome import Exit, exit_of, plainly, show
from safeconduct.cli.progress import bar
from safeconduct.cli.sections import VerbCommand, section_of
from safeconduct.client import Client, Refused
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput
from safeconduct.query.spec import decode

PIECE = 4 << 20
COMMON = (
    click.Option(["--site"], default="./site", envvar="SAFECONDUCT_SITE", type=click.Path(path_type=Path),
                 help="Folder of the site."),
    click.Option(["--as", "acting"], default="", envvar="SAFECONDUCT_AS", help="Login of the person who acts."),
    click.Option(["--url"], default="", help="Address of a site to ask over HTTP instead."),
    click.Option(["--token-file"], default=None, type=click.Path(path_type=Path),
                 help="File with an access token, for --url."),
    click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON object."),
)  # fmt: skip


OUT = click.Option(["--out"], default=None, type=click.Path(path_type=Path), help="Where to write the file.")


def commands() -> list[click.Command]:
    """A command for every verb."""
    return [_command(verb) for verb in verbs.values()]


def _command(verb: Verb) -> click.Command:
    shown = [one for one in verb.parameters if one.hint is not Watching]
    return VerbCommand(
        section=section_of(verb.run),
        name=verb.name.replace("_", "-"),
        params=[*(_option(one) for one in shown), *([OUT] if verb.returns is Stream else []), *COMMON],
        callback=plainly(lambda **given: _run(verb, given)),
        help=(inspect.getdoc(verb.run) or "").partition("\n\nArgs:\n")[0],
        short_help=verb.says,
    )


def _option(one: Parameter) -> click.Option:
    flag, sort = f"--{one.name.replace('_', '-')}", _sort(one.hint)
    many = get_origin(sort) in {tuple, frozenset}
    default = None if one.needed else one.default.value if isinstance(one.default, Enum) else one.default
    given: Mapping[str, Any] = {} if many or one.needed else {"default": default}  # click takes None for an answer
    return click.Option(
        [flag, one.name],
        required=one.needed and one.name != "password",
        multiple=many,
        type=TYPES.get(sort, str),
        prompt=one.name == "password",
        hide_input=one.name == "password",
        help=f"{one.says}{_written_like(sort, one.says)}",
        show_default=default is not None and default != "",
        **given,
        **ALONE if sort is bool else {},
    )


def _written_like(sort: Any, says: str) -> str:
    """How a value is written, where its meaning, in words, does not tell."""
    if sort is Days:
        return " (FIRST..LAST, each YYYY-MM-DD)"
    if sort is date:
        return " (YYYY-MM-DD)"
    if isinstance(sort, type) and issubclass(sort, Enum):
        known = [str(one.value) for one in sort]
        return "" if all(one in says for one in known) else f" ({', '.join(known)})"
    return " (JSON, or @FILE)" if _is_tree(sort) or _of_trees(sort) else ""


ALONE: Mapping[str, Any] = {"is_flag": False, "flag_value": "true"}
"""What makes an option mean yes where it stands alone; it takes true and false too."""
TYPES: Mapping[Any, Any] = {Path: click.Path(path_type=Path), int: int, bool: bool}


def _sort(hint: Any) -> Any:
    """A type without the nothing that it may also be."""
    if get_origin(hint) not in {UnionType, Union}:
        return hint
    return next(one for one in get_args(hint) if one is not NoneType)


def _is_tree(hint: Any) -> bool:
    return (get_origin(hint) or hint) is Mapping


def _of_trees(hint: Any) -> bool:
    return get_origin(hint) is tuple and _is_tree(get_args(hint)[0])


def _run(verb: Verb, given: dict[str, Any]) -> Exit:
    common = {name: given.pop(name, None) for name in ("site", "acting", "url", "token_file", "as_json", "out")}
    hints = {one.name: one.hint for one in verb.parameters}
    sent = {name: _read(hints[name], value) for name, value in given.items() if value not in (None, ())}
    tree = _over_http(verb, sent, common) if common["url"] else _here(verb, sent, common)
    listed = common["as_json"] and isinstance(tree, list)
    show({verb.name: tree} if listed else tree, as_json=common["as_json"])
    if not common["url"]:
        close(after(verb.name, tree), as_json=common["as_json"])
    return exit_of(tree)


def _read(hint: Any, value: Any) -> Any:
    """What was typed, as JSON would have it."""
    hint = _sort(hint)
    if _is_tree(hint):
        return _tree(value)
    if _of_trees(hint):
        read = [_tree(one) for one in value]
        return [part for one in read for part in (one if isinstance(one, list) else [one])]
    if hint is Days:
        first, _, last = str(value).partition("..")
        return {"first": first, "last": last or first}
    if hint is Upload:
        return Upload(_pieces(Path(str(value))))
    return list(value) if isinstance(value, tuple) else value


def _pieces(path: Path) -> Iterator[bytes]:
    """A file piece by piece.

    Raises:
        BadInput: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError:
        raise BadInput(f"the file {path.name} cannot be read") from None


def _sent(verb: Verb, sent: Mapping[str, Any], send: Callable[[Path], str]) -> dict[str, Any]:
    """The arguments with every path of a file replaced by the id of its upload."""
    files = {one.name for one in verb.parameters if one.sent}

    def uploaded(value: Any) -> Any:
        if isinstance(value, list):
            return [uploaded(one) for one in value]
        return send(Path(value)) if Path(value).is_file() else value

    return {name: uploaded(value) if name in files else value for name, value in sent.items()}


def _tree(value: str) -> Any:
    try:
        return json.loads(Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value)
    except (OSError, ValueError, RecursionError):
        raise BadInput("write a JSON object, or @FILE with one in it") from None


def _over_http(verb: Verb, sent: dict[str, Any], common: dict[str, Any]) -> Any:
    if verb.local:
        raise BadInput(f"{verb.name} reads files of the site's own machine; run it there, without --url")
    if common["token_file"] is None and not is_public(verb.needs):
        raise BadInput("--url needs --token-file with an access token")
    client = Client(common["url"], token=_token(common["token_file"]) if common["token_file"] else "")
    sent = _sent(verb, sent, client.upload)
    if verb.returns is Stream:
        return client.take_file(verb.name, sent, to=common["out"])
    if verb.name == "ask":
        try:
            return client.answer(**sent).tree
        except Refused as refused:
            return refused.card
    return client.call(verb.name, sent)


def _token(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise BadInput("the token file cannot be read") from None


def _here(verb: Verb, sent: dict[str, Any], common: dict[str, Any]) -> Any:
    site = Site.open(common["site"])
    room = Room(site, _caller(site, verb, common["acting"]))
    sent = _sent(verb, sent, lambda path: _take_in(room, path))
    hints = {one.name: one.hint for one in verb.parameters}
    values = {name: _value(hints[name], value, name) for name, value in sent.items()}
    if Watching in hints.values():
        with bar(quiet=common["as_json"]) as progress:
            return tell(verb.run(room, **values, watching=Watching(progress=progress)))
    found = verb.run(room, **values)
    if isinstance(found, Stream):
        return _written(found, common["out"])
    if isinstance(found, Task):
        found = _done(room, found)
    elif not verb.reads and isinstance(getattr(found, "work", None), Task):
        done = _done(room, found.work)
        found = found.once_done(room, done) if isinstance(found, ChangedByWork) else replace(found, work=done)
    return tell(_finished(room, found) if isinstance(found, Ticket) and verb.name == "ask" else found)


def _caller(site: Site, verb: Verb, login: str) -> Caller:
    """Who acts: whoever --as names; nobody in particular for what is public."""
    if not login and is_public(verb.needs):
        return stranger(door=Door.SHELL, address=HERE)
    return shell_caller(site, login=login, now=datetime.now(UTC))


def _value(hint: Any, value: Any, name: str) -> Any:
    return value if hint in {Path, Upload} else decode(hint, value, name)


def _written(stream: Stream, out: Path | None) -> dict[str, object]:
    """Write a file that was handed over; what it is called and how long it is."""
    path = out or Path(stream.name)
    try:
        with path.open("xb") as file:
            for piece in stream.read(0, stream.size):
                file.write(piece)
    except FileExistsError:
        raise BadInput("there is a file of that name already; choose another with --out") from None
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise BadInput("the file cannot be written; choose another place with --out, or free some space") from None
    return {"file": str(path), "size": stream.size, "sha256": stream.sha256}


def _take_in(room: Room, path: Path) -> str:
    """Send a file into the site of this machine; the id of its upload."""
    line = verbs["begin_upload"].run(room, name=path.name, size=path.stat().st_size)
    verbs["send_upload"].run(room, upload=line.id, offset=0, content=Upload(_pieces(path)))
    return str(verbs["finish_upload"].run(room, upload=line.id).id)


def _done(room: Room, begun: Task) -> Task:
    """Do here what was begun here.

    Raises:
        BadInput: It could not be done; the message says why.
    """
    if begun.waits:
        work(room.site, worker="shell", stop=Event(), until_empty=True)
        begun = task_of(room, begun.key) or begun
    if begun.state == "failed":
        raise BadInput(begun.says)
    return begun


def _finished(room: Room, ticket: Ticket) -> Any:
    """Compute here what was asked here, and give the protected answer."""
    if ticket.state in {"queued", "running"}:
        work(room.site, worker="shell", stop=Event(), until_empty=True)
        ticket = look(room, answer_id=ticket.answer_id)
    if ticket.state != "done":
        return ticket
    return verbs["result"].run(room, answer_id=ticket.answer_id)
