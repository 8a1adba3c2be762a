"""Verbs of `actions.treating` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class TreatingVerbs:
    """Verbs of `actions.treating`."""

    def plan(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """The treatment plan of a study, and what came of it when it was tried; that you looked at figures is recorded.

        Args:
            study: Id of the study.
        """
        return self.call("plan", {"study": study})

    def treatments(
        self: Caller,
    ) -> Any:
        """Every treatment a plan can name, with its parameters."""
        return self.call("treatments", {})

    def try_plan(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Try a study's treatment plan on the original, in the background: risk and loss after every step.

        Args:
            study: Id of the study.
        """
        return self.call("try_plan", {"study": study})

    def write_plan(
        self: Caller,
        *,
        study: str,
        steps: Sequence[Mapping[str, object]],
    ) -> Any:
        """Write a study's treatment plan: every step, in order. Leaving a step out undoes it.

        Args:
            study: Id of the study.
            steps: `method`, `columns`, `file`, `parameters` and `why` of each step.
        """
        return self.call("write_plan", {"study": study, "steps": steps})
