"""Scopes of tokens, as FlowKit's clients read them."""

from dataclasses import replace
from datetime import date

import pytest

from safeconduct.govern.agreements import Agreement
from safeconduct.govern.scopes import all_scopes, in_words, lacking, needed, needed_for_areas
from safeconduct.model.areas import AreaLevel, TimeGrain
from safeconduct.query.base import query_kind

AGREEMENT = Agreement(
    id="a1", project="p1", title="T", dataset="phone", purpose="x", members=("ana",),
    kinds=("flows", "daily_location", "unique_subscriber_counts"), finest=AreaLevel.DISTRICT, grain=TimeGrain.DAY,
    first=date(2026, 1, 1), last=date(2026, 1, 1), policy="operational", until=date(2026, 6, 30),
)  # fmt: skip


def test_a_question_needs_a_scope_for_each_kind_in_it_and_run():
    """FlowKit's example, at admin3; two parts of one kind need it once."""
    day = {"kind": "daily_location"}

    assert needed({"kind": "flows", "origin": day, "destination": day}, AreaLevel.COMMUNE) == {
        "run", "admin3:flows:flows", "admin3:flows:daily_location",
    }  # fmt: skip


def test_all_scopes_go_as_far_as_the_agreement_and_no_further():
    """Levels not finer than agreed, kinds it opens, and nesting only where a kind nests."""
    scopes = all_scopes(AGREEMENT)

    assert scopes[:3] == ("run", "get_result", "get_available_dates")
    assert {scope.split(":")[0] for scope in scopes[3:]} == {"admin0", "admin1", "admin2"}
    assert {"admin2:flows:flows", "admin2:flows:daily_location", "admin2:geography:geography",
            "admin1:unique_subscriber_counts:unique_subscriber_counts"} <= set(scopes)  # fmt: skip
    assert "admin2:unique_subscriber_counts:daily_location" not in scopes
    assert not [scope for scope in scopes if "modal_location" in scope or scope.startswith("admin2:daily_location")]
    assert len(scopes) == len(set(scopes))


def test_every_kind_opened_gives_all_a_question_of_it_needs():
    """Also for kinds that are added later."""
    scopes = set(all_scopes(replace(AGREEMENT, kinds=tuple(query_kind), finest=AreaLevel.SITE)))

    assert not lacking(needed({"kind": "flows", "origin": {"kind": "modal_location"}}, AreaLevel.SITE), scopes)
    assert needed_for_areas(AreaLevel.COMMUNE) <= scopes


def test_without_a_token_nothing_is_lacking():
    """With an empty one everything is."""
    assert lacking(frozenset({"run"}), None) == frozenset()
    assert lacking(frozenset({"run"}), frozenset()) == {"run"}


@pytest.mark.parametrize("scope", [*all_scopes(AGREEMENT), "nonsense", "a:b:c:d", ""])
def test_every_scope_has_a_sentence(scope):
    """A scope nobody knows has one too."""
    assert str(in_words(scope)).strip()
