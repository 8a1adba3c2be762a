"""What came of a replay, in words beside its figures; for insiders."""

from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import for_insiders, paragraph, plain_table, section
from safeconduct.present.words import Words
from safeconduct.server.insiders import audience

COUNTS: Mapping[str, Text] = {
    "questions": say("Questions replayed"),
    "refused": say("Questions refused"),
    "refused_newly": say("Questions refused that are answered now"),
    "refused_no_longer": say("Questions answered that are refused now"),
    "told": say("Figures told"),
    "withheld": say("Figures withheld"),
    "told_newly": say("Figures told that are withheld now"),
    "told_no_longer": say("Figures withheld that are told now"),
}
SHARES: Mapping[str, Text] = {
    "median.people": say("Usual error of a number of people (median)"),
    "median_large.people": say("Usual error of a number of people above 100 (median)"),
    "wape.people": say("Numbers of people lost or blurred, of all people counted"),
    "median.sums": say("Usual error of a sum, such as events (median)"),
    "median_large.sums": say("Usual error of a sum above 100 (median)"),
    "wape.sums": say("Sums lost or blurred, of all that was counted"),
}
COIN = 0.5
ENOUGH = 100
Row = Mapping[str, object]
Rows = list[list[Text | str | Markup]]


def figures(words: Words, insight: Insight) -> Markup:
    """What came of a replay: the attack in words first, then every figure, under the mark for whom they are."""
    rows = {str(row["name"]): row for row in insight.table.rows()}
    columns = [say("What"), say("Level in force"), say("Proposed level")]
    counts: Rows = [[title, _count(words, rows[name]["now"]), _count(words, rows[name]["then"])]
              for name, title in COUNTS.items() if name in rows]  # fmt: skip
    shares: Rows = [[title, _share(words, rows[name]["now"]), _share(words, rows[name]["then"])]
              for name, title in SHARES.items() if name in rows]  # fmt: skip
    named = replace(insight, audience=audience(words))
    return for_insiders(
        words,
        named,
        section(words, say("What an attacker would make of it"), paragraph(words, *_attack(words, rows))),
        section(words, say("What is told"), plain_table(words, columns, counts, caption=say("Questions and figures")),
                paragraph(words, say("Figures with somebody behind them are counted; those of a refused question "
                                     "count as withheld."))),
        section(words, say("How far figures are off"), plain_table(words, columns, shares, caption=say("Errors")),
                paragraph(words, say("Against what was counted, without any protection. In the shares lost or "
                                     "blurred, a withheld figure counts as nothing."))),
    )  # fmt: skip


def _count(words: Words, value: object) -> str:
    return words.number(int(str(value))) if value else "–"


def _share(words: Words, value: object) -> str:
    return words.say("{count}%", count=words.number(100 * float(str(value)), digits=1)) if value else "–"


def _attack(words: Words, rows: Mapping[str, Row]) -> list[Text]:
    """The differencing game in words: `0.52; a coin gives 0.50`."""
    if not rows["guesses"]["now"] or int(str(rows["guesses"]["now"])) + int(str(rows["guesses"]["then"])) == 0:
        return [
            say(
                "No two of these answers tell an area in which they differ by one person, so that taking one from the "
                "other shows nobody, whatever the level."
            )
        ]
    told = [
        say("Somebody takes one answer from another to see whether a single person is the difference, and guesses."),
        *(_right(words, rows, at, where) for at, where in (("now", IN_FORCE), ("then", PROPOSED))),
    ]
    few = [say("So few guesses say little.")] if int(str(rows["guesses"]["then"])) < ENOUGH else []
    return [*told, say("The closer to a coin, the safer."), *few]


IN_FORCE = say("Under the level in force they are right in {share} of {count} guesses; a coin gives {coin}.")
PROPOSED = say("Under the proposed level they are right in {share} of {count} guesses; a coin gives {coin}.")


def _right(words: Words, rows: Mapping[str, Row], at: str, where: Text) -> Text:
    count = int(str(rows["guesses"][at]))
    share = float(str(rows["attack"][at] or COIN))
    low, high = (words.number(float(str(rows[name][at])), digits=2) for name in ("attack_low", "attack_high"))
    written = words.say("{share} (between {low} and {high})", share=words.number(share, digits=2), low=low, high=high)
    return Text(where.id, {"share": written, "count": count, "coin": words.number(COIN, digits=2)})
