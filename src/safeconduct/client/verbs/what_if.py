"""Verbs of `actions.what_if` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class WhatIfVerbs:
    """Verbs of `actions.what_if`."""

    def stop_what_if(
        self: Caller,
        *,
        key: str,
    ) -> Any:
        """Stop a replay that waits or runs; nothing of it is kept.

        Args:
            key: What names it.
        """
        return self.call("stop_what_if", {"key": key})

    def what_if(
        self: Caller,
        *,
        dataset: str,
        policy: str,
        changes: Sequence[str] | None = None,
    ) -> Any:
        """Replay recorded questions under the level in force and under a proposed one; figures for insiders alone.

        Args:
            dataset: Name of the data set.
            policy: Name of the proposed level, which may be the one in force.
            changes: Parameters to change in it, each `RULE.PARAMETER=VALUE`, such as `minimum_contributors.minimum=20`.
        """
        return self.call("what_if", {"dataset": dataset, "policy": policy, "changes": changes})

    def what_if_datasets(
        self: Caller,
    ) -> Any:
        """Data sets of which something was asked, so that it can be replayed."""
        return self.call("what_if_datasets", {})

    def what_if_result(
        self: Caller,
        *,
        key: str,
    ) -> Any:
        """How far a replay is, and what came of it; that you looked is recorded first.

        Args:
            key: What names it.
        """
        return self.call("what_if_result", {"key": key})

    def what_ifs(
        self: Caller,
        *,
        dataset: str = "",
    ) -> Any:
        """Replays that were asked for, the latest first, without their figures.

        Args:
            dataset: Name of the data set; all of them where left out.
        """
        return self.call("what_ifs", {"dataset": dataset})
