"""What a column of texts is, while a file goes by batch after batch."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.ingest.survey_cells import Kind, TextTable, Watch, convert, typed


def watched(*batches, **options):
    """What a column is after some batches."""
    watch = Watch(**options)
    for texts in batches:
        watch.see(pa.array(texts, pa.string()))
    return watch


@pytest.mark.parametrize(
    ("batches", "kind"),
    [
        ([["1"], ["2.5"]], Kind.NUMBER),
        ([["1"], ["2.0"], ["3"]], Kind.ROUND),
        ([["1.0"], ["2.5"]], Kind.NUMBER),
        ([[""], [None], ["7"]], Kind.WHOLE),
        ([["NA"], ["7"]], Kind.WHOLE),
        ([["NA"], ["x"]], Kind.TEXT),
        ([["NA"], ["2026-03-01"]], Kind.TEXT),
        ([["2026-03-01"], ["2026-03-01 10:00"]], Kind.TEXT),
        ([["2026-03-01 10:00"], ["2026-03-01"]], Kind.TEXT),
        ([["true"], ["1"]], Kind.TEXT),
        ([["1234567890123456"], ["1.5"]], Kind.TEXT),
        ([["1e3"], ["7"]], Kind.NUMBER),
        ([["1e999"]], Kind.TEXT),
        ([["+5"]], Kind.TEXT),
        ([["1,5"]], Kind.TEXT),
        ([["inf"]], Kind.TEXT),
    ],
)
def test_every_batch_counts(batches, kind):
    """The narrowest kind that holds for all of them."""
    assert watched(*batches).verdict() is kind


def test_marks_are_remembered_only_where_the_rest_are_numbers():
    """Elsewhere they are texts like others."""
    assert watched(["NA", "."], ["5"]).marks == {"NA", "."}


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=20), st.integers(1, 5))
def test_what_was_watched_can_be_converted(texts, size):
    """No text makes the second look fail, however the batches fall."""
    table = TextTable(
        name="t",
        columns=("x",),
        batches=lambda: iter([pa.record_batch([pa.array(texts[at : at + size], pa.string())], names=["x"])
                              for at in range(0, len(texts), size)]),
    )  # fmt: skip

    assert sum(batch.num_rows for batch in typed(table, comma=True).batches()) == len(texts)


@given(st.lists(st.integers(-(10**17), 10**17), min_size=1))
def test_whole_numbers_keep_every_digit(numbers):
    """Up to eighteen."""
    texts = [str(number) for number in numbers]

    assert watched(texts).verdict() is Kind.WHOLE
    assert convert(pa.array(texts), Kind.WHOLE).to_pylist() == numbers
