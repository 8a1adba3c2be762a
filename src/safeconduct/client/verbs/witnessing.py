"""Verbs of `actions.witnessing` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping
from typing import Any

from safeconduct.client.verbs.caller import Caller


class WitnessingVerbs:
    """Verbs of `actions.witnessing`."""

    def add_witness(
        self: Caller,
        *,
        name: str,
        key: str,
    ) -> Any:
        """Say whom this site shows its record of use to, and whose signatures it keeps.

        Args:
            name: What the witness calls itself, such as `ngo.example`.
            key: Its public key, 64 hexadecimal digits; have it from them by another way.
        """
        return self.call("add_witness", {"name": name, "key": key})

    def keep_cosignature(
        self: Caller,
        *,
        cosignature: Mapping[str, object],
    ) -> Any:
        """Keep what a witness signed, beside the signed root that it saw.

        Args:
            cosignature: What `safeconduct witness sign` printed.
        """
        return self.call("keep_cosignature", {"cosignature": cosignature})

    def show_checkpoint(
        self: Caller,
        *,
        first: int = 0,
    ) -> Any:
        """Sign the record of use as it is now, and show how it grew: for a witness to check and sign.

        Args:
            first: Events in it when the witness signed last; 0 the first time.
        """
        return self.call("show_checkpoint", {"first": first})

    def witnesses(
        self: Caller,
    ) -> Any:
        """Witnesses this site knows, and how far each has signed."""
        return self.call("witnesses", {})
