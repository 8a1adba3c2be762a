"""The codebook of a study: one page of HTML that stands alone, for reading, keeping and printing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from safeconduct.catalogue.citation import plain
from safeconduct.catalogue.entry import EditionState, Entry, in_language
from safeconduct.model.editions import VariableFigures
from safeconduct.model.microdata import DataFile, Variable
from safeconduct.model.microdata import Words as Texts
from safeconduct.model.study import Access, Party, Period
from safeconduct.model.text import Text, say
from safeconduct.present.filling import fill
from safeconduct.present.words import Words, languages, negotiate, words

NOT_AN_ANCHOR = re.compile(r"[^A-Za-z0-9_-]+")
WITHHELD = "–"
STATES = {
    EditionState.CURRENT: say("Current"),
    EditionState.SUPERSEDED: say("Superseded"),
    EditionState.WITHDRAWN: say("Withdrawn"),
}
ACCESS = {
    Access.PUBLIC_USE: say("Anybody who registers and accepts the terms can have the files."),
    Access.LICENSED: say("The files are given on a request that a committee grants."),
    Access.ENCLAVE: say("The files are analysed where they are and never downloaded."),
    Access.NOT_AVAILABLE: say("The files are described only; nobody can have them."),
}
TOLD = (
    (say("What it is about"), "abstract"), (say("Who is missing and what is biased"), "limits"),
    (say("Unit of analysis"), "unit"), (say("Whom it speaks of"), "universe"), (say("Places"), "places"),
    (say("Smallest area told"), "geographic_unit"), (say("How the sample was drawn"), "sampling"),
    (say("How answers were collected"), "mode"), (say("Questionnaires"), "instruments"),
    (say("What went otherwise than planned"), "collection_notes"), (say("What was done to the answers"), "cleaning"),
    (say("Weights"), "weighting"), (say("Response rate"), "response_rate"),
    (say("How exact estimates are"), "sampling_error"), (say("Confidentiality"), "confidentiality"),
    (say("Conditions of use"), "conditions"), (say("What may not be done"), "restrictions"),
    (say("Disclaimer"), "disclaimer"), (say("Notes"), "notes"),
)  # fmt: skip
"""Texts of a study in the order they are told."""


@dataclass(frozen=True, kw_only=True)
class EditionRow:
    """A line of the version history, ready to be shown."""

    number: int
    state: Text
    day: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class CategoryRow:
    """A category or band with its count, `–` where it is withheld."""

    code: str
    label: str
    missing: bool
    count: str


@dataclass(frozen=True, kw_only=True)
class VariablePart:
    """A variable, ready to be shown."""

    anchor: str
    name: str
    label: str
    question: str
    hint: str
    notes: tuple[Text | str, ...]
    rows: tuple[CategoryRow, ...]
    figures: tuple[tuple[Text, str], ...]


@dataclass(frozen=True, kw_only=True)
class TablePart:
    """A table, ready to be shown."""

    anchor: str
    name: str
    label: str
    key: str
    parent: str
    link: str
    rows: str
    variables: tuple[VariablePart, ...]


def codebook(entry: Entry, *, language: str = "en") -> bytes:
    """A page with everything that may be told of a study; no script, no picture, nothing fetched.

    Withheld counts are a dash, never a nought. A text that is not there in the language asked for stands in another.

    Args:
        entry: The study.
        language: A language of ours; English where there is no such language.

    Returns:
        HTML in UTF-8.
    """
    said = words(negotiate([language] if language else [], languages()))
    release = entry.release
    page = fill(
        "codebook",
        said,
        title=in_language(entry.study.title, language) or entry.study.id,
        training=bool(release and release.training),
        about=list(_about(entry, said)),
        study=list(_study(entry, said)),
        history=[
            EditionRow(number=one.number, state=STATES[one.state], day=one.decided_at.date(), reason=one.reason)
            for one in entry.editions
        ],
        statement=release.statement if release else (),
        sheet=entry.sheet,
        tables=[_table(entry, one, said) for one in entry.tables],
        files=entry.files,
    )
    return page.encode()


def _about(entry: Entry, said: Words) -> Iterator[str]:
    """Who gives it out, which edition it is, how it can be had, how to cite it."""
    if entry.release:
        day = entry.release.decided_at.date().isoformat()
        yield said.say("Edition {number} of {day}.", number=entry.release.edition, day=day)
    else:
        yield said.say("No edition can be had.")
    yield said.say(ACCESS[entry.access])
    yield said.say("Please cite: {citation}", citation=plain(entry, said.language))
    if entry.page:
        yield entry.page


def _study(entry: Entry, said: Words) -> Iterator[tuple[Text, str]]:
    study = entry.study
    yield say("Identifier"), study.id
    lists = (
        (say("Who made it"), [_party(one) for one in study.producers]),
        (say("Who paid"), [_party(one) for one in study.funders]),
        (say("Whom to ask"), [_party(one) for one in study.contacts]),
        (say("Countries"), [one.name for one in study.countries]),
        (say("When it was collected"), [_period(one, said) for one in study.collected]),
        (say("Keywords"), [one.text for one in study.keywords]),
    )
    yield from ((name, "; ".join(items)) for name, items in lists if items)
    for name, field in TOLD:
        found: Texts = getattr(study, field)
        if text := in_language(found, said.language):
            yield name, text


def _party(party: Party) -> str:
    rest = ", ".join(filter(None, (party.role, party.affiliation, party.address)))
    return f"{party.name} ({rest})" if rest else party.name


def _period(period: Period, said: Words) -> str:
    first, last = (_date(text, said) for text in (period.first, period.last))
    run = said.say("{first} to {last}", first=first, last=last) if last else first
    return f"{run} ({period.label})" if period.label else run


def _date(text: str, said: Words) -> str:
    return said.say("{day}", day=text) if text else ""


def _table(entry: Entry, file: DataFile, said: Words) -> TablePart:
    anchor = f"f-{NOT_AN_ANCHOR.sub('-', file.name)}"
    return TablePart(
        anchor=anchor,
        name=file.name,
        label=in_language(file.labels, said.language),
        key=said.listed(file.key) if file.key else "",
        parent=file.parent,
        link=said.listed(file.link) if file.link else file.parent,
        rows=_number(entry.rows(file.name), said),
        variables=tuple(
            _variable(entry, file, one, said=said, anchor=f"{anchor}-{at}") for at, one in enumerate(file.variables, 1)
        ),
    )


def _variable(entry: Entry, file: DataFile, variable: Variable, *, said: Words, anchor: str) -> VariablePart:
    figures = entry.figures(file.name, variable.name)
    return VariablePart(
        anchor=anchor,
        name=variable.name,
        label=in_language(variable.labels, said.language),
        question=in_language(variable.questions, said.language),
        hint=in_language(variable.hints, said.language),
        notes=tuple(_notes(variable)),
        rows=tuple(_rows(variable, figures, said)),
        figures=tuple(_figures(figures, said)) if figures else (),
    )


def _notes(variable: Variable) -> Iterator[Text | str]:
    if variable.group:
        yield say("Part of: {group}", group=variable.group)
    if variable.universe:
        yield say("Asked of: {universe}", universe=variable.universe)
    if variable.relevant:
        yield say("Asked where: {condition}", condition=variable.relevant)
    if variable.unit:
        yield say("Unit: {unit}", unit=variable.unit)
    if variable.derivation:
        yield say("Made from others: {how}", how=variable.derivation)
    if variable.security:
        yield say("Done to protect people: {what}", what=variable.security)


def _rows(variable: Variable, figures: VariableFigures | None, said: Words) -> Iterator[CategoryRow]:
    counts = {one.code: one.count for one in figures.categories} if figures else {}
    for one in variable.categories:
        yield CategoryRow(
            code=one.code,
            label=in_language(one.labels, said.language),
            missing=one.missing,
            count=_number(counts.pop(one.code, None), said),
        )
    for code, count in counts.items():
        yield CategoryRow(code=code, label="", missing=False, count=_number(count, said))


def _figures(figures: VariableFigures, said: Words) -> Iterator[tuple[Text, str]]:
    told = (
        (say("Rows with a value"), "" if figures.valid is None else _number(figures.valid, said)),
        (say("Rows without"), "" if figures.missing is None else _number(figures.missing, said)),
        (say("Smallest value told"), figures.low),
        (say("Largest value told"), figures.high),
        (say("Mean"), figures.mean),
        (say("Standard deviation"), figures.sd),
    )
    return ((name, text) for name, text in told if text)


def _number(count: int | None, said: Words) -> str:
    return WITHHELD if count is None else said.number(count)
