"""Verbs of `actions.mosaic` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class MosaicVerbs:
    """Verbs of `actions.mosaic`."""

    def mosaic_report(
        self: Caller,
        *,
        dataset: str,
        answer_id: str = "",
    ) -> Any:
        """Measure what all answers and editions about the same people reveal together, beside what is known elsewhere.

        Args:
            dataset: Name of the data set, or id of a study with editions.
            answer_id: Identity of an answer that waits to be checked, or of one that left; none where left out.
        """
        return self.call("mosaic_report", {"dataset": dataset, "answer_id": answer_id})

    def mosaic_subjects(
        self: Caller,
    ) -> Any:
        """Data sets and studies of which anything was released, so that a report can be made."""
        return self.call("mosaic_subjects", {})
