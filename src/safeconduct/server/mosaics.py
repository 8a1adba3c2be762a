"""What figures reveal together, in words beside a table; for insiders."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from safeconduct.actions.mosaic import MosaicReport
from safeconduct.model.errors import NotFound, NotPermitted
from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import details, for_insiders, notice, paragraph, plain_table, progress, section
from safeconduct.present.words import Words
from safeconduct.server.few import few_added
from safeconduct.server.insiders import audience
from safeconduct.server.page import Visit

TITLE = say("What figures reveal together")
WHOLE: Mapping[str, Text] = {
    "released": say("Everything that left"),
    "before": say("Everything that left, and what is known elsewhere"),
    "after": say("The same with this answer"),
}
TOGETHER: Mapping[str, Text] = {**WHOLE, "after": say("Everything that left, and what is known elsewhere")}
KINDS: Mapping[str, Text] = {
    "people": say("so many of the people counted were there"),
    "at_most": say("no more people were there"),
    "at_least": say("at least so many were there"),
    "events": say("so many events"),
}
LEVELS: Mapping[str, Text] = {
    "admin0": say("the country"),
    "admin1": say("a province"),
    "admin2": say("a district"),
    "admin3": say("a commune"),
}
SHORT = 12
MILLION = 1_000_000
MOST_ALONE = 20
Numbers = tuple[int, ...]
Found = Mapping[str, Sequence[tuple[str, Numbers]]]


def of_answer(visit: Visit, dataset: str, answer_id: str) -> list[Markup]:
    """The report about an answer, as a block of its review; how far it is while it is made."""
    try:
        report: MosaicReport = visit.act("mosaic_report", dataset=dataset, answer_id=answer_id)
    except (NotFound, NotPermitted):
        return []
    return [section(visit.words, TITLE, *report_blocks(visit.words, report), id="together")]


def report_blocks(words: Words, report: MosaicReport) -> list[Markup]:
    """A report, or how far it is."""
    if report.figures is not None:
        return [card(words, report.figures)]
    if report.work is None or not report.work.waits:
        problem = report.work.says if report.work else say("It could not be done.")
        return [notice(words, problem, tone="careful")]
    soon = say("It is being worked out; look at the page again in a while.")
    return [progress(words, step=report.work.step, steps=report.work.steps, says=report.work.says),
            paragraph(words, soon)]  # fmt: skip


def card(words: Words, insight: Insight) -> Markup:
    """The card: what it comes to in a sentence or two, then every figure in a table."""
    found: dict[str, list[tuple[str, Numbers]]] = {}
    for row in insight.table.rows():
        numbers = tuple(int(str(row[letter])) for letter in "abcde")
        found.setdefault(str(row["part"]), []).append((str(row["name"]), numbers))
    body = [*_figures(words, found), *_levels(words, found), *_editions(words, found)]
    if not body:
        body = [paragraph(words, say("Nothing that can be laid side by side has left."))]
    return for_insiders(words, replace(insight, audience=audience(words)), *body)


def _figures(words: Words, found: Found) -> Iterator[Markup]:
    """What answers and facts from elsewhere reveal."""
    if "together" not in found:
        return
    minimum = _one(found, "minimum")
    yield paragraph(words, *_verdict(found))
    rows: list[list[Text | str]] = []
    with_answer = "candidate" in found
    for name, (guarded, revealed, worked_out, smallest, _) in found["together"]:
        if with_answer or name != "before":
            title = (WHOLE if with_answer else TOGETHER)[name]
            rows.append([title, *map(words.number, (guarded, revealed, worked_out)), _smallest(words, smallest)])
    columns = [say("What somebody holds"), say("Figures that must stay secret"), say("Revealed"),
               say("Worked out exactly"), say("Fewest numbers left")]  # fmt: skip
    yield plain_table(words, columns, rows, caption=say("Withheld figures, and people two figures differ by"))
    yield paragraph(
        words,
        say("A figure is revealed if fewer than {minimum} numbers stay possible for it.", minimum=minimum),
        say("Somebody is taken to know the rules, how far noise reaches, which area lies in which, and every "
            "figure that left."),
    )  # fmt: skip
    yield from _alone(words, found)
    yield from _sorts(words, found)
    yield from _warnings(words, found)
    yield from few_added(words, dict(found.get("few", ())), dict(found.get("few_left_out", ())))


def _one(found: Found, part: str) -> int:
    return found[part][0][1][0] if found.get(part) else 0


def _verdict(found: Found) -> Iterator[Text]:
    after = dict(found["together"])["after"]
    if "candidate" in found:
        name, (added, *_) = found["candidate"][0]
        if name in dict(found.get("contradicts", ())):
            yield say("This answer contradicts what left before, so that it could not be laid beside it.")
        elif added:
            yield say("This answer reveals {count} withheld figures more, beside what is known already.", count=added)
        else:
            yield say("This answer reveals no further withheld figure, beside what is known already.")
    if not after[1]:
        yield say("Nobody who holds everything can work out a withheld figure, or narrow it down.")
    elif beyond := _one(found, "beyond"):
        yield say("Together they reveal {count} figures that none of them reveals by itself.", count=beyond)
    else:
        yield say("What is revealed, a single source reveals by itself.")


def _smallest(words: Words, smallest: int) -> str:
    return words.number(smallest) if smallest else "–"


def _alone(words: Words, found: Found) -> Iterator[Markup]:
    """Single sources that reveal something by themselves."""
    if rows := [[name if len(name) < 2 * SHORT else name[:SHORT], *map(words.number, numbers[1:3])]
                for name, numbers in found.get("alone", ())][:MOST_ALONE]:  # fmt: skip
        columns = [say("Source"), say("Revealed"), say("Worked out exactly")]
        yield plain_table(
            words, columns, rows, caption=say("Answers, and facts from elsewhere, that reveal by themselves")
        )


def _sorts(words: Words, found: Found) -> Iterator[Markup]:
    """What one more fact of each sort from elsewhere reveals."""
    rows = []
    for name, (facts, tried, reveal, most, together) in found.get("sort", ()):
        title, kind, level = name.rsplit(" · ", 2)
        about = words.say("{what} in {level}", what=words.say(KINDS[kind]), level=words.say(LEVELS[level]))
        rows.append([f"{title}: {about}", *map(words.number, (facts, tried, reveal, most, together))])
    if rows:
        columns = [say("Sort of fact"), say("Facts"), say("Tried one by one"), say("Of these, that reveal"),
                   say("Figures the worst reveals"), say("Figures all reveal together")]  # fmt: skip
        yield plain_table(words, columns, rows, caption=say("What one more fact from elsewhere reveals"))
        yield paragraph(words, say("Only other figures count than those the fact itself is about."))


def _warnings(words: Words, found: Found) -> Iterator[Markup]:
    if not _one(found, "proven"):
        yield notice(words, say("So many figures hang together that not all of it was worked out: more may be "
                                "revealed than is told here."), tone="careful")  # fmt: skip
    if other := [name[:SHORT] if len(name) > 2 * SHORT else name for name, _ in found.get("contradicts", ())]:
        yield notice(words, say("These contradict the others, so that they are about other people or other days of "
                                "records, and were left out: {names}.", names=words.listed(other)))  # fmt: skip
    if older := _one(found, "left_out"):
        yield notice(words, say("Older answers that were not looked at: {count}.", count=older), tone="careful")


def _levels(words: Words, found: Found) -> Iterator[Markup]:
    """What levels with a budget let out, and how many answers have no bound."""
    bounded, free = found.get("guaranteed", ()), found.get("unbounded", ())
    if not bounded and not free:
        return
    none, some = say("No: without a bound"), say("Yes: by the budget below")
    rows = [[name, words.number(numbers[0]), words.say(none)] for name, numbers in free]
    rows += [[name, words.number(numbers[0]), words.say(some)] for name, numbers in bounded]
    columns = [say("Protection level"), say("Answers"), say("Is it bounded what all reveal of a person?")]
    parts = [plain_table(words, columns, rows, caption=say("Answers by protection level"))]
    if spent := found.get("budget", ()):
        months = [[month, words.number(numbers[0] / MILLION, digits=2)] for month, numbers in spent]
        parts.append(plain_table(words, [say("Month"), say("Spent (rho)")], months, caption=say("Budget by month")))
    yield details(words, say("What is bounded, whatever somebody knows"), *parts)


def _editions(words: Words, found: Found) -> Iterator[Markup]:
    """What editions of records reveal together."""
    if "editions" not in found:
        return
    gains, members = dict(found["gain"]), dict(found.get("membership", ()))
    rows = []
    for name, (people, *shares) in found["editions"]:
        gain, low, high = (_percent(words, one) for one in gains[name][:3])
        member = words.number(members[name][0] / 1000, digits=2) if name in members else "–"
        rows.append([name, words.number(people), *(_percent(words, one) for one in shares[:3]),
                     words.say("{gain} ({low} to {high})", gain=gain, low=low, high=high), member])  # fmt: skip
    columns = [say("Table"), say("People looked for"), say("Found with all editions"), say("Found with the best one"),
               say("Found by chance"), say("Gained by having all"), say("Who is in it: gained")]  # fmt: skip
    yield plain_table(words, columns, rows, caption=say("Finding people's records in several editions"))
    yield paragraph(words, say("Somebody is taken to know the variables by which people are recognised. The gain is "
                               "what all find more than the best one and chance, with its 95% interval."))  # fmt: skip


def _percent(words: Words, thousandths: int) -> str:
    return words.say("{count}%", count=words.number(thousandths / 10, digits=1))
