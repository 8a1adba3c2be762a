"""Which days of a data set answers may read, and what everybody may know of their quality.

A day that is held back is in no answer, as if its files had not arrived. Which days a question read is part of the
identity of its answer: it is in the versions of the partitions read, and stands with the job.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from safeconduct.actions.site import Site
from safeconduct.ingest.quality import QualitySettings
from safeconduct.ingest.quality_book import Book
from safeconduct.ingest.quality_look import Holds
from safeconduct.ingest.quality_months import of_months
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadSettings
from safeconduct.model.outcomes import PublicFacts
from safeconduct.model.quality import Source, Trust
from safeconduct.model.text import say
from safeconduct.query.base import AggregateQuery
from safeconduct.query.reading import reads
from safeconduct.store.figures import Figures
from safeconduct.store.versions import Manifest

BOOK, DAY = "quality", "held_day"
HELD, RELEASED, MENDED = "held", "released", "mended"
BY_HAND = "by_hand"
MOST_BOOKS = 16
_books: dict[str, Book] = {}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a question stands on.

    Attributes:
        manifest: The version, with nothing but the days that may be read.
        facts: Public facts about it.
        book: Name of the book of quality it was judged by, `""` before the first.
    """

    manifest: Manifest
    facts: PublicFacts
    book: str

    def to_body(self) -> dict[str, Json]:
        """What a job keeps of it, to stand on the same ground later."""
        trust = self.facts.trust or Trust()
        return {
            "quality": self.book,
            "held": sorted(one.name for one in trust.held),
            "left_out": sorted(one.name for one in self.facts.left_out),
        }


def ground_for(site: Site, manifest: Manifest, query: AggregateQuery | None = None) -> Ground:
    """What a question asked now stands on.

    Args:
        site: The site.
        manifest: The version of the data set.
        query: The question; without one, nothing but days that are held back is left out.
    """
    book = current_book(site, manifest.dataset)
    trust = _trust(site, manifest, book, held_now(site, manifest.dataset))
    if query is None:
        return _ground(site, manifest, book, trust, frozenset())
    reading = reads(query.plan())
    asked = frozenset(Source(type=sort, day=day) for sort in reading.events for day in reading.days)
    mine = replace(trust, held=trust.held & asked)
    left_out = trust.flagged() & asked if query.without_flagged else frozenset()
    return _ground(site, manifest, book, mine, left_out)


def ground_of(site: Site, manifest: Manifest, body: Mapping[str, object]) -> Ground:
    """What the question of a job stood on when it was asked; older jobs stand on everything."""
    book = str(body.get("quality", ""))
    held, left_out = (_sources(body.get(name)) for name in ("held", "left_out"))
    if "quality" not in body:
        facts = site.facts(manifest)
        return Ground(manifest=manifest, facts=facts, book="")
    return _ground(site, manifest, book, _trust(site, manifest, book, held), left_out)


def _ground(site: Site, manifest: Manifest, book: str, trust: Trust, left_out: frozenset[Source]) -> Ground:
    away = {one.name for one in trust.held | left_out}
    kept = replace(manifest, partitions=tuple(one for one in manifest.partitions if one.name not in away))
    facts = replace(site.facts(kept), trust=trust, left_out=left_out)
    return Ground(manifest=kept, facts=facts, book=book)


def _trust(site: Site, manifest: Manifest, book: str, held: frozenset[Source]) -> Trust:
    versions = {one.name: one.version for one in manifest.partitions}
    found = book_of(site, manifest.dataset, book).trust(versions, held)
    return replace(found, findings=tuple(sorted((*found.findings, *of_months(manifest.present())))))


def _sources(names: object) -> frozenset[Source]:
    return frozenset(Source.of(str(name)) for name in names) if isinstance(names, list | tuple) else frozenset()


def current_book(site: Site, dataset: str) -> str:
    """Name of the newest book of a data set, `""` before the first."""
    fact = site.ledger.fact(BOOK, dataset)
    return str(fact.body["book"]) if fact is not None else ""


def book_of(site: Site, dataset: str, name: str) -> Book:
    """A book by its name; books never change, so that some are remembered.

    Raises:
        NotFound: It was destroyed.
        Tampered: It was changed.
    """
    if not name:
        return Book()
    if name not in _books:
        while len(_books) >= MOST_BOOKS:
            _books.pop(next(iter(_books)))
        _books[name] = Book.of(figures_of(site, dataset).get(name))
    return _books[name]


def figures_of(site: Site, dataset: str) -> Figures:
    """The sealed pages of a data set."""
    return Figures(store=site.folders.store, dataset=dataset, keys=site.keys)


def held_facts(site: Site, dataset: str) -> list[Fact]:
    """Every day that is or was held back."""
    return site.ledger.facts(DAY, prefix=f"{dataset}/")


def held_now(site: Site, dataset: str) -> frozenset[Source]:
    """Days that are held back now."""
    return frozenset(source_of(one) for one in held_facts(site, dataset) if one.state == HELD)


def holds_of(site: Site, dataset: str) -> Holds:
    """What was decided about days before."""
    facts = held_facts(site, dataset)
    return Holds(
        held={source_of(one): checks_of(one) for one in facts if one.state == HELD},
        accepted={source_of(one): checks_of(one) for one in facts if one.state == RELEASED},
    )


def source_of(fact: Fact) -> Source:
    """The day a fact is about."""
    return Source.of(fact.id.partition("/")[2])


def checks_of(fact: Fact) -> frozenset[str]:
    """The checks a day is or was held back for."""
    checks = fact.body["checks"]
    return frozenset(str(one) for one in checks) if isinstance(checks, list | tuple) else frozenset()


def settings_of(site: Site, dataset: str) -> QualitySettings:
    """How the days of a data set are judged: its table in `quality.toml`, or the defaults.

    Raises:
        BadSettings: The file cannot be understood; the message says why.
    """
    try:
        tree = tomllib.loads((site.folders.root / "quality.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return QualitySettings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise BadSettings(say("quality.toml cannot be read as TOML; compare it with the reference of checks")) from None
    table = tree.get(dataset, {})
    if not isinstance(table, Mapping):
        raise BadSettings(say("quality.toml has one table for each data set; write [{name}]", name=dataset))
    return QualitySettings.from_tree(table)
