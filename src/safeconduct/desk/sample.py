"""Practice data on one's own machine."""

import errno
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from safeconduct.model.errors import BadInput, BadMapping, BrokenPromise, NotFound, StoreFull, Unreadable, WrongState
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say
from safeconduct.synth.samples.layout import TRUTH, default_layout, files_of
from safeconduct.synth.samples.parameters import CdrSample
from safeconduct.synth.samples.registers import RegisterSample
from safeconduct.synth.samples.registers import write as write_register

if TYPE_CHECKING:
    from safeconduct.synth.samples.sightings import SightingsSample

SampleT = TypeVar("SampleT", CdrSample, RegisterSample, "SightingsSample")


def sample_cdr(
    sample: CdrSample | Mapping[str, Any],
    *,
    folder: Path,
    mapping: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, object]:
    """Write a sample of call detail records; nothing is ever deleted.

    A folder that holds something is written to only if it holds a former sample and nothing but files that this one
    writes anew; else records of two samples, or of real people, would stand side by side.

    Args:
        sample: What to make up, as parameters or as their names and values.
        folder: Where to write; made if absent.
        mapping: An operator's mapping file whose layout is written; without it, a common layout.
        progress: Told the days done and all days.

    Returns:
        The report: folder, people, days, `events` by type, `files`, and where `truth` and `mapping` are.

    Raises:
        BadInput: A parameter is unknown or out of its range.
        BadMapping: The mapping cannot be read, or its layout cannot be written.
        WrongState: The folder holds something else.
        StoreFull: The disk is full; a second run with more room overwrites what was begun.
        BrokenPromise: The folder cannot be written for another reason.
    """
    made = sample if isinstance(sample, CdrSample) else _parameters(CdrSample, sample)
    layout = default_layout() if mapping is None else read_mapping(mapping)
    _check_folder(folder, files_of(layout, [made.day(index) for index in range(made.days)]))
    from safeconduct.synth.samples.cdr import write  # noqa: PLC0415 - numpy is loaded only when a sample is made

    try:
        return write(made, folder=folder, layout=layout, progress=progress).to_json()
    except OSError as problem:
        raise _unwritten(problem) from None


def sample_sightings(values: Mapping[str, Any], *, folder: Path) -> dict[str, object]:
    """Write a sample of sightings: devices of a made-up app, with points and the mapping that reads them.

    Args:
        values: What to make up, as names and values of `SightingsSample`.
        folder: Where to write; absent or empty, since nothing is ever deleted.

    Returns:
        The report: folder, mapping, devices, days, sightings, files.

    Raises:
        BadInput: A parameter is unknown or out of its range.
        WrongState: The folder holds something.
        StoreFull: The disk is full.
        BrokenPromise: The folder cannot be written for another reason.
    """
    from safeconduct.synth.samples.sightings import SightingsSample, write  # noqa: PLC0415 - numpy is loaded only when a sample is made

    made = _parameters(SightingsSample, values)
    return _written(folder, lambda: asdict(write(made, folder=folder)))


def sample_register(values: Mapping[str, Any], *, folder: Path) -> dict[str, object]:
    """Write monthly snapshots of a made-up registration register, in which who stays keeps their numbers.

    Args:
        values: What to make up, as names and values of `RegisterSample`.
        folder: Where to write; absent or empty, since nothing is ever deleted.

    Returns:
        The report: folder, months, and of each snapshot the cases, the individuals, and who was in the one before.

    Raises:
        BadInput: A parameter is unknown or out of its range.
        WrongState: The folder holds something.
        StoreFull: The disk is full.
        BrokenPromise: The folder cannot be written for another reason.
    """
    made = _parameters(RegisterSample, values)
    return _written(folder, lambda: asdict(write_register(made, folder=folder)))


def _written(folder: Path, write: Callable[[], dict[str, object]]) -> dict[str, object]:
    """The report of what wrote into a folder that held nothing, its paths as text."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise WrongState(say("the folder holds something; choose an empty or a new one"))
        report = write()
    except OSError as problem:
        raise _unwritten(problem) from None
    return {name: str(value) if isinstance(value, Path) else value for name, value in report.items()}


def _unwritten(problem: OSError) -> StoreFull | BrokenPromise:
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreFull("the disk is full; make room or choose another folder, then run it again")
    return BrokenPromise("the folder cannot be written; check that it is a folder and that you may")


def read_mapping(path: Path) -> FileMapping:
    """An operator's mapping file.

    Raises:
        BadMapping: The file is absent, is no TOML, or does not describe files; the message says what to do.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise BadMapping("the mapping file cannot be opened; check its name and that you may read it") from None
    except UnicodeDecodeError:
        raise BadMapping("the mapping file is not text in UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadMapping(f"the mapping file is not TOML: {_place(problem)}") from None
    return FileMapping.from_tree(tree)


def read_truth(folder: Path) -> dict[str, Any]:
    """The ground truth of a sample.

    Raises:
        NotFound: The folder holds no sample.
        Unreadable: The file was changed and is no ground truth any more.
    """
    try:
        tree = json.loads((folder / TRUTH).read_text(encoding="utf-8"))
    except OSError:
        raise NotFound(f"the folder has no {TRUTH}; make a sample there first") from None
    except ValueError:
        raise Unreadable(f"{TRUTH} is damaged; make the sample again") from None
    if not (isinstance(tree, dict) and {"disaster_day", "stricken", "sample"} <= set(tree)):
        raise Unreadable(f"{TRUTH} is no ground truth of a sample; make the sample again")
    return tree


def _parameters(kind: type[SampleT], values: Mapping[str, Any]) -> SampleT:
    known = [one.name for one in fields(kind)]
    if unknown := sorted(set(values) - set(known)):
        raise BadInput(f"a sample knows {', '.join(known)}; it does not know {', '.join(unknown)}")
    return kind(**values)


def _check_folder(folder: Path, writes: list[str]) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise WrongState("there is a file where the folder should be; choose another name")
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    if not held:
        return
    if TRUTH not in held:
        raise WrongState("the folder holds something that is no sample; choose an empty or a new one")
    read_truth(folder)
    if held - set(writes):
        raise WrongState("the folder holds a sample of other files; choose an empty or a new one")


def _place(problem: tomllib.TOMLDecodeError) -> str:
    """What is wrong and where, in the parser's words; they name no value of the file."""
    return str(problem)
