"""Killed at its writes, a freeze and a withdrawal end as if nobody had been killed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from killing import on_path

HERE = Path(__file__).parent
STRIDE = "7"


@pytest.mark.slow
def test_a_freeze_and_a_withdrawal_killed_at_their_writes_end_the_same(tmp_path) -> None:
    """Files written, files destroyed, inside each transaction and after it: one data set, no share, no key left.

    Every seventh write; the program tries each where it is called without the last word.
    """
    command = [sys.executable, HERE / "every_pool_write.py", tmp_path, STRIDE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=on_path())
    assert done.returncode == 0, done.stderr[-2000:]
    writes = json.loads(done.stdout)

    assert writes["freeze"] > 20
    assert writes["withdraw"] > 10
