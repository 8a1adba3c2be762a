"""A question about a data set at a version: the identity of its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from safeconduct.model.canonical import digest
from safeconduct.model.outcomes import PublicFacts
from safeconduct.query.base import AggregateQuery


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, of which data, with the facts known without looking.

    Attributes:
        query: What is asked.
        dataset: Of which data set.
        partitions: Version of every day partition the question reads and that exists, by `TYPE/DAY`.
        facts: What is known without looking at a record.
    """

    query: AggregateQuery
    dataset: str
    partitions: Mapping[str, str] = field(hash=False)
    facts: PublicFacts

    @property
    def data_version(self) -> str:
        """SHA-256 over the partitions and the geography it reads."""
        return digest({"partitions": dict(self.partitions), "geography": self.facts.geography.id})

    def answer_id(self, policy_id: str) -> str:
        """Identity of the protected answer: question, data, geography and policy."""
        return digest({
            "spec": self.query.spec_id,
            "dataset": self.dataset,
            "partitions": dict(self.partitions),
            "geography": self.facts.geography.id,
            "policy": policy_id,
        })  # fmt: skip
