"""A steward from files in Stata's format to an edition handed in for review, in a real browser."""

import random
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from playwright.sync_api import Page, expect

from browsing import LONG_WAIT_MS, MOST_BYTES, serving, shot, sign_in, weigh
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.verb import verbs
from safeconduct.cli.demo import PEOPLE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STUDY = "IOM_TCD_2026"
HOUSEHOLDS = 400
REQUIRED_TEXTS = ("abstract", "universe", "unit", "sampling", "mode", "limits", "confidentiality", "citation")


@dataclass(frozen=True)
class Office:
    """A practice site with a server, and the survey that is brought in."""

    url: str
    root: Path
    households: Path
    members: Path
    garbage: Path


def written(folder: Path) -> tuple[Path, Path]:
    """Households and their members as Stata has them; a few ages cannot be."""
    drawn = random.Random(3)  # noqa: S311 - a made-up survey
    sizes = [drawn.randint(1, 7) for _ in range(HOUSEHOLDS)]
    households = pd.DataFrame(
        {
            "hhid": range(1, HOUSEHOLDS + 1),
            "head_name": [f"Zanele Marker {number}" for number in range(HOUSEHOLDS)],
            "region": [drawn.choice([1, 2, 3, 4]) for _ in range(HOUSEHOLDS)],
            "hh_size": sizes,
        }
    )
    people = [(number, line) for number, size in enumerate(sizes, start=1) for line in range(1, size + 1)]
    members = pd.DataFrame(
        {
            "hhid": [number for number, _ in people],
            "line": [line for _, line in people],
            "sex": [drawn.choice([1, 2]) for _ in people],
            "age": [drawn.choice([999, *[drawn.randint(0, 90)] * 60]) for _ in people],
            "ill": [drawn.choice([1, 2, 2, 2]) for _ in people],
            "remarks": [f"lives near the well, line {line}" for _, line in people],
        }
    )
    first, second = folder / "households.dta", folder / "members.dta"
    pyreadstat.write_dta(
        households,
        first,
        column_labels={"head_name": "Name of the head of household", "region": "Region"},
        variable_value_labels={"region": {1: "Lac", 2: "Kanem", 3: "Logone", 4: "Mayo"}},
    )
    pyreadstat.write_dta(
        members,
        second,
        column_labels={"age": "Age in years", "sex": "Sex", "ill": "Ill in the last month"},
        variable_value_labels={"sex": {1: "Woman", 2: "Man"}, "ill": {1: "Yes", 2: "No"}},
    )
    return first, second  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    site = Site.create(folder / "site", name="practice", training=True)
    for login, name, roles in PEOPLE:
        first_person(site, login=login, name=name, password=secrets.token_urlsafe(18), roles=roles)
    site.ledger.close()
    households, members = written(folder)
    garbage = folder / "garbage.dta"
    garbage.write_bytes(b"this is no Stata file " * 50)
    with serving(folder / "site", folder / "server.log") as url:
        yield Office(url, folder / "site", households, members, garbage)


@pytest.fixture
def comes(comes, office) -> Callable[..., Page]:
    """`comes("Amara")`: somebody signed in, with a browser of their own."""
    return lambda name, **how: sign_in(comes(office, **how), name)


def brought(page: Page, study: str, *files: Path) -> str:
    """Bring files in and say what they are; the address of the deposit."""
    page.goto("/data/deposits")
    page.get_by_label("Files", exact=True).set_input_files(files)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/data/deposits/new?**")
    page.get_by_label("Id of the study").fill(study)
    page.get_by_label("Title").fill("Registration round 1")
    page.get_by_label("Who collected the records").fill("IOM Chad")
    page.get_by_label("A mandate").check()
    page.get_by_role("button", name="Deposit", exact=True).click()
    page.wait_for_url(re.compile(r"/data/deposits/d[0-9a-f]+$"))
    return page.url


@dataclass(frozen=True)
class Brought:
    """A deposit whose variables are all decided."""

    address: str
    study: str


@pytest.fixture
def decided(office, comes) -> Brought:
    """A deposit of its own for each test, decided by the pages."""
    page = comes("Amara")
    study = f"{STUDY}_{secrets.token_hex(3)}"
    address = brought(page, study, office.households, office.members)
    expect(page.get_by_role("link", name="Decide what each variable is for")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "deposit-read")
    page.get_by_role("link", name="Decide what each variable is for").click()
    shot(page, "deposit-variables")
    for box in page.locator("input[name^='agree:']").all():
        box.check()
    for name, role in {"ill": "Sensitive", "hh_size": "Helps to recognise", "line": "Nothing of these",
                       "remarks": "Free text", "region": "Place", "age": "Helps to recognise"}.items():  # fmt: skip
        page.get_by_label(f"Role of {name}", exact=True).select_option(label=role)
    page.get_by_role("button", name="Save decisions").click()
    page.wait_for_url("**done=saved**")
    shot(page, "deposit-decided")
    return Brought(address, study)


