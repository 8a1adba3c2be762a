"""Verbs of `actions.budgets` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class BudgetsVerbs:
    """Verbs of `actions.budgets`."""

    def budgets(
        self: Caller,
    ) -> Any:
        """Every budget of the agreements in force: of each data set and period, then of each project."""
        return self.call("budgets", {})
