"""An answer: waiting, refused, or released with its picture, table, reasons and files."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.asking import Ticket
from safeconduct.actions.levels import coherence
from safeconduct.model.outcomes import Pending, Refusal, Release
from safeconduct.model.text import Text, say
from safeconduct.present import maps
from safeconduct.present.blocks import (
    Choice,
    Download,
    Option,
    button,
    choice,
    downloads,
    form,
    hidden,
    notice,
    paragraph,
    pending_card,
    progress,
    refusal_card,
    release_facts,
    release_table,
    section,
    status_counts,
)
from safeconduct.query.spec import read_question
from safeconduct.server.answers import waits
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.places import ground
from safeconduct.server.questions import titled

LOOK_AGAIN_S = 2
LIVE = frozenset({"queued", "running"})
FILES: Sequence[tuple[str, str, Text]] = (
    ("answer.csv", "CSV", say("For any program; withheld figures are empty.")),
    ("answer.xlsx", "XLSX", say("For a spreadsheet, with what a reader must know.")),
    ("answer.geojson", "GeoJSON", say("For a map.")),
    ("manifest.json", "Manifest", say("Signed; proves the other files with 'safeconduct verify'.")),
)


@page(
    "/ask/result/{answer_id}",
    title=say("Result"),
    menu="ask",
    needs="ask",
    listed=False,
    about=say(
        "One answer: a map or a chart, with the same as a table below it. Withheld is not zero: there may be few "
        "people or none. Every figure carries its margin, and every file says how it was made and can be verified "
        "without us."
    ),
)
def show(visit: Visit) -> Reply:
    """One answer, at whatever stage it is."""
    found = visit.act("result", answer_id=visit.parts["answer_id"])
    match found:
        case Release():
            return _released(visit, found)
        case Refusal():
            return Shown(title=say("This was not released"), body=[refusal_card(visit.words, found)])
        case Pending():
            body = [pending_card(visit.words, found), *waits(visit, found.answer_id)]
            return Shown(title=say("Not released yet"), body=body)
        case _:
            return _waiting(visit, found)


@page("/ask/result/{answer_id}/{file}", title=say("File"), needs="ask")
def take(visit: Visit) -> Reply:
    """A file of an answer."""
    found: Reply = visit.act("download", answer_id=visit.parts["answer_id"], file=visit.parts["file"])
    return found


@page("/ask/cancel/{answer_id}", title=say("Stop a question"), needs="ask")
def stop(visit: Visit) -> Reply:
    """Stop a question that waits or runs."""
    if visit.posted:
        return _waiting(visit, visit.act("cancel", answer_id=visit.parts["answer_id"]))
    return _waiting(visit, visit.act("job", answer_id=visit.parts["answer_id"]))


def _waiting(visit: Visit, ticket: Ticket) -> Shown:
    words = visit.words
    live = ticket.state in LIVE
    body = [progress(words, step=ticket.step, steps=ticket.steps, says=ticket.says)]
    if live:
        csrf = visit.visitor.csrf if visit.visitor else ""
        body.append(button(words, say("Stop it"), action=f"/ask/cancel/{ticket.answer_id}", csrf=csrf, tone="quiet"))
    else:
        body = [notice(words, ticket.says, tone="careful")]
    return Shown(title=say("Your question"), body=body, refresh_s=LOOK_AGAIN_S if live else 0)


def _released(visit: Visit, release: Release) -> Shown:
    words = visit.words
    geography, shapes = ground(visit, release)
    picture = _picture(visit, release, shapes)
    files = section(
        words,
        say("Take it with you"),
        downloads(words, [
            Download(title=title, href=f"/ask/result/{release.answer_id}/{name}", says=says, size=0)
            for name, title, says in FILES
        ]),
    )  # fmt: skip
    link = f"/ask/result/{release.answer_id}?page="
    table = release_table(words, release, geography, page=_page(visit), link=lambda page: f"{link}{page}")
    body = [
        picture,
        status_counts(words, release),
        files,
        _compare(visit, release),
        section(words, say("Table"), table),
        section(words, say("What a reader must know"), release_facts(words, release)),
        *_coherent(visit, release),
    ]
    return Shown(title=titled(release.provenance.spec), body=body)


def _coherent(visit: Visit, release: Release) -> list[Markup]:
    """Whether the areas add up to the larger ones; from the answer alone."""
    says = coherence(release)
    if not says:
        return []
    told = [paragraph(visit.words, one) for one in says]
    return [section(visit.words, say("Do the areas add up?"), *told)]


def _picture(visit: Visit, release: Release, shapes: maps.Shapes) -> Markup:
    if release.output.flows:
        return maps.flow_map(visit.words, release, shapes)
    if any(len(key.days) > 1 for key in release.output.keys):
        return maps.small_maps(visit.words, release, shapes)
    return maps.choropleth(visit.words, release, shapes)


def _page(visit: Visit) -> int:
    text = visit.query.get("page", "1")
    return int(text) if text.isdecimal() else 1


def _compare(visit: Visit, release: Release) -> Markup:
    """Offer the project's other answers of the same kind, for a map of change."""
    words = visit.words
    if release.output.flows:
        return Markup("")
    others = [
        one
        for one in visit.act("my_answers")
        if one["answer_id"] != release.answer_id and comparable(one["spec"], release.provenance.spec)
    ]
    if not others:
        return Markup("")
    options = [Option(str(one["answer_id"]), _named(one)) for one in others[:20]]
    return section(
        words,
        say("Change"),
        form(
            words,
            hidden("after", release.answer_id),
            choice(words, Choice(name="before", label=say("Compare with"), options=options)),
            action="/ask/change",
            submit=say("Show the change"),
        ),
    )


def comparable(one: object, other: object) -> bool:
    """Whether two questions have answers of one shape, told for the same areas."""
    mine, theirs = read_question(one), read_question(other)
    shapes = [[(key.name, key.level) for key in query.output().keys] for query in (mine, theirs)]
    return mine.name == theirs.name and shapes[0] == shapes[1]


def _named(answer: dict[str, object]) -> str:
    """An answer in a list: its days."""
    return f"{str(answer['at'])[:16].replace('T', ' ')} · {', '.join(sorted(_days(answer['spec'])))}"


def _days(tree: object) -> set[str]:
    if isinstance(tree, dict):
        if set(tree) == {"first", "last"}:
            return {f"{tree['first']} – {tree['last']}"}
        return {one for value in tree.values() for one in _days(value)}
    return {one for value in tree for one in _days(value)} if isinstance(tree, list | tuple) else set()
