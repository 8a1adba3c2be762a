"""What the gate needs to judge files of records; makes no release."""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow.compute as pc

from safeconduct.model.canonical import Json, digest
from safeconduct.model.editions import FileAdmission, FileDraft, FileRelease, Finding
from safeconduct.model.errors import SafeconductError, Tampered, Unsafe, WrongState
from safeconduct.model.microdata import CONTRIBUTED, RECORD, DataFile, missing_column
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.study import Access, Study
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.model.trees import to_tree
from safeconduct.release.base import set_by
from safeconduct.release.file_base import FIGURES, Earlier, FileRule, Subject
from safeconduct.store.drafts import Drafts

SHORT = 12
FITS_NOT = say("the draft and its description do not fit; make the draft anew, nothing is released")


def refused_unseen(study: Study, access: Access, policy: Policy, rules: Sequence[FileRule]) -> Refusal | None:
    """Why no file of a study could leave, seen from its description alone."""
    if access is Access.NOT_AVAILABLE:
        return Refusal(
            reason="access.not_available",
            what=say("The study {study} is described only; its files are not given out.", study=study.id),
            rule=say("A file leaves for public use, or less openly."),
            agreement=set_by(policy),
            alternatives=(Alternative(says=say("Choose how the file may be had, then ask again.")),),
        )
    for rule in rules:
        if refusal := rule.admit(study, access, policy):
            return refusal
    return _undescribed(study, policy)


def _undescribed(study: Study, policy: Policy) -> Refusal | None:
    if not (missing := study.missing()):
        return None
    parts = ", ".join(missing)
    return Refusal(
        reason="description.incomplete",
        what=say("The description of the study {study} is not complete.", study=study.id),
        rule=say(
            "Before a file of a study leaves, its description has these parts: {parts}.", parts=", ".join(missing)
        ),
        agreement=set_by(policy),
        alternatives=(Alternative(says=say("Fill in what is missing: {parts}.", parts=parts)),),
    )


def check_edition(edition: int, previous: Sequence[FileRelease], study: str) -> None:
    """Hold an edition's number to those before.

    Raises:
        WrongState: It is not the next one, or an earlier edition is of another study.
    """
    last = max((one.edition for one in previous), default=0)
    if any(one.study != study for one in previous):
        raise WrongState(say("an earlier edition is of another study; compare with editions of this study only"))
    if edition <= last:
        raise WrongState(say("edition {last} left already; the next one has a higher number", last=last))


def subject_of(draft: FileDraft, admission: FileAdmission, drafts: Drafts) -> Subject:
    """A draft with its rows and those of earlier editions, each held to its digest.

    Raises:
        Unsafe: The draft was seeded, is not what was admitted, or its rows do not fit its description.
        Tampered: Rows were changed.
        NotFound: Rows of an earlier edition were destroyed.
    """
    check_file_draft(draft, admission)
    tables = {name: drafts.open(content) for name, content in draft.content.items()}
    for file in draft.files:
        check_table(file, tables[file.name])
    return Subject(
        draft=draft,
        admission=admission,
        tables=tables,
        previous=tuple(
            Earlier(release=one, tables={name: drafts.open(content) for name, content in one.content.items()})
            for one in admission.previous
        ),
    )


def check_file_draft(draft: FileDraft, admission: FileAdmission) -> None:
    """Hold a draft to its admission.

    Raises:
        Unsafe: It was made with a known seed, or is another study's, edition's or access's.
    """
    if draft.seeded:
        raise Unsafe(say("the draft was made with a known seed, which undoes its protection; make it without one"))
    if (draft.study, draft.edition, draft.access) != (admission.study, admission.edition, admission.access):
        raise Unsafe(say("the draft is of another study or edition than was admitted; ask for the release check again"))
    names = [file.name for file in draft.files]
    if not names or sorted(names) != sorted(draft.content):
        raise Unsafe(FITS_NOT)


def check_table(file: DataFile, table: Table) -> None:
    """Hold rows to their description.

    Raises:
        Unsafe: A column is missing, is nobody's, or a record stands twice.
    """
    allowed = {RECORD, CONTRIBUTED, *file.names, *map(missing_column, file.names)}
    if not {RECORD, *file.names} <= set(table.columns) <= allowed or len(set(file.names)) != len(file.names):
        raise Unsafe(FITS_NOT)
    records = table.arrow.column(RECORD)
    if records.null_count or pc.count_distinct(records).as_py() != len(records):
        raise Unsafe(FITS_NOT)


def refusal_of(
    findings: Sequence[Finding], policy: Policy, rules: Sequence[FileRule], draft: FileDraft
) -> Refusal | None:
    """The refusal of a draft that some rule does not let through: the rules in words and what to do, no count."""
    failed = [one for one in findings if not one.passed]
    if not failed:
        return None
    words = {rule.name: rule.in_words() for rule in rules}
    return Refusal(
        reason=f"{failed[0].rule}.failed",
        what=say("Edition {edition} of {study} cannot leave as it is.", edition=draft.edition, study=draft.study),
        rule=words[failed[0].rule],
        agreement=set_by(policy),
        alternatives=tuple(Alternative(says=text) for text in _advice(failed, words)),
    )


def _advice(failed: Sequence[Finding], words: Mapping[str, Text]) -> Iterator[Text]:
    for place, one in enumerate(failed):
        if place:
            yield words[one.rule]
        if one.advice is not None:
            yield one.advice


def statement_of(admission: FileAdmission, draft: FileDraft, rules: Sequence[FileRule]) -> tuple[Text, ...]:
    """What a reader of an edition must know, in sentences."""
    policy = admission.policy
    return (
        say("Edition {edition} of the study {study}.", edition=draft.edition, study=draft.study),
        say("It was treated so that people are hard to recognise: it is not the original, and some values are gone, "
            "coarser or changed."),
        say("Source: version {version} of the data.", version=draft.data_version[:SHORT]),
        say("Protection level: {title}, version {version}.", title=policy.title, version=policy.version),
        *(sentence for rule in rules for sentence in rule.statement(admission)),
    )  # fmt: skip


def release_id(draft: FileDraft, policy: Policy) -> str:
    """The id of the edition a draft would become: SHA-256 over study, edition, contents, recipe and policy."""
    return digest(
        {
            "study": draft.study,
            "edition": draft.edition,
            "access": draft.access.value,
            "content": {name: one.digest for name, one in draft.content.items()},
            "files": to_tree(draft.files),
            "recipe": draft.recipe.id,
            "corrections": draft.corrections,
            "data": draft.data_version,
            "policy": policy.id,
        }
    )


def least_for_figures(rules: Sequence[FileRule]) -> int:
    """Rows a figure of the catalogue must be about."""
    return next(rule.least for rule in rules if rule.name == FIGURES)


def least_organisations(rules: Sequence[FileRule]) -> int:
    """Organisations a figure of the catalogue must be about where data are pooled, 0 where no rule counts them."""
    return max((rule.organisations for rule in rules), default=0)


def tree_of(release: FileRelease) -> dict[str, Json]:
    """Everything an edition says, without its digest."""
    tree = to_tree(release)
    if not isinstance(tree, Mapping):
        raise not_an_edition()
    return {name: value for name, value in tree.items() if name != "digest"}


def not_an_edition() -> SafeconductError:
    """What is said of a kept edition that cannot be read or was changed."""
    return Tampered(say("the kept edition is not what the release check let through; restore it from the backup"))
