"""Verbs of `actions.publishing` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class PublishingVerbs:
    """Verbs of `actions.publishing`."""

    def publish_description(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Show a study's description in the catalogue as it is now, with or without files.

        Args:
            study: Its id.
        """
        return self.call("publish_description", {"study": study})

    def publish_edition(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """Publish an approved edition: the release check decides once more, then files are made and shown.

        Args:
            edition: Its id, study and number.
        """
        return self.call("publish_edition", {"edition": edition})

    def retract_edition(
        self: Caller,
        *,
        edition: str,
        reason: str,
    ) -> Any:
        """Take a published edition back: downloads stop at once, its page says why, everybody who has it is told.

        Args:
            edition: Its id, study and number.
            reason: Why, in words that are published.
        """
        return self.call("retract_edition", {"edition": edition, "reason": reason})
