"""Files derived from verbs, kinds and plug-ins: the client's methods and the reference pages."""

import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from safeconduct.actions.transfers import Download, Stream, Upload
from safeconduct.actions.treating import MethodParameter, method_parameters
from safeconduct.actions.verb import Parameter, Verb, verbs
from safeconduct.catalogue.base import standard
from safeconduct.govern.states.diagrams import states_page
from safeconduct.ingest.checking import data_check
from safeconduct.ingest.correcting import correction
from safeconduct.ingest.quality_reference import quality_page
from safeconduct.ingest.standards.page import standards_page
from safeconduct.ingest.survey import formats
from safeconduct.model.policy import Policy
from safeconduct.present.blocks.parameters import ParameterSort
from safeconduct.protect.base import methods
from safeconduct.query.base import AggregateQuery, query_kind
from safeconduct.release.base import output_rule
from safeconduct.release.file_base import file_rule
from safeconduct.release.file_format import file_format
from safeconduct.release.file_policies import in_words, shipped_for_files

ROOT = Path(__file__).parents[3]
CLIENT = Path(__file__).parents[1] / "client" / "verbs"
HEADER = "Generated from actions by 'just fix'; do not edit."
INDENT = "        "
TAKES: Mapping[ParameterSort, str] = {
    ParameterSort.TEXT: "a text",
    ParameterSort.NUMBER: "a whole number",
    ParameterSort.DECIMAL: "a number as text",
    ParameterSort.YES_NO: "`true` or `false`",
    ParameterSort.CHOICE: "one of",
    ParameterSort.WORDS: "a list of texts",
    ParameterSort.NUMBERS: "a list of whole numbers",
    ParameterSort.GROUPS: "lists of texts, or texts by language, by name",
    ParameterSort.PAIRS: "texts by name",
    ParameterSort.COUNTS: "whole numbers by name",
    ParameterSort.SETS: "a list of `columns` with a number",
}
"""What a parameter takes in a plan, for its reference page."""


def generated() -> dict[Path, str]:
    """Every derived file and what it should hold."""
    reference = ROOT / "docs" / "reference"
    return {
        **client_methods(),
        reference / "verbs.md": verbs_page(),
        reference / "kinds.md": kinds_page(),
        reference / "rules.md": rules_page(),
        reference / "states.md": states_page(HEADER),
        reference / "treatments.md": treatments_page(),
        reference / "corrections.md": corrections_page(),
        reference / "file-rules.md": file_rules_page(),
        reference / "formats.md": formats_page(),
        reference / "standards.md": standards_page(HEADER),
        reference / "quality.md": quality_page(HEADER),
    }


def client_methods() -> dict[Path, str]:
    """The client's methods: one a verb that travels, typed as JSON has it; bytes are sent by the client's `upload`.

    A module for each of the modules the verbs stand in, and one that puts them together.
    """
    rooms: dict[str, list[Verb]] = {}
    for verb in verbs.values():
        if not verb.local and all(one.hint is not Upload for one in verb.parameters):
            rooms.setdefault(verb.run.__module__.rsplit(".", 1)[-1], []).append(verb)
    modules = {CLIENT / f"{room}.py": _methods(room, found) for room, found in rooms.items()}
    return {CLIENT / "__init__.py": _together(sorted(rooms)), CLIENT / "caller.py": CALLER, **modules}


CALLER = f'''"""What carries a verb to a site. {HEADER}"""

from collections.abc import Mapping
from typing import Any, Protocol


class Caller(Protocol):
    """What carries a verb to a site."""

    def call(self, verb: str, arguments: Mapping[str, object] | None = None) -> Any:
        """Call a verb by name."""

    def file(self, verb: str, arguments: Mapping[str, object]) -> bytes:
        """The bytes of a file that a verb gives."""
'''


def _class(room: str) -> str:
    return "".join(part.capitalize() for part in room.split("_")) + "Verbs"


def _together(rooms: list[str]) -> str:
    imports = "".join(f"from safeconduct.client.verbs.{room} import {_class(room)}\n" for room in rooms)
    classes = "".join(f"    {_class(room)},\n" for room in rooms)
    return (
        f'"""Every verb as a method. {HEADER}"""\n\n{imports}\n\n'
        f'class VerbMethods(\n{classes}):\n    """Every verb as a method."""\n'
    )


def _methods(room: str, found: list[Verb]) -> str:
    body = "".join(_method(verb) for verb in found)
    names = [name for name in ("Mapping", "Sequence") if f"{name}[" in body]
    abstract = f"from collections.abc import {', '.join(names)}\n" if names else ""
    typing = "from typing import Any\n" if "-> Any" in body else ""
    blank = "\n" if abstract or typing else ""
    return (
        f'"""Verbs of `actions.{room}` as methods. {HEADER}"""\n\n{abstract}{typing}{blank}'
        f"from safeconduct.client.verbs.caller import Caller\n\n\n"
        f'class {_class(room)}:\n    """Verbs of `actions.{room}`."""\n{body}'
    )


