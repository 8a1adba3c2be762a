"""Questions over the wire, as an authorised analyst asks them."""

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from safeconduct.attack.field import Key, Spec, Told
from safeconduct.attack.slices import TYPES, Slices, slices_of
from safeconduct.attack.truth import Truth
from safeconduct.client.transport import Problem, Transport
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import Cancelled, SafeconductError
from safeconduct.model.sightings import DataSchema

POLL_S, LONGEST_POLL_S, LONGER = 0.02, 0.4, 1.5
PATIENCE_S = 600.0
AHEAD = 4
LEVELS = (AreaLevel.COUNTRY, AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE)
ENDED = frozenset({"failed", "cancelled"})
MISSING, FORBIDDEN, TOO_MANY = 404, 403, 429
NO_SORTS = frozenset({FORBIDDEN, 409, TOO_MANY})
TRIES = 3
ASIDE = ("margin", "status", "reason")
FAILED, PENDING, REFUSED = "failed", "pending", "refused"


class Crowded(SafeconductError):
    """What others asked this site, or what an attack wants to change of it, is in the way: it takes a copy of its own.

    An attack that never met this was told what it would have been told alone: answers do not depend on the past, of two
    questions too close to each other the later one is refused whichever it is, and budgets only shrink.
    """


class Line(Transport):
    """A line to the site that also tells how long an answer is."""

    def told(self, answer_id: str) -> tuple[dict[str, Any], int]:
        """How far an answer is or what it says, and its bytes."""
        response = self._send("GET", f"/api/1/results/{answer_id}")
        return response.json(), len(response.content)


