"""A Stata file goes in and a Stata file comes out: what nobody treated says the same in the same words."""

import io
import zipfile

import pyreadstat
import pytest

pytestmark = pytest.mark.slow
UNTOUCHED = ("district", "sex", "content")
PLAN = (
    {"method": "recode", "columns": ["age"], "parameters": {"width": "20", "first": "20", "last": "80"}, "why": "."},
    {"method": "remove", "columns": ["remarks"], "parameters": {}, "why": "Free text."},
    {"method": "sort_rows", "columns": [], "parameters": {}, "why": "The order of rows tells nothing."},
)


@pytest.fixture(scope="module")
def both(stages, publishing, material, tmp_path_factory):
    """The deposited file and the delivered one, each as pyreadstat reads it with user-missing codes."""
    folder = tmp_path_factory.mktemp("stata")
    office = publishing.copied(stages["prepared"], folder)
    office.prepare(plan=PLAN)
    office.publish()
    licence = office.grant()
    content = office.fetch(licence, office.deliver(licence)).whole()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        book.extract("people.dta", folder)
    office.site.ledger.close()
    read = [pyreadstat.read_dta(path, user_missing=True) for path in (material, folder / "people.dta")]
    return read[0], read[1]


def told(frame, name: str) -> dict[object, int]:
    """How often each value stands in a column, a plain missing as `None`; the order of rows is another by intent."""
    counts: dict[object, int] = {}
    for value in frame[name]:
        key = value if isinstance(value, str) else None if value != value else float(value)  # noqa: PLR0124 - not a number
        counts[key] = counts.get(key, 0) + 1
    return counts


@pytest.mark.parametrize("name", [*UNTOUCHED, "income"])
def test_values_that_nobody_treated_are_the_same(both, name):
    """Numbers, and Stata's `.a` and `.b` as what they are."""
    (before, _), (after, _) = both

    assert told(after, name) == told(before, name)


def test_user_missing_codes_are_still_two_different_ones(both):
    """Refused is not the same as not asked."""
    (_, before), (_, after) = both

    assert {name: sorted(codes) for name, codes in after.missing_user_values.items()} == {
        name: sorted(codes) for name, codes in before.missing_user_values.items()
    }


@pytest.mark.parametrize("name", UNTOUCHED)
def test_labels_of_values_are_the_same(both, name):
    """Those of missing codes too."""
    (_, before), (_, after) = both

    assert plain(after.variable_value_labels[name]) == plain(before.variable_value_labels[name])


def plain(labels: dict) -> dict:
    return {code if isinstance(code, str) else float(code): text for code, text in labels.items()}


@pytest.mark.parametrize("name", ["content", "income"])
def test_labels_of_variables_are_the_same(both, name):
    """As they were deposited."""
    (_, before), (_, after) = both

    assert after.column_names_to_labels[name] == before.column_names_to_labels[name]


def test_what_was_recoded_has_its_own_labels(both):
    """The bands are told."""
    _, (after, meta) = both

    assert len(set(after["age"].dropna())) == 3
    assert len(meta.variable_value_labels["age"]) >= 3


def test_names_and_free_text_are_gone(both):
    """Neither as columns nor anywhere in the file."""
    _, (after, meta) = both

    assert "name" not in after
    assert "remarks" not in after
    assert "Marker" not in str(meta.__dict__)


def test_the_order_of_rows_says_nothing_of_the_order_they_came_in(both):
    """The file is sorted by what is in it."""
    (before, _), (after, _) = both

    assert list(before["income"]) != list(after["income"])
