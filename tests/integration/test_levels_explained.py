"""Protection levels, budgets, replays and declared products, by verbs, shell and pages without script."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import levels_site
from safeconduct.actions.telling import tell
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, WrongState
from safeconduct.model.outcomes import Refusal
from shelled import program

mostly, seen = levels_site.mostly, levels_site.seen
pytestmark = pytest.mark.slow
MOST_BYTES = 100_000
LABELS = ("Questions replayed", "Questions refused", "Figures told", "Figures withheld")


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """The site before anybody asked."""
    made = levels_site.founded(tmp_path_factory.mktemp("levels"))
    made.site.ledger.close()
    return made


def copied(founded, folder: Path):
    subprocess.run(["cp", "-r", str(founded.root), str(folder / "site")], check=True)
    return levels_site.LevelsSite(folder / "site")


@pytest.fixture
def fresh(founded, tmp_path):
    """A copy for a test that changes it."""
    made = copied(founded, tmp_path)
    yield made
    made.site.ledger.close()


@pytest.fixture(scope="module")
def asked(founded, tmp_path_factory):
    """A site where each project asked two questions; nobody changes it."""
    made = copied(founded, tmp_path_factory.mktemp("asked"))
    made.ask("chloe", mostly(0, 6))
    made.ask("chloe", seen(0, areas="admin3"))
    made.ask("paula", mostly(0, 4))
    made.ask("paula", seen(8))
    yield made
    made.site.ledger.close()


def replayed(site, login: str = "amara", **how: object):
    """A replay that was done; its figures by name."""
    begun = site.act(login, "what_if", dataset="phone", **{"policy": "operational", **how})
    site.work()
    found = site.act(login, "what_if_result", key=begun.key)
    return found, {row["name"]: (row["now"], row["then"]) for row in found.figures.table.rows()}


def shell(*words: str) -> subprocess.CompletedProcess:
    return program(*words)


class TestLevels:
    """What each rule means, and what a level does to a table."""

    def test_everybody_who_is_signed_in_may_have_a_level_explained(self, asked):
        """Every parameter with its value and meaning."""
        found = asked.act("chloe", "explain_level", name="operational")
        (rule,) = [one for one in found.rules if one.name == "minimum_contributors"]
        (minimum,) = [one for one in rule.parameters if one.name == "minimum"]

        assert minimum.value == "16"
        assert "People a cell must have" in minimum.says

    def test_a_level_nobody_knows_is_told_with_those_there_are(self, asked):
        """So that a slip of the pen is seen."""
        with pytest.raises(NotFound, match="operational"):
            asked.act("chloe", "explain_level", name="operatoinal")

    def test_the_page_shows_the_table_before_and_after(self, asked):
        """Marked as made up; statuses look as everywhere."""
        with asked.browser("chloe") as browser:
            page = browser.get("/assurance/levels/operational")
        text = levels_site.words(page.text)

        for said in ("Made up: nobody is in this table.", "Counted (made up)", "Withheld: too few people.",
                     "minimum_contributors"[:7], "What it does not stop", "Fixed parts of the day"):  # fmt: skip
            assert said in text, said
        assert 'class="swatch"' in page.text
        assert len(page.content) < MOST_BYTES

    def test_the_list_of_levels_leads_to_each(self, asked):
        """And, for insiders, to what would change."""
        with asked.browser("amara") as browser:
            steward = browser.get("/assurance/levels").text
        with asked.browser("chloe") as browser:
            analyst = browser.get("/assurance/levels").text

        assert 'href="/assurance/levels/public"' in analyst
        assert "/assurance/what-if" in steward
        assert "/assurance/what-if" not in analyst

    def test_a_level_that_is_not_there_is_a_page_that_says_so(self, asked):
        """Not an error of the server."""
        with asked.browser("chloe") as browser:
            assert browser.get("/assurance/levels/none").status_code == 404

    def test_the_shell_explains_a_level_of_a_site(self, asked, tmp_path):
        """And a file somebody writes."""
        told = shell("policy", "explain", "shared", "--site", str(asked.root), "--json")
        level = (asked.root / "policies" / "shared.toml").read_text(encoding="utf-8")
        changed = tmp_path / "mine.toml"
        changed.write_text(level.replace("minimum = 16", "minimum = 40"), encoding="utf-8")
        mine = shell("policy", "explain", str(changed), "--json")

        assert json.loads(told.stdout)["name"] == "shared"
        rules = {one["name"]: one["parameters"] for one in json.loads(mine.stdout)["rules"]}
        assert rules["overlap"][0]["value"] == "40"


class TestWhatIf:
    """Replays, for insiders."""

    def test_the_level_in_force_as_it_is_changes_nothing(self, fresh):
        """The same people get the same noise on both sides of one replay."""
        fresh.ask("chloe", mostly(0, 6))
        _, rows = replayed(fresh)

        assert rows["told_newly"] == rows["told_no_longer"] == ("", "0")
        assert all(now == then for name, (now, then) in rows.items() if now)

    def test_questions_of_every_project_are_replayed_once(self, asked):
        """Asked again by another project, a question is still one."""
        asked.ask("chloe", mostly(0, 6))
        found, rows = replayed(asked, policy="threshold_only")

        assert found.questions == 4
        assert rows["questions"] == ("4", "4")

    def test_a_higher_minimum_tells_fewer_figures_and_no_new_one(self, fresh):
        """Counted over every cell with somebody in it."""
        fresh.ask("chloe", mostly(0, 6))
        _, rows = replayed(fresh, changes=["minimum_contributors.minimum=60", "complementary_suppression.minimum=60"])

        told, withheld = (tuple(map(int, rows[name])) for name in ("told", "withheld"))
        assert told[1] < told[0]
        assert int(rows["told_no_longer"][1]) == told[0] - told[1]
        assert rows["told_newly"] == ("", "0")
        assert sum(told) + sum(withheld) == 2 * (told[0] + withheld[0])

    def test_a_stricter_comparison_refuses_questions_that_are_answered_now(self, fresh):
        """The past of the replay is that of the replay: the first is answered, the second is too close to it."""
        fresh.ask("chloe", mostly(0, 2))
        fresh.ask("chloe", mostly(0, 3))
        _, rows = replayed(fresh, changes=["overlap.minimum=10000"])

        assert rows["refused"] == ("0", "1")
        assert rows["refused_newly"] == ("", "1")

    def test_exact_figures_are_attacked_with_more_success_than_noisy_ones(self, fresh):
        """Under the threshold alone a difference of one person is read off; a coin gives a half."""
        for last in range(2, 10):
            fresh.ask("chloe", mostly(0, last, areas="admin3"))
        _, rows = replayed(fresh, policy="threshold_only")

        assert int(rows["guesses"][1]) > 0
        assert float(rows["attack"][1]) >= float(rows["attack"][0])

    def test_nothing_is_answered_spent_or_asked_by_a_replay(self, fresh):
        """No answer, no spend, no frame, no question."""
        fresh.ask("chloe", mostly(0, 6))
        ledger = fresh.site.ledger
        before = (ledger.spends("phone"), ledger.frames("phone"), ledger.facts("asked"), ledger.events(verb="decide"))
        replayed(fresh, policy="public")

        assert (
            ledger.spends("phone"), ledger.frames("phone"), ledger.facts("asked"), ledger.events(verb="decide")
        ) == before  # fmt: skip

    def test_the_record_of_use_says_it_before_a_record_is_read_and_whenever_somebody_looks(self, fresh):
        """Who, which level, how many questions."""
        fresh.ask("chloe", mostly(0, 6))
        begun = fresh.act("dara", "what_if", dataset="phone", policy="shared")
        (event,) = fresh.site.ledger.events(verb="what_if")
        fresh.work()
        fresh.act("dara", "what_if_result", key=begun.key)

        assert (event.body["policy"], event.body["questions"]) == ("shared", 1)
        assert len(fresh.site.ledger.events(verb="what_if_result")) == 1

    def test_the_figures_rest_sealed(self, fresh):
        """The ledger keeps their digest, the documents no plain word of them."""
        fresh.ask("chloe", mostly(0, 6))
        found, _ = replayed(fresh)
        fact = fresh.site.ledger.fact("what_if", found.key)
        kept = (fresh.site.folders.documents / f"{fact.body['report']}.json").read_bytes()

        assert b"told" not in kept
        assert "told_newly" not in json.dumps(dict(fact.body))

    def test_the_figures_never_go_out_by_api_or_shell(self, asked):
        """An insight is for pages."""
        found, _ = replayed(asked)

        assert "figures" not in tell(found)

    def test_whoever_asks_questions_may_not_replay_them(self, asked):
        """Analysts, auditors and engineers are no insiders."""
        for login in ("chloe", "eva", "bilal"):
            with pytest.raises(NotPermitted):
                asked.act(login, "what_if", dataset="phone", policy="shared")

    @pytest.mark.parametrize(("change", "says"), [
        ("minimum_contributors.minimum=many", "whole number"),
        ("minimum_contributors.maximum=3", "no parameter"),
        ("nothing.minimum=3", "no rule"),
        ("minimum=3", "RULE.PARAMETER=VALUE"),
        ("minimum_contributors.minimum=1", "goes from 2"),
    ])  # fmt: skip
    def test_a_change_that_cannot_be_made_says_why(self, asked, change, says):
        """Before anything is queued."""
        with pytest.raises(BadInput, match=says):
            asked.act("amara", "what_if", dataset="phone", policy="operational", changes=[change])

    def test_nothing_to_replay_is_said(self, fresh):
        """Where nobody asked."""
        with pytest.raises(WrongState, match="Nothing was asked"):
            fresh.act("amara", "what_if", dataset="phone", policy="operational")

    def test_a_replay_is_begun_by_a_form_waited_for_stopped_begun_again_and_read(self, fresh):
        """All without script."""
        fresh.ask("chloe", mostly(0, 6))
        with fresh.browser("amara") as browser:
            changes = {"set.minimum_contributors.minimum": "40"}
            begun = browser.send("/assurance/what-if?policy=operational", "Replay the questions", **changes)
            key = begun.url.path
            waits = browser.get(key).text
            stopped = browser.send(key, "Stop it")
            assert 'http-equiv="refresh"' in waits
            assert "It was stopped." in stopped.text
            browser.send("/assurance/what-if?policy=operational", "Replay the questions", **changes)
            fresh.work()
            done = browser.get(key)
        text = levels_site.words(done.text)

        assert "Changed: minimum_contributors.minimum=40." in text
        assert all(label in text for label in LABELS)
        assert "Only for data stewards" in text
        assert done.headers["cache-control"] == "no-store"
        assert "download" not in done.text

    def test_the_attack_is_told_in_words_beside_a_coin(self, fresh):
        """`0.52; a coin gives 0.50`."""
        for last in range(2, 10):
            fresh.ask("chloe", mostly(0, last, areas="admin3"))
        found, _ = replayed(fresh, policy="threshold_only")
        with fresh.browser("dara") as browser:
            text = browser.text(f"/assurance/what-if/{found.key}")

        assert re.search(r"they are right in [01]\.\d\d \(between .*\) of \d+ guesses; a coin gives 0\.50", text)

    def test_a_parameter_that_is_wrong_comes_back_with_what_is_wrong(self, asked):
        """And with what was typed."""
        with asked.browser("amara") as browser:
            changes = {"set.minimum_contributors.minimum": "many"}
            page = browser.send("/assurance/what-if?policy=operational", "Replay the questions", **changes)

        assert page.status_code == 422
        assert "whole number" in page.text
        assert 'value="many"' in page.text

    def test_analysts_see_no_page_of_replays(self, asked):
        """Nor the word in the menu."""
        with asked.browser("chloe") as browser:
            assert browser.get("/assurance/what-if").status_code == 403
            assert "/assurance/what-if" not in browser.get("/assurance/levels").text


class TestBudgets:
    """What was spent, what is left, what a question would take."""

    def test_months_and_projects_are_told_with_what_is_left(self, asked):
        """Paula's question of five January days took from January; the one of February from February."""
        found = {(one.budget.value, one.name, one.period): one for one in asked.act("eva", "budgets")}

        january = found["dataset", "phone", "2026-01"]
        assert (january.spent, january.limit, january.left) == (50_000, 500_000, 450_000)
        assert found["dataset", "phone", "2026-02"].spent == 50_000
        assert found["project", "Atlas", ""].spent == 100_000
        assert january.answers == january.left // january.usual

    def test_projects_without_a_budget_have_none(self, asked):
        """Shelter asks under a level without one."""
        assert "Shelter" not in {one.name for one in asked.act("amara", "budgets")}

    def test_the_page_tells_in_words_as_a_bar_and_as_a_table(self, asked):
        """All three say the same."""
        with asked.browser("eva") as browser:
            page = browser.get("/assurance/budget")
        text = levels_site.words(page.text)

        assert "Data set phone, what people did in 2026-01" in text
        assert "0.05 of 0.5 is spent" in text
        assert "Enough for 9 more answers of the usual sort." in text
        assert "<svg" in page.text
        assert "<table" in page.text
        assert len(page.content) < MOST_BYTES

    def test_analysts_do_not_see_everybodys_budgets(self, asked):
        """They see what their own question would take."""
        with pytest.raises(NotPermitted):
            asked.act("paula", "budgets")

    def test_whoever_asks_sees_what_a_question_would_take_and_what_is_left(self, asked):
        """Before it is run; one that was paid for takes nothing."""
        ahead = {one.budget.value: one for one in asked.act("paula", "explain", spec=mostly(0, 3)).costs}

        assert (ahead["dataset"].rho, ahead["dataset"].left) == (50_000, 450_000)
        assert ahead["project"].left == 900_000
        assert asked.act("paula", "explain", spec=mostly(0, 4)).costs == ()
        assert asked.act("chloe", "explain", spec=mostly(0, 3)).costs == ()

    def test_the_page_before_running_shows_it(self, asked):
        """In words and as a bar."""
        spec = json.dumps(mostly(0, 3))
        with asked.browser("paula") as browser:
            text = browser.text(f"/ask/check?spec={spec}")

        assert "It would take 0.05; 0.45 is left." in text

    def test_a_question_that_the_budget_does_not_reach_for_is_told_so_before(self, fresh):
        """And it is refused when asked all the same."""
        for day in range(6):
            for areas in ("admin1", "admin2"):
                fresh.act("paula", "ask", spec=seen(day, areas=areas), dataset="phone")
        with fresh.browser("paula") as browser:
            text = browser.text(f"/ask/check?spec={json.dumps(mostly(0, 3))}")

        assert "which does not reach. It would be refused." in text
        assert isinstance(fresh.act("paula", "ask", spec=mostly(0, 3), dataset="phone"), Refusal)


