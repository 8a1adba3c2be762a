"""Parts of an edition: who asked for some variables is given those, and what links tables; nobody is given more."""

from collections.abc import Mapping
from dataclasses import replace

from safeconduct.actions.applications import request_of
from safeconduct.actions.editions import Edition, release_of
from safeconduct.actions.site import Site
from safeconduct.actions.studies import study_of
from safeconduct.govern.licences import Licence
from safeconduct.model.microdata import Column
from safeconduct.release.files import PublishedEdition, part_of


def covered(site: Site, licence: Licence) -> tuple[Column, ...]:
    """The variables a licence covers, in the order they were asked for; none where it covers the whole file."""
    if not licence.request:
        return ()
    asked = request_of(site, licence.request)
    return asked.variables if asked.whole is False else ()


def by_table(columns: tuple[Column, ...]) -> Mapping[str, frozenset[str]]:
    """Names of variables by table."""
    return {file: frozenset(one.name for one in columns if one.file == file) for file in {one.file for one in columns}}


def narrowed(
    site: Site, licence: Licence, edition: Edition, published: PublishedEdition, file: str
) -> PublishedEdition:
    """An edition in which one file has the variables that a licence covers and no other.

    The file is written anew and lies beside the edition's; whoever packs it destroys it afterwards.

    Raises:
        BadInput: None of the variables are in that file.
    """
    columns = covered(site, licence)
    if not columns:
        return published
    part = part_of(
        release_of(site, edition), file, by_table(columns), study=study_of(site, edition.study), drafts=site.drafts,
        chests=site.editions,
    )  # fmt: skip
    if part is None:
        return published
    return replace(published, files=tuple(part if one.name == file else one for one in published.files))
