"""What carries a verb to a site. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping
from typing import Any, Protocol


class Caller(Protocol):
    """What carries a verb to a site."""

    def call(self, verb: str, arguments: Mapping[str, object] | None = None) -> Any:
        """Call a verb by name."""

    def file(self, verb: str, arguments: Mapping[str, object]) -> bytes:
        """The bytes of a file that a verb gives."""
