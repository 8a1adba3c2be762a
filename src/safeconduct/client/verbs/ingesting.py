"""Verbs of `actions.ingesting` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class IngestingVerbs:
    """Verbs of `actions.ingesting`."""

    def arrivals(
        self: Caller,
        *,
        dataset: str,
    ) -> Any:
        """The files that were taken into a data set, in the order they came; no name and no count of anything.

        Args:
            dataset: Name of the data set.
        """
        return self.call("arrivals", {"dataset": dataset})
