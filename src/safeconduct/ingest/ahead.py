"""One step ahead: what comes next is made in a second thread while this is worked on.

Arrow, hashing and DuckDB let other threads run while they work, so that reading and parsing overlap with everything
that happens to the rows afterwards. One thing at most is ahead, and so the memory it takes is bounded.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterator[Item], *, threads: int) -> Iterator[Item]:
    """The same items in the same order, each made while the one before is worked on.

    An exception comes where the item would have come. Whoever leaves early waits for the item that is being made.

    Args:
        items: Makes items; with more than one thread, it is asked in one other thread and nowhere else.
        threads: With one thread nothing is made ahead.

    Example:
        >>> list(one_ahead(iter((1, 2, 3)), threads=2))
        [1, 2, 3]
    """
    if threads == 1:
        yield from items
        return
    with ThreadPoolExecutor(1) as second:
        try:
            coming = second.submit(_next, items)
            while item := coming.result():
                coming = second.submit(_next, items)
                yield item[0]
        finally:
            second.submit(_close, items).result()


def _next(items: Iterator[Item]) -> tuple[Item] | None:
    for item in items:
        return (item,)
    return None


def _close(items: Iterator[Item]) -> None:
    if isinstance(items, Generator):
        items.close()
