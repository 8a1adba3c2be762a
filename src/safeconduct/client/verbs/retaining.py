"""Verbs of `actions.retaining` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class RetainingVerbs:
    """Verbs of `actions.retaining`."""

    def retain(
        self: Caller,
        *,
        dataset: str = "",
        dry_run: bool = False,
    ) -> Any:
        """Destroy what was kept long enough, in every version, with proof; workers do it every night.

        Args:
            dataset: Name of the data set; all of them where left out.
            dry_run: Say only what would be destroyed.
        """
        return self.call("retain", {"dataset": dataset, "dry_run": dry_run})

    def set_retention(
        self: Caller,
        *,
        dataset: str,
        events: int,
        reason: str,
        rejected: int = 30,
    ) -> Any:
        """Set how long the records of a data set are kept; the record of use says what it was before, and why.

        Args:
            dataset: Name of the data set.
            events: Days that records are kept after their day, 1 to 36,500; 0 for as long as the data set.
            reason: Why, in up to 2,000 letters.
            rejected: Days that rejected rows are kept, 1 to 30.
        """
        return self.call(
            "set_retention",
            {
                "dataset": dataset,
                "events": events,
                "reason": reason,
                "rejected": rejected,
            },
        )
