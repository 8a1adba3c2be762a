"""Why a figure is withheld stands in words, whichever rule withheld it; newcomers too."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from safeconduct.model.outcomes import CellStatus
from safeconduct.model.text import Text
from safeconduct.present.names import REASONS, reason_words
from safeconduct.present.words import PLACEHOLDER
from safeconduct.release.base import LAST, TOO_FEW, output_rule

BY_NAME = {"TOO_FEW": TOO_FEW}
PACKAGE = Path(inspect.getfile(Text)).parents[1]
RULES = pytest.mark.parametrize("name", list(output_rule))


def reasons(source: str, *, own: str) -> Iterator[str]:
    """What a rule's module gives as the reason where it marks cells; one that cannot be read is an error."""
    for call in ast.walk(ast.parse(textwrap.dedent(source))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "marked":
            match [*call.args, *(one.value for one in call.keywords)][2]:
                case ast.Name(id=name):
                    yield BY_NAME[name]
                case ast.Attribute(value=ast.Name(id="self" | "cls"), attr="name"):
                    yield own
                case ast.Constant(value=str(told)):
                    yield told
                case other:
                    pytest.fail(f"write the reason as TOO_FEW, self.name or a word, not {ast.unparse(other)}")


@RULES
def test_every_reason_a_rule_gives_has_a_sentence(name: str) -> None:
    """The fallback names the rule as it is called in files, which nobody outside can be expected to know."""
    source = Path(inspect.getfile(output_rule[name])).read_text(encoding="utf-8")
    given = set(reasons(source, own=name)) - {LAST}

    assert given <= set(REASONS)
    assert all(str(reason_words(one, CellStatus.SUPPRESSED)).endswith(".") for one in given)


def test_most_rules_are_read() -> None:
    """The reading above would also be content with nothing."""
    given = {
        name: set(reasons(Path(inspect.getfile(output_rule[name])).read_text(encoding="utf-8"), own=name))
        for name in output_rule
    }

    assert given["dominance"] == {"dominance"}
    assert given["complementary_suppression"] == given["protected_zones"] == {TOO_FEW}
    assert given["histogram_bins"] == {TOO_FEW, "histogram_bins"}


def test_a_reason_that_nobody_has_words_for_is_found() -> None:
    """So that the contract above can fail."""
    assert list(reasons("draft.marked(few, status, 'on_a_whim')", own="rule")) == ["on_a_whim"]
    assert "on_a_whim" not in REASONS


def test_every_reason_with_words_is_given_by_somebody() -> None:
    """Words of a rule that is gone go with it; two reasons are of comparisons, which no rule makes."""
    given = {
        one
        for name in output_rule
        for one in reasons(Path(inspect.getfile(output_rule[name])).read_text(encoding="utf-8"), own=name)
    }

    assert set(REASONS) - given == {"no_base", "not_in_both"}


@RULES
def test_the_sentences_of_a_rule_take_numbers_and_codes_but_no_words(name: str) -> None:
    """An English word inside a sentence stays English in every language; a sentence is whole."""
    said = output_rule[name]().in_words()
    words = {
        one: value
        for one, value in said.values.items()
        if isinstance(value, str) and any(part.isalpha() and part.isascii() for part in value.split())
    }

    assert words == {}
    assert set(said.values) == set(PLACEHOLDER.findall(said.id))


def spliced(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Places where a closed set's word on the wire fills a sentence, by placeholders named after closed sets."""
    closed = {"level", "grain", "unit", "access", "span"}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in {"say", "Text"}:
            for one in call.keywords:
                if one.arg in closed and isinstance(one.value, ast.Attribute) and one.value.attr == "value":
                    yield call.lineno, ast.unparse(one.value)


def test_no_sentence_of_the_package_is_filled_with_a_word_on_the_wire() -> None:
    """`admin2` and `month` are for machines: a sentence for each member says it in every language."""
    found = [
        f"{path.relative_to(PACKAGE)}:{line} {what}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, what in spliced(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert found == []


def test_a_word_on_the_wire_in_a_sentence_is_found() -> None:
    """So that the test above can fail."""
    assert list(spliced(ast.parse("say('As {level}.', level=self.finest.value)"))) == [(1, "self.finest.value")]