@dataclass
class Wired:
    """A site under attack over HTTP: what `field.Field` asks for.

    Attributes:
        lines: A line for each analyst.
        days: Days that may be asked about.
        areas: Codes by level, coarse to fine.
        parents: What each code lies in.
        truth: What the site was filled with, if it is known.
        rng: The attacker's own guesses.
        review: Lets what waits for reviewers pass; only a practice site of one's own has one.
        arrive: Lets rows of so many people arrive late; likewise.
        product: Declares so many windows of a question; likewise.
        lone: Nobody else asked this site anything; elsewhere what only the past refuses is `Crowded`.
        timed: Few are asked ahead, and answers are looked for all the time and in turn: it is known when each came.
        over: Set to make whoever asks stop.
        dataset: Which data set is asked; may be empty where the analysts' projects have one.
        slices: What its events can be cut into.
        asked: How many questions were asked.
        refusals: How many of them were refused.
    """

    lines: Sequence[Line]
    days: tuple[date, ...]
    areas: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, str]
    truth: Truth | None
    rng: np.random.Generator
    review: Callable[[str], bool] | None = None
    arrive: Callable[[int], Truth] | None = None
    product: Callable[[Spec, int], bool] | None = None
    lone: bool = True
    timed: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    dataset: str = ""
    slices: Slices = TYPES
    asked: int = field(default=0, init=False)
    refusals: int = field(default=0, init=False)

    @property
    def analysts(self) -> int:
        """How many there are, each of another project."""
        return len(self.lines)

    @property
    def schema(self) -> DataSchema:
        """What the data set is made of."""
        return DataSchema.SIGHTINGS if self.slices.hours else DataSchema.PHONE

    def handed(self, *, lone: bool, seed: int, timed: bool = False) -> "Wired":
        """The same site for another attack, which guesses as if it were the first."""
        return replace(self, lone=lone, timed=timed, rng=np.random.default_rng(seed))

    def ask(self, *specs: Spec, who: int = 0) -> list[Told]:
        """Ask all, wait for all.

        Raises:
            Crowded: Others asked here before, and one of these is refused for that alone.
            Cancelled: Somebody wants this to end.
        """
        line = self.lines[who]
        found = self._in_turn(line, specs) if self.timed else self._at_once(line, specs)
        self.asked += len(found)
        self.refusals += sum(bool(one.refused) for one in found)
        return found

    def rule(self, level: str, name: str) -> Mapping[str, str]:
        """Parameters of a rule of a protection level, as the site explains it to whoever asks."""
        try:
            rules = self.lines[0].call("explain_level", {"name": level})["rules"]
        except Problem:
            return {}
        found = [one["parameters"] for one in rules if one["name"] == name]
        return {one["name"]: str(one["value"]) for one in (found[0] if found else ())}

    def declare(self, first: Spec, *, windows: int) -> bool:
        """Have a product declared, where the site is one's own and has such a thing."""
        self._changes()
        return self.product is not None and self.product(first, windows)

    def late(self, people: int) -> Truth | None:
        """Let rows of so many people arrive late."""
        self._changes()
        if self.arrive is None:
            return None
        self.truth = self.arrive(people)
        return self.truth

    def close(self) -> None:
        """Let go of every line."""
        for line in self.lines:
            line.close()

    def _changes(self) -> None:
        if not self.lone:
            raise Crowded("this attack changes the site it asks, and others ask it too; give it a copy of its own")

    def _begin(self, line: Line, spec: Spec) -> tuple[float, dict[str, Any]]:
        """Ask; a no in the way of an error is a refusal too."""
        self._go_on()
        start = time.perf_counter()
        for _ in range(TRIES):
            try:
                ticket: dict[str, Any] = line.call("ask", {"spec": spec, **_of(self.dataset)})
            except Problem as problem:
                if problem.status not in NO_SORTS:
                    raise
                ticket = {"outcome": REFUSED, "reason": f"http_{problem.status}"}
                time.sleep(POLL_S)
            else:
                break
        if not self.lone and ticket.get("outcome") == REFUSED and _by_the_past(line, spec, self.dataset):
            raise Crowded("what others asked of this site is in the way; give this attack a copy of its own")
        return start, ticket

    def _go_on(self) -> None:
        if self.over.is_set():
            raise Cancelled("the attack was stopped; begin it again")

    def _at_once(self, line: Line, specs: Sequence[Spec]) -> list[Told]:
        """The last one first, since the others are there by then; those that wait for reviewers are looked at twice."""
        begun, found = [self._begin(line, spec) for spec in specs], dict[int, Told]()
        while len(found) < len(begun):
            for at in reversed(range(len(begun))):
                told = None if at in found else self._look(line, begun[at])
                if told is not None:
                    found[at] = told
        return [found[at] for at in range(len(begun))]

    def _in_turn(self, line: Line, specs: Sequence[Spec]) -> list[Told]:
        """One after the other, a few ahead, so that there is always one at work and each is in hand when it is made."""
        begun = [self._begin(line, spec) for spec in specs[:AHEAD]]
        found: list[Told] = []
        for at in range(len(specs)):
            told = None
            while told is None:
                told = self._look(line, begun[at])
            found.append(told)
            begun += [self._begin(line, spec) for spec in specs[at + AHEAD : at + AHEAD + 1]]
        return found

    def _look(self, line: Line, begun: tuple[float, dict[str, Any]]) -> Told | None:
        """Wait until an answer is there or a no; `None` where reviewers just let it pass, so that it is made again."""
        start, tree = begun
        name, size, pause = str(tree.get("answer_id", "")), 0, POLL_S
        end = time.monotonic() + PATIENCE_S
        while not _settled(tree) and time.monotonic() < end:
            self._go_on()
            tree, size = line.told(name)
            if tree.get("state") in ENDED:
                return _nothing(FAILED, time.perf_counter() - start)
            if tree.get("outcome") == PENDING and tree["missing"]:
                if self.review is not None and self.review(name):
                    return None
                break
            if not _settled(tree):
                time.sleep(pause)
                pause = POLL_S if self.timed else min(pause * LONGER, LONGEST_POLL_S)
        return _told(tree, time.perf_counter() - start, size)


