"""What comes next is made while this is worked on: nothing is lost, swapped or left open on the way."""

import threading

import pytest

from safeconduct.ingest.ahead import one_ahead


@pytest.mark.parametrize("threads", [1, 2])
def test_everything_comes_once_and_in_order(threads) -> None:
    assert list(one_ahead(iter(range(100)), threads=threads)) == list(range(100))


def test_the_next_is_made_while_this_is_worked_on() -> None:
    """The second is begun before anybody asks for it; it would wait for ever otherwise."""
    begun = threading.Event()

    def items():
        yield 1
        begun.set()
        yield 2

    coming = one_ahead(items(), threads=2)
    assert next(coming) == 1
    assert begun.wait(timeout=60)
    assert list(coming) == [2]


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_comes_where_the_item_would_have_come(threads) -> None:
    def items():
        yield 1
        raise ValueError("here")

    coming = one_ahead(items(), threads=threads)
    assert next(coming) == 1
    with pytest.raises(ValueError, match="here"):
        next(coming)


@pytest.mark.parametrize("threads", [1, 2])
def test_whoever_leaves_early_leaves_nothing_open(threads) -> None:
    closed = []

    def items():
        try:
            yield from range(100)
        finally:
            closed.append(True)

    coming = one_ahead(items(), threads=threads)
    next(coming)
    coming.close()
    assert closed == [True]
    assert not [one for one in threading.enumerate() if one.name.startswith("ThreadPoolExecutor")]
