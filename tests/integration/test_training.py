"""What a practice site makes never verifies as real."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

from safeconduct.actions.releasing import export
from safeconduct.ledger.merkle import leaf_hash, verify_inclusion
from safeconduct.release.verify import _inclusion
from shelled import program

pytestmark = pytest.mark.slow


def verify(path: Path, *options: str) -> subprocess.CompletedProcess:
    return program("verify", path, "--json", *options)


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
    assert program("export-ledger", "--site", practice.root, path).returncode == 0

    assert verify(path, "--ledger", "--training").returncode == 0
    assert verify(path, "--ledger").returncode == 1


def test_an_altered_record_of_use_is_found(practice, tmp_path):
    path = tmp_path / "record.jsonl"
    assert program("export-ledger", "--site", practice.root, path).returncode == 0
    path.write_text(path.read_text(encoding="utf-8").replace("flows", "flowz", 1), encoding="utf-8")

    ran = verify(path, "--ledger", "--training")
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["findings"]


def test_its_manifest_proves_that_the_record_of_use_holds_it(practice, manifest):
    """Anybody can check that the event stands under the root, and the root is that of the record itself."""
    proof = json.loads(manifest.read_text(encoding="utf-8"))["inclusion"]
    path = [bytes.fromhex(one) for one in proof["path"]]
    leaf = leaf_hash(proof["leaf"].encode())

    assert verify_inclusion(leaf, proof["index"], proof["size"], path, bytes.fromhex(proof["root"]))
    assert practice.site().ledger.root(proof["size"]).hex() == proof["root"]


def test_exporting_again_adds_no_second_event(practice):
    site = practice.site()
    answer_id = Path(practice.summary["manifest"]).parent.name
    export(practice.room("chloe"), answer_id=answer_id)
    export(practice.room("chloe"), answer_id=answer_id)

    assert len(site.ledger.events(verb="export", subject=answer_id)) == 1


def test_a_proof_that_does_not_fit_is_told(manifest):
    """Another place in the record, or another answer's event."""
    tree = json.loads(manifest.read_text(encoding="utf-8"))
    moved = {**tree, "inclusion": {**tree["inclusion"], "index": tree["inclusion"]["index"] - 1}}
    other = {**tree, "answer_id": "0" * 64}

    assert list(_inclusion(tree)) == []
    assert len(list(_inclusion(moved))) == 1
    assert len(list(_inclusion(other))) == 1
