"""Few people from many figures: which answers together show them, and whether files may leave."""

from collections.abc import Iterator

from markupsafe import Markup

from safeconduct.actions.together import FewTogether
from safeconduct.model.errors import BadInput
from safeconduct.model.text import say
from safeconduct.present.blocks import Item, Option, empty_state, form, hidden, listing, paragraph, progress, section
from safeconduct.server.few import STATES, few_blocks
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.insiders import NOTE
from safeconduct.server.page import Reply, Shown, Visit, page

HERE = "/assurance/few"
TITLE = say("Few people from many figures")
LOOK_AGAIN_S = 2
UNPROCESSABLE = 422
LEAD = say(
    "Three answers that are each about many people may show few people when they are added and subtracted. Every night "
    "everything that was told is looked at together."
)


@page(
    HERE,
    title=TITLE,
    menu="assurance",
    needs="measure",
    about=say(
        "Answers that are each about many people may show few people when somebody adds and subtracts them. Every "
        "night, and before files leave under a protection level that asks for it, everything that was told is looked "
        "at together. Where few people are shown, the data protection officer says whether files may leave."
    ),
)
def show(visit: Visit) -> Reply:
    """Every data set, and how it stands."""
    words = visit.words
    looks: list[FewTogether] = visit.act("few_together_looks")
    items = [
        Item(title=one.dataset, href=f"{HERE}/{one.dataset}",
             says=STATES[one.state] if one.at else say("Not looked at yet."),
             aside=words.moment(one.at) if one.at else "")
        for one in looks
    ]  # fmt: skip
    nothing = empty_state(words, say("There are no records yet."), action=None)
    return Shown(title=TITLE, body=[listing(words, items) if items else nothing], lead=LEAD)


@page(
    f"{HERE}/{{dataset}}",
    title=TITLE,
    menu="assurance",
    needs="measure",
    listed=False,
    about=say(
        "Which questions about one data set show few people together, and whether their files may leave. It says which "
        "days and areas, and never how many people."
    ),
)
def one(visit: Visit) -> Reply:
    """What was found about one data set, and the decision; that somebody looked is recorded."""
    dataset, wrong = visit.parts["dataset"], _decided(visit) if visit.posted else ()
    if visit.posted and not wrong:
        return after(f"{HERE}/{dataset}", "saved")
    words = visit.words
    report: FewTogether = visit.act("few_together", dataset=dataset)
    body = [
        *done(visit),
        Filled(words, {}, wrong).summary(),
        *_work(visit, report),
        *few_blocks(words, report),
        *_decision(visit, report, wrong),
    ]
    title = say("Few people from many figures: {dataset}", dataset=dataset)
    return Shown(title=title, body=body, lead=NOTE, refresh_s=LOOK_AGAIN_S if report.work else 0,
                 status=UNPROCESSABLE if wrong else 200)  # fmt: skip


def _decided(visit: Visit) -> Wrong:
    sent = visit.form
    if sent.get("leave") not in {"yes", "no"}:
        return attempt(_not_chosen)[1]
    _, wrong = attempt(lambda: visit.act(
        "decide_few_together", dataset=visit.parts["dataset"], look=sent.get("look", ""),
        leave=sent.get("leave") == "yes", reason=sent.get("reason", ""),
    ))  # fmt: skip
    return wrong


def _not_chosen() -> None:
    raise BadInput(say("Choose whether files may leave."), field="leave")


def _work(visit: Visit, report: FewTogether) -> Iterator[Markup]:
    if report.work is not None:
        soon = say("Something was answered since; it is being looked at again.")
        yield progress(visit.words, step=report.work.step, steps=report.work.steps, says=report.work.says)
        yield paragraph(visit.words, soon)


def _decision(visit: Visit, report: FewTogether, wrong: Wrong) -> Iterator[Markup]:
    """What was said, and the form of whoever may say it."""
    words = visit.words
    if report.reason:
        yield section(words, say("What was said"), paragraph(words, report.reason))
    if report.state == "nothing" or not visit.may("approve"):
        return
    filled = Filled(words, visit.form, wrong)
    options = [Option("yes", say("Files may leave")), Option("no", say("Files are held back"))]
    hint = say("Kept sealed, for insiders: which risk you take, or what must change before files leave.")
    asked = form(words, hidden("look", report.look), filled.pick("leave", say("May files leave?"), options, sort="one"),
                 filled.text("reason", say("Your reason"), sort="textarea", hint=hint),
                 action=f"{HERE}/{report.dataset}", submit=say("Decide"), csrf=visit.csrf)  # fmt: skip
    about = say("It is about files under protection levels that look first. Figures that were told stay told. It holds "
                "until other people are shown.")  # fmt: skip
    yield section(words, say("Your decision"), paragraph(words, about), asked)
