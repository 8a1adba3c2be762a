"""Verbs of `actions.deciding` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class DecidingVerbs:
    """Verbs of `actions.deciding`."""

    def accept_roles_sheet(
        self: Caller,
        *,
        deposit: str,
        sheet: str,
    ) -> Any:
        """Accept a spreadsheet of roles whose differences you looked at.

        Args:
            deposit: Its id.
            sheet: Its id, as `compare_roles_sheet` told it.
        """
        return self.call("accept_roles_sheet", {"deposit": deposit, "sheet": sheet})

    def compare_roles_sheet(
        self: Caller,
        *,
        deposit: str,
        upload: str,
    ) -> Any:
        """See what a spreadsheet of roles that came back would change; nothing is changed yet.

        Args:
            deposit: Its id.
            upload: The spreadsheet, sent before; a shell takes a path.
        """
        return self.call("compare_roles_sheet", {"deposit": deposit, "upload": upload})

    def compared_roles_sheet(
        self: Caller,
        *,
        deposit: str,
        sheet: str,
    ) -> Any:
        """What a spreadsheet that was compared would change.

        Args:
            deposit: Its id.
            sheet: Its id, as `compare_roles_sheet` told it.
        """
        return self.call("compared_roles_sheet", {"deposit": deposit, "sheet": sheet})

    def decide_roles(
        self: Caller,
        *,
        deposit: str,
        roles: Mapping[str, object],
        like: Sequence[str] | None = None,
    ) -> Any:
        """Decide what variables are for; others stay as they are.

        Args:
            deposit: Its id.
            roles: Role by table and name, such as `{"members": {"age": "quasi-identifier"}}`.
            like: `table.name` of variables whose role shall count for all that are like them.
        """
        return self.call("decide_roles", {"deposit": deposit, "roles": roles, "like": like})

    def roles_sheet(
        self: Caller,
        *,
        deposit: str,
        language: str = "en",
    ) -> bytes:
        """The variables of a deposit as a spreadsheet: fill in the roles and send it back.

        Args:
            deposit: Its id.
            language: Language of its explanations, one the site offers.
        """
        return self.file("roles_sheet", {"deposit": deposit, "language": language})

    def variables(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """Every variable of a deposit, in the order of its files; labels and codes, never a value of a record.

        Args:
            deposit: Its id.
        """
        return self.call("variables", {"deposit": deposit})
