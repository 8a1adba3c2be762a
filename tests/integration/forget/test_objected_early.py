"""Somebody objects before the first file of a data set comes: they are known by either spelling."""

import pytest

from safeconduct.actions.forgetting import forgettings, opt_in, opt_out
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.verb import once, verbs
from safeconduct.model.errors import StoreFull, WrongState

CARDS = """\
format = 1
schema = "sightings"
dataset = "buses"
zone = "Africa/Maputo"
counted = "card"
places = "area"

[areas]
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"

[events.trip]
files = "trip_*.csv"
columns = { person = "WHO", time = "AT", place = "PLACE" }
"""
ROWS = "WHO,AT,PLACE\n0042,2026-01-05 08:00:00,P0\n77,2026-01-05 09:00:00,P1\n"


@pytest.mark.parametrize(("objects", "left_out"), [("0042", 1), ("42", 0), ("CARD-1", 0)])
def test_the_holder_of_a_card_is_left_out_of_the_first_file(little, here, objects: str, left_out: int) -> None:
    """A card is spelt as it is, a telephone number is not; which it is only the first file tells."""
    opt_out(here.room("dpo"), dataset="buses", identifiers=(objects,))
    assert [one.waiting for one in forgettings(here.room("dpo")) if one.dataset == "buses"] == [1]

    assert _take(here).left_out == left_out


def test_whoever_takes_it_back_before_the_first_file_is_taken_in(little, here) -> None:
    opt_out(here.room("dpo"), dataset="buses", identifiers=("0042",))
    opt_in(here.room("dpo"), dataset="buses", identifiers=("0042",))

    assert _take(here).left_out == 0


def _take(here):
    files = here.folder / "files"
    (files / "buses.toml").write_text(CARDS)
    (files / "trip_1.csv").write_text(ROWS)
    return ingest(here.room("engineer"), mapping=files / "buses.toml", folder=files)


def test_who_could_not_be_put_on_the_list_may_be_put_on_it_with_the_same_key(little, here, monkeypatch) -> None:
    """A request that failed is no request that was carried out: somebody would believe to be left out."""
    room, asked = here.room("dpo"), {"dataset": "phone", "identifiers": [little.FLED]}
    with monkeypatch.context() as full:
        full.setattr("safeconduct.store.objections.Objections.add", _disk_is_full)
        with pytest.raises(StoreFull):
            once(room, verbs["opt_out"], asked, key="a-key")

    once(room, verbs["opt_out"], asked, key="a-key")
    assert [one.waiting for one in forgettings(room)] == [1]
    with pytest.raises(WrongState, match="carried out already"):
        once(room, verbs["opt_out"], asked, key="a-key")


def _disk_is_full(*_: object) -> int:
    raise StoreFull("the disk is full")
