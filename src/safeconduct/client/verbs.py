"""Every verb as a method. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Caller(Protocol):
    """What carries a verb to a site."""

    def call(self, verb: str, arguments: Mapping[str, object] | None = None) -> Any:
        """Call a verb by name."""

    def file(self, verb: str, arguments: Mapping[str, object]) -> bytes:
        """The bytes of a file that a verb gives."""


class VerbMethods:
    """Every verb as a method."""

    def add_person(
        self: Caller,
        *,
        login: str,
        name: str,
        password: str,
        roles: Sequence[str],
    ) -> Any:
        """Add a person; they sign in with password and a code from an authenticator app.

        Args:
            login: What they sign in with, lower-case letters, digits, dots and dashes.
            name: Their name; kept encrypted.
            password: At least 12 characters.
            roles: One or more of steward, engineer, analyst, dpo, auditor.
        """
        return self.call("add_person", {"login": login, "name": name, "password": password, "roles": roles})

    def agree(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        project: str,
        title: str,
        dataset: str,
        members: Sequence[str],
        days: Mapping[str, object],
        until: str,
        kinds: Sequence[str] = (),
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

    def areas(
        self: Caller,
        *,
        level: str,
        dataset: str = "",
    ) -> Any:
        """Areas at a level, sorted by code.

        Args:
            level: How coarse.
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("areas", {"level": level, "dataset": dataset})

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

    def available_days(
        self: Caller,
        *,
        dataset: str = "",
    ) -> Any:
        """Days present in a data set, by event type.

        Args:
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("available_days", {"dataset": dataset})

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

    def create_token(
        self: Caller,
        *,
        name: str,
        project: str = "",
        days: int = 7,
        scopes: Sequence[str] = (),
    ) -> Any:
        """Make an access token for scripts and notebooks; its text is shown once.

        Args:
            name: What you call it.
            project: Id of the project; may be left out where you have one.
            days: Days it lives, at least 1.
            scopes: What it allows; everything the agreements allow where left out.
        """
        return self.call("create_token", {"name": name, "project": project, "days": days, "scopes": scopes})

    def download(
        self: Caller,
        *,
        answer_id: str,
        file: str,
    ) -> bytes:
        """One file of an exported answer.

        Args:
            answer_id: What `ask` gave back.
            file: Name of the file, such as `answer.csv` or `manifest.json`.
        """
        return self.file("download", {"answer_id": answer_id, "file": file})

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

    def export(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """Write a protected answer as CSV, XLSX and GeoJSON with a signed manifest; doing it again changes nothing.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("export", {"answer_id": answer_id})

    def geography(
        self: Caller,
        *,
        level: str,
        dataset: str = "",
    ) -> Any:
        """Boundaries at a level as GeoJSON, EPSG:4326.

        Args:
            level: How coarse; positions of towers (`lon-lat`) are never given away.
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("geography", {"level": level, "dataset": dataset})

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

    def kinds(
        self: Caller,
    ) -> Any:
        """Every kind of question."""
        return self.call("kinds", {})

    def my_agreements(
        self: Caller,
    ) -> Any:
        """Agreements in force that name you: what you may ask, and until when."""
        return self.call("my_agreements", {})

    def my_answers(
        self: Caller,
    ) -> Any:
        """What your project asked, the latest first."""
        return self.call("my_answers", {})

    def my_record(
        self: Caller,
    ) -> Any:
        """Everything the record of use says about you, the latest first."""
        return self.call("my_record", {})

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

    def protection_levels(
        self: Caller,
    ) -> Any:
        """Protection levels of this site, and what each does not stop."""
        return self.call("protection_levels", {})

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

    def revoke_token(
        self: Caller,
        *,
        token: str,
    ) -> Any:
        """Revoke one of your tokens; it stops working at once.

        Args:
            token: Its id.
        """
        return self.call("revoke_token", {"token": token})

    def sources(
        self: Caller,
    ) -> Any:
        """Days present in every data set."""
        return self.call("sources", {})

    def token_scopes(
        self: Caller,
    ) -> Any:
        """What a token of yours can be narrowed to, in words."""
        return self.call("token_scopes", {})

    def tokens(
        self: Caller,
    ) -> Any:
        """Your tokens, without their texts."""
        return self.call("tokens", {})

    def what_left(
        self: Caller,
    ) -> Any:
        """Every answer somebody was handed, the latest first: when, which way, for whom, at which level."""
        return self.call("what_left", {})
