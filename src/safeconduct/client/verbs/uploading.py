"""Verbs of `actions.uploading` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class UploadingVerbs:
    """Verbs of `actions.uploading`."""

    def begin_upload(
        self: Caller,
        *,
        name: str,
        size: int = 0,
    ) -> Any:
        """Begin to send a file; nothing of it is ever written in clear.

        Args:
            name: What the file is called, with its ending: readers go by it.
            size: Bytes in all; 0 where that is not known.
        """
        return self.call("begin_upload", {"name": name, "size": size})

    def drop_upload(
        self: Caller,
        *,
        upload: str,
    ) -> Any:
        """Destroy a file of yours that no deposit was made of; its key goes first.

        Args:
            upload: Its id.
        """
        return self.call("drop_upload", {"upload": upload})

    def finish_upload(
        self: Caller,
        *,
        upload: str,
        sha256: str = "",
    ) -> Any:
        """Say that a file has arrived whole.

        Args:
            upload: Its id.
            sha256: Digest of the file; where it is given, it must fit.
        """
        return self.call("finish_upload", {"upload": upload, "sha256": sha256})

    def upload_state(
        self: Caller,
        *,
        upload: str,
    ) -> Any:
        """How far a file of yours has got.

        Args:
            upload: Its id.
        """
        return self.call("upload_state", {"upload": upload})
