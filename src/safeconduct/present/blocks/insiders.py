"""What every block of insiders' figures stands on: it takes an `Insight`, and says for whom it is wherever it is shown.

Explanations that hold figures are handed over beside an insight only, so that they cannot be shown without its mark.
"""

from decimal import Decimal, InvalidOperation
from math import floor, log10

from markupsafe import Markup

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Insight
from safeconduct.present.filling import fill
from safeconduct.present.words import Words

SMALLEST, FINEST = 0.0001, 4


def inside(thing: object, *columns: str) -> list[dict[str, object]]:
    """Rows of an insight, if it is one: the check at the edge of every block of insiders' figures.

    Args:
        thing: What a page handed over.
        *columns: Columns its table must have.

    Raises:
        TypeError: It is no insight: nothing else may be shown.
        BadInput: A column is not there.
    """
    if not isinstance(thing, Insight):
        raise TypeError(f"only an Insight can be shown here, not a {type(thing).__name__}")
    if missing := [name for name in columns if name not in thing.table.columns]:
        raise BadInput(f"the insight needs the columns {', '.join(missing)}")
    return thing.table.rows()


def matching(rows: list[dict[str, object]], lines: int) -> list[dict[str, object]]:
    """The same rows, if there is one for every line of words beside them.

    Raises:
        BadInput: There are more or fewer.
    """
    if len(rows) != lines:
        raise BadInput("the insight must have one row for every line beside it")
    return rows


def for_insiders(words: Words, insight: Insight, *body: Markup) -> Markup:
    """Blocks under the mark that says for whom they are; the mark is printed too."""
    return fill("for_insiders", words, audience=insight.audience, body=body)


def amount(value: object) -> float | None:
    """A figure as a number; texts such as `0.031` count, anything else is `None`.

    Example:
        >>> amount("0.25"), amount("below 3"), amount(True)
        (0.25, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        return None
    return float(read) if read.is_finite() else None


def figure(words: Words, value: object) -> str:
    """A figure as people there write it, the smaller the finer; words stay words, and what is not known says so."""
    number = amount(value)
    if number is None:
        return words.say("not told") if value is None or value == "" else words.say(str(value))
    if 0 < abs(number) < SMALLEST:
        return words.say("less than {least}", least=words.number(SMALLEST, digits=4))
    return words.number(number, digits=_digits(number))


def _digits(number: float) -> int:
    """Digits after the point that show three figures and no nought at the end."""
    if number == 0:
        return 0
    digits = min(max(2 - floor(log10(abs(number))), 0), FINEST)
    while digits and round(number, digits) == round(number, digits - 1):
        digits -= 1
    return digits


def share(words: Words, value: object) -> str:
    """A share between 0 and 1 in percent; what is no number stays as `figure` tells it."""
    number = amount(value)
    if number is None:
        return figure(words, value)
    return words.say("{count}%", count=figure(words, round(100 * number, 10)))
