"""How our figures compare with FlowKit's published checks: what was compared, when, and where they differ on purpose.

FlowKit's SQL was rendered and run in PostgreSQL on days made to be hostile; the rows that both counted gave the same
numbers, but for what stands here. `tests/integration/databases/test_flowkit_checks.py` keeps that so, by definitions of
our own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

EQUAL = ""
NULLS = "Equal since FlowKit leaves out events without one; its earlier checks counted all of these as one more."
WHOLE_SECONDS = (
    "Equal in whole seconds. We keep no fractions of them and no network, operator or country code, and of data "
    "sessions and top-ups one amount, so that rows that differ in nothing else are equal here."
)
PLACES = (
    "Equal where a cell has a point of its own and one version a day. A cell without a point stands at its site here; "
    "where two versions of a cell serve on a day, FlowKit counts an event once for each, and we count it once."
)


@dataclass(frozen=True)
class Compared:
    """One of FlowKit's checks beside ours of the same name.

    Attributes:
        theirs: What FlowKit's check counts, in our words.
        differs: Where ours gives another number on the same rows, and why; `EQUAL` where it never does.
    """

    theirs: str
    differs: str = EQUAL


VERSION = (
    "the latest form of each of FlowKit's checks that could be read on 2026-11-21 (repository Flowminder/FlowKit, "
    "commits 46a66da, 449287b, 04afbc9, 26697b4, bad1f53, c2b5739)"
)
COMPARED: Mapping[str, Compared] = {
    "count_added_rows": Compared("rows"),
    "count_duplicated": Compared("groups of rows that are equal in every column but `id`", WHOLE_SECONDS),
    "count_duplicates": Compared("rows beyond the first of each such group", WHOLE_SECONDS),
    "count_imeis": Compared("distinct `imei`", NULLS),
    "count_imsis": Compared("distinct `imsi`", NULLS),
    "count_locatable_events": Compared("rows joined to cells in service that day that have a point", PLACES),
    "count_locatable_location_ids": Compared("distinct `location_id` of those", PLACES),
    "count_location_ids": Compared("distinct `location_id`"),
    "count_msisdns": Compared("distinct `msisdn`, of calls and messages with those of `msisdn_counterpart`"),
    "count_null_imeis": Compared("rows without `imei`"),
    "count_null_imsis": Compared("rows without `imsi`"),
    "count_null_location_ids": Compared("rows without `location_id`", "The store takes none in: 0."),
    "earliest_timestamp": Compared("the smallest `datetime`", "Seconds after the local midnight, whole."),
    "latest_timestamp": Compared("the largest `datetime`", "Seconds after the local midnight, whole."),
    "max_msisdns_per_imei": Compared("most distinct `msisdn` of an `imei`", NULLS),
    "max_msisdns_per_imsi": Compared("most distinct `msisdn` of an `imsi`", NULLS),
    "count_added_rows_outgoing": Compared("rows that are `outgoing`"),
    "count_null_counterparts": Compared("rows without `msisdn_counterpart`"),
    "count_null_durations": Compared("rows without `duration`"),
    "count_onnet_msisdns": Compared("distinct `msisdn`"),
    "count_onnet_msisdns_incoming": Compared("distinct `msisdn` of rows that are not `outgoing`"),
    "count_onnet_msisdns_outgoing": Compared("distinct `msisdn` of rows that are `outgoing`"),
    "max_duration": Compared("the largest `duration`", "Minutes there, seconds here."),
    "median_duration": Compared("the median `duration`, between two halfway", "Minutes there, seconds here."),
}


def compared_section() -> str:
    """The comparison as a section of the page of reference."""
    rows = "".join(
        f"| `{name}` | {one.theirs} | {'equal' if one.differs is EQUAL else one.differs} |\n"
        for name, one in sorted(COMPARED.items())
    )
    return (
        "\n## Compared with FlowKit\n\n"
        f"Compared, number by number, with {VERSION}, run in PostgreSQL on the rows of days made to be hostile: empty "
        "fields in every column, equal rows, events at both ends of a day, cells out of service or in two versions at "
        "once, days of one row and of none.\n"
        "FlowKit counts every row of its table; rows without a cell, or at one out of service, are not taken in here, "
        "and are counted in the report of the ingest.\n"
        "Of the rows that were taken in, these are the differences:\n\n"
        f"| Check | What FlowKit counts | Ours |\n|---|---|---|\n{rows}"
        "\nAn earlier form of FlowKit's `count_duplicates` passed over rows that are there twice; ours never did.\n"
    )
