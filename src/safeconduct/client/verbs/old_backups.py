"""Verbs of `actions.old_backups` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class OldBackupsVerbs:
    """Verbs of `actions.old_backups`."""

    def backup_destroyed(
        self: Caller,
        *,
        backup: str,
    ) -> Any:
        """Say that every copy of a backup was destroyed; those that are left.

        Args:
            backup: Its id.
        """
        return self.call("backup_destroyed", {"backup": backup})

    def old_backups(
        self: Caller,
    ) -> Any:
        """Backups made before something was erased, the oldest first, until somebody says that they were destroyed."""
        return self.call("old_backups", {})
