"""Ask from a notebook: send, wait, and hold the protected answer as a table."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from safeconduct.client.transport import Problem, Transport
from safeconduct.client.verbs import VerbMethods

POLL_S = 0.5
WAITING = frozenset({"queued", "running"})


class Refused(Problem):
    """The release check said no; the card says why and what would pass.

    Attributes:
        card: The refusal card: `reason`, `what`, `rule`, `agreement`, `alternatives`, `ask`.
    """

    def __init__(self, card: Mapping[str, Any]) -> None:
        advice = " ".join(str(one["says"]) for one in card.get("alternatives", ()))
        super().__init__(f"{card['what']} {card['rule']} {advice}".strip(), status=200)
        self.card = card


@dataclass(frozen=True, repr=False)
class Answer:
    """A protected answer.

    Attributes:
        answer_id: Its identity.
        table: Keys, values, `status` and `reason`; a value is null unless its status is `value` or `zero`.
        statement: What a reader must know.
        tree: Everything the site sent.
    """

    answer_id: str
    table: pa.Table
    statement: tuple[str, ...]
    tree: Mapping[str, Any] = field(hash=False)

    def __repr__(self) -> str:
        """What it is, and how many cells have which status."""
        found = self.table.column("status").to_pylist()
        counts = ", ".join(f"{found.count(status)} {status}" for status in sorted(set(found)))
        return f"Answer({self.answer_id[:12]}: {counts})"

    def to_pandas(self) -> Any:
        """The table as a pandas frame; pandas must be installed."""
        return self.table.to_pandas()


class Client(VerbMethods, Transport):
    """A site, from a notebook: every verb is a method, and `answer` asks and waits."""

    def answer(
        self,
        spec: Mapping[str, object],
        *,
        dataset: str = "",
        progress: Callable[[int, int], None] | None = None,
        patience_s: float = 3600,
    ) -> Answer:
        """Ask a question and wait for its protected answer.

        Args:
            spec: The question, in our grammar or FlowKit's.
            dataset: Name of the data set; may be left out where the project has one.
            progress: Told the steps done and the steps in all; steps never depend on how many people there are.
            patience_s: Seconds to wait.

        Raises:
            Refused: The release check said no.
            Problem: Anything else went wrong.
        """
        ticket = self.call("ask", {"spec": spec, "dataset": dataset})
        if ticket.get("outcome") == "refused":
            raise Refused(ticket)
        end = time.monotonic() + patience_s
        while ticket["state"] in WAITING:
            if progress is not None:
                progress(ticket["step"], ticket["steps"])
            if time.monotonic() > end:
                raise Problem("the answer is not there yet; ask again later, it costs nothing")
            time.sleep(POLL_S)
            ticket = self.call("job", {"answer_id": ticket["answer_id"]})
        return self.held(ticket["answer_id"])

    def held(self, answer_id: str) -> Answer:
        """A protected answer that exists.

        Raises:
            Refused: It may no longer be seen.
            Problem: There is none, or it is not yours.
        """
        tree = self.get(f"/api/1/results/{answer_id}")
        if tree.get("outcome") == "refused":
            raise Refused(tree)
        if tree.get("outcome") != "released":
            raise Problem(str(tree.get("says", "the answer waits for a reviewer")))
        return Answer(answer_id, _table(tree["columns"]), tuple(_said(one) for one in tree["statement"]), tree)


def _table(columns: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Columns as Arrow; the site sends days as texts and numbers that are not whole as decimal texts."""
    return pa.table({one["name"]: _array(one["type"], one["cells"]) for one in columns})


def _array(sort: str, cells: Sequence[Any]) -> pa.Array:
    match sort:
        case "day":
            return pa.array([None if one is None else date.fromisoformat(one) for one in cells], pa.date32())
        case "decimal":
            return pa.array([None if one is None else float(one) for one in cells], pa.float64())
        case "whole":
            return pa.array(cells, pa.int64())
        case _:
            return pa.array(cells, pa.string())


def _said(text: Mapping[str, Any]) -> str:
    return str(text["id"]).format(**text["values"])
