"""What the server's log keeps of an error nobody foresaw."""

import logging

import pytest

from safeconduct.server.serve import untold

MARK = "258840000001"


@pytest.fixture
def log(caplog):
    logger = logging.getLogger("uvicorn.error")
    logger.addFilter(untold)
    yield logger
    logger.removeFilter(untold)


def test_its_kind_is_kept_and_its_words_and_trace_are_not(log, caplog):
    """A library's words may quote a record."""
    try:
        int(f"{MARK}x")
    except ValueError:
        log.exception("Exception in ASGI application\n")

    assert "a request ended with ValueError" in caplog.text
    assert MARK not in caplog.text
    assert "Traceback" not in caplog.text


def test_other_lines_pass_as_they_are(log, caplog):
    log.warning("Shutting down")

    assert "Shutting down" in caplog.text
