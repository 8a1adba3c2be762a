"""Verbs of `actions.rekeying` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class RekeyingVerbs:
    """Verbs of `actions.rekeying`."""

    def rotate_pseudonyms(
        self: Caller,
        *,
        dataset: str,
        dry_run: bool = False,
    ) -> Any:
        """Exchange the key that the pseudonyms of a data set rest under; the old one is destroyed.

        Args:
            dataset: Name of the data set.
            dry_run: Only say which key is in force and how many files would be written.
        """
        return self.call("rotate_pseudonyms", {"dataset": dataset, "dry_run": dry_run})
