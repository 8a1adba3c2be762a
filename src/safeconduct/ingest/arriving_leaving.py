"""Households and records on the list of a survey, left out when its files are kept."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from safeconduct.ingest.arriving_codes import key_columns, record_codes
from safeconduct.ingest.arriving_staged import Staged
from safeconduct.ingest.away import Away, Flags, household_columns, marked_households, marked_records
from safeconduct.model.microdata import Roles
from safeconduct.store.objections import Domain, Objections


def leaving_out(staged: Staged, roles: Roles) -> Away | None:
    """Which staged rows are not kept; `None` where nobody is on the list.

    Args:
        staged: Tables as they arrived.
        roles: What every column is, by the name it arrived with.
    """
    opened = staged.opened
    objections = Objections(store=opened.store, dataset=opened.dataset, keys=opened.keys)
    if not any(objections.listed(one) for one in (Domain.HOUSEHOLD, Domain.RECORD)):
        return None
    files = {one.name: one for one in staged.files}
    columns = household_columns(staged.files, roles)

    def read(name: str, names: Sequence[str]) -> pa.Table:
        return staged.table(name).arrow.select(list(names))

    def own(name: str) -> Flags:
        table, file = staged.table(name).arrow, files[name]
        there = [one for one in key_columns(file) if one in table.column_names]
        codes = record_codes(table.select(there), file, keys=opened.keys, dataset=opened.dataset)
        flags = np.zeros(len(table), np.bool_)
        if codes is not None:
            flags |= marked_records(objections, name, pa.chunked_array([codes]))
        for column in columns[name]:
            flags |= marked_households(objections, opened.keys, opened.dataset, table.column(column))
        return flags

    return Away(files=files, read=read, own=own)
