"""Verbs of `actions.together` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class TogetherVerbs:
    """Verbs of `actions.together`."""

    def decide_few_together(
        self: Caller,
        *,
        dataset: str,
        look: str,
        leave: bool,
        reason: str,
    ) -> Any:
        """Say whether files of answers about a data set may leave though answers show few people together.

        Args:
            dataset: Name of the data set.
            look: Names the look that was seen, as `few_together` tells it.
            leave: Files may leave.
            reason: Why, up to 2,000 letters; kept sealed.
        """
        return self.call("decide_few_together", {"dataset": dataset, "look": look, "leave": leave, "reason": reason})

    def few_together(
        self: Caller,
        *,
        dataset: str,
    ) -> Any:
        """Tell which answers about a data set show few people when they are added to and subtracted from each other.

        Args:
            dataset: Name of the data set.
        """
        return self.call("few_together", {"dataset": dataset})

    def few_together_looks(
        self: Caller,
    ) -> Any:
        """For every data set whether answers show few people together, and what was decided; without what was found."""
        return self.call("few_together_looks", {})
