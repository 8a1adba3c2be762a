"""Verbs of `actions.looking` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class LookingVerbs:
    """Verbs of `actions.looking`."""

    def areas(
        self: Caller,
        *,
        level: str,
        dataset: str = "",
    ) -> Any:
        """Areas at a level, sorted by code.

        Args:
            level: How coarse.
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("areas", {"level": level, "dataset": dataset})

    def available_days(
        self: Caller,
        *,
        dataset: str = "",
    ) -> Any:
        """Days present in a data set, by event type.

        Args:
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("available_days", {"dataset": dataset})

    def geography(
        self: Caller,
        *,
        level: str,
        dataset: str = "",
    ) -> Any:
        """Boundaries at a level as GeoJSON, EPSG:4326.

        Args:
            level: How coarse; positions of towers (`lon-lat`) are never given away.
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("geography", {"level": level, "dataset": dataset})

    def kinds(
        self: Caller,
    ) -> Any:
        """Every kind of question."""
        return self.call("kinds", {})

    def protection_levels(
        self: Caller,
    ) -> Any:
        """Protection levels of this site, and what each does not stop."""
        return self.call("protection_levels", {})

    def sources(
        self: Caller,
    ) -> Any:
        """Days present in every data set."""
        return self.call("sources", {})
