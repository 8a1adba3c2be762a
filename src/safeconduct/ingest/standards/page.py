"""The reference page of the standards, made from their declarations."""

from collections.abc import Iterable, Iterator, Sequence

from safeconduct.ingest.standards.ctdc import ctdc
from safeconduct.ingest.standards.declared import StandardField, htcds, ic_tip
from safeconduct.ingest.standards.register import register
from safeconduct.model.consent import NEEDED

TRAPS = (
    'A flag is 1 or nothing, and nothing is unknown: it is never read or written as "no".',
    "A composite flag stands for several answers and is never taken apart.",
    "`-99` and `00` stand for nothing known in the k-anonymised file; `NA` is Namibia.",
    "Countries have two letters there and three in the synthetic files.",
    "Four names were cut at 32 characters in the first synthetic file.",
    "One file writes `09--17`, another `9--17`.",
    "A country that does not appear may have cases: rare values were left out.",
)


def standards_page(header: str) -> str:
    """The page as Markdown.

    Args:
        header: What says that it is made by a program.
    """
    return (
        "\n".join([f"# Standards of case data\n\n<!-- {header} -->\n", *_htcds(), *_ic_tip(), *_ctdc(), *_register()])
        + "\n"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from ("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows)
    yield ""


def _htcds() -> Iterator[str]:
    one = htcds()
    yield f"## HTCDS {one.version}\n"
    yield f"{one.title} by the {one.publisher}, {one.day}; {one.source}."
    yield f"Licence: {one.licence}.\n"
    yield (
        f"{len(one.fields)} fields in {len(one.parts)} parts, {sum(each.core for each in one.fields)} of them core, "
        f"{len(one.codes)} code lists with {sum(map(len, one.codes.values()))} codes.\n"
        "What a field may give away, and the role its column is proposed to have, are ours, no part of the standard.\n"
    )
    yield from _table(FIELDS, map(_field, one.fields))
    yield "### Additions\n"
    yield (
        "The standard has no identifier, no day of registration and no country of exploitation on the record of a "
        "person, and one checkbox for seven questions of consent.\n"
        f"A record enters research only where {' and '.join(f'`{name}`' for name in NEEDED)} say yes.\n"
    )
    yield from _table((*FIELDS[:5], "Question or meaning"), (_addition(each) for each in one.additions))
    yield "### Code lists\n"
    lists = ((f"`{name}`", f"`{code}`", label) for name, codes in one.codes.items() for code, label in codes.items())
    yield from _table(("List", "Code", "Label"), lists)


FIELDS = ("Field", "Label", "Type", "Answers", "What it may give away", "Proposed role", "Core")


def _field(one: StandardField) -> tuple[str, ...]:
    core = "given up" if one.status == "deprecated" else "core" if one.core else ""
    return (
        f"`{one.name}`", one.label, one.type.value, _answers(one), one.role.value.replace("_", " "), one.propose.value,
        core,
    )  # fmt: skip


def _addition(one: StandardField) -> tuple[str, ...]:
    return (*_field(one)[:5], one.question or one.says)


def _answers(one: StandardField) -> str:
    listed = f"`{one.codes}`" if one.codes else one.vocabulary
    return f"{one.cardinality} {listed}".strip()


def _ic_tip() -> Iterator[str]:
    one = ic_tip()
    yield "## IC-TIP\n"
    yield f"{one.title}, before called ICS-TIP."
    yield "Provisional: its tables of variables were not at hand, so no variable is named.\n"
    yield from _table(("Unit", "Parts of HTCDS"), ((each.title, ", ".join(f"`{part}`" for part in each.parts))
                                                    for each in one.units))  # fmt: skip
    yield "What of HTCDS has no place in it:\n"
    unmapped = [(f"`{each.name}`", why) for each in htcds().fields if (why := one.place(each)[1])]
    yield from _table(("Field", "Why"), unmapped)


def _ctdc() -> Iterator[str]:
    one = ctdc()
    yield "## CTDC\n"
    yield f"{one.title}. Provisional: names are those of public analysis code, the codebooks were not at hand.\n"
    yield from _table(("File", "Columns", "Protection"), ((f"`{each.name}`", str(len(each.columns)), each.privacy)
                                                          for each in one.releases))  # fmt: skip
    yield "What a reader gets wrong:\n"
    yield from (f"- {trap}" for trap in TRAPS)
    yield "\nWhat fills a column:\n"
    rows = (
        (f"`{each.column}`", f"`{each.field}`" if each.field else "nothing",
         (" and " if each.every else ", ").join(each.codes), each.note)
        for each in one.maps
    )  # fmt: skip
    yield from _table(("Column", "Field of HTCDS", "Answers", "Note"), rows)


def _register() -> Iterator[str]:
    one = register()
    yield f"## {one.title}\n"
    yield f"{one.says}\nLicence: {one.licence}.\n"
    for table in one.tables:
        yield f"### {table.title}\n"
        told = f" Its rows belong to `{table.parent}`." if table.parent else ""
        yield f"Table `{table.name}`, told apart by {', '.join(f'`{name}`' for name in table.key)}.{told}\n"
        rows = (
            (f"`{each.name}`", each.label, each.type.value, f"`{each.codes}`" if each.codes else "",
             each.propose.value, "needed" if each.needed else "", each.says)
            for each in table.fields
        )  # fmt: skip
        yield from _table(("Column", "Label", "Type", "List", "Proposed role", "Needed", "Meaning"), rows)
    yield "### Code lists of the register\n"
    lists = ((f"`{name}`", f"`{code}`", label) for name, codes in one.codes.items() for code, label in codes.items())
    yield from _table(("List", "Code", "Label"), lists)
