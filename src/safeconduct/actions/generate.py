"""Files derived from verbs and kinds: the client's methods and the reference pages."""

import inspect
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from safeconduct.actions.verb import Parameter, Verb, verbs
from safeconduct.query.base import AggregateQuery, query_kind
from safeconduct.release.base import output_rule

ROOT = Path(__file__).parents[3]
CLIENT = Path(__file__).parents[1] / "client" / "verbs.py"
HEADER = "Generated from actions by 'just fix'; do not edit."
INDENT = "        "


def generated() -> dict[Path, str]:
    """Every derived file and what it should hold."""
    return {
        CLIENT: client_methods(),
        ROOT / "docs" / "reference" / "verbs.md": verbs_page(),
        ROOT / "docs" / "reference" / "kinds.md": kinds_page(),
        ROOT / "docs" / "reference" / "rules.md": rules_page(),
    }


def client_methods() -> str:
    """The client's methods: one a verb that travels, typed as JSON has it."""
    shown = [verb for verb in verbs.values() if not verb.local]
    head = (
        f'"""Every verb as a method. {HEADER}"""\n\n'
        "from collections.abc import Mapping, Sequence\nfrom typing import Any, Protocol\n\n\n"
        "class Caller(Protocol):\n"
        '    """What carries a verb to a site."""\n\n'
        "    def call(self, verb: str, arguments: Mapping[str, object] | None = None) -> Any:\n"
        '        """Call a verb by name."""\n\n'
        "    def file(self, verb: str, arguments: Mapping[str, object]) -> bytes:\n"
        '        """The bytes of a file that a verb gives."""\n\n\n'
        'class VerbMethods:\n    """Every verb as a method."""\n'
    )
    return head + "".join(_method(verb) for verb in shown)


def _method(verb: Verb) -> str:
    from safeconduct.actions.transfers import Download  # noqa: PLC0415 - a verb's room imports this one's verbs

    needed = [one for one in verb.parameters if one.needed]
    rest = [one for one in verb.parameters if not one.needed]
    arguments = "".join(f"{INDENT}{_argument(one)},\n" for one in (*needed, *rest))
    star = f"{INDENT}*,\n" if verb.parameters else ""
    sent = "{" + ", ".join(f'"{one.name}": {one.name}' for one in verb.parameters) + "}"
    method, kind = ("file", "bytes") if verb.returns is Download else ("call", "Any")
    many = len(verb.parameters) > 5  # noqa: PLR2004 - the linter's own limit
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
    default = one.default.value if isinstance(one.default, Enum) else one.default
    if isinstance(default, tuple):
        return f"{one.name}: {hint} = ()"
    return f"{one.name}: {hint} = " + (f'"{default}"' if isinstance(default, str) else repr(default))


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


def _prose(documented: type) -> str:
    """A docstring as Markdown: its sections as lists, without the example."""
    doc = (inspect.getdoc(documented) or "").partition("\nExample:")[0]
    for section in ("Attributes", "Output", "References"):
        doc = doc.replace(f"\n{section}:\n", f"\n**{section}**\n\n")
    return doc.replace("\n        ", " ").replace("\n    ", "\n- ").strip()
