"""Households with two heads, or none."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.checking import Check, Issue, Survey, data_check
from safeconduct.ingest.described import Described, counted, flags
from safeconduct.ingest.households import about, households
from safeconduct.ingest.proposing_rules.words import listed, words
from safeconduct.model.text import Text, say


@data_check
class HouseholdHeads(Check):
    """Households in which more than one member, or none, is the head.

    The head is known by the label of a code of the relationship to the head, or by a text that says so.
    """

    name: ClassVar[str] = "household_heads"
    title: ClassVar[Text] = say("Heads of households")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every table of members that tells relationships."""
        for rows in survey.tables.values():
            grouping = households(rows, survey.roles)
            for name in about(rows.file, "relationship") if grouping else ():
                if name in rows and (codes := head_codes(rows, name)):
                    yield from self._heads(rows, name, grouping, codes)

    def _heads(self, rows: Described, name: str, grouping: tuple[str, ...], codes: list[str]) -> Iterator[Issue]:
        groups, sizes = counted(rows.keys(grouping))
        head = flags(pc.is_in(rows.texts(name), value_set=pa.array(codes, pa.string()))) & (groups >= 0)
        heads = np.bincount(groups[head], minlength=len(sizes))
        if not len(sizes) or sizes.max() < 2:  # noqa: PLR2004 - one row a household: not every member is listed
            return
        if count := int((heads > 1).sum()):
            says = say("{count} households have more than one head in {column}.", count=count, column=name)
            yield self.issue(rows, (*grouping, name), says, int(sizes[heads > 1].sum()))
        if count := int((heads == 0).sum()):
            says = say("{count} households have no head in {column}.", count=count, column=name)
            yield self.issue(rows, (*grouping, name), says, int(sizes[heads == 0].sum()))


def head_codes(rows: Described, name: str) -> list[str]:
    """The codes of a column that mean the head; none where no label or text says so."""
    labelled = [one for one in rows.variable(name).categories if not one.missing]
    if labelled:
        return [one.code for one in labelled if any(map(_is_head, one.labels.values()))]
    return [one for one in pc.unique(pc.drop_null(rows.texts(name))).to_pylist() if _is_head(one)]


def _is_head(label: str) -> bool:
    said, head = set(words(label)), listed("head", "head")
    return bool(said & head) and said <= head | listed("head", "beside")
