"""Verbs of `actions.cleaning` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class CleaningVerbs:
    """Verbs of `actions.cleaning`."""

    def cleaning(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """The corrections of a deposit, and what was found when its rows were looked at last; a look at it is recorded.

        Args:
            deposit: Its id.
        """
        return self.call("cleaning", {"deposit": deposit})

    def correct_rows(
        self: Caller,
        *,
        deposit: str,
        steps: Sequence[Mapping[str, object]],
    ) -> Any:
        """Write the corrections of a deposit, every step in order; leaving a step out undoes it.

        Args:
            deposit: Its id.
            steps: `method`, `columns`, `file`, `parameters` and `why` of each step.
        """
        return self.call("correct_rows", {"deposit": deposit, "steps": steps})

    def corrections(
        self: Caller,
    ) -> Any:
        """Every correction a step can name."""
        return self.call("corrections", {})

    def keep_records(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """Keep a deposit's records: corrected, without direct identifiers; then what arrived is destroyed.

        Args:
            deposit: Its id.
        """
        return self.call("keep_records", {"deposit": deposit})

    def look_at_rows(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """Look at a deposit's rows for what is wrong, after the corrections made so far; the reading is recorded first.

        Args:
            deposit: Its id.
        """
        return self.call("look_at_rows", {"deposit": deposit})
