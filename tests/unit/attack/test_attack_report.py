"""What was found stands beside what may be found."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from safeconduct.attack.base import Finding, attack, untried
from safeconduct.attack.report import GOALS, Report
from safeconduct.attack.workload import Utility
from safeconduct.cli.attack import attack as command

USE = Utility(
    cells=100, told=90, refused_share=0.0, withheld_share=0.0, median_relative_error_over_100=0.002, wape=0.02,
    questions=5, declared=2,
)  # fmt: skip


def found(metric: str, value: float, **more) -> Finding:
    by = {"accuracy": None, "auc": None, "bits": None, metric: value}
    share = by.pop("share", None)
    return Finding(metric=metric, chance=0.5, ci=(0.0, 1.0), n=2000, note="Tried.", share=share, **by, **more)


def report(policy: str = "operational", utility=USE, epsilon=None, **attacks) -> Report:
    return Report(policy=policy, people=3000, attacks=attacks, utility=utility, epsilon=epsilon)


def test_the_object_has_the_parts_that_are_promised():
    tree = report(differencing=found("accuracy", 0.5)).to_json()

    assert {"attacks", "utility", "policy", "people"} <= set(tree)
    assert {"metric", "accuracy", "auc", "bits", "chance", "ci", "n"} <= set(tree["attacks"]["differencing"])
    assert {"cells", "told", "refused_share", "median_relative_error_over_100", "wape", "questions"} <= set(
        tree["utility"]
    )


@pytest.mark.parametrize(("value", "missed"), [(0.55, False), (0.56, True)])
def test_a_goal_is_met_up_to_its_bound(value, missed):
    assert bool(report(differencing=found("accuracy", value)).missed()) is missed


@pytest.mark.parametrize(("share", "missed"), [(0.0, False), (0.0001, True)])
def test_of_the_same_question_nothing_may_differ(share, missed):
    assert bool(report(averaging=found("share", share)).missed()) is missed


def test_a_path_is_held_to_what_shuffled_days_give():
    assert report(trajectories=found("share", 0.60)).missed() == []
    assert report(trajectories=found("share", 0.61)).missed() != []


def test_a_hierarchy_is_held_to_what_it_narrows_down():
    assert report(hierarchy=found("share", 0.9, also={"narrowed": 0.0})).missed() == []
    assert report(hierarchy=found("share", 0.1, also={"narrowed": 0.1})).missed() != []


def test_membership_is_held_to_less_where_all_may_read():
    assert report(membership=found("auc", 0.6)).missed() == []
    assert report("public", membership=found("auc", 0.6)).missed() != []


@pytest.mark.parametrize(("bound", "missed"), [(1.7, False), (1.8, True)])
def test_noise_shows_no_more_than_it_declares(bound, missed):
    one = report("public", epsilon=1.71, canary=found("share", bound))

    assert bool([line for line in one.missed() if line.startswith("G13")]) is missed


def test_the_closer_bound_of_a_canary_is_judged_too():
    """The one that assumes nothing is loose: noise somewhat narrower than declared shows in the other."""
    canary = replace(found("share", 0.3), also={"gaussian": 1.8})

    assert [line for line in report("public", epsilon=1.71, canary=canary).missed() if line.startswith("G13")]


def test_where_nothing_is_declared_a_canary_misses_nothing():
    assert report(canary=found("share", 9.0)).missed() == []


def test_what_could_not_be_tried_misses_no_goal():
    one = report(versions=untried("accuracy", chance=0.5, note="Not here."))

    assert one.missed() == []
    assert one.to_json()["attacks"]["versions"]["value"] is None


def test_refusing_those_who_mean_well_misses_a_goal():
    worse = Utility(**{**USE.__dict__, "refused_share": 0.03})

    assert [line[:2] for line in report(utility=worse).missed()] == ["G8"]


def test_every_goal_is_of_an_attack_there_is():
    assert set(GOALS) <= set(attack)


def test_every_attack_says_what_it_does():
    assert [name for name in attack if not (attack[name].title and attack[name].says)] == []


def test_an_attack_that_is_not_there_is_named_with_the_closest():
    told = CliRunner().invoke(command, ["--attack", "diferencing"])

    assert told.exit_code == 1
    assert "did you mean 'differencing'" in told.output


def test_a_site_takes_a_token():
    told = CliRunner().invoke(command, ["--url", "http://127.0.0.1:9"])

    assert "--token-file" in told.output


def test_files_take_an_intruder(tmp_path):
    (tmp_path / "records.csv").write_text("a\n1\n", encoding="utf-8")
    told = CliRunner().invoke(command, ["--release", str(tmp_path / "records.csv")])

    assert "--aux" in told.output
