"""`safeconduct attack` against a real server: what it breaks, what it prints, what it leaves behind."""

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from attacking import disagree
from safeconduct.actions.people import create_token
from safeconduct.actions.site import Site
from safeconduct.attack.asking import Crowded
from safeconduct.attack.run import Plan, attack_practice
from safeconduct.attack.site import attacked, filled, sampled
from safeconduct.attack.specs import daily, doings, flows, modal, people, seen
from safeconduct.model.errors import Cancelled

pytestmark = pytest.mark.slow
SMALL = Plan(attacks=("hierarchy", "averaging"), guesses=2000, small=True, people=600, days=14)


def quiet(_step: str, _done: int, _every: int) -> None:
    """Nobody watches."""


LEVEL = """
name = "mine"
version = 1
title = "A threshold that remembers"
says = "Exact figures of sixteen people and more; the same question about few more people is refused."
does_not_resist = ["Nearly everything."]
reviewers = 0

[[rule]]
name = "minimum_time_grain"
shortest = "hour"
least_hours = 3

[[rule]]
name = "overlap"
minimum = 16

[[rule]]
name = "minimum_contributors"
minimum = 16

[[rule]]
name = "presentation"
"""


@pytest.fixture(scope="module")
def master(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attack")
    (folder / "own.toml").write_text(LEVEL, encoding="utf-8")
    files = sampled(folder, people=600, days=14, tell=quiet)
    return filled(folder / "level", files, policy=str(folder / "own.toml"), tell=quiet)


@pytest.fixture(scope="module")
def site(master):
    with attacked(master, master.folder / "copy") as field:
        yield field


@pytest.mark.parametrize(
    "ask",
    [
        lambda days: seen(days, "admin2"),
        lambda days: seen(days[:3], "admin3", hours=(20, 5), events=["calls", "topups"]),
        lambda days: people(daily(days, "admin2")),
        lambda days: people(daily(days, "admin2", method="most-common", hours=(6, 20))),
        lambda days: people(modal(days, "admin3")),
        lambda days: doings(days[:4], "admin1", events=["sms"]),
        lambda days: flows(modal(days[:7], "admin1"), modal(days[7:], "admin1"), "full"),
        lambda days: flows(daily(days[:1], "admin1"), daily(days[1:2], "admin1"), "left"),
    ],
)
def test_what_a_threshold_tells_is_the_truth_that_guesses_are_judged_by(site, ask):
    """Two readers of the same files agree on every figure."""
    assert disagree(site, ask(site.days)) == {}


def test_rows_that_come_late_are_in_the_truth_and_in_the_answers(master):
    """And when more come, the same question is too close to itself: only a copy of one's own would let it in."""
    with attacked(master, master.folder / "late") as field:
        spec = doings(field.days, "admin1")
        before = field.truth.counted(spec)
        after = field.late(5).counted(spec)
        told = field.ask(spec)[0].cells

        assert sum(after.values()) == sum(before.values()) + 5
        assert {key: told[key] for key in after if after[key] >= 1000} == {
            key: count for key, count in after.items() if count >= 1000
        }

        others = field.handed(lone=False, seed=1)
        field.late(5)

        assert field.ask(spec)[0].refused != ""
        with pytest.raises(Crowded):
            others.ask(spec)


def test_what_a_level_refuses_everybody_is_a_refusal_beside_others_too(site):
    short = doings(site.days, "admin1", hours=(3, 4))

    assert site.ask(short)[0].refused == site.handed(lone=False, seed=1).ask(short)[0].refused != ""


def test_a_site_that_others_ask_is_not_changed(site):
    others = site.handed(lone=False, seed=1)

    with pytest.raises(Crowded):
        others.late(5)
    with pytest.raises(Crowded):
        others.declare(people(modal(site.days[:7], "admin2")), windows=2)


def test_who_is_stopped_asks_no_more(site):
    stopped = replace(site, over=threading.Event())
    stopped.over.set()

    with pytest.raises(Cancelled):
        stopped.ask(seen(site.days, "admin1"))


def test_timed_answers_come_one_after_the_other_and_say_the_same(site):
    asks = [seen([day], "admin2") for day in site.days[:6]]
    timed = site.handed(lone=False, seed=1, timed=True).ask(*asks)

    assert [one.done for one in timed] == sorted(one.done for one in timed)
    assert [one.cells for one in timed] == [one.cells for one in site.ask(*asks)]


def test_two_analysts_are_of_two_projects(site):
    assert site.analysts == 2
    assert site.ask(seen(site.days, "admin1"), who=1)[0].refused == ""


def test_nothing_is_left_when_it_is_over(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reports = list(attack_practice(("threshold_only",), SMALL, quiet))

    assert [set(one.attacks) for one in reports] == [{"hierarchy", "averaging"}]
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in _running()


def test_an_attack_on_a_site_of_ones_own_prints_one_object(practice, url, tmp_path):
    token = tmp_path / "token"
    token.write_text(create_token(practice.room("chloe"), name="attack").text, encoding="utf-8")
    command = [sys.executable, "-m", "safeconduct", "attack", "--url", url, "--token-file", str(token)]
    some = ["--truth", str(practice.files), "--small", "--attack", "hierarchy", "--attack", "versions", "--json"]
    told = subprocess.run([*command, *some], capture_output=True, text=True, check=False)
    found = json.loads(told.stdout)["attacks"]

    assert told.returncode == 0
    assert found["hierarchy"]["n"] > 0
    assert found["versions"]["n"] == 0


def test_without_the_truth_only_what_needs_none_is_tried(practice, url, tmp_path):
    token = tmp_path / "token"
    token.write_text(create_token(practice.room("chloe"), name="blind").text, encoding="utf-8")
    command = [sys.executable, "-m", "safeconduct", "attack", "--url", url, "--token-file", str(token), "--small"]
    told = subprocess.run(
        [*command, "--attack", "split", "--attack", "averaging", "--json"], capture_output=True, text=True, check=False
    )
    tree = json.loads(told.stdout)

    assert (tree["attacks"]["split"]["n"], tree["utility"]) == (0, None)
    assert tree["attacks"]["averaging"]["n"] >= 2000


def test_a_level_of_ones_own_is_a_file(master):
    assert master.policy == "mine"
    assert "mine" in Site.open(master.folder / "site").policies


def _running() -> str:
    return "\n".join(
        path.read_bytes().replace(b"\0", b" ").decode(errors="replace") for path in _commands() if path.exists()
    )


def _commands() -> list[Path]:
    return [one / "cmdline" for one in Path("/proc").iterdir() if one.name.isdigit() and (one / "cmdline").is_file()]
