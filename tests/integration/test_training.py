"""What a practice site makes never verifies as real."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def verify(path: Path, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "safeconduct", "verify", str(path), "--json", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def manifest(practice) -> Path:
    return Path(practice.summary["manifest"])


def test_its_releases_fail_unless_training_is_asked_for(manifest):
    assert verify(manifest).returncode == 1
    assert verify(manifest, "--training").returncode == 0
    assert json.loads(verify(manifest).stdout)["training"] is True


def test_saying_otherwise_in_the_manifest_does_not_help(manifest, tmp_path):
    for path in manifest.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    tree = json.loads(manifest.read_text(encoding="utf-8"))
    tree["training"] = False
    (tmp_path / "manifest.json").write_text(json.dumps(tree), encoding="utf-8")

    assert verify(tmp_path / "manifest.json").returncode == 1
    assert verify(tmp_path / "manifest.json", "--training").returncode == 1


def test_every_file_is_marked(manifest):
    with (manifest.parent / "answer.csv").open(encoding="utf-8", newline="") as file:
        assert "TRAINING" in next(csv.reader(file))
    assert b"TRAINING" in (manifest.parent / "answer.geojson").read_bytes()
    assert b'"training": true' in manifest.read_bytes()


def test_its_record_of_use_is_whole_and_never_verifies_as_real(practice, tmp_path):
    path = tmp_path / "record.jsonl"
    command = [sys.executable, "-m", "safeconduct", "export-ledger", "--site", str(practice.root), str(path)]
    assert subprocess.run(command, check=False).returncode == 0

    assert verify(path, "--ledger", "--training").returncode == 0
    assert verify(path, "--ledger").returncode == 1


def test_an_altered_record_of_use_is_found(practice, tmp_path):
    path = tmp_path / "record.jsonl"
    command = [sys.executable, "-m", "safeconduct", "export-ledger", "--site", str(practice.root), str(path)]
    subprocess.run(command, check=True)
    path.write_text(path.read_text(encoding="utf-8").replace("flows", "flowz", 1), encoding="utf-8")

    ran = verify(path, "--ledger", "--training")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["findings"]
