"""Verbs of `actions.requesting` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class RequestingVerbs:
    """Verbs of `actions.requesting`."""

    def begin_request(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Begin a request for the licensed files of a study; what your basket holds of it is asked for.

        Args:
            study: Id of the study.
        """
        return self.call("begin_request", {"study": study})

    def submit_request(
        self: Caller,
        *,
        request: str,
    ) -> Any:
        """Hand a request in. A prohibited use is refused at once, in words; everything else people decide.

        Args:
            request: Its id.
        """
        return self.call("submit_request", {"request": request})

    def withdraw_request(
        self: Caller,
        *,
        request: str,
    ) -> Any:
        """Withdraw a request of yours.

        Args:
            request: Its id.
        """
        return self.call("withdraw_request", {"request": request})

    def write_request(
        self: Caller,
        *,
        request: str,
        fields: Mapping[str, object],
        team: Sequence[Mapping[str, object]] | None = None,
    ) -> Any:
        """Write a request further; parts that are not named stay as they are.

        Args:
            request: Its id.
            fields: Answers by name, as the form has them.
            team: Everybody who would have the files: `name`, `title`, `affiliation`, `login`, `key`; you too.
        """
        return self.call("write_request", {"request": request, "fields": fields, "team": team})
