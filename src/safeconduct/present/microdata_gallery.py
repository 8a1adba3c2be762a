"""Every block of the microdata pages on one page: what reviewers look at, and what the accessibility tests read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from markupsafe import Markup

from safeconduct.model.editions import FileRelease
from safeconduct.model.microdata import Column, VariableRole, VariableType
from safeconduct.model.outcomes import Insight
from safeconduct.model.study import Access
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.blocks import StepState, Verdict
from safeconduct.present.gallery import example_frame
from safeconduct.present.pages import Frame, page
from safeconduct.present.words import Words

WHEN = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
DIGEST = "9f2c" * 16


@dataclass(frozen=True, kw_only=True)
class EditionExamples:
    """What this gallery shows of figures; made by the gate or by measures, like anything that is shown.

    Attributes:
        edition: A released edition.
        column: One of its variables.
        issues: One row an issue, with `rows`; three of them.
        compared: `name`, `before`, `after`.
        lines: The measures of `compared` in words.
        spread: `first`, `last`, `rows`.
        ladder: `risk`, `loss`; the original and two steps.
        plans: `name`, `risk`, `loss`, `now`.
    """

    edition: FileRelease
    column: Column
    issues: Insight
    compared: Insight
    lines: Sequence[blocks.MeasureLine]
    spread: Insight
    ladder: Insight
    plans: Insight


def microdata_gallery(words: Words, examples: EditionExamples, *, frame: Frame | None = None) -> str:
    """The gallery page.

    Raises:
        TypeError: An example is neither a release nor an insight.
    """
    parts = (
        (say("A deposit"), _deposit(words)),
        (say("Variables"), _variables(words)),
        (say("Clean"), _clean(words, examples)),
        (say("Risk"), _risk(words, examples)),
        (say("Treat"), _treat(words, examples)),
        (say("Describe"), _describe(words)),
        (say("Review"), _review(words)),
        (say("Find"), _find(words)),
        (say("Get"), _get(words, examples)),
    )
    return page(
        words,
        frame or example_frame(training=True),
        title=say("Blocks of the microdata pages"),
        lead=say("Everything pages are made of, with practice figures."),
        body=[blocks.section(words, title, *body) for title, body in parts],
    )


def _deposit(words: Words) -> Sequence[Markup]:
    done, later = StepState.DONE, StepState.LATER
    steps = [
        blocks.StepLine(title=say("Deposit"), state=done, href="/deposit"),
        blocks.StepLine(title=say("Variables"), state=done, href="/variables"),
        blocks.StepLine(title=say("Clean"), state=StepState.NOW, href="/clean"),
        blocks.StepLine(title=say("Risk"), state=later, href="/risk"),
        blocks.StepLine(title=say("Treat"), state=later),
        blocks.StepLine(title=say("Describe"), state=later, href="/describe"),
        blocks.StepLine(title=say("Review"), state=StepState.BLOCKED, says=say("Waits for the description")),
        blocks.StepLine(title=say("Publish"), state=later),
    ]
    hint = say("Up to {size}: CSV, Excel, Stata, SPSS, a Kobo export with its form.", size="4 GB")
    return [
        blocks.stepper(words, steps),
        blocks.state_line(words, say("Under review"), owner=say("the committee"), since=WHEN.date(), usual_days=12),
        blocks.upload_form(words, action="/deposit", csrf="example", upload_api="/uploads", max_hint=hint),
    ]


def _variables(words: Words) -> Sequence[Markup]:
    view = blocks.SheetView()
    rows = [
        _row("nom_complet", "Nom et prénom", VariableType.TEXT, VariableRole.DIRECT),
        _row("hh_size", "Household size", VariableType.INTEGER, VariableRole.QUASI),
        _row("q12_other", "أسباب أخرى", VariableType.TEXT, VariableRole.FREE_TEXT),
        _row("disability", "Difficulty seeing", VariableType.INTEGER, VariableRole.SENSITIVE, alike=5),
    ]
    decided = [
        blocks.VariableRow(column=Column(file="members", name="x7"), label="", type=VariableType.NUMBER),
        blocks.VariableRow(column=Column(file="households", name="weight"), label="Sampling weight",
                           type=VariableType.NUMBER, proposal=VariableRole.WEIGHT, sure=True, role=VariableRole.WEIGHT),
    ]  # fmt: skip
    return [
        blocks.variables_filter(words, view, action="/variables"),
        blocks.variables_grid(words, [*rows, *decided], view=view, action="/variables", csrf="example",
                              link=lambda number: f"/variables?page={number}"),
        blocks.details(words, say("What the roles mean"), blocks.roles_explained(words)),
    ]  # fmt: skip


def _row(name: str, label: str, kind: VariableType, proposal: VariableRole, *, alike: int = 0) -> blocks.VariableRow:
    return blocks.VariableRow(
        column=Column(file="members", name=name), label=label, type=kind, proposal=proposal, sure=not alike,
        alike=alike, codes=4 if alike else 0,
        because=say("Its name and its label say so, and most of its cells look like it."),
    )  # fmt: skip


def _clean(words: Words, examples: EditionExamples) -> Sequence[Markup]:
    size, age = Column(file="households", name="hh_size"), Column(file="members", name="age")
    issues = [
        blocks.IssueLine(says=say("Ages above 120."), columns=(age,), id="1", suggestion=say("Call them missing.")),
        blocks.IssueLine(says=say("The size of a household is not the number of its members."), columns=(size,),
                         id="2", suggestion=say("Count the members.")),
        blocks.IssueLine(says=say("Two rows have the same key."), columns=(), id="3"),
    ]  # fmt: skip
    done = [blocks.CorrectionLine(says=say("Ages above 120 are called missing."), columns=(age,), who="Ana Example",
                                  why="Typing errors, confirmed by the field office.")]  # fmt: skip
    differences = [
        blocks.DifferenceLine(column=age, says=say("Its role was changed."), before=say("Nothing of these"),
                              after=say("Helps to recognise")),
        blocks.DifferenceLine(column=size, says=say("Its label was changed."), before="HH size", after="Household size",
                              weight="fine"),
    ]  # fmt: skip
    return [
        blocks.issue_list(words, examples.issues, issues, action="/clean", csrf="example"),
        blocks.correction_list(words, done, action="/clean", csrf="example"),
        blocks.difference_list(words, differences, caption=say("Differences to the sheet that was sent out")),
    ]


def _risk(words: Words, examples: EditionExamples) -> Sequence[Markup]:
    return [
        blocks.before_after(words, examples.compared, examples.lines),
        blocks.risk_histogram(words, examples.spread),
        blocks.risk_utility(words, examples.plans, limit=0.03),
    ]


def _treat(words: Words, examples: EditionExamples) -> Sequence[Markup]:
    steps = [
        blocks.LadderStep(title=say("Ages grouped into ten-year bands."), columns=("age",), why="Asked for in bands."),
        blocks.LadderStep(title=say("Rare combinations made unknown."), columns=("age", "sex", "district")),
    ]
    group = blocks.ParameterSort.GROUPS
    method = blocks.MethodForm(
        name="recode",
        title=say("Group values"),
        says=say("Puts values together, so that more people share each one."),
        parameters=(
            blocks.ParameterField(name="breaks", sort=blocks.ParameterSort.NUMBERS, value=[0, 18, 60],
                                  says=say("Where bands begin.")),
            blocks.ParameterField(name="groups", sort=group, value={"north": ["1", "2"], "south": ["3"]}),
            blocks.ParameterField(name="share", sort=blocks.ParameterSort.DECIMAL, value="0.5", required=True),
            blocks.ParameterField(name="open_ends", sort=blocks.ParameterSort.YES_NO, value=True),
        ),
        columns=(
            blocks.ColumnOption(name="age", label="Age in years", aside=say("Helps to recognise"), chosen=True),
            blocks.ColumnOption(name="district", label="المديرية", aside=say("Place")),
        ),
        errors={"set.share": say("Write “{name}” as a number such as 0.5.", name="share")},
    )  # fmt: skip
    return [
        blocks.step_ladder(
            words, examples.ladder, steps, action="/plan", csrf="example", edit=lambda at: f"/plan/{at}"
        ),
        blocks.plan_step_form(words, method, action="/plan", csrf="example", try_it="/plan/try"),
    ]


def _describe(words: Words) -> Sequence[Markup]:
    title = blocks.TextAsked(
        name="title", label=say("Title"), languages=("en", "fr", "ar"), required=True, rows=2,
        values={"en": "Intentions survey", "fr": "Enquête sur les intentions", "ar": "مسح النوايا"},
        hint=say("As it stands on the report."),
    )  # fmt: skip
    cells = [blocks.GroupCell(key="name", label=say("Name")), blocks.GroupCell(key="role", label=say("Part it had"))]
    missing = [blocks.Link(say("Title"), "#title"), blocks.Link(say("Producers"), "#producers")]
    return [
        blocks.requirement_meter(words, done=11, of=13, missing=missing),
        blocks.form(
            words, blocks.languages_beside(words, title),
            blocks.repeated_group(words, "producers", say("Producers"), cells=cells, required=True,
                                  rows=[{"name": "IOM", "role": "primary investigator"}]),
            action="/describe", submit=say("Save"), csrf="example",
        ),
    ]  # fmt: skip


def _review(words: Words) -> Sequence[Markup]:
    checks = [
        blocks.CheckLine(says=say("No column names a person."), passed=True),
        blocks.CheckLine(says=say("Some people share their answers with too few others."), passed=False,
                         advice=say("Group ages into wider bands.")),
    ]  # fmt: skip
    mine = blocks.VoteLine(who=say("You"), verdict=Verdict.CHANGES, says="Bands are too narrow.", at=WHEN)
    moves = [
        blocks.MoveLine(says=say("Sent for review"), who="Ana Example", at=WHEN),
        blocks.MoveLine(says=say("Sent back"), who=say("a checker"), at=WHEN, why="Please group the ages."),
    ]
    return [
        blocks.review_compare(
            words,
            [blocks.check_list(words, checks), blocks.timeline(words, moves)],
            [
                blocks.vote_form(words, action="/review", csrf="example", draft=DIGEST),
                blocks.votes_shown(words, [mine], given=1, needed=2, blind=True),
            ],
        ),
        blocks.review_keys(words, previous=blocks.Link("SYR 2025", "/a"), following=blocks.Link("TCD 2026", "/b")),
    ]


def _find(words: Words) -> Sequence[Markup]:
    countries = [blocks.FacetValue(says="Chad", href="?c=TCD", studies=12),
                 blocks.FacetValue(says="Niger", href="?", studies=3, chosen=True)]  # fmt: skip
    study = blocks.StudyCard(
        title=blocks.marked("Intentions of displaced households", [(14, 23)]), href="/s/1", access=Access.LICENSED,
        producers="UNHCR", countries="Chad", years="2024–2025", variables=312,
        snippet=blocks.marked("Households displaced since 2023 were asked whether they will return.", [(11, 20)]),
    )  # fmt: skip
    variable = blocks.VariableCard(
        name="q7_return", href="/v/1", label="Intends to return", question="Do you intend to return within a year?",
        study=blocks.Link("Intentions of displaced households", "/s/1"),
    )  # fmt: skip
    basket = blocks.basket_button(words, action="/basket", csrf="example", variable="q7_return", inside=False)
    results = [blocks.study_card(words, study), blocks.variable_card(words, variable, basket)]
    said = [
        blocks.Described(title=say("What it is about"), texts={"ar": "مسح نوايا الأسر النازحة", "fr": "Intentions"}),
        blocks.Described(title=say("How to cite it"), texts={"": "UNHCR (2026). Intentions."}),
    ]
    listed = [
        blocks.VariableLine(id="q7_return", name="q7_return", href="/v/1", label="Intends to return"),
        blocks.VariableLine(id="district", name="district", href="/v/2", label="المديرية", chosen=True),
    ]
    return [
        blocks.search_form(words, blocks.Searched(text="displaced", first="2020"), action="/catalogue"),
        blocks.with_facets(results, blocks.facets(words, [blocks.Facet(title=say("Country"), values=countries)])),
        blocks.described(words, said, language="ar"),
        blocks.variables_table(words, listed, caption=say("Variables of a table"), action="/basket", csrf="example"),
    ]


def _get(words: Words, examples: EditionExamples) -> Sequence[Markup]:
    versions = [
        blocks.VersionLine(number=2, standing=blocks.Standing.CURRENT, day=date(2026, 3, 3), href="/s/1/2",
                           says=say("Ages in bands."), digest=DIGEST),
        blocks.VersionLine(number=1, standing=blocks.Standing.WITHDRAWN, day=date(2025, 11, 3), href="/s/1/1",
                           reason=say("A column told more than it should.")),
    ]  # fmt: skip
    agreed = blocks.Terms(
        title=say("Terms of use"), digest=DIGEST, accepts=say("I have read the terms and will keep them."),
        clauses=(say("Nobody tries to find out who a person in the files is."), say("Files are not passed on.")),
    )  # fmt: skip
    files = [
        blocks.Delivery(name="members.dta", format="Stata", says=say("With labels and codes for missing answers."),
                        size=48_300_000, href="/d/1", left=2, sha256=DIGEST),
        blocks.Delivery(name="members.csv", format="CSV", says=say("For a spreadsheet."), size=61_000_000, left=0),
    ]  # fmt: skip
    return [
        *(Markup("<p>{}</p>").format(blocks.access_badge(words, one, explained=True)) for one in Access),
        blocks.figures_table(words, examples.edition, examples.column.file, examples.column.name),
        blocks.edition_sheet(words, examples.edition),
        blocks.version_list(words, versions),
        blocks.citation_box(words, "UNHCR (2026). Intentions of displaced households, edition 2."),
        blocks.terms(words, agreed, action="/accept", csrf="example"),
        blocks.deliveries(words, files, encrypted=True),
    ]
