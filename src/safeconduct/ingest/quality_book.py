"""What was found about every day of a data set, version by version: kept sealed, made anew with each version.

A book names, for every day of every type, which version of it was looked at, on which page its figures stand, and what
was found. Whoever has the book of a version judges its days the same for ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from safeconduct.model.quality import QualityFinding, Severity, Source, Trust


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was found when one version of a day was looked at.

    Attributes:
        version: The partition's version.
        page: The sealed page its figures stand on.
        at: When, UTC, as ISO text: when it was committed.
    """

    version: str
    page: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A day of a type.

    Attributes:
        looks: Every version that was looked at, the first one first; the last one holds.
        findings: What was found in the last.
    """

    looks: tuple[Looked, ...]
    findings: tuple[QualityFinding, ...] = ()

    @property
    def last(self) -> Looked:
        """The version that holds."""
        return self.looks[-1]

    @property
    def since(self) -> str:
        """When the version that holds was first looked at; looking again at the same records does not move it."""
        return next(one.at for one in self.looks if one.version == self.last.version)


@dataclass(frozen=True, kw_only=True, repr=False)
class Book:
    """The book of one version of a data set.

    Attributes:
        entries: Every day that was looked at.
    """

    entries: Mapping[Source, Entry] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Book()"

    def trust(self, versions: Mapping[str, str], held: frozenset[Source]) -> Trust:
        """What everybody may know of a version of the data set.

        Args:
            versions: Version of every day of it, by name.
            held: Days that are held back.
        """
        there = {one: entry for one, entry in self.entries.items() if versions.get(one.name) == entry.last.version}
        findings = (finding for entry in there.values() for finding in entry.findings if finding.told)
        since = {one: datetime.fromisoformat(entry.since) for one, entry in there.items()}
        return Trust(checked=frozenset(there), findings=tuple(sorted(findings)), held=held, since=since)

    def having(self, source: Source, look: Looked, findings: Sequence[QualityFinding]) -> "Book":
        """The book with one more look at a day."""
        before = self.entries[source].looks if source in self.entries else ()
        return replace(self, entries={**self.entries, source: Entry(looks=(*before, look), findings=tuple(findings))})

    def to_tree(self) -> dict[str, object]:
        """As it is kept sealed."""
        return {
            source.name: {
                "looks": [[one.version, one.page, one.at] for one in entry.looks],
                "findings": [
                    [one.check, one.severity.value, one.title, one.told, list(one.communes)] for one in entry.findings
                ],
            }
            for source, entry in self.entries.items()
        }

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> "Book":
        """The book of a tree that `to_tree` made."""
        return cls(
            entries={source: _entry(source, one) for source, one in ((Source.of(n), t) for n, t in tree.items())}
        )


def _entry(source: Source, tree: Mapping[str, Any]) -> Entry:
    return Entry(
        looks=tuple(Looked(version=version, page=page, at=at) for version, page, at in tree["looks"]),
        findings=tuple(
            QualityFinding(
                source=source,
                check=check,
                severity=Severity(severity),
                title=title,
                told=told,
                communes=tuple(communes),
            )
            for check, severity, title, told, communes in tree["findings"]
        ),
    )
