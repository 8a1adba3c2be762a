"""The gate's two halves: what is let in, and what may leave."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadInput, Tampered, UnknownName, Unsafe
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import Admission, CellStatus, Evidence, Pending, Refusal, Release
from safeconduct.model.policy import RuleSpec
from safeconduct.model.table import Table
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.spec import read_question
from safeconduct.release.draft_checks import check_table
from safeconduct.release.gate import admit, decide, from_tree, to_tree

NOW = datetime(2026, 2, 1, tzinfo=UTC)
ONE = Days.one(date(2026, 1, 2))
LEVELS = some.sampled_from(list(AreaLevel))
HOURS = some.none() | some.builds(Hours, some.integers(0, 11), some.integers(12, 24))
STARTS = some.integers(1, 28)
QUESTIONS = some.builds(
    lambda level, hours, start, more: UniqueSubscriberCounts(
        days=Days(date(2026, 1, start), date(2026, 1, min(28, start + more))), areas=level, hours=hours
    ),
    LEVELS, HOURS, STARTS, some.integers(0, 9),
)  # fmt: skip


def decided(world, draft, query, **changes):
    how = {"approvals": 0, "training": False, "now": NOW} | changes
    return decide(draft, world.admission(query), **how)


def test_an_admission_names_the_evidence_and_the_answer(world):
    """Contributors always; the answer's id is the question's."""
    admission = world.admission(world.seen())

    assert admission.wanted == {Evidence.PEOPLE}
    assert admission.answer_id == world.question(world.seen()).answer_id(world.policy.id)
    assert admission.missing_days == ()


def test_days_that_are_not_all_there_are_told_and_not_refused(world):
    """The fifth lacks messages, the thirteenth everything; types the data set never had do not count."""
    admission = world.admission(world.seen(days=Days(date(2026, 1, 1), date(2026, 1, 14))))

    assert admission.missing_days == (date(2026, 1, 5), date(2026, 1, 13))


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 1, 13), date(2026, 1, 15)])
def test_a_question_about_days_that_are_all_absent_is_refused_with_the_range_there_is(world, day):
    """The range is a public fact."""
    answer = admit(world.question(world.seen(days=Days.one(day))), world.policy)

    assert isinstance(answer, Refusal)
    assert answer.reason == "days.not_available"
    assert str(answer.alternatives[0].says) == "Ask for days from 2026-01-01 to 2026-01-14."


def test_a_movement_needs_days_at_both_ends(world):
    """One end that is all absent would make every figure a withheld nothing."""
    query = Flows(origin=DailyLocation(days=ONE), destination=DailyLocation(days=Days.one(date(2026, 1, 13))))

    answer = admit(world.question(query), world.policy)

    assert isinstance(answer, Refusal)
    assert answer.reason == "days.not_available"


def test_a_data_set_without_days_says_so(world):
    """No range to offer, and no error either."""
    empty = replace(world, facts=replace(world.facts, present={}))

    answer = admit(empty.question(empty.seen()), empty.policy)

    assert isinstance(answer, Refusal)
    assert answer.reason == "days.not_available"
    assert "have arrived" in str(answer.alternatives[0].says)


def test_a_level_that_the_data_set_lacks_is_refused_with_the_next_larger_one(world):
    """Of the levels that are there, the finest that is coarser."""
    areas = {level: places for level, places in world.facts.geography.areas.items() if level is not AreaLevel.COMMUNE}
    there = replace(world, facts=replace(world.facts, geography=Geography("geo", areas)))

    answer = admit(there.question(there.seen(AreaLevel.COMMUNE)), there.policy)

    assert isinstance(answer, Refusal)
    assert answer.reason == "geography.no_level"
    assert answer.alternatives[0].spec["areas"] == "admin2"


@given(query=QUESTIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_question_that_a_refusal_offers_is_let_in(world, query):
    """Advice that would be refused is no advice."""
    answer = admit(world.question(query), world.policy)

    for one in answer.alternatives if isinstance(answer, Refusal) else ():
        if one.spec is not None:
            assert isinstance(admit(world.question(read_question(one.spec)), world.policy), Admission)


@given(query=QUESTIONS, versions=some.lists(some.text(max_size=4), max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_refusal_is_the_same_whatever_the_data(world, query, versions):
    """Built from the question and public facts: other partitions, the same words; and no count in them."""
    question = world.question(query)
    other = replace(question, partitions={f"calls/{at}": version for at, version in enumerate(versions)})
    first, second = admit(question, world.policy), admit(other, world.policy)

    assert isinstance(first, Refusal) is isinstance(second, Refusal)
    if isinstance(first, Refusal):
        assert first == second
        assert [one.spec for one in first.alternatives] == [one.spec for one in second.alternatives]


@given(
    counts=some.lists(some.integers(0, 40), min_size=2, max_size=2),
    hidden=some.lists(some.booleans(), min_size=2, max_size=2),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_released_value_has_too_few_people_behind_it(world, told, counts, hidden):
    """Whatever the draft, and whether the engine left empty cells out or not."""
    cells = {(code,): count for code, count, out in zip("AB", counts, hidden, strict=True) if count or not out}
    release = world.release(world.seen(), cells)

    for (code,), (value, status, _) in told(release).items():
        assert (value is not None and value >= 16) if status == "value" else not value
        assert (status == "value") is (cells.get((code,), 0) >= 16)


@given(days=some.dictionaries(some.tuples(some.integers(1, 12), some.sampled_from("AB")), some.integers(0, 40)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_drafts_that_differ_in_small_numbers_only_give_the_same_release(world, days):
    """What is withheld leaves no trace: not in the values, the order, the reasons or the digest."""
    query = world.daily(Days(date(2026, 1, 1), date(2026, 1, 12)))
    cells = {(date(2026, 1, day), code): count for (day, code), count in days.items()}
    large = {cell: count for cell, count in cells.items() if count >= 16}

    assert world.release(query, cells).digest == world.release(query, large).digest


def test_a_draft_with_a_known_seed_is_refused(world):
    """Who knows the seed knows the noise."""
    draft = replace(world.draft(world.seen(), {("A",): 20}), seeded=True)

    with pytest.raises(Unsafe, match="seed"):
        decided(world, draft, world.seen())


def test_a_draft_without_contributors_can_never_be_released(world):
    """Not under any protection level."""
    draft = world.draft(world.seen(), {("A",): 20})
    without = replace(draft, evidence=draft.evidence.having(other=[1]).without("contributors"))

    with pytest.raises(Unsafe, match="lacks evidence"):
        decided(world, without, world.seen())


def test_a_draft_of_sums_without_the_largest_contributions_is_not_released(world):
    """The protection level looks at them."""
    query = world.seen()
    admission, draft = world.sums(world.admission(query), world.draft(query, {("A",): 20}), [500])

    with pytest.raises(Unsafe, match="lacks evidence"):
        decide(draft, admission, approvals=0, training=False, now=NOW)


def test_a_draft_of_sums_is_released_without_its_evidence(world, told):
    """The largest contributions stay inside."""
    query = world.seen()
    draft = world.draft(query, {("A",): 20, ("B",): 20}, largest=[50, 990], second_largest=[40, 5])
    admission, draft = world.sums(world.admission(query), draft, [500, 1000])

    release = decide(draft, admission, approvals=0, training=False, now=NOW)

    assert release.table.columns == ("area", "events", "margin", "status", "reason")
    assert told(release)[("A",)][0] == 500
    assert told(release)[("B",)] == (None, "suppressed", "dominance")


@pytest.mark.parametrize(
    "column",
    [pa.array([19], type=pa.int64()), pa.array([None], type=pa.int64()), pa.array([-20], type=pa.int64()),
     pa.array(["20"])],
    ids=["another number", "unknown", "negative", "a text"],
)  # fmt: skip
def test_a_number_of_people_that_is_not_its_contributors_is_not_released(world, column):
    """A scaled estimate cannot pass for people."""
    draft = world.draft(world.seen(), {("A",): 20})
    other = replace(draft, evidence=Table(pa.table({"contributors": column})))

    with pytest.raises(Unsafe):
        decided(world, other, world.seen())


def test_a_draft_of_another_question_or_other_data_is_not_released(world):
    """The answer's id is computed again from where the draft says it comes from."""
    other = world.seen(days=Days(date(2026, 1, 6), date(2026, 1, 7)))
    draft = world.draft(world.seen(), {("A",): 20})
    newer = replace(draft, provenance=replace(draft.provenance, partitions={"calls/2026-01-01": "newer"}))

    for wrong in (world.draft(other, {("A",): 20}), newer):
        with pytest.raises(Unsafe, match="ask the question again"):
            decided(world, wrong, world.seen())


