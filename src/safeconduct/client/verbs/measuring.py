"""Verbs of `actions.measuring` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class MeasuringVerbs:
    """Verbs of `actions.measuring`."""

    def measure(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Measure how easily somebody in a study's records could be recognised; the reading is recorded first.

        Args:
            study: Id of the study.
        """
        return self.call("measure", {"study": study})
