"""What the ledger gives back: events, facts, answers, spends and frames; and the one text an event is hashed as."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Budget

LARGEST_BODY = 256 * 1024
"""Most bytes of one event or fact."""
LARGEST_ANSWER = 256 * 1024 * 1024
"""Most bytes of one protected answer."""
WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
ACTOR = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
SUBJECT = re.compile(r"[!-~]{1,300}")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        index: Its position in the log, from 0, without gaps.
        at: When, UTC, as ISO text.
        actor: Opaque id of who did it.
        verb: What they did.
        subject: To what.
        body: The particulars; never a value of a record.
    """

    index: int
    at: str
    actor: str
    verb: str
    subject: str
    body: Mapping[str, Json] = field(hash=False)

    def leaf(self) -> str:
        """The text that is hashed.

        Raises:
            BadInput: A part is no word or id, or the body is not plain JSON or too large; no value is told.
        """
        for name, pattern in (("actor", ACTOR), ("verb", WORD), ("subject", SUBJECT)):
            if not pattern.fullmatch(getattr(self, name)):
                raise BadInput(f"the {name} of an event is a short word or id without spaces", field=name)
        return plain(
            {
                "actor": self.actor, "at": self.at, "body": self.body, "index": self.index,
                "subject": self.subject, "verb": self.verb,
            }
        )  # fmt: skip

    @classmethod
    def of(cls, leaf: str) -> "Event":
        """The event of a text that was hashed."""
        return cls(**json.loads(leaf))


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that holds, in one version.

    Attributes:
        kind: What sort of thing, such as "agreement".
        id: Which one.
        version: From 1, without gaps.
        state: "current", or what the kind's states say.
        body: What holds.
        at: Since when, UTC, as ISO text.
    """

    kind: str
    id: str
    version: int
    state: str
    body: Mapping[str, Json] = field(hash=False)
    at: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A protected answer as it was decided.

    Attributes:
        answer_id: Its identity.
        spec_id: Identity of the question.
        project: The project that asked first.
        tree: The release as canonical JSON has it.
        at: When it was decided, UTC.
    """

    answer_id: str
    spec_id: str
    project: str
    tree: Mapping[str, Json] = field(hash=False)
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Spend:
    """An answer that was paid for; neither the answer nor its secret.

    Attributes:
        answer_id: Its identity.
        project: Who asked first, and paid.
        dataset: Whose records it is about.
        at: When, UTC.
        costs: Which budget and period paid how much, in millionths of rho; empty where the answer costs nothing.
    """

    answer_id: str
    project: str
    dataset: str
    at: datetime
    costs: Mapping[tuple[Budget, str], int] = field(hash=False)


@dataclass(frozen=True, kw_only=True)
class FrameAsked:
    """A group of people that a question was about, and on which versions of the records.

    Attributes:
        number: Order of arrival in the data set, from 0, without gaps.
        dataset: Whose records.
        frame_id: SHA-256 of the body.
        body: The group in words, as `query.frame` writes it; never who they are.
        versions: Version of every partition that says who they are, by name.
        project: Who asked first.
        at: When they did, UTC.
    """

    number: int
    dataset: str
    frame_id: str
    body: Mapping[str, Json] = field(hash=False)
    versions: Mapping[str, str] = field(hash=False)
    project: str
    at: datetime


def plain(value: Mapping[str, Json], *, most: int = LARGEST_BODY) -> str:
    """The canonical text of a value that may be kept.

    Args:
        value: What to write down.
        most: Most bytes it may have.

    Raises:
        BadInput: It is not plain JSON, is nested too deeply, holds half a character, or is too large.
    """
    try:
        text = canonical(value)
        size = len(text.encode())
    except (RecursionError, UnicodeEncodeError):
        raise BadInput("what is written down is plain JSON of whole characters, not deeply nested") from None
    if size > most:
        raise BadInput(f"what is written down has at most {most} bytes; name it by its hash instead")
    return text


def opened(text: str) -> dict[str, Json]:
    """The mapping of a canonical text this room wrote."""
    found: dict[str, Json] = json.loads(text)
    return found
