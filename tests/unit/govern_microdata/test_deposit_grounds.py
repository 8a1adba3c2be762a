"""Deposits: on which ground records may be here, and when something of them may be published."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from safeconduct.govern.deposits import Basis, Deposit, Owner, may_deposit, may_publish, parts_in_deposit, problems
from safeconduct.govern.may import No, Yes
from safeconduct.govern.roles import Person
from safeconduct.govern.states.machine import Part, machines
from safeconduct.model.trees import from_tree, to_tree

TERMS = Path(__file__).parents[3].parent / "shared" / "standards" / "dpv_terms.csv"
TODAY = date(2026, 5, 1)
ANA = Person(account="ana", roles=frozenset({"steward"}))
OWN = Deposit(
    id="d1", study="panel-2026", title="Panel 2026", depositor="ana", basis=Basis.PUBLIC_INTEREST,
    collected_by="Statistics Office", state="kept",
)  # fmt: skip
PARTNER = replace(
    OWN, owner=Owner.PARTNER, partner="Relief for All", agreement="DSA 7/2026",
    agreement_from=TODAY, agreement_until=TODAY,
)  # fmt: skip
CONSENT = replace(OWN, basis=Basis.CONSENT, consent_conditioned=False, consent_understood=True)


def reason(answer):
    return answer.reason if isinstance(answer, No) else ""


@pytest.mark.parametrize("deposit", [OWN, PARTNER, CONSENT], ids=["own", "partner", "consent"])
def test_a_complete_deposit_is_taken(deposit):
    """The controls."""
    assert problems(deposit, today=TODAY) == ()
    assert may_deposit(ANA, deposit, today=TODAY) == Yes()


@pytest.mark.parametrize(
    ("deposit", "field"),
    [
        (replace(OWN, study=" "), "study"),
        (replace(OWN, title=""), "title"),
        (replace(OWN, title="x" * 301), "title"),
        (replace(OWN, collected_by=""), "collected_by"),
        (replace(OWN, conditions="x" * 6001), "conditions"),
        (replace(OWN, basis=None), "basis"),
        (replace(PARTNER, partner=""), "partner"),
        (replace(PARTNER, agreement=""), "agreement"),
        (replace(PARTNER, agreement_from=None), "agreement_from"),
        (replace(PARTNER, agreement_from=date(2026, 5, 2)), "agreement_from"),
        (replace(PARTNER, agreement_until=None), "agreement_until"),
        (replace(PARTNER, agreement_until=date(2026, 4, 30)), "agreement_until"),
        (replace(CONSENT, consent_conditioned=True), "basis"),
        (replace(CONSENT, consent_conditioned=None), "consent_conditioned"),
        (replace(CONSENT, consent_understood=False), "basis"),
        (replace(CONSENT, consent_understood=None), "consent_understood"),
    ],
)
def test_each_thing_that_is_missing_is_named_at_its_field_and_stops_the_deposit(deposit, field):
    """One at a time."""
    assert [one.field for one in problems(deposit, today=TODAY)] == [field]
    assert reason(may_deposit(ANA, deposit, today=TODAY)) == f"deposit.{field}"


def test_consent_that_service_depended_on_is_no_legal_basis():
    """O-17: whoever could not say no did not say yes."""
    said = problems(replace(CONSENT, consent_conditioned=True), today=TODAY)

    assert [str(one.says) for one in said] == [
        "Consent that help or service depended on is no legal basis; choose another one or do not deposit."
    ]


def test_the_flag_forbids_consent_and_no_other_basis():
    """Records held on another ground may be here whatever was asked at the time."""
    assert problems(replace(OWN, consent_conditioned=True, consent_understood=False), today=TODAY) == ()


def test_a_partners_own_agreement_is_not_asked_of_the_own_organisation():
    """Nothing but what is needed is asked."""
    assert problems(replace(PARTNER, owner=Owner.OWN, agreement="", agreement_until=None), today=TODAY) == ()


def test_somebody_else_does_not_deposit_in_the_depositors_name():
    """Nor does somebody without the role in their own."""
    assert reason(may_deposit(replace(ANA, account="ben"), OWN, today=TODAY)) == "deposit.depositor"
    assert reason(may_deposit(replace(ANA, roles=frozenset({"researcher"})), OWN, today=TODAY)) == "role.missing"


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2026, 5, 31), "deposit.embargo"), (date(2026, 6, 1), ""), (date(2026, 6, 2), "")],
)
def test_nothing_is_published_before_the_embargo_is_over(today, expected):
    """The day before, the day itself, the day after."""
    assert reason(may_publish(replace(OWN, embargo_until=date(2026, 6, 1)), today=today)) == expected


def test_an_embargo_says_from_when_publishing_is_possible():
    """A no that helps."""
    answer = may_publish(replace(OWN, embargo_until=date(2026, 6, 1)), today=TODAY)

    assert isinstance(answer, No)
    assert [str(one.says) for one in answer.alternatives] == ["Publish on 2026-06-01 or later."]


def test_an_agreement_that_ended_since_ends_publication():
    """It was in force when the files came."""
    assert may_publish(PARTNER, today=TODAY) == Yes()
    assert reason(may_publish(PARTNER, today=date(2026, 5, 2))) == "deposit.agreement_until"


@pytest.mark.parametrize("state", [one.name for one in machines()["deposit"].states if one.name != "kept"])
def test_only_kept_records_are_published(state):
    """Whatever state the deposit is in otherwise."""
    assert reason(may_publish(replace(OWN, state=state), today=TODAY)) == "deposit.not_kept"


def test_what_somebody_is_to_a_deposit():
    """Whoever lost the role is its author no more."""
    assert parts_in_deposit(ANA, OWN) == {Part.AUTHOR, Part.STEWARD}
    assert parts_in_deposit(replace(ANA, account="ben"), OWN) == {Part.STEWARD}
    assert parts_in_deposit(replace(ANA, roles=frozenset({"analyst"})), OWN) == frozenset()


def test_a_deposit_is_kept_and_read_back_whole():
    """As the ledger keeps it."""
    assert from_tree(Deposit, to_tree(PARTNER)) == PARTNER


def test_every_basis_but_the_mandate_is_a_term_of_the_privacy_vocabulary():
    """Its name there is ours."""
    if not TERMS.exists():
        pytest.skip("the standards that lie beside a checkout are not here")
    with TERMS.open(encoding="utf-8", newline="") as file:
        known = {row["iri"] for row in csv.DictReader(file) if row["module"] == "legal_basis"}

    assert {one for one in Basis if one.term not in known} == {Basis.MANDATE}
    assert all(str(one.says) for one in Basis)
