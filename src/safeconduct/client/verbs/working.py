"""Verbs of `actions.working` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class WorkingVerbs:
    """Verbs of `actions.working`."""

    def task(
        self: Caller,
        *,
        key: str,
    ) -> Any:
        """How far long work of yours is.

        Args:
            key: What names it, as it was told when the work was begun.
        """
        return self.call("task", {"key": key})
