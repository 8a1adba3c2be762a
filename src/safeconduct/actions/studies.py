"""Studies: what is told about them, in the languages people write, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Annotated

from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import SENT
from safeconduct.actions.uploading import content_of
from safeconduct.actions.verb import action
from safeconduct.catalogue.ddi.reading import read_ddi
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.microdata import DataFile, Variable
from safeconduct.model.study import REQUIRED, Study
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree

SEALED = frozenset({"id"})
LONGEST_ID = 100
SMALL = 32 << 20


@dataclass(frozen=True, kw_only=True)
class StudyLine:
    """A study in a list.

    Attributes:
        id: Its id.
        title: Its title, by language.
        missing: Required fields still empty.
        kept: Whether there are records of it.
        at: When its description was changed last, UTC.
    """

    id: str
    title: Mapping[str, str] = field(hash=False)
    missing: tuple[str, ...]
    kept: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class StudyView:
    """A study as its stewards see it.

    Attributes:
        study: Its description.
        files: Its tables, where there are records of it or a description came with them.
        missing: Required fields still empty, in order.
        required: Every required field, in order.
    """

    study: Study
    files: tuple[DataFile, ...]
    missing: tuple[str, ...]
    required: tuple[str, ...] = REQUIRED


def study_of(site: Site, study: str) -> Study:
    """The description of a study as it is now.

    Raises:
        NotFound: There is no such study.
    """
    fact = site.ledger.fact("study", study)
    if fact is None:
        raise NotFound(say("There is no such study."))
    return from_tree(Study, site.documents.get(str(fact.body["description"])))


def files_of(site: Site, study: str) -> tuple[DataFile, ...]:
    """The tables of a study as they are described now; the kept records' own where nobody edited them."""
    fact = site.ledger.fact("study", study)
    if site.ledger.fact("microdata", study) is not None:
        return described_files(site, study)
    return read_files(site, str(fact.body["files"])) if fact is not None and fact.body.get("files") else ()


def overlaid(files: tuple[DataFile, ...], words: tuple[DataFile, ...]) -> tuple[DataFile, ...]:
    """Tables with the words somebody wrote about them; names, types and codes stay those of the records."""
    said = {(file.name, one.name): one for file in words for one in file.variables}
    return tuple(
        replace(file, variables=tuple(_overlaid(one, said.get((file.name, one.name))) for one in file.variables))
        for file in files
    )


def _overlaid(variable: Variable, said: Variable | None) -> Variable:
    if said is None:
        return variable
    labels = {one.code: one.labels for one in said.categories}
    return replace(
        variable,
        labels=said.labels or variable.labels,
        questions=said.questions or variable.questions,
        hints=said.hints or variable.hints,
        universe=said.universe or variable.universe,
        unit=said.unit or variable.unit,
        derivation=said.derivation or variable.derivation,
        categories=tuple(replace(one, labels=labels.get(one.code) or one.labels) for one in variable.categories),
    )


def described_files(site: Site, study: str, version: str = "") -> tuple[DataFile, ...]:
    """The tables of a version of a study's records, with the words somebody wrote about them."""
    fact = site.ledger.fact("study", study)
    words = read_files(site, str(fact.body["files"])) if fact is not None and fact.body.get("files") else ()
    return overlaid(site.microdata(study, version).data_files, words)


def keep_files(site: Site, files: tuple[DataFile, ...]) -> str:
    """Keep the description of tables; the id of the document."""
    return site.documents.put([to_tree(one) for one in files])


def read_files(site: Site, document: str) -> tuple[DataFile, ...]:
    """Tables whose description was kept."""
    tree = site.documents.get(document)
    return tuple(from_tree(DataFile, one) for one in tree) if isinstance(tree, list) else ()


def study_exists(act: Act, study: str, *, described: Study | None = None) -> None:
    """Begin a study where there is none, with what is known of it already."""
    if act.tx.fact("study", study) is not None:
        return
    check_id(study)
    begun = replace(described, id=study) if described else Study(id=study)
    act.tx.put("study", study, {"description": act.room.site.documents.put(to_tree(begun))}, at=act.room.now)
    act.record(study, {"command": "begin_study"}, verb="describe")


def check_id(study: str) -> None:
    """Hold the id of a study to what addresses and DDI files take.

    Raises:
        BadInput: It has other characters, or none.
    """
    usual = study.replace("-", "").replace("_", "").replace(".", "")
    if not (usual.isascii() and usual.isalnum() and study[0].isalnum() and len(study) <= LONGEST_ID):
        raise BadInput(say("The id of a study has letters, digits, '-', '_' and dots, such as UNHCR_ETH_2026."),
                       field="study")  # fmt: skip


@action(needs="describe", reads=True)
def studies(room: Room) -> list[StudyLine]:
    """Every study, the latest first: its title, what its description still lacks, whether records are kept."""
    kept = {fact.id for fact in room.site.ledger.facts("microdata")}
    return [_line(room.site, fact, kept) for fact in reversed(room.site.ledger.facts("study"))]


