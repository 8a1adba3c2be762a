"""Verbs of `actions.people` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class PeopleVerbs:
    """Verbs of `actions.people`."""

    def add_person(
        self: Caller,
        *,
        login: str,
        name: str,
        password: str,
        roles: Sequence[str],
        organisation: str = "",
        kind: str = "other",
    ) -> Any:
        """Add a person; they sign in with password and a code from an authenticator app.

        Args:
            login: What they sign in with, lower-case letters, digits, dots and dashes.
            name: Their name; kept encrypted.
            password: At least 12 characters.
            roles: One or more of steward, engineer, analyst, dpo, auditor, checker, committee, researcher, contributor.
            organisation: Whom they work for; the organisation that runs the site where left out.
            kind: What sort of organisation that is.
        """
        return self.call(
            "add_person",
            {
                "login": login,
                "name": name,
                "password": password,
                "roles": roles,
                "organisation": organisation,
                "kind": kind,
            },
        )

    def change_roles(
        self: Caller,
        *,
        login: str,
        roles: Sequence[str],
    ) -> Any:
        """Change what a person may be, from their next click on.

        Args:
            login: What they sign in with.
            roles: Everything they may be from now on.
        """
        return self.call("change_roles", {"login": login, "roles": roles})

    def create_token(
        self: Caller,
        *,
        name: str,
        project: str = "",
        days: int = 7,
        scopes: Sequence[str] | None = None,
    ) -> Any:
        """Make an access token for scripts and notebooks; its text is shown once.

        Args:
            name: What you call it.
            project: Id of the project; may be left out where you have one.
            days: Days it lives, at least 1.
            scopes: What it allows; everything the agreements allow where left out.
        """
        return self.call("create_token", {"name": name, "project": project, "days": days, "scopes": scopes})

    def revoke_token(
        self: Caller,
        *,
        token: str,
    ) -> Any:
        """Revoke one of your tokens; it stops working at once.

        Args:
            token: Its id.
        """
        return self.call("revoke_token", {"token": token})

    def token_scopes(
        self: Caller,
    ) -> Any:
        """What a token of yours can be narrowed to, in words."""
        return self.call("token_scopes", {})

    def tokens(
        self: Caller,
    ) -> Any:
        """Your tokens, without their texts."""
        return self.call("tokens", {})
