"""Verbs of `actions.studies` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping
from typing import Any

from safeconduct.client.verbs.caller import Caller


class StudiesVerbs:
    """Verbs of `actions.studies`."""

    def describe_study(
        self: Caller,
        *,
        study: str,
        fields: Mapping[str, object],
    ) -> Any:
        """Write what is told about a study; fields that are not named stay as they are.

        Args:
            study: Its id; a study nobody began is begun.
            fields: Texts by language, such as `{"title": {"en": "…", "fr": "…"}}`, and lists as `model.study` has them.
        """
        return self.call("describe_study", {"study": study, "fields": fields})

    def describe_variable(
        self: Caller,
        *,
        study: str,
        file: str,
        name: str,
        fields: Mapping[str, object],
    ) -> Any:
        """Write what is told about a variable: labels, questions, categories' labels, universe, unit, derivation.

        Args:
            study: Id of the study.
            file: Name of the table.
            name: Name of the variable.
            fields: `labels`, `questions`, `hints` by language; `universe`, `unit`, `derivation`; `categories`.
        """
        return self.call("describe_variable", {"study": study, "file": file, "name": name, "fields": fields})

    def import_description(
        self: Caller,
        *,
        study: str,
        upload: str,
    ) -> Any:
        """Take a study's description from a DDI Codebook 2.5 file; it counts where it says something.

        Args:
            study: Id of the study; a study nobody began is begun.
            upload: The file, sent before; a shell takes a path.
        """
        return self.call("import_description", {"study": study, "upload": upload})

    def studies(
        self: Caller,
    ) -> Any:
        """Every study, the latest first: its title, what its description still lacks, whether records are kept."""
        return self.call("studies", {})

    def study_description(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """The description of a study, study and variables, with what it still lacks.

        Args:
            study: Its id.
        """
        return self.call("study_description", {"study": study})
