"""Children that die at their n-th write to the disk, and those that must come to their end.

A child is forked, so nothing may have opened a database before. Scripts that use this are run in `on_path()`.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from safeconduct.store.records import connect

WRITES = ("replace", "rename", "unlink", "fsync")
Act = Callable[[], object]
Die = Callable[[], None]


def killed(at: int, act: Act, *, also: Callable[[Die], None] = lambda _die: None) -> bool:
    """Run something in a child that kills itself at its n-th write; whether it was killed.

    Args:
        at: Which write, from 1.
        act: What the child does.
        also: Makes the child die at more than names and contents of files; it is given what to call there.

    Raises:
        SystemExit: The child failed instead.
    """
    child = os.fork()
    if not child:
        also(_deadly(at))
        left_with(act)
    status = os.waitpid(child, 0)[1]
    if status and not os.WIFSIGNALED(status):
        raise SystemExit(f"it failed before write {at}")
    return os.WIFSIGNALED(status)


def _deadly(at: int) -> Die:
    """Let this process die at its n-th write."""
    left = [at]

    def die() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in WRITES:
        setattr(os, name, dying(getattr(os, name), die))
    return die


def dying(call: Callable[..., object], die: Die, *, after: bool = False) -> Callable[..., object]:
    """What may die before it is done, or after it too."""

    def counting(*args: object, **how: object) -> object:
        die()
        found = call(*args, **how)
        if after:
            die()
        return found

    return counting


def inside(act: Act) -> None:
    """Run something in a child, which must come to its end."""
    child = os.fork()
    if not child:
        left_with(act)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("a child failed")


def left_with(act: Act) -> NoReturn:
    """Do it and leave, without anything of the parent's being closed twice."""
    code = 1
    try:
        act()
        code = 0
    except BaseException as error:  # noqa: BLE001 - told, then left
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


def warmed() -> None:
    """Import what is imported at its first use elsewhere, and check the extension's signature: else every child does.

    DuckDB's thread is this one, and it is closed before anything forks.
    """
    import pandas as pd  # noqa: F401, PLC0415 - by Arrow
    import pyarrow.dataset as ds  # noqa: F401, PLC0415 - by DuckDB

    with tempfile.TemporaryDirectory() as folder:
        connect(read=[], spill=Path(folder), memory_mb=64, threads=1).close()


def on_path() -> dict[str, str]:
    """The environment of a script of the tests, which finds here what tests share."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
