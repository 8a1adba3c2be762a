"""How often an intruder would be right."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.measures.codes import arrow_column, encode
from safeconduct.measures.individual import household_risk
from safeconduct.measures.risk import records
from safeconduct.model.editions import Finding
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Design
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, at_least, file_rule
from safeconduct.release.linked import linked

PERMILLE = 1000


@file_rule
@dataclass(frozen=True, kw_only=True)
class GlobalRisk(FileRule):
    """Stops a file in which somebody who knows the keys of everybody would be right too often.

    The measure is the mean over all records of the chance to pick out the right person: one over the people of the
    population who share the keys, estimated from the sampling weights. Without weights the file counts as the whole
    population, which is the cautious reading. Where the file tells who lives together, it is the chance that at least
    one member of the household is found, since who finds one has found all. Exactly the limit passes.

    Attributes:
        most_permille: Highest mean chance, in thousandths, 1 to 1000. 30 is the 3 % at which the Humanitarian Data
            Exchange lets microdata through; that centre counts single people, this rule households.

    References:
        Franconi and Polettini (2004), Individual risk estimation in μ-Argus, doi:10.1007/978-3-540-25955-8_20.
    """

    name: ClassVar[str] = "global_risk"
    title: ClassVar[Text] = Text("Rarely right")

    most_permille: int

    def __post_init__(self) -> None:
        at_least("most_permille", self.most_permille, 1, PERMILLE)

    def in_words(self) -> Text:
        """The limit, in a sentence."""
        return say(
            "An intruder who knew what others may know of everybody in the file would be right for at most {most} of "
            "1,000 people, or of 1,000 members of households.",
            most=self.most_permille,
        )

    def check(self, subject: Subject) -> Finding:
        """Work out the chance in every table."""
        found: dict[str, float] = {}
        for file in subject.draft.files:
            table, design = linked(subject.draft.files, subject.tables, subject.roles, file.name)
            try:
                found[file.name] = _mean(table, design)
            except BadInput as problem:
                return self.found(problem.text, passed=False,
                                  advice=say("Correct the sampling weights of {file}.", file=file.name))  # fmt: skip
        wrong = [name for name, risk in found.items() if risk * PERMILLE > self.most_permille]
        told = ", ".join(f"{name}: {risk * PERMILLE:.1f}" for name, risk in found.items())
        return self.found(
            say("Expected to be found, of 1,000: {told}.", told=told),
            passed=not wrong,
            advice=say(
                "Group the values of {files} more coarsely, take columns out, or leave out the household's number.",
                files=", ".join(wrong),
            ),
        )


def _mean(table: Table, design: Design) -> float:
    if not len(table) or not design.keys:
        return 0.0
    risk = records(table, design).risk
    if design.household:
        risk = household_risk(risk, encode(arrow_column(table, design.household))[0])
    return float(risk.mean())
