"""What an answer costs: checked, counted and written under the ledger's one writer's lock."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from safeconduct.ledger import tables
from safeconduct.ledger.entries import Spend
from safeconduct.model.canonical import SAFE_INTEGER
from safeconduct.model.errors import BadInput, NotFound, OverBudget
from safeconduct.model.outcomes import Budget, Cost
from safeconduct.model.text import say

LARGEST_NOISE = 4096
"""Most bytes of the sealed secret kept with a spend."""
PERIOD = re.compile(r"[0-9A-Za-z:/-]{0,32}")


def checked(costs: Sequence[Cost], noise: bytes) -> None:
    """Refuse costs that cannot be counted, before anything is read.

    Raises:
        BadInput: A cost is not at least 1, a number is not whole or too large, a period is no short word, an account
            is named twice, or the secret is too long.
    """
    for one in costs:
        if not (_whole(one.rho) and one.rho >= 1 and _whole(one.limit) and one.limit >= 0):
            raise BadInput("a cost is a whole number of millionths, at least 1, and its limit is one, at least 0")
        if not PERIOD.fullmatch(one.period):
            raise BadInput("the period of a budget is a short word such as 2026-03, or empty for all time")
    if len({(one.budget, one.period) for one in costs}) != len(costs):
        raise BadInput("an answer takes from one period of a budget once; add its costs up")
    if len(noise) > LARGEST_NOISE:
        raise BadInput(f"the secret that noise is drawn from has at most {LARGEST_NOISE} bytes, sealed")


def _whole(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and abs(number) <= SAFE_INTEGER


def afford(connection: Connection, costs: Sequence[Cost], names: Mapping[Budget, str]) -> None:
    """Let costs pass that every budget still reaches for.

    The caller holds the writers' lock, so that nobody spends between this look and the rows that follow it.

    Args:
        connection: Within a transaction that writes.
        costs: What `checked` let through.
        names: Whose account a budget means.

    Raises:
        OverBudget: A budget does not reach; nothing was written.
    """
    for one in costs:
        if _spent(connection, one, names[one.budget]) + one.rho > one.limit:
            raise OverBudget(
                say(
                    "this question would use more of the privacy budget than is left; ask about larger areas or "
                    "fewer days, or wait for the next period"
                ),
                field=one.budget.value,
            )


def rows_of(answer_id: str, costs: Sequence[Cost], names: Mapping[Budget, str]) -> list[dict[str, str | int]]:
    """What is written down of an answer's costs."""
    return [
        {
            "answer_id": answer_id, "budget": one.budget.value, "name": names[one.budget],
            "period": one.period, "rho": one.rho,
        }
        for one in costs
    ]  # fmt: skip


def _spent(connection: Connection, cost: Cost, name: str) -> int:
    table = tables.cost.c
    wanted = select(func.coalesce(func.sum(table.rho), 0)).where(
        table.budget == cost.budget.value, table.name == name, table.period == cost.period
    )
    return int(connection.execute(wanted).scalar_one())


def by_period(budget: Budget, name: str) -> Select[tuple[str, int]]:
    """What is spent of an account, one row a period."""
    table = tables.cost.c
    return (
        select(table.period, func.sum(table.rho).label("rho"))
        .where(table.budget == budget.value, table.name == name)
        .group_by(table.period)
    )


def noise_of(connection: Connection, answer_id: str) -> bytes:
    """The sealed secret kept with a spend; `b""` where none was handed over.

    Raises:
        NotFound: The answer was never paid for; drawing without the secret would be noise of nobody's.
    """
    table = tables.spend.c
    row = connection.execute(select(table.noise).where(table.answer_id == answer_id)).first()
    if row is None:
        raise NotFound(say("this answer was never paid for; ask its question first"))
    return bytes(row[0] or b"")


def of(dataset: str) -> Select[Any]:
    """Every spend about a data set, the latest first; one row a cost, or one without."""
    spend, cost = tables.spend, tables.cost
    return (
        select(spend, cost.c.budget, cost.c.period, cost.c.rho)
        .outerjoin(cost, cost.c.answer_id == spend.c.answer_id)
        .where(spend.c.dataset == dataset)
        .order_by(spend.c.at.desc(), spend.c.answer_id, cost.c.budget, cost.c.period)
    )


def paid(rows: Iterable[RowMapping]) -> list[Spend]:
    """Spends with their costs, from the rows of `of`."""
    return [_spend(list(group)) for _, group in groupby(rows, key=lambda row: row["answer_id"])]


def _spend(rows: Sequence[RowMapping]) -> Spend:
    first = rows[0]
    costs = {(Budget(row["budget"]), row["period"]): row["rho"] for row in rows if row["budget"] is not None}
    return Spend(
        answer_id=first["answer_id"], project=first["project"], dataset=first["dataset"], at=first["at"], costs=costs
    )
