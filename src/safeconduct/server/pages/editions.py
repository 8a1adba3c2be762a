"""Editions of a study: hand one in, publish what was approved, take back what must not stay."""

from markupsafe import Markup

from safeconduct.actions.preparing import EditionLine, EditionsView
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Input, Link
from safeconduct.server.addresses import review_page, study_page
from safeconduct.server.forms import Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.states import where
from safeconduct.server.steps import Way, study_address, the_way

LOOK_AGAIN_S = 2
LEFT = frozenset({"released", "superseded", "retracted"})
SUBMIT, GIVE_UP, PUBLISH, RETRACT = "submit", "withdraw", "publish", "retract"


@page(
    "/data/studies/{study}/editions",
    title=say("Editions"),
    menu="data",
    needs="propose",
    listed=False,
    about=say(
        "Every edition of a study: the files as they left, or as they would. An edition leaves after checkers and "
        "the data protection officer said yes, and is never changed afterwards; a mistake is taken back or replaced"
        " by the next one."
    ),
)
def show(visit: Visit) -> Reply:
    """Every edition of a study, the latest first."""
    wrong: Wrong = ()
    study = visit.parts["study"]
    if visit.posted:
        reply, wrong = attempt(lambda: _changed(visit, study))
        if reply is not None:
            return reply
    found: EditionsView = visit.act("editions", study=study)
    works = [found.drafting, *(one.work for one in found.editions)]
    busy = any(one is not None and one.waits for one in works)
    late = any(one.state in LEFT or PUBLISH in one.can for one in found.editions)
    body = [
        the_way(visit, study, Way.PUBLISH if late else Way.REVIEW),
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        *_drafting(visit, found),
        *([_edition(visit, study, one) for one in found.editions] or _nothing(visit, study, found)),
    ]
    return Shown(title=say("Editions"), body=body, refresh_s=LOOK_AGAIN_S if busy else 0, status=409 if wrong else 200)


def _changed(visit: Visit, study: str) -> Goto:
    edition, do = visit.form.get("edition", ""), visit.form.get("do", "")
    here = study_address(study, "editions")
    if not edition.startswith(f"{study}/"):
        raise BadInput(say("Choose an edition of this study."))
    if do == SUBMIT:
        visit.act("submit_edition", edition=edition)
        return after(here, "handed")
    if do == GIVE_UP:
        visit.act("give_up_edition", edition=edition)
        return after(here, "given_up")
    if do == RETRACT:
        visit.act("retract_edition", edition=edition, reason=visit.form.get("reason", ""))
        return after(here, "taken_back")
    visit.act("publish_edition", edition=edition)
    return after(here, "begun")


def _drafting(visit: Visit, found: EditionsView) -> list[Markup]:
    """How far the making of an edition is."""
    words, work = visit.words, found.drafting
    if work is None:
        return []
    if work.waits:
        return [blocks.progress(words, step=work.step, steps=work.steps, says=work.says)]
    return [blocks.notice(words, work.says, tone="problem", title=say("The edition cannot be made"))]


def _nothing(visit: Visit, study: str, found: EditionsView) -> list[Markup]:
    if found.drafting is not None:
        return []
    propose = Link(say("Go to the treatment plan"), study_address(study, "treat"))
    return [blocks.empty_state(visit.words, say("Nothing was proposed for others yet."), action=propose)]


def _edition(visit: Visit, study: str, one: EditionLine) -> Markup:
    words = visit.words
    catalogued = Link(say("In the catalogue"), study_page(study))
    looked = Link(say("What was found, and the votes"), review_page(one.id))
    reason = [blocks.notice(words, Text(one.reason), title=say("Why it was taken back"))] if one.reason else []
    return blocks.section(
        words,
        say("Edition {number}", number=one.number),
        Markup("<p>{}</p>").format(blocks.access_badge(words, one.access, explained=True)),
        where(visit, "edition", one.state, since=one.since),
        *reason,
        *_publishing(visit, one),
        *_acts(visit, study, one),
        blocks.links(words, [looked, *([catalogued] if one.state in LEFT else [])], quiet=True),
        id=f"edition-{one.number}",
    )


def _publishing(visit: Visit, one: EditionLine) -> list[Markup]:
    words, work = visit.words, one.work
    if work is None or one.state in LEFT:
        return []
    if work.waits:
        return [blocks.progress(words, step=work.step, steps=work.steps, says=work.says)]
    failed = work.state == "failed"
    return [blocks.notice(words, work.says, tone="problem", title=say("It was not published"))] if failed else []


def _acts(visit: Visit, study: str, one: EditionLine) -> list[Markup]:
    """What may be done to it now."""
    words, address, csrf = visit.words, study_address(study, "editions"), visit.csrf

    def act(do: str, label: Text) -> Markup:
        values = {"do": do, "edition": one.id}
        return blocks.button(words, label, action=address, csrf=csrf, values=values,
                             tone="danger" if do == GIVE_UP else "main")  # fmt: skip

    buttons = [(SUBMIT, say("Hand it in for review")), (PUBLISH, say("Publish it")), (GIVE_UP, say("Give it up"))]
    working = one.work is not None and one.work.waits
    parts = [act(do, label) for do, label in buttons if do in one.can and not (do == PUBLISH and working)]
    return [*parts, *([_retract(visit, address, one)] if RETRACT in one.can else [])]


def _retract(visit: Visit, address: str, one: EditionLine) -> Markup:
    words = visit.words
    asked = Input(name="reason", label=say("Why"), hint=say("It is published in the place of the files."),
                  bounds={"maxlength": "1000"})  # fmt: skip
    carried = (blocks.hidden("do", RETRACT), blocks.hidden("edition", one.id))
    form = blocks.form(words, *carried, blocks.field(words, asked), action=address, csrf=visit.csrf,
                       submit=say("Take it back"))  # fmt: skip
    told = blocks.paragraph(words, say("Downloads stop at once. What was downloaded cannot be called back."))
    return blocks.details(words, say("Take it back"), told, form)
