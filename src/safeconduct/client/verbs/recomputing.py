"""Verbs of `actions.recomputing` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class RecomputingVerbs:
    """Verbs of `actions.recomputing`."""

    def recompute_answer(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """Compute a past answer again from the records as they were, and say whether it is the same; shows no figure.

        Args:
            answer_id: The answer; the result's page and its manifest name it.
        """
        return self.call("recompute_answer", {"answer_id": answer_id})
