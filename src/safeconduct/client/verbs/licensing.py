"""Verbs of `actions.licensing` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class LicensingVerbs:
    """Verbs of `actions.licensing`."""

    def accept_licence(
        self: Caller,
        *,
        licence: str,
        offer: str,
    ) -> Any:
        """Accept the terms of a licence of yours; each person of a team does so alone.

        Args:
            licence: Its id.
            offer: What you read, as `licence_state` tells it; words that changed since must be read again.
        """
        return self.call("accept_licence", {"licence": licence, "offer": offer})

    def confirm_destruction(
        self: Caller,
        *,
        licence: str,
    ) -> Any:
        """Confirm that every copy of the files of a licence of yours was destroyed.

        Args:
            licence: Its id.
        """
        return self.call("confirm_destruction", {"licence": licence})

    def licence_public_use(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Ask for a public use file: no committee decides, the terms must be accepted all the same.

        Args:
            study: Id of the study.
        """
        return self.call("licence_public_use", {"study": study})

    def licence_state(
        self: Caller,
        *,
        licence: str,
    ) -> Any:
        """A licence of yours, with its terms.

        Args:
            licence: Its id.
        """
        return self.call("licence_state", {"licence": licence})

    def my_licences(
        self: Caller,
    ) -> Any:
        """Your licences, the latest first: what they allow, until when, what is due."""
        return self.call("my_licences", {})

    def revoke_licence(
        self: Caller,
        *,
        licence: str,
        reason: str,
    ) -> Any:
        """Take one person's licence away, at once; downloads under way stop.

        Args:
            licence: Its id.
            reason: Why.
        """
        return self.call("revoke_licence", {"licence": licence, "reason": reason})
