"""Every block on one page: what reviewers look at, and what the accessibility tests read."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import Alternative, CellStatus, Pending, Refusal, Release
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.maps import Shapes, change_map, choropleth, flow_map, series, small_maps
from safeconduct.present.pages import MENU, Frame, MenuEntry, page
from safeconduct.present.words import Words


@dataclass(frozen=True, kw_only=True)
class Examples:
    """What the gallery shows; made by the gate, like anything that is shown.

    Attributes:
        before: People by place.
        after: The same question later.
        daily: People by day and place.
        flows: People by pair of places.
        place: Code of a place in `daily`.
        geography: Names of the places.
        ground: Their shapes.
    """

    before: Release
    after: Release
    daily: Release
    flows: Release
    place: str
    geography: Geography
    ground: Shapes


def gallery(words: Words, examples: Examples, *, frame: Frame | None = None) -> str:
    """The gallery page.

    Raises:
        TypeError: An example is not a release.
    """
    body = [*_pictures(words, examples), *_tables(words, examples), *_outcomes(words), *_forms(words), *_texts(words)]
    return page(
        words,
        frame or example_frame(training=examples.before.training),
        title=say("Blocks"),
        lead=say("Everything pages are made of, with practice figures."),
        body=body,
    )


def example_frame(*, training: bool) -> Frame:
    """A frame with everything in it."""
    menu = [MenuEntry(word, f"/{name}", current=name == "ask") for name, word in MENU.items()]
    return Frame(
        site="safeconduct",
        path="/blocks",
        menu=menu,
        account=blocks.Link("Ana Example", "/account"),
        csrf="example",
        training=training,
        search="/search",
        help="/help#blocks",
    )


def _pictures(words: Words, examples: Examples) -> Sequence[Markup]:
    name = next((area.name for areas in examples.geography.areas.values() for area in areas
                 if area.code == examples.place), examples.place)  # fmt: skip
    return [
        blocks.section(words, say("Maps"), choropleth(words, examples.before, examples.ground)),
        blocks.section(words, say("Change"), change_map(words, examples.before, examples.after, examples.ground)),
        blocks.section(words, say("Twelve days"), small_maps(words, examples.daily, examples.ground)),
        blocks.section(words, say("Series"), series(words, examples.daily, area=examples.place, name=name)),
        blocks.section(words, say("Movements"), flow_map(words, examples.flows, examples.ground)),
    ]


def _tables(words: Words, examples: Examples) -> Sequence[Markup]:
    badges = [blocks.status_badge(words, status) for status in CellStatus]
    return [
        blocks.section(
            words,
            say("Figures"),
            blocks.release_facts(words, examples.before),
            blocks.status_counts(words, examples.before),
            blocks.release_table(words, examples.before, examples.geography),
            blocks.change_table(words, examples.before, examples.after, examples.geography),
        ),
        blocks.section(words, say("What the statuses mean"), blocks.status_legend(words), *badges),
    ]


def _outcomes(words: Words) -> Sequence[Markup]:
    refusal = Refusal(
        reason="minimum_geography.too_fine",
        what=say("Places as fine as single sites cannot be answered."),
        rule=say("Figures are released for communes or larger places."),
        agreement=say("Set by the protection level of your agreement."),
        alternatives=(
            Alternative(says=say("Ask for communes."), spec={"areas": "admin3"}),
            Alternative(says=say("Ask for districts."), spec={"areas": "admin2"}),
        ),
    )
    return [
        blocks.section(
            words,
            say("What can happen to a question"),
            blocks.refusal_card(words, refusal, link=lambda _one: "/ask", before=True),
            blocks.pending_card(words, Pending(answer_id="example", missing=2)),
            blocks.progress(words, step=1, steps=3, says=say("Waiting for its turn.")),
        )
    ]


def _forms(words: Words) -> Sequence[Markup]:
    return [
        blocks.section(
            words,
            say("Forms"),
            blocks.error_summary(words, [("last", say("The last day is before the first."))]),
            blocks.form(
                words, *_inputs(words), *_choices(words), action="/ask", submit=say("Ask"), csrf="example",
                second=("/explain", say("See what would happen")),
            ),
        )
    ]  # fmt: skip


def _inputs(words: Words) -> Sequence[Markup]:
    days = blocks.Input(name="first", label=say("First day"), sort="date", value="2026-03-01")
    wrong = blocks.Input(
        name="last", label=say("Last day"), sort="date", value="2026-02-01", hint=say("It is included."),
        error=say("The last day is before the first."),
    )  # fmt: skip
    note = blocks.Input(name="note", label=say("A note"), sort="textarea", required=False)
    return [blocks.field(words, one) for one in (days, wrong, note)]


def _choices(words: Words) -> Sequence[Markup]:
    areas = blocks.Choice(
        name="areas", label=say("Places"), sort="one", chosen=("admin2",),
        options=(
            blocks.Option("admin2", say("Districts"), say("Fewer places, fewer withheld figures.")),
            blocks.Option("admin3", say("Communes")),
        ),
    )  # fmt: skip
    events = blocks.Choice(
        name="events", label=say("What phones did"), sort="many", chosen=("calls",),
        options=(blocks.Option("calls", say("Calls")), blocks.Option("sms", say("Text messages"))),
    )  # fmt: skip
    method = blocks.Choice(
        name="method", label=say("Which place of a day counts"),
        options=(blocks.Option("last", say("The last")), blocks.Option("most-common", say("The most common"))),
    )  # fmt: skip
    return [blocks.choice(words, one) for one in (areas, events, method)]


def _texts(words: Words) -> Sequence[Markup]:
    files = [
        blocks.Download(title="CSV", href="/a.csv", says=say("For a spreadsheet or a notebook."), size=12_400),
        blocks.Download(title="GeoJSON", href="/a.geojson", says=say("For a map program."), size=180_000),
    ]
    items = [blocks.Item(title=say("Movements between areas"), href="/a", says=say("Asked for two weeks of March."),
                         aside=say("Released"))]  # fmt: skip
    return [
        blocks.section(
            words,
            say("Words"),
            blocks.notice(words, say("Your question was asked."), tone="good"),
            blocks.notice(words, say("This agreement ends soon."), tone="careful", title=say("Careful.")),
            blocks.downloads(words, files),
            blocks.listing(words, items),
            blocks.plain_table(words, [say("Name"), say("Expires")], [["notebook", words.say("never")]],
                               caption=say("Access tokens")),
            blocks.empty_state(words, say("You have not asked anything yet."), action=blocks.Link(say("Ask"), "/ask"),
                               sample=blocks.Link(say("Show me with sample data"), "/ask?sample=1")),
            blocks.snippet(words, "Python", "import flowclient"),
            blocks.once(words, say("Your new token"), "ey.example"),
            blocks.details(words, say("More about it"), blocks.paragraph(words, say("A figure you may use."))),
            blocks.button(words, say("Revoke"), action="/revoke", csrf="example", tone="danger"),
            blocks.pagination(words, page=2, pages=5, link=lambda number: f"?page={number}"),
        )
    ]  # fmt: skip
