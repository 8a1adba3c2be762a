"""What the catalogue takes in: releases, and nothing that only looks like one."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from safeconduct.catalogue.entry import EditionState, Entry, in_language
from safeconduct.model.editions import FileDraft
from safeconduct.model.errors import Unsafe
from safeconduct.model.recipe import Recipe
from safeconduct.model.study import Access
from safeconduct.model.trees import from_tree, to_tree


def test_a_draft_is_refused(study, files):
    """The release check decides first."""
    draft = FileDraft(
        study=study.id,
        edition=1,
        access=Access.LICENSED,
        files=files,
        content={},
        recipe=Recipe(dataset="", roles={}),
        data_version="",
        code="",
    )

    with pytest.raises(Unsafe, match="releases only"):
        Entry(study=study, release=draft, access=Access.LICENSED)  # type: ignore[arg-type]  # the point


def test_what_looks_like_a_release_is_refused(study, release):
    """Figures from elsewhere stay elsewhere."""
    false = SimpleNamespace(**{name: getattr(release, name) for name in ("study", "edition", "access", "figures")})

    with pytest.raises(Unsafe, match="releases only"):
        Entry(study=study, release=false, access=Access.LICENSED)  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("change", [{"study": "OTHER"}, {"access": Access.PUBLIC_USE}])
def test_a_release_of_another_study_or_access_is_refused(change, study, release):
    """A licensed file would be told as public."""
    with pytest.raises(Unsafe, match="not of the same"):
        Entry(study=study, release=replace(release, **change), access=Access.LICENSED)


def test_a_withdrawn_edition_is_refused_as_content(entry):
    """It is listed, with its reason."""
    lines = tuple(replace(one, state=EditionState.WITHDRAWN) for one in entry.editions)

    with pytest.raises(Unsafe, match="withdrawn"):
        replace(entry, editions=lines)


def test_files_without_a_release_are_refused(entry):
    """Nobody decided about them."""
    with pytest.raises(Unsafe, match="released"):
        replace(entry, release=None)


def test_figures_are_the_releases_own(entry, release):
    """Every one of them, and no other."""
    told = [entry.figures(file.name, one.name) for file in entry.tables for one in file.variables]

    assert [one for one in told if one] == list(release.figures)
    assert entry.figures("members", "nobody") is None


def test_an_entry_never_shows_its_figures(entry):
    """Not even in a traceback."""
    assert "520" not in repr(entry)


def test_the_version_history_can_be_kept_as_json(entry):
    """As the record keeps it."""
    assert [from_tree(type(one), to_tree(one)) for one in entry.editions] == list(entry.editions)


@pytest.mark.parametrize(
    ("words", "language", "said"),
    [
        ({"fr": "âge", "en": "age"}, "fr", "âge"),
        ({"fr": "âge", "en": "age"}, "fr-CA", "âge"),
        ({"fr": "âge", "en": "age"}, "ar", "age"),
        ({"fr": "âge"}, "ar", "âge"),
        ({"": "x", "en": "age"}, "ar", "x"),
        ({"fr": "", "ar": "عمر"}, "fr", "عمر"),
        ({}, "fr", ""),
    ],
)
def test_a_text_stands_in_the_nearest_language(words, language, said):
    """An empty one is never told where there is another."""
    assert in_language(words, language) == said
