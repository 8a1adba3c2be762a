"""What the server's log keeps of an error nobody foresaw."""

import logging
from http import HTTPStatus

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from safeconduct.model.errors import BrokenPromise
from safeconduct.model.text import say
from safeconduct.server.problems import install
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


@pytest.mark.parametrize(
    ("text", "sentence"), [(say("{name} could not be opened", name=MARK), "{name} could not be opened"), (MARK, "")]
)
def test_a_broken_promise_is_in_the_log_without_what_its_sentence_was_about(caplog, text, sentence):
    """Whoever asked is told that the engineer finds it there; a message that was put together is not kept."""
    app = FastAPI()
    install(app)

    @app.get("/")
    def broken() -> None:
        raise BrokenPromise(text)

    with TestClient(app) as client:
        answer = client.get("/")

    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert f"a request ended with BrokenPromise: {sentence}" in caplog.text
    assert MARK not in caplog.text + answer.text
