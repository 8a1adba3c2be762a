"""Verbs of `actions.preparing` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class PreparingVerbs:
    """Verbs of `actions.preparing`."""

    def editions(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Every edition of a study, the latest first, with what you may do to each, and what is being made.

        Args:
            study: Id of the study.
        """
        return self.call("editions", {"study": study})

    def file_levels(
        self: Caller,
    ) -> Any:
        """What this site asks of files before they may be had: by anybody, on request, or where they are."""
        return self.call("file_levels", {})

    def legal_bases(
        self: Caller,
    ) -> Any:
        """The legal bases records can be held on, and what each means."""
        return self.call("legal_bases", {})

    def plans_tried(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """The latest treatment plans that were tried on a study's records as they are now; for insiders.

        Args:
            study: Id of the study.
        """
        return self.call("plans_tried", {"study": study})

    def study_overview(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Where a study stands on its way to the catalogue: deposits, plan, description, editions.

        Args:
            study: Its id.
        """
        return self.call("study_overview", {"study": study})