def test_a_file_that_is_none_says_so_and_can_be_withdrawn(office, comes):
    page = comes("Amara")
    brought(page, "GARBAGE_1", office.garbage)
    expect(page.get_by_text("The files cannot be read")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "deposit-failed")
    page.get_by_text("Something is wrong with these files").click()
    page.get_by_role("button", name="Withdraw the deposit").click()
    page.wait_for_url("**done=gone")

    assert page.get_by_text("It was withdrawn and its files were destroyed.").count() == 1
    assert page.complaints == []


def test_what_a_deposit_lacks_is_said_beside_its_field_and_nothing_is_lost(office, comes):
    page = comes("Amara")
    page.goto("/data/deposits")
    page.get_by_label("Files", exact=True).set_input_files(office.members)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/data/deposits/new?**")
    shot(page, "deposit-new")
    page.get_by_label("Id of the study").fill("NEW_1")
    page.get_by_label("Title").fill("A round")
    page.get_by_label("Who collected the records").fill("IOM")
    page.get_by_label("Consent", exact=True).check()
    page.get_by_role("button", name="Deposit", exact=True).click()
    shot(page, "deposit-lacks")

    assert page.get_by_role("alert").get_by_role("link", name="Say whether help or service depended").count() == 1
    assert page.get_by_label("Id of the study").input_value() == "NEW_1"


def test_every_variable_is_decided_in_a_spreadsheet_too(decided, comes, tmp_path):
    page = comes("Amara")
    page.goto(f"{decided.address}/variables")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Excel").click()
    filled = tmp_path / "roles.xlsx"
    taken.value.save_as(filled)
    sheet = openpyxl.load_workbook(filled)
    role = next(row[7] for row in sheet.active.iter_rows() if row[1].value == "line")
    role.value = "quasi-identifier"
    sheet.save(filled)
    page.get_by_label("File", exact=True).set_input_files(filled)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/sheet?sheet=**")
    shot(page, "deposit-sheet")

    assert page.locator("table tbody tr").count() == 1
    page.get_by_role("button", name="Accept the spreadsheet").click()
    page.wait_for_url("**done=accepted")
    assert page.get_by_label("Role of line").locator("option:checked").inner_text().strip() == "Helps to recognise"


def test_a_steward_goes_from_rows_to_an_edition_handed_in_published_and_taken_back(office, decided, comes):
    page = comes("Amara")
    _cleaned(page, decided.address)
    _kept(page, decided.address)
    _measured(page)
    _treated(page, decided.study)
    _described(page)
    _proposed(page, decided.study)

    assert page.get_by_text("Waits for its first checker.").count() == 1

    _approved(office, f"{decided.study}/1")
    _published(page)
    assert page.get_by_text("A column told more than it should.").count() == 1
    assert page.complaints == []


def _cleaned(page: Page, deposit: str) -> None:
    page.goto(f"{deposit}/clean")
    page.get_by_role("button", name="Look at the rows").click()
    expect(page.get_by_text("Found in the rows")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "deposit-clean")
    page.get_by_text("Correct the table members").click()
    page.get_by_role("link", name="Set values to missing").click()
    page.get_by_label("age Age in years").check()
    page.get_by_label("Largest value that can be").fill("120")
    page.get_by_label("Why").fill("Nobody is older; 999 was typed for no answer.")
    shot(page, "deposit-correct")
    page.get_by_role("button", name="Put into the plan").click()
    expect(page.get_by_text("Cells changed")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "deposit-corrected")


def _kept(page: Page, deposit: str) -> None:
    page.get_by_role("button", name="Keep the records").click()
    page.wait_for_url(deposit)
    expect(page.get_by_role("link", name="Go on with the study")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "deposit-kept")
    page.get_by_role("link", name="Go on with the study").click()
    shot(page, "study-overview")


def _measured(page: Page) -> None:
    page.get_by_role("link", name="Measure the risk").click()
    expect(page.get_by_text("How risk is spread").first).to_be_visible(timeout=LONG_WAIT_MS)
    assert page.get_by_text("For insiders; nothing here may be passed on.").count() == 1
    shot(page, "study-risk")
    page.get_by_role("link", name="Make it safer").click()
    shot(page, "study-treat-empty")


