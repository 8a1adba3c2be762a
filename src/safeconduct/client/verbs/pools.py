"""Verbs of `actions.pools` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class PoolsVerbs:
    """Verbs of `actions.pools`."""

    def close_pool(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """Close a pool without a publication; every share in it is destroyed, keys first.

        Args:
            pool: Id of the pool.
        """
        return self.call("close_pool", {"pool": pool})

    def compare_shares(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """Compare the shares of a pool: records that more than one may hold, and what each share would look like in it.

        Args:
            pool: Id of the pool.
        """
        return self.call("compare_shares", {"pool": pool})

    def invite_to_pool(
        self: Caller,
        *,
        pool: str,
        organisations: Sequence[str],
    ) -> Any:
        """Invite more organisations to an open pool, or one again that withdrew; it begins with nothing.

        Args:
            pool: Id of the pool.
            organisations: Their names, as their accounts have them.
        """
        return self.call("invite_to_pool", {"pool": pool, "organisations": organisations})

    def open_pool(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        title: str,
        study: str,
        purpose: str,
        standard: str,
        freeze_on: str,
        organisations: Sequence[str],
        basis: str,
        agreement: str,
        agreement_from: str,
        agreement_until: str,
        members_known: bool = False,
        contributor_leaves: bool = False,
        keep: str = "the organisation that contributed first",
        match_by: Sequence[str] | None = None,
        phonetic: bool = False,
        offline_column: str = "",
    ) -> Any:
        """Open a pool: organisations contribute case files, each sees its own share, one data set comes of it.

        Args:
            title: What people call it.
            study: Id of the study the pooled records will belong to; it has no records yet.
            purpose: What the pool is for; every contributor reads it.
            standard: htcds, ic_tip or ctdc: what every share is brought into.
            freeze_on: The first day the pool may be frozen; until then everybody may withdraw.
            organisations: At least three organisations to invite, as their accounts name them.
            basis: The legal basis the pooled records are held on.
            agreement: Reference of the agreement between the organisations.
            agreement_from: First day it is in force.
            agreement_until: Its last day.
            members_known: Contributors may read the names of the other organisations.
            contributor_leaves: The coded column of contributors may leave in files, since the agreement says so.
            keep: Which of several records of one person the pool holds.
            match_by: By what records of one person are found.
            phonetic: Compare names as they sound.
            offline_column: The column that holds digests partners made offline.
        """
        return self.call(
            "open_pool",
            {
                "title": title,
                "study": study,
                "purpose": purpose,
                "standard": standard,
                "freeze_on": freeze_on,
                "organisations": organisations,
                "basis": basis,
                "agreement": agreement,
                "agreement_from": agreement_from,
                "agreement_until": agreement_until,
                "members_known": members_known,
                "contributor_leaves": contributor_leaves,
                "keep": keep,
                "match_by": match_by,
                "phonetic": phonetic,
                "offline_column": offline_column,
            },
        )

    def plan_pool(
        self: Caller,
        *,
        pool: str,
        steps: Sequence[Mapping[str, object]],
    ) -> Any:
        """Write the treatment plan of a pool: what is done to every record before anything of it leaves.

        Args:
            pool: Id of the pool.
            steps: `method`, `columns`, `parameters` and `why` of each step; there is one table, `cases`.
        """
        return self.call("plan_pool", {"pool": pool, "steps": steps})

    def pool_state(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """A pool: who is where, how shares fit the standard and each other; no row, no code of a cell, no count.

        Args:
            pool: Its id.
        """
        return self.call("pool_state", {"pool": pool})

    def pools(
        self: Caller,
    ) -> Any:
        """Every pool your organisation hosts, the latest first."""
        return self.call("pools", {})
