"""An edition as files: every table in every format, encrypted at rest, with a signed manifest."""

import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from mimetypes import guess_type
from typing import TypedDict, Unpack

import pyarrow as pa

from safeconduct.keys.signing import Signer
from safeconduct.model.canonical import Json
from safeconduct.model.editions import FileRelease, ReleasedFile
from safeconduct.model.errors import BadInput, Tampered
from safeconduct.model.microdata import CONTRIBUTED, RECORD, DataFile, Variable, VariableType, missing_column
from safeconduct.model.study import Study
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.file_format import Export, FileFormat, Sink, file_format
from safeconduct.release.gate import file_from_tree, file_to_tree
from safeconduct.release.manifest import FORMAT, NAME, signed
from safeconduct.store.chests import Chests
from safeconduct.store.drafts import Drafts

KIND = "microdata"
MARK = "TRAINING"
PRACTICE = "Practice site: nothing here counts, and nothing verifies as real."
SHORT = 16
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}")
CODEBOOK = Text("Describes the study and its columns.")


class About(TypedDict):
    """What an edition is told beside the release.

    Attributes:
        documents: Content of further files by name, such as the codebook and its DDI form.
        inclusion: Proof that the record of use holds the release: the event, its index, size, root and path.
        accountable: Who answers for it.
        licence: What a recipient may do with it.
    """

    documents: Mapping[str, bytes]
    inclusion: Mapping[str, Json]
    accountable: str
    licence: str


@dataclass(frozen=True, kw_only=True)
class PublishedEdition:
    """An edition as it can be had.

    Attributes:
        files: Its files, sorted by name.
        manifest: The signed manifest, `manifest.json`.
        notes: What could not be written as it is, by format; also in the manifest.
    """

    files: tuple[ReleasedFile, ...]
    manifest: bytes = field(repr=False)
    notes: tuple[Text, ...] = ()


def publish(
    release: FileRelease, *, study: Study, drafts: Drafts, chests: Chests, signer: Signer, **about: Unpack[About]
) -> PublishedEdition:
    """Write an edition in every format and sign what was written; all or nothing.

    Rows leave in the order in which reviewers saw them; record codes stay behind. A format that cannot hold a table is
    left out with a note. A practice edition has one more column, `TRAINING`, in every format.

    Args:
        release: What the gate let through.
        study: Its description, for titles.
        drafts: Where the rows are.
        chests: Where the files go.
        signer: Signs the manifest; a practice signer for practice editions.
        **about: Documents beside the data, proof of inclusion, who answers for it and its licence; see `About`.

    Raises:
        Tampered: The release, or its rows, are not what the gate let through.
        BadInput: A file's name cannot be one, or stands twice.
        Unsafe: Practice and real are mixed.
        StoreFull: The disk is full; nothing was left behind.
    """
    file_from_tree(file_to_tree(release))
    made: list[ReleasedFile] = []
    notes: list[Text] = []
    try:
        for export in _exports(release, study, drafts):
            for kind in file_format.values():
                note = _written(export, kind(), release, chests, made)
                notes += [one for one in note if one not in notes]
        for name, content in sorted(about["documents"].items()):
            made.append(_document(name, content, release, chests))
        files = _checked(made)
        manifest = signed(manifest_tree(release, files, notes, about), signer)
    except BaseException:
        for one in made:
            chests.delete(one.chest)
        raise
    return PublishedEdition(files=files, manifest=manifest, notes=tuple(notes))


def part_of(
    release: FileRelease,
    name: str,
    columns: Mapping[str, Collection[str]],
    *,
    study: Study,
    drafts: Drafts,
    chests: Chests,
) -> ReleasedFile | None:
    """One file of an edition written anew with some of its variables only, for somebody who asked for no more.

    What tells rows apart and links tables stays, and so does the mark of a practice edition.

    Args:
        release: The edition.
        name: Name of the file, such as `members.dta`.
        columns: Variables by table.
        study: Its description.
        drafts: Where the rows are.
        chests: Where the file goes.

    Returns:
        The file; `None` where it is no table but a document.

    Raises:
        BadInput: None of the variables are in that table.
    """
    for export in _exports(release, study, drafts):
        for kind in (one() for one in file_format.values()):
            if name == f"{export.file.name}.{kind.suffix}":
                part, made = _narrowed(export, columns.get(export.file.name, ())), list[ReleasedFile]()
                _written(part, kind, release, chests, made)
                return made[0] if made else None
    return None


