"""Verbs of `actions.checking_answers` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class CheckingAnswersVerbs:
    """Verbs of `actions.checking_answers`."""

    def answer_evidence(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """An answer from inside, with everything its checkers need; that you looked is recorded first.

        Args:
            answer_id: Its identity, as `answers_to_check` tells it.
        """
        return self.call("answer_evidence", {"answer_id": answer_id})

    def answer_wait(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """How the review of an answer your project asked for stands: since when it waits, and what you were asked.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("answer_wait", {"answer_id": answer_id})

    def answers_to_check(
        self: Caller,
    ) -> Any:
        """Answers that wait for independent checkers, and the last that did; never your own project's."""
        return self.call("answers_to_check", {})

    def check_answer(
        self: Caller,
        *,
        answer_id: str,
        vote: str,
        reason: str = "",
        seen: str = "",
    ) -> Any:
        """Vote on an answer, without seeing others' votes; never on what you or your project asked.

        Args:
            answer_id: Its identity.
            vote: `yes`, `no` or `ask`.
            reason: Why, or what you want to know; needed for anything but a yes. Whoever asked reads it as it is.
            seen: Digest of what you looked at, as `answer_evidence` tells it.
        """
        return self.call("check_answer", {"answer_id": answer_id, "vote": vote, "reason": reason, "seen": seen})

    def reply_to_checkers(
        self: Caller,
        *,
        answer_id: str,
        says: str,
    ) -> Any:
        """Reply to what a checker asked you about an answer; then every checker votes anew.

        Args:
            answer_id: What `ask` gave back.
            says: Your reply, which every checker of it reads.
        """
        return self.call("reply_to_checkers", {"answer_id": answer_id, "says": says})
