"""Verbs of `actions.shredding` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class ShreddingVerbs:
    """Verbs of `actions.shredding`."""

    def confirm_destroying(
        self: Caller,
        *,
        destruction: str,
    ) -> Any:
        """Confirm what somebody else proposed: the keys are destroyed at once, then the files they opened.

        Args:
            destruction: Its id.
        """
        return self.call("confirm_destroying", {"destruction": destruction})

    def destroyings(
        self: Caller,
    ) -> Any:
        """Everything that was proposed to be destroyed, the first one first."""
        return self.call("destroyings", {})

    def forget_person(
        self: Caller,
        *,
        login: str,
    ) -> Any:
        """Close an account and destroy the key of its name: what it did stays in the record of use, without a name.

        Args:
            login: What they sign in with.
        """
        return self.call("forget_person", {"login": login})

    def propose_destroying(
        self: Caller,
        *,
        kind: str,
        subject: str,
        reason: str,
    ) -> Any:
        """Propose to destroy a data set, the records of a study, or what a project's answers are remade from, for good.

        Args:
            kind: dataset, study or project.
            subject: Name of the data set, id of the study or of the project.
            reason: Why; kept in the record of use.
        """
        return self.call("propose_destroying", {"kind": kind, "subject": subject, "reason": reason})

    def withdraw_destroying(
        self: Caller,
        *,
        destruction: str,
    ) -> Any:
        """Take back what was proposed and not confirmed yet.

        Args:
            destruction: Its id.
        """
        return self.call("withdraw_destroying", {"destruction": destruction})
