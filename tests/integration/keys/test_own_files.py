"""What a new site writes belongs to its owner alone, whoever made the folder and whatever the umask is."""

import os
import stat

from safeconduct.actions.site import Site


def test_nobody_else_may_read_settings_or_change_protection_levels(tmp_path) -> None:
    """An administrator often makes the folder first, open to all; settings may hold a database's password."""
    root = tmp_path / "site"
    root.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        Site.create(root, name="open", training=True).ledger.close()
    finally:
        os.umask(before)

    open_to_others = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    }
    assert open_to_others == {"keys/signing.pub"}, "the public key alone, in a folder that nobody else may enter"
    assert not stat.S_IMODE((root / "keys").stat().st_mode) & 0o077