def _narrowed(export: Export, columns: Collection[str]) -> Export:
    asked = [name for name in export.file.names if name in columns]
    if not asked:
        raise BadInput(say("None of the variables you asked for are in {file}.", file=export.file.name), field="file")
    file = export.file.keeping(frozenset({*asked, *export.file.key, *export.file.link, MARK}))
    beside = [one for name in file.names if (one := missing_column(name)) in export.table.columns]
    return replace(export, file=file, table=Table(export.table.arrow.select([*file.names, *beside])))


def _exports(release: FileRelease, study: Study, drafts: Drafts) -> Iterator[Export]:
    title = next((text for text in study.title.values() if text), study.id)
    language = next(iter(study.title), "")
    for file in release.files:
        table = drafts.open(release.content[file.name])
        if len(table) != release.rows[file.name]:
            raise Tampered(say("the rows of {file} are not those that were let through", file=file.name))
        table = table.without(RECORD, CONTRIBUTED)
        file, table = _marked(file, table) if release.training else (file, table)  # noqa: PLW2901 - the same table, marked
        yield Export(title=title, file=file, table=table, language=language)


def _marked(file: DataFile, table: Table) -> tuple[DataFile, Table]:
    """The table with a column that says that it is practice data."""
    if MARK in file:
        return file, table
    mark = Variable(name=MARK, type=VariableType.TEXT, labels={"en": PRACTICE})
    column = pa.array([MARK] * len(table), pa.string())
    return replace(file, variables=(*file.variables, mark)), table.having(**{MARK: column})


def _written(
    export: Export, kind: FileFormat, release: FileRelease, chests: Chests, made: list[ReleasedFile]
) -> tuple[Text, ...]:
    """Write one table in one format; what a reader must know of it."""
    if refused := kind.too_large(export):
        return (refused,)
    notes: list[Text] = []
    name = f"{export.file.name}.{kind.suffix}"
    made.append(_kept(name, kind.media, kind.says, release, chests, lambda out: notes.extend(kind.write(export, out))))
    return tuple(notes)


def _document(name: str, content: bytes, release: FileRelease, chests: Chests) -> ReleasedFile:
    media = guess_type(name)[0] or "application/octet-stream"
    return _kept(name, media, CODEBOOK, release, chests, lambda out: out.write(content))


def _kept(
    name: str, media: str, says: Text, release: FileRelease, chests: Chests, write: Callable[[Sink], object]
) -> ReleasedFile:
    if not SAFE.fullmatch(name):
        raise BadInput(say("a file of an edition has a name of letters, digits, dots, '-' and '_'"), field="name")
    with chests.create(f"{release.id[:SHORT]}-{secrets.token_hex(SHORT // 2)}") as writer:
        write(writer)
        chest = writer.finish()
    return ReleasedFile(name=name, media=media, sha256=chest.sha256, size=chest.size, chest=chest.name, says=says)


def _checked(made: Sequence[ReleasedFile]) -> tuple[ReleasedFile, ...]:
    names = [one.name.casefold() for one in made]
    if len(set(names)) != len(names) or NAME in names:
        raise BadInput(say("two files of the edition would have the same name; rename a table or a document"))
    return tuple(sorted(made, key=lambda one: one.name))


def manifest_tree(
    release: FileRelease, files: Sequence[ReleasedFile], notes: Sequence[Text], about: About
) -> dict[str, Json]:
    """What the manifest of an edition says, before it is signed."""
    policy = dict(release.policy)
    return {
        "format": FORMAT,
        "kind": KIND,
        "training": release.training,
        "release_id": release.id,
        "digest": release.digest,
        "decided_at": release.decided_at.isoformat(),
        "study": release.study,
        "edition": release.edition,
        "access": release.access.value,
        "data": {"version": release.data_version},
        "recipe": release.recipe,
        "code": release.code,
        "policy": {part: policy[part] for part in ("id", "name", "version", "title")},
        "checks": policy["rule"],
        "rows": dict(release.rows),
        "coverage": [text_tree(text) for text in release.statement],
        "notes": [text_tree(text) for text in notes],
        "accountable": about["accountable"],
        "licence": about["licence"],
        "inclusion": dict(about["inclusion"]),
        "files": [file_tree(one) for one in files],
    }


def text_tree(text: Text) -> dict[str, Json]:
    """A sentence as a manifest keeps it."""
    return {"id": text.id, "values": dict(text.values)}


def file_tree(file: ReleasedFile) -> dict[str, Json]:
    """A file as a manifest names it."""
    return {"name": file.name, "sha256": file.sha256, "size": file.size}
