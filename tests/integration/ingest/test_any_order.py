"""Files come in any order and the power fails at any write; every kept version holds what a plain list says.

Files come late, are corrected and taken back; people are erased and days let go of. After every step each kept version
has the rows of the list, no more and no fewer.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from safeconduct.ingest import changing
from safeconduct.ingest.forgetting import ForgetSite, forget_listed
from safeconduct.ingest.leaving_out import marks_of
from safeconduct.ingest.receipts import IngestSite
from safeconduct.ingest.retaining import destroy_days
from safeconduct.ingest.withdrawing import withdraw
from safeconduct.model.areas import EventType
from safeconduct.model.errors import Unreadable
from safeconduct.model.sightings import Counted
from safeconduct.store.arrivals import Standing
from safeconduct.store.objections import Domain, Objections
from safeconduct.store.parts import PartWriter
from safeconduct.store.records import Records, add_keys, connect, read_parquet_sql
from safeconduct.store.sweeping import retained

FIRST = date(2026, 1, 5)
DAYS, PEOPLE, NAMES = 3, 3, ("calls_1.csv", "calls_2.csv", "calls_3.csv")
CALLS = st.lists(st.integers(0, DAYS * PEOPLE * 2 - 1), min_size=1, max_size=6)
"""A call is a number, which says who made it and when; the same number twice is the same row twice."""
NEVER = 10_000


def person_of(call: int) -> int:
    return call % PEOPLE


def day_of(call: int) -> date:
    return FIRST + timedelta(days=call // PEOPLE % DAYS)


@dataclass
class Came:
    """A file that came, and which of its rows count."""

    name: str
    content: tuple[int, ...]
    rows: list[int]
    standing: Standing = Standing.CURRENT


@dataclass
class Plain:
    """What there should be, as lists."""

    files: dict[str, tuple[int, ...]] = field(default_factory=dict)
    came: list[Came] = field(default_factory=list)
    out: set[int] = field(default_factory=set)
    versions: dict[str, Counter] = field(default_factory=dict)
    once: bool = False

    def rows(self) -> Counter:
        every = Counter(call for one in self.came if one.standing is Standing.CURRENT for call in one.rows)
        return Counter(set(every)) if self.once else every

    def take(self) -> None:
        for name, content in sorted(self.files.items()):
            same = [one for one in self.came if one.content == content]
            if same and not (same[-1].standing is Standing.REPLACED and same[-1].name == name):
                continue
            before = next((one for one in reversed(self.came)
                           if one.name == name and one.standing is Standing.CURRENT), None)  # fmt: skip
            rows = [call for call in content if person_of(call) not in self.out]
            if before is not None:
                if not rows:
                    continue
                before.standing = Standing.REPLACED
            self.came.append(Came(name, content, rows))

    def let_go(self, stays: Callable[[int], bool]) -> None:
        for one in self.came:
            one.rows = [call for call in one.rows if stays(call)]
        self.versions = {name: Counter({call: count for call, count in found.items() if stays(call)})
                         for name, found in self.versions.items()}  # fmt: skip


class PowerFailed(BaseException):
    """Nothing was written from here on."""


class Power:
    """Lets the power fail at a write: whoever tidies up while falling changes nothing on the disk any more."""

    def __init__(self, writes: int) -> None:
        self.left, self.failed = writes, False

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.failed = True
            raise PowerFailed

    def writing(self, real: Callable, *, after: bool) -> Callable:
        def call(*told: object, **how: object) -> object:
            if self.failed:
                return None
            self.count()
            found = real(*told, **how)
            if after:
                self.count()
            return found

        return call


@contextmanager
def power(writes: int):
    failing, patch = Power(writes), pytest.MonkeyPatch()
    for owner, name in (
        *((os, one) for one in ("replace", "rename", "unlink", "fsync", "rmdir")),
        (PartWriter, "write"),
    ):
        patch.setattr(owner, name, failing.writing(getattr(owner, name), after=owner is PartWriter))
    try:
        with suppress(PowerFailed):
            yield
    finally:
        patch.undo()


class AnyOrder(RuleBasedStateMachine):
    """A data set and its plain list."""

    def __init__(self, worlds, folder: Path, duplicates: str) -> None:
        super().__init__()
        self.world, self.plain = worlds.World(folder), Plain(once=duplicates == "drop")
        self.row = worlds.row
        self.world.map(events=f'same_name = "replace"\nduplicates = "{duplicates}"')
        changing.MOST_LATE = 2

    @initialize(content=CALLS)
    def begins(self, content: list[int]) -> None:
        """With one file, taken in."""
        self.brings(NAMES[0], content)
        self.takes(NEVER)

    @rule(name=st.sampled_from(NAMES), content=CALLS)
    def brings(self, name: str, content: list[int]) -> None:
        """A file is there, or another under its name."""
        rows = [
            self.row(f"25884100000{person_of(call)}", f"{day_of(call)} 10:00:{call:02}", "a1", "outgoing",
                     "258842", "64301", "35000000", str(call))
            for call in content
        ]  # fmt: skip
        self.world.calls(rows, name)
        self.plain.files[name] = tuple(content)

    @rule(writes=st.integers(0, 60) | st.just(NEVER))
    def takes(self, writes: int) -> None:
        """Everything that is there is taken in."""
        self._done(self.world.take, writes, self.plain.take)

    @precondition(lambda self: any(one.standing is Standing.CURRENT for one in self.plain.came))
    @rule(chosen=st.integers(0, 20), writes=st.integers(0, 40) | st.just(NEVER))
    def takes_back(self, chosen: int, writes: int) -> None:
        """A file is taken back whole."""
        manifest = self.world.manifest()
        numbers = [at for at, one in enumerate(self.plain.came) if one.standing is Standing.CURRENT]
        at = numbers[chosen % len(numbers)]
        opened = self._opened(manifest)

        def plainly() -> None:
            self.plain.came[at].standing = Standing.WITHDRAWN

        self._done(
            lambda: withdraw(manifest.arrivals[at].digest, manifest=manifest, opened=opened,
                             commit=self.world.page.commit),
            writes, plainly,
        )  # fmt: skip

    @rule(person=st.integers(0, PEOPLE - 1), writes=st.integers(0, 60) | st.just(NEVER))
    def erases(self, person: int, writes: int) -> None:
        """Somebody is left out from now on, and erased."""
        keys, store = self.world.keys, self.world.folders.store
        listed = Objections(store=store, dataset="phone", keys=keys)
        marks = marks_of(listed, keys, "phone", [f"25884100000{person}"], counted=Counted.SUBSCRIBER)
        listed.add(Domain.PERSON, marks)
        self.plain.out.add(person)
        self._replaced(lambda site, commit: forget_listed(site, commit=commit), writes,
                       lambda call: person_of(call) not in self.plain.out)  # fmt: skip

    @rule(days=st.integers(1, DAYS - 1), writes=st.integers(0, 40) | st.just(NEVER))
    def lets_go(self, days: int, writes: int) -> None:
        """Days were kept long enough; a late file may bring one again."""
        first = FIRST + timedelta(days=days)
        self._replaced(lambda site, commit: destroy_days(site, first_kept=first, commit=commit), writes,
                       lambda call: day_of(call) >= first)  # fmt: skip

    @invariant()
    def every_version_holds_what_the_list_says(self) -> None:
        manifest = self.world.manifest()
        if manifest is None:
            return
        self.plain.versions[manifest.id] = self.plain.rows()
        whole, _ = retained(self.world.folders.store, "phone", manifest.id)
        assert whole[0] == manifest
        with connect(
            read=[self.world.folders.store], spill=self.world.folders.spill, memory_mb=256, threads=1
        ) as connection:
            for one in whole[:3]:
                if one.id in self.plain.versions:
                    assert self._read(connection, one) == self.plain.versions[one.id]

    def _read(self, connection, manifest) -> Counter:
        """Its rows, each by its number, and that sums and days agree with them."""
        records = Records(store=self.world.folders.store, manifest=manifest, keys=self.world.keys)
        days = {one.day for one in manifest.partitions}
        found: Counter = Counter()
        for part in records.events(days, EventType):
            source = read_parquet_sql(part, add_keys(connection, [part])[0])
            calls = [int(call) for (call,) in connection.execute(f"SELECT amount FROM {source}").fetchall()]
            assert {day_of(call) for call in calls} <= {part.day}
            found.update(calls)
        summed = 0
        for part in records.rollups(days, EventType):
            source = read_parquet_sql(part, add_keys(connection, [part])[0])
            summed += connection.execute(f"SELECT coalesce(sum(events), 0)::INT FROM {source}").fetchone()[0]
        assert summed == found.total()
        return found

    def _done(self, act: Callable, writes: int, plainly: Callable[[], None]) -> None:
        """Do it, perhaps until the power fails; a version is there whole or not at all."""
        before = self.world.page.current()
        with power(writes), suppress(Unreadable):  # a correction of which no row stays is left out
            act()
        if self.world.page.current() != before:
            plainly()

    def _replaced(self, act: Callable, writes: int, stays: Callable[[int], bool]) -> None:
        manifest = self.world.manifest()

        def commit(done) -> None:
            with self.world.page.open() as page:
                page.execute("INSERT OR REPLACE INTO current VALUES (1, ?)", (done.manifest.id,))
            found = self.plain.versions
            self.plain.versions = {new: found[old] for old, new in done.versions.items() if new and old in found}
            self.plain.let_go(stays)

        site = ForgetSite(folders=self.world.folders, keys=self.world.keys, manifest=manifest,
                          named=self.world.page.current, memory_mb=256, threads=1)  # fmt: skip
        with power(writes):
            act(site, commit)

    def _opened(self, manifest) -> IngestSite:
        return IngestSite(folders=self.world.folders, keys=self.world.keys, manifest=manifest,
                          named=self.world.page.current, known=self.world.page.knows, memory_mb=256,
                          threads=1)  # fmt: skip


def _run(worlds, tmp_path_factory, duplicates: str, examples: int, steps: int) -> None:
    before = changing.MOST_LATE
    try:
        run_state_machine_as_test(
            lambda: AnyOrder(worlds, tmp_path_factory.mktemp("any") / "w", duplicates),
            settings=settings(
                max_examples=examples, stateful_step_count=steps, deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
    finally:
        changing.MOST_LATE = before


@pytest.mark.parametrize("duplicates", ["keep", "drop"])
def test_a_few_sequences_end_as_the_list_says(worlds, tmp_path_factory, duplicates) -> None:
    """Enough of them for every run of the tests."""
    _run(worlds, tmp_path_factory, duplicates, 4, 8)


@pytest.mark.slow
@pytest.mark.parametrize("duplicates", ["keep", "drop"])
def test_many_long_sequences_end_as_the_list_says(worlds, tmp_path_factory, duplicates) -> None:
    _run(worlds, tmp_path_factory, duplicates, 40, 15)
