"""A deposit: where it is, what reading its files had to tell, and what can be done about it."""

from markupsafe import Markup

from safeconduct.actions.depositing import DepositView
from safeconduct.model.microdata import Column
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import DifferenceLine, Item, Link
from safeconduct.server.deposits import BASES, hint_controls, hints_given
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.states import where
from safeconduct.server.steps import Way, deposit_address, study_address, the_way

LOOK_AGAIN_S = 2
OPEN = frozenset({"receiving", "received", "read", "decided", "failed"})
READABLE = frozenset({"failed", "read"})


@page(
    "/data/deposits/{deposit}",
    title=say("Deposit"),
    menu="data",
    needs="curate",
    listed=False,
    about=say(
        "Where one deposit stands, and the one thing to do next. Names of people are taken out before anything is "
        "kept for good."
    ),
)
def show(visit: Visit) -> Reply:
    """One deposit, at whatever stage it is."""
    wrong: Wrong = ()
    if visit.posted:
        reply, wrong = attempt(lambda: _changed(visit))
        if reply is not None:
            return reply
    found: DepositView = visit.act("deposit_state", deposit=visit.parts["deposit"])
    busy = found.state == "received" or (found.work is not None and found.work.waits)
    return Shown(
        title=Text(found.deposit.title),
        body=[
            the_way(visit, found.deposit.study, Way.DEPOSIT, deposit=found.deposit.id),
            *done(visit),
            blocks.error_summary(visit.words, wrong),
            *_standing(visit, found),
            *_next(visit, found),
            _facts(visit, found),
            *_differences(visit, found),
            *_undo(visit, found),
        ],
        refresh_s=LOOK_AGAIN_S if busy else 0,
        status=409 if wrong else 200,
    )


def _changed(visit: Visit) -> Goto:
    deposit = visit.parts["deposit"]
    if visit.form.get("do") == "withdraw":
        visit.act("withdraw_deposit", deposit=deposit)
        return after(deposit_address(deposit), "gone")
    visit.act("read_again", deposit=deposit, hints=hints_given(visit.form))
    return Goto(deposit_address(deposit))


def _standing(visit: Visit, found: DepositView) -> list[Markup]:
    """Where it is, how far the work is, and what went wrong."""
    words = visit.words
    parts = [where(visit, "deposit", found.state, since=found.since)]
    if found.work is not None and found.work.waits:
        parts.append(blocks.progress(words, step=found.work.step, steps=found.work.steps, says=found.work.says))
    if found.work is not None and found.work.state == "failed" and found.state != "failed":
        parts.append(blocks.notice(words, found.work.says, tone="problem", title=say("The last step did not work")))
    if found.state == "failed":
        said = words.listed([words.say(one) for one in found.notes])
        parts.append(blocks.notice(words, said, tone="problem", title=say("The files cannot be read")))
        parts.append(_again(visit, found))
    elif found.notes:
        notes = blocks.listing(words, [Item(title=one) for one in found.notes])
        parts.append(blocks.section(words, say("What reading the files had to tell"), notes))
    return parts


def _again(visit: Visit, found: DepositView) -> Markup:
    """Another way to read the same files; what arrived is kept."""
    words, filled = visit.words, Filled(visit.words, visit.form)
    asked = blocks.form(words, *hint_controls(filled), action=deposit_address(found.deposit.id),
                        submit=say("Read the files again"), csrf=visit.csrf)  # fmt: skip
    return blocks.section(words, say("Read them in another way"), asked)


def _next(visit: Visit, found: DepositView) -> list[Markup]:
    """The one thing to do now."""
    words, deposit, study = visit.words, found.deposit.id, found.deposit.study
    match found.state:
        case "read":
            said = say("{count} variables wait to be decided.", count=found.undecided)
            link = Link(say("Decide what each variable is for"), deposit_address(deposit, "variables"))
        case "decided":
            said = say("Every variable is decided. Look at the rows, then keep the records.")
            link = Link(say("Look at the rows"), deposit_address(deposit, "clean"))
        case "kept":
            said = say("The records are kept without direct identifiers; what arrived was destroyed.")
            link = Link(say("Go on with the study"), study_address(study))
        case _:
            return []
    return [blocks.paragraph(words, said), blocks.links(words, [link])]


def _facts(visit: Visit, found: DepositView) -> Markup:
    words, said = visit.words, found.deposit
    facts: list[tuple[Text | str, Text | str | Markup]] = [
        (say("Study"), said.study),
        (say("Collected by"), said.collected_by),
        (say("Legal basis"), BASES.get(said.basis.value, said.basis.value) if said.basis else say("Not said")),
    ]
    if said.partner:
        facts += [(say("Partner"), said.partner), (say("Agreement"), said.agreement)]
    if said.agreement_from and said.agreement_until:
        facts.append((say("The agreement runs"), words.days(said.agreement_from, said.agreement_until)))
    if said.embargo_until:
        facts.append((say("Nothing is published before"), words.day(said.embargo_until)))
    if said.conditions:
        facts.append((say("Conditions of every use"), said.conditions))
    if found.format:
        facts.append((say("Format of the files"), found.format))
    tables = [words.say("{name}: {count} variables", name=name, count=count) for name, count in found.tables.items()]
    if tables:
        facts.append((say("Tables"), words.listed(tables)))
    return blocks.section(words, say("What was said"), blocks.key_values(words, facts))


def _differences(visit: Visit, found: DepositView) -> list[Markup]:
    """What is not as it was in the last round of the same survey."""
    if not found.differences:
        return []
    lines = [
        DifferenceLine(column=Column(file=one.file, name=one.name), says=one.what)
        for one in visit.act("wave_differences", deposit=found.deposit.id)
    ]
    table = blocks.difference_list(visit.words, lines, caption=say("What differs from the last round"))
    return [blocks.section(visit.words, say("The last round"), table)]


def _undo(visit: Visit, found: DepositView) -> list[Markup]:
    if found.state not in OPEN:
        return []
    words, address = visit.words, deposit_address(found.deposit.id)
    again = [_again(visit, found)] if found.state == "read" else []
    warned = blocks.paragraph(words, say("Its files are destroyed and cannot be brought back."))
    button = blocks.button(words, say("Withdraw the deposit"), action=address, csrf=visit.csrf,
                           values={"do": "withdraw"}, tone="danger")  # fmt: skip
    return [blocks.details(words, say("Something is wrong with these files"), *again, warned, button)]
