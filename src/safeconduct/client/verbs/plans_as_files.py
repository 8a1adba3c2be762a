"""Verbs of `actions.plans_as_files` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class PlansAsFilesVerbs:
    """Verbs of `actions.plans_as_files`."""

    def plan_file(
        self: Caller,
        *,
        study: str,
    ) -> bytes:
        """A study's treatment plan as a YAML file, with the version of the records and the roles it was written for.

        Args:
            study: Id of the study.
        """
        return self.file("plan_file", {"study": study})

    def write_plan_file(
        self: Caller,
        *,
        study: str,
        upload: str,
    ) -> Any:
        """Take a study's treatment plan from a YAML file: its steps; the roles are those that were decided here.

        Args:
            study: Id of the study.
            upload: The file, sent before; a shell takes a path.
        """
        return self.call("write_plan_file", {"study": study, "upload": upload})
