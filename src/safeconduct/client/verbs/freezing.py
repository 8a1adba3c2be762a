"""Verbs of `actions.freezing` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class FreezingVerbs:
    """Verbs of `actions.freezing`."""

    def freeze_pool(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """Freeze a pool: shares that were signed off become one data set of its study, every other share is destroyed.

        Args:
            pool: Id of the pool.
        """
        return self.call("freeze_pool", {"pool": pool})
