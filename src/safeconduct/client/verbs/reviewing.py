"""Verbs of `actions.reviewing` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class ReviewingVerbs:
    """Verbs of `actions.reviewing`."""

    def approve_edition(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """Let a checked edition leave: the data protection officer's word, last of all.

        Args:
            edition: Its id, study and number.
        """
        return self.call("approve_edition", {"edition": edition})

    def invite_checker(
        self: Caller,
        *,
        edition: str,
        login: str,
        until: str,
    ) -> Any:
        """Invite a checker from another organisation for this one review.

        Args:
            edition: Its id, study and number.
            login: The checker's login; their account names their organisation.
            until: Last day of the invitation, within sixty days.
        """
        return self.call("invite_checker", {"edition": edition, "login": login, "until": until})

    def refuse_edition(
        self: Caller,
        *,
        edition: str,
        says: str,
        for_good: bool = False,
    ) -> Any:
        """Send a checked edition back, an approved one too as long as it is not published, or reject it for good.

        Args:
            edition: Its id, study and number.
            says: Why.
            for_good: It will never be published.
        """
        return self.call("refuse_edition", {"edition": edition, "says": says, "for_good": for_good})

    def return_edition(
        self: Caller,
        *,
        edition: str,
        says: str,
    ) -> Any:
        """Send an edition back to its author before the votes are in.

        Args:
            edition: Its id, study and number.
            says: What must change.
        """
        return self.call("return_edition", {"edition": edition, "says": says})

    def review(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """An edition with everything a checker needs; that you looked is recorded first.

        Args:
            edition: Its id, study and number.
        """
        return self.call("review", {"edition": edition})

    def reviews(
        self: Caller,
    ) -> Any:
        """Editions you may see under review, those that wait for you first."""
        return self.call("reviews", {})

    def vote(
        self: Caller,
        *,
        edition: str,
        verdict: str,
        says: str = "",
        draft: str = "",
    ) -> Any:
        """Vote on an edition, without seeing others' votes; never on your own.

        Args:
            edition: Its id, study and number.
            verdict: `approve`, `changes` or `reject`.
            says: Why; needed for anything but an approval.
            draft: Digest of what you looked at, as `review` tells it; an edition that changed since is looked at again.
        """
        return self.call("vote", {"edition": edition, "verdict": verdict, "says": says, "draft": draft})
