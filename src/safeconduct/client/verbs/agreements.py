"""Verbs of `actions.agreements` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class AgreementsVerbs:
    """Verbs of `actions.agreements`."""

    def agree(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        project: str,
        title: str,
        dataset: str,
        members: Sequence[str],
        days: Mapping[str, object],
        until: str,
        kinds: Sequence[str] | None = None,
        finest: str = "admin3",
        grain: str = "day",
        policy: str = "operational",
    ) -> Any:
        """Make an agreement: who may ask what of which data, how finely, and under which protection level.

        Args:
            project: Id of the project.
            title: What people call the agreement.
            dataset: Name of the data set.
            members: Logins of the people it names.
            days: Days of the data it opens, both ends included.
            until: Its last day.
            kinds: Kinds of question; all of them where left out.
            finest: The finest area.
            grain: The shortest period a figure may speak of.
            policy: Name of the protection level.
        """
        return self.call(
            "agree",
            {
                "project": project,
                "title": title,
                "dataset": dataset,
                "members": members,
                "days": days,
                "until": until,
                "kinds": kinds,
                "finest": finest,
                "grain": grain,
                "policy": policy,
            },
        )

    def end_agreement(
        self: Caller,
        *,
        agreement: str,
    ) -> Any:
        """End an agreement at once; tokens and answers under it stop working.

        Args:
            agreement: Its id.
        """
        return self.call("end_agreement", {"agreement": agreement})

    def my_agreements(
        self: Caller,
    ) -> Any:
        """Agreements in force that name you: what you may ask, and until when."""
        return self.call("my_agreements", {})

    def open_project(
        self: Caller,
        *,
        name: str,
        purpose: str,
        until: str,
    ) -> Any:
        """Open a project: a purpose with an end date, under which agreements are made.

        Args:
            name: What people call it.
            purpose: What the answers will be used for, in a sentence.
            until: Its last day; nothing can be asked after it.
        """
        return self.call("open_project", {"name": name, "purpose": purpose, "until": until})

    def projects(
        self: Caller,
    ) -> Any:
        """Every project."""
        return self.call("projects", {})
