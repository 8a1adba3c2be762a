"""Verbs of `actions.housekeeping` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class HousekeepingVerbs:
    """Verbs of `actions.housekeeping`."""

    def tidy(
        self: Caller,
    ) -> Any:
        """Destroy what waited longer than thirty days, and write down what ran out; the workers do this every day."""
        return self.call("tidy", {})
