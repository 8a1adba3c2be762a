"""Verbs of `actions.forgetting` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class ForgettingVerbs:
    """Verbs of `actions.forgetting`."""

    def forget(
        self: Caller,
        *,
        dataset: str,
        identifiers: Sequence[str] | None = None,
        at_once: bool = False,
        dry_run: bool = False,
    ) -> Any:
        """Erase everybody who is to be left out from every version of a data set, once enough of them are there.

        Args:
            dataset: Name of the data set.
            identifiers: People to leave out and erase, as in opt_out; those on the list already where left out.
            at_once: Do not wait for others. Somebody who compares answers from before and after may then learn more.
            dry_run: Say only what would be written anew.
        """
        return self.call(
            "forget",
            {
                "dataset": dataset,
                "identifiers": identifiers,
                "at_once": at_once,
                "dry_run": dry_run,
            },
        )

    def forgettings(
        self: Caller,
    ) -> Any:
        """Where the erasures of every data set stand."""
        return self.call("forgettings", {})

    def opt_in(
        self: Caller,
        *,
        dataset: str,
        identifiers: Sequence[str],
    ) -> Any:
        """Take people off the list, so that rows that come from now on are taken in; what was erased stays erased.

        Args:
            dataset: Name of the data set.
            identifiers: Their numbers as the operator writes them, 5,000 at most.
        """
        return self.call("opt_in", {"dataset": dataset, "identifiers": identifiers})

    def opt_out(
        self: Caller,
        *,
        dataset: str,
        identifiers: Sequence[str],
    ) -> Any:
        """Leave people out of a data set from now on, and erase what is there of them within thirty days.

        Args:
            dataset: Name of the data set; it may be one that no file was taken into yet.
            identifiers: Their numbers as the operator writes them, 5,000 at most.
        """
        return self.call("opt_out", {"dataset": dataset, "identifiers": identifiers})
