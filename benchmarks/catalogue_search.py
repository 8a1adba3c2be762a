"""Search over a made-up catalogue: `python benchmarks/catalogue_search.py [VARIABLES]`; exits 1 outside the bounds."""

import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from safeconduct.catalogue.entry import Entry
from safeconduct.catalogue.search import Index
from safeconduct.model.editions import FileRelease
from safeconduct.model.microdata import Category, DataFile, Variable, VariableType
from safeconduct.model.study import Access, Country, Period, Study, Term

A_STUDY = 400
MOST_SECONDS = 60.0
MOST_MILLISECONDS = 100.0
REPEATS = 5
SUBJECTS = (
    "age", "sex", "gender", "income", "household", "shelter", "water", "latrine", "food", "health", "school",
    "disability", "registration", "displacement", "origin", "district", "village", "rent", "work", "wage", "debt",
    "phone", "document", "nationality", "arrival", "return", "intention", "safety", "market",
)  # fmt: skip
ASKED = (
    "age", "sexe", "displaced households", "food security", '"source of water"', "wa_food_12", "inco", "q1",
    "how many people", "نازحين", "main source of drinking water in the last month", "ménages déplacés",
)  # fmt: skip


def variable(dice: random.Random, number: int) -> Variable:
    """A variable with a label, a question and four categories."""
    word, other = dice.choice(SUBJECTS), dice.choice(SUBJECTS)
    return Variable(
        name=f"{word[:2]}_{other}_{number}",
        type=VariableType.INTEGER,
        labels={"en": f"Main {word} of {other} {number % 977}"},
        questions={"en": f"In the last month, what was the main source of {word} for the {other} of your family?"},
        categories=tuple(
            Category(code=str(code), labels={"en": f"{dice.choice(SUBJECTS)} {code}"}) for code in range(4)
        ),
    )


def entries(variables: int) -> Iterator[Entry]:
    """Studies of 400 variables each."""
    dice = random.Random(7)  # noqa: S311 - made-up words
    for number in range(max(1, variables // A_STUDY)):
        study = Study(
            id=f"S{number}",
            title={"en": f"{dice.choice(SUBJECTS).title()} survey of displaced households {number}"},
            abstract={"en": " ".join(dice.choices(SUBJECTS, k=80))},
            keywords=tuple(Term(text=one) for one in dice.sample(SUBJECTS, 3)),
            countries=(Country(name=f"Country {number % 60}", code=f"C{number % 60:02d}"),),
            collected=(Period(first=str(2000 + number % 26)),),
        )
        table = DataFile(name="data", variables=tuple(variable(dice, at) for at in range(A_STUDY)))
        release = FileRelease(
            id="", study=study.id, edition=1, access=Access.LICENSED, files=(table,), content={}, figures=(), sheet=(),
            rows={}, recipe="", data_version="", code="", policy={}, statement=(), training=True,
            decided_at=datetime(2026, 3, 9, tzinfo=UTC),
        )  # fmt: skip
        yield Entry(study=study, release=release, access=Access.LICENSED)


def timed(index: Index, text: str, what: str) -> tuple[float, int]:
    """Milliseconds of the middle of five searches, and how much was found."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        found = index.search(text, what=what, filters={"year_from": "2003"})
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[REPEATS // 2], found.total


def main() -> int:
    """Print the report; 0 within the bounds, 1 outside."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    held = list(entries(wanted))
    start = time.perf_counter()
    index = Index.of(held)
    seconds = time.perf_counter() - start
    print(f"indexed {wanted} variables of {len(held)} studies: {seconds:.1f} s, at most {MOST_SECONDS:g}")
    slowest = 0.0
    for what in ("studies", "variables"):
        for text in ASKED:
            milliseconds, total = timed(index, text, what)
            slowest = max(slowest, milliseconds)
            print(f"{what:9} {text:50} {milliseconds:7.1f} ms  {total} found")
    print(f"slowest: {slowest:.1f} ms, at most {MOST_MILLISECONDS:g}")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    return int(seconds > MOST_SECONDS or slowest > MOST_MILLISECONDS)


if __name__ == "__main__":
    sys.exit(main())
