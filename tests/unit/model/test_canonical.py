"""RFC 8785: one text for one value."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.model.canonical import SAFE_INTEGER, canonical, digest
from safeconduct.model.errors import BadInput

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
integers = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
values = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
SOME = settings(max_examples=100, derandomize=True, deadline=None)


@SOME
@given(value=values)
def test_the_text_reads_back_as_the_value(value):
    """Nothing is lost."""
    assert json.loads(canonical(value)) == value


@SOME
@given(value=values)
def test_the_text_does_not_change_on_the_way_through_json(value):
    """The text of what was read back is the same text, whatever spaces and escapes it was written with."""
    assert canonical(json.loads(json.dumps(value, indent=3, ensure_ascii=True))) == canonical(value)


@SOME
@given(one=values, other=values)
def test_different_values_have_different_texts(one, other):
    """`1` and `true`, which Python takes for equal, are different too."""
    assert (canonical(one) == canonical(other)) == (
        json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


@SOME
@given(members=st.lists(st.tuples(texts, integers), max_size=6, unique_by=lambda pair: pair[0]), data=st.data())
def test_the_order_of_members_means_nothing(members, data):
    """Objects are sorted, lists are kept."""
    shuffled = data.draw(st.permutations(members))

    assert canonical(dict(members)) == canonical(dict(shuffled))
    assert canonical([list(pair) for pair in members]) == json.dumps(
        [list(pair) for pair in members], ensure_ascii=False, separators=(",", ":")
    )


@SOME
@given(value=values)
def test_there_are_no_spaces_between_parts(value):
    """Outside strings."""
    bare = json.dumps(json.loads(canonical(value)), ensure_ascii=False, separators=(",", ":"))

    assert len(bare) == len(canonical(value))


def test_members_are_sorted_by_utf16_as_the_rfc_shows():
    """Section 3.2.3: the emoji sorts before U+FB33, since its first surrogate is smaller."""
    example = {
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis",
    }  # fmt: skip

    assert list(json.loads(canonical(example)).values()) == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]  # fmt: skip


def test_strings_are_escaped_as_the_rfc_shows():
    """Section 3.2.2.2: short escapes where there are any, four lower-case digits elsewhere, and nothing more."""
    assert canonical('\u20ac$\u000f\nA\'B"\\\\"/') == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    assert canonical("\b\t\n\f\r\u001f\u007f") == '"\\b\\t\\n\\f\\r\\u001f\u007f"'


@pytest.mark.parametrize(("value", "text"), [
    (None, "null"), (True, "true"), (False, "false"), (0, "0"), (-7, "-7"), (SAFE_INTEGER, "9007199254740991"),
    ([], "[]"), ({}, "{}"), ((1, 2), "[1,2]"),
])  # fmt: skip
def test_plain_values(value, text):
    """As every JSON writer has them."""
    assert canonical(value) == text


@pytest.mark.parametrize("value", [
    1.5, float("nan"), SAFE_INTEGER + 1, -SAFE_INTEGER - 1, b"bytes", {1: "number"}, {"deep": [{"float": 0.1}]},
    {None: 1}, object(), {1, 2},
])  # fmt: skip
def test_what_has_no_canonical_text_is_refused_without_showing_it(value):
    """Two machines could print it differently; the message names the type alone."""
    with pytest.raises(BadInput) as error:
        canonical(value)
    assert not any(word in str(error.value) for word in ("1.5", "nan", "9007", "bytes'", "0.1"))


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, ["a\ud83d"]])
def test_half_a_character_is_refused_in_our_words(value):
    """It has no UTF-8, and so no bytes to hash; Python's own error would carry the text along."""
    with pytest.raises(BadInput, match="half a character") as error:
        digest(value)
    assert error.value.__suppress_context__


@SOME
@given(value=values)
def test_a_digest_is_the_sha256_of_the_text(value):
    """In UTF-8."""
    assert digest(value) == hashlib.sha256(canonical(value).encode()).hexdigest()
