"""What every picture has around it: looks of the statuses, a legend, and where the figures come from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from markupsafe import Markup

from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.model.quality import SAYS_GRADE
from safeconduct.model.text import Text, say
from safeconduct.present.cells import days_read
from safeconduct.present.filling import fill
from safeconduct.present.names import status_name
from safeconduct.present.words import Words
from safeconduct.query.base import query_kind

SHORT_ID = 12
FELL, ROSE = ("d0", "d1", "d2"), ("d4", "d5", "d6")
WITHHELD = (CellStatus.SUPPRESSED, CellStatus.NOT_OBSERVED, CellStatus.ZERO, CellStatus.REFUSED)


@dataclass(frozen=True)
class Look:
    """How a place or a swatch is painted.

    Attributes:
        css: Its classes in the style sheet.
        pattern: Name of the pattern that fills it, `""` for a plain colour.
    """

    css: str
    pattern: str = ""

    def attributes(self, prefix: str) -> Markup:
        """The attributes of the SVG element."""
        filled = Markup(' fill="url(#{}-{})"').format(prefix, self.pattern) if self.pattern else Markup("")
        return Markup('class="{}"{}').format(self.css, filled)


NOT_ASKED = Look("place away")


def look_of(status: CellStatus, value_css: str = "c2") -> Look:
    """How a status looks; a figure has the class of its size."""
    match status:
        case CellStatus.VALUE:
            return Look(f"place {value_css}")
        case CellStatus.SUPPRESSED:
            return Look("place withheld", "hatch")
        case CellStatus.ZERO:
            return Look("place zero")
        case CellStatus.NOT_OBSERVED:
            return Look("place unseen")
        case CellStatus.REFUSED:
            return Look("place refused", "cross")
        case _:
            assert_never(status)


PATTERN = Markup(
    '<pattern id="{}-{}" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45) scale({})">'
    '<rect class="ground" width="9" height="9"/><path class="line" d="{}"/></pattern>'
)
LOCK = Markup(
    '<g id="{}-lock" class="lock"><rect class="plate" x="-15" y="-18" width="30" height="36" rx="5"/>'
    '<path class="bow" d="M-6 0v-5a6 6 0 0 1 12 0v5"/>'
    '<rect class="body" x="-9" y="-1" width="18" height="13" rx="2"/></g>'
)


def definitions(prefix: str, *, scale: int = 1) -> Markup:
    """The patterns and the lock of a picture, under names of its own; a small drawing takes coarser patterns."""
    hatch = PATTERN.format(prefix, "hatch", scale, "M0 0v9")
    cross = PATTERN.format(prefix, "cross", scale, "M0 0v9M0 0h9")
    return Markup("<defs>{}{}{}</defs>").format(hatch, cross, LOCK.format(prefix))


def arrow(look: Look, x: int, y: int) -> Markup:
    """An arrow up on a class that rose, down on one that fell: colours alone would not print in black and white."""
    name = look.css.rpartition(" ")[2]
    if name in FELL or name in ROSE:
        tip = -9 if name in ROSE else 9
        return Markup('<path class="arrow on-{}" d="M{} {}l7 {}h-14z"/>').format(name, x, y + tip, -2 * tip)
    return Markup("")


def sign(prefix: str, look: Look, x: int, y: int) -> Markup:
    """What stands on a place beside its colour, so that it can be told without colours: a lock, a nought, an arrow."""
    if "refused" in look.css:
        return Markup('<use href="#{}-lock" x="{}" y="{}"/>').format(prefix, x, y)
    if "zero" in look.css:
        return Markup('<text class="nought" x="{}" y="{}">0</text>').format(x, y + 8)
    return arrow(look, x, y)


def swatch(prefix: str, look: Look) -> Markup:
    """A small sample of a look with its sign, for legends."""
    lock = Markup('<use href="#{}-lock" transform="translate(18 12) scale(.55)"/>').format(prefix)
    shown = lock if "refused" in look.css else sign(prefix, look, 18, 12)
    return Markup(
        '<svg class="swatch" viewBox="0 0 36 24" aria-hidden="true" focusable="false">'
        '<rect x="2" y="2" width="32" height="20" {}/>{}</svg>'
    ).format(look.attributes(prefix), shown)


def status_swatches(words: Words, prefix: str, statuses: Iterable[CellStatus]) -> list[tuple[Markup, str]]:
    """Samples of statuses that are no figures, with their names."""
    present = set(statuses)
    return [(swatch(prefix, look_of(one)), words.say(status_name(one))) for one in WITHHELD if one in present]


def kind_title(release: Release) -> Text:
    """What people call the question a release answers."""
    kind = str(release.provenance.spec.get("kind"))
    return query_kind[kind].title if kind in query_kind else Text(kind)


def source(words: Words, release: Release) -> str:
    """What the figures are of: data set, days, zone and day boundary, data version, release."""
    made = release.provenance
    read = days_read(made)
    return words.say(
        say(
            "{dataset}, {days}. Local time of {zone}; days run from midnight to midnight. "
            "Data version {version}, release {release}.",
            dataset=made.dataset,
            days=words.days(*read) if read else words.say("no days"),
            zone=made.zone,
            version=made.data_version[:SHORT_ID],
            release=release.answer_id[:SHORT_ID],
        )
    )


def of_records(words: Words, release: Release) -> list[str]:
    """What was found about the records read, and how far they can be relied on: a picture may be shown by itself."""
    grades = {grade.id for grade in SAYS_GRADE.values()}
    found = next((at for at, one in enumerate(release.statement) if one.id in grades), None)
    return [] if found is None else [words.say(one) for one in release.statement[1 : found + 1]]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing with its words, ready to be framed.

    Attributes:
        prefix: Name before every id in it, so that pictures on one page do not share ids.
        title: What it shows.
        describes: What a person who cannot see it is told.
        width: Drawing units.
        height: Drawing units.
        marks: What is drawn.
        legend: Samples with their words.
        legend_title: What the legend's classes count, `""` where the caption says it.
        sources: Where the figures come from.
        note: A sentence under the legend, `""` for none.
        css: Classes of the figure.
        training: Made from practice data.
    """

    prefix: str
    title: str
    describes: str
    width: int
    height: int
    marks: Sequence[Markup]
    legend: Sequence[tuple[Markup, str]]
    sources: Sequence[str]
    note: str = ""
    legend_title: str = ""
    css: str = "map"
    training: bool = False


def framed(words: Words, picture: Picture) -> Markup:
    """The picture as a figure with its caption, legend and sources."""
    return fill("figure", words, picture=picture, definitions=definitions(picture.prefix))
