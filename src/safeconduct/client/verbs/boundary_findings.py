"""Verbs of `actions.boundary_findings` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class BoundaryFindingsVerbs:
    """Verbs of `actions.boundary_findings`."""

    def boundary_findings(
        self: Caller,
        *,
        dataset: str,
    ) -> Any:
        """What was wrong with the boundaries a data set's answers stand on: mended, or left to a person.

        Args:
            dataset: Name of the data set.
        """
        return self.call("boundary_findings", {"dataset": dataset})
