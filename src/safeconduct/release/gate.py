"""The two halves of the gate; the only module that makes a `Release`, of an answer or of a file of records."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from safeconduct.model.canonical import Json, digest
from safeconduct.model.editions import FileAdmission, FileDecision, FileDraft, FileRelease, Finding
from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.outcomes import (
    LATER,
    Admission,
    Alternative,
    Bound,
    CellStatus,
    Decision,
    Draft,
    Evidence,
    History,
    Pending,
    Refusal,
    Release,
)
from safeconduct.model.output import Measure, Output
from safeconduct.model.policy import Policy
from safeconduct.model.study import Access, Study
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree as read_tree
from safeconduct.query.base import AggregateQuery
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.available import counting, missing_days, no_days, no_level, no_types
from safeconduct.release.base import Rule, outside, rules_of
from safeconduct.release.draft_checks import MARGIN, REASON, STATUS, check_draft, check_table
from safeconduct.release.figures import figures
from safeconduct.release.file_base import Subject, file_rules_of
from safeconduct.release.file_gate import (
    check_edition,
    least_for_figures,
    not_an_edition,
    refusal_of,
    refused_unseen,
    release_id,
    statement_of,
    subject_of,
)
from safeconduct.release.file_gate import tree_of as file_tree
from safeconduct.release.sheet import settled
from safeconduct.release.statement import statement
from safeconduct.release.trees import digest_of, not_a_release, parts_of, tree_of
from safeconduct.store.drafts import Drafts

OF_SUMS = frozenset({Evidence.LARGEST, Evidence.SECOND})
DEEPEST = 4
COARSER = Text("Ask a coarser question that passes: larger areas, and whole days.")


def admit(question: Question, policy: Policy) -> Admission | Refusal:
    """The first half: whether a question may be computed at all, seen from the question and public facts only.

    Never looks at a record, so that a refusal says the same whatever the data hold. Every question that a refusal
    offers instead passes this half itself. What was asked before is `audit`'s.

    Raises:
        BadInput: The protection level cannot be used; the message says why.
    """
    rules = rules_of(policy)
    refusal = _refusal(question, policy, rules)
    if refusal is not None:
        return replace(refusal, alternatives=_passing(refusal, question, policy, rules))
    bound = _tightest([rule.bound(question) for rule in rules])
    waits = tuple(sorted({day for rule in rules for day in rule.waits(question)}))
    return Admission(
        spec=question.query.spec(),
        spec_id=question.query.spec_id,
        answer_id=question.answer_id(policy.id, waits=waits),
        output=counting(question.query.output(), question.facts),
        policy=policy,
        facts=question.facts,
        wanted=_wanted(rules, question.query.output(), question.query, bound),
        missing_days=missing_days(question),
        bound=bound,
        costs=tuple(cost for rule in rules for cost in rule.costs(question)),
        asked_on=question.asked_on,
        waits=waits,
        reviewers=max((rule.reviewers(question) for rule in rules), default=0),
    )


def people_apart(policy: Policy) -> int:
    """How many people two questions' frames must differ by under a protection level; 0 where nobody compares them.

    Raises:
        BadInput: The protection level cannot be used.
    """
    return max((rule.compare() for rule in rules_of(policy)), default=0)


def is_remembered(policy: Policy) -> bool:
    """Whether later questions are compared with those of a level: all but those that a budget bounds.

    A level that compares nothing itself is remembered too: its answers can be subtracted from others.

    Raises:
        BadInput: The protection level cannot be used.
    """
    return not any(rule.guarantees for rule in rules_of(policy))


def audit(question: Question, policy: Policy, history: History) -> Refusal | None:
    """A refusal, where a question that was let in could not be answered safely beside those asked before.

    Raises:
        BadInput: The protection level cannot be used.
    """
    refusals = (rule.audit(question, policy, history) for rule in rules_of(policy))
    return next((refusal for refusal in refusals if refusal is not None), None)


def decide(draft: Draft, admission: Admission, *, approvals: int, training: bool, now: datetime) -> Decision:
    """The second half: let every rule mark what it must; a draft that needs no more eyes becomes a release.

    Args:
        draft: What an engine made of the admission.
        admission: What the first half said.
        approvals: How many independent reviewers said yes.
        training: Made from practice data.
        now: The time, with its zone.

    Raises:
        Unsafe: The draft is not what was admitted, lacks evidence, or was made with a known seed.
    """
    rules = rules_of(admission.policy)
    try:
        check_draft(draft, admission, _wanted(rules, admission.output, read_question(admission.spec), admission.bound))
        for rule in rules:
            draft = rule.apply(draft, admission)
        table = _told(draft)
    except (pa.ArrowException, KeyError, TypeError, ValueError):
        raise Unsafe(say("the draft is not of the shape that was admitted; nothing is released")) from None
    check_table(table, admission.output)
    if approvals < admission.needed:
        return Pending(answer_id=admission.answer_id, missing=admission.needed - approvals)
    release = Release(
        answer_id=admission.answer_id,
        output=admission.output,
        table=table,
        provenance=draft.provenance,
        policy=_policy(admission.policy, [outside(rule) for rule in admission.policy.rules]),
        statement=statement(admission, draft.provenance, rules),
        training=training,
        decided_at=now,
        digest="",
    )
    return replace(release, digest=digest_of(release))


def to_tree(release: Release) -> dict[str, Json]:
    """A release as canonical JSON takes it: whole numbers as they are, others as decimal texts."""
    return {**tree_of(release), "digest": release.digest}


def from_tree(tree: Mapping[str, object]) -> Release:
    """A release the gate made before, from its tree.

    Raises:
        Tampered: It is not what the gate released.
    """
    release = Release(**parts_of(tree))
    if digest_of(release) != release.digest:
        raise not_a_release()
    return release


def admit_file(
    study: Study, *, edition: int, access: Access, policy: Policy, previous: Sequence[FileRelease] = ()
) -> FileAdmission | Refusal:
    """The first half for a file of records: whether one may be made at all, seen from the description only.

    Args:
        study: Its description; complete, or it is refused.
        edition: Number of the edition, higher than any before.
        access: How it would be had.
        policy: The protection level in force for that access.
        previous: Every edition that left before, withdrawn ones too.

    Raises:
        BadInput: The protection level cannot be used.
        WrongState: The edition left already.
    """
    rules = file_rules_of(policy)
    check_edition(edition, previous, study.id)
    refusal = refused_unseen(study, access, policy, rules)
    if refusal is not None:
        return refusal
    return FileAdmission(
        study=study.id, edition=edition, access=access, policy=policy, limits=study.limits, previous=tuple(previous)
    )


def findings(draft: FileDraft, admission: FileAdmission, drafts: Drafts) -> tuple[Finding, ...]:
    """What every rule says of a draft, in the policy's order; for its author and reviewers.

    Raises:
        Unsafe: The draft was seeded, or is not what was admitted.
        Tampered: Its rows were changed.
    """
    return _findings(subject_of(draft, admission, drafts))


def decide_file(
    draft: FileDraft, admission: FileAdmission, *, drafts: Drafts, approvals: int, training: bool, now: datetime
) -> FileDecision:
    """The second half for a file of records: every rule looks; a draft that needs no more eyes becomes an edition.

    A draft may be refused for what is in it: its author has seen the rows. The refusal holds no count.

    Args:
        draft: The draft.
        admission: What the first half said.
        drafts: Where its rows are.
        approvals: How many independent reviewers said yes.
        training: Made on a practice site.
        now: The time, with its zone.

    Raises:
        Unsafe: The draft was seeded, or is not what was admitted.
        Tampered: Its rows, or those of an earlier edition, were changed.
        NotFound: Rows of an earlier edition were destroyed: without them nothing can be compared.
    """
    policy, rules = admission.policy, file_rules_of(admission.policy)
    subject = subject_of(draft, admission, drafts)
    refusal = refusal_of(_findings(subject), policy, rules, draft)
    if refusal is not None:
        return refusal
    if approvals < policy.reviewers:
        return Pending(answer_id=release_id(draft, policy), missing=policy.reviewers - approvals)
    tables = {file.name: subject.plain(file.name) for file in draft.files}
    release = FileRelease(
        id=release_id(draft, policy),
        study=draft.study,
        edition=draft.edition,
        access=draft.access,
        files=draft.files,
        content=draft.content,
        figures=figures(draft.files, tables, subject.roles, least_for_figures(rules)),
        sheet=tuple(settled(draft.sheet, tables, subject.designs)),
        rows={name: len(table) for name, table in tables.items()},
        recipe=draft.recipe.id,
        data_version=draft.data_version,
        code=draft.code,
        policy=_policy(policy, policy.to_json()["rule"]),
        statement=statement_of(admission, draft, rules),
        training=training,
        decided_at=now,
    )
    return replace(release, digest=digest(file_tree(release)))


def file_to_tree(release: FileRelease) -> dict[str, Json]:
    """An edition as canonical JSON takes it; holds no row."""
    return {**file_tree(release), "digest": release.digest}


def file_from_tree(tree: Mapping[str, object]) -> FileRelease:
    """An edition the gate let through before, from its tree.

    Raises:
        Tampered: It is not what the gate let through.
    """
    try:
        release = read_tree(FileRelease, tree)
        same = digest(file_tree(release)) == release.digest
    except BadInput:
        raise not_an_edition() from None
    if not same:
        raise not_an_edition()
    return release


def _findings(subject: Subject) -> tuple[Finding, ...]:
    return tuple(rule.check(subject) for rule in file_rules_of(subject.admission.policy))


def _told(draft: Draft) -> Table:
    """Keys, values and what is said of each cell; the one place where withheld values are blanked."""
    columns: dict[str, Sequence[object]] = {}
    for value in draft.output.values:
        kind = draft.table.arrow.schema.field(value.name).type
        numbers = zip(draft.table.column(value.name), draft.status, strict=True)
        columns[value.name] = pa.array([_number(number, status) for number, status in numbers], type=kind)
    margins = zip(draft.margins or (0,) * len(draft.status), draft.status, strict=True)
    columns[MARGIN] = pa.array([_number(margin, status) for margin, status in margins], type=pa.int64())
    words = {STATUS: [status.value for status in draft.status], REASON: list(draft.reasons)}
    arrays = {name: pa.array(column, type=pa.string()) for name, column in words.items()}
    return draft.table.having(**columns, **arrays)


def _number(number: object, status: CellStatus) -> object:
    if status is CellStatus.VALUE:
        return number
    return 0 if status is CellStatus.ZERO else None


def _tightest(bounds: Sequence[Bound | None]) -> Bound | None:
    """What every rule's bound leaves of a person."""
    there = [bound for bound in bounds if bound is not None]
    if not there:
        return None
    return Bound(areas=min(bound.areas for bound in there), most=min(bound.most for bound in there))


