"""What was wrong with boundaries when they were taken in."""

from dataclasses import dataclass

from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.model.boundaries import BoundaryFinding
from safeconduct.store.places import read_findings


@dataclass(frozen=True, kw_only=True)
class BoundaryReport:
    """Flaws of a geography.

    Attributes:
        dataset: Name of the data set.
        geography: Id of the geography in force.
        findings: Its flaws, by level and code: what was mended, and what only a person can put right.
    """

    dataset: str
    geography: str
    findings: tuple[BoundaryFinding, ...]


@action(needs="operate", reads=True)
def boundary_findings(room: Room, *, dataset: str) -> BoundaryReport:
    """What was wrong with the boundaries a data set's answers stand on: mended, or left to a person.

    Args:
        dataset: Name of the data set.
    """
    manifest = room.site.manifest(dataset)
    found = read_findings(room.site.folders.store, dataset, manifest.geography)
    return BoundaryReport(dataset=dataset, geography=manifest.geography, findings=found)
