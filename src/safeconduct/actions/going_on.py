"""Steps that do not wait for one another: where one fails, the others are done all the same."""

from collections.abc import Callable, Iterable
from contextlib import suppress

from safeconduct.model.errors import SafeconductError, WrongState


def every_one(steps: Iterable[Callable[[], object]]) -> None:
    """Do every step; then raise what the first of those that failed raised.

    A data set that cannot be opened must not keep people in another from being erased in time. A step that finds
    somebody else at work waits for the next time, and has not failed.

    Args:
        steps: Each is called once, in order.

    Raises:
        SafeconductError: A step failed; the others were done.

    Example:
        >>> done = []
        >>> every_one([lambda: done.append(1), lambda: done.append(2)])
        >>> done
        [1, 2]
    """
    failed: list[SafeconductError] = []
    for step in steps:
        try:
            with suppress(WrongState):
                step()
        except SafeconductError as error:
            failed.append(error)
    if failed:
        raise failed[0]
