"""Verbs of `actions.drafting` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class DraftingVerbs:
    """Verbs of `actions.drafting`."""

    def draft_edition(
        self: Caller,
        *,
        study: str,
        access: str,
    ) -> Any:
        """Make an edition of a study's files with its treatment plan, for one way of access; nobody may have it yet.

        Args:
            study: Id of the study.
            access: How it is to be had: `public use`, `licensed` or `enclave`.
        """
        return self.call("draft_edition", {"study": study, "access": access})

    def give_up_edition(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """Give up an edition that nobody checks; the rows made for it are destroyed.

        Args:
            edition: Its id, study and number.
        """
        return self.call("give_up_edition", {"edition": edition})

    def submit_edition(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """Hand an edition in for review; others check it, never you.

        Args:
            edition: Its id, study and number.
        """
        return self.call("submit_edition", {"edition": edition})
