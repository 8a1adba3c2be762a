"""Attack a site: several attacks at once on copies where it is our own, one after the other where it is somebody's."""

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from safeconduct.attack.asking import Crowded, Wired
from safeconduct.attack.base import Finding, Place, attack, untried
from safeconduct.attack.report import Report
from safeconduct.attack.site import SEED, Master, attacked, filled, sampled
from safeconduct.attack.workload import Utility, utility
from safeconduct.model.errors import SafeconductError
from safeconduct.model.sightings import DataSchema
from safeconduct.protect.zcdp import epsilon

Tell = Callable[[str, int, int], None]
Opened = Callable[[], AbstractContextManager[Wired]]
BENIGN = "workload"
DELTA = 1e-6


@dataclass(frozen=True)
class Plan:
    """What to do.

    Attributes:
        attacks: Names, in order.
        guesses: Guesses an attack, at least.
        small: A small benign workload.
        people: People of a practice site.
        days: Its days.
        apart: Every attack gets a copy of its own; for comparing with attacks that share one.
        schema: What a practice site is made of.
    """

    attacks: Sequence[str]
    guesses: int
    small: bool
    people: int
    days: int
    apart: bool = False
    schema: DataSchema = DataSchema.PHONE


def attack_practice(policies: Sequence[str], plan: Plan, tell: Tell) -> Iterator[Report]:
    """Attack a practice site under each protection level; everything is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="safeconduct-attack-") as temporary:
        folder = Path(temporary)
        files = sampled(folder, people=plan.people, days=plan.days, tell=tell, schema=plan.schema)
        for number, policy in enumerate(policies):
            master = filled(folder / f"level{number}", files, policy=policy, tell=tell)
            copies = partial(_copy, master, count())
            yield _Round(plan, tell, opened=copies, policy=master.policy, rho=master.rho, schema=plan.schema).report(
                _lanes(plan)
            )


def _copy(master: Master, numbers: Iterator[int]) -> AbstractContextManager[Wired]:
    return attacked(master, master.folder / f"copy{next(numbers)}")


def attack_served(site: Wired, plan: Plan, tell: Tell) -> Report:
    """Attack a site that somebody serves: what one attack asks, the next finds asked."""
    every = _Lane((BENIGN, *plan.attacks), anew=False)
    return _Round(plan, tell, opened=lambda: nullcontext(site), policy="", rho=None, schema=site.schema).report(
        [[every]]
    )


@dataclass(frozen=True)
class _Lane:
    """Attacks one after the other.

    Attributes:
        names: Which.
        anew: Each gets a copy of its own; otherwise they share one as long as nobody is in another's way.
    """

    names: Sequence[str]
    anew: bool


def _lanes(plan: Plan) -> list[list[_Lane]]:
    """Lanes that go on side by side, and then those that nothing may go on beside."""
    by = {place: [name for name in plan.attacks if attack[name].place is place] for place in Place}
    beside = [_Lane(by[Place.SHARED], anew=plan.apart), _Lane((BENIGN, *by[Place.OWN]), anew=True)]
    return [beside, [_Lane(by[Place.QUIET], anew=True)]]


@dataclass
class _Round:
    """Every attack on one site, or on copies of it.

    Attributes:
        plan: What to do.
        tell: Told how many attacks are over.
        opened: Opens a site, or a copy that nobody asked anything.
        policy: The protection level, for the report.
        rho: What an answer declares that it reveals, millionths; `None` where the level declares nothing.
        schema: What the site is made of.
    """

    plan: Plan
    tell: Tell
    opened: Opened
    policy: str
    rho: int | None
    schema: DataSchema
    _over: threading.Event = field(default_factory=threading.Event, init=False)
    _telling: threading.Lock = field(default_factory=threading.Lock, init=False)
    _found: dict[str, Finding] = field(default_factory=dict, init=False)
    _use: Utility | None = field(default=None, init=False)
    _people: int | None = field(default=None, init=False)
    _done: int = field(default=0, init=False)

    def report(self, stages: Sequence[Sequence[_Lane]]) -> Report:
        """Play every stage."""
        self._told(0)
        for lanes in stages:
            self._played(lanes)
        found = {name: self._found[name] for name in self.plan.attacks}
        declared = None if self.rho is None else epsilon(self.rho, DELTA)
        return Report(
            policy=self.policy,
            people=self._people,
            attacks=found,
            utility=self._use,
            epsilon=declared,
            schema=self.schema,
        )

    def _played(self, lanes: Sequence[_Lane]) -> None:
        """Lanes side by side; where one breaks off, or somebody stops it all, the others end soon."""
        with ThreadPoolExecutor(len(lanes)) as crews:
            try:
                for one in [crews.submit(self._along, lane) for lane in lanes]:
                    one.result()
            except BaseException:
                self._over.set()
                raise

    def _along(self, lane: _Lane) -> None:
        """One lane; a copy that is in the way of an attack is changed for another."""
        with ExitStack() as open_now:
            site: Wired | None = None
            for name in lane.names:
                lone = site is None or lane.anew or not self.policy
                if site is None or lane.anew:
                    site = self._anew(open_now)
                try:
                    self._one(name, site, lone=lone)
                except Crowded:
                    site = self._anew(open_now)
                    self._one(name, site, lone=True)
                self._told(1)

    def _anew(self, open_now: ExitStack) -> Wired:
        """A site that nobody asked anything, instead of the last one."""
        open_now.close()
        site = open_now.enter_context(self.opened())
        site.over = self._over
        return site

    def _one(self, name: str, site: Wired, *, lone: bool) -> None:
        """What came of an attack; one that broke off is told of and does not take the others with it."""
        if name == BENIGN:
            self._people = site.truth.people if site.truth is not None else None
            self._use = utility(site.handed(lone=lone, seed=SEED), small=self.plan.small)
            return
        timed = attack[name].place is Place.QUIET
        try:
            found = attack[name]().run(site.handed(lone=lone, seed=SEED, timed=timed), guesses=self.plan.guesses)
        except Crowded:
            raise
        except SafeconductError as error:
            if self._over.is_set():
                raise
            found = untried("accuracy", chance=0.5, note=f"It broke off: {error}")
        self._found[name] = found

    def _told(self, more: int) -> None:
        with self._telling:
            self._done += more
            self.tell(f"attacks {self.policy}".strip(), self._done, len(self.plan.attacks) + 1)
