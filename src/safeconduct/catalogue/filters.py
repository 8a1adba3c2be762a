"""Which studies count in a search, and how many each choice would leave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from safeconduct.catalogue.documents import StudyFacts
from safeconduct.model.errors import BadInput
from safeconduct.model.study import Access

MOST_VALUES = 200


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which studies count; of several values of one filter any will do, of several filters each must.

    Attributes:
        country: ISO 3166-1 alpha-3 codes, or names of countries without a code.
        year_from: A study must have collected in this year or later, 0 for any.
        year_to: In this year or earlier, 0 for any.
        access: Ways to have a file.
        kind: Study types.
    """

    country: tuple[str, ...] = ()
    year_from: int = 0
    year_to: int = 0
    access: tuple[Access, ...] = ()
    kind: tuple[str, ...] = ()

    @classmethod
    def of(cls, tree: Mapping[str, object]) -> "Filters":
        """Filters as a page or a script sends them: a text, or a list of texts; years as numbers or digits.

        Raises:
            BadInput: A filter is unknown, or a value is none it can have.
        """
        known = set(cls.__dataclass_fields__)
        if unknown := sorted(set(tree) - known):
            raise BadInput(
                f"no filter is called {unknown[0][:60]!r}; there are {', '.join(sorted(known))}", field="filters"
            )
        return cls(
            country=_texts(tree.get("country")),
            year_from=_year(tree.get("year_from"), "year_from"),
            year_to=_year(tree.get("year_to"), "year_to"),
            access=tuple(_access(one) for one in _texts(tree.get("access"))),
            kind=_texts(tree.get("kind")),
        )

    def fits(self, facts: StudyFacts) -> bool:
        """Whether a study counts."""
        return (
            (not self.country or bool(set(self.country) & set(facts.countries)))
            and (not self.year_from or facts.last >= self.year_from)
            and (not self.year_to or 0 < facts.first <= self.year_to)
            and (not self.access or facts.access in self.access)
            and (not self.kind or facts.kind in self.kind)
        )

    def facets(self, found: Sequence[StudyFacts]) -> dict[str, dict[str, int]]:
        """How many studies each value would leave, its own filter aside and the others applied.

        Counts are of studies, which are public; never of people or records.
        """
        counted = {
            "country": [code for one in self._but("country", found) for code in one.countries],
            "year": [str(one.last) for one in self._but("year", found) if one.last],
            "access": [one.access for one in self._but("access", found)],
            "kind": [one.kind for one in self._but("kind", found) if one.kind],
        }
        return {name: dict(Counter(values).most_common(MOST_VALUES)) for name, values in counted.items()}

    def _but(self, name: str, found: Sequence[StudyFacts]) -> list[StudyFacts]:
        rest = replace(self, year_from=0, year_to=0) if name == "year" else replace(self, **{name: ()})  # type: ignore[arg-type]  # every other filter is a tuple
        return [one for one in found if rest.fits(one)]


def _texts(value: object) -> tuple[str, ...]:
    if value in (None, ""):
        return ()
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(str(one) for one in values if one not in (None, ""))


def _year(value: object, name: str) -> int:
    if value in (None, "", 0):
        return 0
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) == len("2026")):
        raise BadInput("write a year with four digits, such as 2026", field=name)
    return int(text)


def _access(value: str) -> Access:
    try:
        return Access(value)
    except ValueError:
        raise BadInput(f"files are had by {', '.join(Access)}", field="access") from None
