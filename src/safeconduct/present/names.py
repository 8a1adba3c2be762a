"""What people call the closed sets of the vocabulary: statuses, levels, grains, columns, reasons."""

from collections.abc import Mapping
from typing import assert_never

from safeconduct.model.areas import AreaLevel
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import CellStatus
from safeconduct.model.output import Value
from safeconduct.model.text import Text, say

LEVELS: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say("Country"),
    AreaLevel.PROVINCE: say("Provinces"),
    AreaLevel.DISTRICT: say("Districts"),
    AreaLevel.COMMUNE: say("Communes"),
    AreaLevel.SITE: say("Sites"),
}
COLUMNS: Mapping[str, Text] = {
    "area": say("Area"),
    "area_from": say("From"),
    "area_to": say("To"),
    "day": say("Day"),
    "people": say("People"),
    "events": say("Events"),
}
COUNTED: Mapping[str, Text] = {
    "cards": say("Cards"),
    "households": say("Households"),
    "devices": say("Devices"),
}
UNITS: Mapping[str, Text] = {
    "people": say("{count} people"),
    "cards": say("{count} cards"),
    "households": say("{count} households"),
    "devices": say("{count} devices"),
    "events": say("{count} events"),
}
REASONS: Mapping[str, Text] = {
    "minimum_contributors": say("Too few people, or it would give away a figure of too few people."),
    "dominance": say("One or two people make up most of it."),
    "winsorised": say("One person may make up too much of it."),
    "quantiles": say("Too few people are on one side of it."),
    "regression": say("The model has too few people for its parameters."),
    "histogram_bins": say("Its group is none of those that are public."),
    "synthetic_copies": say("Too many rare records of real people stand among the made-up ones."),
    "no_base": say("It was zero before, so there is no percentage."),
    "not_in_both": say("It is in only one of the two answers."),
}
UNKNOWN_PLACE = say("Not seen then")


def status_name(status: CellStatus) -> Text:
    """A status in one or two words."""
    match status:
        case CellStatus.VALUE:
            return say("Released")
        case CellStatus.SUPPRESSED:
            return say("Withheld")
        case CellStatus.ZERO:
            return say("Known zero")
        case CellStatus.NOT_OBSERVED:
            return say("Not observed")
        case CellStatus.REFUSED:
            return say("Refused")
        case _:
            assert_never(status)


def status_meaning(status: CellStatus) -> Text:
    """What a status tells a reader, and what it does not."""
    match status:
        case CellStatus.VALUE:
            return say("A figure you may use.")
        case CellStatus.SUPPRESSED:
            return say("There may be people here or none; the figure is kept back to protect them. It is not zero.")
        case CellStatus.ZERO:
            return say("Known to be zero from public facts, such as a lake.")
        case CellStatus.NOT_OBSERVED:
            return say("Nothing could be seen here: no phone mast, or no data for the day. It is not zero.")
        case CellStatus.REFUSED:
            return say("The agreement does not allow a figure here. It is not zero.")
        case _:
            assert_never(status)


def reason_words(reason: str, status: CellStatus) -> Text:
    """Why a cell holds no figure; the name of a rule we have no sentence for is told as it is."""
    if status is CellStatus.VALUE:
        return Text("")
    if reason in REASONS:
        return REASONS[reason]
    if not reason or reason == "presentation":
        return status_meaning(status)
    return say("Held back by the rule “{rule}”.", rule=reason.replace("_", " "))


def level_name(level: AreaLevel) -> Text:
    """What people call the places of a level."""
    return LEVELS[level]


def column_name(column: str) -> Text:
    """What people call a column; one we have no word for keeps its own name."""
    return COLUMNS.get(column, Text(column.replace("_", " ")))


def value_name(value: Value) -> Text:
    """What people call a column of figures: what is counted, where it is no people."""
    return COUNTED.get(value.unit, column_name(value.name))


def counted(unit: str, written: str) -> Text:
    """A written number with what it counts."""
    return Text(UNITS[unit].id, {"count": written}) if unit in UNITS else Text("{count}", {"count": written})


def place_names(geography: Geography, level: AreaLevel | None) -> Mapping[str, str]:
    """What people call the places of a level, by code; empty where there is no level."""
    return {} if level is None else {area.code: area.name for area in geography.at(level)}
