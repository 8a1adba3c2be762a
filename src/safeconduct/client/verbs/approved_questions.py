"""Verbs of `actions.approved_questions` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class ApprovedQuestionsVerbs:
    """Verbs of `actions.approved_questions`."""

    def approved_questions(
        self: Caller,
    ) -> Any:
        """Kinds of question that checkers approved for all days, with who did and when; those that hold first."""
        return self.call("approved_questions", {})

    def end_approved_question(
        self: Caller,
        *,
        question: str,
        says: str,
    ) -> Any:
        """End the approval of a kind of question: the next answer to it waits for independent checkers again.

        Args:
            question: Its id, as `approved_questions` tells it.
            says: Why, for the checkers of the next answer.
        """
        return self.call("end_approved_question", {"question": question, "says": says})
