"""A map of where boundary files were flawed: mended areas and those left to a person, never by colour alone."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.model.boundaries import BoundaryFinding, Done
from safeconduct.model.text import say
from safeconduct.present.maps.areas import painted
from safeconduct.present.maps.frame import NOT_ASKED, Look, Picture, framed, swatch
from safeconduct.present.maps.shapes import Shapes
from safeconduct.present.words import Words

MENDED, KEPT = Look("place c1"), Look("place withheld", "hatch")


def flaw_map(words: Words, findings: Sequence[BoundaryFinding], ground: Shapes, *, title: str, prefix: str) -> Markup:
    """Where areas of one level had flaws. An area with both sorts looks like one that waits for a person.

    Args:
        words: The language.
        findings: Flaws of areas of one level.
        ground: The areas of that level, as they are after mending.
        title: What the picture is called.
        prefix: Name before every id in it.
    """
    named = [(code, one.done) for one in findings for code in (one.code, one.neighbour) if code in ground.paths]
    kept = {code for code, done in named if done is Done.KEPT}
    mended = {code for code, _ in named} - kept
    places = {code: (_look(code, kept, mended), _says(words, ground.names[code], code, kept, mended))
              for code in sorted(ground.paths, key=lambda one: (one in kept, one in mended, one))}  # fmt: skip
    picture = Picture(
        prefix=prefix,
        title=title,
        describes=words.say(
            say("{mended} areas were mended and {kept} wait for a person.", mended=len(mended), kept=len(kept))
        ),
        width=ground.width,
        height=ground.height,
        marks=painted(ground, prefix, places),
        legend=[
            (swatch(prefix, MENDED), words.say(say("Mended"))),
            (swatch(prefix, KEPT), words.say(say("Left to a person"))),
            (swatch(prefix, NOT_ASKED), words.say(say("Nothing was wrong"))),
        ],
        sources=[],
    )
    return framed(words, picture)


def _look(code: str, kept: set[str], mended: set[str]) -> Look:
    return KEPT if code in kept else MENDED if code in mended else NOT_ASKED


def _says(words: Words, name: str, code: str, kept: set[str], mended: set[str]) -> str:
    if code in kept:
        return words.say(say("{name}: left to a person", name=name))
    return words.say(
        say("{name}: mended", name=name) if code in mended else say("{name}: nothing was wrong", name=name)
    )
