"""What is wrong with a form, field by field, so that every field's own message can stand beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say

LONGEST_LINE = 300
"""Characters a one-line answer may have."""

LONGEST_TEXT = 6000
"""Characters a long answer may have; about two printed pages."""

LONGEST_REASON = 2000
"""Characters a reason may have."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something a form must say otherwise before it is taken.

    Attributes:
        field: Name of the field, `""` where it is about all of the form.
        says: What is wrong and what to do; never what somebody wrote.
    """

    field: str
    says: Text


def missing(field: str, text: str, says: Text) -> Iterator[Problem]:
    """A problem where nothing is written, or only spaces.

    Example:
        >>> [one.field for one in missing("title", "  ", say("Give it a title."))]
        ['title']
    """
    if not text.strip():
        yield Problem(field=field, says=says)


def too_long(field: str, text: str, most: int) -> Iterator[Problem]:
    """A problem where more is written than can be read."""
    if len(text) > most:
        yield Problem(field=field, says=say("Write at most {most} characters here.", most=most))


def given_reason(reason: str) -> str:
    """A reason that somebody has to give, without the spaces around it.

    Raises:
        BadInput: There is none, or one of more than 2,000 characters.

    Example:
        >>> given_reason(" The agreement says so. ")
        'The agreement says so.'
    """
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise BadInput(say("say in up to {most} characters why", most=LONGEST_REASON), field="reason")
    return reason.strip()