def _added(page: Page, study: str, table: str, method: str) -> None:
    page.goto(f"/data/studies/{study}/treat")
    page.locator("summary", has_text="Add a step").click()
    section = page.locator("section", has=page.get_by_role("heading", name=f"Add a step for the table {table}"))
    section.get_by_role("link", name=method).click()


def _treated(page: Page, study: str) -> None:
    _added(page, study, "members", "Group values")
    page.get_by_role("checkbox", name=re.compile("^age ")).check()
    page.get_by_label("Width of equal bands").fill("20")
    page.get_by_label("Last equal band begins at").fill("80")
    page.get_by_label("Why").fill("Twenty years are enough.")
    shot(page, "study-step")
    page.get_by_role("button", name="Put into the plan").click()
    page.wait_for_url("**/treat")
    _added(page, study, "members", "Remove columns")
    page.get_by_role("checkbox", name=re.compile("^remarks")).check()
    page.get_by_role("button", name="Put into the plan").click()
    _added(page, study, "households", "Group values")
    page.get_by_role("checkbox", name=re.compile("^hh_size")).check()
    page.get_by_label("Where bands begin").fill("1, 4")
    page.get_by_role("button", name="Put into the plan").click()
    for table in ("households", "members"):
        _added(page, study, table, "Remove single values that stand out")
        page.get_by_role("button", name="Put it in and try the plan").click()
        expect(page.get_by_role("heading", name="What the plan does")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "study-treat")
    page.get_by_role("link", name="Edit").first.click()
    shot(page, "study-step-change")
    page.get_by_role("link", name="Back to the plan").click()


def _described(page: Page) -> None:
    page.get_by_role("navigation", name="The way to the catalogue").get_by_role("link", name="Describe").click()
    shot(page, "describe-what")
    page.locator("[id='title.en']").fill("Registration of displaced households, Chad 2026")
    page.locator("[id='title.fr']").fill("Enregistrement des ménages déplacés, Tchad 2026")
    for part in range(5):
        for name in REQUIRED_TEXTS:
            box = page.locator(f"[id='{name}.en']")
            if box.count():
                box.fill("Displaced households in four regions, as far as roads could be used.")
        for control, text in {"producers.0.name": "IOM", "contacts.0.name": "IOM Chad", "countries.0.name": "Chad",
                              "collected.0.first": "2026-02"}.items():  # fmt: skip
            box = page.locator(f"[id='{control}']")
            if box.count():
                box.fill(text)
        shot(page, f"describe-{part}")
        page.get_by_role("button", name=re.compile("^Save( and go on)?$")).click()
        page.wait_for_url("**done=saved**")
    expect(page.get_by_text("Nothing required is missing.")).to_be_visible()
    page.get_by_role("link", name="Variables", exact=True).last.click()
    shot(page, "describe-variables")
    page.get_by_role("link", name="ill", exact=True).click()
    page.locator("[id='questions.en']").fill("Were you ill in the last month?")
    shot(page, "describe-variable")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**done=saved**")


def _proposed(page: Page, study: str) -> None:
    page.goto(f"/data/studies/{study}/treat")
    page.get_by_label("Analysed where it is").check()
    page.get_by_role("button", name="Make an edition").click()
    page.wait_for_url("**/editions?done=begun")
    expect(page.get_by_role("button", name="Hand it in for review")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "editions")
    page.get_by_role("button", name="Hand it in for review").click()
    page.wait_for_url("**done=handed")
    shot(page, "editions-handed-in")


def _approved(office: Office, edition: str) -> None:
    """Others check it and let it leave; their pages have a walk of their own."""
    site = Site.open(office.root)
    steps = (("farid", "vote", {"verdict": "approve"}), ("dara", "approve_edition", {}))
    for login, verb, given in steps:
        now = datetime.now(UTC)
        verbs[verb].call(Room(site, shell_caller(site, login=login, now=now), now), {"edition": edition, **given})
    site.ledger.close()


def _published(page: Page) -> None:
    page.reload()
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("Published.")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "editions-published")
    page.locator("summary", has_text="Take it back").click()
    page.get_by_label("Why").fill("A column told more than it should.")
    page.get_by_role("button", name="Take it back").click()
    page.wait_for_url("**done=taken_back")
    shot(page, "editions-taken-back")


def test_a_step_that_cannot_be_says_why_beside_its_control(decided, comes):
    page = comes("Amara")
    page.goto(f"{decided.address}/clean/add?method=set_missing&file=members")
    page.get_by_label("age Age in years").check()
    page.get_by_label("Smallest value that can be").fill("very small")
    page.get_by_role("button", name="Put into the plan").click()

    assert page.locator("[id='set.low']").get_attribute("aria-invalid") == "true"
    assert page.locator("[id='set.low']").input_value() == "very small"


