"""Why a row did not fit, in words that counts are kept by."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a row went to quarantine; the first that applies, in this order."""

    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    BAD_ROW = "bad_row"
    NOT_DECODED = "not_decoded"
    MISSING_PERSON = "missing_person"
    BAD_TIME = "bad_time"
    MISSING_CELL = "missing_cell"
    UNKNOWN_CELL = "unknown_cell"
    BAD_DIRECTION = "bad_direction"
    BAD_AMOUNT = "bad_amount"


SAYS = {
    Reason.TOO_LONG: "the row is longer than 65,536 bytes",
    Reason.NOT_TEXT: "the row is not text in the mapping's encoding, or has control characters that end or void a line",
    Reason.BAD_ROW: "the row has more or fewer columns than the header, or a quote that does not close on its line",
    Reason.NOT_DECODED: "a number is not written as the mapping's decode says, or as a fraction too large to be exact",
    Reason.MISSING_PERSON: "the person column is empty",
    Reason.BAD_TIME: "the time is not written in the mapping's time_format, or lies outside 1980 to 2199",
    Reason.MISSING_CELL: "the cell, place or point is empty",
    Reason.UNKNOWN_CELL: "no cell, site or area of that name was in service then, or the point is in no area",
    Reason.BAD_DIRECTION: "the direction is none of the mapping's words for outgoing and incoming",
    Reason.BAD_AMOUNT: "the amount is not a number",
}
"""What each reason means, for the person who repairs the file."""
