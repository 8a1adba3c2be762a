"""Verbs of `actions.withdrawing` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class WithdrawingVerbs:
    """Verbs of `actions.withdrawing`."""

    def share_proof(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """Digests of the keys that were destroyed when your share left the pool, for whoever asks for proof.

        Args:
            pool: Id of the pool.
        """
        return self.call("share_proof", {"pool": pool})

    def withdraw_share(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """Withdraw your organisation's share: all of it is destroyed, keys first, with proof.

        Args:
            pool: Id of the pool.
        """
        return self.call("withdraw_share", {"pool": pool})
