"""A restore that was killed leaves a site half brought up, with its keys: the next one takes it away."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from killing import killed
from safeconduct.actions import restoring
from safeconduct.actions.backing_up import back_up, make_officer
from safeconduct.actions.restoring import Identity, restore
from safeconduct.actions.site import Site
from safeconduct.keys import officers
from safeconduct.model.errors import WrongState

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = "a long pass phrase"


@pytest.fixture
def lost(tmp_path, monkeypatch) -> tuple[Path, tuple[Identity, ...]]:
    """A backup of a site that is gone, in a folder that has nothing else, and both officers."""
    monkeypatch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})
    both = tuple(Identity(path=tmp_path / name, passphrase=WORDS) for name in ("one", "two"))
    lines = tuple(make_officer(one.path, passphrase=WORDS) for one in both)
    site = Site.create(tmp_path / "there" / "site", name="s", training=True)
    back_up(site, tmp_path / "a.backup", officers=lines, now=NOW)
    site.ledger.close()
    shutil.rmtree(tmp_path / "there" / "site")
    return tmp_path, both


def test_the_next_one_takes_away_what_was_left(lost) -> None:
    folder, both = lost
    again = lambda: restore(folder / "a.backup", folder / "there" / "site", identities=both, now=NOW)  # noqa: E731 - once
    (folder / "there" / ".site.of somebody").mkdir()
    (folder / "there" / ".others.0123456789abcdef.restoring").mkdir()
    assert killed(12, again)
    (left,) = (folder / "there").glob(".site.*.restoring")
    assert (left / "keys").exists(), "the control"
    again()

    assert sorted(one.name for one in (folder / "there").iterdir()) == [
        ".others.0123456789abcdef.restoring", ".site.of somebody", "site",
    ]  # fmt: skip
    Site.open(folder / "there" / "site").ledger.close()


def test_one_that_is_at_work_is_left_alone(lost, monkeypatch) -> None:
    """Two at once: the one that is there first is the site, and neither takes the other's files away."""
    folder, both = lost
    real, waiting = restoring._brought_up, [1]

    def meanwhile(*told: object, **how: object) -> object:
        while waiting:
            waiting.pop()
            restore(folder / "a.backup", folder / "there" / "site", identities=both, now=NOW)
        return real(*told, **how)

    monkeypatch.setattr(restoring, "_brought_up", meanwhile)
    with pytest.raises(WrongState, match="choose an empty one"):
        restore(folder / "a.backup", folder / "there" / "site", identities=both, now=NOW)

    assert [one.name for one in (folder / "there").iterdir()] == ["site"]
    Site.open(folder / "there" / "site").ledger.close()
