"""Verbs of `actions.watching` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class WatchingVerbs:
    """Verbs of `actions.watching`."""

    def pause_source(
        self: Caller,
        *,
        name: str,
    ) -> Any:
        """Look at a source no more, until it is resumed; what is being taken in is taken in whole.

        Args:
            name: What it is called.
        """
        return self.call("pause_source", {"name": name})

    def remove_source(
        self: Caller,
        *,
        name: str,
    ) -> Any:
        """Watch a source no more; what was taken in stays.

        Args:
            name: What it is called.
        """
        return self.call("remove_source", {"name": name})

    def resume_source(
        self: Caller,
        *,
        name: str,
    ) -> Any:
        """Look at a source again, now; files that could not be read are tried once more.

        Args:
            name: What it is called.
        """
        return self.call("resume_source", {"name": name})

    def watched_sources(
        self: Caller,
    ) -> Any:
        """Sources that are looked at by themselves, and how that went."""
        return self.call("watched_sources", {})
