"""What phones record on a day: who, when, where, to whom and how much."""

from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from safeconduct.model.areas import PHONED, EventType
from safeconduct.model.errors import BadMapping
from safeconduct.model.text import say
from safeconduct.synth.samples.network import Network
from safeconduct.synth.samples.parameters import CdrSample
from safeconduct.synth.samples.people import CONTACTS, People

Whole = NDArray[np.int64]
NO_CELL = -1
NO_SITE = -1
WITHOUT_CELL = 0.01
UNKNOWN_CELL = 0.002
UNKNOWN_NAMES = 5
TRAVELLING = 0.012
ON_NET = 0.85
ELSEWHERE = 0.6
SATURDAY = 5
KINDS = tuple(kind for kind in EventType if kind in PHONED)
SHARE = {EventType.CALLS: 0.42, EventType.SMS: 0.2, EventType.MDS: 0.33, EventType.TOPUPS: 0.05}
WEEKEND = {EventType.CALLS: 0.85, EventType.SMS: 0.95, EventType.MDS: 1.1, EventType.TOPUPS: 0.8}
RECHARGES = np.array([5, 10, 20, 50, 100, 200])
# Hours of the day in relation to each other, on working days and on weekends.
HOURS = np.array(
    [
        [5, 3, 2, 2, 3, 8, 20, 34, 42, 44, 45, 46, 48, 44, 42, 43, 46, 54, 66, 76, 74, 58, 34, 14],
        [8, 5, 3, 2, 2, 5, 11, 22, 36, 46, 50, 50, 48, 46, 46, 46, 48, 52, 62, 70, 70, 58, 38, 20],
    ]
)


def _whereabouts() -> NDArray[np.float32]:
    """Cumulative chance of each place, by weekend, hour and place, in the order of a person's places."""
    night, working, leisure = (
        (0.9, 0.01, 0.015, 0.015, 0.06),
        (0.36, 0.46, 0.1, 0.04, 0.04),
        (0.7, 0.06, 0.1, 0.08, 0.06),
    )
    weekday = [night if hour < 6 or hour > 18 else working if 8 <= hour < 17 else leisure for hour in range(24)]  # noqa: PLR2004 - a clock
    weekend = [night if hour < 7 or hour > 19 else leisure for hour in range(24)]  # noqa: PLR2004 - a clock
    return np.cumsum(np.array([weekday, weekend], dtype=np.float32), axis=2)


WHEREABOUTS = _whereabouts()


@dataclass(frozen=True, kw_only=True)
class Outages:
    """Hours in which sites were silent, by day and site.

    Attributes:
        start: Second of the day the silence starts.
        end: Second of the day before which it ends; equal to `start` where there was none.
    """

    start: NDArray[np.int32]
    end: NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Events:
    """The events of one type on one day, in the order of time.

    Attributes:
        person: Index of the person.
        second: Seconds since local midnight.
        site: Site whose mast was used.
        cell: Index of the cell's name; from the number of names on, a name nobody knows; `NO_CELL` for none.
        outgoing: Whether the person started it.
        counterpart: The other party's number, 0 where there is none.
        amount: Seconds, megabytes or money; not a number for messages.
    """

    person: Whole
    second: Whole
    site: Whole
    cell: Whole
    outgoing: NDArray[np.bool_]
    counterpart: Whole
    amount: NDArray[np.float64]

    def __len__(self) -> int:
        """How many."""
        return len(self.person)

    def take(self, rows: Whole) -> "Events":
        """Some of the rows, in the order given."""
        return Events(**{name: column[rows] for name, column in vars(self).items()})


