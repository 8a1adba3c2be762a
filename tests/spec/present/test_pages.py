"""Whole pages: landmarks, language, and a policy that forbids anything inline."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from safeconduct.present import assets
from safeconduct.present.gallery import Examples, example_frame, gallery
from safeconduct.present.pages import MENU, Frame, MenuEntry, page
from safeconduct.present.words import Words, languages

CSS = (assets.STATIC / "safeconduct.css").read_text("utf-8")
MICRODATA = (assets.STATIC / "microdata.css").read_text("utf-8")


@pytest.fixture(params=languages())
def whole(request: pytest.FixtureRequest, examples: Examples) -> str:
    return gallery(Words(request.param), examples)


def test_a_page_has_nothing_inline_that_its_policy_forbids(whole: str) -> None:
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=\"|javascript:|https?://", whole)
    assert "'unsafe" not in assets.CONTENT_SECURITY_POLICY


def test_a_page_has_one_main_landmark_one_first_heading_and_a_way_past_the_menu(whole: str) -> None:
    assert whole.count("<main ") == 1
    assert whole.count("<h1>") == 1
    assert whole.index('href="#main"') < whole.index("<header")
    assert re.search(r'<html lang="(\w\w)" dir="(ltr|rtl)">', whole)


def test_no_two_elements_share_an_id(whole: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', whole)
    assert not {one for one in ids if ids.count(one) > 1}


def test_every_reference_leads_to_an_element(whole: str) -> None:
    ids = set(re.findall(r'\sid="([^"]+)"', whole))
    named = {
        one
        for many in re.findall(r'(?:aria-labelledby|aria-describedby|\sfor)="([^"]+)"', whole)
        for one in many.split()
    }
    assert named <= ids
    assert set(re.findall(r"url\(#([^)]+)\)", whole)) | set(re.findall(r'href="#([^"]+)"', whole)) <= ids


def test_the_menu_holds_the_words_given_and_marks_where_one_is() -> None:
    menu = [MenuEntry(MENU["today"], "/"), MenuEntry(MENU["ask"], "/ask", current=True)]
    html = page(Words("fr"), Frame(site="Site", menu=menu), title="Rien", body=[])
    assert re.findall(r'<a href="(/\w*)"( aria-current="page")?>', html) == [
        ("/", ""),
        ("/ask", ' aria-current="page"'),
    ]
    assert "Aujourd’hui" in html
    assert "Catalogue" not in html


def test_a_practice_site_says_so_in_title_and_band_and_a_real_one_does_not() -> None:
    practice = page(Words("en"), Frame(site="Site", training=True), title="Ask", body=[])
    real = page(Words("en"), Frame(site="Site"), title="Ask", body=[])
    assert practice.count("TRAINING") == 2
    assert "TRAINING" not in real


def test_signing_out_is_a_post_with_the_token() -> None:
    html = page(Words("en"), example_frame(training=False), title="Ask", body=[])
    assert re.search(r'<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="example">', html)


def test_a_page_that_waits_looks_again_without_script() -> None:
    assert '<meta http-equiv="refresh" content="2">' in page(
        Words("en"), Frame(site="S", refresh=2), title="T", body=[]
    )


def test_the_language_switch_keeps_the_page() -> None:
    html = page(Words("en"), Frame(site="S", path="/ask?kind=flows"), title="T", body=[])
    assert '<a href="/ask?kind=flows&amp;language=fr" lang="fr" hreflang="fr">français</a>' in html


def test_names_of_a_site_and_a_person_are_escaped() -> None:
    assert "<b>" not in page(Words("en"), Frame(site="<b>", path="/<b>", flash="<b>"), title="<b>", body=[])


def test_static_files_carry_their_digest_and_fetch_nothing() -> None:
    assert re.fullmatch(r"/static/safeconduct\.css\?v=[0-9a-f]{12}", assets.address("safeconduct.css"))
    assert len(CSS.encode()) < 15_000
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_the_sheet_uses_logical_properties_only() -> None:
    """A physical side in the sheet would not mirror in Arabic, or would push the page out of view."""
    sides = r"(?<![\w-])(?:(?:margin|padding|border)-)?(?:left|right)\s*:"
    assert not re.findall(sides + r"|text-align:\s*(?:left|right)|float:", CSS + MICRODATA)


def test_the_sheet_of_microdata_pages_is_small_and_fetches_nothing() -> None:
    assert len(MICRODATA.encode()) < 8_000
    assert "url(" not in MICRODATA
    assert "@import" not in MICRODATA


def luminance(colour: str) -> float:
    full = "".join(two * 2 for two in colour) if len(colour) == 3 else colour
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("paper", ["ground", "paper", "tint"])
@pytest.mark.parametrize("ink", ["ink", "muted", "accent", "accent-dark", "problem", "careful", "good"])
def test_text_stands_out_from_its_paper(ink: str, paper: str) -> None:
    """WCAG 2.2 AA: at least 4.5 to 1."""
    colour = dict(re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", CSS))
    assert contrast(colour[ink], colour[paper]) >= 4.5


def test_the_classes_of_a_map_differ_in_grey_as_well() -> None:
    ramp = [luminance(re.findall(rf"\.c{at} ?{{ ?fill: #(\w+)", CSS)[0]) for at in range(5)]
    assert ramp == sorted(ramp, reverse=True)
    assert all((light + 0.05) / (dark + 0.05) > 1.25 for light, dark in pairwise(ramp))


def test_static_files_exist() -> None:
    scripts = {one.value for one in assets.Script}
    sheets = {"safeconduct.css", "microdata.css"}

    assert {path.name for path in Path(assets.STATIC).iterdir()} == {"safeconduct.svg", *sheets, *scripts}
