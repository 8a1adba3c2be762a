"""Games that several attacks play: pairs of questions whose people differ by few, and what their answers betray."""

import dataclasses
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeAlias

import numpy as np

from safeconduct.attack.base import Finding
from safeconduct.attack.field import Field, Key, Spec, Told
from safeconduct.attack.truth import Truth
from safeconduct.measures.attacks.guessing import CONFIDENCE, SIGMAS, Estimate, learned
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput

SIZES = (0, 4, 8, 12, 15, 16, 20, 30, 50, 100, 200, 500, 1000)
FEW = 16
CHANCE = 0.5
Feature: TypeAlias = tuple[float | str | None, ...]


@dataclass(frozen=True)
class Pair:
    """Two questions about almost the same people.

    Attributes:
        more: The wider one.
        less: The narrower one.
        who: Which analyst asks which.
    """

    more: Spec
    less: Spec
    who: tuple[int, int] = (0, 0)


@dataclass
class Answers:
    """What was told to whom and what is true, each question asked once an analyst.

    Attributes:
        field: Whom to ask.
        truth: What is true.
    """

    field: Field
    truth: Truth
    _told: dict[tuple[int, str], Told] = dataclasses.field(default_factory=dict, init=False)
    _true: dict[str, Mapping[Key, int]] = dataclasses.field(default_factory=dict, init=False)
    _names: dict[int, tuple[str, Spec]] = dataclasses.field(default_factory=dict, init=False)

    def ask(self, specs: Iterable[Spec], who: int = 0) -> None:
        """Ask what was not asked yet, all at once, in an order of chance."""
        new = {self._name(spec): spec for spec in specs if (who, self._name(spec)) not in self._told}
        names = [list(new)[at] for at in self.field.rng.permutation(len(new))]
        for name, told in zip(names, self.field.ask(*(new[name] for name in names), who=who), strict=True):
            self._told[who, name] = told

    def play(self, pairs: Sequence[Pair]) -> None:
        """Ask both questions of every pair."""
        for who in sorted({one for pair in pairs for one in pair.who}):
            self.ask([spec for pair in pairs for spec, one in zip((pair.more, pair.less), pair.who, strict=True)
                      if one == who], who)  # fmt: skip

    def told(self, spec: Spec, who: int = 0) -> Told:
        """What was told."""
        return self._told[who, self._name(spec)]

    def true(self, spec: Spec) -> Mapping[Key, int]:
        """What is true; cells with nobody are absent."""
        name = self._name(spec)
        if name not in self._true:
            self._true[name] = self.truth.counted(spec)
        return self._true[name]

    def _name(self, spec: Spec) -> str:
        """A question's one text; kept with the question, as it is looked up for every cell."""
        if id(spec) not in self._names:
            self._names[id(spec)] = (canonical(spec), spec)
        return self._names[id(spec)][0]

    def refused(self) -> tuple[int, int]:
        """How many questions were refused, of how many."""
        return sum(bool(one.refused) for one in self._told.values()), len(self._told)


@dataclass
class Cases:
    """Targets with what an attacker saw of them.

    Attributes:
        features: What was seen, a row a case.
        labels: 1 where the two answers differ by exactly one, 0 where by nobody.
        groups: Cases of one group are as likely of one label as of the other before anything is asked.
        sizes: People in the smaller of the two cells.
    """

    features: list[Feature] = dataclasses.field(default_factory=list)
    labels: list[int] = dataclasses.field(default_factory=list)
    groups: list[Hashable] = dataclasses.field(default_factory=list)
    sizes: list[int] = dataclasses.field(default_factory=list)

    def add(self, feature: Feature, *, more: int, less: int, group: Hashable) -> None:
        """A cell; only those that differ by one or by nobody are cases."""
        if abs(more - less) <= 1:
            size = min(more, less)
            self.features.append(feature)
            self.labels.append(abs(more - less))
            self.groups.append((group, int(np.searchsorted(SIZES, size, side="right"))))
            self.sizes.append(size)

    def extend(self, other: "Cases") -> None:
        """Take in those of another family."""
        self.features += other.features
        self.labels += other.labels
        self.groups += other.groups
        self.sizes += other.sizes

    def within(self, least: int, most: int) -> "Cases":
        """Cases whose smaller cell has so many people."""
        keep = [at for at, size in enumerate(self.sizes) if least <= size <= most]
        return self._some(keep)

    def balanced(self, rng: np.random.Generator) -> "Cases":
        """As many of one label as of the other in every group, so that only the answers can tell them apart."""
        found: dict[Hashable, tuple[list[int], list[int]]] = {}
        for at, (group, label) in enumerate(zip(self.groups, self.labels, strict=True)):
            found.setdefault(group, ([], []))[label].append(at)
        keep: list[int] = []
        for zeros, ones in found.values():
            least = min(len(zeros), len(ones))
            keep += [side[at] for side in (zeros, ones) for at in rng.permutation(len(side))[:least]]
        return self._some(keep)

    def guessed(self, rng: np.random.Generator) -> Estimate:
        """How often an attacker who knows the mechanism is right."""
        even = self.balanced(rng)
        width = max((len(one) for one in even.features), default=1)
        features = np.empty((len(even.features), width), dtype=object)
        for at, one in enumerate(even.features):
            features[at, : len(one)] = one
        return learned(features, np.array(even.labels, dtype=np.int64), rng)

    def _some(self, keep: Sequence[int]) -> "Cases":
        columns = (self.features, self.labels, self.groups, self.sizes)
        return Cases(*([column[at] for at in keep] for column in columns))  # type: ignore[arg-type]  # each its own kind


