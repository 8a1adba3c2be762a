"""A register of some thousand people over months: differences between snapshots are judged before they leave."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
STUDY = "REGISTER-2026"
SAID = {"title": "Monthly snapshot", "collected_by": "Us", "basis": "public interest"}
CASES = 700
DROPPED = {"cases": ["registration_date"], "individuals": ["registration_date", "birth_date"]}
TABLES = ("cases", "individuals", "needs")


def case(number: int) -> list[dict[str, object]]:
    """The people of a case, the same whenever they are asked for."""
    drawn = random.Random(number)  # noqa: S311 - a sample, no secret
    size, place = drawn.choice([1, 2, 3]), drawn.choice(["north", "south"])
    day = date(2025, 1, 1) + timedelta(days=drawn.randrange(300))
    return [
        {
            "case_id": f"C{number}", "size": size, "place": place, "individual_id": f"I{number}-{member}", "day": day,
            "sex": drawn.choice("FM"), "born": date(1950 + drawn.randrange(70), 1, 1), "name": f"Marker {number}",
            "need": drawn.choice(["", "child_at_risk", "illness"]),
        }
        for member in range(size)
    ]  # fmt: skip


def snapshot(folder: Path, numbers: Iterable[int]) -> list[Path]:
    """The files of a month, for the cases that were registered then."""
    cases = [case(number) for number in numbers]
    people = [one for members in cases for one in members]
    lines = {
        "cases": ["case_id,case_size,registration_date,location",
                  *(f"{one['case_id']},{one['size']},{one['day']},{one['place']}" for one, *_ in cases)],
        "individuals": ["individual_id,case_id,registration_date,name,sex,birth_date",
                        *(f"{one['individual_id']},{one['case_id']},{one['day']},{one['name']},{one['sex']},{one['born']}"
                          for one in people)],
        "needs": ["individual_id,need", *(f"{one['individual_id']},{one['need']}" for one in people if one["need"])],
    }  # fmt: skip
    folder.mkdir()
    for name, rows in lines.items():
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return [folder / f"{name}.csv" for name in lines]


def kept(office, paths: list[Path]) -> dict[str, dict[str, str]]:
    """A snapshot deposited and kept with the roles that its declaration proposes; these roles."""
    uploads = [office.send("amara", path) for path in paths]
    task = office.act("amara", "deposit", uploads=uploads, study=STUDY, **SAID)
    assert task.state == "done", str(task.says)
    roles: dict[str, dict[str, str]] = {}
    for one in office.act("amara", "variables", deposit=task.result):
        roles.setdefault(one.file, {})[one.variable.name] = str(one.proposal)
    office.keep(task.result, roles)
    return roles


def edition(office, publishing) -> str:
    """A treated edition of what is kept, handed in and approved."""
    steps = [
        *({"method": "remove", "file": file, "columns": [name], "parameters": {}, "why": "Days tell who it is."}
          for file, names in DROPPED.items() for name in names),
        *({"method": "local_suppression", "file": file, "columns": [], "parameters": {"k": 3}, "why": "Nobody alone."}
          for file in ("cases", "individuals")),
        *({"method": "sort_rows", "file": file, "columns": [], "parameters": {}, "why": "Order tells nothing."}
          for file in TABLES),
    ]  # fmt: skip
    office.act("amara", "describe_study", study=STUDY, fields=publishing.DESCRIPTION)
    office.act("amara", "write_plan", study=STUDY, steps=steps)
    office.act("amara", "try_plan", study=STUDY)
    task = office.act("amara", "draft_edition", study=STUDY, access="licensed")
    assert task.state == "done", str(task.says)
    office.approve(task.result)
    return task.result


def wrong(office, made: str) -> dict[str, str]:
    """What the release check holds against an edition, by rule."""
    return {one.rule: str(one.says) for one in office.act("farid", "review", edition=made).findings if not one.passed}


@pytest.fixture(scope="module")
def january(stages, publishing, tmp_path_factory):
    """A site on which the first month was published, and the roles that were proposed."""
    folder = tmp_path_factory.mktemp("register")
    office = publishing.copied(stages["empty"], folder)
    roles = kept(office, snapshot(folder / "january", range(CASES)))
    made = edition(office, publishing)
    assert wrong(office, made) == {}
    office.act("amara", "publish_edition", edition=made)
    assert office.site.ledger.fact("edition", made).state == "released"
    return office, roles


@pytest.fixture
def office(january, publishing, tmp_path):
    """A copy of it to go on with."""
    return publishing.copied(january[0], tmp_path)


def test_roles_come_from_the_declaration(january) -> None:
    """Confirmed by the steward as they were proposed."""
    _, roles = january

    assert roles["individuals"] == {
        "individual_id": "other", "case_id": "household id", "registration_date": "quasi-identifier",
        "name": "direct identifier", "sex": "quasi-identifier", "birth_date": "quasi-identifier",
    }  # fmt: skip
    assert roles["needs"]["need"] == "sensitive"


def test_a_month_in_which_one_case_left_shows_who_left(office, publishing, tmp_path) -> None:
    """The difference of two snapshots is one household: it does not leave."""
    kept(office, snapshot(tmp_path / "february", range(1, CASES)))

    made = edition(office, publishing)

    assert "version_difference" in wrong(office, made)
    assert office.act("amara", "publish_edition", edition=made).state == "failed"


def test_months_in_which_many_came_and_went_may_leave(office, publishing, tmp_path) -> None:
    """Enough of every combination came and left; whoever stayed is known to be the same by their codes."""
    kept(office, snapshot(tmp_path / "march", range(150, CASES + 150)))

    made = edition(office, publishing)

    assert wrong(office, made) == {}
