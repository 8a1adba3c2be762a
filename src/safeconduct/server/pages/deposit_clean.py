"""Cleaning a deposit: what looks wrong with its rows, the corrections made, and keeping the records."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from safeconduct.actions.cleaning import CleaningView
from safeconduct.actions.depositing import DepositView
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Column
from safeconduct.model.outcomes import Insight
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import CorrectionLine, IssueLine, Item, Link
from safeconduct.server.forms import Wrong, attempt, done
from safeconduct.server.insiders import NOTE, audience
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.stepping import moved, trees
from safeconduct.server.steps import Way, deposit_address, the_way

LOOK_AGAIN_S = 2
MOST_ISSUES = 100
OPEN = frozenset({"read", "decided"})


@page(
    "/data/deposits/{deposit}/clean",
    title=say("Clean"),
    menu="data",
    needs="curate",
    listed=False,
    about=say(
        "What looks wrong in the records, what was corrected, and what can be done. Corrections are steps that are "
        "kept and can be done again; the original is never changed."
    ),
)
def show(visit: Visit) -> Reply:
    """What looks wrong, what was corrected, and what can be done."""
    wrong: Wrong = ()
    deposit = visit.parts["deposit"]
    found: CleaningView = visit.act("cleaning", deposit=deposit)
    if visit.posted:
        reply, wrong = attempt(lambda: _changed(visit, found))
        if reply is not None:
            return reply
    about: DepositView = visit.act("deposit_state", deposit=deposit)
    busy = found.work is not None and found.work.waits
    body = [
        the_way(visit, about.deposit.study, Way.CLEAN, deposit=deposit),
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        *(_open(visit, found, about) if found.state in OPEN else _closed(visit, found)),
    ]
    return Shown(
        title=say("Clean"), body=body, lead=NOTE, refresh_s=LOOK_AGAIN_S if busy else 0, status=422 if wrong else 200
    )


def _changed(visit: Visit, found: CleaningView) -> Goto:
    deposit, do = visit.parts["deposit"], visit.form.get("do", "")
    if do == "keep":
        visit.act("keep_records", deposit=deposit)
        return Goto(deposit_address(deposit))
    if do == "mend":
        visit.act("correct_rows", deposit=deposit, steps=trees([*found.steps, _suggested(visit, found)]))
    elif do == "undo":
        visit.act("correct_rows", deposit=deposit, steps=trees(moved(found.steps, "out", visit.form.get("step", ""))))
    visit.act("look_at_rows", deposit=deposit)
    return Goto(deposit_address(deposit, "clean"))


def _suggested(visit: Visit, found: CleaningView) -> Step:
    """What would mend an issue.

    Raises:
        BadInput: The issue is gone, or a person must think.
    """
    number = visit.form.get("issue", "")
    at = int(number) if number.isascii() and number.isdigit() else len(found.issues)
    suggestion = found.issues[at].suggestion if at < len(found.issues) else None
    if suggestion is None:
        raise BadInput(say("What was found has changed meanwhile; look at it again."))
    return suggestion


def _open(visit: Visit, found: CleaningView, about: DepositView) -> list[Markup]:
    words, deposit = visit.words, visit.parts["deposit"]
    address = deposit_address(deposit, "clean")

    def link(method: str, file: str) -> str:
        return f"{deposit_address(deposit, 'clean', 'add')}?{urlencode({'method': method, 'file': file})}"

    ways = [
        blocks.details(words, say("Correct the table {table}", table=file), *_ways(visit, file, link))
        for file in about.tables
    ]
    return [
        blocks.section(words, say("What looks wrong"), *_found(visit, found)),
        blocks.section(words, say("What was corrected"), _corrections(visit, found)),
        blocks.section(words, say("Add a correction"), *ways),
        blocks.section(words, say("Keep the records"), *_keeping(visit, about, address)),
    ]


def _ways(visit: Visit, file: str, link: Callable[[str, str], str]) -> list[Markup]:
    methods = visit.act("corrections")
    items = [Item(title=one.title, says=one.says, href=link(one.name, file)) for one in methods]
    return [blocks.listing(visit.words, items)]


def _found(visit: Visit, found: CleaningView) -> list[Markup]:
    """The issues, how far the looking is, or a button to begin it."""
    words, address = visit.words, deposit_address(found.deposit, "clean")
    work = found.work
    if work is not None and work.waits:
        return [blocks.progress(words, step=work.step, steps=work.steps, says=work.says)]
    look = blocks.button(words, say("Look at the rows"), action=address, csrf=visit.csrf, values={"do": "look"})
    if work is not None:
        return [blocks.notice(words, work.says, tone="problem", title=say("The rows cannot be looked at")), look]
    if not found.looked:
        return [blocks.paragraph(words, say("The rows were not looked at as they are now.")), look]
    return [_issues(visit, found)]


def _issues(visit: Visit, found: CleaningView) -> Markup:
    words, shown = visit.words, found.issues[:MOST_ISSUES]
    lines = [
        IssueLine(
            says=one.says,
            columns=tuple(Column(file=one.file, name=name) for name in one.columns),
            id=str(at),
            suggestion=mend or "",
        )
        for at, (one, mend) in enumerate(zip(shown, found.mends, strict=False))
    ]
    title = say("Found in the rows: {count}", count=len(found.issues))
    counted = _insight(visit, title, rows=[one.rows for one in shown])
    return blocks.issue_list(words, counted, lines, action=deposit_address(found.deposit, "clean"), csrf=visit.csrf,
                             may_leave=False)  # fmt: skip


def _insight(visit: Visit, title: Text, **columns: Sequence[object]) -> Insight:
    return Insight(title=title, table=Table.of(columns), audience=audience(visit.words))


def _corrections(visit: Visit, found: CleaningView) -> Markup:
    lines = [
        CorrectionLine(says=says, columns=tuple(Column(file=one.file, name=name) for name in one.columns), why=one.why)
        for one, says in zip(found.steps, found.says, strict=True)
    ]
    counted = len(found.changed) == len(lines) > 0
    changed = _insight(visit, say("Corrections"), changed=list(found.changed)) if counted else None
    address = deposit_address(found.deposit, "clean")
    return blocks.correction_list(visit.words, lines, action=address, csrf=visit.csrf, insight=changed)


def _keeping(visit: Visit, about: DepositView, address: str) -> list[Markup]:
    words = visit.words
    if about.state != "decided":
        left = say("Decide what each variable is for first; {count} are left.", count=about.undecided)
        link = Link(say("Decide what each variable is for"), deposit_address(about.deposit.id, "variables"))
        return [blocks.paragraph(words, left), blocks.links(words, [link])]
    told = say("Names and other direct identifiers are dropped, the corrections are made for good, and what arrived is "
               "destroyed.")  # fmt: skip
    keep = blocks.button(words, say("Keep the records"), action=address, csrf=visit.csrf, values={"do": "keep"})
    return [blocks.paragraph(words, told), keep]


def _closed(visit: Visit, found: CleaningView) -> list[Markup]:
    """Once the records are kept, the corrections that were made for good."""
    words = visit.words
    if found.state != "kept":
        return [blocks.empty_state(words, say("There are no rows to look at now."), action=None)]
    items = [Item(title=one) for one in found.says]
    told = say("These corrections were made before the records were kept.") if items else say("Nothing was corrected.")
    return [blocks.paragraph(words, told), blocks.listing(words, items)]
