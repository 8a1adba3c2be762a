"""Verbs of `actions.granting` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class GrantingVerbs:
    """Verbs of `actions.granting`."""

    def close_request(
        self: Caller,
        *,
        request: str,
    ) -> Any:
        """End a grant because the work is done: licences of its team end, and destruction is due.

        Args:
            request: Its id.
        """
        return self.call("close_request", {"request": request})

    def decide_request(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        request: str,
        decision: str,
        reasons: str,
        until: str | None = None,
        downloads: int = 3,
        encrypted: bool = False,
        networks: Sequence[str] | None = None,
        conditions: str = "",
    ) -> Any:
        """Vote on a request, with reasons; the vote that settles it is carried out at once.

        Args:
            request: Its id.
            decision: `approve`, `reject` or `return` for changes.
            reasons: Why; the applicant reads them.
            until: Last day of what is granted; the end of the work where left out.
            downloads: How often each file may be downloaded, 1 to 20.
            encrypted: Files come encrypted to each person's key and no other way.
            networks: Networks it may be downloaded from, as CIDR; any where left out.
            conditions: What else is asked, in words. Where several vote for a grant, it holds to what every one asked.
        """
        return self.call(
            "decide_request",
            {
                "request": request,
                "decision": decision,
                "reasons": reasons,
                "until": until,
                "downloads": downloads,
                "encrypted": encrypted,
                "networks": networks,
                "conditions": conditions,
            },
        )

    def revoke_request(
        self: Caller,
        *,
        request: str,
        reason: str,
    ) -> Any:
        """Take a grant away at once: licences of its team end, and open requests of the same people close.

        Args:
            request: Its id.
            reason: Why; the team reads it.
        """
        return self.call("revoke_request", {"request": request, "reason": reason})

    def set_use_rules(
        self: Caller,
        *,
        study: str,
        purposes: Sequence[str],
        conditions: Sequence[str] | None = None,
        until: str | None = None,
        countries: Sequence[str] | None = None,
    ) -> Any:
        """Say what a study's files may be used for; uses that are always prohibited stay so.

        Args:
            study: Id of the study.
            purposes: Codes of the purposes it is open for.
            conditions: What is asked of every request.
            until: Last day of use.
            countries: Countries it may be used in, ISO 3166-1 alpha-3; any where left out.
        """
        return self.call(
            "set_use_rules",
            {
                "study": study,
                "purposes": purposes,
                "conditions": conditions,
                "until": until,
                "countries": countries,
            },
        )
