"""Where boundaries were flawed, as a picture whose words say the same."""

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import BoundaryFinding, Done, Flaw
from safeconduct.present.maps import shapes
from safeconduct.present.maps.flaws import flaw_map
from safeconduct.present.words import Words


def square(code, west):
    ring = [[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]
    return {"type": "Feature", "properties": {"code": code, "name": f"Place {code}"},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip


def finding(code, done, neighbour=""):
    return BoundaryFinding(kind=Flaw.OVERLAP, level=AreaLevel.COMMUNE, code=code, done=done, neighbour=neighbour)


@pytest.fixture
def drawn():
    ground = shapes({"type": "FeatureCollection", "features": [square(code, at) for at, code in enumerate("ABCD")]})
    mended, kept = Done.MENDED, Done.KEPT
    found = [finding("A", mended), finding("B", kept, "C"), finding("C", mended), finding("gone", kept)]
    return str(flaw_map(Words("en"), found, ground, title="Flaws", prefix="x"))


def test_every_area_says_what_became_of_it(drawn):
    """An area with both sorts waits for a person; one that the ground does not have is not drawn."""
    for words in ("Place A: mended", "Place B: left to a person", "Place C: left to a person", "Place D: nothing"):
        assert words in drawn
    assert "gone" not in drawn


def test_the_picture_is_told_to_who_cannot_see_it(drawn):
    assert "1 areas were mended and 2 wait for a person." in drawn


def test_what_waits_for_a_person_is_hatched_not_only_coloured(drawn):
    assert drawn.count("url(#x-hatch)") >= 2
