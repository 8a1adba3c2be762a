"""A question about a data set at a version: the identity of its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from safeconduct.model.canonical import Json, digest
from safeconduct.model.outcomes import PublicFacts
from safeconduct.query.base import AggregateQuery
from safeconduct.query.plainest import plainest


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, of which data, with the facts known without looking.

    Attributes:
        query: What is asked.
        dataset: Of which data set.
        partitions: Version of every day partition the question reads and that exists, by `TYPE/DAY`.
        facts: What is known without looking at a record.
        asked_on: The local day it is asked on; `None` where nobody said.
    """

    query: AggregateQuery
    dataset: str
    partitions: Mapping[str, str] = field(hash=False)
    facts: PublicFacts
    asked_on: date | None = None

    @property
    def data_version(self) -> str:
        """SHA-256 over the partitions and the geography it reads."""
        return digest({"partitions": dict(self.partitions), "geography": self.facts.geography.id})

    def answer_id(self, policy_id: str, *, waits: Sequence[date] = ()) -> str:
        """Identity of the protected answer: question, data, geography, policy, and which of its days still wait.

        The day it is asked on is no part of it: on the same side of every delay it is the same answer.
        """
        told: dict[str, Json] = {"waits": [day.isoformat() for day in waits]} if waits else {}
        return digest({**self._about(self.query, policy_id), **told})

    def paid_as(self, policy_id: str) -> str:
        """Identity of what is paid for, once, and what fresh noise is drawn for.

        What answers before and after a delay have in common, and answers to the same question in other words.
        """
        return digest(self._about(plainest(self.query), policy_id))

    def _about(self, query: AggregateQuery, policy_id: str) -> dict[str, Json]:
        return {
            "spec": query.spec_id,
            "dataset": self.dataset,
            "partitions": dict(self.partitions),
            "geography": self.facts.geography.id,
            "policy": policy_id,
        }
