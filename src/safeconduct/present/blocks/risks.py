"""Risk and usefulness before and after: tables with small bars, for insiders and, after release, for everybody.

The same table shows an insight, under its mark, and the sheet of an edition; nothing else can be handed to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from safeconduct.model.editions import FileRelease
from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text, say
from safeconduct.present.blocks.insiders import amount, figure, for_insiders, inside
from safeconduct.present.filling import fill
from safeconduct.present.words import Words

HIGHER = "higher"


@dataclass(frozen=True, kw_only=True)
class MeasureLine:
    """A measure in words; its figures stand in an insight or a release beside it.

    Attributes:
        name: Name of the measure.
        title: What people call it, `""` for its name with spaces.
        says: What it is and what the figure means.
        unit: Its unit, `""` for none.
        better: `lower` or `higher`.
    """

    name: str
    title: Text | str = ""
    says: Text | str = ""
    unit: Text | str = ""
    better: str = "lower"


@dataclass(frozen=True, kw_only=True)
class _Compared:
    line: MeasureLine
    before: object
    after: object

    @property
    def verdict(self) -> str:
        """One of `better`, `worse`, `same`, or `""` where one of the two is not a number."""
        old, new = amount(self.before), amount(self.after)
        if old is None or new is None:
            return ""
        return "same" if old == new else "better" if (new > old) is (self.line.better == HIGHER) else "worse"

    @property
    def went(self) -> str:
        """Which way the figure went: `up`, `down` or `""`."""
        old, new = amount(self.before), amount(self.after)
        return "" if old is None or new is None or old == new else "up" if new > old else "down"


def edition(thing: object) -> FileRelease:
    """The same thing, if it is a released edition: the check at the edge of every block of an edition's figures.

    Raises:
        TypeError: It is anything else: nothing else may be shown.
    """
    if not isinstance(thing, FileRelease):
        raise TypeError(f"only a FileRelease can be shown, not a {type(thing).__name__}")
    return thing


def before_after(words: Words, insight: Insight, lines: Sequence[MeasureLine]) -> Markup:
    """Each measure before and after treatment, whether that is better, and what it means.

    Args:
        words: The language.
        insight: `name`, `before` and `after`, one row a measure; texts such as `0.031` count as numbers.
        lines: The measures in words; a measure without a row is left out.

    Raises:
        TypeError: The figures are no insight.
        BadInput: A column is not there.
    """
    found = {str(row["name"]): row for row in inside(insight, "name", "before", "after")}
    compared = [
        _Compared(line=one, before=found[one.name]["before"], after=found[one.name]["after"])
        for one in lines
        if one.name in found
    ]
    return for_insiders(words, insight, _table(words, compared, insight.title))


def measure_list(words: Words, insight: Insight, lines: Sequence[MeasureLine]) -> Markup:
    """Each measure with its figure and what it means, where there is nothing to compare it with.

    Args:
        words: The language.
        insight: `name` and `value`, one row a measure; texts such as `0.031` count as numbers.
        lines: The measures in words; a measure without a row is left out.

    Raises:
        TypeError: The figures are no insight.
        BadInput: A column is not there.
    """
    found = {str(row["name"]): row["value"] for row in inside(insight, "name", "value")}
    told = [(one.title or spoken(one.name), figure(words, found[one.name]), one) for one in lines if one.name in found]
    return for_insiders(words, insight, fill("measure_list", words, caption=insight.title, lines=told))


def edition_sheet(words: Words, release: FileRelease, titles: Mapping[str, Text] | None = None) -> Markup:
    """The risk–utility sheet of an edition, as everybody may see it.

    Args:
        words: The language.
        release: The edition.
        titles: What people call the measures, by name.

    Raises:
        TypeError: It is not a released edition.
    """
    compared = [
        _Compared(
            line=MeasureLine(name=one.name, title=(titles or {}).get(one.name, ""), says=one.says, unit=one.unit,
                             better=one.better),
            before=one.before, after=one.after,
        )
        for one in edition(release).sheet
    ]  # fmt: skip
    return _table(words, compared, say("Risk and usefulness of this edition"))


def _table(words: Words, compared: Sequence[_Compared], caption: Text) -> Markup:
    lines = [replace(one, line=replace(one.line, title=one.line.title or spoken(one.line.name))) for one in compared]

    def told(value: object) -> str:
        return figure(words, value)

    return fill("before_after", words, caption=caption, lines=lines, told=told, bars=_bars)


def spoken(name: str) -> Text:
    """A name of ours as people read it: a capital first, spaces for underscores, a column after a colon.

    Example:
        >>> str(spoken("mean_moved.hh_size"))
        'Mean moved: hh_size'
    """
    ours, _, column = name.partition(".")
    told = ours.replace("_", " ").capitalize()
    return Text(f"{told}: {column}" if column else told)


def _bars(one: _Compared) -> Markup:
    """Two bars to one scale, the earlier one hollow; the figures beside them say the same."""
    old, new = amount(one.before), amount(one.after)
    if old is None or new is None:
        return Markup("")
    most = max(abs(old), abs(new)) or 1.0
    return Markup(
        '<svg class="bars" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="was" x="1" y="2" width="{:.1f}" height="7"/>'
        '<rect class="is" y="11" width="{:.1f}" height="8"/></svg>'
    ).format(98 * abs(old) / most, 99 * abs(new) / most)


def bar(share: float, css: str = "is") -> Markup:
    """One bar of a share between 0 and 1; the figure stands beside it."""
    return Markup(
        '<svg class="bars one" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="ground-line" width="100" height="8"/><rect class="{}" width="{:.1f}" height="8"/></svg>'
    ).format(css, 100 * min(max(share, 0.0), 1.0))
