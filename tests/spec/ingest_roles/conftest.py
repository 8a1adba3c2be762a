"""Columns with labels in four languages, filled with made-up values, and what a steward decided of each."""

import csv
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from safeconduct.model.microdata import DataFile, Variable, VariableRole, VariableType

ROWS = 300
GIVEN = [
    "Amina", "Jean", "Maria", "José", "Fatou", "Ahmed", "Lucía", "Pierre", "Khadija", "Carlos", "Grace",
    "Moussa", "Rosa", "Ibrahim", "Elena", "David",
]  # fmt: skip
FAMILY = [
    "Diallo", "Okafor", "Pérez", "Nguyen", "Haddad", "Mbeki", "Rojas", "Traoré", "Salazar", "Kamau",
    "Barzani", "Sow", "Quispe", "Ouedraogo",
]  # fmt: skip
ARABIC = ["محمد", "أحمد", "فاطمة", "خديجة", "علي", "يوسف", "مريم", "خالد", "نور", "سعاد"]
ARABIC_FAMILY = ["الحسن", "العبدالله", "الخطيب", "المصري", "حداد", "الشامي", "النجار", "سلوم"]
SENTENCE = [
    "they", "came", "back", "late", "and", "we", "could", "not", "find", "the", "place", "again", "because",
    "of", "the", "rain",
]  # fmt: skip
DRAWN = random.Random(20261121)  # noqa: S311 - made-up columns


def number(low: int, high: int) -> int:
    """A whole number, both ends included."""
    return DRAWN.randint(low, high)


def digits(count: int) -> str:
    """Digits."""
    return "".join(str(number(0, 9)) for _ in range(count))


def one_of(*texts: str) -> Callable[[int], str]:
    """One of some texts."""
    return lambda _: DRAWN.choice(texts)


MADE: Mapping[str, Callable[[int], object]] = {
    "names": lambda _: f"{DRAWN.choice(GIVEN)} {DRAWN.choice(FAMILY)} {DRAWN.choice(FAMILY)}",
    "arabic_names": lambda _: f"{DRAWN.choice(ARABIC)} {DRAWN.choice(ARABIC)} {DRAWN.choice(ARABIC_FAMILY)}",
    "phones": lambda _: f"+{number(20, 99)}{digits(9)}",
    "emails": lambda row: f"{DRAWN.choice(FAMILY).lower()}{row}@example.org",
    "addresses": lambda _: f"{number(1, 99)} rue {DRAWN.choice(FAMILY)}",
    "codes": lambda _: f"{chr(65 + number(0, 25))}{digits(7)}",
    "cases": lambda _: f"{digits(3)}-{digits(2)}C{digits(5)}",
    "longtexts": lambda _: digits(10),
    "longs": lambda _: number(9 * 10**10, 10**11),
    "geopoints": lambda _: f"{number(-40, 40)}.{digits(6)} {number(-80, 80)}.{digits(6)} {number(0, 900)} 5",
    "latitudes": lambda _: number(12_000_000, 13_000_000) / 10**6,
    "longitudes": lambda _: number(-5_000_000, 5_000_000) / 10**6,
    "pictures": lambda row: f"{1700000000000 + row}.jpg",
    "devices": lambda _: f"collect:{digits(12)}",
    "uuids": lambda _: str(uuid.UUID(int=DRAWN.getrandbits(128))),
    "groups": lambda row: row // 4,
    "weights": lambda _: number(10_000, 900_000) / 1234,
    "ages": lambda _: number(0, 95),
    "births": lambda _: date(1940, 1, 1) + timedelta(days=number(0, 30_000)),
    "days": lambda _: date(2024, 1, 1) + timedelta(days=number(0, 900)),
    "years": lambda _: number(2010, 2026),
    "counts": lambda _: number(0, 9),
    "sexes": one_of("male", "female"),
    "maritals": one_of("married", "single", "widowed", "divorced"),
    "educations": one_of("none", "primary", "secondary", "university"),
    "countries": one_of("Syria", "Sudan", "Venezuela", "Afghanistan", "Ukraine"),
    "relations": one_of("head", "spouse", "son or daughter", "parent"),
    "religions": one_of("muslim", "christian", "other"),
    "incomes": lambda _: float(number(0, 900)),
    "scores": lambda _: number(0, 224) / 2,
    "sentences": lambda row: f"{row} " + " ".join(DRAWN.choice(SENTENCE) for _ in range(number(8, 20))),
    "materials": one_of("iron sheet", "tarpaulin", "thatch", "concrete"),
    "yesnos": one_of("yes", "no"),
    "versions": lambda _: "vK3mX",
    "": lambda _: None,
}
ARROW = {
    VariableType.INTEGER: pa.int64(), VariableType.NUMBER: pa.float64(), VariableType.TEXT: pa.string(),
    VariableType.DATE: pa.date32(), VariableType.BOOLEAN: pa.bool_(), VariableType.MOMENT: pa.timestamp("us"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A column as the corpus has it."""

    language: str
    variable: Variable
    column: pa.Array
    role: VariableRole

    @property
    def file(self) -> DataFile:
        """A table of this column alone."""
        return DataFile(name="survey", variables=(self.variable,))

    @property
    def sample(self) -> pa.Table:
        """Its rows."""
        return pa.table({self.variable.name: self.column})


def labelled(row: Mapping[str, str]) -> Labelled:
    """A line of the corpus with values made up for it."""
    kind = VariableType(row["type"])
    labels = {row["language"]: row["label"]} if row["label"] else {}
    return Labelled(
        language=row["language"],
        variable=Variable(name=row["name"], type=kind, labels=labels),
        column=pa.array([MADE[row["values"]](at) for at in range(ROWS)], ARROW[kind]),
        role=VariableRole(row["role"]),
    )


def read(name: str) -> tuple[Labelled, ...]:
    """Every column of a corpus."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as text:
        return tuple(labelled(row) for row in csv.DictReader(text, delimiter="\t"))


@pytest.fixture(scope="session")
def corpus() -> tuple[Labelled, ...]:
    """Columns the words were written with an eye on."""
    return read("corpus.tsv")


@pytest.fixture(scope="session")
def held_out() -> tuple[Labelled, ...]:
    """Columns that were written after the words and that the words were never changed for. Do not tune to them."""
    return read("held_out.tsv")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material beside the checkout."""
    folder = Path(__file__).parents[3].parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared folder is not beside the checkout")
    return folder
