"""Protection levels of a site that the program comes with a later form of: they stay as they are until people act.

A site keeps the levels it was made with; an agreement names a level, and a release the version it was given under.
So a new version of the program changes none of them, and somebody must be told that there is a better one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from safeconduct.actions.site import Site
from safeconduct.actions.site_files import shipped_policy_files
from safeconduct.release.file_policies import shipped_for_files
from safeconduct.release.policies import shipped


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A level whose name the program knows with other rules.

    Attributes:
        name: What the level is called.
        here: Version of the site's.
        comes: Version of the program's; the same where only the rules differ.
        file: The program's file.
        folder: Where the site keeps its own, below its folder.
    """

    name: str
    here: int
    comes: int
    file: Path
    folder: str


def behind(site: Site) -> Iterator[Behind]:
    """Levels of a site that are older than the program's, or of the same version with other rules.

    A level of a name of the site's own, or of a later version than the program's, is the site's own decision.
    """
    files = {(where(site.folders), path.stem): path for path, where in shipped_policy_files()}
    for mine, theirs, folder in (
        (site.policies, shipped(), site.folders.policies),
        (site.file_policies, shipped_for_files(), site.folders.file_policies),
    ):
        for name in sorted(mine.keys() & theirs.keys()):
            here, comes = mine[name], theirs[name]
            if here.version < comes.version or (here.version == comes.version and here.rules != comes.rules):
                yield Behind(name=name, here=here.version, comes=comes.version, file=files[folder, name],
                             folder=str(folder.relative_to(site.folders.root)))  # fmt: skip
