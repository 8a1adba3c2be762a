"""Kinds of question that were approved for all days, and the page on which an officer takes one back."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from safeconduct.actions.approved_questions import ApprovedQuestion
from safeconduct.model.errors import NotFound
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Link,
    empty_state,
    form,
    key_values,
    links,
    notice,
    paragraph,
    section,
)
from safeconduct.server.answers import question_in_words
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.questions import titled
from safeconduct.server.states import state_says

HERE = "/reviews/questions"
UNPROCESSABLE, SHORT = 422, 12
APPROVED = "approved"
LEAD = say(
    "Once independent people said yes to an answer, later answers to the same question about other days leave without "
    "being looked at. People are told here by opaque ids; their names are kept apart."
)


@page(
    HERE,
    title=say("Approved questions"),
    menu="reviews",
    needs="audit",
    about=say(
        "Kinds of question that independent people said yes to once: later answers to them, about whatever days, leave "
        "without being looked at. Here is who said yes, when, and with which answer. The data protection officer can "
        "end an approval; the next answer then waits again."
    ),
)
def show(visit: Visit) -> Reply:
    """Every kind of question that was approved, those that hold first."""
    words = visit.words
    found: list[ApprovedQuestion] = visit.act("approved_questions")
    nothing = empty_state(words, say("No kind of question is approved."), action=None)
    body = [*done(visit), *([_kind(visit, one) for one in found] or [nothing])]
    return Shown(title=say("Approved questions"), body=body, lead=LEAD)


@page(
    HERE + "/{question}",
    title=say("End an approval"),
    menu="reviews",
    needs="approve",
    listed=False,
    about=say(
        "What follows when the approval of a kind of question is ended, and the form that ends it. What left stays "
        "where it is. Write why: those who check the next answer read it."
    ),
)
def end(visit: Visit) -> Reply:
    """What ending an approval does, and the button; a page of its own, so that nobody does it by a slip."""
    wrong: Wrong = ()
    if visit.posted:
        _, wrong = attempt(lambda: _end(visit))
        if not wrong:
            return after(HERE, "saved")
    one = _found(visit)
    body = [
        Filled(visit.words, {}, wrong).summary(),
        section(visit.words, titled(one.question), _facts(visit, one)),
        *(_ask(visit, one, wrong) if one.state == APPROVED else ()),
        links(visit.words, [Link(say("All approved questions"), HERE)], quiet=True),
    ]
    return Shown(title=say("End an approval"), body=body, status=UNPROCESSABLE if wrong else 200)


def _end(visit: Visit) -> ApprovedQuestion:
    says = visit.form.get("says", "")
    ended: ApprovedQuestion = visit.act("end_approved_question", question=visit.parts["question"], says=says)
    return ended


def _found(visit: Visit) -> ApprovedQuestion:
    """The kind of question that the address names.

    Raises:
        NotFound: It was never approved.
    """
    found: Sequence[ApprovedQuestion] = visit.act("approved_questions")
    for one in found:
        if one.id == visit.parts["question"]:
            return one
    raise NotFound(say("There is no such kind of question."))


def _kind(visit: Visit, one: ApprovedQuestion) -> Markup:
    may_end = one.state == APPROVED and visit.may("approve")
    end = [links(visit.words, [Link(say("End this approval"), f"{HERE}/{one.id}")], quiet=True)] if may_end else []
    return section(visit.words, titled(one.question), _facts(visit, one), *end)


def _facts(visit: Visit, one: ApprovedQuestion) -> Markup:
    words = visit.words
    told: list[tuple[Text | str, Text | str | Markup]] = [
        (say("State"), state_says("answer_template", one.state)),
        (say("Since"), words.moment(one.since)),
        *question_in_words(words, one.question),
        (say("Data set"), one.dataset),
        (say("Protection level"), one.policy),
        (say("Approved by"), words.listed([who[:SHORT] for who in one.by])),
        (say("Approved with the answer"), one.answer_id[:SHORT]),
    ]
    if one.ended_by:
        told += [(say("Ended by"), one.ended_by[:SHORT]), (say("Why"), one.why)]
    return key_values(words, told)


def _ask(visit: Visit, one: ApprovedQuestion, wrong: Wrong) -> Iterator[Markup]:
    """The consequences, then why, then the button."""
    words = visit.words
    then = say("The next answer to this question waits for independent checkers again, for whatever days it is asked.")
    filled = Filled(words, visit.form, wrong)
    yield notice(words, then, tone="careful")
    yield paragraph(words, say("What left stays where it is. Checkers are told."))
    yield form(
        words,
        filled.text(
            "says", say("Why"), sort="textarea", hint=say("Those who check the next answer read it as you write it.")
        ),
        action=f"{HERE}/{one.id}",
        submit=say("End the approval"),
        csrf=visit.csrf,
    )
