"""The commands that keep a site's records: each prints exactly one JSON object, and can be tried without being done."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from shelled import program

WORD = "a long pass phrase"
LOOKS = frozenset({"doctor"})
"""What changes nothing, and so needs no trial."""


@dataclass(frozen=True)
class Kept:
    """A site with a backup of it for two officers."""

    folder: Path
    public: tuple[str, ...]

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def words(self, name: str) -> list[object]:
        """What a command needs to be told here."""
        files = self.folder / "files"
        officers = [word for one in self.public for word in ("--officer", one)]
        identities = [word for one in "12" for word in ("--identity", self.folder / one, "--passphrase", WORD)]
        return {
            "ingest": ["--as", "amara", "--mapping", files / "mapping.toml", "--folder", files],
            "quality": ["--as", "amara"],
            "forget": ["--as", "dara", "--dataset", "phone"],
            "retain": ["--as", "amara"],
            "rotate-keys": [],
            "doctor": [],
            "backup": [self.folder / "another.backup", *officers],
            "restore": [self.folder / "whole.backup", *identities],
            "migrate": [],
        }[name]


NAMES = ("ingest", "quality", "forget", "retain", "rotate-keys", "doctor", "backup", "restore", "migrate")


@pytest.fixture(scope="module")
def kept_site(kept, made, tmp_path_factory) -> Kept:
    folder = kept.copy(made, tmp_path_factory.mktemp("objects") / "copy")
    public = tuple(json.loads(program("backup-officer", folder / one, "--passphrase", WORD, "--json").stdout)["officer"]
                   for one in "12")  # fmt: skip
    site = Kept(folder, public)
    officers = [word for one in public for word in ("--officer", one)]
    assert program("backup", folder / "whole.backup", "--site", site.site, *officers, "--json").returncode == 0
    return site


def at_rest(folder: Path) -> dict[str, str]:
    """Every file below it, but for the database, which remembers that somebody looked, and empty locks."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("meta.sqlite")]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.stat().st_size}


@pytest.mark.parametrize("name", NAMES)
def test_each_prints_one_object_and_a_trial_changes_no_file(kept_site, name):
    """On standard output, with nothing before or after it."""
    before = at_rest(kept_site.folder)
    site = kept_site.folder / "again" if name == "restore" else kept_site.site
    trial = [] if name in LOOKS else ["--dry-run"]
    ran = program(name, "--site", site, *kept_site.words(name), "--json", *trial)

    assert ran.returncode == 0, ran.stderr
    told, end = json.JSONDecoder().raw_decode(ran.stdout)
    assert isinstance(told, dict)
    assert told
    assert not ran.stdout[end:].strip()
    assert at_rest(kept_site.folder) == before
    assert not (kept_site.folder / "again").exists()


def test_help_names_them_all():
    told = program("--help")

    assert told.returncode == 0
    assert [name for name in NAMES if f"\n  {name} " not in told.stdout] == []
