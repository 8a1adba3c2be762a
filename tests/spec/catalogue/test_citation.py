"""How to cite."""

from dataclasses import replace

import pytest

from safeconduct.catalogue.citation import bibtex, plain, ris
from safeconduct.model.study import Party


def test_the_studys_own_wish_comes_first(entry):
    """As its producers want to be cited."""
    assert plain(entry) == "Statistics office (2026). Displaced households in Kolda."


def test_without_a_wish_it_says_who_when_what_and_where(entry):
    """With the edition, so that figures can be found again."""
    silent = replace(entry, study=replace(entry.study, citation={}))

    assert plain(silent) == (
        "Awa Ndiaye; Relief agency (2026). Displaced households in Kolda 2026 [dataset]. Edition 2. Statistics office. "
        "SEN_2026_HH. https://data.example/catalogue/SEN_2026_HH"
    )


def test_an_address_inside_the_site_is_not_cited(entry):
    """It means nothing elsewhere."""
    inside = replace(entry, url="/catalogue/SEN_2026_HH", study=replace(entry.study, citation={}))

    assert plain(inside).endswith("SEN_2026_HH.")


def test_bibtex_escapes_what_it_would_take_for_commands(entry):
    """And keeps names of bodies whole."""
    study = replace(entry.study, producers=(Party(name="Salt & Sand {NGO}"),), title={"en": "100% of_all"})
    text = bibtex(replace(entry, study=study))

    assert r"author = {{Salt \& Sand \{NGO\}}}," in text
    assert r"title = {{100\% of\_all}}," in text
    assert text.startswith("@misc{SEN_2026_HH,\n")


def test_ris_has_a_line_a_fact(entry):
    """Ended as the format wants."""
    lines = ris(entry).split("\r\n")

    assert lines[0] == "TY  - DATA"
    assert "AU  - Awa Ndiaye" in lines
    assert "UR  - https://data.example/catalogue/SEN_2026_HH" in lines
    assert lines[-2] == "ER  - "


@pytest.mark.parametrize("form", [plain, bibtex, ris])
def test_a_study_without_an_edition_can_be_cited(form, described):
    """By its collection."""
    assert "2026" in form(described)
