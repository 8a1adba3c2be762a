"""The people of a sample: their numbers, where they spend their days, and who moves where, when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeconduct.synth.samples.network import Network
from safeconduct.synth.samples.parameters import CdrSample
from safeconduct.synth.samples.points import Points, distances

Whole = NDArray[np.int64]
Small = NDArray[np.int32]
Real = NDArray[np.float64]
NEVER = 32_000
# Where a person may be: at home, at work, two places of their district they often go to, and the mast next to home's.
HOME, WORK, MARKET, FRIENDS, BESIDE = range(5)
PLACES = 5
CONTACTS = 6
COUNTRY_PREFIX = 999  # no country has it: no number of a sample is anybody's
NETWORK_CODE = 999_02  # the code kept for private networks
TYPE_CODES = 350_000_00
MODELS = 900
SMART = 0.55
WORKING = 0.65
FAR_WORK = 0.06


@dataclass(frozen=True, kw_only=True)
class People:
    """Everyone with a phone, by index.

    Attributes:
        msisdn: Number of the line.
        imsi: Number of the card, 15 digits.
        imei: Number of the handset, 15 digits, the last a check digit; its first eight are the type.
        smart: Whether the handset opens data sessions.
        activity: Events of a person in relation to the mean; the mean is 1.
        contacts: People they mostly talk to; a person may be listed as their own contact in a tiny sample.
        before: Sites by place, up to the day they move.
        after: Sites by place, from that day on.
        moves: Index of the day they move, `NEVER` for most.
        returns: Index of the day they are back, `NEVER` for most.
        stricken: Indexes of the stricken districts.
    """

    msisdn: Whole
    imsi: Whole
    imei: Whole
    smart: NDArray[np.bool_]
    activity: Real
    contacts: Small
    before: Small
    after: Small
    moves: Small
    returns: Small
    stricken: tuple[int, ...]

    def __len__(self) -> int:
        """How many."""
        return len(self.msisdn)

    def places(self, day: int) -> Small:
        """Sites by person and place on a day."""
        gone = (self.moves <= day) & (day < self.returns)
        return np.where(gone[:, None], self.after, self.before)


def people(sample: CdrSample, *, network: Network, centres: Points) -> People:
    """Everyone of a sample; `centres` are the middles of the districts."""
    rng = np.random.default_rng([sample.seed, 2])
    home = rng.choice(len(network.weight), sample.people, p=network.weight)
    pull = _pull(network, centres)
    stricken = _stricken(sample, np.bincount(network.district[home], minlength=len(centres)), centres)
    moves, returns = _moves(rng, sample, network.district[home], stricken)
    moving = np.flatnonzero(moves != NEVER)
    goal = _destination(rng, network.district[home[moving]], pull, avoid=stricken)
    before = _places(rng, home, network=network, pull=pull)
    after = before.copy()
    after[moving] = _places(rng, _site_in(rng, goal, network), network=network, pull=pull)
    activity = rng.lognormal(0, 0.6, sample.people)
    return People(
        **_numbers(rng, sample.people),
        smart=rng.random(sample.people) < SMART,
        activity=activity / activity.mean(),
        contacts=_contacts(rng, home),
        before=before,
        after=after,
        moves=moves,
        returns=returns,
        stricken=stricken,
    )


def _pull(network: Network, centres: Points) -> Real:
    """How strongly each district pulls people of each: more people pull more, distance holds back; never one's own."""
    size = np.bincount(network.district, weights=network.weight, minlength=len(centres))
    force = size.astype(np.float64) * np.exp(-distances(centres, centres) / 0.9)
    np.fill_diagonal(force, 0)
    return force


def _stricken(sample: CdrSample, residents: Whole, centres: Points) -> tuple[int, ...]:
    """Populous districts that lie together, never the most populous one, which takes most of the displaced in."""
    if not sample.struck:
        return ()
    ranked = np.argsort(-residents, kind="stable")[1:]
    heart, others = ranked[0], ranked[1 : 2 * sample.stricken + 1]
    near = others[distances(centres[others], centres[heart][None])[:, 0].argsort(kind="stable")]
    return tuple(sorted(int(one) for one in (heart, *near[: sample.stricken - 1])))


