"""Signs in numbers, dates, uniqueness and links between tables."""

from collections.abc import Iterator, Sequence

import numpy as np

from safeconduct.ingest.proposing_rules.signs import Seen, Sign, Source
from safeconduct.model.microdata import DataFile, VariableRole, VariableType
from safeconduct.model.text import Text, say

ENOUGH = 30
NEARLY_ALL = 0.98
MOST = 0.7
DIGITS = (8, 15)
DECIMALS = 10_000
OLDEST = 120
YEARS_APART = 15 * 365
HOUSEHOLDS = (1.15, 15.0)
MANY = 50


def in_links(seen: Seen, file: DataFile, beside: Sequence[DataFile]) -> Iterator[Sign]:
    """What the descriptions say of links between tables: either end must keep a code, or the tables fall apart."""
    if seen.variable.name in file.link:
        says = say("It is the column by which rows of this table belong to those of another.")
        yield _sign(VariableRole.HOUSEHOLD, says, weight=9, sure=True)
    elif seen.variable.name in file.key and any(one.parent == file.name and one.link for one in beside):
        says = say("It is the column by which rows of another table belong to those of this one.")
        yield _sign(VariableRole.HOUSEHOLD, says, weight=9, sure=True)


def in_numbers(seen: Seen) -> Iterator[Sign]:
    """What the size and spread of numbers and dates show."""
    if seen.coded or len(seen.numbers) < ENOUGH:
        return
    match seen.variable.type:
        case VariableType.INTEGER:
            yield from _whole(seen)
        case VariableType.NUMBER:
            yield from _broken(seen)
            yield from _whole(seen)
        case VariableType.DATE:
            yield from _dates(seen)
        case _:
            return


def _sign(role: VariableRole, says: Text, *, weight: int, sure: bool = False, about: str = "") -> Sign:
    return Sign(role=role, says=says, source=Source.STRUCTURE, weight=weight, sure=sure, about=about)


def _whole(seen: Seen) -> Iterator[Sign]:
    if np.any(seen.numbers != np.floor(seen.numbers)):
        return
    size = np.abs(seen.numbers)
    least, most = 10.0 ** (DIGITS[0] - 1), 10.0 ** DIGITS[1]
    if np.mean((size >= least) & (size < most)) >= MOST and seen.share >= MOST:
        says = say("Its values are long numbers, nearly all different, like numbers of telephones or documents.")
        yield _sign(VariableRole.DIRECT, says, weight=4)
    if seen.variable.type is VariableType.INTEGER and seen.numbers.min() >= 0 and seen.numbers.max() <= OLDEST:
        yield _sign(VariableRole.QUASI, say("Its values are whole numbers that could be ages."), weight=1, about="age")


def _broken(seen: Seen) -> Iterator[Sign]:
    size = np.abs(seen.numbers)
    broken = np.mean(seen.numbers != np.floor(seen.numbers))
    fine = np.mean(np.abs(size * DECIMALS / 10 - np.round(size * DECIMALS / 10)) > 1e-6)  # noqa: PLR2004 - rounding of doubles
    if fine >= MOST and size.max() <= 180:  # noqa: PLR2004 - degrees of longitude
        says = say("Its values have many decimals and could be coordinates.")
        yield _sign(VariableRole.DIRECT, says, weight=1)
    if seen.numbers.min() > 0 and broken >= MOST:
        says = say("Its values are above zero and mostly not whole, as weights are.")
        yield _sign(VariableRole.WEIGHT, says, weight=1, about="weight")


def _dates(seen: Seen) -> Iterator[Sign]:
    spread = np.quantile(seen.numbers, 0.95) - np.quantile(seen.numbers, 0.05)
    if spread >= YEARS_APART:
        says = say("Its dates lie as far apart as dates of birth.")
        yield _sign(VariableRole.QUASI, says, weight=3, about="birth_date")
    else:
        says = say("It holds days, and others may know what happened on which day.")
        yield _sign(VariableRole.QUASI, says, weight=2, about="arrival")


def in_uniqueness(seen: Seen, *, whole: bool) -> Iterator[Sign]:
    """What it shows that nearly every row has its own value, or that equal ones stand together in all the rows."""
    kind = seen.variable.type
    if seen.coded or seen.filled < ENOUGH or kind not in {VariableType.INTEGER, VariableType.TEXT}:
        return
    spaced = sum(" " in one for one in seen.texts) > len(seen.texts) / 2
    if seen.share >= NEARLY_ALL and not spaced:
        says = say("Nearly every row has a value of its own: it may be a number or code for one person.")
        yield _sign(VariableRole.DIRECT, says, weight=3)
    size = seen.filled / seen.distinct
    if whole and seen.together and seen.distinct >= MANY and HOUSEHOLDS[0] <= size <= HOUSEHOLDS[1]:
        says = say("Rows with the same value stand together in small groups, as members of a household do.")
        yield _sign(VariableRole.HOUSEHOLD, says, weight=2, about="household_id")
