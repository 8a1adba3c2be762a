"""The next wave of a survey: what was decided is proposed again, what differs is told, the plan is carried over."""

import pytest

from safeconduct.model.errors import NotPermitted, WrongState

pytestmark = pytest.mark.slow
SECOND = "FLOOD-2027"
SAID = {"title": "Second wave", "collected_by": "Us", "basis": "public interest", "wave_of": "FLOOD-2026"}


@pytest.fixture
def wave(prepared, publishing, tmp_path):
    """A second wave: one column renamed in capitals, one new, one gone, a new code."""
    frame = publishing.survey(seed=2).rename(columns={"age": "AGE"}).drop(columns=["income"])
    frame["camp"] = 1
    frame.loc[:20, "district"] = 4
    path = publishing.write_stata(frame, tmp_path / "people.dta")
    return prepared, prepared.deposit(path, study=SECOND, **SAID)


def decided(office, deposit: str) -> None:
    roles = {"people": {"camp": "other"}}
    open_now = {one.variable.name for one in office.act("amara", "variables", deposit=deposit) if one.role is None}
    extra = dict.fromkeys(open_now & {"name"}, "direct identifier")
    office.keep(deposit, {"people": {**roles["people"], **extra}})


def test_roles_are_taken_over_and_only_the_rest_is_open(wave):
    """The steward decides what is new; `AGE` is what `age` was."""
    office, deposit = wave
    found = {one.variable.name: one.role for one in office.act("amara", "variables", deposit=deposit)}

    assert found["AGE"] == "quasi-identifier"
    assert found["content"] == "other"
    assert found["camp"] is None


def test_a_name_is_a_name_again_and_not_by_oversight_something_else(wave):
    """A direct identifier is not among the kept columns of the last wave; it must be decided anew or is one already."""
    office, deposit = wave
    found = {one.variable.name: one for one in office.act("amara", "variables", deposit=deposit)}

    assert found["name"].role in {None, "direct identifier"}
    assert found["name"].proposal == "direct identifier"


def test_every_difference_is_told(wave):
    """The column in capitals, the new one, the one that is gone, the new code."""
    office, deposit = wave
    told = {(one.name, str(one.what)) for one in office.act("amara", "wave_differences", deposit=deposit)}

    assert ("AGE", "The column was called age.") in told
    assert ("camp", "The column is new; decide its role.") in told
    assert ("income", "The column is gone.") in told


def test_labels_of_the_last_wave_stand_where_the_new_one_has_none(wave):
    """Nobody writes them twice."""
    office, deposit = wave
    decided(office, deposit)
    files = office.act("amara", "study_description", study=SECOND).files

    assert files[0]["content"].labels
    assert office.act("amara", "deposit_state", deposit=deposit).state == "kept"


def test_the_plan_is_carried_over_on_the_columns_of_the_new_wave(wave):
    """Ages are recoded under their new name; the step about incomes is left out, and said to be."""
    office, deposit = wave
    decided(office, deposit)
    taken = office.act("anna", "inherit_plan", study=SECOND)
    steps = {one.method: one.columns for one in taken.plan.recipe.steps}

    assert steps["recode"] == ("AGE",)
    assert "top_bottom" not in steps
    assert [str(one.what) for one in taken.left_out] == ["Step 2 of the plan was left out; it needs income."]


def test_whoever_wrote_the_plan_then_is_its_author_now(wave):
    """Anna carries it over; Amara wrote it, and neither checks it."""
    office, deposit = wave
    decided(office, deposit)
    authors = office.act("anna", "inherit_plan", study=SECOND).plan.authors

    assert set(authors) == {office.account("anna"), office.account("amara")}


def test_the_carried_plan_works_to_the_catalogue(wave, publishing):
    """The second wave is published with the plan of the first."""
    office, deposit = wave
    decided(office, deposit)
    office.act("amara", "inherit_plan", study=SECOND)
    office.act("amara", "describe_study", study=SECOND, fields=publishing.DESCRIPTION)
    office.act("amara", "try_plan", study=SECOND)
    edition = office.act("amara", "draft_edition", study=SECOND, access="licensed").result
    office.publish(edition)

    assert "people.dta" in {one.name for one in office.act("", "study", study=SECOND).files}


def test_a_plan_that_was_begun_is_not_written_over(wave):
    """What somebody wrote stays until they take it out."""
    office, deposit = wave
    decided(office, deposit)
    office.act("amara", "inherit_plan", study=SECOND)
    with pytest.raises(WrongState, match="already"):
        office.act("amara", "inherit_plan", study=SECOND)


def test_a_study_that_follows_none_has_no_plan_to_take_over(prepared):
    """And a checker takes none over."""
    with pytest.raises(WrongState, match="follows no other"):
        prepared.act("amara", "inherit_plan", study=prepared.study)
    with pytest.raises(NotPermitted):
        prepared.act("farid", "inherit_plan", study=prepared.study)
