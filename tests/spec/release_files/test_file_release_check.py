"""The release check of files: what leaves, what waits, what is refused, and what nobody can slip past it."""

from dataclasses import replace

import pyarrow as pa
import pytest

from safeconduct.model.editions import FileRelease
from safeconduct.model.errors import Tampered, Unsafe, WrongState
from safeconduct.model.microdata import RECORD, VariableRole
from safeconduct.model.outcomes import Pending, Refusal
from safeconduct.model.policy import RuleSpec
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.release.gate import admit_file, file_from_tree, file_to_tree, findings


def test_a_treated_file_leaves(room):
    """Every rule passed and a reviewer said yes."""
    release = room.release()

    assert isinstance(release, FileRelease)
    assert release.rows == {"members": 180}
    assert release.access is Access.LICENSED


def test_a_draft_waits_for_its_reviewer(room):
    """Nobody releases their own file."""
    assert isinstance(room.decide(room.draft(), approvals=0), Pending)


def test_what_waits_has_the_id_it_will_have(room):
    """So that a reviewer's yes is for this draft and no other."""
    made = room.draft()
    waiting = room.decide(made, approvals=0)

    assert waiting.answer_id == room.decide(made, approvals=1).id


@pytest.fixture
def alone(room, members):
    """One person in a region of their own."""
    table = members()
    regions = table.column("region")
    regions[7] = "Lighthouse"
    return room.draft(tables={"members": table.having(region=pa.array(regions))})


def test_a_refusal_says_which_rule_and_what_to_do(room, alone):
    """In words."""
    refusal = room.decide(alone)

    assert isinstance(refusal, Refusal)
    assert refusal.reason == "k_anonymity.failed"
    assert "at least 3 records" in str(refusal.rule)
    assert "more coarsely" in str(refusal.alternatives[0].says)


def test_a_refusal_holds_no_count_and_no_value(room, alone):
    """It may be shown to who asked, who need not have seen the rows."""
    refusal = room.decide(alone)
    told = " ".join(str(one) for one in (refusal.what, refusal.rule, *(one.says for one in refusal.alternatives)))

    assert "Lighthouse" not in told
    assert "180" not in told


def test_its_author_and_reviewers_see_how_many(room, alone):
    """Findings are for insiders."""
    found = {one.rule: one for one in findings(alone, room.admission(), room.drafts)}

    assert not found["k_anonymity"].passed
    assert str(found["k_anonymity"].says).endswith("members: 1.")
    assert "1." not in str(found["k_anonymity"].public)


def test_a_seeded_draft_is_refused(room):
    """A known seed undoes what is random."""
    with pytest.raises(Unsafe, match="known seed"):
        room.decide(room.draft(seeded=True))


def test_another_studys_draft_is_not_decided(room):
    """An admission is for one study, edition and access."""
    made = replace(room.draft(), study="OTHER")

    with pytest.raises(Unsafe, match="another study"):
        room.decide(made)


def test_rows_that_were_changed_after_drafting_are_noticed(room):
    """The digest is of the plain content."""
    made = room.draft()
    other = room.drafts.keep(Table(room.drafts.open(made.content["members"]).arrow.slice(1)))
    swapped = {"members": replace(made.content["members"], draft=other.draft)}

    with pytest.raises(Tampered):
        room.decide(replace(made, content=swapped))


def test_a_column_nobody_described_does_not_slip_through(room):
    """A file is what its description says."""
    made = room.draft()
    table = room.drafts.open(made.content["members"]).having(phone=pa.array(["0"] * 180))

    with pytest.raises(Unsafe, match="do not fit"):
        room.decide(replace(made, content={"members": room.drafts.keep(table)}))


def test_a_study_that_is_not_described_is_refused_before_anybody_looks(room):
    """Seen from the description alone; the parts are named."""
    refusal = admit_file(
        replace(room.study, sampling={}), edition=1, access=Access.LICENSED, policy=room.policy, previous=()
    )

    assert isinstance(refusal, Refusal)
    assert "sampling" in str(refusal.rule)


