"""Cells of an answer as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import pyarrow as pa

from safeconduct.engines.relations import Relations
from safeconduct.model.canonical import digest
from safeconduct.model.errors import WrongState
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence, Provenance
from safeconduct.model.table import Table
from safeconduct.query.operations import AggregatePlan
from safeconduct.query.reading import reads

Name = date | str | None


@dataclass(frozen=True, repr=False)
class Cell:
    """One cell of an answer; its `repr` says nothing.

    Attributes:
        keys: Day or area code, in the order of the output's keys; `None` where the area is unknown.
        value: What was counted.
        evidence: The evidence wanted, in the order of `Evidence`.
    """

    keys: tuple[Name, ...]
    value: int
    evidence: tuple[int, ...]

    @property
    def place(self) -> tuple[tuple[bool, str], ...]:
        """Where it stands among the others: by its keys, unknown last."""
        return tuple((key is None, "" if key is None else str(key)) for key in self.keys)


def in_order(wanted: frozenset[Evidence]) -> tuple[Evidence, ...]:
    """Evidence in the order in which cells bring it."""
    return tuple(one for one in Evidence if one in wanted)


def drafted(
    cells: Sequence[Cell], *, plan: AggregatePlan, admission: Admission, relations: Relations, engine: str
) -> Draft:
    """Cells, in any order, as a draft: rows sorted by their keys, unknown ones last.

    Raises:
        WrongState: The geography is another than the one the question was admitted with.
    """
    if relations.geography.id != admission.facts.geography.id:
        raise WrongState("the geography changed since the question was admitted; ask again")
    rows = sorted(cells, key=lambda cell: cell.place)
    names = in_order(admission.wanted)
    return Draft(
        output=admission.output,
        table=Table(pa.table(_columns(rows, admission))),
        evidence=Table(pa.table({
            one.value: pa.array([row.evidence[at] for row in rows], type=pa.int64()) for at, one in enumerate(names)
        })),
        status=(CellStatus.VALUE,) * len(rows),
        reasons=("",) * len(rows),
        provenance=_provenance(plan, admission, relations, engine),
    )  # fmt: skip


def _columns(rows: Sequence[Cell], admission: Admission) -> Mapping[str, pa.Array]:
    columns = {
        key.name: pa.array([row.keys[at] for row in rows], type=pa.date32() if key.level is None else pa.string())
        for at, key in enumerate(admission.output.keys)
    }
    return columns | {admission.output.values[0].name: pa.array([row.value for row in rows], type=pa.int64())}


def _provenance(plan: AggregatePlan, admission: Admission, relations: Relations, engine: str) -> Provenance:
    reading = reads(plan)
    partitions = relations.versions(reading.days, reading.events)
    return Provenance(
        dataset=relations.dataset,
        spec=admission.spec,
        spec_id=admission.spec_id,
        partitions=partitions,
        geography=relations.geography.id,
        data_version=digest({"partitions": partitions, "geography": relations.geography.id}),
        code=version("safeconduct"),
        engine=engine,
        zone=relations.zone,
    )
