"""What can go wrong, as one tree.

SafeconductError
├── BadInput                 what was handed in cannot be used; the message says what to do
│   ├── BadSpec              a question that cannot be understood
│   ├── UnknownName          a name nobody registered
│   ├── BadMapping           a mapping file that does not describe its files
│   └── BadSettings          a settings file that cannot be used
├── DuplicateName            two plug-ins share a name
├── NotPermitted             the agreement in force does not allow it
│   └── OverBudget           what its protection level lets out is not enough for this
├── NotSignedIn              nobody, or nobody we know
├── NotFound                 absent, or not yours: the two are alike
├── WrongState               right thing, wrong moment
├── TooMany                  slow down, or send less
├── Cancelled                somebody asked to stop; nothing was changed
├── BrokenPromise            another program did not keep its word
│   ├── Unreadable           a file cannot be read as what it says it is
│   ├── StoreFull            the disk is full; nothing was lost
│   └── Tampered             bytes are not what their signature or digest says
└── Unsafe                   going on would weaken protection

No message holds a value of a record: not a number, a name, a pseudonym, or an unreleased count.
"""

from safeconduct.model.text import Text


class SafeconductError(Exception):
    """Root of the tree; carries a `Text` so that it can be told in the reader's language.

    Attributes:
        text: The message, not yet rendered.
        field: Which part of the input it is about, `""` if it is about all of it.
        sentence: What a log may hold: the sentence as the program has it, without what stood in its places; `""` where
            the message was put together, so that nobody can tell the two apart.
    """

    def __init__(self, text: Text | str, *, field: str = "") -> None:
        self.text = text if isinstance(text, Text) else Text(text)
        self.field = field
        self.sentence = text.id if isinstance(text, Text) else ""
        super().__init__(str(self.text))


class BadInput(SafeconductError):
    """What was handed in cannot be used."""


class BadSpec(BadInput):
    """A question that cannot be understood."""


class UnknownName(BadInput, KeyError):
    """A name nobody registered."""

    def __str__(self) -> str:
        """The sentence, without the quotes `KeyError` adds."""
        return str(self.text)


class BadMapping(BadInput):
    """A mapping file that does not describe its files."""


class BadSettings(BadInput):
    """A settings file that cannot be used."""


class DuplicateName(SafeconductError):
    """Two plug-ins share a name."""


class NotPermitted(SafeconductError):
    """The agreement in force does not allow it."""


class OverBudget(NotPermitted):
    """What a protection level lets out does not reach for this question; expected, and told without a number.

    `field` says whose budget it is, as `outcomes.Budget` names it.
    """


class NotSignedIn(SafeconductError):
    """Nobody, or nobody we know."""


class NotFound(SafeconductError):
    """Absent, or not yours: the two are told alike."""


class WrongState(SafeconductError):
    """The right thing at the wrong moment."""


class TooMany(SafeconductError):
    """Too often or too much."""


class Cancelled(SafeconductError):
    """Somebody asked to stop, and it stopped."""


class BrokenPromise(SafeconductError):
    """Another program did not keep its word."""


class Unreadable(BrokenPromise):
    """A file cannot be read as what it says it is."""


class StoreFull(BrokenPromise):
    """The disk is full; what was committed before is untouched."""


class Tampered(BrokenPromise):
    """Bytes are not what their signature or digest says."""


class Unsafe(SafeconductError):
    """Going on would weaken protection."""
