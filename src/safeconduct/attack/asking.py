"""Questions over the wire, as an authorised analyst asks them."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from safeconduct.attack.field import Key, Spec, Told
from safeconduct.attack.truth import Truth
from safeconduct.client.transport import Problem, Transport
from safeconduct.model.areas import AreaLevel

POLL_S = 0.02
PATIENCE_S = 600.0
LEVELS = (AreaLevel.COUNTRY, AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE)
ENDED = frozenset({"failed", "cancelled"})
MISSING, FORBIDDEN = 404, 403
NO_SORTS = frozenset({FORBIDDEN, 409, 429})
TRIES = 3
ASIDE = ("margin", "status", "reason")
FAILED, PENDING = "failed", "pending"


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
    asked: int = field(default=0, init=False)
    refusals: int = field(default=0, init=False)

    @property
    def analysts(self) -> int:
        """How many there are, each of another project."""
        return len(self.lines)

    def ask(self, *specs: Spec, who: int = 0) -> list[Told]:
        """Ask all, wait for all."""
        line = self.lines[who]
        begun = [self._begin(line, spec) for spec in specs]
        found = [self._wait(line, one) for one in begun]
        self.asked += len(found)
        self.refusals += sum(bool(one.refused) for one in found)
        return found

    def declare(self, first: Spec, *, windows: int) -> bool:
        """Have a product declared, where the site is one's own and has such a thing."""
        return self.product is not None and self.product(first, windows)

    def late(self, people: int) -> Truth | None:
        """Let rows of so many people arrive late."""
        if self.arrive is None:
            return None
        self.truth = self.arrive(people)
        return self.truth

    def _begin(self, line: Line, spec: Spec) -> tuple[float, dict[str, Any]]:
        """Ask; a no in the way of an error is a refusal too."""
        start = time.perf_counter()
        for _ in range(TRIES):
            try:
                return start, line.call("ask", {"spec": spec})
            except Problem as problem:
                if problem.status not in NO_SORTS:
                    raise
                said = problem.status
                time.sleep(POLL_S)
        return start, {"outcome": "refused", "reason": f"http_{said}"}

    def _wait(self, line: Line, begun: tuple[float, dict[str, Any]]) -> Told:
        start, ticket = begun
        end = time.monotonic() + PATIENCE_S
        tree, size = ticket, 0
        while not _settled(tree) and time.monotonic() < end:
            tree, size = line.told(str(ticket["answer_id"]))
            if tree.get("state") in ENDED:
                return _nothing(FAILED, time.perf_counter() - start)
            if tree.get("outcome") == PENDING and tree["missing"]:
                if self.review is None or not self.review(str(ticket["answer_id"])):
                    break
                tree = {}
            if not _settled(tree):
                time.sleep(POLL_S)
        return _told(tree, time.perf_counter() - start, size)


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
    )


def wired(urls: str, tokens: Sequence[str], *, truth: Truth | None, seed: int) -> Wired:
    """A field on a site that runs, with what its analysts may look at: days and areas.

    Raises:
        Problem: The site cannot be reached, or a token does not hold.
    """
    lines = [Line(urls, token=token) for token in tokens]
    present = lines[0].call("available_days")["days"]
    days = sorted({date.fromisoformat(day) for every in present.values() for day in every})
    areas: dict[str, tuple[str, ...]] = {}
    parents: dict[str, str] = {}
    for level in LEVELS:
        found = _areas(lines[0], str(level))
        if found:
            areas[str(level)] = tuple(one["code"] for one in found)
            parents |= {one["code"]: one["parent"] for one in found if one["parent"]}
    return Wired(lines=lines, days=tuple(days), areas=areas, parents=parents, truth=truth,
                 rng=np.random.default_rng(seed))  # fmt: skip


def _areas(line: Line, level: str) -> list[dict[str, Any]]:
    """Areas of a level that was observed; nothing where the token does not allow it."""
    try:
        return [one for one in line.call("areas", {"level": level}) if one.get("observed", True)]
    except Problem as problem:
        if problem.status in {MISSING, FORBIDDEN}:
            return []
        raise
