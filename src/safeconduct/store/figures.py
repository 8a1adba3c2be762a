"""What was counted of the days of a data set, sealed: for insiders, and for judging later days.

A page is a JSON tree in a chest of its own. It says nothing of a single person, and much of the operator.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from safeconduct.keys.provider import KeyProvider
from safeconduct.store.chests import Chests
from safeconduct.store.versions import folder_of

NAME_BYTES = 16

UNDER = "figures"
"""Where they lie below a data set."""


class Figures:
    """The sealed pages of one data set. They go with the data set: destroying it destroys their keys first.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        keys: What wraps their keys.

    Example:
        >>> import tempfile
        >>> from safeconduct.keys.provider import FileKeys
        >>> pages = Figures(store=Path(tempfile.mkdtemp()), dataset="phone", keys=FileKeys(True, bytes(32)))
        >>> pages.get(pages.put({"calls/2026-01-05": {"rows": 7}}))
        {'calls/2026-01-05': {'rows': 7}}
    """

    def __init__(self, *, store: Path, dataset: str, keys: KeyProvider) -> None:
        self._chests = Chests(folder=folder_of(store, dataset) / UNDER, keys=keys, purpose=f"{UNDER}/{dataset}")

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Figures()"

    def put(self, tree: Mapping[str, object]) -> str:
        """Keep a page durably under a random name; the name tells nothing of what is in it.

        Raises:
            StoreFull: The disk is full.
        """
        name = secrets.token_hex(NAME_BYTES)
        with self._chests.create(name) as chest:
            chest.write(json.dumps(tree, separators=(",", ":"), sort_keys=True).encode())
            chest.finish()
        return name

    def get(self, name: str) -> dict[str, object]:
        """A page by the name it was given.

        Raises:
            NotFound: There is none.
            Tampered: It is not what was put there.
        """
        with self._chests.open(name) as file:
            tree: dict[str, object] = json.loads(file.read())
        return tree

    def names(self) -> tuple[str, ...]:
        """Every page there is."""
        return tuple(sorted(self._chests.names()))

    def delete(self, name: str) -> None:
        """Destroy a page; nothing happens where there is none."""
        self._chests.delete(name)
