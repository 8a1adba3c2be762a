"""Verbs of `actions.asking` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping
from typing import Any

from safeconduct.client.verbs.caller import Caller


class AskingVerbs:
    """Verbs of `actions.asking`."""

    def ask(
        self: Caller,
        *,
        spec: Mapping[str, object],
        dataset: str = "",
    ) -> Any:
        """Ask a question; the answer comes when it is computed and has passed the release check.

        Args:
            spec: The question, in our grammar (`kind`) or FlowKit's (`query_kind`).
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("ask", {"spec": spec, "dataset": dataset})

    def cancel(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """Stop a question that is waiting or being computed; what was already answered stays.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("cancel", {"answer_id": answer_id})

    def explain(
        self: Caller,
        *,
        spec: Mapping[str, object],
        dataset: str = "",
    ) -> Any:
        """Say what would happen to a question, before it is asked; no record is read.

        Args:
            spec: The question, in our grammar (`kind`) or FlowKit's (`query_kind`).
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("explain", {"spec": spec, "dataset": dataset})

    def job(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """How far a question is.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("job", {"answer_id": answer_id})

    def result(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """The protected answer, or how far it is. Whether it may be seen is decided anew each time.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("result", {"answer_id": answer_id})
