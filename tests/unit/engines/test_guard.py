"""What surrounds a computation."""

import threading

import duckdb
import pytest

from safeconduct.engines.guard import guarded, in_our_words, stop_if
from safeconduct.model.errors import BrokenPromise, Cancelled, StoreFull, Tampered

FOREVER = "select count(*) from range(1000000000) a(x), range(100000) b(y) where (x + y) % 7 = 9"


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        yield opened


def test_a_running_statement_stops_when_asked_from_another_thread(connection):
    """Long before it would end."""
    cancelled = threading.Event()
    threading.Timer(0.1, cancelled.set).start()

    with pytest.raises(Cancelled), guarded(connection, cancelled):
        connection.execute(FOREVER).fetchall()


def test_python_between_statements_stops_too(connection):
    """Stopping while no statement runs is heard at the end."""
    cancelled = threading.Event()

    with pytest.raises(Cancelled), guarded(connection, cancelled):
        cancelled.set()


def test_a_connection_that_was_stopped_can_be_used_again(connection):
    """Only the statement was stopped."""
    cancelled = threading.Event()
    threading.Timer(0.1, cancelled.set).start()
    with pytest.raises(Cancelled), guarded(connection, cancelled):
        connection.execute(FOREVER).fetchall()

    with guarded(connection):
        assert connection.execute("select 1").fetchall() == [(1,)]


def test_no_watcher_is_left_behind(connection):
    """Each guard ends its own thread."""
    before = threading.active_count()
    with guarded(connection, threading.Event()):
        connection.execute("select 1")

    assert threading.active_count() == before


def test_what_duckdb_says_is_never_passed_on(connection):
    """It quotes the value it could not convert."""
    with pytest.raises(BrokenPromise) as error, guarded(connection):
        connection.execute("select cast('258841234567' as tinyint)")

    assert "258841234567" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_too_little_memory_is_told_with_what_to_do(connection):
    """And nothing is written to the disk in its place."""
    connection.execute("set memory_limit = '20MB'")
    connection.execute("set max_temp_directory_size = '0KB'")

    with pytest.raises(BrokenPromise, match="memory_mb"), guarded(connection):
        connection.execute("create table t as select range, hash(range) from range(20000000)")


@pytest.mark.parametrize(("said", "ours"), [
    (duckdb.IOException("could not write: No space left on device"), StoreFull),
    (duckdb.InvalidInputException("Computed AES tag differs from read AES tag, is the key right?"), Tampered),
    (duckdb.IOException("No magic bytes found at end of file"), Tampered),
    (duckdb.BinderException("something else"), BrokenPromise),
])  # fmt: skip
def test_each_failure_is_named_after_what_is_wrong(said, ours):
    """Full, tampered, or anything else."""
    assert type(in_our_words(said)) is ours


def test_nothing_stops_where_nobody_asked():
    """Neither without an event nor with one that is not set."""
    stop_if(None)
    stop_if(threading.Event())