def _method(verb: Verb) -> str:
    needed = [one for one in verb.parameters if one.needed]
    rest = [one for one in verb.parameters if not one.needed]
    arguments = "".join(f"{INDENT}{_argument(one)},\n" for one in (*needed, *rest))
    star = f"{INDENT}*,\n" if verb.parameters else ""
    sent = "{" + ", ".join(f'"{one.name}": {one.name}' for one in verb.parameters) + "}"
    method, kind = ("file", "bytes") if verb.returns in {Download, Stream} else ("call", "Any")
    many = len(verb.parameters) > 6  # noqa: PLR2004 - the linter's own limit
    quiet = "  # noqa: PLR0913 - the verb's arguments" if many else ""
    lines = _fitted(f'return self.{method}("{verb.name}", {sent})')
    return (
        f"\n    def {verb.name}({quiet}\n{INDENT}self: Caller,\n{star}{arguments}    ) -> {kind}:\n"
        f'{INDENT}"""{verb.says}{_args(verb)}"""\n{INDENT}{lines}\n'
    )


def _fitted(line: str) -> str:
    """A call on one line, or with each argument on its own where it is long."""
    if len(line) + len(INDENT) <= 120:  # noqa: PLR2004 - the line length
        return line
    head, _, tail = line.partition(", {")
    members = tail.rstrip(")").rstrip("}").split(", ")
    inner = "".join(f"{INDENT}        {one},\n" for one in members)
    name = head.partition("(")
    return f"{name[0]}(\n{INDENT}    {name[2]},\n{INDENT}    {{\n{inner}{INDENT}    }},\n{INDENT})"


def _args(verb: Verb) -> str:
    if not verb.parameters:
        return ""
    lines = "".join(f"{INDENT}    {one.name}: {one.says}\n" for one in verb.parameters)
    return f"\n\n{INDENT}Args:\n{lines}{INDENT}"


def _argument(one: Parameter) -> str:
    hint = json_type(one.hint)
    if one.needed:
        return f"{one.name}: {hint}"
    default = _plain(one.default)
    if isinstance(default, tuple | Mapping):
        return f"{one.name}: {hint} | None = None"
    return f"{one.name}: {hint} = " + (f'"{default}"' if isinstance(default, str) else repr(default))


def _plain(default: object) -> object:
    """A default as whoever reads it would write it: members of enumerations by their values."""
    if isinstance(default, tuple):
        return tuple(_plain(one) for one in default)
    return default.value if isinstance(default, Enum) else default


def json_type(hint: Any) -> str:
    """How a type travels, as a Python annotation."""
    origin = get_origin(hint)
    if origin in {UnionType, Union}:
        return " | ".join(json_type(one) for one in get_args(hint))
    if origin in {tuple, frozenset, list}:
        return f"Sequence[{json_type(get_args(hint)[0])}]"
    if hint is type(None):
        return "None"
    if (origin or hint) is Mapping or is_dataclass(hint):
        return "Mapping[str, object]"
    if hint is date or (inspect.isclass(hint) and issubclass(hint, Enum)):
        return "str"
    return str(hint.__name__)


def verbs_page() -> str:
    """The reference of verbs."""
    parts = [
        f"# Verbs\n\n<!-- {HEADER} -->\n\nEvery verb is a route (`POST /api/1/VERB`), a command and a client method.\n"
    ]
    for verb in verbs.values():
        where = "shell only" if verb.local else f"`POST /api/1/{verb.name}`" + (", also `GET`" if verb.reads else "")
        command = verb.name.replace("_", "-")
        parts.append(f"\n## {verb.name}\n\n{inspect.getdoc(verb.run)}\n\nPermission `{verb.needs}`; {where}; "
                     f"`safeconduct {command}`.\n".replace("\nArgs:\n", "\n").replace("\n    ", "\n- "))  # fmt: skip
    return "".join(parts)


def kinds_page() -> str:
    """The reference of query kinds."""
    parts = [f"# Kinds of question\n\n<!-- {HEADER} -->\n"]
    for name, kind in query_kind.items():
        how = "It can be asked." if issubclass(kind, AggregateQuery) else "It only nests in other questions."
        parts.append(f"\n## {name}\n\n{kind.title}. {how}\n\n{_prose(kind)}\n")
    return "".join(parts)


def rules_page() -> str:
    """The reference of output rules."""
    parts = [f"# Output rules\n\n<!-- {HEADER} -->\n"]
    parts += [f"\n## {name}\n\n{_prose(rule)}\n" for name, rule in output_rule.items()]
    return "".join(parts)


def treatments_page() -> str:
    """The reference of treatments: what each does, and what it can be told."""
    about = (
        "A step of a [treatment plan](../how-to/treat.md) names a treatment, the columns it works on, and its "
        'parameters.\nNumbers that are not whole are written as text: `"0.5"`.\n'
    )
    return _page("Treatments", about, (_method_section(name, one) for name, one in methods.items()))


