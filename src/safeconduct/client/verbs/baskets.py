"""Verbs of `actions.baskets` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class BasketsVerbs:
    """Verbs of `actions.baskets`."""

    def basket(
        self: Caller,
    ) -> Any:
        """Variables in your basket, as `study/table` and name."""
        return self.call("basket", {})

    def put_in_basket(
        self: Caller,
        *,
        study: str,
        file: str,
        name: str,
    ) -> Any:
        """Put a variable into your basket.

        Args:
            study: Id of the study.
            file: Name of the table.
            name: Name of the variable.
        """
        return self.call("put_in_basket", {"study": study, "file": file, "name": name})

    def take_from_basket(
        self: Caller,
        *,
        study: str,
        file: str,
        name: str,
    ) -> Any:
        """Take a variable out of your basket.

        Args:
            study: Id of the study.
            file: Name of the table.
            name: Name of the variable.
        """
        return self.call("take_from_basket", {"study": study, "file": file, "name": name})
