"""An edition and insights made up for looking at."""

from datetime import UTC, datetime

import pytest

from safeconduct.model.editions import CategoryCount, FileRelease, SheetLine, VariableFigures
from safeconduct.model.microdata import Category, Column, DataFile, Variable, VariableType
from safeconduct.model.outcomes import Insight
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.microdata_gallery import EditionExamples
from safeconduct.present.words import Words

ANSWERS = tuple(
    Category(code=code, labels={"en": english, "fr": french})
    for code, english, french in (("1", "Yes", "Oui"), ("2", "No", "Non"), ("3", "Not sure", "Ne sait pas"))
)
INTENDS = Variable(name="q7", type=VariableType.INTEGER, labels={"en": "Intends to return"}, categories=ANSWERS)
AGE = Variable(name="age", type=VariableType.INTEGER, labels={"en": "Age"})
NOTE = Variable(name="note", type=VariableType.TEXT)
MEMBERS = DataFile(name="members", variables=(INTENDS, AGE, NOTE))


def edition_of(figures: tuple[VariableFigures, ...], *, training: bool = True) -> FileRelease:
    return FileRelease(
        id="e" * 64, study="TCD_2026", edition=2, access=Access.LICENSED, files=(MEMBERS,), content={},
        figures=figures, rows={"members": 1234}, recipe="r" * 64, data_version="d" * 64, code="0.1.0",
        sheet=(
            SheetLine(name="expected_recognitions", says=say("How many people an intruder would find."), before="",
                      after="0.0021", unit="of 1,000 people"),
            SheetLine(name="mean_difference", says=say("How far means moved."), before="0", after="0.04"),
        ),
        policy={"name": "licensed", "version": 1, "id": "p" * 64}, statement=(say("People in camps only."),),
        training=training, decided_at=datetime(2026, 3, 3, 9, tzinfo=UTC), digest="f" * 64,
    )  # fmt: skip


FIGURES = (
    VariableFigures(
        file="members", name="q7", valid=1200, missing=34,
        categories=tuple(CategoryCount(code=one, count=at) for one, at in zip("123", (930, None, None), strict=True)),
    ),
    VariableFigures(file="members", name="age", valid=1234, missing=None, high="", low="0", mean="23.4", sd="17.9"),
)  # fmt: skip


def insight(title: str, **columns: list[object]) -> Insight:
    return Insight(title=say(title), table=Table.of(columns), audience="data steward")


@pytest.fixture(scope="session")
def en() -> Words:
    return Words("en")


@pytest.fixture(scope="session")
def edition() -> FileRelease:
    return edition_of(FIGURES)


@pytest.fixture(scope="session")
def compared() -> Insight:
    return insight(
        "Before and after",
        name=["global_risk", "suppressed", "k", "means"],
        before=["0.143", "0", "1", "not told"],
        after=["0.0212", "0.04", "3", "0.02"],
    )


LINES = (
    blocks.MeasureLine(name="global_risk", title=say("Risk of being recognised"), unit=say("share of people"),
                       says=say("On average an intruder who knows five things about somebody would be right this "
                                "often.")),
    blocks.MeasureLine(name="suppressed", title=say("Cells made unknown"), says=say("Share of key cells.")),
    blocks.MeasureLine(name="k", title=say("Smallest group"), says=say("People sharing the same keys."),
                       better="higher"),
    blocks.MeasureLine(name="means", says=say("How far means moved.")),
)  # fmt: skip


@pytest.fixture(scope="session")
def shown(edition: FileRelease, compared: Insight) -> EditionExamples:
    shares = [at / 10 for at in range(10)]
    return EditionExamples(
        edition=edition,
        column=Column(file="members", name="q7"),
        issues=insight("What looks wrong", rows=[7, 132, 2]),
        compared=compared,
        lines=LINES,
        spread=insight("Records by risk", first=shares, last=[one + 0.1 for one in shares],
                       rows=[8120, 940, 310, 120, 0, 44, 0, 0, 12, 3]),
        ladder=insight("The plan step by step", risk=[0.143, 0.06, 0.021], loss=[0.0, 0.08, 0.13]),
        plans=insight("Plans compared",
                      name=["The original", "Bands of ten", "Bands of five", "Bands and holes", "Swapping"],
                      risk=[0.143, 0.06, 0.09, 0.021, 0.07], loss=[0.0, 0.08, 0.05, 0.13, 0.2],
                      now=[False, False, False, True, False]),
    )  # fmt: skip
