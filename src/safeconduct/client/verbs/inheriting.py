"""Verbs of `actions.inheriting` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class InheritingVerbs:
    """Verbs of `actions.inheriting`."""

    def inherit_plan(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Take over the treatment plan of the wave before, for the records of this one.

        Args:
            study: Id of the study; its deposit named the study it is a wave of.
        """
        return self.call("inherit_plan", {"study": study})
