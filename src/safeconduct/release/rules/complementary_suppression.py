"""No withheld figure that can be worked out from told ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadInput
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.text import Text, say
from safeconduct.protect.hierarchies import NOBODY, Chain, Figure, Node, across, along
from safeconduct.protect.protection import Protection
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.base import TOO_FEW, Rule, output_rule
from safeconduct.release.evidence import brought
from safeconduct.release.listing import found_cells
from safeconduct.release.universe import Cell, Name, known, listed, names, status_of

LEAST, MOST, MOST_REACH = 2, 1_000_000, 1_000_000
ADD_UP = frozenset({Measure.PEOPLE, Measure.MAGNITUDE})
Table = dict[Cell, Figure]


@output_rule
@dataclass(frozen=True, kw_only=True)
class ComplementarySuppression(Rule):
    """Withholds further figures, so that nobody can work out a withheld one by taking told figures from their sum.

    It takes for granted that somebody else is told everything coarser: everybody, every larger area, and for movements
    the people by origin, by destination, and the coarser movements. A cell nobody was found in counts as withheld. Of
    a withheld figure below `minimum` every number from 0 to `minimum` − 1 stays possible, of any other withheld figure
    at least `minimum` numbers; each day is looked at by itself. The reason of a figure is that of one with too few
    people, since otherwise the reason would tell which is which.

    Coarser answers are taken to be the sums of this one. Where people are counted in several areas they are less, and
    tell less. A rule that withholds for another reason than too few people, such as `dominance`, may withhold
    a coarser figure that is taken for told here, which costs figures and no protection. Movements of more than 400
    pairs are protected from margins, and from coarser movements, each by itself; of movements whose pairs are not
    listed, only those that were found. What margins alone tell of a pair, as where an origin and a destination have
    more people together than there are, no pair that is withheld can hide.

    Attributes:
        minimum: Numbers that must stay possible, as many as people a figure must have to be told, 2 to 1,000,000.
        reach: Noise that another rule puts on every told figure and every coarser one, at most, 0 to 1,000,000. It
            makes less need to be withheld; how wide what stays possible is then holds of noise around what was
            counted, and for a known draw of the noise it is as wide but may lie elsewhere. 0 holds with any noise.

    References:
        Hundepool et al. (2012), Statistical Disclosure Control, section 5.4, doi:10.1002/9781118348239;
        Fischetti, Salazar (2001), doi:10.1287/mnsc.47.7.1008.9805.
    """

    name: ClassVar[str] = "complementary_suppression"
    title: ClassVar[Text] = Text("Nothing withheld can be worked out")
    beside: ClassVar[bool] = True

    minimum: int = 16
    reach: int = 0

    def __post_init__(self) -> None:
        for name, least, most in (("minimum", LEAST, MOST), ("reach", 0, MOST_REACH)):
            if not least <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from {least} to {most}", field=name)

    def in_words(self) -> Text:
        """What stays possible, in a sentence."""
        return say(
            "Further figures are withheld, so that a withheld figure could still be any of at least {minimum} numbers "
            "for somebody who knows all told figures and the totals of larger areas.",
            minimum=self.minimum,
        )

    def wanted(self) -> frozenset[Evidence]:
        """The people behind each cell."""
        return frozenset({Evidence.PEOPLE})

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Withhold what gives away what is withheld, until every value column is safe."""
        found = found_cells(draft, admission)
        for _ in range(1 + len(draft.output.values)):
            before = draft
            for value in (one for one in draft.output.values if one.measure in ADD_UP):
                more = self._more(draft, admission, found, value)
                draft = draft.marked([cell in more for cell in found], CellStatus.SUPPRESSED, TOO_FEW)
            if draft.status == before.status:
                break
        return draft

    def _more(self, draft: Draft, admission: Admission, found: Mapping[Cell, int], value: Value) -> set[Cell]:
        goal = Protection(minimum=self.minimum, noise=self.reach)
        numbers, people = _counted(draft, value), brought(draft, Evidence.PEOPLE)
        figures = {
            cell: Figure(value=numbers[at], people=people[at] or 0, withheld=draft.status[at] is not CellStatus.VALUE)
            for cell, at in found.items()
        }
        more: set[Cell] = set()
        for table in _by_day(draft.output, admission, figures):
            more |= _safe(table, draft.output, admission.facts.geography, goal)
        return more

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What a withheld figure may stand for."""
        del admission
        return (
            say(
                "A suppressed figure stands for fewer than {minimum} people, may stand for nobody, and may also be one "
                "of enough people that is withheld so that another cannot be worked out from it; it is not zero.",
                minimum=self.minimum,
            ),
        )


def _counted(draft: Draft, value: Value) -> list[int]:
    """What was counted, before any rule changed it; whole numbers, since parts of a number protect nobody."""
    before = Evidence.PEOPLE if value.measure is Measure.PEOPLE else Evidence.TOTAL
    counted, told = brought(draft, before), draft.table.column(value.name)
    return [
        was if was is not None else max(0, int(now)) if isinstance(now, int | float) else 0
        for was, now in zip(counted, told, strict=True)
    ]


def _by_day(output: Output, admission: Admission, figures: Table) -> Iterator[Table]:
    """The cells of each day, or of all: those found, and those nobody was found in that may hold somebody."""
    days = [at for at, key in enumerate(output.keys) if key.level is None]
    tables: dict[tuple[Name, ...], Table] = {}
    for cell, figure in figures.items():
        tables.setdefault(tuple(cell[at] for at in days), {})[cell] = figure
    told = [day for day, table in tables.items() if not all(figure.withheld for figure in table.values())]
    for day in told:
        if listed(output, admission.facts):
            yield _with_nobody(output, admission, dict(zip(days, day, strict=True)), tables[day])
        else:
            yield tables[day]


def _with_nobody(output: Output, admission: Admission, day: Mapping[int, Name], table: Table) -> Table:
    facts = known(output, admission.facts, reads(read_question(admission.spec).plan()).events)
    choices = [(day[at],) if at in day else names(key, admission.facts) for at, key in enumerate(output.keys)]
    every: dict[Cell, Figure] = {}
    for cell in product(*choices):
        if any(isinstance(name, str) for name in cell) and (cell in table or status_of(cell, facts) is None):
            every[cell] = table.get(cell, NOBODY)
    return every


def _safe(table: Table, output: Output, geography: Geography, goal: Protection) -> set[Cell]:
    """Cells of a table to withhold beside those withheld."""
    places = [(at, _chains(key, geography)) for at, key in enumerate(output.keys) if key.level is not None]
    if not places:
        return set()
    if len(places) == 1:
        at, chains = places[0]
        by_chain = {chains[cell[at]]: cell for cell in table}
        return {by_chain[one] for one in along({chain: table[cell] for chain, cell in by_chain.items()}, goal)}
    (origin, sources), (destination, goals) = places
    by_node: dict[Node, Cell] = {(sources[cell[origin]], goals[cell[destination]]): cell for cell in table}
    return {by_node[one] for one in across({node: table[cell] for node, cell in by_node.items()}, goal)}


def _chains(key: Key, geography: Geography) -> dict[Name, Chain]:
    """For each area the areas it lies in, from the coarsest level there is down to itself.

    An area whose parent nobody knows lies in itself at every coarser level; so does a place that is unknown.
    """
    level = key.level
    levels = [one for one in AreaLevel if level is not None and (one is level or one.coarser_than(level))]
    above: dict[str, Chain] = {}
    depth = 0
    for one in levels:
        areas = geography.at(one)
        if not areas:
            continue
        above = {area.code: (*above.get(area.parent, (f"/{area.code}",) * depth), area.code) for area in areas}
        depth += 1
    return dict[Name, Chain]([*above.items(), (None, (None,) * depth)])
