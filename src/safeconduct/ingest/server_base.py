"""What a kind of server must bring so that surveys can be pulled from it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from safeconduct.ingest.server_line import Line
from safeconduct.keys.credentials import Credential
from safeconduct.model.errors import BadInput, BrokenPromise, Unreadable
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.text import say


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One interview as a server has it.

    Attributes:
        id: The server's own id of it; stays the same when it is edited.
        version: Changes whenever it is edited.
        answers: What was answered, as the server nests it; empty in a list of what there is.
    """

    id: str
    version: str
    answers: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)

    def __repr__(self) -> str:
        """Nothing of it."""
        return "Submission()"


@dataclass(frozen=True, kw_only=True)
class FormFile:
    """The form that answers were given to, as a file a reader of forms knows.

    Attributes:
        ending: What its name ends in.
        content: Its bytes.
    """

    ending: str
    content: bytes = field(repr=False)


class SurveyServer(Plugin, ABC):
    """Speaks to one kind of server; only reads.

    Attributes:
        few: Up to so many interviews are asked for one by one instead of reading all pages again.
    """

    few: ClassVar[int] = 200

    @abstractmethod
    def headers(self, credential: Credential) -> Mapping[str, str]:
        """What tells the server who asks.

        Raises:
            BadSettings: The credential is not of the form this server wants.
        """

    @abstractmethod
    def check(self, form: str) -> None:
        """Hold the id of a form to what this server's ids are; nothing is asked.

        Raises:
            BadInput: It is none.
        """

    @abstractmethod
    def form(self, line: Line, form: str) -> FormFile | None:
        """The form, `None` where the server does not have it as a form's author wrote it."""

    @abstractmethod
    def listed(self, line: Line, form: str) -> Iterator[Submission]:
        """Every interview there is now, without its answers."""

    @abstractmethod
    def every(self, line: Line, form: str) -> Iterator[Submission]:
        """Every interview with its answers; one may come twice while others arrive."""

    @abstractmethod
    def chosen(self, line: Line, form: str, ids: Sequence[str]) -> Iterator[Submission]:
        """These interviews with their answers; those that are gone are left out."""


servers: Registry[SurveyServer] = Registry("survey server", "safeconduct.ingest.servers")


def member(tree: object, name: str, sort: type) -> Any:
    """A part of an answer.

    Raises:
        Unreadable: It is not there, or of another kind; nothing of it is told.
    """
    found = tree.get(name) if isinstance(tree, Mapping) else None
    if not isinstance(found, sort) or isinstance(found, bool):
        raise Unreadable(
            say("The server's answers are not as its API has them; look at its address and the form's id.")
        )
    return found


def no_such_form() -> BadInput:
    """An id that no form of this kind of server has."""
    return BadInput(say("This is no id of a form on such a server; copy it from the form's address."), field="form")


def out_of_order() -> BrokenPromise:
    """What is said of a list that changed while it was read, so that interviews would be missing from it."""
    return BrokenPromise(
        say("The server's list of interviews changed while it was read; nothing was changed here. Pull again.")
    )
