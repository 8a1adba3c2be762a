"""The command `safeconduct` in a process of its own, forked from one that has imported it: as real, and sooner.

`program(...)` stands for `python -m safeconduct ...` and `python(text, ...)` for `python -c text ...`; tests that are
about how a process begins start one themselves.
"""

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn


def program(*words: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end: its exit code, minus a signal's number where one ended it, and what it printed."""
    return _run("", words)


def python(text: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a text of Python to its end, where what `safeconduct` imports is imported already."""
    return _run(text, words)


def _run(text: str, words: Sequence[object]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory(prefix="scshell") as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        asked = {
            "text": text, "words": [*map(str, words)], "cwd": str(Path.cwd()), "environment": dict(os.environ),
            "out": str(out), "err": str(err),
        }  # fmt: skip
        nursery = _nursery()
        nursery.stdin.write(json.dumps(asked) + "\n")
        nursery.stdin.flush()
        ended = int(nursery.stdout.readline())
        return subprocess.CompletedProcess(asked["words"], ended, *(path.read_text("utf-8") for path in (out, err)))


@functools.cache
def _nursery() -> subprocess.Popen[str]:
    """The process that has imported everything; it ends with this one."""
    started = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_ended, started)
    return started


def _ended(nursery: subprocess.Popen[str]) -> None:
    with nursery:
        nursery.stdin.close()


def _fork_for_each_asked() -> dict:
    """Fork a child for every line that is read; what a child is asked, in the child, and nothing at the end."""
    asked_of, told_to = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in iter(asked_of.readline, ""):
        child = os.fork()
        if not child:
            asked_of.close()
            told_to.close()
            asked = json.loads(line)
            _become(asked)
            return asked
        told_to.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        told_to.flush()
    return {}


def _become(asked: dict) -> None:
    """Words, folder, environment and streams as whoever asked wants them."""
    sys.argv[:] = ["-c" if asked["text"] else "safeconduct", *asked["words"]]
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    for number, path in enumerate((os.devnull, asked["out"], asked["err"])):
        opened = os.open(path, os.O_RDONLY if not number else os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def _to_its_end(run: Callable[[], None]) -> NoReturn:
    """Run the command and end as it does; libraries would tidy away threads at the end that a fork does not have."""
    code: object = 1
    try:
        run()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 - told as the interpreter tells it
        traceback.print_exc()
    if not isinstance(code, int):
        sys.stderr.write(f"{code}\n")
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    import cheap_hashes  # noqa: F401 - as in the process that asks
    from killing import warmed
    from safeconduct.actions.verb import verbs
    from safeconduct.cli.main import main

    warmed()
    len(verbs)  # imports every verb
    if asked := _fork_for_each_asked():
        text = asked["text"]
        _to_its_end(functools.partial(exec, text, {"__name__": "__main__"}) if text else main)
