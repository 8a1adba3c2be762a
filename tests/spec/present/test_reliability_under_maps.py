"""A picture says by itself what was found about the records it is of: it is copied without its page."""

from types import SimpleNamespace

from safeconduct.model.quality import SAYS_GRADE, Grade
from safeconduct.model.text import Text, say
from safeconduct.present.maps.frame import of_records
from safeconduct.present.words import Words


def of(*statement: Text) -> list[str]:
    return of_records(Words("en"), SimpleNamespace(statement=statement))


def test_findings_and_the_grade_are_told_and_the_rest_of_the_statement_is_not():
    """From after the days asked for up to the grade."""
    first, last = say("Days from {first} to {last}, both included.", first="a", last="b"), say("People counted.")
    found = say("Warning about calls of {days}: {finding_said}.", days="2026-01-06", finding_said="Cells")

    assert of(first, found, SAYS_GRADE[Grade.POOR], last) == [
        Words("en").say(one) for one in (found, SAYS_GRADE[Grade.POOR])
    ]
    assert not of(first, last)
