"""What all editions together tell, not only the new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from safeconduct.measures.codes import MISSING, Real, Whole, arrow_column, encode, grouped, of_codes
from safeconduct.measures.frequencies import frequencies
from safeconduct.model.editions import Finding
from safeconduct.model.microdata import RECORD, DataFile, Roles
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, at_least, file_rule
from safeconduct.release.linked import linked

MOST_COLUMNS = 60
Told = Mapping[str, Whole]
"""For each key what one edition tells of each record of all editions: a code, −1 where nothing."""


@file_rule
@dataclass(frozen=True, kw_only=True)
class VersionDifference(FileRule):
    """Stops an edition that, laid beside earlier ones, shows more of somebody than either alone.

    The intruder is given every edition that ever left, withdrawn ones too, and knows which rows are the same record:
    the worst case of linking by content. Of each record they then know, for each key, everything that any edition
    tells: a value in one and a band in another, two bands that overlap, a value here that was suppressed there. They
    also know in which editions the record stands: three people who came between two editions are a group of three.
    Records that agree in all of this cannot be told apart. The edition is stopped where some group has fewer than
    `minimum` records and would have had more, or did not exist, without this edition; what earlier editions gave away
    already cannot be taken back and stops nothing.

    So people who ask to be erased leave the next edition together with others, at least `minimum` with the same
    combination, or their rows are kept back with those of others. A key that was corrected for one person, or made
    random anew, differs from itself and stops the edition; suppressed in the new edition, it does not. The rule does
    not stop who compares answers that are no keys, such as an income that was corrected, nor who has other studies.

    Attributes:
        minimum: Records that must stay alike, 2 to 1,000,000; exactly as many are enough.
    """

    name: ClassVar[str] = "version_difference"
    title: ClassVar[Text] = Text("Editions together")

    minimum: int

    def __post_init__(self) -> None:
        at_least("minimum", self.minimum, 2)

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        return say(
            "Whoever has all editions still finds at least {minimum} records for every combination that the new "
            "edition changes.",
            minimum=self.minimum,
        )

    def check(self, subject: Subject) -> Finding:
        """Lay the draft beside every earlier edition, table by table."""
        if blind := _incomparable(subject):
            return self.found(
                say("Nothing tells the rows of {files} apart, so they cannot be laid beside an earlier edition.",
                    files=", ".join(blind)),
                passed=False,
                advice=say("Deposit the files again and say which columns tell their rows apart."),
            )  # fmt: skip
        wrong = {file.name: self._exposed(subject, file.name) for file in subject.draft.files}
        wrong = {name: count for name, count in wrong.items() if count}
        if not wrong:
            return self.found(say("The editions together show no more than each alone."), passed=True)
        told = ", ".join(f"{name}: {count}" for name, count in wrong.items())
        return self.found(
            say("Records in groups of fewer than {minimum} once all editions are laid side by side: {told}.",
                minimum=self.minimum, told=told),
            passed=False,
            advice=say(
                "Treat {files} as in the editions before, or more coarsely; suppress keys that were corrected; let "
                "rows come or go together with at least {minimum} that share their combination.",
                files=", ".join(wrong),
                minimum=self.minimum,
            ),
        )  # fmt: skip

    def _exposed(self, subject: Subject, name: str) -> int:
        """Records of a table that are worse off with the new edition, and too few to hide in."""
        earlier = [one for one in subject.previous if name in one.tables]
        if not earlier:
            return 0
        sources = [(one.release.files, one.tables) for one in earlier] + [(subject.draft.files, subject.tables)]
        records = [_records(tables[name]) for _, tables in sources]
        everybody = np.unique(np.concatenate(records))
        told = [
            _told(files, tables, subject.roles, name, np.searchsorted(everybody, mine), len(everybody))
            for (files, tables), mine in zip(sources, records, strict=True)
        ]
        there = [np.isin(everybody, mine).astype(np.int64) for mine in records]
        after = _alike(told, there)
        known = np.any(there[:-1], axis=0)
        before = np.full(len(everybody), np.inf)
        before[known] = _alike([_only(one, known) for one in told[:-1]], [one[known] for one in there[:-1]])
        return int(((after < self.minimum) & (after < before)).sum())


def _incomparable(subject: Subject) -> list[str]:
    """Tables known by the places of their rows only, of which an edition made of other records left before."""
    others = [one for one in subject.previous if one.release.data_version != subject.draft.data_version]
    return [name for name in subject.draft.by_position if any(name in one.tables for one in others)]


def _records(table: Table) -> Whole:
    return np.asarray(table.arrow.column(RECORD).to_numpy(), dtype=np.int64)


def _told(
    files: Sequence[DataFile], tables: Mapping[str, Table], roles: Roles, name: str, at: Whole, count: int
) -> Told:
    table, design = linked(files, tables, roles, name)
    found = {}
    for key in design.keys:
        codes = np.full(count, MISSING, dtype=np.int64)
        codes[at] = encode(arrow_column(table, key))[0]
        found[key] = codes
    return found


def _only(told: Told, rows: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Told:
    return {key: codes[rows] for key, codes in told.items()}


def _alike(told: Sequence[Told], there: Sequence[Whole]) -> Real:
    """For each record how many cannot be told from it, itself included, by whoever has all these editions."""
    rows = len(there[0])
    columns = [grouped(list(there), [2] * len(there), rows)[0]]
    for key in dict.fromkeys(key for one in told for key in one):
        columns += _telling([one[key] for one in told if key in one])
    if len(columns) > MOST_COLUMNS:
        columns = columns[:1] + _packed(columns[1:])
    codes = np.array(columns, dtype=np.int64)
    sizes = tuple(int(one.max(initial=0)) + 1 for one in columns)
    found = of_codes(tuple(str(place) for place in range(len(columns))), codes, sizes)
    return frequencies(found).of(found.of).sample


def _telling(columns: Sequence[Whole]) -> list[Whole]:
    """The columns without those that say nothing that another says not."""
    kept: list[Whole] = []
    for column in columns:
        if any(_says_all(other, column) for other in kept):
            continue
        kept = [other for other in kept if not _says_all(column, other)]
        kept.append(column)
    return kept


def _says_all(finer: Whole, coarser: Whole) -> bool:
    """Whether whoever knows one column knows the other."""
    rows = coarser >= 0
    if np.any(finer[rows] < 0):
        return False
    sizes = [int(one.max(initial=0)) + 1 for one in (finer, coarser)]
    _, pairs = grouped([finer[rows], coarser[rows]], sizes, int(rows.sum()))
    return pairs == len(np.unique(finer[rows]))


def _packed(columns: Sequence[Whole]) -> list[Whole]:
    """Too many columns as one, in which a missing value is a value of its own: stricter, never laxer."""
    sizes = [int(one.max(initial=0)) + 1 for one in columns]
    return [grouped(list(columns), sizes, len(columns[0]))[0]]