def _by_the_past(line: Line, spec: Spec, dataset: str) -> bool:
    """Whether a question that was refused would be let in by a site that nobody asked anything."""
    try:
        return bool(line.call("explain", {"spec": spec, **_of(dataset)}).get("outcome") != REFUSED)
    except Problem as problem:
        return problem.status == TOO_MANY


def _settled(tree: Mapping[str, Any]) -> bool:
    """Whether there is an answer or a no; an answer that waits for nobody is on its way."""
    return tree.get("outcome") is not None and (tree["outcome"] != PENDING or bool(tree["missing"]))


def _nothing(refused: str, seconds: float, size: int = 0, raw: str = "") -> Told:
    return Told(cells={}, status={}, refused=refused, seconds=seconds, size=size, done=time.perf_counter(), raw=raw)


def _told(tree: Mapping[str, Any], seconds: float, size: int) -> Told:
    """An answer as cells."""
    if tree.get("outcome") != "released":
        refused = str(tree.get("reason") or tree.get("outcome") or FAILED)
        return _nothing(refused, seconds, size, json.dumps(tree, sort_keys=True))
    columns = {one["name"]: one["cells"] for one in tree["columns"]}
    names = [name for name in columns if name not in ASIDE]
    keys: list[Key] = [tuple("" if one is None else str(one) for one in row)
                       for row in zip(*(columns[name] for name in names[:-1]), strict=True)]  # fmt: skip
    told = dict(zip(keys, (None if one is None else int(one) for one in columns[names[-1]]), strict=True))
    status = dict(zip(keys, columns["status"], strict=True))
    cells = {key: value if status[key] == "value" else None for key, value in told.items()}
    margins = zip(keys, columns.get("margin", [None] * len(keys)), strict=True)
    return Told(
        cells=cells,
        status=status,
        refused="",
        seconds=seconds,
        size=size,
        done=time.perf_counter(),
        reason=dict(zip(keys, columns["reason"], strict=True)),
        margin={key: int(one) for key, one in margins if one is not None},
        raw=json.dumps({name: tree[name] for name in ("answer_id", "columns", "digest") if name in tree}),
        level=str(tree.get("policy", {}).get("name", "")),
    )


def _of(dataset: str) -> dict[str, str]:
    """What a question says of the data set; nothing where the analyst's project has one."""
    return {"dataset": dataset} if dataset else {}


def wired(urls: str, tokens: Sequence[str], *, truth: Truth | None, seed: int, dataset: str = "") -> Wired:
    """A field on a site that runs, with what its analysts may look at: days, areas, and types of events.

    Raises:
        Problem: The site cannot be reached, or a token does not hold.
    """
    lines = [Line(urls, token=token) for token in tokens]
    try:
        return _looked_at(lines, truth=truth, seed=seed, dataset=dataset)
    except SafeconductError:
        for line in lines:
            line.close()
        raise


def _looked_at(lines: Sequence[Line], *, truth: Truth | None, seed: int, dataset: str) -> Wired:
    present = lines[0].call("available_days", _of(dataset))["days"]
    days = sorted({date.fromisoformat(day) for every in present.values() for day in every})
    areas: dict[str, tuple[str, ...]] = {}
    parents: dict[str, str] = {}
    for level in LEVELS:
        found = _areas(lines[0], str(level), dataset)
        if found:
            areas[str(level)] = tuple(one["code"] for one in found)
            parents |= {one["code"]: one["parent"] for one in found if one["parent"]}
    return Wired(lines=lines, days=tuple(days), areas=areas, parents=parents, truth=truth,
                 rng=np.random.default_rng(seed), dataset=dataset, slices=slices_of(present))  # fmt: skip


def _areas(line: Line, level: str, dataset: str) -> list[dict[str, Any]]:
    """Areas of a level that was observed; nothing where the token does not allow it."""
    try:
        return [one for one in line.call("areas", {"level": level, **_of(dataset)}) if one.get("observed", True)]
    except Problem as problem:
        if problem.status in {MISSING, FORBIDDEN}:
            return []
        raise