def _wanted(rules: Sequence[Rule], output: Output, query: AggregateQuery, bound: Bound | None) -> frozenset[Evidence]:
    """What the rules look at, as far as the question can bring it."""
    wanted = frozenset({Evidence.PEOPLE, *(one for rule in rules for one in rule.wanted())}) - LATER
    if not any(value.measure is Measure.MAGNITUDE for value in output.values):
        wanted -= OF_SUMS
    if not reads(query.plan()).hours:
        wanted -= {Evidence.OUTSIDE}
    return wanted if bound is not None else wanted - {Evidence.BOUNDED}


def _policy(policy: Policy, rules: Json) -> dict[str, Json]:
    """What a release says of its protection level; its rules without what must not leave."""
    tree = policy.to_json()
    return {"id": policy.id, **{part: tree[part] for part in ("name", "version", "title", "reviewers")}, "rule": rules}


def _refusal(question: Question, policy: Policy, rules: Sequence[Rule]) -> Refusal | None:
    for rule in rules:
        if refusal := rule.admit(question, policy):
            return refusal
    return no_types(question, policy) or no_level(question, policy) or no_days(question, policy)


def _passing(
    refusal: Refusal, question: Question, policy: Policy, rules: Sequence[Rule], depth: int = 0
) -> tuple[Alternative, ...]:
    """The alternatives with every question that would itself be refused replaced by what that refusal offers."""
    offered: list[Alternative] = []
    for one in refusal.alternatives:
        if one.spec is None or depth > DEEPEST:
            offered.append(replace(one, spec=None))
            continue
        query: AggregateQuery = read_question(one.spec)
        other = replace(question, query=query)
        again = _refusal(other, policy, rules)
        if again is None:
            offered.append(one)
        else:
            more = _passing(again, other, policy, rules, depth + 1)
            offered += [replace(two, says=COARSER if two.spec is not None else two.says) for two in more]
    return tuple(offered)
