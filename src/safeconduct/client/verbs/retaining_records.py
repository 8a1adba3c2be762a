"""Verbs of `actions.retaining_records` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class RetainingRecordsVerbs:
    """Verbs of `actions.retaining_records`."""

    def retain_records(
        self: Caller,
        *,
        study: str = "",
        dry_run: bool = False,
    ) -> Any:
        """Destroy drafts and replaced versions of studies that were kept long enough, with proof; done every night.

        Args:
            study: Id of the study; all of them where left out.
            dry_run: Say only what would be destroyed, and where the rules stand.
        """
        return self.call("retain_records", {"study": study, "dry_run": dry_run})

    def retention_rules(
        self: Caller,
    ) -> Any:
        """How long the records of every data set and of every study are kept."""
        return self.call("retention_rules", {})

    def set_study_retention(
        self: Caller,
        *,
        study: str,
        reason: str,
        drafts: int = 0,
        versions: int = 0,
    ) -> Any:
        """Set how long a study's unpublished drafts and replaced versions are kept; the record of use says why.

        Args:
            study: Id of the study.
            reason: Why, in up to 2,000 letters.
            drafts: Days to keep treated rows nobody published, since the last step; up to 36,500, 0 for no end.
            versions: Days that a version of the records is kept after another took its place, likewise.
        """
        return self.call(
            "set_study_retention",
            {
                "study": study,
                "reason": reason,
                "drafts": drafts,
                "versions": versions,
            },
        )
