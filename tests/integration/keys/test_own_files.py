"""What a new site writes belongs to its owner alone, whoever made the folder and whatever the umask is."""

import os
import secrets
import stat
from datetime import UTC, datetime

import pytest

from safeconduct.actions.doors import personas, sign_in_as
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.model.errors import NotPermitted


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


def test_a_real_site_is_no_practice_site_because_its_settings_say_so(tmp_path) -> None:
    """On a practice site one signs in by a click; what a site is stands in its keys."""
    site = Site.create(tmp_path / "site", name="real", training=False)
    first_person(site, login="amara", name="Amara", password=secrets.token_urlsafe(18), roles=("steward",))
    site.ledger.close()
    settings = tmp_path / "site" / "safeconduct.toml"
    settings.write_text(settings.read_text().replace("training = false", "training = true"))
    site = Site.open(tmp_path / "site")

    assert site.settings.training
    assert personas(site) == []
    with pytest.raises(NotPermitted):
        sign_in_as(site, login="amara", now=datetime.now(UTC))
