"""Answers on their way through the hands of checkers, as pages tell of them: from inside for checkers, and outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from markupsafe import Markup

from safeconduct.actions.checking_answers import AnswerEvidence, AnswerToCheck, AnswerVote, AnswerWait, Said
from safeconduct.model.errors import NotFound
from safeconduct.model.outcomes import CellStatus
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    CheckLine,
    Item,
    check_list,
    details,
    for_insiders,
    form,
    key_values,
    listing,
    notice,
    paragraph,
    plain_table,
    section,
)
from safeconduct.present.names import reason_words, status_name
from safeconduct.present.words import Words
from safeconduct.server.forms import Filled, Wrong, done
from safeconduct.server.page import Visit
from safeconduct.server.questions import LABELS, VALUES, titled
from safeconduct.server.states import state_says

AUDIENCE = say("checkers who have no part in the question")
VOTE_NAMES: Mapping[AnswerVote, Text] = {
    AnswerVote.YES: say("Yes, it may leave"),
    AnswerVote.NO: say("No, it must not leave"),
    AnswerVote.ASK: say("I want to ask something first"),
}
Pair = tuple[Text | str, Text | str]
MOST = 10


def check_page(answer_id: str) -> str:
    """The page on which an answer is checked."""
    return f"/reviews/answers/{answer_id}/check"


def reply_page(answer_id: str) -> str:
    """Where a reply to a checker is sent."""
    return f"/ask/reply/{answer_id}"


def waiting_answers(visit: Visit) -> Iterator[Item]:
    """Answers that the visitor can vote on now, those that wait longest first; for the first page."""
    found: list[AnswerToCheck] = visit.act("answers_to_check") if visit.may("check") else []
    yield from (line(visit.words, one) for one in [one for one in found if one.can][:MOST])


def line(words: Words, one: AnswerToCheck) -> Item:
    """An answer in a list: what was asked, for whom, since when."""
    return Item(
        title=say("{question}: {project}", question=words.say(titled({"kind": one.kind})), project=one.project),
        href=check_page(one.answer_id),
        says=state_says("answer", one.state),
        aside=words.day(one.since.date()),
    )


def question_in_words(words: Words, spec: Mapping[str, object]) -> list[Pair]:
    """Everything a question says, with its defaults: what each parameter is called, and what it is."""
    pairs: list[Pair] = []
    for name, value in spec.items():
        if name == "kind":
            continue
        label = LABELS.get(name, Text(name.replace("_", " ")))
        if isinstance(value, Mapping) and "kind" in value:
            pairs += [(label, titled(value)), *question_in_words(words, value)]
        else:
            pairs.append((label, value_in_words(words, value)))
    return pairs


def value_in_words(words: Words, value: object) -> str:
    """One parameter's value as people write it."""
    match value:
        case None:
            return words.say("The whole day")
        case {"first": str(first), "last": str(last)}:
            return words.days(date.fromisoformat(first), date.fromisoformat(last))
        case {"start": int(start), "end": int(end)}:
            return words.say("{start}:00 to {end}:00", start=start, end=end)
        case list() | tuple():
            return words.listed([value_in_words(words, one) for one in value])
        case _:
            return words.say(VALUES.get(str(value), str(value)))


def from_inside(words: Words, view: AnswerEvidence) -> list[Markup]:
    """Everything a checker needs: what is asked and for what, what the program found, the figures, the rules."""
    asked: list[Pair] = [
        (say("Question"), view.title), (say("Data set"), view.dataset), *question_in_words(words, view.spec),
        (say("Project"), view.project), (say("Purpose"), view.purpose),
    ]  # fmt: skip
    return [
        section(words, say("What is asked"), key_values(words, asked)),
        *conversation(words, view.said),
        section(words, say("What the program found"), check_list(words, _checks(words, view))),
        section(words, say("The answer from inside"), _figures(words, view)),
        _rules(words, view),
    ]