def corrections_page() -> str:
    """The reference of corrections, and of the checks that suggest them."""
    about = (
        "A step of [cleaning](../how-to/clean.md) names a correction, the columns it works on, and its parameters.\n"
        "Corrections are replayed on the files as they arrived; leaving a step out undoes it.\n"
    )
    checks = [
        "\n## What is looked for\n\nA check changes nothing; where something can be put right it suggests how.\n\n"
    ]
    checks += [f"- **{one.title}** (`{name}`): {_line(_told(one))}\n" for name, one in data_check.items()]
    return _page("Corrections", about, (*(_method_section(name, one) for name, one in correction.items()), *checks))


def _method_section(name: str, method: type[Any]) -> str:
    """A treatment or correction: what it is good for, what a reader would get wrong, its parameters."""
    rows = "".join(_parameter_row(one) for one in method_parameters(method))
    head = "\n| Parameter | Takes | Default | Meaning |\n|---|---|---|---|\n"
    table = head + rows if rows else "\nIt takes no parameters.\n"
    return f"\n## {name}\n\n**{method.title}.** {method.says}\n\n{_without(_prose(method))}\n{table}{_cited(method)}"


def _parameter_row(one: MethodParameter) -> str:
    choices = " " + ", ".join(f"`{choice}`" for choice in one.choices) if one.sort is ParameterSort.CHOICE else ""
    default = "needed" if one.needed else f"`{_plain(one.default)}`"
    says = one.says.replace("|", "\\|")
    return f"| `{one.name}` | {TAKES[one.sort]}{choices} | {default} | {says} |\n"


def file_rules_page() -> str:
    """The reference of rules for files, and of each protection level for files in words."""
    about = (
        "What a file of records must hold to before it leaves, and the protection levels made of these rules.\n"
        "[What each level stops and does not](../explanation/file-levels.md) explains them.\n"
    )
    levels = [_level(policy) for policy in shipped_for_files().values()]
    rules = [f"\n### {name}\n\n**{one.title}.** {_prose(one)}\n" for name, one in file_rule.items()]
    parts = ["\n## Protection levels that come with the package\n", *levels, "\n## Rules\n", *rules]
    return _page("Rules for files", about, parts)


def _level(policy: Policy) -> str:
    rules = "".join(f"- {one}\n" for one in in_words(policy))
    not_stopped = "".join(f"- {one}\n" for one in policy.does_not_resist)
    return (f"\n### Level {policy.name}, version {policy.version}\n\n**{policy.title}.** {policy.says}\n\n{rules}"
            f"\nIt does not resist:\n\n{not_stopped}")  # fmt: skip


def formats_page() -> str:
    """The reference of file formats: what is read, what is written, and in which words a study is described."""
    about = "What can be [deposited](../how-to/deposit-files.md), and what an edition is handed out as.\n"
    sections: tuple[tuple[str, Mapping[str, type]], ...] = (
        ("Files that can be read", formats),
        ("Files an edition is written as", file_format),
        ("Descriptions for other catalogues", standard),
    )
    parts = [
        f"\n## {title}\n" + "".join(f"\n### {_named(name, one)}\n\n{_prose(one)}\n" for name, one in registry.items())
        for title, registry in sections
    ]
    return _page("File formats", about, parts)


def _named(name: str, plugin: type[Any]) -> str:
    """A format's heading; what is written also says how its file's name ends."""
    suffix = str(getattr(plugin, "suffix", ""))
    ending = f" (`.{suffix.lstrip('.')}`)" if suffix else ""
    return f"{getattr(plugin, 'title', name)}{ending}"


def _page(title: str, about: str, parts: Iterable[str]) -> str:
    return f"# {title}\n\n<!-- {HEADER} -->\n\n{about}" + "".join(parts)


def _told(documented: type) -> str:
    return (inspect.getdoc(documented) or "").partition("\n\n")[0]


def _line(text: str) -> str:
    return " ".join(text.split())


def _without(prose: str) -> str:
    """Prose without its lists: a table says the same."""
    return re.split(r"\n\*\*(?:Attributes|References)\*\*", prose)[0].strip()


def _cited(documented: type) -> str:
    """Where a method comes from."""
    _, found, cited = _prose(documented).partition("\n**References**\n")
    return f"\n**References**\n{cited}\n" if found else ""


def _prose(documented: type) -> str:
    """A docstring as Markdown: its sections as lists, without the example."""
    doc = (inspect.getdoc(documented) or "").partition("\nExample:")[0]
    for section in ("Attributes", "Output", "References"):
        doc = doc.replace(f"\n{section}:\n", f"\n**{section}**\n\n")
    return doc.replace("\n        ", " ").replace("\n    ", "\n- ").strip()
