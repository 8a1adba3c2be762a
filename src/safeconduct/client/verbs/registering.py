"""Verbs of `actions.registering` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class RegisteringVerbs:
    """Verbs of `actions.registering`."""

    def register(
        self: Caller,
        *,
        login: str,
        name: str,
        password: str,
        organisation: str,
        kind: str,
        agreed: bool,
    ) -> Any:
        """Make an account for yourself, to ask for files; who you are is looked at when you ask.

        Args:
            login: What you sign in with, lower-case letters, digits, dots and dashes.
            name: Your name; kept encrypted under a key of its own, which is destroyed when you are forgotten.
            password: At least 12 characters.
            organisation: The organisation you work for.
            kind: What sort of organisation it is.
            agreed: You read how your own data are used: to decide requests, and to record what was done with files.
        """
        return self.call(
            "register",
            {
                "login": login,
                "name": name,
                "password": password,
                "organisation": organisation,
                "kind": kind,
                "agreed": agreed,
            },
        )
