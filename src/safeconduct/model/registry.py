"""Plug-ins, found by the name people write."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import ClassVar, Generic, TypeVar, cast

from safeconduct.model.errors import DuplicateName, UnknownName


class Plugin:
    """Something people can name; it says its own name, once, and the name is its file's name."""

    name: ClassVar[str]


T = TypeVar("T", bound=Plugin)
C = TypeVar("C", bound=type[Plugin])


class Registry(Mapping[str, type[T]], Generic[T]):
    """Every plug-in of one sort. Reading it imports each module of the sort's package, once.

    Attributes:
        sort: What one member is called in messages, such as "query kind".
        package: The dotted name of the package whose modules hold the members.

    Example:
        >>> rules: Registry[Plugin] = Registry("output rule", "safeconduct.release.rules")
        >>> rules.sort
        'output rule'
    """

    def __init__(self, sort: str, package: str) -> None:
        self.sort = sort
        self.package = package
        self._members: dict[str, type[T]] = {}
        self._loaded = False

    def __call__(self, plugin: C) -> C:
        """Add the decorated class under its own name.

        Raises:
            DuplicateName: Another class has that name.
        """
        if plugin.name in self._members:
            raise DuplicateName(f"two {self.sort}s are called {plugin.name!r}")
        self._members[plugin.name] = cast("type[T]", plugin)  # tests/contracts hold members to their sort
        return plugin

    def __getitem__(self, name: str) -> type[T]:
        """The member of that name.

        Raises:
            UnknownName: There is none; the message offers the closest.
        """
        self._load()
        if name in self._members:
            return self._members[name]
        close = get_close_matches(name, self._members, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(self._members))}"
        raise UnknownName(f"no {self.sort} is called {name[:60]!r}; {hint}")

    def __iter__(self) -> Iterator[str]:
        """Names, alphabetically."""
        self._load()
        return iter(sorted(self._members))

    def __len__(self) -> int:
        """How many there are."""
        self._load()
        return len(self._members)

    def __contains__(self, name: object) -> bool:
        """Whether a member has that name."""
        self._load()
        return name in self._members

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self.package}.{module.name}")
