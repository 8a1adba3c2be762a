"""A licence: its terms, accepting them, the files, and the end of it."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from safeconduct.actions.licensing import LicenceView
from safeconduct.actions.receiving import Delivery
from safeconduct.actions.transfers import Stream
from safeconduct.model.editions import ReleasedFile
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import (
    Link,
    Terms,
    button,
    details,
    in_language,
    key_values,
    links,
    listing,
    notice,
    paragraph,
    plain_table,
    progress,
    section,
    terms,
    told_size,
)
from safeconduct.server.addresses import licence_page, request_page, study_page
from safeconduct.server.forms import Wrong, after, attempt, done
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.states import state_says

LOOK_AGAIN_S, SHOWN = 2, 20
OFFERED, ACCEPTED, COMPLETE = "offered", "accepted", "complete"
ENDS = frozenset({"accepted", "expired", "revoked"})
DONE = {"accept": "terms", "destroy": "destroyed", "begin": "begun"}


@page(
    "/projects/licences/{licence}",
    title=say("Licence"),
    menu="projects",
    needs="receive",
    listed=False,
    about=say(
        "What you may do with the files, until when, and the files themselves. Whatever harms somebody or lets you "
        "recognise somebody: tell the data protection officer at once."
    ),
)
def show(visit: Visit) -> Reply:
    """One licence of the visitor."""
    wrong: Wrong = ()
    if visit.posted:
        do = "accept" if "terms" in visit.form else visit.form.get("do", "")
        _, wrong = attempt(lambda: _done(visit, do))
        if not wrong:
            return after(licence_page(visit.parts["licence"]), DONE.get(do, "saved"))
    view: LicenceView = visit.act("licence_state", licence=visit.parts["licence"])
    under: list[Delivery] = visit.act("deliveries", licence=visit.parts["licence"])
    packing = any(one.packed is None and one.work is not None and one.work.waits for one in under)
    words, licence = visit.words, view.licence
    body = [
        *(done(visit) if packing or visit.query.get("done") != "begun" else ()),
        *(notice(words, text, tone="problem") for _, text in wrong),
        _facts(visit, view),
        *_due(visit, view),
        _terms(visit, view),
        *_files(visit, view, under),
        *_end(visit, view),
    ]
    title = in_language(view.title, words.language)[1] or licence.study
    told = say("Licence for {study}, edition {number}", study=title, number=licence.edition)
    return Shown(title=told, body=body, refresh_s=LOOK_AGAIN_S if packing else 0, status=422 if wrong else 200)


@page("/projects/licences/{licence}/deliveries/{delivery}", title=say("Download"), needs="receive")
def take(visit: Visit) -> Reply:
    """The file itself, from any byte on."""
    found: Stream = visit.act("fetch_delivery", licence=visit.parts["licence"], delivery=visit.parts["delivery"])
    return found


def _done(visit: Visit, do: str) -> object:
    """Carry out what a form asks for."""
    licence = visit.parts["licence"]
    if do == "accept":
        return visit.act("accept_licence", licence=licence, offer=visit.form.get("terms", ""))
    if do == "destroy":
        return visit.act("confirm_destruction", licence=licence)
    return visit.act("begin_delivery", licence=licence, file=visit.form.get("file", ""))


def _facts(visit: Visit, view: LicenceView) -> Markup:
    words, licence = visit.words, view.licence
    networks = ", ".join(licence.networks) or words.say(say("any"))
    told: list[tuple[Text, str | Text | Markup]] = [
        (say("State"), state_says("licence", licence.state)),
        (say("First day"), words.day(licence.first)),
        (say("Last day"), words.day(licence.until)),
        (say("Networks it may be downloaded from"), networks),
        (say("Encrypted to your key"), say("Yes") if licence.encrypt_to else say("No")),
    ]
    where = [Link(say("The study"), study_page(licence.study))]
    where += [Link(say("The request"), request_page(licence.request))] if licence.request else []
    return Markup("").join([key_values(words, told), links(words, where, quiet=True)])


def _due(visit: Visit, view: LicenceView) -> Iterator[Markup]:
    if view.destroy_by:
        told = say("Destroy every copy of the files and confirm it by {day}.", day=view.destroy_by.isoformat())
        yield notice(visit.words, told, tone="careful")


def _terms(visit: Visit, view: LicenceView) -> Markup:
    """What is accepted, with whatever else the committee asked for."""
    words, licence = visit.words, view.licence
    further = [say("Further: {conditions}", conditions=licence.conditions)] if licence.conditions else []
    agreed = Terms(
        title=say("Terms of use"),
        clauses=[*view.clauses.told(words.language), *further],
        digest=view.offer,
        accepts=say("I have read the terms and will keep them."),
        prevails=say("Where languages differ, the English text counts."),
    )
    if licence.state == OFFERED:
        return section(
            words, say("Accept the terms"), terms(words, agreed, action=licence_page(licence.id), csrf=visit.csrf)
        )
    return details(words, say("The terms"), terms(words, agreed))


def _files(visit: Visit, view: LicenceView, under: Sequence[Delivery]) -> Iterator[Markup]:
    """The files that can be had, and what was begun."""
    words = visit.words
    if under:
        yield section(words, say("Your downloads"), *_under(visit, view, under[:SHOWN]), id="downloads")
    if view.licence.state == ACCEPTED:
        rows = [_file(visit, view, one) for one in view.files]
        columns: list[Text | str] = [say("File"), say("What it is good for"), say("Size"), say("Downloads left"), ""]
        prepares = say("A file is first packed for you, with a signed list that says where it comes from.")
        yield section(words, say("Files"), paragraph(words, prepares),
                      plain_table(words, columns, rows, caption=say("Files of this licence")), id="files")  # fmt: skip


def _file(visit: Visit, view: LicenceView, one: ReleasedFile) -> list[Text | str | Markup]:
    words, left = visit.words, view.left.get(one.name, 0)
    begin = button(words, say("Prepare {file}", file=one.name), action=licence_page(view.licence.id), csrf=visit.csrf,
                   values={"do": "begin", "file": one.name}, tone="quiet")  # fmt: skip
    return [one.name, one.says, told_size(words, one.size), words.number(left), begin if left else say("none left")]


def _under(visit: Visit, view: LicenceView, under: Sequence[Delivery]) -> Iterator[Markup]:
    """What is being packed, what is ready, and what arrived whole."""
    words = visit.words
    for one in under:
        if one.packed is None and one.work is not None and one.work.waits:
            yield progress(words, step=one.work.step, steps=one.work.steps, says=one.work.says)
        elif one.packed is None and one.work is not None:
            yield notice(words, one.work.says, tone="problem")
    ready = [_ready(view, one, one.packed) for one in under if one.packed and one.state != COMPLETE]
    if ready and view.licence.state == ACCEPTED:
        yield blocks.deliveries(words, ready, encrypted=bool(view.licence.encrypt_to))
    whole = [blocks.Item(title=one.file, aside=say("downloaded whole")) for one in under if one.state == COMPLETE]
    if whole:
        yield details(words, say("Downloaded"), listing(words, whole))


def _ready(view: LicenceView, one: Delivery, packed: ReleasedFile) -> blocks.Delivery:
    begun = say("A part of it arrived; go on with the same link.") if one.got else packed.says
    return blocks.Delivery(
        name=packed.name,
        format=one.file,
        says=begun,
        size=packed.size,
        href=f"{licence_page(view.licence.id)}/deliveries/{one.id}",
        sha256=packed.sha256,
    )


def _end(visit: Visit, view: LicenceView) -> Iterator[Markup]:
    """Saying that every copy is gone; nothing can be downloaded afterwards."""
    licence, words = view.licence, visit.words
    if licence.state in ENDS and (licence.delivered or licence.open):
        gone = say("Delete the files, what was made of them row by row, and every copy, those of backups too.")
        sure = button(words, say("I destroyed every copy"), action=licence_page(licence.id), csrf=visit.csrf,
                      values={"do": "destroy"}, tone="danger")  # fmt: skip
        last = say("Nothing can be downloaded with this licence afterwards.")
        yield details(words, say("Confirm that the files are destroyed"), paragraph(words, gone, last), sure)