def test_a_draft_whose_marks_do_not_fit_its_rows_is_not_released(world):
    """Every row has a status."""
    draft = world.draft(world.seen(), {("A",): 20})

    with pytest.raises(Unsafe, match="shape"):
        decided(world, replace(draft, status=(CellStatus.VALUE,) * 2), world.seen())


def test_an_error_about_a_draft_holds_none_of_its_values(world):
    """Not in the message, nor in what it was raised from."""
    draft = world.draft(world.seen(), {("A",): 31337})
    broken = replace(draft, table=draft.table.having(area=["secret-code"]))

    with pytest.raises(Unsafe) as error:
        decided(world, broken, world.seen())

    assert error.value.__cause__ is None
    assert "31337" not in str(error.value)
    assert "secret-code" not in str(error.value)


@pytest.mark.parametrize(("approvals", "missing"), [(0, 2), (1, 1)])
def test_a_draft_that_needs_more_eyes_waits(world, approvals, missing):
    """As many as the protection level says."""
    there = world.under(replace(world.policy, reviewers=2))
    draft = there.draft(there.seen(), {("A",): 20})

    decision = decided(there, draft, there.seen(), approvals=approvals)

    assert decision == Pending(answer_id=there.admission(there.seen()).answer_id, missing=missing)
    assert isinstance(decided(there, draft, there.seen(), approvals=2), Release)


