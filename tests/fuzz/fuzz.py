"""Hostile files, guided by which lines of ours they reach: `python tests/fuzz/fuzz.py --target format:csv --minutes 5`.

Every reader is taken from its registry; `--list` names them, `--target all` (the default) takes each in turn, in a
process of its own. Findings go to FOLDER, an input each, beside a line that says which promise it broke and where;
inputs that reach new lines are kept in FOLDER/corpus and are where the next run begins. The exit status is 1 where
something was found.
"""

import argparse
import hashlib
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["safeconduct"]):
    from fuzz_targets import Broken, Target, targets

MOST_MEMORY_MB = 4096
LONGEST_S = 120
LARGEST = 1 << 17


def main() -> int:
    """Take each target in turn; how many were broken."""
    told = arguments()
    every = targets()
    if told.list:
        for name, one in every.items():
            tell(f"{name}\t{len(one.places)} places")
        return 0
    wanted = [
        one for name, one in every.items() if told.target == "all" or name.startswith(tuple(told.target.split(",")))
    ]
    if not wanted:
        tell(f"no target begins with {told.target}; --list names them")
        return 2
    return int(sum(broken(one, told) for one in wanted) > 0)


def tell(line: str) -> None:
    """A line for whoever runs it, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", "--adapter", default="all", help="targets, or how several begin, between commas")
    parser.add_argument("--minutes", type=float, default=0, help="how long for each target")
    parser.add_argument("--runs", type=int, default=200, help="how many inputs for each target, without --minutes")
    parser.add_argument("--slow-runs", type=int, default=4, help="the same for targets that start processes")
    parser.add_argument("--seed", type=int, default=1, help="0 for another one every time")
    parser.add_argument("--folder", type=Path, default=None, help="for findings and what is kept")
    parser.add_argument("--list", action="store_true", help="name the targets and end")
    return parser.parse_args()


def broken(target: Target, told: argparse.Namespace) -> bool:
    """Whether something was found; libFuzzer ends its process, so it has one of its own."""
    folder = (told.folder or Path(tempfile.mkdtemp(prefix="scfuzz"))) / target.name.replace(":", "-")
    for name in ("found", "corpus"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    child = os.fork()
    if not child:
        fuzz(target, told, folder)
    status = os.waitpid(child, 0)[1]
    found = sorted((folder / "found").glob("*.txt"))
    for one in found:
        tell(f"{target.name}: {one.read_text().splitlines()[0]} ({one})")
    if status:
        tell(f"{target.name}: ended by {os.waitstatus_to_exitcode(status)}; see {folder}/log")
    if not found and not status:
        tell(f"{target.name}: {counted(folder / 'log')}")
    return bool(found or status)


def counted(log: Path) -> str:
    """What libFuzzer says at the end."""
    done = [line for line in log.read_text(errors="replace").splitlines() if line.startswith(("Done", "#"))]
    return done[-1] if done else "nothing was run"


def fuzz(target: Target, told: argparse.Namespace, folder: Path) -> None:
    """Read one input after another; never comes back."""
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    seeds = folder / "seeds"
    seeds.mkdir(exist_ok=True)
    for number, one in enumerate(target.seeds()):
        (seeds / f"{number:03d}").write_bytes(one)
    session = Session(target, folder / "found", told)
    atheris.Setup(
        [sys.argv[0], f"-seed={told.seed}", f"-rss_limit_mb={MOST_MEMORY_MB}", f"-timeout={LONGEST_S}",
         f"-artifact_prefix={folder}/found/", f"-max_len={LARGEST}", "-print_final_stats=0", "-len_control=0",
         str(folder / "corpus"), str(seeds)],
        session.take,
    )  # fmt: skip
    try:
        atheris.Fuzz()
    finally:
        os._exit(70)


class Session:
    """One target's inputs, counted."""

    def __init__(self, target: Target, folder: Path, told: argparse.Namespace) -> None:
        self.target, self.folder, self.done = target, folder, 0
        most = told.slow_runs if target.slow else max(told.runs, len(target.places) + 10)
        self.most = None if told.minutes else most
        self.end = time.monotonic() + told.minutes * 60 if told.minutes else None

    def take(self, content: bytes) -> None:
        """Hold one input to the promises; what is found is written down once, and the search goes on.

        The last one leaves at once: libFuzzer's own end trips over threads that a library left behind.
        """
        try:
            self.target.hold(content)
        except Broken as flaw:
            name = hashlib.sha256(str(flaw).encode()).hexdigest()[:12]
            if not (self.folder / f"{name}.txt").exists():
                (self.folder / name).write_bytes(content)
                (self.folder / f"{name}.txt").write_text(f"{flaw}\n{''.join(traceback.format_exception(flaw))}")
        self.done += 1
        if self.done == self.most or (self.end is not None and time.monotonic() > self.end):
            os.write(2, f"Done {self.done} inputs\n".encode())
            os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
