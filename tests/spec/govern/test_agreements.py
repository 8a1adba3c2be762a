"""Projects and agreements as canonical JSON, both ways."""

from dataclasses import replace
from datetime import date

import pytest

from safeconduct.govern.agreements import Agreement, Project
from safeconduct.model.areas import AreaLevel, TimeGrain
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput

PROJECT = Project(id="p1", name="Floods", purpose="Plan shelters", until=date(2026, 12, 31), steward="s1")
AGREEMENT = Agreement(
    id="a1", project="p1", title="T", dataset="phone", purpose="Plan shelters", members=("ben", "ana"),
    kinds=("flows",), finest=AreaLevel.DISTRICT, grain=TimeGrain.WEEK, first=date(2026, 1, 1),
    last=date(2026, 1, 1), policy="operational", until=date(2026, 6, 30),
)  # fmt: skip


@pytest.mark.parametrize("one", [PROJECT, AGREEMENT, replace(AGREEMENT, members=(), kinds=())])
def test_what_is_written_down_is_read_again(one):
    """The same, and canonical; an agreement may name nobody any more."""
    assert type(one).from_json(one.to_json()) == one
    assert canonical(one.to_json())


@pytest.mark.parametrize(
    ("name", "value"),
    [("until", "tomorrow"), ("until", 5), ("finest", "village"), ("grain", None), ("members", [1]), ("title", 3)],
)
def test_a_part_of_the_wrong_kind_is_named(name, value):
    """Not read as something else."""
    with pytest.raises(BadInput) as error:
        Agreement.from_json({**AGREEMENT.to_json(), name: value})

    assert error.value.field == name


@pytest.mark.parametrize("change", [{"extra": 1}, {"members": ...}])
def test_nothing_is_missing_and_nothing_is_unknown(change):
    """The message names the part."""
    tree = {**AGREEMENT.to_json(), **change}
    tree = {name: value for name, value in tree.items() if value is not ...}

    with pytest.raises(BadInput, match=next(iter(change))):
        Agreement.from_json(tree)


def test_an_agreement_opens_at_least_a_day():
    """Its last day is not before its first."""
    with pytest.raises(BadInput, match="before its first"):
        replace(AGREEMENT, last=date(2025, 12, 31))
