"""Purposes: a closed list, prohibitions that win, and a matcher that never approves."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.govern.organisations import OrganisationKind
from safeconduct.govern.purposes import (
    ALLOWED,
    PROHIBITED,
    PURPOSES,
    Answer,
    Condition,
    Outcome,
    StruckOut,
    UseRules,
    Wish,
    leaf,
    matches,
)

STANDARDS = Path(__file__).parents[3].parent / "shared" / "standards"
DPV = "https://w3id.org/dpv#"
WISH = Wish(
    purpose="DisplacementEstimation", kind=OrganisationKind.UNIVERSITY, commercial=False, ethics="IRB 12/2026",
    completion=date(2027, 1, 31), country="UGA",
)  # fmt: skip
OPEN = UseRules()


def refused(wish=WISH, rules=OPEN):
    return [one.rule for one in matches(wish, rules).reasons]


def rows(name):
    path = STANDARDS / name
    if not path.exists():
        pytest.skip("the standards that lie beside a checkout are not here")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ancestors(iri, broader):
    found, now = set(), iri
    while now := broader.get(now, ""):
        found.add(now)
    return found


@pytest.mark.parametrize("code", [one.code for one in ALLOWED if not one.made_up_only])
def test_an_allowed_purpose_goes_to_the_people_who_decide(code):
    """For review, which is not approval."""
    assert matches(replace(WISH, purpose=code), OPEN).outcome is Outcome.FOR_REVIEW


@pytest.mark.parametrize("code", [one.code for one in PROHIBITED])
def test_a_prohibited_purpose_is_refused_as_the_purpose_and_as_a_later_use(code):
    """However good the rest is."""
    assert "purpose.prohibited" in refused(replace(WISH, purpose=code))
    assert "purpose.prohibited" in refused(replace(WISH, downstream=("AcademicResearch", code)))


def test_protection_of_national_security_is_not_let_in_by_public_benefit():
    """In the vocabulary one is a kind of the other; neither is on the list, and neither opens anything."""
    broader = {row["iri"]: row["broader"] for row in rows("dpv_terms.csv") if row["module"] == "purposes"}
    security, benefit = f"{DPV}ProtectionOfNationalSecurity", f"{DPV}PublicBenefit"
    rules = UseRules(allowed=frozenset({benefit, "PublicBenefit", security}))

    assert benefit in ancestors(security, broader)
    for purpose in (security, benefit, "PublicBenefit", "ProtectionOfNationalSecurity"):
        assert refused(replace(WISH, purpose=purpose), rules) == ["purpose.not_listed"]
        assert refused(replace(WISH, purpose=purpose)) == ["purpose.not_listed"]


def test_of_the_whole_privacy_vocabulary_two_terms_are_let_in():
    """Those that mean exactly what one of ours means."""
    terms = [row["iri"] for row in rows("dpv_terms.csv")]

    assert {one for one in terms if not refused(replace(WISH, purpose=one))} == {
        f"{DPV}ProvideOfficialStatistics", f"{DPV}AcademicResearch",
    }  # fmt: skip


@given(purpose=st.text(), downstream=st.lists(st.text(), max_size=3))
def test_whatever_is_written_only_the_list_is_let_in(purpose, downstream):
    """No other, no blank, no almost."""
    through = matches(replace(WISH, purpose=purpose, downstream=tuple(downstream)), OPEN).outcome is Outcome.FOR_REVIEW
    listed = all(leaf(one) and not PURPOSES[leaf(one)].made_up_only for one in (purpose, *downstream))

    assert through == listed


@pytest.mark.parametrize(
    "purpose", ["", "other", "displacementestimation", " DisplacementEstimation", "Displacement estimation"]
)
def test_nearly_an_allowed_purpose_is_none(purpose):
    """A code is a code."""
    assert refused(replace(WISH, purpose=purpose)) == ["purpose.not_listed"]


def test_a_study_is_open_for_what_it_says_and_nothing_else():
    """A shorter list than ours."""
    rules = UseRules(allowed=frozenset({"OfficialStatistics"}))

    assert refused(replace(WISH, purpose="OfficialStatistics"), rules) == []
    assert refused(replace(WISH, purpose=f"{DPV}ProvideOfficialStatistics"), rules) == []
    assert refused(WISH, rules) == ["purpose.not_listed"]


def test_a_studys_own_prohibition_wins_over_its_list():
    """Also where another vocabulary's word is used for it."""
    rules = UseRules(prohibited=frozenset({"AcademicResearch"}))

    for purpose in ("AcademicResearch", f"{DPV}AcademicResearch"):
        assert refused(replace(WISH, purpose=purpose), rules)[0] == "purpose.prohibited"