def _checks(words: Words, view: AnswerEvidence) -> list[CheckLine]:
    return [
        CheckLine(says=f"{words.say(one.title)}: {words.say(one.says)}", passed=one.passed, advice=one.advice or "")
        for one in view.findings
    ]


def _figures(words: Words, view: AnswerEvidence) -> Markup:
    """The figures under the mark of insiders: in all, by status, by rule, by band of people counted."""
    by: dict[str, list[tuple[str, int]]] = {}
    for row in view.figures.table.rows():
        by.setdefault(str(row["part"]), []).append((str(row["name"]), int(str(row["count"]))))
    status = [(words.say(status_name(CellStatus(name))), count) for name, count in by.get("status", ())]
    why = [(words.say(reason_words(name, CellStatus.SUPPRESSED)), count) for name, count in by.get("reason", ())]
    smallest = [(say("Smallest group of people counted that is told"), name) for name, _ in by.get("smallest", ())]
    facts: list[Pair] = [
        (say("Cells"), words.number(by["cells"][0][1])),
        (say("Told, of 100 cells"), words.number(by["share"][0][1])),
        *smallest,
    ]
    tables = [
        _counts(words, say("Cells by what is said of them"), say("Status"), status),
        _counts(words, say("Cells not told, by reason"), say("Why"), why),
        _counts(words, say("Told cells by people counted"), say("People counted"), by.get("band", [])),
    ]
    insight = replace(view.figures, audience=words.say(AUDIENCE))
    return for_insiders(words, insight, key_values(words, facts), *tables)


def _counts(words: Words, caption: Text, named: Text, rows: Sequence[tuple[str, int]]) -> Markup:
    if not rows:
        return Markup("")
    told = [[name, words.number(count)] for name, count in rows]
    return plain_table(words, [named, say("Cells")], told, caption=caption)


def _rules(words: Words, view: AnswerEvidence) -> Markup:
    """What the protection level asks, and what it does not stop."""
    asks = listing(words, [Item(title=one) for one in view.rules])
    open_to = listing(words, [Item(title=one) for one in view.does_not_resist])
    name = words.say(Text(view.policy))
    parts = [details(words, say("What the protection level “{name}” asks", name=name), asks)]
    if view.does_not_resist:
        parts.append(details(words, say("What the protection level “{name}” does not stop", name=name), open_to))
    return Markup("").join(parts)


def conversation(words: Words, said: Sequence[Said]) -> list[Markup]:
    """What was asked back and replied so far; nothing where nothing was."""
    if not said:
        return []
    items = [
        Item(
            title=say("A checker asked") if one.by_checker else say("Whoever asked the question replied"),
            says=one.says,
            aside=words.moment(one.at),
        )
        for one in said
    ]
    return [section(words, say("Questions and replies"), listing(words, items))]


def waits(visit: Visit, answer_id: str, *, wrong: Wrong = ()) -> list[Markup]:
    """For the project that asked: since when an answer waits, for how many, and a question to reply to, if any."""
    words = visit.words
    try:
        wait: AnswerWait = visit.act("answer_wait", answer_id=answer_id)
    except NotFound:
        return []
    since = say("It waits for {count} independent people to say yes, since {day}.", count=wait.needed,
                day=wait.since.date().isoformat())  # fmt: skip
    parts = [*done(visit), Filled(words, {}, wrong).summary(), paragraph(words, since)]
    if wait.state == "returned":
        parts.append(notice(words, state_says("answer", wait.state), tone="careful"))
    return [*parts, *conversation(words, wait.said), *(_reply(visit, answer_id, wrong) if wait.can_reply else ())]


def _reply(visit: Visit, answer_id: str, wrong: Wrong) -> Iterator[Markup]:
    filled = Filled(visit.words, visit.form, wrong)
    says = filled.text(
        "says", say("Your reply"), sort="textarea", hint=say("Everybody who checks the answer reads it.")
    )
    asked = form(visit.words, says, action=reply_page(answer_id), submit=say("Reply"), csrf=visit.csrf)
    yield section(visit.words, say("Reply to the checker"), asked)
