"""SPSS files."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, formats
from safeconduct.ingest.survey_statistics import Clock, Package, StatisticsFile
from safeconduct.model.text import Text, say

DAYS = ("DATE", "ADATE", "EDATE", "SDATE", "JDATE")
MOMENTS = ("DATETIME", "YMDHMS")
ENDINGS = {".sav", ".zsav", ".por"}


@formats
class SpssSurvey(SurveyFormat):
    """`.sav`, `.zsav` and `.por` files.

    Numbers and texts that SPSS calls missing, single or in a range, are user-missing codes. The portable form `.por`
    gives them as plain missing, with a note. Multiple response sets become the `group` of their variables.
    """

    name: ClassVar[str] = "spss"

    def claims(self, arrived: Arrived) -> bool:
        """By its name."""
        return arrived.ending in ENDINGS

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """One table a file."""
        tables: list[ReadTable] = []
        notes: list[Text] = []
        for arrived in files:
            portable = arrived.ending == ".por"
            named = {key: value for key, value in hints.items() if not (portable and key == "encoding")}
            found = StatisticsFile(arrived, _PORTABLE if portable else _SYSTEM, named)
            tables.append(found.table())
            if portable and found.meta.ranges:
                notes.append(_plain_missing(arrived))
        return Contents(tables=tuple(tables), format=self.name, notes=tuple(notes))


def _clock(shown: str) -> Clock | None:
    word = shown.rstrip("0123456789.")
    if word in MOMENTS:
        return Clock.SECONDS_FROM_1582
    return Clock.DAYS_FROM_1582 if word in DAYS else None


def _plain_missing(arrived: Arrived) -> Text:
    return say(
        "{file} is a portable file: answers it calls missing were read as missing, without the reason. Send the .sav "
        "file to keep the reasons.",
        file=arrived.base,
    )


_SYSTEM = Package(reader="sav", options={"user_missing": True}, clock=_clock)
_PORTABLE = Package(reader="por", clock=_clock)
