"""The same intruder against files of records: what somebody who knows a few things of people finds in a release."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from safeconduct.attack.base import Finding, untried
from safeconduct.measures.attacks.intruder import (
    ABSENT,
    Case,
    Game,
    editions,
    inference,
    linkage,
    membership,
    singling_out,
)
from safeconduct.model.errors import BadInput
from safeconduct.model.table import Table

MOST_PEOPLE = 5000
GUESSES = 2000
CHANCE = 0.5
FEWEST = 20
PARQUET = ".parquet"
CONTROL = " control"
"""Marks people who are in no release; the space keeps it apart from any column a file has."""
Tell: TypeAlias = Callable[[str, int, int], None]
Whole: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is known, and how guesses are judged.

    Attributes:
        aux: Files of what the intruder knows of people; each is an intruder of their own.
        truth: A column that says which record is whose; never used to recognise people. Where the release has it too,
            equal values belong together; where it has not, the value is the number of the record, 1 being the first.
            Empty where nobody knows.
        sensitive: A column that the intruder wants to know; in both files, and never used to recognise people. Without
            one nothing is inferred.
        control: A file like `aux` of people who are in no release. Without it, people of `aux` without a record are.
    """

    aux: Sequence[Path]
    truth: str = ""
    sensitive: str = ""
    control: Path | None = None


def attack_files(
    releases: Sequence[Path],
    knowledge: Knowledge,
    *,
    guesses: int = GUESSES,
    rng: np.random.Generator,
    tell: Tell | None = None,
) -> dict[str, Any]:
    """Play every game against every release, once for each intruder.

    Args:
        releases: CSV or Parquet files of records; editions of the same data in the order they came out.
        knowledge: What is known.
        guesses: Guesses to make where the files have records and people enough.
        rng: The intruder's own guesses.
        tell: Told of steps.

    Returns:
        `releases`: a block for each release and intruder, with the `attacks` by name as for a site.

    Raises:
        BadInput: A file cannot be read, or has none of the columns of the others.
    """
    told = {path: read(path) for path in releases}
    control = None if knowledge.control is None else read(knowledge.control)
    blocks: list[dict[str, Any]] = []
    for aux in knowledge.aux:
        known = _with(read(aux), control, rng)
        for number, path in enumerate(releases):
            former = told[releases[number - 1]] if number else None
            play = _Play(_Files(known, told[path], former), knowledge, guesses, rng)
            blocks.append({"file": path.name, "aux": aux.name, **play.block(path.name, aux.name)})
            if tell is not None:
                tell(path.name, len(blocks), len(knowledge.aux) * len(releases))
    return {"releases": blocks}


def read(path: Path) -> Table:
    """A file of records.

    Raises:
        BadInput: It cannot be read; the message names the file and never what is in it.
    """
    try:
        if path.suffix.lower() == PARQUET:
            return Table(pa.parquet.read_table(path))
        options = pa.csv.ConvertOptions(strings_can_be_null=True, null_values=["", "NA", "."])
        return Table(pa.csv.read_csv(path, convert_options=options))
    except OSError:
        raise BadInput(f"{path.name} cannot be opened; check its name and that you may read it") from None
    except (pa.ArrowException, ValueError):
        raise BadInput(f"{path.name} is neither CSV in UTF-8 with names in its first row nor Parquet") from None


def _with(known: Table, control: Table | None, rng: np.random.Generator) -> Table:
    """People known, at most so many, with the controls below them."""
    some = np.sort(rng.permutation(len(known))[:MOST_PEOPLE])
    mine = Table(known.arrow.take(some)).having(**{CONTROL: [False] * len(some)})
    if control is None:
        return mine
    others = Table(control.arrow.take(np.sort(rng.permutation(len(control))[:MOST_PEOPLE])))
    others = others.having(**{CONTROL: [True] * len(others)})
    try:
        return Table(pa.concat_tables([mine.arrow, others.arrow], promote_options="permissive"))
    except pa.ArrowException:
        raise BadInput("the control file's columns hold other sorts of values than the aux file's") from None


@dataclass(frozen=True, eq=False, repr=False)
class _Files:
    """What is compared.

    Attributes:
        known: People.
        told: The release.
        former: The release before it, if there is one.
    """

    known: Table
    told: Table
    former: Table | None


