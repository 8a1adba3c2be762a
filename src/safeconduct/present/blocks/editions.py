"""What may be told of an edition's variables: counts as they were released, and withheld ones as withheld."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from safeconduct.model.editions import FileRelease, VariableFigures
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import Category, Variable
from safeconduct.model.text import Text, say
from safeconduct.present.blocks.insiders import figure
from safeconduct.present.blocks.risks import bar, edition
from safeconduct.present.blocks.texts import Said, key_values
from safeconduct.present.filling import fill
from safeconduct.present.words import Words

WITHHELD = say("withheld")


@dataclass(frozen=True, kw_only=True)
class _Row:
    code: str
    says: str
    count: int | None
    picture: Markup


def figures_table(words: Words, release: FileRelease, file: str, name: str) -> Markup:
    """A variable's released figures: rows by category, and what may be told of its numbers.

    A count that was withheld says so; it is never blank and never a zero. A variable no figure was released of says
    that.

    Args:
        words: The language.
        release: The edition.
        file: Name of the table.
        name: Name of the variable.

    Raises:
        TypeError: It is not a released edition.
        NotFound: The edition has no such variable.
    """
    variable = _variable(edition(release), file, name)
    found = next((one for one in release.figures if (one.file, one.name) == (file, name)), None)
    if found is None:
        return Markup("<p>{}</p>").format(words.say("No figures are told of this variable."))
    return fill(
        "figures_table",
        words,
        caption=say("Rows of the file by answer: {name}", name=variable.label),
        rows=_rows(words, found, variable),
        facts=key_values(words, _facts(words, found)),
        withheld=WITHHELD,
        training=release.training,
    )


def _variable(release: FileRelease, file: str, name: str) -> Variable:
    for one in release.files:
        if one.name == file and name in one:
            return one[name]
    raise NotFound("there is no such variable in this edition")


def _rows(words: Words, found: VariableFigures, variable: Variable) -> list[_Row]:
    labels = {one.code: one for one in variable.categories}
    most = max((one.count or 0 for one in found.categories), default=0) or 1
    return [
        _Row(
            code=one.code,
            says=_label(words, labels, one.code),
            count=one.count,
            picture=Markup("") if one.count is None else bar(one.count / most),
        )
        for one in found.categories
    ]


def _label(words: Words, labels: Mapping[str, Category], code: str) -> str:
    """What a code stands for, in the reader's language if there is one, else in any."""
    told = labels[code].labels if code in labels else {}
    return told.get(words.language) or next((text for text in told.values() if text), "")


def _facts(words: Words, found: VariableFigures) -> list[tuple[Text | str, Said]]:
    counts = [(say("Rows with an answer"), found.valid), (say("Rows without"), found.missing)]
    numbers = [
        (say("Smallest"), found.low),
        (say("Largest"), found.high),
        (say("Mean"), found.mean),
        (say("Standard deviation"), found.sd),
    ]
    asked = numbers if any(value for _, value in numbers) else []
    told: list[tuple[Text, object]] = [*counts, *((name, value or None) for name, value in asked)]
    return [(name, words.say(WITHHELD) if value is None else figure(words, value)) for name, value in told]
