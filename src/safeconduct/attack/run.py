"""Attack a site: one copy an attack where it is our own, one after the other where it is somebody's."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path

from safeconduct.attack.asking import Wired
from safeconduct.attack.base import Finding, attack, untried
from safeconduct.attack.report import Report
from safeconduct.attack.site import Master, attacked, filled, sampled
from safeconduct.attack.workload import utility
from safeconduct.model.errors import SafeconductError

Tell = Callable[[str, int, int], None]
Opened = Callable[[str], AbstractContextManager[Wired]]
BENIGN = "workload"


@dataclass(frozen=True)
class Plan:
    """What to do.

    Attributes:
        attacks: Names, in order.
        guesses: Guesses an attack, at least.
        small: A small benign workload.
        people: People of a practice site.
        days: Its days.
    """

    attacks: Sequence[str]
    guesses: int
    small: bool
    people: int
    days: int


def attack_practice(policies: Sequence[str], plan: Plan, tell: Tell) -> Iterator[Report]:
    """Attack a practice site under each protection level; everything is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="safeconduct-attack-") as temporary:
        folder = Path(temporary)
        files = sampled(folder, people=plan.people, days=plan.days, tell=tell)
        for number, policy in enumerate(policies):
            master = filled(folder / f"level{number}", files, policy=policy, tell=tell)
            yield _report(master.policy, plan, partial(_copy, master), tell)


def _copy(master: Master, name: str) -> AbstractContextManager[Wired]:
    return attacked(master, master.folder / name)


def attack_served(field: Wired, plan: Plan, tell: Tell) -> Report:
    """Attack a site that somebody serves: what one attack asks, the next finds asked."""
    return _report("", plan, lambda _name: nullcontext(field), tell)


def _report(policy: str, plan: Plan, opened: Opened, tell: Tell) -> Report:
    names, title = (BENIGN, *plan.attacks), f"attacks {policy}".strip()
    people, use, found = None, None, dict[str, Finding]()
    for done, (name, field) in enumerate(_in_turn(names, opened)):
        tell(title, done, len(names))
        if name == BENIGN:
            people = field.truth.people if field.truth is not None else None
            use = utility(field, small=plan.small)
        else:
            found[name] = _played(name, field, plan)
    tell(title, len(names), len(names))
    return Report(policy=policy, people=people, attacks=found, utility=use)


def _played(name: str, field: Wired, plan: Plan) -> Finding:
    """What an attack found; one that broke off is told of and does not take the others with it."""
    try:
        return attack[name]().run(field, guesses=plan.guesses)
    except SafeconductError as error:
        return untried("accuracy", chance=0.5, note=f"It broke off: {error}")


def _in_turn(names: Sequence[str], opened: Opened) -> Iterator[tuple[str, Wired]]:
    """Each name with its site; the next one is opened and the last one closed while one is at work."""
    with ExitStack() as every, ThreadPoolExecutor(2) as aside:
        coming = aside.submit(_open, every, opened(names[0]))
        for name, after in zip_longest(names, names[1:]):
            field, close = coming.result()
            if after is not None:
                coming = aside.submit(_open, every, opened(after))
            yield name, field
            aside.submit(close)


def _open(every: ExitStack, site: AbstractContextManager[Wired]) -> tuple[Wired, Callable[[], None]]:
    """Open a site that is closed in any case; and what closes it before."""
    mine = every.enter_context(ExitStack())
    return mine.enter_context(site), mine.close
