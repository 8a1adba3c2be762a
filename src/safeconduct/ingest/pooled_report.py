"""What bringing a share into a pool's form does to it, column by column; and where shares do not fit each other.

A share's own report is for its own organisation: codes outside a list are what stands in its cells. What the hosting
steward and the comparison of shares see is the summary, which holds words of code lists and never a cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by
from enum import StrEnum
from itertools import chain

from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say


class Fit(StrEnum):
    """What becomes of a column of a share."""

    MAPPED = "mapped"
    COMPARED = "used for comparing only"
    LEFT_OUT = "left out"
    UNKNOWN = "not known to the standard"


class Grain(StrEnum):
    """How fine a column tells its values."""

    DAY = "days"
    MONTH = "months"
    YEAR = "years"
    NUMBER = "numbers"
    BAND = "bands"
    MIXED = "several ways"


@dataclass(frozen=True, kw_only=True)
class CodeLine:
    """A code that the standard's list does not have; from the organisation's own cells, for its own eyes.

    Attributes:
        code: What stands in the cells.
        suggestion: The code of the list that its label or spelling fits, `""` for none.
        label: What that code stands for.
    """

    code: str = made_by(repr=False)
    suggestion: str
    label: str


@dataclass(frozen=True, kw_only=True)
class ColumnLine:
    """What becomes of a column of a share.

    Attributes:
        column: Its name in the share.
        fit: What becomes of it.
        field: The field of the standard it is, `""` for none.
        says: What is lost, or what to do, in a sentence.
        codes: Codes outside the list.
        grain: How fine it tells, `None` where that means nothing.
        suggestion: A correction that would help, `None` where somebody must think.
    """

    column: str
    fit: Fit
    field: str
    says: Text
    codes: tuple[CodeLine, ...] = ()
    grain: Grain | None = None
    suggestion: Step | None = None


@dataclass(frozen=True, kw_only=True)
class FieldSummary:
    """What may be told beyond the organisation of one field of its share: no cell, no count.

    Attributes:
        field: The field of the standard.
        mapped: It is in the harmonised form.
        strange_codes: Some codes are outside the list.
        grain: How fine it tells.
        bands: Its bands, where it tells bands.
        meanings: What each code stands for by the code list that came with the share.
    """

    field: str
    mapped: bool
    strange_codes: bool = False
    grain: Grain | None = None
    bands: tuple[str, ...] = ()
    meanings: Mapping[str, str] = made_by(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class ShareReport:
    """What bringing a share into the pool's form did.

    Attributes:
        columns: Every column of the share, in order.
        absent: Fields of the target that the share does not fill.
        summary: What may be told beyond the organisation.
    """

    columns: tuple[ColumnLine, ...]
    absent: tuple[str, ...]
    summary: tuple[FieldSummary, ...]


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Where shares do not fit each other.

    Attributes:
        field: The field of the standard.
        says: What differs, in a sentence without names.
        shares: Ids of the shares it is between.
    """

    field: str
    says: Text
    shares: tuple[str, ...]


def conflicts(summaries: Mapping[str, Sequence[FieldSummary]]) -> tuple[Conflict, ...]:
    """Where shares do not fit each other: one code with two meanings, other bands, other grains.

    Args:
        summaries: What may be told of each share, by its id.

    Example:
        >>> years = FieldSummary(field="hte_Date", mapped=False, grain=Grain.YEAR)
        >>> days = FieldSummary(field="hte_Date", mapped=True, grain=Grain.DAY)
        >>> [one.field for one in conflicts({"a": [years], "b": [days]})]
        ['hte_Date']
    """
    fields = dict.fromkeys(one.field for one in chain.from_iterable(summaries.values()))
    by_field = {
        name: {share: one for share, found in summaries.items() for one in found if one.field == name}
        for name in fields
    }
    return tuple(one for name, held in by_field.items() for one in _of_field(name, held))


def _of_field(name: str, held: Mapping[str, FieldSummary]) -> Iterator[Conflict]:
    grains = {one.grain.value for one in held.values() if one.grain}
    if len(grains) > 1:
        told = ", ".join(sorted(grains))
        yield Conflict(field=name, shares=tuple(held),
                       says=say("It is told in {grains}; agree on one of them.", grains=told))  # fmt: skip
    if len({one.bands for one in held.values() if one.bands}) > 1:
        yield Conflict(field=name, shares=tuple(held), says=say("The bands differ; agree on the same ones."))
    for code in dict.fromkeys(code for one in held.values() for code in one.meanings):
        meanings = {share: one.meanings[code] for share, one in held.items() if code in one.meanings}
        if len(set(meanings.values())) > 1:
            yield Conflict(field=name, shares=tuple(meanings),
                           says=say("The code {code} stands for different things.", code=code))  # fmt: skip
