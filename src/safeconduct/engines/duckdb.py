"""The engine for real data: SQL over encrypted Parquet, in this process."""

from datetime import date
from typing import ClassVar

from safeconduct.engines.base import Engine, engine
from safeconduct.engines.drafts import Cell, Name, in_order
from safeconduct.engines.portable import statement
from safeconduct.engines.relations import Relations
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import Admission
from safeconduct.model.output import Key
from safeconduct.query.operations import AggregatePlan


@engine
class DuckDB(Engine):
    """Computes inside DuckDB, from rollups wherever they give the exact answer."""

    name: ClassVar[str] = "duckdb"

    def cells(self, plan: AggregatePlan, admission: Admission, relations: Relations) -> list[Cell]:
        """One statement, then names for numbers."""
        keys, geography = admission.output.keys, relations.geography
        return [
            Cell(
                tuple(_named(key, at, geography) for key, at in zip(keys, row, strict=False)),
                _whole(row[len(keys)]),
                tuple(_whole(one) for one in row[len(keys) + 1 :]),
            )
            for row in relations.fetch(statement(plan, relations, in_order(admission.wanted), admission.bound))
        ]


def _named(key: Key, at: object, geography: Geography) -> Name:
    if at is None:
        return None
    return date.fromordinal(_whole(at)) if key.level is None else geography.at(key.level)[_whole(at)].code


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("the engine's statements give whole numbers")
    return value
