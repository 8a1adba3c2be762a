"""The ground an answer stands on: names and shapes of its areas."""

from safeconduct.actions.looking import ground_of
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import Release
from safeconduct.present.maps import Shapes, shapes
from safeconduct.server.page import Visit


def ground(visit: Visit, release: Release) -> tuple[Geography, Shapes]:
    """Names and shapes of the areas of an answer, of the geography it was computed with."""
    level = next(key.level for key in release.output.keys if key.level is not None)
    geography, boundaries = ground_of(visit.room, release.provenance.dataset, release.provenance.geography, level)
    return geography, shapes(boundaries)
