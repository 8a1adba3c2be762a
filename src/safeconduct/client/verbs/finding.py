"""Verbs of `actions.finding` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping
from typing import Any

from safeconduct.client.verbs.caller import Caller


class FindingVerbs:
    """Verbs of `actions.finding`."""

    def metadata(
        self: Caller,
        *,
        study: str,
        standard: str,
    ) -> bytes:
        """A study's description in the words of another catalogue.

        Args:
            study: Id of the study.
            standard: `ddi`, `dublin_core`, `dcat` or `croissant`; `bibtex` or `ris` for how to cite it.
        """
        return self.file("metadata", {"study": study, "standard": standard})

    def search(
        self: Caller,
        *,
        text: str = "",
        what: str = "studies",
        filters: Mapping[str, object] | None = None,
        page: int = 1,
    ) -> Any:
        """Search studies or variables; accents, plurals and the field's synonyms are forgiven.

        Args:
            text: What to look for; everything where left out.
            what: `studies` or `variables`.
            filters: `country`, `year_from`, `year_to`, `access`, `kind`.
            page: Which page of twenty, from 1.
        """
        return self.call("search", {"text": text, "what": what, "filters": filters, "page": page})

    def study(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """A study of the catalogue: its description, tables, versions, and how it can be had.

        Args:
            study: Its id.
        """
        return self.call("study", {"study": study})

    def variable(
        self: Caller,
        *,
        study: str,
        file: str,
        name: str,
    ) -> Any:
        """A variable of the catalogue, with the figures that may be told.

        Args:
            study: Id of the study.
            file: Name of the table.
            name: Name of the variable.
        """
        return self.call("variable", {"study": study, "file": file, "name": name})