def test_a_prohibition_is_struck_out_by_two_people_with_a_reason_and_by_nobody_alone():
    """The owner's steward and the data protection officer, for one study."""
    both = StruckOut(purpose="ReIdentification", owner="ana", officer="eve", why="agreed test of the protection")
    wish = replace(WISH, purpose="ReIdentification")

    assert refused(wish, UseRules(struck_out=(both,))) == []
    for change in ({"officer": "ana"}, {"officer": ""}, {"owner": ""}, {"why": " "}, {"purpose": "MilitaryTargeting"}):
        assert "purpose.prohibited" in refused(wish, UseRules(struck_out=(replace(both, **change),)))


def test_what_a_study_itself_prohibits_is_not_struck_out():
    """Its own prohibition is taken away by taking it away."""
    both = StruckOut(purpose="ReIdentification", owner="ana", officer="eve", why="agreed test of the protection")
    rules = UseRules(prohibited=frozenset({"ReIdentification"}), struck_out=(both,))

    assert "purpose.prohibited" in refused(replace(WISH, purpose="ReIdentification"), rules)


def test_striking_out_opens_nothing_that_is_not_on_a_list():
    """It takes a prohibition away; it is no way to add purposes."""
    made_up = StruckOut(purpose="PublicBenefit", owner="ana", officer="eve", why="why not")

    assert refused(replace(WISH, purpose="PublicBenefit"), UseRules(struck_out=(made_up,))) == ["purpose.not_listed"]


def test_teaching_is_served_with_made_up_records_only():
    """Real people are not teaching material."""
    teaching = replace(WISH, purpose="Teaching")

    assert refused(teaching) == ["purpose.made_up_only"]
    assert refused(replace(teaching, made_up=True)) == []


LIMITS = {"until": date(2027, 1, 31), "countries": frozenset({"UGA"})}


@pytest.mark.parametrize(
    ("condition", "change", "answer"),
    [
        (Condition.NON_COMMERCIAL, {}, Answer.YES),
        (Condition.NON_COMMERCIAL, {"commercial": True}, Answer.NO),
        (Condition.NON_COMMERCIAL, {"commercial": None}, Answer.ASK),
        (Condition.NOT_FOR_PROFIT, {}, Answer.YES),
        (Condition.NOT_FOR_PROFIT, {"kind": OrganisationKind.COMPANY}, Answer.NO),
        (Condition.NOT_FOR_PROFIT, {"kind": OrganisationKind.MOBILE_OPERATOR}, Answer.NO),
        (Condition.NOT_FOR_PROFIT, {"kind": OrganisationKind.OTHER}, Answer.ASK),
        (Condition.ETHICS, {}, Answer.ASK),
        (Condition.ETHICS, {"ethics": " "}, Answer.NO),
        (Condition.TIME_LIMIT, {}, Answer.YES),
        (Condition.TIME_LIMIT, {"completion": date(2027, 2, 1)}, Answer.NO),
        (Condition.TIME_LIMIT, {"completion": None}, Answer.ASK),
        (Condition.COUNTRIES, {}, Answer.YES),
        (Condition.COUNTRIES, {"country": "KEN"}, Answer.NO),
        (Condition.COUNTRIES, {"country": ""}, Answer.ASK),
        (Condition.COLLABORATION, {}, Answer.ASK),
        (Condition.RETURN, {}, Answer.ASK),
        (Condition.PUBLISH, {}, Answer.ASK),
    ],
)
def test_a_condition_says_yes_no_or_that_a_person_must_look(condition, change, answer):
    """Three values; a no refuses, the others go to people."""
    match = matches(replace(WISH, **change), UseRules(conditions=frozenset({condition}), **LIMITS))
    rule = f"condition.{condition.name.lower()}"

    assert {one.rule: one.answer for one in match.checks}[rule] is answer
    assert match.outcome is (Outcome.REFUSED if answer is Answer.NO else Outcome.FOR_REVIEW)
    assert (rule in [one.rule for one in match.open]) == (answer is Answer.ASK)


def test_the_matcher_has_no_word_for_approval():
    """People approve."""
    assert {one.value for one in Outcome} == {"refused", "for review"}


def test_every_rule_that_was_looked_at_is_told_in_words():
    """Those that passed too, so that the applicant sees what counted."""
    checks = matches(WISH, UseRules(conditions=frozenset(Condition), **LIMITS)).checks

    assert len({one.rule for one in checks}) == len(checks) == 2 + len(Condition)
    assert all(str(one.says).endswith(".") for one in checks)


def test_the_conditions_are_terms_of_the_data_use_ontology():
    """So that a catalogue can tell them to machines."""
    known = {row["id"] for row in rows("duo.csv")}

    assert {one.term for one in Condition} <= known
    assert len({one.term for one in Condition}) == len(Condition)
