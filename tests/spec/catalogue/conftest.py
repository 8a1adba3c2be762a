"""A described study, a release of it, and the entry the catalogue makes of both."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from safeconduct.catalogue.entry import EditionLine, EditionState, Entry
from safeconduct.model.editions import (
    CategoryCount,
    Content,
    FileRelease,
    ReleasedFile,
    SheetLine,
    VariableFigures,
)
from safeconduct.model.microdata import Category, DataFile, Measurement, Variable, VariableType
from safeconduct.model.study import Access, Country, Party, Period, Study, Term
from safeconduct.model.text import say

MATERIAL = Path(__file__).parents[2] / "material" / "ddi"
DECIDED = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def material() -> Path:
    """Documents and the schema."""
    return MATERIAL


@pytest.fixture
def study() -> Study:
    """A study described in two languages."""
    return Study(
        id="SEN_2026_HH",
        title={"en": "Displaced households in Kolda 2026", "fr": "Ménages déplacés à Kolda 2026"},
        abstract={"en": "How displaced families live.", "fr": "Comment vivent les familles déplacées."},
        producers=(
            Party(name="Awa Ndiaye", role="primary investigator", affiliation="Statistics office"),
            Party(name="Relief agency", role="field work", address="https://relief.example"),
        ),
        publisher=(Party(name="Statistics office", role="archive"),),
        funders=(Party(name="Donor", affiliation="Somewhere", role="main"),),
        contacts=(Party(name="Data desk", address="desk@stat.example"), Party(name="Web", address="https://s.example")),
        keywords=(Term(text="shelter"), Term(text="displacement", vocabulary="List", uri="https://list.example")),
        topics=(Term(text="Protection", vocabulary="Topics"),),
        countries=(Country(name="Senegal", code="SEN"),),
        places={"en": "Kolda and Sédhiou"},
        periods=(Period(first="2025"),),
        collected=(Period(first="2026-01-05", last="2026-02-01", label="round 1"), Period(first="2026-03")),
        unit={"en": "Households", "fr": "Ménages"},
        universe={"en": "Households displaced since 2020"},
        kind="Sample survey data [ssd]",
        study_type="Socio-economic survey",
        sampling={"en": "Two stages"},
        mode={"en": "Face to face"},
        limits={"en": "People without an address are missing."},
        confidentiality={"en": "Answers are confidential.", "fr": "Les réponses sont confidentielles."},
        conditions={"en": "Research only."},
        citation={"en": "Statistics office (2026). Displaced households in Kolda."},
        related=("Ndiaye 2027, Displacement.",),
    )


@pytest.fixture
def files() -> tuple[DataFile, ...]:
    """Households and their members."""
    household = Variable(name="hhid", type=VariableType.TEXT, width=8)
    sex = Variable(
        name="sex",
        type=VariableType.INTEGER,
        labels={"en": "Sex", "fr": "Sexe"},
        categories=(
            Category(code="1", labels={"en": "Woman", "fr": "Femme"}),
            Category(code="2", labels={"en": "Man", "fr": "Homme"}),
            Category(code="9", labels={"en": "Refused"}, missing=True),
        ),
        missing_codes=("9",),
        measurement=Measurement.NOMINAL,
        questions={"en": "Is (NAME) a woman or a man?"},
        hints={"en": "Ask, do not guess."},
        relevant="${age} > 0",
        group="Roster",
    )
    age = Variable(
        name="age",
        type=VariableType.INTEGER,
        labels={"en": "Age in years"},
        measurement=Measurement.SCALE,
        missing_ranges=(("97", "99"),),
        unit="years",
        security="Told in bands of ten years.",
        group="Roster",
    )
    return (
        DataFile(name="households", variables=(household,), key=("hhid",), labels={"en": "Households"}),
        DataFile(
            name="members",
            variables=(household, sex, age),
            key=("hhid",),
            parent="households",
            link=("hhid",),
            labels={"en": "Members", "fr": "Membres"},
        ),
    )


@pytest.fixture
def release(study: Study, files: tuple[DataFile, ...]) -> FileRelease:
    """What the gate let out."""
    return FileRelease(
        id="a" * 64,
        study=study.id,
        edition=2,
        access=Access.LICENSED,
        files=files,
        content={file.name: Content(draft="d", digest="e" * 64) for file in files},
        figures=(
            VariableFigures(
                file="members",
                name="sex",
                valid=940,
                missing=None,
                categories=(CategoryCount(code="1", count=520), CategoryCount(code="2", count=None)),
            ),
            VariableFigures(
                file="members",
                name="age",
                valid=930,
                missing=12,
                mean="23.4",
                categories=(CategoryCount(code="20-29", count=210),),
            ),
        ),
        sheet=(
            SheetLine(
                name="k",
                says=say("At least {k} people look alike in every combination of key variables.", k=3),
                before="",
                after="3",
                better="higher",
            ),
        ),
        rows={"households": 310, "members": 952},
        recipe="b" * 64,
        data_version="c" * 64,
        code="0.2.0",
        policy={"name": "licensed", "version": 1, "id": "f" * 64},
        statement=(say("This edition was treated to protect people."),),
        training=False,
        decided_at=DECIDED,
        digest="9" * 64,
    )


@pytest.fixture
def entry(study: Study, release: FileRelease) -> Entry:
    """The study with its second edition; the first was withdrawn."""
    return Entry(
        study=study,
        release=release,
        editions=(
            EditionLine(
                number=1,
                state=EditionState.WITHDRAWN,
                decided_at=DECIDED.replace(year=2025),
                reason="Two villages could be told apart.",
                digest="8" * 64,
            ),
            EditionLine(number=2, state=EditionState.CURRENT, decided_at=DECIDED, digest=release.digest),
        ),
        files=(
            ReleasedFile(
                name="members.csv",
                media="text/csv",
                sha256="7" * 64,
                size=12345,
                chest="never told",
                says=say("Opens in any program."),
            ),
            ReleasedFile(
                name="members.dta",
                media="application/x-stata-dta",
                sha256="6" * 64,
                size=23456,
                chest="never told",
                says=say("For Stata."),
            ),
        ),
        access=Access.LICENSED,
        url="https://data.example/catalogue/SEN_2026_HH",
        publisher="Statistics office",
        licence="https://data.example/licence",
        purposes=("sc:DisplacementEstimation", "sc:ServicePlanning"),
        prohibited=("sc:ReIdentification", "sc:ImmigrationEnforcement"),
    )


@pytest.fixture
def described(study: Study) -> Entry:
    """The study before its first release."""
    return Entry(study=replace(study, id="SEN_2026_HH"))