@dataclass(frozen=True, eq=False, repr=False)
class _Play:
    files: _Files
    knowledge: Knowledge
    guesses: int
    rng: np.random.Generator

    def block(self, release: str, aux: str) -> dict[str, Any]:
        """Every game against one release."""
        known, told = self.files.known, self.files.told
        aside = {self.knowledge.truth, self.knowledge.sensitive, CONTROL}
        columns = tuple(name for name in known.columns if name in told.columns and name not in aside)
        if not columns:
            raise BadInput(f"{release} and {aux} have no column in common; give the same names to the same things")
        case = Case(known, told, columns, truth_of(known, told, self.knowledge.truth))
        found = {
            "linkage": self._linkage(case),
            "singling_out": self._singling_out(case),
            "inference": self._inference(case),
            "membership": self._membership(case),
            "editions": self._editions(case),
        }
        return {
            "records": len(told),
            "people": len(known),
            "columns": list(columns),
            "attacks": {name: _tree(one) for name, one in found.items()},
        }

    def _linkage(self, case: Case) -> Finding:
        if not len(case.inside):
            return untried("share", chance=0.0, note="Nobody knows whose record is whose: give --truth-column.")
        note = f"{len(case.inside)} people were looked for by {len(case.columns)} columns."
        return _share(linkage(case, self.rng), note)

    def _singling_out(self, case: Case) -> Finding:
        game = singling_out(self._members(case), self.guesses, self.rng)
        return _share(game, "Records that no other is like were described; exactly one known person had to answer.")

    def _inference(self, case: Case) -> Finding:
        name = self.knowledge.sensitive
        if not name or name not in case.known.columns or name not in case.told.columns:
            return untried("share", chance=0.0, note="No column to infer is in both files: give --sensitive.")
        people, control = self._groups(case)
        found = inference(case, name, self.rng, among=people)
        if len(control) < FEWEST:
            return _share(found, "Chance is the commonest answer; there is no control group.")
        others = inference(case, name, self.rng, among=control).found.value
        beyond = (found.found.value - others) / (1 - others) if others < 1 else 0.0
        note = f"Of people who are not in the file {others:.2f} were guessed right: the file adds {beyond:.2f}."
        return _share(found, note, outside=others, beyond=beyond)

    def _membership(self, case: Case) -> Finding:
        people, control = self._groups(case)
        if min(len(people), len(control)) < FEWEST:
            return untried("auc", chance=CHANCE, note="There are no people who are not in the file: give --control.")
        inside = np.full(len(case.known), ABSENT, dtype=np.int64)
        inside[people] = 0
        some = np.concatenate([people, control])
        game = membership(Case(Table(case.known.arrow.take(some)), case.told, case.columns, inside[some]))
        return Finding(
            metric="auc",
            accuracy=None,
            auc=game.found.value,
            bits=None,
            chance=game.chance,
            ci=(game.found.low, game.found.high),
            n=game.found.n,
            note=f"{len(people)} people of the file were told from {len(control)} others by their nearest record.",
        )

    def _editions(self, case: Case) -> Finding:
        if self.files.former is None:
            return untried("share", chance=0.0, note="This is the only edition, or the first.")
        before = truth_of(case.known, self.files.former, self.knowledge.truth)
        late = np.where(before == ABSENT, case.truth, ABSENT)
        if not (late != ABSENT).any():
            return untried("share", chance=0.0, note="Nobody is known to have come after the edition before.")
        game = editions(Case(case.known, case.told, case.columns, late), self.files.former, self.rng)
        return _share(game, "People who came later were looked for among new records; chance is among all of them.")

    def _groups(self, case: Case) -> tuple[Whole, Whole]:
        """People of the file, and people who are not in it."""
        apart = np.array(case.known.column(CONTROL), dtype=bool)
        mine, others = np.flatnonzero(~apart), np.flatnonzero(apart)
        if not len(case.inside):
            return mine, others
        return np.setdiff1d(case.inside, others), others if len(others) else case.outside

    def _members(self, case: Case) -> Case:
        """The same without people who are not in the file."""
        people, _ = self._groups(case)
        return Case(Table(case.known.arrow.take(people)), case.told, case.columns, case.truth[people])


def truth_of(known: Table, told: Table, column: str) -> Whole:
    """The record of each person, −1 where there is none or nobody knows.

    Raises:
        BadInput: The column is not in the aux file, or names several records alike.
    """
    if not column:
        return np.full(len(known), ABSENT, dtype=np.int64)
    if column not in known.columns:
        raise BadInput(f"the aux file has no column '{column}'; name the one that says whose record is whose")
    mine = known.arrow.column(column)
    if column not in told.columns:
        return _numbered(mine, len(told))
    words = pc.cast(told.arrow.column(column), pa.string()).combine_chunks()
    if pc.count_distinct(words).as_py() != len(words) - words.null_count:
        raise BadInput(f"'{column}' names several records of a release alike; name a column that has each once")
    places = pc.index_in(pc.cast(mine, pa.string()), value_set=words, skip_nulls=True)
    return np.asarray(pc.fill_null(places, ABSENT).to_numpy()).astype(np.int64)


def _numbered(mine: pa.ChunkedArray, records: int) -> Whole:
    """Numbers of records from 1; what is none, or beyond the file, is nobody of the file."""
    if not pa.types.is_integer(mine.type):
        return np.full(len(mine), ABSENT, dtype=np.int64)
    numbers = np.asarray(pc.fill_null(mine, 0).to_numpy()).astype(np.int64)
    return np.where((numbers >= 1) & (numbers <= records), numbers - 1, ABSENT)


def _share(game: Game, note: str, **also: float) -> Finding:
    found = game.found
    return Finding(metric="share", accuracy=None, auc=None, bits=None, chance=game.chance,
                   ci=(found.low, found.high), n=found.n, note=note, share=found.value, also=also)  # fmt: skip


def _tree(one: Finding) -> dict[str, Any]:
    """As the report on a site has it."""
    tree = asdict(one)
    kept = {name: tree[name] for name in ("metric", "accuracy", "auc", "bits", "chance", "ci", "n")}
    return {**kept, "value": one.value, **one.also, "note": one.note}
