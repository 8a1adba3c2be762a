"""Verbs of `actions.messages` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class MessagesVerbs:
    """Verbs of `actions.messages`."""

    def messages(
        self: Caller,
    ) -> Any:
        """Messages for you, the latest first."""
        return self.call("messages", {})

    def read_message(
        self: Caller,
        *,
        message: str,
    ) -> Any:
        """Mark a message of yours as read.

        Args:
            message: Its id.
        """
        return self.call("read_message", {"message": message})
