"""Conditions that forms write beside their questions: the part of XLSForm's language that forms really use.

Understood: `${x} = '1'` and the other comparisons, `selected(${x}, '2')`, `and`, `or`, `not(…)`, brackets, `.` for the
answer itself, numbers, texts, `today()` and `date('2026-03-01')`. Nothing else is guessed at.
A user-missing code is an answer to a form and compares as its text; no answer is the empty text, as in XForms.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

EPOCH = date(1970, 1, 1)
DEEPEST = 40
LONGEST = 10_000


class Comparison(StrEnum):
    """How two things are compared."""

    EQUAL = "="
    DIFFERENT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True)
class Answer:
    """The answer to a question; `""` is the question the condition stands beside."""

    name: str


@dataclass(frozen=True)
class Word:
    """A text."""

    text: str


@dataclass(frozen=True)
class Number:
    """A number; a day is its days since 1970."""

    value: float


@dataclass(frozen=True)
class Today:
    """The day the check is made."""


Term = Answer | Word | Number | Today


@dataclass(frozen=True)
class Compared:
    """A comparison of two terms."""

    how: Comparison
    left: Term
    right: Term


@dataclass(frozen=True)
class Selected:
    """A choice was among those made."""

    of: Answer
    choice: str


@dataclass(frozen=True)
class Joined:
    """Conditions that must all hold, or one of them."""

    every: bool
    parts: "tuple[Condition, ...]"


@dataclass(frozen=True)
class Denied:
    """A condition that must not hold."""

    part: "Condition"


@dataclass(frozen=True)
class Fixed:
    """`true()` or `false()`."""

    holds: bool


Condition = Compared | Selected | Joined | Denied | Fixed

_TOKEN = re.compile(
    r"\s*(?:(?P<answer>\$\{\s*[^{}\s]+\s*\})|(?P<text>'[^']*'|\"[^\"]*\"|‘[^’]*’)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<how>!=|<=|>=|=|<|>)|(?P<word>[A-Za-z][A-Za-z_-]*)|(?P<mark>[(),]|\.(?![\w.])))"
)


def understood(text: str) -> Condition | None:
    """The condition a text says, `None` where we do not understand it.

    Example:
        >>> understood("${sex} = '2' and . >= 12")
        Joined(every=True, parts=(Compared(...), Compared(...)))
        >>> understood("count(${members}) > 3") is None
        True
    """
    try:
        return _Reader(text).whole()
    except BadInput:
        return None


def condition(text: str) -> Condition:
    """The condition a text says.

    Raises:
        BadInput: We do not understand it.
    """
    return _Reader(text).whole()


class _Reader:
    """Reads a condition from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        found = self._joined(every=False)
        if self._at < len(self._tokens):
            raise unclear()
        return found

    def _joined(self, *, every: bool) -> Condition:
        parts = [self._part(every=every)]
        while self._take("word", "and" if every else "or"):
            parts.append(self._part(every=every))
        return parts[0] if len(parts) == 1 else Joined(every, tuple(parts))

    def _part(self, *, every: bool) -> Condition:
        return self._single() if every else self._joined(every=True)

    def _single(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST:
            raise unclear()
        found = self._bracket() or self._called() or self._compared()
        self._depth -= 1
        return found

    def _bracket(self) -> Condition | None:
        if not self._take("mark", "("):
            return None
        found = self._joined(every=False)
        self._need("mark", ")")
        return found

    def _called(self) -> Condition | None:
        for name, read in (("not", self._denied), ("selected", self._selected), ("true", None), ("false", None)):
            if self._take("word", name):
                self._need("mark", "(")
                found = read() if read else Fixed(name == "true")
                self._need("mark", ")")
                return found
        return None

    def _denied(self) -> Condition:
        return Denied(self._joined(every=False))

    def _selected(self) -> Condition:
        of = self._term()
        self._need("mark", ",")
        choice = self._term()
        if not isinstance(of, Answer) or not isinstance(choice, Word):
            raise unclear()
        return Selected(of, choice.text)

    def _compared(self) -> Condition:
        left = self._term()
        how = Comparison(self._need("how"))
        return Compared(how, left, self._term())

    def _term(self) -> Term:
        kind, text = self._next()
        match kind, text:
            case "answer", _:
                return Answer(text[2:-1].strip())
            case "text", _:
                return Word(text[1:-1])
            case "number", _:
                return Number(float(text))
            case "mark", ".":
                return Answer("")
            case "word", ("today" | "date") as name:
                return self._day(today=name == "today")
            case _:
                raise unclear()

    def _day(self, *, today: bool) -> Term:
        self._need("mark", "(")
        said = "" if today else self._need("text")[1:-1]
        self._need("mark", ")")
        if today:
            return Today()
        try:
            return Number(days(date.fromisoformat(said)))
        except ValueError:
            raise unclear() from None

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise unclear()
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, kind: str, text: str) -> bool:
        here = self._at < len(self._tokens) and self._tokens[self._at] == (kind, text)
        self._at += here
        return here

    def _need(self, kind: str, text: str = "") -> str:
        found = self._next()
        if found[0] != kind or (text and found[1] != text):
            raise unclear()
        return found[1]


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, text.strip()
    if len(text) > LONGEST:
        raise unclear()
    while at < len(text):
        hit = _TOKEN.match(text, at)
        if hit is None or hit.lastgroup is None:
            raise unclear()
        found.append((hit.lastgroup, hit.group(hit.lastgroup)))
        at = hit.end()
    return found


def unclear() -> BadInput:
    """The error of a condition that is not understood."""
    said = say("This condition is not understood; write comparisons with codes or numbers, joined by and, or, not.")
    return BadInput(said, field="condition")


def days(day: date) -> float:
    """A day as days since 1970."""
    return float((day - EPOCH).days)


def asked_about(one: Condition) -> frozenset[str]:
    """Names of the questions a condition looks at; `""` is its own."""
    match one:
        case Compared():
            return frozenset(term.name for term in (one.left, one.right) if isinstance(term, Answer))
        case Selected():
            return frozenset({one.of.name})
        case Joined():
            return frozenset[str]().union(*(asked_about(part) for part in one.parts))
        case Denied():
            return asked_about(one.part)
        case Fixed():
            return frozenset()
        case _:
            assert_never(one)


def looks_at_today(one: Condition) -> bool:
    """Whether it compares with the day it is asked on."""
    match one:
        case Compared():
            return Today() in {one.left, one.right}
        case Joined():
            return any(map(looks_at_today, one.parts))
        case Denied():
            return looks_at_today(one.part)
        case Selected() | Fixed():
            return False
        case _:
            assert_never(one)


def limits(one: Condition) -> tuple[str, str] | None:
    """The smallest and largest answer a condition lets through, as text, `""` for none.

    `None` where it says anything else, or a limit that is left out itself: `. > 0` has no smallest answer.

    Example:
        >>> limits(condition(". >= 0 and . <= 120"))
        ('0', '120')
    """
    parts = one.parts if isinstance(one, Joined) and one.every else (one,)
    found = {Comparison.AT_LEAST: "", Comparison.AT_MOST: ""}
    for part in parts:
        match part:
            case Compared(how=(Comparison.AT_LEAST | Comparison.AT_MOST) as how, left=Answer(""), right=Number(value)):
                found[how] = f"{value:g}"
            case _:
                return None
    return found[Comparison.AT_LEAST], found[Comparison.AT_MOST]