def known(field: Field) -> Truth:
    """What is true of a site whose truth is known.

    Raises:
        BadInput: It is not; an attack that needs it looks first.
    """
    if field.truth is None:
        raise BadInput("this attack needs --truth")
    return field.truth


def seen(told: Told, key: Key) -> tuple[str, int | None]:
    """A cell's status, the refusal's reason where there is no answer, and its value."""
    if told.refused:
        return told.refused, None
    return str(told.status.get(key, "unlisted")), told.cells.get(key)


def differences(answers: Answers, pairs: Sequence[Pair], *, values: bool = True) -> Cases:
    """Every cell of every pair: what the difference of the two answers, or their silence, tells of it.

    Args:
        answers: Already asked.
        pairs: Questions.
        values: Look at values too; otherwise at what is told, withheld and refused only.
    """
    cases = Cases()
    for number, pair in enumerate(pairs):
        more, less = answers.told(pair.more, pair.who[0]), answers.told(pair.less, pair.who[1])
        true = answers.true(pair.more), answers.true(pair.less)
        for key in true[0].keys() | true[1].keys():
            (status, value), (other, lower) = seen(more, key), seen(less, key)
            gap = value - lower if values and value is not None and lower is not None else None
            cases.add((gap, status, other), more=true[0].get(key, 0), less=true[1].get(key, 0), group=number)
    return cases


def by_slice(ask: Mapping[frozenset[str], Spec], *, who: tuple[int, int] = (0, 0)) -> list[Pair]:
    """Pairs of questions that differ by one slice, such as a type of event.

    Args:
        ask: The question of each set of slices.
        who: Who asks the wider and the narrower one.
    """
    return [Pair(ask[more], ask[less], who) for more in ask for less in ask if less < more and len(more - less) == 1]


def worst(families: Mapping[str, Cases], rng: np.random.Generator, *, guesses: int) -> tuple[str, Estimate, str]:
    """The family in which most was guessed right, and all of them in words.

    The best of many small samples is always above chance, so a family with fewer cases than `guesses` is chosen only
    where no other is large enough, or where even the lower end of its interval is above the best of the large ones; of
    an interval that holds for all families at once, since one in forty is that high by chance.
    """
    found = {name: cases.guessed(rng) for name, cases in families.items()}
    large = {name: one for name, one in found.items() if one.n >= guesses}
    if not large:
        most = max((one.n for one in found.values()), default=0)
        large = {name: one for name, one in found.items() if one.n == most}
    name = max(large, key=lambda one: large[one].value)
    surest = max(found, key=lambda one: _at_least(found[one], len(found)))
    if _at_least(found[surest], len(found)) > found[name].value:
        name = surest
    words = ", ".join(f"{one} {est.value:.2f} of {est.n}" for one, est in found.items())
    return name, found[name], words


def _at_least(one: Estimate, families: int) -> float:
    """The lower end of a family's interval, made wider so that those of so many families hold together."""
    wider = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * families)) / SIGMAS
    return one.value - wider * (one.value - one.low)


def by_size(families: Mapping[str, Cases], *, least: int = FEW) -> dict[str, Cases]:
    """Each family apart for cells with and without enough people to be told: an attacker knows which is which."""
    found: dict[str, Cases] = {}
    for name, cases in families.items():
        found[f"{name}, large cells"] = cases.within(least, 1 << 40)
        found[f"{name}, small cells"] = cases.within(0, least - 1)
    return found


def accuracy_finding(estimate: Estimate, note: str) -> Finding:
    """A finding where a coin would be right half of the time."""
    return Finding(metric="accuracy", accuracy=estimate.value, auc=None, bits=None, chance=CHANCE,
                   ci=(estimate.low, estimate.high), n=estimate.n, note=note)  # fmt: skip
