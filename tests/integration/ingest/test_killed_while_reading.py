"""Killed with SIGKILL while it reads a stranger's stream, a process leaves no word of it anywhere on the disk."""

import gzip
import io
import os
import select
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from killing import on_path

CHILD = Path(__file__).with_name("reading_until.py")
MARK = "Qxzv7Marker"
PATIENCE_MS = 60_000
ROWS = 12_000
READ = {"phone": (3, 9), "upload": (30,), "survey.csv": (2,), "survey.zip": (1,), "survey.xlsx": (2,),
        "survey.sav": (1,)}  # fmt: skip


def marked(number: int) -> str:
    return f"{MARK}{number:06d}"


@pytest.fixture
def filled(world, row):
    """A compressed file of calls with hostile lines in it, and surveys, the mark in every row."""
    rows = [row(marked(number), f"2026-01-05 10:{number % 60:02d}:00") for number in range(ROWS)]
    odd = [f'"{MARK}', f"{MARK}\0", MARK * 9_000, f"{MARK}," * 40]
    world.calls([*rows, *odd, *rows[:50]], "calls_1.csv")
    plain = (world.files / "calls_1.csv").read_bytes()
    (world.files / "calls_1.csv").unlink()
    world.write("calls_1.csv.gz", gzip.compress(plain, 1))
    return world


def survey(world, name: str) -> None:
    """A survey of the kind its name says."""
    frame = pd.DataFrame({"id": range(ROWS), "who": [marked(number) for number in range(ROWS)]})
    text = frame.to_csv(index=False).encode()
    match name:
        case "survey.sav":
            pyreadstat.write_sav(frame, world.files / name)
        case "survey.zip":
            with zipfile.ZipFile(world.files / name, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr("in/survey.csv", text)
        case "survey.xlsx":
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet("answers")
            sheet.append(["id", "who"])
            for number in range(ROWS):
                sheet.append([number, marked(number)])
            kept = io.BytesIO()
            book.save(kept)
            world.write(name, kept.getvalue())
        case _:
            world.write("survey.csv", text)


def found(folder: Path) -> list[Path]:
    """Files with the mark in them, as text of either width."""
    words = (MARK.encode(), MARK.encode("utf-16-le"))
    return [path for path in folder.rglob("*") if path.is_file() and any(one in path.read_bytes() for one in words)]


def ended(process: int) -> bool:
    """Whether a process ends, if it has not already."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    over = bool(poll.poll(PATIENCE_MS))
    os.close(handle)
    return over


@pytest.mark.slow
@pytest.mark.parametrize(("what", "nth"), [(what, nth) for what, points in READ.items() for nth in points])
def test_a_process_killed_in_the_middle_leaves_nothing_to_read(filled, tmp_path, what, nth) -> None:
    """Not below the site, not among its temporary files; and no process that it had started stays."""
    if what != "phone":
        survey(filled, what)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**on_path(), "TMPDIR": str(scratch), "HOME": str(scratch)}
    killed = subprocess.run(
        [sys.executable, CHILD, filled.folder, what, str(nth)],
        capture_output=True, text=True, check=False, cwd=scratch, env=environment,
    )  # fmt: skip

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert MARK not in killed.stdout + killed.stderr
    assert found(filled.folders.root) == []
    assert found(scratch) == []
    assert any(path.stat().st_size for path in filled.folders.root.rglob("*") if path.is_file())
    assert all(ended(int(one)) for one in killed.stdout.split())


def test_the_search_finds_what_is_in_clear(world) -> None:
    """The control."""
    survey(world, "survey.csv")
    world.write("wide.txt", f"a{MARK}".encode("utf-16-le"))

    assert {path.name for path in found(world.files)} == {"survey.csv", "wide.txt"}