def _moves(
    rng: np.random.Generator, sample: CdrSample, district: Whole, stricken: tuple[int, ...]
) -> tuple[Small, Small]:
    """The day each person moves and the day they are back; of each stricken district, exactly the share leaves."""
    moves = np.full(len(district), NEVER, np.int32)
    returns = np.full(len(district), NEVER, np.int32)
    own = rng.random(len(district)) < sample.relocating
    moves[own] = rng.integers(1, max(2, sample.days), int(own.sum()))
    for one in stricken:
        residents = rng.permutation(np.flatnonzero(district == one))
        leaving = residents[: round(sample.displaced * len(residents))]
        moves[leaving] = sample.disaster_day
        back = leaving[: round(sample.returning * len(leaving))]
        returns[back] = sample.disaster_day + rng.integers(3, 12, len(back))
    return moves, returns


def _destination(rng: np.random.Generator, start: Whole, pull: Real, *, avoid: tuple[int, ...] = ()) -> Whole:
    """Another district for each person, drawn by its pull."""
    force = pull.copy()
    force[:, list(avoid)] = 0
    reach = force.cumsum(axis=1)
    drawn = rng.random(len(start)) * reach[start, -1]
    return np.asarray((drawn[:, None] < reach[start]).argmax(axis=1))


def _site_in(rng: np.random.Generator, district: Whole, network: Network) -> Whole:
    """A site of each district given, drawn by the people around it."""
    order = np.argsort(network.district, kind="stable")
    share = np.bincount(network.district, weights=network.weight)
    upper = np.cumsum(network.weight[order])
    lower = np.cumsum(share) - share
    drawn = lower[district] + rng.random(len(district)) * share[district]
    found = order[np.minimum(np.searchsorted(upper, drawn, side="right"), len(order) - 1)]
    # The last digits of two sums differ: a draw on the very edge may fall one site beyond its district.
    astray = network.district[found] != district
    found[astray] = order[np.searchsorted(network.district[order], district[astray])]
    return np.asarray(found)


def _places(rng: np.random.Generator, home: Whole, *, network: Network, pull: Real) -> Small:
    """The places of people who live around these sites."""
    district = network.district[home]
    far = rng.random(len(home)) < FAR_WORK
    there = district.copy()
    there[far] = _destination(rng, district[far], pull)
    work = np.where(rng.random(len(home)) < WORKING, _site_in(rng, there, network), home)
    market, friends = (_site_in(rng, district, network) for _ in range(2))
    return np.column_stack([home, work, market, friends, network.neighbour[home]]).astype(np.int32)


def _contacts(rng: np.random.Generator, home: Whole) -> Small:
    """People who live close by, and one from anywhere."""
    order = np.argsort(home, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    step = rng.integers(1, 40, (len(home), CONTACTS), dtype=np.int32)
    step[:, -1] = rng.integers(0, len(home), len(home))
    return np.asarray(order[(rank[:, None] + step) % len(home)], dtype=np.int32)


def _numbers(rng: np.random.Generator, number: int) -> dict[str, Whole]:
    """Numbers that no two people share: a walk through all numbers of a range, in steps that never meet."""
    index = np.arange(number)
    line = (index * 38_196_601 + int(rng.integers(10**8))) % 10**8
    card = (index * 3_819_660_113 + int(rng.integers(10**10))) % 10**10
    model = np.minimum(rng.zipf(1.4, number), MODELS)
    handset = (TYPE_CODES + model * 97) * 10**6 + (index * 381_967 + int(rng.integers(10**6))) % 10**6
    return {
        "msisdn": COUNTRY_PREFIX * 10**9 + 8 * 10**8 + line,
        "imsi": NETWORK_CODE * 10**10 + card,
        "imei": _checked(handset),
    }


def _checked(handset: Whole) -> Whole:
    """A handset's 14 digits with Luhn's check digit."""
    total, rest = np.zeros_like(handset), handset.copy()
    for place in range(14):
        digit = rest % 10 * (2 if place % 2 == 0 else 1)
        total += digit // 10 + digit % 10
        rest //= 10
    return handset * 10 + (10 - total % 10) % 10
