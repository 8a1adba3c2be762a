"""The reference page of quality checks, made from the checks themselves."""

import inspect
from collections.abc import Iterator
from dataclasses import fields

from safeconduct.ingest.quality import EVERY_TYPE, Limits, QualityCheck, quality_check
from safeconduct.ingest.quality_flowkit import compared_section
from safeconduct.ingest.quality_measured import MEASURED

ABOUT = """
Everything that is read off a day of phone records, by the name it has in `quality.toml`.
A reading is held against the limits; below or above one the day has a finding.
A notice is only to be known, a warning flags the day, and a hold keeps it out of every answer.
What the data set does not keep does not apply, which is never 0.
Only findings of checks that are told stand in answers; the others may depend on one person and are for insiders.
"""


def quality_page(header: str) -> str:
    """The page.

    Args:
        header: Says that it is made.
    """
    parts = [f"# Checks of the records\n\n<!-- {header} -->\n{ABOUT}"]
    parts += [_section(name, check) for name, check in quality_check.items()]
    return "".join([*parts, MEASURED, compared_section()])


def _section(name: str, check: type[QualityCheck]) -> str:
    types = "every type" if check.types == EVERY_TYPE else ", ".join(sorted(check.types))
    told = "yes" if check.told else "no"
    doc = " ".join((inspect.getdoc(check) or "").split())
    return (
        f"\n## {name}\n\n**{check.title}.** {doc}\n\n{check.means}\n{check.advice}\n\n"
        f"| Events | Number in | Judged in | Limits | Told |\n|---|---|---|---|---|\n"
        f"| {types} | {check.unit} | {check.judged_in} | {', '.join(_limits(check.limits)) or 'none'} | {told} |\n"
    )


def _limits(limits: Limits) -> Iterator[str]:
    for one in fields(limits):
        if value := getattr(limits, one.name):
            yield f"`{one.name}` {value:g}"
        elif value is not None and one.name != "slack":
            yield f"`{one.name}` 0"
