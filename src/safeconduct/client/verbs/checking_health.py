"""Verbs of `actions.checking_health` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class CheckingHealthVerbs:
    """Verbs of `actions.checking_health`."""

    def check_health(
        self: Caller,
    ) -> Any:
        """What `safeconduct doctor` finds on the site's machine and in the site, each with what to do about it."""
        return self.call("check_health", {})