def outages(sample: CdrSample, *, network: Network, stricken: tuple[int, ...]) -> Outages:
    """Which sites fall silent, when: now and then anywhere, and for two days where the disaster struck."""
    rng = np.random.default_rng([sample.seed, 3])
    shape = (sample.days, len(network.commune))
    start = rng.integers(0, 22, shape, dtype=np.int32)
    hours = rng.integers(2, 11, shape, dtype=np.int32)
    silent = rng.random(shape) < sample.outages
    if sample.struck and sample.outages:
        dark = np.isin(network.district, stricken) & (rng.random(shape[1]) < 0.3)  # noqa: PLR2004 - a third of the masts
        days = slice(sample.disaster_day, sample.disaster_day + 2)
        start[days, dark], hours[days, dark], silent[days, dark] = 0, 24, True
    end = np.where(silent, np.minimum(start + hours, 24), start)
    return Outages(start=start * 3600, end=end * 3600)


@dataclass(frozen=True, kw_only=True)
class Day:
    """What stays the same for all events of one day.

    Attributes:
        index: Index of the day.
        weekend: 1 on Saturdays and Sundays, else 0.
        places: Sites by person and place.
        journey: Site a travelling person is around all day, `NO_SITE` for the others.
        service: Cells in service: names in the order of sites, start by site, number by site.
        silent_from: Second of the day each site falls silent.
        silent_to: Second before which its silence ends.
    """

    index: int
    weekend: int
    places: NDArray[np.int32]
    journey: NDArray[np.int32]
    service: tuple[Whole, Whole, Whole]
    silent_from: NDArray[np.int32]
    silent_to: NDArray[np.int32]


def day_of(index: int, *, sample: CdrSample, network: Network, people: People, silence: Outages) -> Day:
    """A day of the sample."""
    rng = np.random.default_rng([sample.seed, 4, index])
    journey = np.full(len(people), NO_SITE, np.int32)
    away = np.flatnonzero(rng.random(len(people), dtype=np.float32) < TRAVELLING)
    journey[away] = rng.choice(len(network.weight), len(away), p=network.weight)
    return Day(
        index=index,
        weekend=int(sample.day(index).weekday() >= SATURDAY),
        places=people.places(index),
        journey=journey,
        service=network.in_service(sample.day(index)),
        silent_from=silence.start[index],
        silent_to=silence.end[index],
    )


def events_of(kind: EventType, *, day: Day, sample: CdrSample, network: Network, people: People) -> Events:
    """The events of one type on a day."""
    rng = np.random.default_rng([sample.seed, 5, day.index, KINDS.index(kind)])
    mean = sample.events_per_day * SHARE[kind] * (WEEKEND[kind] if day.weekend else 1.0)
    acts = _acts(rng, kind, mean=mean, people=people)
    second = _seconds(rng, day, acts.deeds)[acts.deed]
    site, heard = _sites(rng, day, acts.person, second=second, network=network)
    events = Events(
        person=acts.person,
        second=second,
        site=site,
        cell=_cells(rng, day, site, known=len(network.names)),
        outgoing=acts.outgoing,
        counterpart=acts.counterpart,
        amount=_amounts(rng, kind, acts.deeds)[acts.deed],
    )
    kept = np.flatnonzero(heard)
    return events.take(kept[np.argsort(second[kept], kind="stable")])


@dataclass(frozen=True, kw_only=True)
class Acts:
    """Who does what with whom; not yet when and where.

    Attributes:
        person: Index of the person of each record.
        counterpart: The other party's number, 0 where there is none.
        outgoing: Whether the person started it.
        deed: Index of the deed: two people in the same network who talk make two records of one deed.
        deeds: Number of deeds.
    """

    person: Whole
    counterpart: Whole
    outgoing: NDArray[np.bool_]
    deed: Whole
    deeds: int


def _acts(rng: np.random.Generator, kind: EventType, *, mean: float, people: People) -> Acts:
    match kind:
        case EventType.CALLS | EventType.SMS:
            return _talks(rng, people.activity * mean / (1 + ON_NET), people)
        case EventType.MDS:
            return _alone(rng, people.activity * people.smart * mean / max(float(people.smart.mean()), 0.01))
        case EventType.TOPUPS:
            return _alone(rng, people.activity * mean)
        case EventType.SIGHTINGS:
            raise BadMapping(say("a sample of phone records has no sightings"), field="events")
        case _:
            assert_never(kind)


