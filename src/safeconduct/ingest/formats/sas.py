"""SAS files."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from safeconduct.ingest.survey_base import Arrived, Contents, SurveyFormat, cannot_use, damaged, formats
from safeconduct.ingest.survey_statistics import Clock, Package, StatisticsFile
from safeconduct.model.text import Text, say

CARD = 80  # bytes; a transport file consists of whole cards
CATALOGUE = ".sas7bcat"
ENDINGS = {".sas7bdat", ".xpt", CATALOGUE}
MOMENTS = ("DATETIME", "DATEAMPM", "E8601DT", "B8601DT", "MDYAMPM", "NLDATM", "IS8601DT")
DAYS = (
    "DATE", "DAY", "DDMMYY", "MMDDYY", "YYMMDD", "YYMM", "MMYY", "MONYY", "WORDDAT", "WEEKDAT", "JULIAN", "JULDAY",
    "E8601DA", "B8601DA", "NLDATE", "IS8601DA", "YEAR",
)  # fmt: skip


@formats
class SasSurvey(SurveyFormat):
    """`.sas7bdat` files, with the catalogue of their labels (`.sas7bcat`) beside them, and transport files `.xpt`.

    Special missing values `.A` to `.Z` and `._` are user-missing codes `a` to `z` and `_`; a transport file gives them
    as plain missing. A catalogue of the same name goes with its file; a single one goes with all.
    """

    name: ClassVar[str] = "sas"

    def claims(self, arrived: Arrived) -> bool:
        """By its name."""
        return arrived.ending in ENDINGS

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """One table a file of data."""
        catalogues = [one for one in files if one.ending == CATALOGUE]
        data = [one for one in files if one.ending != CATALOGUE]
        if not data:
            raise cannot_use(
                say(
                    "{file} holds labels only; send it together with the .sas7bdat file they belong to.",
                    file=catalogues[0].base,
                ),
                catalogues[0],
            )
        for one in data:
            if _old(one) and one.size % CARD:
                raise damaged(one)
        tables = tuple(StatisticsFile(one, _package(one, catalogues), hints).table() for one in data)
        return Contents(tables=tables, format=self.name, notes=tuple(_plain_missing(one) for one in data if _old(one)))


def _package(arrived: Arrived, catalogues: Sequence[Arrived]) -> Package:
    if _old(arrived):
        return Package(reader="xport", clock=_clock)
    same = [one for one in catalogues if one.stem.lower() == arrived.stem.lower()]
    found = same or (list(catalogues) if len(catalogues) == 1 else [])
    labels = found[0] if found else None
    return Package(reader="sas7bdat", options={"user_missing": True}, labels=labels, clock=_clock)


def _old(arrived: Arrived) -> bool:
    return arrived.ending == ".xpt"


def _clock(shown: str) -> Clock | None:
    word = shown.rstrip("0123456789.")
    if word.startswith(MOMENTS):
        return Clock.SECONDS_FROM_1960
    return Clock.DAYS_FROM_1960 if word.startswith(DAYS) else None


def _plain_missing(arrived: Arrived) -> Text:
    return say(
        "{file} is a transport file: special missing values were read as missing, without the reason, and it does not "
        "say how many rows it has. Compare the number of rows with your own.",
        file=arrived.base,
    )
