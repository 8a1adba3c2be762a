"""Which version stands where one stood: the same records under another id, or none that may be computed from."""

from datetime import UTC, datetime

import pytest

from safeconduct.ledger.rewritten import REKEYED, in_its_place, note, standing
from safeconduct.model.errors import NotFound, WrongState

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def replaced(ledger, *steps: tuple[str, str, str]) -> None:
    """Each version, what took its place, and why."""
    for old, new, because in steps:
        with ledger.write() as tx:
            note(tx, "phone", {old: new}, because=because, at=NOW)
            tx.event(actor="site", verb="rotate_pseudonyms", subject=f"phone@{new}", body={}, at=NOW)


def test_a_version_that_nobody_replaced_stands_itself(either) -> None:
    replaced(either, ("v1", "v2", REKEYED))

    assert [standing(either, "phone", one) for one in ("v2", "v9", "")] == ["v2", "v9", ""]
    assert standing(either, "other", "v1") == "v1"


def test_the_same_records_are_found_however_often_they_got_another_id(either) -> None:
    replaced(either, ("v1", "v2", REKEYED), ("v2", "v3", REKEYED))

    assert standing(either, "phone", "v1") == standing(either, "phone", "v2") == "v3"


@pytest.mark.parametrize("order", [("people", REKEYED), (REKEYED, "people"), ("days", REKEYED), ("days", "people")])
def test_what_lost_something_on_the_way_is_refused(either, order) -> None:
    replaced(either, ("v1", "v2", order[0]), ("v2", "v3", order[1]))

    with pytest.raises(WrongState, match="rewritten by an erasure"):
        standing(either, "phone", "v1")
    assert in_its_place(either, "phone", "v1") == "v3"


def test_a_version_whose_files_were_gone_already_is_not_taken_for_the_current_one(either) -> None:
    replaced(either, ("v1", "", REKEYED))

    with pytest.raises(NotFound):
        standing(either, "phone", "v1")
