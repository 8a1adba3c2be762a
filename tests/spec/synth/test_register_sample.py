"""A made-up register: it keeps to its declaration every month, and who stays keeps their numbers."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from safeconduct.cli.practice import sample
from safeconduct.desk.sample import sample_register
from safeconduct.desk.standards import validate
from safeconduct.model.errors import BadInput, WrongState

TABLES = ("cases", "individuals", "events", "needs")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("register") / "files"
    return folder, sample_register({"cases": 150, "months": 4, "first": date(2025, 11, 9)}, folder=folder)


def rows(folder: Path, month: str, name: str) -> list[dict[str, str]]:
    with (folder / month / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02")


@pytest.mark.parametrize("month", MONTHS)
def test_every_snapshot_keeps_to_the_register(made, month):
    """Nothing to tell: sizes are right, everybody has a case, nothing happens before a registration."""
    folder, _ = made
    found = validate("register", [folder / month / f"{one}.csv" for one in TABLES], today=date(2026, 3, 1))

    assert found.findings == ()
    assert found.format == "register"
    assert all(found.tables[one] for one in TABLES)


def test_who_stays_keeps_their_number_birth_and_registration(made):
    """Also who makes a case of their own; some came, and some left."""
    folder, report = made
    known = [{row["individual_id"]: row for row in rows(folder, month, "individuals")} for month in MONTHS]
    for before, after in pairwise(known):
        both = before.keys() & after.keys()
        same = ("birth_date", "registration_date", "sex", "name")
        assert all(before[one][name] == after[one][name] for one in both for name in same)
        assert before.keys() - after.keys()
        assert after.keys() - before.keys()

    assert report["individuals"] == tuple(map(len, known))
    assert report["stayed"] == (0, *(len(a.keys() & b.keys()) for a, b in pairwise(known)))
    assert any(a[one]["case_id"] != b[one]["case_id"] for a, b in pairwise(known)
               for one in a.keys() & b.keys())  # fmt: skip


def test_the_same_seed_makes_the_same_files(made, tmp_path):
    """Byte for byte, and another seed makes others."""
    folder, _ = made
    for seed, same in ((7, True), (8, False)):
        again = tmp_path / str(seed)
        sample_register({"cases": 150, "months": 1, "first": date(2025, 11, 9), "seed": seed}, folder=again)
        assert ((again / "2025-11/cases.csv").read_bytes() == (folder / "2025-11/cases.csv").read_bytes()) is same


@pytest.mark.parametrize("wrong", [{"cases": 0}, {"months": 0}, {"cases": 50_001}, {"months": 61}])
def test_what_cannot_be_made_up_is_refused(tmp_path, wrong):
    """With the range."""
    with pytest.raises(BadInput, match="whole number from 1"):
        sample_register(wrong, folder=tmp_path / "x")


def test_a_folder_that_holds_something_is_left_alone(made, tmp_path):
    """On the shell too, which prints what was made."""
    with pytest.raises(WrongState):
        sample_register({}, folder=made[0])
    given = ["register", "--folder", str(tmp_path / "new"), "--cases", "3", "--months", "1", "--json"]
    done = CliRunner().invoke(sample, given)

    assert done.exit_code == 0
    assert '"stayed"' in done.output
