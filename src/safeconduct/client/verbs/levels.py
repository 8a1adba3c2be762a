"""Verbs of `actions.levels` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class LevelsVerbs:
    """Verbs of `actions.levels`."""

    def explain_level(
        self: Caller,
        *,
        name: str,
    ) -> Any:
        """Explain a protection level: each rule with every parameter, what it does not stop, and worked examples.

        Args:
            name: What agreements call the level, such as `operational`.
        """
        return self.call("explain_level", {"name": name})