def test_the_pages_of_the_data_side_are_light(office, comes, tmp_path):
    wide = tmp_path / "wide.csv"
    names = [f"question_{at}_in_the_long_survey" for at in range(300)]
    wide.write_text(",".join(names) + "\n" + "\n".join(",".join("1" * 300) for _ in range(30)), encoding="utf-8")
    page = comes("Amara")
    address = brought(page, "WIDE_1", wide)
    expect(page.get_by_role("link", name="Decide what each variable is for")).to_be_visible(timeout=LONG_WAIT_MS)
    paths = ["/data/deposits", "/data/studies", address, f"{address}/variables", "/data/studies/WIDE_1/describe"]

    assert {path: size for path in paths if not 0 < (size := weigh(page, path)) <= MOST_BYTES} == {}


def test_the_sheet_is_saved_without_script_on_a_narrow_screen(office, comes):
    page = comes("Amara", java_script_enabled=False, viewport={"width": 360, "height": 700})
    page.goto("/data/deposits")
    page.get_by_label("Files", exact=True).set_input_files(office.households)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/data/deposits/new?**")
    page.get_by_label("Id of the study").fill("NARROW_1")
    page.get_by_label("Title").fill("A round")
    page.get_by_label("Who collected the records").fill("IOM")
    page.get_by_label("A mandate").check()
    page.get_by_role("button", name="Deposit", exact=True).click()
    link = page.get_by_role("link", name="Decide what each variable is for")
    expect(link).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "deposit-narrow")
    link.click()
    page.get_by_label("Role of region", exact=True).select_option(label="Place")
    page.get_by_role("button", name="Save decisions").click()
    shot(page, "deposit-variables-narrow")

    assert page.get_by_text("Not decided yet: 3 of 4").count() == 1


def test_a_file_sent_without_script_once_the_session_ended_leads_back_to_its_form(comes, tmp_path):
    """However much of it is still on its way."""
    large = tmp_path / "large.csv"
    large.write_bytes(b"age,sex\n1,2\n" * 2_000_000)
    page = comes("Amara", java_script_enabled=False)
    page.goto("/data/deposits")
    page.get_by_label("Files", exact=True).set_input_files(large)
    page.context.clear_cookies()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sign in first.")).to_be_visible(timeout=LONG_WAIT_MS)
    shot(page, "upload-refused")
    page.get_by_role("link", name="Back", exact=True).click()
    page.wait_for_url("**/sign-in?next=/data/deposits")
    page.get_by_role("button", name="Amara").click()
    page.wait_for_url("**/data/deposits")

    assert page.get_by_role("button", name="Send").count() == 1


def test_a_checker_cannot_open_the_plan(comes):
    page = comes("Farid")
    page.goto(f"/data/studies/{STUDY}/treat")

    assert page.get_by_text("Your role does not open this page").count() == 1


DDI = """<?xml version="1.0" encoding="UTF-8"?>
<codeBook xmlns="ddi:codebook:2_5" version="2.5"><stdyDscr><citation><titlStmt>
<titl xml:lang="so">Diiwaangelinta qoysaska</titl><titl xml:lang="en">Registration of households</titl>
<IDNo>OLD</IDNo></titlStmt></citation></stdyDscr></codeBook>"""


def test_a_description_is_begun_and_taken_over_from_a_file(comes, tmp_path):
    file = tmp_path / "old.xml"
    file.write_text(DDI, encoding="utf-8")
    page = comes("Amara")
    page.goto("/data/studies")
    page.get_by_label("Id of the study").fill("DESCRIBED_1")
    page.get_by_role("button", name="Begin the description").click()
    page.locator("summary", has_text="Take the description from a file").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**done=imported")
    shot(page, "describe-imported")

    assert page.locator("[id='title.so']").input_value() == "Diiwaangelinta qoysaska"
    assert page.complaints == []


def test_a_line_of_a_list_without_its_first_column_is_not_lost(comes):
    page = comes("Amara")
    page.goto("/data/studies")
    page.get_by_label("Id of the study").fill("DESCRIBED_2")
    page.get_by_role("button", name="Begin the description").click()
    page.get_by_role("link", name="Who made it").last.click()
    page.locator("[id='funders.0.affiliation']").fill("A ministry")
    page.get_by_role("button", name="Save and go on").click()

    assert page.get_by_role("alert").count() > 0
    assert page.locator("[id='funders.0.affiliation']").input_value() == "A ministry"
