"""How to cite a study: in words, and as BibTeX and RIS for programs that keep references."""

from safeconduct.catalogue.entry import Entry, in_language

BRACES = str.maketrans({
    "{": r"\{", "}": r"\}", "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "^": r"\^{}", "~": r"\~{}", "\n": " ",
})  # fmt: skip
DATASET = "[dataset]"


def plain(entry: Entry, language: str = "en") -> str:
    """How to cite, in a sentence: as the study asks, else made of who, when, what and where.

    Example:
        >>> from safeconduct.model.study import Party, Period, Study
        >>> study = Study(
        ...     id="A", title={"en": "Homes"}, producers=(Party(name="Office"),), collected=(Period(first="2026-03"),)
        ... )
        >>> plain(Entry(study=study))
        'Office (2026). Homes [dataset]. A.'
    """
    asked = in_language(entry.study.citation, language)
    if asked:
        return asked
    who = "; ".join(authors(entry)) or entry.publisher
    title = f"{in_language(entry.study.title, language)} {DATASET}"
    when = f"({year(entry)})" if year(entry) else ""
    parts = [" ".join(filter(None, (who, when))), title, edition(entry), publisher(entry), entry.study.id, entry.page]
    told = list(dict.fromkeys(part for part in parts if part))
    return ". ".join(part.rstrip(".") for part in told) + ("" if entry.page else ".")


def bibtex(entry: Entry, language: str = "en") -> str:
    """An entry for BibTeX: `@misc`, which every style knows; `@dataset` is known to few."""
    fields = {
        "author": " and ".join(f"{{{one.translate(BRACES)}}}" for one in authors(entry)),
        "title": "{" + in_language(entry.study.title, language).translate(BRACES) + "}",
        "year": year(entry),
        "publisher": publisher(entry).translate(BRACES),
        "edition": edition(entry).translate(BRACES),
        "number": entry.study.id.translate(BRACES),
        "howpublished": "Dataset",
        "url": entry.page,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{_key(entry)},", *lines, "}", ""])


def ris(entry: Entry, language: str = "en") -> str:
    """An entry as RIS, type data file; lines end as RIS wants them."""
    fields = [
        ("TY", "DATA"),
        *(("AU", one) for one in authors(entry)),
        ("TI", in_language(entry.study.title, language)),
        ("PY", year(entry)),
        ("ET", edition(entry)),
        ("PB", publisher(entry)),
        ("ID", entry.study.id),
        ("AB", in_language(entry.study.abstract, language)),
        *(("KW", one.text) for one in entry.study.keywords),
        ("UR", entry.page),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def authors(entry: Entry) -> tuple[str, ...]:
    """Names of who made it, each once."""
    return tuple(dict.fromkeys(one.name for one in entry.study.producers if one.name))


def publisher(entry: Entry) -> str:
    """Who gives it out."""
    return next((one.name for one in entry.study.publisher), entry.publisher)


def edition(entry: Entry) -> str:
    """Which edition is cited, `""` before the first."""
    return f"Edition {entry.release.edition}" if entry.release else ""


def year(entry: Entry) -> str:
    """The year of the edition, else of the last collection, `""` for neither."""
    if entry.release:
        return str(entry.release.decided_at.year)
    dates = [one.last or one.first for one in entry.study.collected]
    return max((date[:4] for date in dates if date[:4].isdigit()), default="")


def _key(entry: Entry) -> str:
    return "".join(sign for sign in entry.study.id if sign.isascii() and (sign.isalnum() or sign in "-_.")) or "study"
