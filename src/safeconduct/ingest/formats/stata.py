"""Stata files."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from safeconduct.ingest.survey_base import Arrived, Contents, SurveyFormat, formats
from safeconduct.ingest.survey_statistics import Clock, Package, StatisticsFile


@formats
class StataSurvey(SurveyFormat):
    """`.dta` files of Stata 8 to 19.

    Extended missing values `.a` to `.z` are user-missing codes `a` to `z`; a plain `.` is missing. `%td` is a date and
    `%tc` a moment; weeks, months and quarters stay the numbers they are. Files older than Stata 14 do not name their
    encoding and are taken for Windows-1252; the hint `encoding` names another.
    """

    name: ClassVar[str] = "stata"

    def claims(self, arrived: Arrived) -> bool:
        """By its name."""
        return arrived.ending == ".dta"

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """One table a file."""
        package = Package(reader="dta", options={"user_missing": True}, clock=_clock)
        return Contents(tables=tuple(StatisticsFile(one, package, hints).table() for one in files), format=self.name)


def _clock(shown: str) -> Clock | None:
    word = shown.replace("%-", "%")
    if word.startswith(("%TC", "%TD")):
        return Clock.MILLISECONDS_FROM_1960 if word.startswith("%TC") else Clock.DAYS_FROM_1960
    return Clock.DAYS_FROM_1960 if word.startswith("%D") else None
