"""What an engine is, and where engines are found."""

from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import replace
from typing import assert_never

from sqlglot import exp

from safeconduct.engines.drafts import Cell, drafted, in_order
from safeconduct.engines.relations import Relations, column
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadSpec
from safeconduct.model.outcomes import Admission, Draft, Evidence
from safeconduct.model.registry import Plugin, Registry
from safeconduct.query.operations import AggregatePlan, CountEvents, CountMoves, CountPeople, DailyPlaces, ModalPlaces


class Engine(Plugin, ABC):
    """A way to compute plans. All engines give the same draft for the same plan and rows."""

    def answer(self, plan: AggregatePlan, admission: Admission, relations: Relations) -> Draft:
        """Compute a plan over rows; a cell is in the draft if at least one person is in it.

        Raises:
            BadSpec: The plan makes no sense, such as movements between places a person has many of.
            WrongState: The rows are on another geography than the admission.
        """
        checked(plan, admission)
        cells = self.cells(plan, admission, relations)
        if Evidence.SITES in admission.wanted:
            cells = _with_sites(cells, admission, relations)
        return drafted(cells, plan=plan, admission=admission, relations=relations, engine=self.name)

    @abstractmethod
    def cells(self, plan: AggregatePlan, admission: Admission, relations: Relations) -> list[Cell]:
        """Every cell somebody is in, in any order, with its keys in the order of the output's; no `SITES` yet."""


engine: Registry[Engine] = Registry("engine", "safeconduct.engines")


def _with_sites(cells: list[Cell], admission: Admission, relations: Relations) -> list[Cell]:
    """The cells with the sites that stand in their areas; in the smaller of the two for movements."""
    at = in_order(admission.wanted).index(Evidence.SITES)
    standing = [_sites(key.level, relations) for key in admission.output.keys if key.level is not None]
    found = []
    for cell in cells:
        codes = [code for key, code in zip(admission.output.keys, cell.keys, strict=True) if key.level is not None]
        fewest = min(sites.get(code, 0) for sites, code in zip(standing, codes, strict=True) if code is not None)
        found.append(replace(cell, evidence=(*cell.evidence[:at], fewest, *cell.evidence[at + 1 :])))
    return found


def _sites(level: AreaLevel, relations: Relations) -> dict[object, int]:
    """Sites by area code."""
    areas = relations.geography.at(level)
    places = relations.cell_areas(level).as_("area", table=True)
    sites = relations.cell_areas(AreaLevel.SITE).as_("site", table=True)
    pairs = exp.select(column("area", "area").as_("area", quoted=True), column("area", "site").as_("site", quoted=True))
    pairs = pairs.from_(places).join(sites, on=exp.EQ(this=column("cell", "area"), expression=column("cell", "site")))
    found: dict[object, set[object]] = defaultdict(set)
    for area, site in relations.fetch(pairs):
        found[areas[int(str(area))].code].add(site)
    return {code: len(standing) for code, standing in found.items()}


def checked(plan: AggregatePlan, admission: Admission) -> None:
    """Say no to a plan whose parts do not fit.

    Raises:
        BadSpec: They do not fit each other, or the output of the admission.
    """
    keys, values = admission.output.keys, admission.output.values
    if _keys(plan) != tuple(key.name for key in keys) or len(values) != 1:
        raise BadSpec("the answer's columns are not those of the plan")
    if isinstance(plan, CountMoves) and not (_one_place(plan.origin) and _one_place(plan.destination)):
        raise BadSpec("movements need one place a person at both ends: daily places of one day, or modal places")
    if isinstance(plan, CountPeople) and isinstance(plan.source, ModalPlaces) and "day" in plan.by:
        raise BadSpec("modal places have no day to count by")


def _keys(plan: AggregatePlan) -> tuple[str, ...]:
    match plan:
        case CountPeople() | CountEvents():
            return plan.by
        case CountMoves():
            return ("area_from", "area_to")
        case _:
            assert_never(plan)


def _one_place(end: DailyPlaces | ModalPlaces) -> bool:
    return isinstance(end, ModalPlaces) or len(end.source.days) == 1
