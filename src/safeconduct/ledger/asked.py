"""Groups of people that questions were about, each kept once, in order of arrival."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from safeconduct.ledger import tables
from safeconduct.ledger.entries import FrameAsked, opened
from safeconduct.model.canonical import digest
from safeconduct.model.errors import WrongState
from safeconduct.model.text import say


@dataclass(frozen=True)
class Said:
    """What is kept beside a frame's id.

    Attributes:
        body: Canonical text of the group.
        versions: Canonical text of the partitions' versions.
        project: Who asks.
        at: When, with its zone.
    """

    body: str
    versions: str
    project: str
    at: datetime


def remember(connection: Connection, dataset: str, frame_id: str, said: Said) -> bool:
    """Keep a frame; whether it is new. The caller holds the writers' lock.

    Raises:
        WrongState: The id stands for another body.
    """
    table = tables.frame
    same_words = select(table.c.body, table.c.versions).where(table.c.dataset == dataset, table.c.frame == frame_id)
    found = connection.execute(same_words).all()
    if any(body != said.body for body, _ in found):
        raise WrongState(say("this group of people is written down already in other words; name it by its hash"))
    if any(versions == said.versions for _, versions in found):
        return False
    last = connection.execute(select(func.max(table.c.number)).where(table.c.dataset == dataset)).scalar()
    connection.execute(
        table.insert().values(
            dataset=dataset, frame=frame_id, data_version=digest(opened(said.versions)),
            number=0 if last is None else last + 1, body=said.body, versions=said.versions,
            project=said.project, at=said.at,
        )
    )  # fmt: skip
    return True


def of(dataset: str, since: int) -> Select[Any]:
    """Every frame of a data set from a number on, in order of arrival."""
    table = tables.frame
    return select(table).where(table.c.dataset == dataset, table.c.number >= since).order_by(table.c.number)


def frame_of(row: RowMapping) -> FrameAsked:
    """A frame from its row."""
    return FrameAsked(
        number=row["number"], dataset=row["dataset"], frame_id=row["frame"], body=opened(row["body"]),
        versions={name: str(version) for name, version in opened(row["versions"]).items()},
        project=row["project"], at=row["at"],
    )  # fmt: skip
