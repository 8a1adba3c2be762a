"""Sentences people read, kept apart from the language they are read in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TextValue = str | int


@dataclass(frozen=True)
class Text:
    """A sentence as its English form and the values that fill it; `present.render` says it in a language.

    The English form is the gettext id and is what the ledger keeps. A value is public by construction:
    a policy's number, a name of a kind, a date asked for; never a count from data.

    Attributes:
        id: The English sentence with `{name}` placeholders.
        values: What fills the placeholders; a `Text` is not a value, join sentences instead. One whose name ends
            in `_said` is itself an English text, or several with commas between, that the reader's language says too.

    Example:
        >>> str(Text("Ask for days until {last}.", {"last": "2026-03-28"}))
        'Ask for days until 2026-03-28.'
    """

    id: str
    values: Mapping[str, TextValue] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """The English sentence."""
        return self.id.format(**self.values) if self.values else self.id

    def to_json(self) -> dict[str, object]:
        """The form the ledger and the API keep."""
        return {"id": self.id, "values": dict(self.values)}


def say(sentence: str, /, **values: TextValue) -> Text:
    """A `Text` in the shape that is easiest to write; also the marker translators' tools look for."""
    return Text(sentence, values)
