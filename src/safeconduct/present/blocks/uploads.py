"""Sending files in: a form that works without script, and goes on after a cut line with it."""

from collections.abc import Mapping

from markupsafe import Markup

from safeconduct.model.text import Text, say
from safeconduct.present.assets import Script
from safeconduct.present.blocks.scripts import script
from safeconduct.present.filling import fill
from safeconduct.present.words import Words

UNITS = ((10**9, say("{count} GB")), (10**6, say("{count} MB")), (10**3, say("{count} kB")))
WHOLE = 10


def upload_form(  # noqa: PLR0913 - what the form needs, each by name
    words: Words,
    *,
    action: str,
    csrf: str,
    upload_api: str,
    max_hint: Text | str,
    carried: Mapping[str, str] | None = None,
    formats: str = "",
    several: bool = True,
) -> Markup:
    """Files to choose and send. Without script the browser sends them in one go; with it, piece by piece.

    Args:
        words: The language.
        action: Where the plain form goes.
        csrf: The session's token.
        upload_api: Where pieces go: `POST` begins, `GET`/`PUT` below it go on.
        max_hint: How large a file may be and which kinds are read, in a sentence or two.
        carried: What else the form carries, also into the beginning of each piecewise upload; `next` is the page that
            is told `upload=ID` for each file, where the site does not say where to go.
        formats: HTML's `accept`, such as `.csv,.dta`; `""` lets everything be chosen.
        several: Several files may be chosen together; else it is one.
    """
    hidden = {"csrf": csrf, **(carried or {})}
    form = fill("upload_form", words, action=action, api=upload_api, hint=max_hint, hidden=hidden, formats=formats,
                several=several)  # fmt: skip
    return form + script(Script.UPLOAD)


def told_size(words: Words, size: int) -> str:
    """A size as people say it, kB at least; decimal units, as browsers tell them.

    Example:
        >>> told_size(Words("en"), 2_500_000)
        '2.5 MB'
    """
    unit, sentence = next((one for one in UNITS if size >= one[0]), UNITS[-1])
    count = max(size / unit, 1.0)
    return words.say(sentence.id, count=words.number(count, digits=0 if count >= WHOLE or count.is_integer() else 1))
