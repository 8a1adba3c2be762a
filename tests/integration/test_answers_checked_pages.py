"""The pages on which answers are checked and waited for: by keyboard, without script, and for insiders only."""

import re
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient

import checking
from safeconduct.server.app import create_app

checked_site, house = checking.checked_site, checking.house

pytestmark = pytest.mark.slow
WHY = "One <b>camp</b> stands out & {could} be found."
MOST_BYTES = 100_000


class Browser:
    """A browser without scripts, signed in as somebody."""

    def __init__(self, client: TestClient, house, login: str) -> None:
        self.client, self.cookies = client, {"safeconduct": house.cookie(login)}

    def get(self, path: str):
        self.client.cookies = self.cookies
        return self.client.get(path)

    def send(self, path: str, **more: str):
        """Fill in the form that a page holds and send it where it goes."""
        page = self.get(path).text
        (form,) = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if "textarea" in one]
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        (action,) = re.findall(r'action="([^"]+)"', form)
        return self.client.post(action, data={**hidden, **more})


@pytest.fixture
def browse(house):
    """`browse(login)`: a browser signed in as them."""
    with ExitStack() as stack:
        client = stack.enter_context(TestClient(create_app(house.site), base_url="http://127.0.0.1"))
        yield lambda login: Browser(client, house, login)


def review(answer: str) -> str:
    return f"/reviews/answers/{answer}/check"


def test_the_menu_shows_answers_beside_editions_to_checkers_only(browse):
    """Under the word Reviews."""
    checker, analyst = browse("farid").get("/reviews").text, browse("chloe").get("/today").text

    assert '<a href="/reviews/answers">Answers to check</a>' in checker
    assert "/reviews/answers" not in analyst
    assert browse("chloe").get("/reviews/answers").status_code == 403


def test_the_list_says_what_waits_for_which_project(house, browse):
    """And leads to the review."""
    answer = house.ask()
    page = browse("farid").get("/reviews/answers").text

    assert f'href="{review(answer)}"' in page
    assert "Shelter" in page
    assert "Waits for independent checkers." in page


def test_an_answer_is_checked_and_released_by_forms_alone(house, browse):
    """From the page of the review to the page of the result."""
    answer = house.ask()
    for login in ("farid", "hana"):
        voted = browse(login).send(review(answer), vote="yes", reason="")
        assert "Your vote was counted." in voted.text
    house.work()

    assert "Take it with you" in browse("chloe").get(f"/ask/result/{answer}").text
    assert answer in browse("hana").get("/reviews/answers").text


def test_the_page_of_a_review_says_what_is_asked_and_what_it_looks_like_from_inside(house, browse):
    """The question and the rules in words, counts of cells, bands of people; marked as for insiders."""
    page = browse("farid").get(review(house.ask()))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))

    for said in ("Districts", "6 January 2026", "Plan shelter", "at least 16 people are behind it", "Withheld",
                 "Smallest group of people counted that is told", "People counted", "Only for checkers",
                 "Two questions that overlap."):  # fmt: skip
        assert said in text, said
    assert page.headers["cache-control"] == "no-store"
    assert len(page.content) < MOST_BYTES


def test_the_page_of_a_review_names_nobody_and_no_place(house, browse):
    """No account, no name of who asked or voted, no area."""
    answer = house.ask()
    house.vote("hana", answer)
    page = browse("farid").get(review(answer)).text
    areas = {area for level in house.site.facts(house.site.manifest("phone")).geography.areas.values()
             for one in level for area in (one.code, one.name)}  # fmt: skip
    shown = set(re.findall(r"[\w-]+", re.sub(r"<[^>]+>", " ", page)))

    assert not {house.account(one) for one in ("chloe", "hana")} & set(re.findall(r"\w+", page))
    assert not {"Chloe", "Hana", "chloe", "hana"} & shown
    assert not areas & shown


def test_a_checker_sees_on_the_page_no_sign_of_anothers_vote(house, browse):
    """The same page before and after, but for what belongs to the session."""
    answer = house.ask()
    before = browse("farid").get(review(answer)).text
    house.vote("hana", answer)
    after = browse("farid").get(review(answer)).text
    forms = re.compile(r'name="csrf" value="[^"]*"')

    assert forms.sub("", after) == forms.sub("", before)


def test_a_no_without_a_reason_comes_back_with_what_is_missing(house, browse):
    """And with what was chosen; nothing was counted."""
    answer = house.ask()
    page = browse("farid").send(review(answer), vote="no", reason="")

    assert page.status_code == 422
    assert "Write a sentence, so that the others know." in page.text
    assert re.search(r'value="no"[^>]*checked', page.text)
    assert house.state(answer) == "waiting"


def test_a_form_without_a_choice_comes_back(house, browse):
    """As when somebody presses the button at once."""
    page = browse("farid").send(review(house.ask()), reason="Looks well.")

    assert page.status_code == 422
    assert "Choose yes, no or a question." in page.text


def test_whoever_asked_sees_since_when_it_waits_and_for_how_many(house, browse):
    """On the page of the result."""
    page = browse("chloe").get(f"/ask/result/{house.ask()}").text

    assert re.search(r"It waits for 2 independent people to say yes, since \d+ \w+ \d{4}\.", page)


def test_after_a_no_the_page_shows_the_checkers_words_as_words(house, browse):
    """Escaped, on the refusal card."""
    answer = house.ask()
    for login in ("hana", "farid"):
        browse(login).send(review(answer), vote="no", reason=WHY)
    page = browse("chloe").get(f"/ask/result/{answer}").text

    assert "One &lt;b&gt;camp&lt;/b&gt; stands out &amp; {could} be found." in page
    assert "checkers.refused" in page


def test_whoever_asked_replies_on_the_page_of_the_result(house, browse):
    """The question stands there with a form; the reply reaches the checkers."""
    answer = house.ask()
    browse("hana").send(review(answer), vote="ask", reason="Who reads it?")
    assert "Who reads it?" in browse("chloe").get(f"/ask/result/{answer}").text
    empty = browse("chloe").send(f"/ask/result/{answer}", says=" ")
    sent = browse("chloe").send(f"/ask/result/{answer}", says="The shelter cluster.")

    assert empty.status_code == 422
    assert "Write a sentence" in empty.text
    assert "Saved." in sent.text
    assert "The shelter cluster." in browse("farid").get(review(answer)).text


def test_a_colleague_sees_that_it_waits_and_no_words(house, browse):
    """Neither the question of the checker nor the form."""
    answer = house.ask("chloe")
    house.ask("carl")
    house.vote("hana", answer, "ask", "Who reads it?")
    page = browse("carl").get(f"/ask/result/{answer}").text

    assert "A checker wants to know more from whoever asked." in page
    assert "Who reads it?" not in page
    assert "textarea" not in page


def test_a_key_leads_to_the_next_answer_and_every_control_has_its_label(house, browse):
    """Links and labels do it; the script only listens to keys."""
    first, second = house.ask(), house.ask(areas="admin1")
    page = browse("farid").get(review(first)).text
    labelled = set(re.findall(r'<label for="([^"]+)"', page))
    controls = re.findall(r'<(?:input|textarea|select)(?![^>]*type="hidden")[^>]*id="([^"]+)"', page)

    assert f'<a href="{review(second)}" data-key="j"' in page
    assert {one for one in controls if one.startswith(("vote", "reason"))} <= labelled


def test_whose_project_asked_it_is_told_so(house, browse):
    """Karim is a checker too; the page is not his."""
    page = browse("karim").get(review(house.ask()))

    assert page.status_code == 403
    assert "You or your project asked this" in page.text
