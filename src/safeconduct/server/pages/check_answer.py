"""The review of an answer: what it looks like from inside, and the vote beside it."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from safeconduct.actions.checking_answers import AnswerEvidence, AnswerToCheck
from safeconduct.model.errors import BadInput
from safeconduct.model.text import say
from safeconduct.present.blocks import (
    Item,
    Link,
    Option,
    form,
    hidden,
    links,
    listing,
    notice,
    paragraph,
    review_compare,
    review_keys,
    section,
)
from safeconduct.server.answers import VOTE_NAMES, check_page, from_inside
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.insiders import NOTE
from safeconduct.server.mosaics import of_answer
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.states import where

UNPROCESSABLE = 422
LAST = say(
    "The last yes that is needed releases it, and later answers to this question about other days. Where two disagree "
    "one more decides, who is not told so."
)
ALONE = say(
    "It can tell something about protected areas, so each such answer is looked at: the last yes that is needed "
    "releases this one and no other. Where two disagree one more decides, who is not told so."
)


@page(
    "/reviews/answers/{answer_id}/check",
    title=say("Check an answer"),
    menu="reviews",
    needs="check",
    listed=False,
    about=say(
        "One answer from inside: what is asked and for what, how many figures would be told, and what is known "
        "together with earlier answers. Groups of people are shown as bands and never as numbers. Vote yes only if "
        "the kind of question may be asked again about other days. Where two disagree one more decides; a question "
        "goes back to whoever asked."
    ),
)
def show(visit: Visit) -> Reply:
    """One answer as its checkers see it; that they looked is recorded."""
    answer_id = visit.parts["answer_id"]
    wrong: Wrong = ()
    if visit.posted:
        _, wrong = attempt(lambda: _vote(visit, answer_id))
        if not wrong:
            return after(check_page(answer_id), "voted")
    view: AnswerEvidence = visit.act("answer_evidence", answer_id=answer_id)
    words = visit.words
    body = [
        *done(visit),
        Filled(words, {}, wrong).summary(),
        where(visit, "answer", view.state, since=view.since),
        *_ended(visit, view),
        review_compare(
            words,
            [*from_inside(words, view), *of_answer(visit, view.dataset, answer_id)],
            list(_acts(visit, view, wrong)),
        ),
        _beside(visit, answer_id),
    ]
    title = say("Check an answer: {question}", question=words.say(view.title))
    return Shown(title=title, lead=NOTE, body=body, status=UNPROCESSABLE if wrong else 200)


def _ended(visit: Visit, view: AnswerEvidence) -> Iterator[Markup]:
    """That questions like this left without being looked at for a while, and why they do not any more."""
    if view.ended:
        told = say("Questions like this were approved once, and are not any more: {why}", why=view.ended)
        yield notice(visit.words, told, tone="careful")


def _vote(visit: Visit, answer_id: str) -> AnswerToCheck:
    vote = visit.form.get("vote", "")
    if not vote:
        raise BadInput(say("Choose yes, no or a question."), field="vote")
    told: AnswerToCheck = visit.act("check_answer", answer_id=answer_id, vote=vote,
                                    reason=visit.form.get("reason", ""), seen=visit.form.get("seen", ""))  # fmt: skip
    return told


def _acts(visit: Visit, view: AnswerEvidence, wrong: Wrong) -> Iterator[Markup]:
    """The vote, and the votes the visitor may see."""
    words = visit.words
    if view.can:
        filled = Filled(words, visit.form, wrong)
        options = [Option(one.value, VOTE_NAMES[one]) for one in view.can]
        hint = say("Needed for a no and for a question. Whoever asked reads it as you write it: "
                   "no figure, and nothing about single people.")  # fmt: skip
        asked = form(words, hidden("seen", view.seen), filled.pick("vote", say("May it leave?"), options, sort="one"),
                     filled.text("reason", say("Your reason"), sort="textarea", hint=hint),
                     action=check_page(view.answer_id), submit=say("Vote"), csrf=visit.csrf)  # fmt: skip
        yield section(words, say("Your vote"), paragraph(words, ALONE if view.alone else LAST), asked)
    yield _votes(visit, view)


def _votes(visit: Visit, view: AnswerEvidence) -> Markup:
    """Votes the visitor may see; until it is over that is their own, what was asked back, and no count."""
    words = visit.words
    items = [
        Item(title=say("You: {vote}", vote=words.say(VOTE_NAMES[one.vote])) if one.mine
             else say("A checker: {vote}", vote=words.say(VOTE_NAMES[one.vote])),
             says=one.says, aside=words.moment(one.at))
        for one in view.votes
    ]  # fmt: skip
    shown = [listing(words, items)] if items else []
    if view.missing is None:
        blind = say("Votes stay hidden until it is decided, so that nobody votes after another.")
        return section(words, say("Votes"), paragraph(words, blind), *shown)
    return section(words, say("Votes"), *shown)


def _beside(visit: Visit, answer_id: str) -> Markup:
    """The answers before and after this one that are open, with a key for each."""
    found: Sequence[AnswerToCheck] = [one for one in visit.act("answers_to_check") if one.can]
    ids = [one.answer_id for one in found if one.answer_id != answer_id]
    at = next((at for at, one in enumerate(found) if one.answer_id == answer_id), 0)
    before = Link(say("The answer before"), check_page(ids[at - 1])) if at > 0 else None
    following = Link(say("The next answer"), check_page(ids[at])) if at < len(ids) else None
    back = links(visit.words, [Link(say("All answers to check"), "/reviews/answers")], quiet=True)
    return Markup("").join([review_keys(visit.words, previous=before, following=following), back])
