"""Every sentence is said in every language that is promised."""

import string
from collections.abc import Mapping
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from safeconduct.present.messages import in_policy, in_python, in_template, missing, tidied, used
from safeconduct.present.words import PLACEHOLDER, catalogue, languages

COMPLETE = ("fr",)


@pytest.mark.parametrize("language", COMPLETE)
def test_no_sentence_lacks_its_translation(language: str) -> None:
    """`python -m safeconduct.present.messages fr` writes those that do into the catalogue, to be filled in."""
    assert missing(language) == []


@pytest.mark.parametrize("language", [one for one in languages() if one != "en"])
def test_a_translation_fills_the_same_placeholders(language: str) -> None:
    def names(sentence: str) -> set[str]:
        return set(PLACEHOLDER.findall(sentence))

    told: Mapping[str, str] = catalogue(language)
    assert {said: told[said] for said in told if names(said) != names(told[said])} == {}


@pytest.mark.parametrize("language", [one for one in languages() if one != "en"])
def test_a_catalogue_holds_no_sentence_that_nobody_says(language: str) -> None:
    assert set(catalogue(language)) - used() == set()


def test_sentences_are_found_in_python() -> None:
    source = (
        'say("A")\nText("B", {})\nwords.say("C {x}", x=1)\nBadInput("D")\nBadInput(f"E {x}")\nprint("F")\nsay(name)'
    )
    assert list(in_python(source)) == ["A", "B", "C {x}", "D"]


def test_sentences_are_found_in_templates() -> None:
    assert list(in_template('<p>{{ _("A") }}{% if x %}{{ _("B {n}", n=1) }}{% endif %}{{ _(said) }}</p>')) == [
        "A",
        "B {n}",
    ]


def test_sentences_are_found_in_protection_levels() -> None:
    assert list(in_policy('title = "A"\nsays = "B"\ndoes_not_resist = ["C"]\nname = "x"')) == ["A", "B", "C"]


def test_every_sentence_can_be_filled() -> None:
    """A placeholder is a name in braces; anything else in braces would be shown to people as it is."""
    for sentence in used():
        fields = [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]
        assert all(name.isidentifier() for name in fields), sentence


def test_a_tidied_catalogue_keeps_what_is_translated_and_lists_what_is_not(tmp_path: Path) -> None:
    path = tmp_path / "es.po"
    path.write_bytes(tidied("es"))
    with path.open("rb") as file:
        found = {str(one.id): str(one.string) for one in read_po(file, locale="es") if one.id}
    assert set(found) == used()
    assert {said: told for said, told in found.items() if told} == dict(catalogue("es"))
    assert found[missing("es")[0]] == ""
    assert b"-Date: " not in path.read_bytes(), "tidying twice changes nothing"
