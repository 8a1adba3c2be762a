"""Verbs of `actions.applications` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class ApplicationsVerbs:
    """Verbs of `actions.applications`."""

    def request_state(
        self: Caller,
        *,
        request: str,
    ) -> Any:
        """A request: what it says, with whom it is, since when, and the usual time.

        Args:
            request: Its id.
        """
        return self.call("request_state", {"request": request})

    def requests(
        self: Caller,
    ) -> Any:
        """Requests you are part of, or may decide or stop; the latest first."""
        return self.call("requests", {})
