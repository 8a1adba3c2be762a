"""Verbs of `actions.forgetting_records` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class ForgettingRecordsVerbs:
    """Verbs of `actions.forgetting_records`."""

    def forget_records(
        self: Caller,
        *,
        study: str,
        at_once: bool = False,
    ) -> Any:
        """Erase from a study everybody who is to be left out, once enough of them wait.

        Args:
            study: Id of the study.
            at_once: Do not wait for others.
        """
        return self.call("forget_records", {"study": study, "at_once": at_once})

    def opt_in_records(
        self: Caller,
        *,
        study: str,
        households: Sequence[str] | None = None,
        records: Sequence[str] | None = None,
        table: str = "",
    ) -> Any:
        """Take households or records off a study's list; what was erased stays erased.

        Args:
            study: Id of the study.
            households: Households, by the identifier the file has for them.
            records: Records of one table, as for opt_out_records.
            table: The table of these records.
        """
        return self.call(
            "opt_in_records",
            {
                "study": study,
                "households": households,
                "records": records,
                "table": table,
            },
        )

    def opt_out_records(
        self: Caller,
        *,
        study: str,
        households: Sequence[str] | None = None,
        records: Sequence[str] | None = None,
        table: str = "",
    ) -> Any:
        """Leave households or records out of a study's files from now on, and erase what is there of them.

        Args:
            study: Id of the study.
            households: Households, by the identifier the file has for them.
            records: Records of one table, by the values of its key, the parent's first, with `/` between them.
            table: The table of these records.
        """
        return self.call(
            "opt_out_records",
            {
                "study": study,
                "households": households,
                "records": records,
                "table": table,
            },
        )