def test_an_edition_leaves_once(room):
    """The next one has a higher number."""
    release = room.release()

    with pytest.raises(WrongState, match="higher number"):
        admit_file(room.study, edition=1, access=Access.LICENSED, policy=room.policy, previous=[release])


def test_a_study_that_is_described_only_gives_out_no_file(room):
    """`NOT_AVAILABLE` is an answer too."""
    refusal = admit_file(room.study, edition=1, access=Access.NOT_AVAILABLE, policy=room.policy)

    assert isinstance(refusal, Refusal)
    assert refusal.reason == "access.not_available"


def test_an_edition_reads_back_as_it_was(room):
    """Kept as canonical JSON, without a row."""
    release = room.release()

    assert file_from_tree(file_to_tree(release)) == release


@pytest.mark.parametrize("part", ["edition", "study", "training", "rows", "access"])
def test_a_changed_edition_is_noticed(room, part):
    """The digest covers every part."""
    tree = file_to_tree(room.release())
    other = {"edition": 7, "study": "OTHER", "training": True, "rows": {"members": 9}, "access": "public use"}

    with pytest.raises(Tampered):
        file_from_tree({**tree, part: other[part]})


def test_what_an_edition_says_of_itself_holds_no_row_and_no_record_code(room):
    """Only descriptions, counts that may be told, and words."""
    release = room.release()

    assert RECORD not in str(file_to_tree(release))
    assert "weight" not in {one.name for one in release.figures}
    assert "hhid" not in {one.name for one in release.figures}


def test_the_statement_tells_the_studys_limits(room):
    """In the study's own words."""
    assert "Limits: Who was not registered is missing." in [str(one) for one in room.release().statement]


def test_a_file_for_everybody_needs_more_than_a_licensed_one(room):
    """Households of three are known by their rows; public files need every combination five times with the size."""
    public = shipped(room, "public_use")
    strict = replace(public, rules=tuple(one for one in public.rules if one.name != "global_risk"))

    assert isinstance(room.under(policy=strict).decide(room.draft(access=Access.PUBLIC_USE)), FileRelease)


def shipped(room, name):
    from safeconduct.release.file_policies import shipped_for_files  # noqa: PLC0415 - one use

    return shipped_for_files()[name]


def test_a_licensed_level_gives_nothing_to_everybody(room):
    """Refused from the access alone."""
    refusal = admit_file(room.study, edition=1, access=Access.PUBLIC_USE, policy=room.policy)

    assert isinstance(refusal, Refusal)
    assert refusal.reason == "widest_access.too_open"


def test_an_undecided_column_stops_the_file(room):
    """What nobody decided counts for nothing in any measure."""
    roles = {"members": {name: role for name, role in room.roles["members"].items() if name != "meals"}}

    assert room.under(roles=roles).decide(room.under(roles=roles).draft()).reason == "everything_decided.failed"


def test_the_risk_on_the_sheet_is_worked_out_by_the_release_check(room):
    """What the author of a draft says of it is not believed."""
    made = room.draft()
    boast = tuple(replace(line, after="0") for line in made.sheet)
    told = {line.name: line.after for line in room.decide(replace(made, sheet=boast)).sheet}

    assert told["members.global_risk"] != "0"


def test_the_sheet_gives_no_help_to_find_anybody(room):
    """No uniques, no counts of records, no column that gives most away."""
    names = {line.name for line in room.release().sheet}

    assert not {
        name for name in names if any(word in name for word in ("unique", "below", "without", "above", "expected"))
    }


@pytest.mark.parametrize("role", [VariableRole.DIRECT, VariableRole.FREE_TEXT])
def test_roles_that_never_leave_stop_the_file(room, role):
    """Whatever the values look like."""
    other = room.under(roles={"members": {**room.roles["members"], "meals": role}})

    assert isinstance(other.decide(other.draft()), Refusal)


def test_the_gate_follows_the_policys_parameters(room):
    """A minimum nobody reaches."""
    rules = tuple(
        RuleSpec("k_anonymity", {"minimum": 1000}) if one.name == "k_anonymity" else one for one in room.policy.rules
    )

    assert isinstance(room.under(policy=replace(room.policy, rules=rules)).decide(room.draft()), Refusal)
