"""Everything told of a data set, looked at together: whether adding and subtracting figures shows few people.

Once a day for every data set, when files are about to leave under a level that asks for it, and about an answer that
waits for checkers. Bounded: the newest answers, so many codes of people, so many groups of figures; what is left out is
counted. Sums such as events are left out, and so are answers from records that were added to since.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from safeconduct.actions.site import Site
from safeconduct.engines.members import Told, members
from safeconduct.model.canonical import digest
from safeconduct.model.errors import Cancelled
from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import Release
from safeconduct.model.policy import Policy
from safeconduct.model.text import say
from safeconduct.protect.leverage import Codes, Limits, Shown, shown_together
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.together import Cell, Figure, Group, distinct, figures_of, groups, limits_of
from safeconduct.store.versions import Manifest

MOST_CODES = 50_000_000
"""Codes of people that are held at once, 4 bytes each: 200 MB."""

MOST_GROUPS = 20_000
MOST_KEPT = 200
HOURS = 24
Answer = tuple[Release, Policy]


class LeftOut(StrEnum):
    """What was not looked at.

    `OLDER`: answers older than the newest that are looked at. `RECORDS`: answers from records that were added to since.
    `SUMS`: answers that count no people. `MEMORY`: answers about more people than can be held. `GROUPS`: groups of
    figures beyond those that are looked at.
    """

    OLDER = "older"
    RECORDS = "records"
    SUMS = "sums"
    MEMORY = "memory"
    GROUPS = "groups"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One figure that a group of few people is worked out from, by what it is about; not its number.

    Attributes:
        answer: In which answer.
        kind: Kind of the question.
        first: First day it is about.
        last: Last day.
        level: How coarse its places are.
        places: Code of its place, or of both places of a movement; `""` for one that is unknown.
        taken_away: It is subtracted; else added.
        hours: Hours of the day it is about, none where it is the whole day.
        events: Sorts of events it is about, none where it is all.
    """

    answer: str
    kind: str
    first: date
    last: date
    level: str
    places: tuple[str, ...]
    taken_away: bool = False
    hours: tuple[int, ...] = ()
    events: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Few:
    """Few people that questions show together; how many, it does not say.

    Attributes:
        sort: How, a name of `protect.leverage.Sort`.
        exact: No figure it takes carries noise.
        mark: Stands for who they are, so that the same people are told from others tomorrow; kept sealed.
        parts: The figures it takes, those that weigh most first.
    """

    sort: str
    exact: bool
    mark: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was found.

    Attributes:
        few: Groups of few people, at most `MOST_KEPT` of them.
        marks: What stands for whom, of every group.
        counts: How many groups there are, by sort.
        left_out: How many answers, or groups of figures, were not looked at, by why.
        figures: Figures that were looked at.
        minimum: From how many people on a group is not few.
    """

    few: tuple[Few, ...] = ()
    marks: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict, hash=False)
    left_out: Mapping[str, int] = field(default_factory=dict, hash=False)
    figures: int = 0
    minimum: int = 0


def look_together(
    site: Site, dataset: str, answers: Sequence[Answer], *, stopped: threading.Event, candidate: Answer | None = None
) -> Look:
    """Look at answers together. It reads records: the record of use must say so before this is called.

    Args:
        site: The site.
        dataset: Of which data set.
        answers: What was told, the newest first.
        stopped: Set by another thread to stop.
        candidate: An answer that was not told yet: then only what it adds to the others is found.

    Raises:
        Cancelled: It was stopped.
        BrokenPromise: The records could not be read.
    """
    every = [*([candidate] if candidate else []), *answers]
    left_out, manifest = Counter[str](), site.manifest(dataset)
    geography = site.facts(manifest).geography
    told = list(_usable(every, manifest, geography, left_out))
    people = members(
        [_told(release, figures) for release, figures in told], site.records(manifest), spill=site.folders.spill,
        memory_mb=site.settings.memory_mb, threads=site.settings.threads, most=MOST_CODES, cancelled=stopped,
    )  # fmt: skip
    left_out[LeftOut.MEMORY] += len(told) - len(people)
    looking = _Looking.of(told, people, limits_of(policy for _, policy in every), _secret(site, dataset))
    return looking.look(geography, left_out, stopped, candidate[0].answer_id if candidate else "")


def _secret(site: Site, dataset: str) -> int:
    """What marks of groups come from, so that the same people are known again."""
    return int.from_bytes(site.keys.derive("few together", dataset)[:8], "big")


def _usable(
    every: Iterable[Answer], manifest: Manifest, geography: Geography, left_out: Counter[str]
) -> Iterator[tuple[Release, list[Figure]]]:
    """Answers made from the records as they are, with what they tell of people."""
    for release, policy in every:
        made, reading = release.provenance, reads(read_question(release.provenance.spec).plan())
        figures = figures_of(release, policy)
        if (dict(made.partitions), made.geography) != (manifest.versions(reading.days, reading.events), geography.id):
            left_out[LeftOut.RECORDS] += 1
        elif figures:
            yield release, figures
        else:
            left_out[LeftOut.SUMS] += 1


def _told(release: Release, figures: Sequence[Figure]) -> Told:
    plan = read_question(release.provenance.spec).plan()
    return Told(plan=plan, keys=release.output.keys, cells=tuple(one.cell for one in figures))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class _Looking:
    """Figures, each once, and who is behind them.

    Attributes:
        figures: What each is about.
        people: Codes of the people behind each.
        kinds: Kind of the question of each answer.
        limits: When people are few, and when they are shown.
        secret: What marks come from.
    """

    figures: Sequence[Figure]
    people: Mapping[tuple[str, Cell], Codes]
    kinds: Mapping[str, str]
    limits: Limits
    secret: int

    @classmethod
    def of(
        cls, told: Sequence[tuple[Release, list[Figure]]], people: Sequence[tuple[Codes, ...]], limits: Limits,
        secret: int,
    ) -> "_Looking":  # fmt: skip
        held = list(zip(told, people, strict=False))
        return cls(
            figures=distinct(figure for (_, figures), _ in held for figure in figures),
            people={(figure.answer, figure.cell): codes for (_, figures), of in held
                    for figure, codes in zip(figures, of, strict=True)},
            kinds={release.answer_id: str(release.provenance.spec["kind"]) for (release, _), _ in held},
            limits=limits, secret=secret,
        )  # fmt: skip

    def look(self, geography: Geography, left_out: Counter[str], stopped: threading.Event, candidate: str) -> Look:
        """Every group of few people, each once, in the simplest of the ways it is shown."""
        found: dict[int, Few] = {}
        counts: Counter[str] = Counter()
        for at, group in enumerate(self._groups(geography, candidate)):
            if stopped.is_set():
                raise Cancelled(say("The look was stopped; nothing was changed."))
            if at >= MOST_GROUPS:
                left_out[LeftOut.GROUPS] += 1
                continue
            for one in self._shown(group, candidate):
                if one.mark not in found:
                    found[one.mark] = self._few(group, one)
                    counts[one.sort.value] += 1
        return Look(
            few=tuple(found.values())[:MOST_KEPT],
            marks=tuple(sorted(one.mark for one in found.values())),
            counts=dict(counts),
            left_out={name: count for name, count in left_out.items() if count},
            figures=len(self.figures),
            minimum=self.limits.minimum,
        )

    def _groups(self, geography: Geography, candidate: str) -> Iterator[Group]:
        """Small groups first; with a candidate those that it has a figure in."""
        every = groups(self.figures, geography)
        yield from (one for one in every
                    if not candidate or any(self.figures[at].answer == candidate for at in one.figures))  # fmt: skip

    def _shown(self, group: Group, candidate: str) -> list[Shown]:
        found = self._together(group.figures, group.wholes)
        if not candidate or not found:
            return found
        kept = [at for at in group.figures if self.figures[at].answer != candidate]
        before = {one.mark for one in self._together(kept, ())}
        return [one for one in found if one.mark not in before]

    def _together(self, figures: Sequence[int], wholes: Sequence[tuple[int, tuple[int, ...]]]) -> list[Shown]:
        chosen = [self.figures[at] for at in figures]
        codes = [self.people[one.answer, one.cell] for one in chosen]
        return shown_together(codes, [one.sd for one in chosen], self.limits, secret=self.secret, wholes=wholes)

    def _few(self, group: Group, one: Shown) -> Few:
        used = [self.figures[group.figures[at]] for at in one.figures]
        parts = tuple(self._part(figure, taken_away=away) for figure, away in zip(used, one.taken_away, strict=True))
        return Few(sort=one.sort.value, exact=not any(figure.sd for figure in used),
                   mark=digest([self.secret.to_bytes(8, "big").hex(), str(one.mark)]), parts=parts)  # fmt: skip

    def _part(self, figure: Figure, *, taken_away: bool) -> Part:
        whole_day, every_sort = len(figure.at.hours) == HOURS, figure.at.every_type
        return Part(
            answer=figure.answer, kind=self.kinds[figure.answer], first=figure.at.days[0], last=figure.at.days[-1],
            level=figure.level.value, places=tuple(name or "" for name in figure.names), taken_away=taken_away,
            hours=() if whole_day else figure.at.hours, events=() if every_sort else figure.at.events,
        )  # fmt: skip
