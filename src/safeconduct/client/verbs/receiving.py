"""Verbs of `actions.receiving` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class ReceivingVerbs:
    """Verbs of `actions.receiving`."""

    def begin_delivery(
        self: Caller,
        *,
        licence: str,
        file: str,
    ) -> Any:
        """Begin to take a licensed file home: it is packed with a manifest in your name, sealed to your key if agreed.

        Args:
            licence: Id of a licence of yours.
            file: Name of the file, as the licence names it.
        """
        return self.call("begin_delivery", {"licence": licence, "file": file})

    def deliveries(
        self: Caller,
        *,
        licence: str,
    ) -> Any:
        """What was begun under a licence of yours, the latest first.

        Args:
            licence: Its id.
        """
        return self.call("deliveries", {"licence": licence})

    def fetch_delivery(
        self: Caller,
        *,
        licence: str,
        delivery: str,
    ) -> bytes:
        """Take a file home, from any byte on; it is counted once, when its last byte was sent.

        Args:
            licence: Id of a licence of yours.
            delivery: Id of the delivery.
        """
        return self.file("fetch_delivery", {"licence": licence, "delivery": delivery})
