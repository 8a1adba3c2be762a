"""Measuring: how easily somebody in a study's records could be recognised; figures for insiders, never a record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from safeconduct.actions.profiles import at_home
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, works
from safeconduct.engines.tables import table as read_table
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.measures.loss import LossReport
from safeconduct.measures.risk import RiskReport, risk
from safeconduct.measures.telling import Better, Line, Unit, lines
from safeconduct.model.errors import WrongState
from safeconduct.model.microdata import KEYS, DataFile, Roles, VariableRole
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.release.linked import linked

STEPS = 2


@dataclass(frozen=True, kw_only=True)
class FileRisk:
    """The measures of one table.

    Attributes:
        file: Name of the table.
        keys: What an intruder is taken to know.
        lines: Each measure in words, with its figure.
        bars: Upper end of each bar of the histogram as text, and records in it.
        risk: Mean risk of its records, of their households where those are known, as the release check has it: a share
            between 0 and 1 as text; `""` where nothing is a key.
    """

    file: str
    keys: tuple[str, ...]
    lines: tuple[Line, ...]
    bars: tuple[tuple[str, int], ...]
    risk: str = ""


@dataclass(frozen=True, kw_only=True)
class RiskSheet:
    """The measures of a study's records, for insiders.

    Attributes:
        study: Id of the study.
        version: Id of the version that was measured.
        files: The measures, table by table.
        work: How far the measuring is, where it is not done.
    """

    study: str
    version: str
    files: tuple[FileRisk, ...]
    work: Task | None = None


@action(needs="measure")
def measure(room: Room, *, study: str) -> RiskSheet:
    """Measure how easily somebody in a study's records could be recognised; the reading is recorded first.

    Where it takes long it is done in the background: ask again. The same records with the same roles are measured
    once.

    Args:
        study: Id of the study.
    """
    at_home(room)
    version = room.site.microdata(study).id
    known = room.site.ledger.fact("risk", version)
    if known is not None:
        with room.write() as act:
            act.record(study, {"version": version})
        return _sheet(room.site, study, version, str(known.body["report"]))
    with room.write() as act:
        act.record(study, {"version": version})
        work = begin(act, f"measure/{version}", {"study": study, "version": version}, verb="measure")
    return RiskSheet(study=study, version=version, files=(), work=work)


def _sheet(site: Site, study: str, version: str, document: str) -> RiskSheet:
    tree = site.documents.get(document)
    found = tuple(from_tree(FileRisk, one) for one in tree) if isinstance(tree, list) else ()
    return RiskSheet(study=study, version=version, files=found)


@works("measure")
def _measure(site: Site, job: Job, beat: Heartbeat) -> None:
    """Read every table once and measure it; the event that says so was written before."""
    study, version = str(job.body["study"]), str(job.body["version"])
    manifest = site.microdata(study, version)
    files = narrowed(manifest.data_files, manifest.roles)
    tables = read_all(site, study, version, beat, files=files)
    beat.step(1, STEPS)
    plain = [measured(files, tables, manifest.roles, one.name, beat) for one in files]
    found = beside(plain, withheld(site, study, version, tables))
    document = site.documents.put([to_tree(one) for one in found])
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        tx.put("risk", version, {"report": document}, at=act.room.now)
        act.record(study, {"version": version, "report": document})
        site.queue.finish(tx, job, result_ref=version, now=act.room.now)


def read_all(
    site: Site, study: str, version: str, beat: Heartbeat, *, files: Sequence[DataFile] = ()
) -> dict[str, Table]:
    """Every table of a version with record codes and companions; whoever calls has written the event before.

    Args:
        site: The site.
        study: Id of the study.
        version: Id of the version.
        beat: Hears that somebody asked to stop.
        files: The tables with the columns to read; all of them where left out.

    Raises:
        WrongState: No record says yes to research.
    """
    records = site.microdata_records(study, version)
    found = {
        one.name: read_table(records, one.name, one.names, memory_mb=site.settings.memory_mb, cancelled=beat.stopped)
        for one in files or site.microdata(study, version).data_files
    }
    if not any(map(len, found.values())) and any(one.rows for one in site.microdata(study, version).files):
        raise WrongState(NO_CONSENT)
    return found


NO_CONSENT = say(
    "No record of this study says yes to research: consent and research with non-identifying data must both be agreed "
    "to, in columns con_Consent and con_ConsentResearch. Nothing can be made of it for others."
)


def withheld(site: Site, study: str, version: str, tables: Mapping[str, Table]) -> dict[str, Line]:
    """For each table with records that did not say yes to research, how many stay behind; for insiders."""
    kept = {one.file.name: one.rows - len(tables[one.file.name]) for one in site.microdata(study, version).files}
    return {name: _withheld(count) for name, count in kept.items() if count}


def _withheld(count: int) -> Line:
    says = say("{count} records stay behind, because they or the record they belong to did not say yes to research.",
               count=count)  # fmt: skip
    return Line(name="withheld", says=says, value=str(count), unit=Unit.RECORDS.value, better=Better.LOWER.value)


def beside(found: Sequence[FileRisk], told: Mapping[str, Line]) -> tuple[FileRisk, ...]:
    """Measures of tables with what is told besides."""
    return tuple(replace(one, lines=(*one.lines, told[one.file])) if one.file in told else one for one in found)


def narrowed(files: Sequence[DataFile], roles: Roles, steps: Sequence[Step] = ()) -> tuple[DataFile, ...]:
    """The tables with those columns only that measures, links and the steps of a plan look at: a census is wide."""
    return tuple(one.keeping(_looked_at(one, roles.get(one.name, {}), files, steps)) for one in files)


def _looked_at(
    file: DataFile, roles: Mapping[str, VariableRole], files: Sequence[DataFile], steps: Sequence[Step]
) -> frozenset[str]:
    by_role = {name for name, role in roles.items() if role in MEASURED}
    below = {name for one in files if one.parent == file.name for name in file.key}
    named = {word for step in steps if step.file == file.name for word in (*step.columns, *_words(step.parameters))}
    wanted = by_role | set(file.key) | set(file.link) | below | named
    return frozenset(wanted & set(file.names)) or frozenset(file.names[:1])


def _words(tree: object) -> Iterator[str]:
    """Every word in the parameters of a step; some are names of columns."""
    match tree:
        case str():
            yield tree
        case Mapping():
            for name, value in tree.items():
                yield str(name)
                yield from _words(value)
        case list() | tuple():
            for value in tree:
                yield from _words(value)
        case _:
            return


MEASURED = KEYS | {VariableRole.SENSITIVE, VariableRole.WEIGHT, VariableRole.HOUSEHOLD}


def measured(
    files: Sequence[DataFile], tables: Mapping[str, Table], roles: Roles, name: str, beat: Heartbeat
) -> FileRisk:
    """The measures of one table, with what the table above it tells of its rows."""
    table, design = linked(files, tables, roles, name)
    report = risk(table, design, cancelled=beat.stopped) if design.keys and len(table) else None
    return FileRisk(
        file=name,
        keys=design.keys,
        lines=lines(report) if report else (),
        bars=tuple((f"{bar.upto:g}", bar.rows) for bar in report.histogram) if report else (),
        risk=_mean_risk(report) if report else "",
    )


def _mean_risk(report: RiskReport) -> str:
    return f"{report.global_risk if report.household_risk is None else report.household_risk:.6f}"


def tables_below(files: Sequence[DataFile], name: str) -> tuple[str, ...]:
    """A table and those whose rows belong to it, directly or not: what is known of a household is known of members."""
    found = [name]
    for _ in files:
        found += [one.name for one in files if one.parent in found and one.name not in found]
    return tuple(found)


def share_lost(report: LossReport) -> str:
    """Share of the information about single records that is gone, as text; of the keys where nothing else varied."""
    return f"{report.keys_suppressed if report.kept is None else 1 - report.kept:.6f}"
