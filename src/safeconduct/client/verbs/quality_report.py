"""Verbs of `actions.quality_report` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class QualityReportVerbs:
    """Verbs of `actions.quality_report`."""

    def quality_report(
        self: Caller,
        *,
        dataset: str,
        events: str = "calls",
        look: str = "",
    ) -> Any:
        """What was found about the days of a data set, what to do, and figures; that it was read is recorded.

        Args:
            dataset: Name of the data set.
            events: Which type of events; of a type there are none of, the first there are.
            look: An earlier look to compare with, one of the report's `looks`.
        """
        return self.call("quality_report", {"dataset": dataset, "events": events, "look": look})
