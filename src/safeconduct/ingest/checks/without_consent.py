"""Records of people who did not say yes."""

from collections.abc import Iterator
from typing import ClassVar

from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.described import Described
from safeconduct.ingest.households import about
from safeconduct.ingest.selections import Selection, without_consent, yes_codes
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say


@data_check
class WithoutConsent(Check):
    """Rows without a yes in a column of consent: such a record may enter no file for others.

    References:
        HTCDS 2.0, `con_Consent` and its guidance questions.
    """

    name: ClassVar[str] = "without_consent"
    title: ClassVar[Text] = say("Rows without consent")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every column of consent."""
        for rows in survey.tables.values():
            for name in about(rows.file, "consent"):
                if name in rows:
                    yield from self._refused(rows, name)

    def _refused(self, rows: Described, name: str) -> Iterator[Issue]:
        if not yes_codes(rows, name):
            says = say("{column} seems to tell of consent, but no code of it says yes; look at it.", column=name)
            yield self.issue(rows, (name,), says, 0)
        elif count := int(without_consent(rows, (name,)).sum()):
            says = say("{count} rows have no yes in {column}, which tells of consent.", count=count, column=name)
            step = Step(
                method="drop_rows", columns=(name,), file=rows.file.name,
                parameters={"check": Selection.WITHOUT_CONSENT.value},
            )  # fmt: skip
            yield suggested(self.issue(rows, (name,), says, count), step)
