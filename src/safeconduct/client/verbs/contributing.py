"""Verbs of `actions.contributing` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class ContributingVerbs:
    """Verbs of `actions.contributing`."""

    def contribute(
        self: Caller,
        *,
        pool: str,
        uploads: Sequence[str],
        hints: Mapping[str, object] | None = None,
        consent_conditioned: bool | None = None,
        consent_understood: bool | None = None,
    ) -> Any:
        """Bring your organisation's case files into a pool; files sent again take the place of those before.

        Args:
            pool: Id of the pool.
            uploads: Files sent before; a shell takes paths.
            hints: How to read the files where they do not say: `encoding`, `delimiter`, `sheet`.
            consent_conditioned: Whether help or service depended on consent, where consent is the basis.
            consent_understood: Whether people understood what they agreed to, where consent is the basis.
        """
        return self.call(
            "contribute",
            {
                "pool": pool,
                "uploads": uploads,
                "hints": hints,
                "consent_conditioned": consent_conditioned,
                "consent_understood": consent_understood,
            },
        )

    def correct_share(
        self: Caller,
        *,
        pool: str,
        steps: Sequence[Mapping[str, object]],
    ) -> Any:
        """Write the corrections of your own share, every step in order; leaving a step out undoes it.

        Args:
            pool: Id of the pool.
            steps: `method`, `columns`, `file`, `parameters` and `why` of each step.
        """
        return self.call("correct_share", {"pool": pool, "steps": steps})

    def decide_duplicates(
        self: Caller,
        *,
        pool: str,
        fate: str,
        rows: Sequence[int] | None = None,
    ) -> Any:
        """Say what becomes of own records that another contributor may hold too.

        Args:
            pool: Id of the pool.
            fate: keep or mark.
            rows: Places of the records in your own file, from 1; all that were told where left out.
        """
        return self.call("decide_duplicates", {"pool": pool, "fate": fate, "rows": rows})

    def my_pools(
        self: Caller,
    ) -> Any:
        """Pools your organisation was invited to, the latest first."""
        return self.call("my_pools", {})

    def my_share(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """Your organisation's share of a pool: where it is, what to do next; nothing of the others.

        Args:
            pool: Id of the pool.
        """
        return self.call("my_share", {"pool": pool})

    def preview_share(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """What your own share would look like after the pool's treatment plan; that you looked is recorded.

        Args:
            pool: Id of the pool.
        """
        return self.call("preview_share", {"pool": pool})

    def share_duplicates(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """Own records that another contributor may hold too, as the last comparison found; that you looked is recorded.

        Args:
            pool: Id of the pool.
        """
        return self.call("share_duplicates", {"pool": pool})

    def share_report(
        self: Caller,
        *,
        pool: str,
    ) -> Any:
        """What bringing your own share into the pool's form does: columns and codes that fit, and what is lost.

        Args:
            pool: Id of the pool.
        """
        return self.call("share_report", {"pool": pool})

    def sign_off_share(
        self: Caller,
        *,
        pool: str,
        seen: str,
        office: str,
    ) -> Any:
        """Sign your organisation's share off, as yourself: it enters the pool at the freeze as you saw it.

        Args:
            pool: Id of the pool.
            seen: What you saw, as `my_share` tells it; a signature under something else does not count.
            office: The office you sign in, such as director.
        """
        return self.call("sign_off_share", {"pool": pool, "seen": seen, "office": office})
