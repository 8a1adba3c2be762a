"""What a pool must say before it is opened, who is what to it, and which of two records it holds."""

from dataclasses import replace
from datetime import date

import pytest

from safeconduct.govern.deposits import Basis
from safeconduct.govern.pools import (
    Candidate,
    DuplicateRule,
    Fate,
    Pool,
    PoolStandard,
    chosen,
    consent_problem,
    parts_in_pool,
    parts_in_share,
    problems,
)
from safeconduct.govern.roles import Person
from safeconduct.govern.scopes import permission_scopes, token_may
from safeconduct.govern.states.machine import Part

TODAY = date(2026, 3, 1)
POOL = Pool(
    id="p1", title="Cases", study="S", purpose="To know.", standard=PoolStandard.HTCDS, freeze_on=date(2026, 4, 1),
    host="House", basis=Basis.MANDATE, agreement="A-1", agreement_from=date(2026, 1, 1),
    agreement_until=date(2026, 12, 31),
)  # fmt: skip
THREE = ("Haven", "Lighthouse", "Refuge")


@pytest.mark.parametrize(("changed", "organisations", "field"), [
    ({"title": ""}, THREE, "title"),
    ({"purpose": " "}, THREE, "purpose"),
    ({"freeze_on": TODAY}, THREE, "freeze_on"),
    ({"freeze_on": date(2027, 1, 1)}, THREE, "freeze_on"),
    ({"agreement_until": date(2026, 2, 1)}, THREE, "agreement_until"),
    ({"match_by": ()}, THREE, "match_by"),
    ({}, THREE[:2], "organisations"),
    ({}, (*THREE, "HAVEN "), "organisations"),
    ({}, (*THREE, ""), "organisations"),
])  # fmt: skip
def test_what_is_missing_is_told_by_its_field(changed, organisations, field):
    """Two organisations are too few; one named twice is one."""
    assert problems(POOL, THREE, today=TODAY) == ()
    assert field in {one.field for one in problems(replace(POOL, **changed), organisations, today=TODAY)}


def test_a_share_is_of_its_organisations_contributors_alone():
    """Neither another's contributor, nor a steward, nor somebody whose organisation nobody named."""
    own = Person(account="a", roles=frozenset({"contributor"}), organisation="haven")

    assert parts_in_share(own, "Haven") == {Part.CONTRIBUTOR}
    for other in (replace(own, organisation="Refuge"), replace(own, roles=frozenset({"steward", "analyst"})),
                  replace(own, organisation="")):  # fmt: skip
        assert parts_in_share(other, "Haven") == frozenset()
    assert parts_in_share(replace(own, organisation=""), "") == frozenset()


def test_a_pool_is_of_its_hosts_stewards_alone():
    """A steward who works for others hosts nothing here."""
    steward = Person(account="a", roles=frozenset({"steward"}), organisation="House")

    assert parts_in_pool(steward, POOL) == {Part.STEWARD}
    assert parts_in_pool(replace(steward, organisation="Haven"), POOL) == frozenset()
    assert parts_in_pool(replace(steward, roles=frozenset({"contributor"})), POOL) == frozenset()


def record(share, place, filled=1, fate=None):
    return Candidate(share=share, record=0, place=place, filled=filled, fate=fate)


@pytest.mark.parametrize(("records", "rule", "stays"), [
    ([record("a", 0), record("b", 1)], DuplicateRule.FIRST, "a"),
    ([record("a", 0), record("b", 1, filled=9)], DuplicateRule.FULLEST, "b"),
    ([record("a", 0, fate=Fate.MARK), record("b", 1)], DuplicateRule.FIRST, "b"),
    ([record("a", 0), record("b", 1, fate=Fate.KEEP)], DuplicateRule.FIRST, "b"),
    ([record("a", 0, fate=Fate.MARK), record("b", 1, fate=Fate.MARK)], DuplicateRule.FIRST, "a"),
    ([record("a", 0, fate=Fate.KEEP), record("b", 1, fate=Fate.KEEP)], DuplicateRule.FULLEST, "a"),
])  # fmt: skip
def test_the_pool_always_holds_one_of_them(records, rule, stays):
    """What holders say comes first; where they do not settle it, the rule does."""
    assert chosen(records, rule).share == stays


@pytest.mark.parametrize(("conditioned", "understood", "field"), [
    (None, True, "consent_conditioned"), (False, None, "consent_understood"),
    (True, True, "consent_conditioned"), (False, False, "consent_understood"),
])  # fmt: skip
def test_consent_that_was_not_free_is_no_ground(conditioned, understood, field):
    """Asked of every organisation, and only where the pool stands on consent."""
    assert consent_problem(Basis.CONSENT, conditioned=conditioned, understood=understood).field == field
    assert consent_problem(Basis.CONSENT, conditioned=False, understood=True) is None
    assert consent_problem(Basis.MANDATE, conditioned=None, understood=None) is None


def test_sending_files_goes_with_what_they_are_sent_for():
    """A token that may deposit or contribute may send; no token is made for sending alone."""
    assert token_may("send", frozenset({"do:deposit"}))
    assert token_may("send", frozenset({"do:contribute"}))
    assert not token_may("send", frozenset({"do:curate"}))
    assert permission_scopes(["send", "contribute"]) == ("do:contribute",)
