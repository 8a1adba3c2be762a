"""From a file of cases to an edition: who did not agree to research is in none of it."""

import csv
import io

import pytest

from safeconduct.actions.editions import draft_of, editions_of

pytestmark = pytest.mark.slow

STUDY = "CASES-2026"
MARKER = "Zanele Marker-Dlamini"
COUNTRIES = ("Ukraine", "Namibia", "Peru")


def case(number, **more):
    return {
        "con_Consent": "TRUE",
        "con_ConsentResearch": "TRUE",
        "prs_FirstName": MARKER,
        "prs_Gender": ("Feminine", "Masculine")[number % 2],
        "vic_CountryOfExploitation": COUNTRIES[number % 3],
        "vic_MethodsOfControl": "Debt bondage;Takes earnings" if number % 4 else "Other",
        "vic_TypeOfExploitation": "Forced labour",
        **more,
    }


def write(path, cases):
    written = io.StringIO(newline="")
    plain = csv.DictWriter(written, list(cases[0]))
    plain.writeheader()
    plain.writerows(cases)
    path.write_text(written.getvalue(), encoding="utf-8")
    return path


def kept(office, path):
    """Deposited with the roles that were proposed, and kept."""
    deposit = office.act("amara", "deposit", uploads=[office.send("amara", path)], study=STUDY, title="Cases",
                         collected_by="Us", basis="public interest").result  # fmt: skip
    proposed = office.act("amara", "variables", deposit=deposit)
    roles = {}
    for one in proposed:
        roles.setdefault(one.file, {})[one.variable.name] = one.proposal.value
    office.keep(deposit, roles)
    return deposit


def test_who_did_not_agree_is_in_no_edition(empty, tmp_path):
    """60 agreed, 30 did not agree at all, 10 not to research: 60 rows, and insiders read how many stay behind."""
    agreed = [case(number) for number in range(60)]
    against = [case(number, con_Consent="FALSE", prs_Gender="NonConforming") for number in range(30)]
    half = [case(number, con_ConsentResearch="", prs_Gender="NonConforming") for number in range(10)]
    kept(empty, write(tmp_path / "cases.csv", [*against, *agreed, *half]))
    plan = ({"method": "sort_rows", "columns": [], "parameters": {}, "why": "The order tells nothing."},)
    empty.prepare(study=STUDY, plan=plan)
    tried = empty.act("amara", "plan", study=STUDY).tried
    told = {line.name: line.value for line in tried.before[0].lines}
    draft = draft_of(empty.site, editions_of(empty.site, STUDY)[0][0])
    rows = empty.site.drafts.open(draft.content[draft.files[0].name])

    assert told["withheld"] == "40"
    assert len(rows) == 60
    assert set(rows.arrow.column("prs_Gender").to_pylist()) == {"Feminine", "Masculine"}


def test_nothing_is_made_of_records_nobody_agreed_to(empty, tmp_path):
    """The plan cannot be tried, and the reason says what is asked for."""
    kept(empty, write(tmp_path / "cases.csv", [case(number, con_ConsentResearch="no") for number in range(20)]))
    empty.act("amara", "write_plan", study=STUDY, steps=[])
    tried = empty.act("amara", "try_plan", study=STUDY)

    assert tried.state == "failed"
    assert "con_ConsentResearch" in str(tried.says)


def test_consent_that_is_withdrawn_reaches_what_was_not_published_and_the_next_edition(empty, tmp_path):
    """Treated rows made while somebody agreed are destroyed once the records that say no are kept."""
    agreed = [case(number) for number in range(60)]
    kept(empty, write(tmp_path / "cases.csv", agreed))
    plan = ({"method": "sort_rows", "columns": [], "parameters": {}, "why": "The order tells nothing."},)
    empty.prepare(study=STUDY, plan=plan)
    before = draft_of(empty.site, editions_of(empty.site, STUDY)[0][0])
    kept(empty, write(tmp_path / "later.csv", [case(0, con_ConsentResearch="FALSE"), *agreed[1:]]))
    empty.work()

    assert [fact.state for _, fact in editions_of(empty.site, STUDY)] == ["withdrawn"]
    assert not any(empty.site.drafts.exists(content) for content in before.content.values())
    empty.prepare(study=STUDY, plan=plan)
    after = draft_of(empty.site, editions_of(empty.site, STUDY)[1][0])
    assert len(empty.site.drafts.open(after.content[after.files[0].name])) == 59
