"""Verbs of `actions.releasing` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class ReleasingVerbs:
    """Verbs of `actions.releasing`."""

    def download(
        self: Caller,
        *,
        answer_id: str,
        file: str,
    ) -> bytes:
        """One file of an exported answer.

        Args:
            answer_id: What `ask` gave back.
            file: Name of the file, such as `answer.csv` or `manifest.json`.
        """
        return self.file("download", {"answer_id": answer_id, "file": file})

    def export(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """Write a protected answer as CSV, XLSX and GeoJSON with a signed manifest; doing it again changes nothing.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("export", {"answer_id": answer_id})

    def my_answers(
        self: Caller,
    ) -> Any:
        """What your project asked, the latest first."""
        return self.call("my_answers", {})

    def my_record(
        self: Caller,
    ) -> Any:
        """Everything the record of use says about you, the latest first."""
        return self.call("my_record", {})

    def what_left(
        self: Caller,
    ) -> Any:
        """Every answer somebody was handed, the latest first: when, which way, for whom, at which level."""
        return self.call("what_left", {})
