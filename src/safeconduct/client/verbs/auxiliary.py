"""Verbs of `actions.auxiliary` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class AuxiliaryVerbs:
    """Verbs of `actions.auxiliary`."""

    def add_auxiliary(
        self: Caller,
        *,
        title: str,
        dataset: str,
        upload: str,
    ) -> Any:
        """Add facts from elsewhere about the people of a data set, to see what they reveal beside our answers.

        Args:
            title: What people call it, such as `Census 2019 by commune`.
            dataset: Name of the data set.
            upload: A file sent before; a shell takes a path.
        """
        return self.call("add_auxiliary", {"title": title, "dataset": dataset, "upload": upload})

    def auxiliaries(
        self: Caller,
        *,
        dataset: str = "",
    ) -> Any:
        """Facts from elsewhere that are laid beside answers, the first one first; not their numbers.

        Args:
            dataset: Name of the data set; all of them where left out.
        """
        return self.call("auxiliaries", {"dataset": dataset})

    def remove_auxiliary(
        self: Caller,
        *,
        auxiliary: str,
    ) -> Any:
        """Remove facts from elsewhere; their numbers are destroyed at once, and reports made with them within a day.

        Args:
            auxiliary: Its id.
        """
        return self.call("remove_auxiliary", {"auxiliary": auxiliary})