def test_the_statement_says_what_a_reader_must_know(world):
    """Zone, day boundary, days, what is missing, source, protection, what is not told, who was counted."""
    query = world.seen(days=Days(date(2026, 1, 4), date(2026, 1, 14)))

    said = " ".join(map(str, world.release(query, {("A",): 20}).statement))

    for part in (
        "Days from 2026-01-04 to 2026-01-14", "2026-01-05, 2026-01-13", "midnight in the time zone Africa/Maputo",
        "data set phone", "Marks only, version 1", "fewer than 16 people", "not zero", "not the population",
    ):  # fmt: skip
        assert part in said


@pytest.mark.parametrize("training", [True, False])
def test_a_release_is_kept_as_a_tree_and_read_again(world, training):
    """The same in every part, from JSON text too."""
    release = world.release(world.seen(), {("A",): 20}, training=training)

    again = from_tree(to_tree(release))

    assert to_tree(again) == to_tree(release)
    assert again.table.arrow.equals(release.table.arrow)
    assert (again.output, again.provenance, again.statement) == (release.output, release.provenance, release.statement)


def test_decimal_sums_are_kept_exactly(world):
    """As texts, so that every machine reads the same number."""
    query = world.seen()
    draft = world.draft(query, {("A",): 20}, largest=[1], second_largest=[1])
    admission, draft = world.sums(world.admission(query), draft, [1])
    draft = replace(draft, table=draft.table.having(events=pa.array([0.1 + 0.2 + 100], type=pa.float64())))

    release = decide(draft, admission, approvals=0, training=False, now=NOW)

    assert from_tree(to_tree(release)).table.column("events")[0] == 0.1 + 0.2 + 100


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["columns"][1]["cells"].__setitem__(0, 21),
        lambda tree: tree["columns"][2]["cells"].__setitem__(1, "value"),
        lambda tree: tree.__setitem__("training", True),
        lambda tree: tree["policy"].__setitem__("name", "public"),
        lambda tree: tree["statement"].pop(),
        lambda tree: tree.pop("output"),
        lambda tree: tree.__setitem__("format", 2),
        lambda tree: tree.__setitem__("columns", "none"),
    ],
)
def test_a_kept_answer_that_was_changed_is_no_release(world, change):
    """A value, a status, the training mark, the policy, a sentence, or the shape itself."""
    tree = to_tree(world.release(world.seen(), {("A",): 20}))
    change(tree)

    with pytest.raises(Tampered):
        from_tree(tree)