def _line(site: Site, fact: Fact, kept: set[str]) -> StudyLine:
    study = study_of(site, fact.id)
    at = datetime.fromisoformat(fact.at)
    return StudyLine(id=fact.id, title=study.title, missing=study.missing(), kept=fact.id in kept, at=at)


@action(needs="describe", reads=True)
def study_description(room: Room, *, study: str) -> StudyView:
    """The description of a study, study and variables, with what it still lacks.

    Args:
        study: Its id.
    """
    found = study_of(room.site, study)
    return StudyView(study=found, files=files_of(room.site, study), missing=found.missing())


@action(needs="describe", repeatable=True)
def describe_study(room: Room, *, study: str, fields: Mapping[str, object]) -> StudyView:
    """Write what is told about a study; fields that are not named stay as they are.

    Args:
        study: Its id; a study nobody began is begun.
        fields: Texts by language, such as `{"title": {"en": "…", "fr": "…"}}`, and lists as `model.study` has them.
    """
    if unknown := sorted(SEALED & set(fields)):
        raise BadInput(say("The id of a study never changes."), field=unknown[0])
    with room.write() as act:
        study_exists(act, study)
        fact = act.tx.fact("study", study)
        before = room.site.documents.get(str(fact.body["description"])) if fact else {}
        tree = {**(before if isinstance(before, dict) else {}), **fields, "id": study}
        described = from_tree(Study, {name: value for name, value in tree.items() if value not in ({}, [], "")})
        put_study(act, study, description=room.site.documents.put(to_tree(described)))
        act.record(study, {"fields": sorted(fields)})
    return study_description(room, study=study)


def put_study(act: Act, study: str, **changed: str) -> None:
    """Write down where a study's description or its tables' lie; the caller writes the event."""
    fact = act.tx.fact("study", study)
    body: dict[str, Json] = {**(fact.body if fact else {}), **changed}
    act.tx.put("study", study, body, at=act.room.now)


@action(needs="describe", repeatable=True)
def describe_variable(room: Room, *, study: str, file: str, name: str, fields: Mapping[str, object]) -> StudyView:
    """Write what is told about a variable: labels, questions, categories' labels, universe, unit, derivation.

    Its name, type and codes come from the records and stay as they are.

    Args:
        study: Id of the study.
        file: Name of the table.
        name: Name of the variable.
        fields: `labels`, `questions`, `hints` by language; `universe`, `unit`, `derivation`; `categories`.
    """
    if unknown := sorted(set(fields) - EDITABLE):
        raise BadInput(say("These parts of a variable can be written: {fields}.", fields=", ".join(sorted(EDITABLE))),
                       field=unknown[0])  # fmt: skip
    tables = files_of(room.site, study)
    if not any(one.name == file and name in one for one in tables):
        raise NotFound(say("There is no such variable."))
    edited = tuple(edited_file(one, name, fields) if one.name == file else one for one in tables)
    with room.write() as act:
        put_study(act, study, files=keep_files(room.site, edited))
        act.record(study, {"file": file, "variable": name, "fields": sorted(fields)})
    return study_description(room, study=study)


EDITABLE = frozenset({"labels", "questions", "hints", "universe", "unit", "derivation", "categories"})


def edited_file(table: DataFile, name: str, changed: Mapping[str, object]) -> DataFile:
    """A table with parts of one variable's description written anew.

    Raises:
        BadInput: A part is not of its kind.
    """
    tree = to_tree(table[name])
    plain = {part: value for part, value in changed.items() if part != "categories"}
    words = changed.get("categories", {})
    if not isinstance(words, Mapping):
        raise BadInput(say("Write the labels of categories by code and language."), field="categories")
    categories = [
        {**to_tree(one), "labels": words.get(one.code, to_tree(one.labels))}  # type: ignore[dict-item]  # a dataclass's tree is a mapping
        for one in table[name].categories
    ]
    whole = {**tree, **plain, **({"categories": categories} if categories else {})}  # type: ignore[dict-item]  # the same
    variable = from_tree(type(table[name]), whole)
    return replace(table, variables=tuple(variable if one.name == name else one for one in table.variables))


@action(needs="describe")
def import_description(room: Room, *, study: str, upload: Annotated[str, SENT]) -> StudyView:
    """Take a study's description from a DDI Codebook 2.5 file; it counts where it says something.

    Args:
        study: Id of the study; a study nobody began is begun.
        upload: The file, sent before; a shell takes a path.
    """
    found = read_ddi(content_of(room, upload, most=SMALL))
    with room.write() as act:
        study_exists(act, study)
        before = study_of(room.site, study) if room.site.ledger.fact("study", study) else Study(id=study)
        described = _over(before, found.study)
        put_study(act, study, description=room.site.documents.put(to_tree(described)))
        if found.files and room.site.ledger.fact("microdata", study) is None:
            put_study(act, study, files=keep_files(room.site, found.files))
        act.record(study, {"format": "ddi"})
    return study_description(room, study=study)


def _over(before: Study, found: Study) -> Study:
    """What was known, with everything another description says written over it."""
    said = {one.name: getattr(found, one.name) for one in fields(Study) if one.name not in SEALED}
    return replace(before, **{name: value for name, value in said.items() if value})
