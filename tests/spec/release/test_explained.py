"""Protection levels explained: nothing left out, and examples that the level's real rules made."""

from dataclasses import fields, replace

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus
from safeconduct.model.policy import RuleSpec
from safeconduct.release.base import rules_of
from safeconduct.release.changed import changed
from safeconduct.release.explained import explained, rule_parameters
from safeconduct.release.policies import shipped
from safeconduct.release.worked_example import PLACES, examples, questions

LEVELS = pytest.mark.parametrize("name", sorted(shipped()))


def by_area(policy, table: int = 0) -> dict:
    return {one.area: one for one in examples(policy)[table].cells}


def refused(policy) -> list[str]:
    return [one.refusal.reason if one.refusal else "" for one in questions(policy)]


@LEVELS
def test_every_rule_is_told_with_every_parameter_its_value_and_its_meaning(name):
    """In the order they are applied."""
    policy = shipped()[name]
    found = explained(policy)

    assert [one.name for one in found.rules] == [one.name for one in policy.rules]
    for rule, told in zip(rules_of(policy), found.rules, strict=True):
        assert [one.name for one in told.parameters] == [one.name for one in fields(rule)]
        assert all(one.says.endswith(".") and one.value for one in told.parameters), rule.name
        assert told.about


def test_a_parameter_the_file_does_not_name_is_told_with_its_default():
    """`threshold_only` names the minimum alone."""
    (rule,) = [one for one in rules_of(shipped()["threshold_only"]) if one.name == "minimum_contributors"]
    told = {one.name: (one.value, one.default) for one in rule_parameters(rule)}

    assert told["outside"] == ("0", "0")


@LEVELS
def test_the_example_is_the_same_each_time(name):
    """Noise is drawn from a fixed text, since nobody is in the table."""
    assert examples(shipped()[name]) == examples(shipped()[name])


@LEVELS
def test_the_example_lists_every_area_and_tells_no_withheld_one(name):
    """Each of both tables."""
    for one in examples(shipped()[name]):
        assert {cell.area for cell in one.cells} == {place.name for place in PLACES}
        told = {CellStatus.VALUE, CellStatus.ZERO}
        assert all((cell.told is not None) is (cell.status in told) for cell in one.cells)


def test_the_threshold_tells_exactly_what_has_enough_people():
    """Sixteen is enough, fifteen is not; nobody looks like few; a lake and a place without antenna are themselves."""
    found = by_area(shipped()["threshold_only"])

    assert (found["Elmar"].told, found["Galen"].told, found["Hilm"].told) == (16, None, None)
    assert (found["Irso"].status, found["Lake Juna"].status) == (CellStatus.NOT_OBSERVED, CellStatus.ZERO)


def test_the_operational_level_withholds_what_would_give_another_figure_away():
    """Of three districts one is too small. Noise hides it; without noise a second one goes too, and says why."""
    level = shipped()["operational"]
    noisy, exact = by_area(level), by_area(changed(level, ["complementary_suppression.reach=0"]))

    assert noisy["Corin"].told is exact["Corin"].told is None
    assert noisy["Brena"].told is not None
    assert exact["Brena"].told is None
    assert "cannot be worked out" in str(exact["Brena"].says)


def test_a_sum_that_one_person_mostly_makes_is_withheld_by_its_own_rule():
    """In the table of what phones did."""
    found = by_area(shipped()["operational"], 1)

    assert found["Brena"].reason == "dominance"
    assert str(found["Brena"].says) == "Withheld: one or two people make up most of it."


def test_the_public_level_says_what_an_answer_takes_from_which_budget():
    """Two months and the project."""
    says = [str(one) for one in examples(shipped()["public"])[0].says]

    assert "It takes 0.05 of the 0.5 that may be told of 2026-01." in says
    assert "It takes 0.1 of the 1 that the project may spend." in says


def test_questions_that_attackers_ask_are_refused_by_name():
    """Towers, narrow hours, almost the same records."""
    assert refused(shipped()["operational"]) == [
        "", "minimum_geography.too_fine", "minimum_time_grain.too_short", "overlap.too_close"
    ]  # fmt: skip
    assert refused(shipped()["threshold_only"]) == ["", "minimum_geography.too_fine", "", ""]


def test_a_level_that_refuses_the_question_of_the_example_shows_the_refusal():
    """An owner's level may tell provinces alone."""
    policy = changed(shipped()["operational"], ["minimum_geography.finest=admin1"])
    one = examples(policy)[0]

    assert one.cells == ()
    assert one.refusal.reason == "minimum_geography.too_fine"


def test_an_example_of_a_level_with_reviewers_is_made_all_the_same():
    """Their approval is taken for given."""
    assert by_area(shipped()["shared"])


def test_a_changed_parameter_makes_another_level_of_the_same_name():
    """A whole number, a word, and a list."""
    policy = changed(
        shipped()["operational"],
        ["minimum_contributors.minimum=20", "minimum_geography.finest=admin2", "public_bins.hours=00-12, 12-24"],
    )
    told = {one.name: one.parameters for one in policy.rules}

    assert told["minimum_contributors"]["minimum"] == 20
    assert told["minimum_geography"]["finest"] == "admin2"
    assert told["public_bins"]["hours"] == ["00-12", "12-24"]
    assert policy.name == "operational"
    assert policy.id != shipped()["operational"].id


def test_no_change_is_the_same_level():
    """By its id."""
    assert changed(shipped()["public"], ()).id == shipped()["public"].id


@pytest.mark.parametrize(("change", "says"), [
    ("minimum_contributors.minimum=1.5", "whole number"),
    ("minimum_contributors.minimum=", "whole number"),
    ("minimum_contributors.minimum=١٦", "whole number"),
    ("minimum_contributors.minimum=1", "goes from 2"),
    ("minimum_contributors=1", "RULE.PARAMETER=VALUE"),
    (".minimum=1", "RULE.PARAMETER=VALUE"),
    ("commercial.what=index", "has no rule"),
    ("minimum_geography.finest=village", "finest"),
])  # fmt: skip
def test_a_change_that_cannot_be_made_says_what_is_wrong(change, says):
    """And the level stays as it is."""
    with pytest.raises(BadInput, match=says):
        changed(shipped()["operational"], [change])


def test_a_rule_with_a_list_as_its_value_is_told_with_commas():
    """As somebody would write it in a change."""
    policy = replace(
        shipped()["threshold_only"],
        rules=(RuleSpec("public_bins", {"hours": ["00-12", "12-24"]}), *shipped()["threshold_only"].rules),
    )

    assert explained(policy).rules[0].parameters[0].value == "00-12, 12-24"
