"""What a question is compared with before it is answered: the records earlier ones read, across all projects."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from safeconduct.actions.room import Act, Room
from safeconduct.engines.frames import Asked, Comparing, Parts
from safeconduct.ledger.entries import Fact, FrameAsked
from safeconduct.ledger.ledger import Ledger, Transaction
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import NotFound, OverBudget
from safeconduct.model.outcomes import Alternative, Budget, History, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.text import say
from safeconduct.query.base import AggregateQuery
from safeconduct.query.frame import Frame, frames
from safeconduct.query.question import Question
from safeconduct.query.shifting import shifted
from safeconduct.query.spec import read_question
from safeconduct.release.base import set_by
from safeconduct.release.gate import audit, is_remembered, people_apart
from safeconduct.store.versions import Manifest

PRODUCT = "product"


@dataclass(frozen=True)
class Auditor:
    """Compares one question with those before it.

    Attributes:
        question: What is asked.
        policy: The protection level.
        manifest: The version of the data set.
        comparing: What compares frames.
    """

    question: Question
    policy: Policy
    manifest: Manifest
    comparing: Comparing

    def prepare(self, room: Room) -> None:
        """Read whose records all the parts hold that will be compared, wherever nobody did before.

        The record of use says so first.
        """
        if not is_remembered(self.policy):
            return
        mine, ledger = self._mine(), room.site.ledger
        others = [*self._asked(ledger), *self._declared(ledger)] if people_apart(self.policy) else []
        near = [other for other in others if any(one.frame.meets(other.frame) for one in mine)]
        lacking = self.comparing.lacking([*mine, *near])
        if lacking:
            with room.write() as act:
                act.record(self.manifest.dataset, {"partitions": len(lacking)}, verb="compare")
            self.comparing.prepare(lacking)

    def refusal(self, act: Act) -> Refusal | None:
        """A refusal, where this question and an earlier one together would single somebody out.

        Within the transaction that then remembers the question, so that of two at once one sees the other.
        """
        apart = people_apart(self.policy)
        if not apart or paid(act.tx, self.question.paid_as(self.policy.id)):
            return None
        mine, ledger = self._mine(), act.room.site.ledger
        others = [*self._asked(act.tx), *self._declared(ledger)]
        close = self.comparing.close(mine, others, minimum=apart)
        history = History(
            close=tuple(one.frame.to_json() for one in close), declared=is_declared(ledger, self.question)
        )
        return audit(self.question, self.policy, history)

    def remember(self, act: Act) -> None:
        """Write down whom the question is about, for those after it."""
        if is_remembered(self.policy):
            for one in self._mine():
                act.tx.frame(
                    self.manifest.dataset, one.frame.id, body=one.frame.to_json(), versions=kept(one.parts),
                    project=act.room.caller.project, at=act.room.now,
                )  # fmt: skip

    def _mine(self) -> list[Asked]:
        return asked_of(self.comparing, self.question.query)

    def _asked(self, where: Ledger | Transaction) -> Sequence[Asked]:
        known = self.comparing.known
        with known.lock:
            known.asked.extend(asked_before(where.frames(self.manifest.dataset, since=len(known.asked))))
            return tuple(known.asked)

    def _declared(self, ledger: Ledger) -> Sequence[Asked]:
        """Every window of every product, once, on the parts of this version; many windows share days."""
        known, products = self.comparing.known, products_of(ledger, self.manifest.dataset)
        version = (self.manifest.id, tuple(one.id for one in products))
        with known.lock:
            if known.declared[0] != version:
                every = {frame for query in windows_of(products) for frame in frames(query.plan())}
                made = [self.comparing.asked(frame) for frame in every]
                known.declared = (version, tuple(one for one in made if one.parts))
            return known.declared[1]


def asked_of(comparing: Comparing, query: AggregateQuery) -> list[Asked]:
    """The frames of a question, on the parts they would read now."""
    return [comparing.asked(frame) for frame in frames(query.plan())]


def kept(parts: Parts) -> dict[str, str]:
    """Parts as the ledger keeps them."""
    return {name: " ".join(digests) for name, digests in parts.items()}


def asked_before(frames_asked: Iterable[FrameAsked]) -> list[Asked]:
    """Frames as the ledger kept them."""
    return [
        Asked(Frame.from_json(one.body), {name: tuple(parts.split()) for name, parts in one.versions.items()})
        for one in frames_asked
    ]


def declared(ledger: Ledger, dataset: str) -> list[AggregateQuery]:
    """Every window of every declared product of a data set."""
    return windows_of(products_of(ledger, dataset))


def products_of(ledger: Ledger, dataset: str) -> list[Fact]:
    """The declared products of a data set."""
    return list(ledger.facts(PRODUCT, state="current", prefix=f"{dataset}:"))


def windows_of(products: Iterable[Fact]) -> list[AggregateQuery]:
    """Every window of these."""
    return [
        query
        for fact in products
        for query in windows(canonical(fact.body["spec"]), int(str(fact.body["step"])), int(str(fact.body["windows"])))
    ]


def is_declared(ledger: Ledger, question: Question) -> bool:
    """Whether a question is a window of a declared product."""
    return any(question.query.spec_id == one.spec_id for one in declared(ledger, question.dataset))


@lru_cache(maxsize=256)
def windows(spec: str, step: int, count: int) -> tuple[AggregateQuery, ...]:
    """The windows of a product: the question, then the same moved on by `step` days, and so on.

    Args:
        spec: Canonical text of the first window.
        step: Days from one to the next.
        count: How many.
    """
    first = read_question(json.loads(spec))
    moved = [shifted(first, step * at) for at in range(count)]
    return tuple(one for one in moved if isinstance(one, AggregateQuery))


def paid(tx: Transaction, answer_id: str) -> bool:
    """Whether an answer was paid for; asking for it again is free and compared with nothing."""
    try:
        tx.noise(answer_id)
    except NotFound:
        return False
    return True


def out_of_budget(policy: Policy, error: OverBudget) -> Refusal:
    """What is said where a budget does not reach."""
    whose = {
        Budget.PROJECT.value: say("The budget of this project is used up, or does not reach for this question."),
        Budget.DATASET.value: say("The budget of these days is used up, or does not reach for this question."),
    }
    return Refusal(
        reason="budget.spent",
        what=whose.get(error.field, say("A budget does not reach for this question.")),
        rule=say("All answers together may reveal only so much of a person; what was answered before stays free."),
        agreement=set_by(policy),
        alternatives=(
            Alternative(says=say("Look at answers there are already; asking the same again costs nothing.")),
            Alternative(says=say("Ask about other months.")),
        ),
    )
