"""Verbs of `actions.quality` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class QualityVerbs:
    """Verbs of `actions.quality`."""

    def held_days(
        self: Caller,
        *,
        dataset: str = "",
    ) -> Any:
        """Days that are held back, and those that were, the first one first.

        Args:
            dataset: Name of the data set; all of them where it is left out.
        """
        return self.call("held_days", {"dataset": dataset})

    def hold_day(
        self: Caller,
        *,
        dataset: str,
        events: str,
        day: str,
        reason: str,
    ) -> Any:
        """Hold a day back: no answer reads it until it is released again, whatever rows arrive.

        Args:
            dataset: Name of the data set.
            events: Which type of events.
            day: Which local day.
            reason: What is wrong with it; kept in the record of use.
        """
        return self.call("hold_day", {"dataset": dataset, "events": events, "day": day, "reason": reason})

    def quality(
        self: Caller,
        *,
        dataset: str = "",
        everything: bool = False,
        dry_run: bool = False,
    ) -> Any:
        """Look at the days of records that nobody looked at, and say which are held back and what was found.

        Args:
            dataset: Name of the data set; all of them where it is left out.
            everything: Look at every day anew, as after a change of quality.toml.
            dry_run: Change nothing, and say what would be held back.
        """
        return self.call("quality", {"dataset": dataset, "everything": everything, "dry_run": dry_run})

    def release_day(
        self: Caller,
        *,
        dataset: str,
        events: str,
        day: str,
        reason: str,
    ) -> Any:
        """Let a day in that is held back: it may be read by answers from now on.

        Args:
            dataset: Name of the data set.
            events: Which type of events.
            day: Which local day.
            reason: Why it can be trusted; kept in the record of use.
        """
        return self.call("release_day", {"dataset": dataset, "events": events, "day": day, "reason": reason})
