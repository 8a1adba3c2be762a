"""The next wave inherits what is known of the last, and every difference is told."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.waves import Inherited, carry, inherit
from safeconduct.model.microdata import Category, Column, DataFile, Roles, Variable, VariableRole, VariableType
from safeconduct.model.recipe import Step

DIRECT, QUASI, SENSITIVE = VariableRole.DIRECT, VariableRole.QUASI, VariableRole.SENSITIVE
INTEGER, TEXT = VariableType.INTEGER, VariableType.TEXT


def codes(**labels: str) -> tuple[Category, ...]:
    """A code list: `c1="Yes"` is the code 1."""
    return tuple(Category(code=name[1:], labels={"en": label}) for name, label in labels.items())


SEX = Variable(name="sex", type=INTEGER, labels={"en": "Sex", "fr": "Sexe"}, categories=codes(c1="Man", c2="Woman"))
AGE = Variable(name="age", type=INTEGER, labels={"en": "Age in years"})
NAME = Variable(name="name", type=TEXT, labels={"en": "Name"})
BEFORE = DataFile(name="members", variables=(SEX, AGE, NAME))
ROLES: Roles = {"members": {"sex": QUASI, "age": QUASI, "name": DIRECT}}


def now(*variables: Variable, name: str = "members") -> Inherited:
    """A new wave with these columns."""
    return inherit([BEFORE], ROLES, [DataFile(name=name, variables=variables)])


def told(found: Inherited) -> list[tuple[str, str]]:
    """Every difference: the column, and what."""
    return [(one.name, str(one.what)) for one in found.differences]


def test_the_same_survey_inherits_every_role_and_differs_in_nothing() -> None:
    found = now(SEX, AGE, NAME)

    assert found.roles == ROLES
    assert found.differences == ()


def test_names_match_whatever_their_case() -> None:
    found = now(replace(SEX, name="SEX"), AGE, NAME, name="Members")

    assert found.roles["Members"]["SEX"] is QUASI
    assert told(found) == [("", "The table was called members."), ("SEX", "The column was called sex.")]


def test_a_column_with_another_name_is_known_by_its_label() -> None:
    found = now(SEX, replace(AGE, name="q7"), NAME)

    assert found.roles["members"]["q7"] is QUASI
    assert told(found) == [("q7", "The column was called age.")]


def test_a_label_that_two_columns_have_matches_none() -> None:
    found = now(SEX, replace(AGE, name="q7"), replace(AGE, name="q8"), NAME)

    assert told(found) == [
        ("q7", "The column is new; decide its role."), ("q8", "The column is new; decide its role."),
        ("age", "The column is gone."),
    ]  # fmt: skip


def test_a_column_of_another_type_keeps_no_role() -> None:
    found = now(SEX, replace(AGE, type=TEXT), NAME)

    assert "age" not in found.roles["members"]
    assert told(found) == [("age", "Its type was integer and is text; decide its role.")]


def test_codes_that_changed_are_told_and_the_role_is_kept() -> None:
    found = now(replace(SEX, categories=codes(c2="Male", c3="Other")), AGE, NAME)

    assert found.roles["members"]["sex"] is QUASI
    assert told(found) == [
        ("sex", "It has new codes: 3."), ("sex", "These codes are gone: 1."),
        ("sex", "These codes have other labels: 2."),
    ]  # fmt: skip


def test_another_label_is_told() -> None:
    assert told(now(SEX, replace(AGE, labels={"en": "Age in months"}), NAME)) == [("age", "Its label is another one.")]


def test_accents_and_case_of_a_label_are_no_difference() -> None:
    assert told(now(SEX, replace(AGE, labels={"en": "AGE in Years"}), NAME)) == []


def test_words_that_the_new_wave_lacks_are_taken_over() -> None:
    found = now(replace(SEX, labels={"en": "Sex"}, categories=()), AGE, NAME)

    assert dict(found.files[0]["sex"].labels) == {"en": "Sex", "fr": "Sexe"}
    assert found.files[0]["sex"].categories == SEX.categories


def test_words_of_the_new_wave_stay() -> None:
    found = now(replace(SEX, labels={"en": "Gender"}), AGE, NAME)

    assert found.files[0]["sex"].labels["en"] == "Gender"


def test_new_and_lost_columns_are_told() -> None:
    assert told(now(SEX, AGE, Variable(name="roof", type=TEXT))) == [
        ("roof", "The column is new; decide its role."), ("name", "The column is gone."),
    ]  # fmt: skip


def test_a_table_with_another_name_is_known_by_its_columns() -> None:
    found = now(SEX, AGE, NAME, name="roster_2026")

    assert found.roles == {"roster_2026": ROLES["members"]}
    assert told(found) == [("", "The table was called members.")]


def test_new_and_lost_tables_are_told() -> None:
    found = inherit([BEFORE], ROLES, [DataFile(name="crops", variables=(Variable(name="kind", type=TEXT),))])

    assert (found.roles, told(found)) == ({}, [("", "The table crops is new."), ("", "The table members is gone.")])


def test_the_plan_goes_along_with_the_columns() -> None:
    found = now(replace(SEX, name="SEX"), AGE, name="roster")
    steps = (Step(method="recode", columns=("sex", "age")), Step(method="pram", columns=("name",), file="members"))

    kept, lost = carry(steps, found)

    assert kept == (Step(method="recode", columns=("SEX", "age"), file="roster"),)
    assert [str(one.what) for one in lost] == ["Step 2 of the plan was left out; it needs name."]


def test_it_is_told_which_column_was_which() -> None:
    found = now(replace(SEX, name="SEX"))

    assert [(one.before, one.now) for one in found.matches] == [
        (Column(file="members", name="sex"), Column(file="members", name="SEX"))
    ]


NAMES = st.lists(st.sampled_from(["a", "A", "b", "c", "d"]), max_size=5, unique=True)
KINDS = st.sampled_from([INTEGER, TEXT])


@settings(deadline=None)
@given(NAMES, NAMES, st.data())
def test_every_column_is_inherited_or_told(old: list[str], new: list[str], data: st.DataObject) -> None:
    before = DataFile(name="f", variables=tuple(Variable(name=name, type=data.draw(KINDS)) for name in old))
    after = DataFile(name="f", variables=tuple(Variable(name=name, type=data.draw(KINDS)) for name in new))

    found = inherit([before], {"f": dict.fromkeys(old, SENSITIVE)}, [after])

    mentioned = {one.name for one in found.differences}
    assert [name for name in new if name not in found.roles.get("f", {}) and name not in mentioned] == []
    assert [name for name in old if name not in {one.before.name for one in found.matches} | mentioned] == []


@settings(deadline=None)
@given(NAMES, st.data())
def test_a_wave_is_its_own_next_wave(names: list[str], data: st.DataObject) -> None:
    file = DataFile(name="f", variables=tuple(Variable(name=name, type=data.draw(KINDS)) for name in names))
    roles: Roles = {"f": dict.fromkeys(names, SENSITIVE)} if names else {}

    found = inherit([file], roles, [file])

    assert (found.files, found.roles, found.differences) == ((file,), roles, ())
