"""Few people whom answers show together, in words: which questions, about which days and areas; never how many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from markupsafe import Markup

from safeconduct.actions.together import FewTogether
from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import details, for_insiders, notice, paragraph, plain_table
from safeconduct.present.words import Words
from safeconduct.server.insiders import audience
from safeconduct.server.questions import VALUES, titled

MOST_SHOWN, SHORT = 20, 12
STATES: Mapping[str, Text] = {
    "nothing": say("Nothing was found."),
    "found": say("Few people are shown; files under levels that look first wait until it is decided."),
    "allowed": say("Few people are shown; files may leave."),
    "held": say("Few people are shown; files under levels that look first are held back."),
}
SORTS: Mapping[str, Text] = {
    "class": say("People whom the answers together tell from all others"),
    "pair": say("Two groups whom the answers show only together"),
    "difference": say("People in one figure and not in another that lies in it"),
    "rest": say("People of an area who are in none of its told parts"),
}
LEFT_OUT: Mapping[str, Text] = {
    "older": say("answers older than the newest 400: {count}"),
    "records": say("answers from records that were added to since: {count}"),
    "sums": say("answers that count no people: {count}"),
    "memory": say("answers about too many people to be held at once: {count}"),
    "groups": say("groups of figures beyond the first 20,000: {count}"),
}
LEVELS: Mapping[str, Text] = {
    "admin0": say("the country"),
    "admin1": say("a province"),
    "admin2": say("a district"),
    "admin3": say("a commune"),
}
Row = Mapping[str, object]
Numbers = tuple[int, ...]


def few_blocks(words: Words, report: FewTogether) -> Iterator[Markup]:
    """A look: what was found, and what was left out."""
    if report.figures is None:
        yield paragraph(words, say("Answers about these records were not looked at together yet."))
        return
    yield for_insiders(words, replace(report.figures, audience=audience(words)), *_found(words, report, report.figures))


def _found(words: Words, report: FewTogether, figures: Insight) -> Iterator[Markup]:
    rows = [dict(row) for row in figures.table.rows()]
    groups = [list(some) for _, some in groupby(rows, key=lambda row: row["group"])]
    yield paragraph(words, STATES[report.state], *_verdict(report, rows))
    for at, some in enumerate(groups[:MOST_SHOWN]):
        yield from _group(words, at + 1, some)
    if groups:
        knows = say("Somebody is taken to know whom each figure counts but for these few, and how far noise reaches.")
        most = say("At most eight figures of each group are named, those that weigh most.")
        yield paragraph(words, knows, most)
    if len(groups) > MOST_SHOWN:
        more = say("The first {most} groups are listed; the others are of the same sorts.", most=MOST_SHOWN)
        yield paragraph(words, more)
    yield from left_out(words, report.left_out)


def _verdict(report: FewTogether, rows: Sequence[Row]) -> Iterator[Text]:
    if rows:
        yield say("Groups of fewer than {minimum} people that answers show together: {count}.",
                  minimum=report.minimum, count=int(str(rows[0]["groups"])))  # fmt: skip
    else:
        yield say("Nobody who adds and subtracts these answers works out fewer than {minimum} people.",
                  minimum=report.minimum)  # fmt: skip
    yield say("Answers that were looked at: {count}.", count=report.answers - _answers_left(report.left_out))


def _answers_left(left: Mapping[str, int]) -> int:
    return sum(count for name, count in left.items() if name != "groups")


def _group(words: Words, number: int, rows: Sequence[Row]) -> Iterator[Markup]:
    """One group: the questions it takes, added and taken away, in a table under a sentence."""
    first = rows[0]
    exact = say("exactly, since no figure carries noise") if first["exact"] else say("nearly, through the noise")
    caption = words.say("{number}. {sort}: {how}", number=words.number(number),
                        sort=words.say(SORTS[str(first["sort"])]), how=words.say(exact))  # fmt: skip
    columns = [say("What is done"), say("Question"), say("Days"), say("Area"), say("Only"), say("Answer")]
    body: list[list[Text | str]] = [
        [say("taken away") if row["taken_away"] else say("added"), titled({"kind": row["kind"]}), _days(words, row),
         _area(words, row), _only(words, row), str(row["answer"])[:SHORT]]
        for row in rows
    ]  # fmt: skip
    if number == 1:
        yield plain_table(words, columns, body, caption=caption)
    else:
        yield details(words, caption, plain_table(words, columns, body, caption=say("Figures it takes")))


def _days(words: Words, row: Row) -> str:
    first, last = (words.day(day) for day in (row["first"], row["last"]) if isinstance(day, date))
    return first if first == last else words.say("{first} to {last}", first=first, last=last)


def _area(words: Words, row: Row) -> str:
    places = [one or words.say("an unknown place") for one in str(row["places"]).split("\n")]
    level = words.say(LEVELS[str(row["level"])]) if str(row["level"]) in LEVELS else str(row["level"])
    if len(places) == 1:
        return words.say("{area} ({level})", area=places[0], level=level)
    return words.say("from {origin} to {destination} ({level})", origin=places[0], destination=places[1], level=level)


def _only(words: Words, row: Row) -> str:
    """Which hours and sorts of events, where not all."""
    hours = [int(one) for one in str(row["hours"]).split()]
    sorts = [words.say(VALUES[one]) for one in str(row["events"]).split()]
    told = [words.say("hours {hours}", hours=words.listed([f"{one:02}" for one in hours]))] if hours else []
    return words.listed([*told, *sorts]) if told or sorts else "–"


def left_out(words: Words, left: Mapping[str, int]) -> Iterator[Markup]:
    """What was not looked at, if anything; sums never are."""
    if left:
        told = [words.say(LEFT_OUT[name].id, count=words.number(count)) for name, count in left.items()]
        yield notice(words, say("Not looked at: {what}.", what=words.listed(told)), tone="careful")


def few_added(words: Words, found: Mapping[str, Numbers], left: Mapping[str, Numbers]) -> Iterator[Markup]:
    """What one answer adds, for those who check it: groups of few people by sort."""
    if "" not in found:
        return
    if not found[""][0]:
        yield paragraph(words, say("Added to earlier answers and subtracted from them, it shows no few people."))
    else:
        yield paragraph(words, say("Added to earlier answers and subtracted from them, it shows few people."))
        rows: list[list[Text | str]] = [[SORTS[name], words.number(few)] for name, (few, *_) in found.items() if name]
        columns = [say("Who"), say("Groups")]
        yield plain_table(words, columns, rows, caption=say("Few people whom this answer shows with earlier ones"))
    yield from left_out(words, {name: numbers[0] for name, numbers in left.items()})
