"""The words people accept: whole, in both languages, and never changed in place."""

from dataclasses import replace

import pytest

from safeconduct.govern.clauses import LIBRARY, PREVAILING, Clause, terms
from safeconduct.model.errors import UnknownName

ACCEPTED = {
    ("licensed", 1): "618bfdcfe040a8789a6aefe11095d7af985a541f3fa1400455cd29da7ea2a219",
    ("public_use", 1): "d6dc637dbc8ed82ca072a0022f3c22d66d6e3224fbc6a84aa37382147bd60635",
}
"""Ids of terms that people may have accepted; a new version adds a line, and no line changes."""
LICENSED = terms("licensed")


def test_terms_that_were_accepted_never_change():
    """A new wording is a new version beside the old one."""
    assert {(one.name, one.version): one.id for one in LIBRARY} == ACCEPTED


def test_a_granted_file_comes_with_twelve_clauses():
    """One subject each."""
    assert [one.id for one in LICENSED.clauses] == [
        "team_only", "no_copies", "purpose", "matching", "no_recognising", "security", "citation", "outputs",
        "no_liability", "duration", "changes", "breach",
    ]  # fmt: skip


@pytest.mark.parametrize("one", LIBRARY, ids=lambda one: f"{one.name}-{one.version}")
def test_every_clause_is_told_in_english_and_french(one):
    """Neither empty nor the same."""
    for clause in one.clauses:
        assert set(clause.words) == {"en", "fr"}
        assert all(text.strip() == text and text.endswith(".") for text in clause.words.values())
        assert clause.told("en") != clause.told("fr")


@pytest.mark.parametrize("one", LIBRARY, ids=lambda one: f"{one.name}-{one.version}")
def test_no_terms_leave_out_recognising_people_and_citing(one):
    """Whatever the file."""
    assert {"no_recognising", "citation", "no_liability"} <= {clause.id for clause in one.clauses}


def test_a_language_nobody_wrote_is_told_in_the_one_that_prevails():
    """And in no mixture."""
    assert LICENSED.told("ar") == LICENSED.told(PREVAILING)


def test_a_changed_word_in_any_language_is_another_text():
    """What was accepted can be shown afterwards."""
    first = LICENSED.clauses[0]
    changed = Clause(id=first.id, words={**first.words, "fr": "Autre chose."})

    assert replace(LICENSED, clauses=(changed, *LICENSED.clauses[1:])).id != LICENSED.id
    assert replace(LICENSED, version=2).id != LICENSED.id


@pytest.mark.parametrize(("name", "version"), [("licenced", None), ("licensed", 99)])
def test_terms_nobody_wrote_are_not_made_up(name, version):
    """A wrong name is told."""
    with pytest.raises(UnknownName, match="known: licensed, public_use"):
        terms(name, version)