def _talks(rng: np.random.Generator, rate: NDArray[np.float64], people: People) -> Acts:
    """A record for who starts and, in the same network, one for who answers."""
    one = np.repeat(np.arange(len(people)), rng.poisson(rate))
    # Squared, so that the first contacts are the ones people talk to most.
    other = people.contacts[one, (rng.random(len(one)) ** 2 * CONTACTS).astype(np.int64)].astype(np.int64)
    inside = (rng.random(len(one)) < ON_NET) & (other != one)
    outside = rng.integers(997 * 10**9, 999 * 10**9, len(one))
    answered = np.flatnonzero(inside)
    return Acts(
        person=np.concatenate([one, other[answered]]),
        counterpart=np.concatenate([np.where(inside, people.msisdn[other], outside), people.msisdn[one[answered]]]),
        outgoing=np.concatenate([inside | (rng.random(len(one)) < 0.5), np.zeros(len(answered), bool)]),  # noqa: PLR2004 - half of the calls with other networks come in
        deed=np.concatenate([np.arange(len(one)), answered]),
        deeds=len(one),
    )


def _alone(rng: np.random.Generator, rate: NDArray[np.float64]) -> Acts:
    person = np.repeat(np.arange(len(rate)), rng.poisson(rate))
    return Acts(
        person=person,
        counterpart=np.zeros(len(person), np.int64),
        outgoing=np.ones(len(person), bool),
        deed=np.arange(len(person)),
        deeds=len(person),
    )


def _amounts(rng: np.random.Generator, kind: EventType, number: int) -> NDArray[np.float64]:
    match kind:
        case EventType.CALLS:
            return np.clip(np.round(rng.lognormal(4.1, 1.1, number)), 1, 7200)
        case EventType.SMS:
            return np.full(number, np.nan)
        case EventType.MDS:
            return np.round(rng.lognormal(0.6, 1.6, number), 2)
        case EventType.TOPUPS:
            return rng.choice(RECHARGES, number).astype(np.float64)
        case EventType.SIGHTINGS:
            raise BadMapping(say("a sample of phone records has no sightings"), field="events")
        case _:
            assert_never(kind)


def _seconds(rng: np.random.Generator, day: Day, number: int) -> Whole:
    share = HOURS[day.weekend] / HOURS[day.weekend].sum()
    return rng.choice(24, number, p=share) * 3600 + rng.integers(0, 3600, number)


def _sites(
    rng: np.random.Generator, day: Day, person: Whole, *, second: Whole, network: Network
) -> tuple[Whole, NDArray[np.bool_]]:
    """The site of each event, and whether a mast was there to hear it."""
    reach = WHEREABOUTS[day.weekend][second // 3600]
    draw = rng.random(len(person), dtype=np.float32)
    place = (draw[:, None] >= reach[:, :-1]).sum(axis=1)
    site = np.where(day.journey[person] == NO_SITE, day.places[person, place], day.journey[person]).astype(np.int64)
    silent = _silent(day, site, second)
    instead = silent & (rng.random(len(person)) < ELSEWHERE)
    site = np.where(instead, network.neighbour[site], site)
    return site, ~silent | (instead & ~_silent(day, site, second))


def _silent(day: Day, site: Whole, second: Whole) -> NDArray[np.bool_]:
    return (day.silent_from[site] <= second) & (second < day.silent_to[site])


def _cells(rng: np.random.Generator, day: Day, site: Whole, *, known: int) -> Whole:
    """A cell of each site that is in service; now and then none, or one nobody knows."""
    names, start, number = day.service
    cell = names[start[site] + (rng.random(len(site)) * number[site]).astype(np.int64)]
    chance = rng.random(len(site))
    stray = known + rng.integers(0, UNKNOWN_NAMES, len(site))
    cell = np.where(chance < WITHOUT_CELL + UNKNOWN_CELL, stray, cell)
    return np.where(chance < WITHOUT_CELL, NO_CELL, cell)
