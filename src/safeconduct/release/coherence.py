"""Whether the areas of an answer add up to the larger areas they lie in, told from the answer alone."""

from collections.abc import Mapping
from typing import assert_never

from safeconduct.model.areas import AreaLevel
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.model.text import Text, say
from safeconduct.query.operations import (
    CountEvents,
    CountMoves,
    CountPeople,
    DailyPlaces,
    Events,
    ModalPlaces,
    PlaceMethod,
)
from safeconduct.query.spec import read_question
from safeconduct.release.base import output_rule

BOUNDS = "differential_privacy"
"""The rule that leaves out what people did in more than a few areas; which, depends on how large areas are."""
TWICE = say(
    "People are counted in every area they were seen in: somebody seen in two of them counts twice here and once in "
    "the larger area, so that the areas add up to more."
)
NOISE = frozenset({BOUNDS, "cell_key"})
"""Rules whose changes are the margins that stand beside figures."""


def coherence(release: Release) -> tuple[Text, ...]:
    """Whether areas add up to the next larger level within the margins, or why not; nothing where there are no areas.

    Example:
        See `tests/spec/release/test_coherence.py`.
    """
    levels = [key.level for key in release.output.keys if key.level is not None]
    if not levels or levels[0] is AreaLevel.COUNTRY:
        return ()
    why = [*_counted_otherwise(release), *_withheld(release)]
    if why:
        return (say("These areas do not add up to the larger areas they lie in."), *why)
    return (_adds_up(release),)


def _adds_up(release: Release) -> Text:
    margin = _largest_margin(release)
    if not margin:
        return say("These areas add up exactly to the larger areas they lie in, asked for in the same way.")
    return say(
        "These areas add up to the larger areas they lie in, asked for in the same way, but for the noise: add the "
        "margins of all areas you add up, and that of the larger area; each is {margin} at most.",
        margin=margin,
    )


def _largest_margin(release: Release) -> int:
    return max((int(str(margin)) for margin in release.table.column("margin") if margin is not None), default=0)


def _counted_otherwise(release: Release) -> list[Text]:
    """Why the same people, counted for larger areas, are other numbers."""
    plan = read_question(release.provenance.spec).plan()
    match plan:
        case CountPeople():
            found = [TWICE] if isinstance(plan.source, Events) else _another_place(plan.source)
        case CountMoves():
            found = _another_place(plan.origin) or _another_place(plan.destination)
        case CountEvents():
            found = []
        case _:
            assert_never(plan)
    return found + _blurred(release)


def _another_place(source: DailyPlaces | ModalPlaces) -> list[Text]:
    """Where a person mostly was among small areas need not lie where they mostly were among large ones."""
    if isinstance(source, ModalPlaces):
        return [
            say(
                "Everybody counts in the one area where they mostly were; that area need not lie in the larger area "
                "where they mostly were."
            )
        ]
    if source.method is PlaceMethod.MOST_COMMON:
        return [
            say(
                "Everybody counts in the area where they had most events that day; that area need not lie in the "
                "larger area where they had most."
            )
        ]
    return []


def _blurred(release: Release) -> list[Text]:
    """Rules that change figures in a way that adding up does not undo."""
    rules = release.policy.get("rule")
    names = [str(one["name"]) for one in rules if isinstance(one, Mapping)] if isinstance(rules, list | tuple) else []
    plan = read_question(release.provenance.spec).plan()
    many = isinstance(plan, CountEvents) or (isinstance(plan, CountPeople) and isinstance(plan.source, Events))
    found = []
    if BOUNDS in names and many:
        found.append(
            say("Of people seen in many areas only some are counted, which leaves out less where areas are large.")
        )
    if any(name not in NOISE and name in output_rule and output_rule[name].blurs for name in names):
        found.append(say("A rule of the protection level changes figures area by area."))
    return found


def _withheld(release: Release) -> list[Text]:
    counts = release.by_status()
    found = []
    if counts[CellStatus.SUPPRESSED]:
        found.append(
            say("Some areas are withheld: what is told adds up to less, and the answer does not say by how much.")
        )
    if counts[CellStatus.NOT_OBSERVED]:
        found.append(say("Some areas were not observed; what happened there is in no figure."))
    return found