@pytest.mark.parametrize(
    "row",
    [(20, "suppressed"), (None, "value"), (1, "zero"), (None, "zero"), (0, "not_observed"), (0, "suppressed")],
)
def test_the_last_check_stops_a_withheld_figure(world, row):
    """Whatever a rule did."""
    value, status = row
    table = Table(pa.table({"area": ["A"], "people": pa.array([value], type=pa.int64()),
                            "margin": pa.array([value if value is None else 0]), "status": [status],
                            "reason": [""]}))  # fmt: skip

    with pytest.raises(Unsafe, match="withheld figure"):
        check_table(table, world.seen().output())


def test_the_last_check_stops_a_column_that_is_not_of_the_answer(world):
    """Evidence above all."""
    table = world.release(world.seen(), {("A",): 20}).table.having(contributors=[20, 1, 0, 0])

    with pytest.raises(Unsafe, match="column"):
        check_table(table, world.seen().output())


@pytest.mark.parametrize(
    ("rules", "error", "says"),
    [
        ([("minimum_contributers", {})], UnknownName, "did you mean 'minimum_contributors'"),
        ([("minimum_contributors", {"minimal": 16}), ("presentation", {})], BadInput, "no parameter 'minimal'"),
        (
            [("minimum_contributors", {"minimum": "16"}), ("presentation", {})],
            BadInput,
            "minimum must be a whole number",
        ),
        (
            [("minimum_contributors", {"minimum": True}), ("presentation", {})],
            BadInput,
            "minimum must be a whole number",
        ),
        ([("minimum_geography", {"finest": "village"}), ("presentation", {})], BadInput, "finest is one of"),
        ([("presentation", {"fill": 1})], BadInput, "it has none"),
        ([("presentation", {})], BadInput, "needs the rule 'minimum_contributors'"),
        ([("minimum_contributors", {})], BadInput, "must end with the rule 'presentation'"),
        ([("presentation", {}), ("minimum_contributors", {})], BadInput, "must end with"),
        ([("differential_privacy", {}), ("minimum_contributors", {}), ("presentation", {})], BadInput, "true counts"),
        ([("differential_privacy", {}), ("protected_zones", {}), ("presentation", {})], BadInput, "true counts"),
    ],
)
def test_a_protection_level_that_cannot_protect_is_refused_in_words(world, rules, error, says):
    """Unknown rules and parameters, wrong kinds, nobody counted, nothing presented."""
    broken = replace(world.policy, rules=tuple(RuleSpec(name, parameters) for name, parameters in rules))

    with pytest.raises(error, match=says):
        admit(world.question(world.seen()), broken)


def test_event_types_nobody_asked_for_do_not_make_days_missing(world):
    """Calls are there on the fifth."""
    query = UniqueSubscriberCounts(days=Days.one(date(2026, 1, 5)), events=frozenset({EventType.CALLS}))

    assert world.admission(query).missing_days == ()