class TestCoherence:
    """Whether areas add up, on the page of a result."""

    def test_the_page_says_why_areas_do_not_add_up(self, asked):
        """People seen in two areas; withheld ones."""
        answer = asked.act("chloe", "ask", spec=seen(0, areas="admin3"), dataset="phone").answer_id
        with asked.browser("chloe") as browser:
            text = browser.text(f"/ask/result/{answer}")

        assert "Do the areas add up?" in text
        assert "somebody seen in two of them counts twice" in text


class TestProducts:
    """Declared series, from the page."""

    def test_a_steward_declares_a_series_from_a_question_and_ends_it(self, fresh):
        """Without script."""
        fresh.ask("amara", mostly(0, 2))
        with fresh.browser("amara") as browser:
            made = browser.send("/ask/products", "Declare the series", title="Three days", step="1", windows="4")
            text = levels_site.words(made.text)
            assert "Saved." in text
            assert "Three days" in text
            assert "26 January 2026 to 31 January 2026" in text
            ended = browser.send("/ask/products", "End it")

        assert "No product is declared." in ended.text
        assert fresh.act("chloe", "products") == []

    def test_an_analyst_sees_products_and_no_form(self, fresh):
        """And may ask the first window."""
        fresh.act("amara", "declare_product", title="Three <days>", dataset="phone", step=1, windows=4,
                  spec=mostly(0, 2))  # fmt: skip
        with fresh.browser("chloe") as browser:
            page = browser.get("/ask/products").text

        assert "Three &lt;days&gt;" in page
        assert "/ask/check?spec=" in page
        assert "Declare the series" not in page
        assert "End it" not in page

    @pytest.mark.parametrize(("filled", "says"), [
        ({"title": " "}, "Say what people call it."),
        ({"step": "often"}, "Write a whole number."),
        ({"windows": "4000"}, "1 to 400 windows"),
        ({"answer": "nobody's"}, "Choose a question you asked."),
    ])  # fmt: skip
    def test_what_is_wrong_stands_beside_its_control(self, fresh, filled, says):
        """And nothing is declared."""
        fresh.ask("amara", mostly(0, 2))
        with fresh.browser("amara") as browser:
            page = browser.send("/ask/products", "Declare the series", **{"title": "A", **filled})

        assert page.status_code == 422
        assert says in page.text
        assert fresh.act("amara", "products") == []

    def test_somebody_without_a_question_is_told_to_ask_one_first(self, fresh):
        """With the way there."""
        with fresh.browser("amara") as browser:
            assert "Ask the first window of the series" in browser.text("/ask/products")
