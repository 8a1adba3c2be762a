"""Files and folders that a site begins with, and its settings."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

from safeconduct.model.errors import BadSettings
from safeconduct.model.settings import FROM_ANYWHERE, KeySettings, Settings, SiteFolders
from safeconduct.model.text import say


def folders_of(folders: SiteFolders) -> tuple[Path, ...]:
    """Every folder a site has."""
    return (
        folders.root, folders.keys, folders.store, folders.intake, folders.quarantine, folders.drafts,
        folders.releases, folders.policies, folders.file_policies, folders.documents, folders.spill,
    )  # fmt: skip


def shipped_policy_files() -> list[tuple[Path, Callable[[SiteFolders], Path]]]:
    """The protection levels that come with the package, as files, and where a site keeps them."""
    release = Path(__file__).parent.parent / "release"
    cells = [(path, lambda folders: folders.policies) for path in sorted((release / "policies").glob("*.toml"))]
    rows = [
        (path, lambda folders: folders.file_policies) for path in sorted((release / "file_policies").glob("*.toml"))
    ]
    return [*cells, *rows]


def read_settings(path: Path) -> Settings:
    """A site's settings.

    Raises:
        BadSettings: The file is not there or cannot be understood.
    """
    try:
        return Settings.from_tree(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadSettings(
            say("there is no site here; make one with 'safeconduct init' or name one with --site")
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise BadSettings(
            say("safeconduct.toml cannot be read as TOML; compare it with the reference of settings")
        ) from None


def settings_text(name: str, *, training: bool, database: str = "", keys: KeySettings = FROM_ANYWHERE) -> str:
    """The settings file a new site starts with."""
    where = f"database = {json.dumps(database)}\n" if database else ""
    where += "" if keys == FROM_ANYWHERE else f"keys = {keys}\n"
    return (
        "# Settings of this site; every key is explained in docs/reference/settings.md.\n"
        f"format = 1\nname = {json.dumps(name)}\ntraining = {'true' if training else 'false'}\n{where}"
    )
