"""Consent travels with the record: without a yes to research it enters nothing that others get.

The rule is about records of cases, told by the names of the Human Trafficking Case Data Standard: the person agreed
(`con_Consent`) and agreed to research with what does not identify them (`con_ConsentResearch`, the fourth of the seven
questions the standard asks). A table of cases without these columns has no yes in it.
"""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.microdata import DataFile, Variable, VariableType

CONSENT = "con_Consent"
RESEARCH = "con_ConsentResearch"
NEEDED = (CONSENT, RESEARCH)
"""Columns that must both say yes."""

YES = frozenset({"true", "yes", "y", "1", "1.0", "x", "✓", "☑", "checked", "oui", "sí", "si", "نعم"})
NO = frozenset({"false", "no", "n", "0", "0.0", "☐", "unchecked", "non", "لا"})
"""What an answer may hold, in small letters; what is in neither is no yes."""

_OF_CASES = re.compile(r"(?:prs|vic|per|cas|cco|hte|spl|con)_[A-Z][a-z].*")  # codespell:ignore
FEWEST = 3


def is_of_cases(file: DataFile) -> bool:
    """Whether a table holds records of cases: a column of consent, or three columns named as the standard does."""
    names = [one.rsplit("/", 1)[-1] for one in file.names]
    return any(is_consent(one) for one in names) or sum(bool(_OF_CASES.fullmatch(one)) for one in names) >= FEWEST


def is_consent(name: str) -> bool:
    """Whether a column, whatever group it stands in, tells of one of the answers of consent."""
    return name.rsplit("/", 1)[-1].casefold().startswith(CONSENT.casefold())


def consent_columns(file: DataFile) -> tuple[str, ...]:
    """The columns that must say yes, `()` where one is lacking: then nobody of this table said yes."""
    found = tuple(_column(file, wanted) for wanted in NEEDED)
    return found if all(found) else ()


def _column(file: DataFile, wanted: str) -> str:
    mine = [one for one in file.names if one.rsplit("/", 1)[-1].casefold() == wanted.casefold()]
    return mine[0] if len(mine) == 1 else ""


def agreed(cells: pa.ChunkedArray, variable: Variable) -> pa.ChunkedArray:
    """In which rows a column says yes; never unknown, and anything that is not plainly yes is none.

    Where the column has labelled codes the labels decide, else the values.
    """
    if variable.type is VariableType.BOOLEAN:
        return pc.fill_null(cells, pa.scalar(value=False))
    texts = pc.utf8_trim_whitespace(cells.cast(pa.string()))
    labelled = [one for one in variable.categories if one.labels and not one.missing]
    if labelled:
        yes = {one.code for one in labelled if all(text.strip().casefold() in YES for text in one.labels.values())}
    else:
        yes = {one for one in pc.unique(texts).to_pylist() if one is not None and one.casefold() in YES}
    return pc.fill_null(pc.is_in(texts, value_set=pa.array(sorted(yes), pa.string())), pa.scalar(value=False))


def agreed_to_research(columns: Sequence[pa.ChunkedArray], variables: Sequence[Variable]) -> pa.ChunkedArray:
    """In which rows every one of these columns says yes."""
    mask = agreed(columns[0], variables[0])
    for cells, variable in zip(columns[1:], variables[1:], strict=True):
        mask = pc.and_(mask, agreed(cells, variable))
    return mask
