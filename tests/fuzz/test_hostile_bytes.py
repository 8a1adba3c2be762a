"""Strangers' bytes: our own errors, no value of a record in them, no good row lost or doubled.

Every reader is taken from its registry, with a corpus of files made to do harm, and with mutations guided by which
lines of ours they reach; `fuzz.py` beside this searches for as long as one likes.
"""

import importlib.util
import logging
import os
import platform
import subprocess
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest
from fuzz_targets import GOOD, Broken, Place, Target, endings, kept, sent, targets
from hostile_corpus import cases
from other_targets import IN_POSTGRESQL
from seed_files import FORMATS, MARKER, MARKS, NUMBER

from safeconduct.ingest import lines
from safeconduct.ingest.adapter import adapter
from safeconduct.ingest.server_base import servers
from safeconduct.ingest.source import source
from safeconduct.ingest.survey import formats, read
from safeconduct.model.errors import Unreadable
from safeconduct.model.text import say

FUZZ = Path(__file__).with_name("fuzz.py")
CORPUS = {one.name: one for one in cases()}
WITHOUT_MARKS = frozenset({"format:cspro", "paper:mapping", "paper:cells"})
"""Their seed files hold no value of a person that is given back as it stands."""


@pytest.fixture(scope="module")
def every() -> Mapping[str, Target]:
    before = lines.BLOCK
    found = targets()
    yield found
    lines.BLOCK = before


def test_every_reader_has_seed_files(every) -> None:
    """A newcomer to a registry is here by itself, and its file is missed."""
    wanted = {f"format:{name}" for name in formats} | {f"server:{name}" for name in servers}
    wanted |= {f"layer:{name}" for name in endings()}
    wanted |= {f"source:{name}" for name in source if name != "files" and name not in IN_POSTGRESQL}
    adapters = {name.split(":")[1] for name in every if name.startswith("adapter:")}

    assert wanted <= set(every)
    assert adapters == set(adapter)
    assert [name for name, one in every.items() if not one.places] == []


def test_every_seed_file_is_read_as_it_is(every) -> None:
    """Otherwise what is tried on it tries nothing; the marks are among the cells, so that the search can find them."""
    for name, target in every.items():
        whole = [one for one in target.places if not one.good][:1] if target.slow else target.places
        found = [kept(target.read, place.put(place.whole)) for place in whole if "!" not in place.what]

        assert [refused for _, refused in found] == [None] * len(found), name
        if not name.startswith("paper:") and name not in WITHOUT_MARKS:
            assert any(mark in cell for cells, _ in found for cell in cells for mark in MARKS), name


@pytest.mark.parametrize("name", formats)
def test_every_format_reads_a_seed_file_of_its_own(name) -> None:
    """A file that another format takes would try that one twice."""
    assert name in {part for files in FORMATS[name]() for part in read(sent(files)).format.split("+")}


@pytest.mark.parametrize("name", CORPUS)
def test_files_made_to_do_harm_do_none(name) -> None:
    """Refused with a sentence that helps, or read whole."""
    case = CORPUS[name]
    cells, refused = kept(case.read, case.files)

    if case.says:
        assert refused is not None
        assert case.says in str(refused)
    else:
        assert refused is None, str(refused)
        assert {row: cells[row] for row in case.rows} == dict.fromkeys(case.rows, 1)


def breaking(files: Mapping[str, bytes]) -> list[str]:  # noqa: C901 - a line a promise
    """Breaks whichever promise its file is named after."""
    match next(iter(files)):
        case "stranger":
            raise KeyError(MARKER)
        case "quotes":
            raise Unreadable(say("Line {line} holds {cell}.", line=1, cell=NUMBER))
        case "causes":
            raise Unreadable(say("It is damaged.")) from ValueError(MARKER)
        case "before":
            try:
                int(MARKER)
            except ValueError:
                raise Unreadable(say("It is damaged."))  # noqa: B904 - this is what is looked for
        case "logs":
            logging.getLogger("x").debug("row %s", NUMBER)
        case "warns":
            warnings.warn(f"cell {MARKER}", stacklevel=1)
        case "prints":
            sys.stdout.write(MARKER)
        case "loses":
            return list(GOOD[1:])
        case "doubles":
            return [*GOOD, GOOD[0]]
    return list(GOOD)


@pytest.mark.parametrize(
    "name", ["stranger", "quotes", "causes", "before", "logs", "warns", "prints", "loses", "doubles"]
)
def test_the_search_finds_a_broken_promise(name) -> None:
    """The control: a reader that breaks one."""
    place = Place(name, b"", lambda content: {name: content}, GOOD)

    with pytest.raises(Broken):
        Target("control", (place,), breaking).hold(b"\0\0x")


def test_the_search_finds_nothing_where_there_is_nothing() -> None:
    """The control's control."""
    place = Place("whole", b"", lambda content: {"whole": content}, GOOD)

    Target("control", (place,), breaking).hold(b"\0\0x")


@pytest.mark.slow
def test_no_mutation_of_any_seed_file_breaks_a_promise(tmp_path) -> None:
    """A bounded number of inputs for each reader, guided by coverage, each reader in a process of its own."""
    if importlib.util.find_spec("atheris") is None:
        reason = "needs atheris, which there is for Linux on x86-64 only"
        if os.environ.get("CI", "").lower() == "true" and (sys.platform, platform.machine()) == ("linux", "x86_64"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = [sys.executable, FUZZ, "--runs", "40", "--slow-runs", "2", "--folder", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.count(": Done ") == len(targets())
