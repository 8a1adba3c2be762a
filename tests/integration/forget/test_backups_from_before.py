"""A backup from before an erasure: no key of the site opens it, it is told until destroyed, a restore erases again."""

import base64
import os
import shutil

import pytest

from safeconduct.actions.backing_up import back_up, make_officer
from safeconduct.actions.erasing import export_erasures
from safeconduct.actions.forgetting import forget
from safeconduct.actions.guarantees import site_beyond
from safeconduct.actions.health import Grade
from safeconduct.actions.old_backups import backup_destroyed, old_backups
from safeconduct.actions.restoring import Identity, restore
from safeconduct.actions.retaining import nightly
from safeconduct.keys import officers
from safeconduct.model.errors import NotFound, NotPermitted, Tampered, WrongState
from safeconduct.store.archive import extract

WORDS = ("correct horse battery", "staple ahoy there")


@pytest.fixture(scope="module")
def drill(little, made, tmp_path_factory):
    """A site with a backup, then an erasure and a younger backup; both officers; the signed list of erasures."""
    folder = tmp_path_factory.mktemp("drill")
    shutil.copytree(made, folder / "copy")
    here = little.Little(folder / "copy")
    for path in (here.site.folders.quarantine / "phone").glob("*.rows"):
        os.utime(path, (little.NOW.timestamp(),) * 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})
        both = tuple(Identity(path=folder / f"{at}.officer", passphrase=word) for at, word in enumerate(WORDS))
        lines = tuple(make_officer(one.path, passphrase=one.passphrase) for one in both)
        back_up(here.site, folder / "old.backup", officers=lines, now=little.NOW)
        forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
        here.work()
        back_up(here.site, folder / "new.backup", officers=lines, now=little.NOW)
        (folder / "erasures.jsonl").write_text("".join(f"{one}\n" for one in export_erasures(here.site)))
        restore(folder / "old.backup", folder / "back" / "site", identities=both, now=little.NOW,
                erasures=folder / "erasures.jsonl")  # fmt: skip
        restore(folder / "old.backup", folder / "unheard" / "site", identities=both, now=little.NOW)
    return folder, here


def signs(little, site) -> tuple[bytes, ...]:
    own = bytes.fromhex(little.pseudonym_of(site, little.FLED))
    return (little.FLED[1:].encode(), own, own.hex().encode(), base64.b64encode(own)[:20])


def test_no_key_that_lives_on_the_site_opens_it(little, drill) -> None:
    folder, here = drill
    live = {one for one in little.live_keys(here.site) if len(one) == 32} | {here.site.keys.outer()}

    assert len(live) > 5
    for key in live:
        with pytest.raises(Tampered):
            extract(folder / "old.backup", key, None)


def test_it_is_told_until_somebody_says_that_it_was_destroyed(little, drill) -> None:
    _, here = drill
    found = old_backups(here.room("engineer"))
    told = next(one for one in site_beyond(here.site) if one.name == "backups")

    assert [(one.erasures, len(one.officers), one.made_at) for one in found] == [(1, 2, little.NOW)]
    assert told.grade is Grade.ADVICE
    with pytest.raises(NotPermitted):
        backup_destroyed(here.room("engineer"), backup=found[0].backup)
    with pytest.raises(NotFound):
        backup_destroyed(here.room("dpo"), backup="0" * 32)
    assert backup_destroyed(here.room("dpo"), backup=found[0].backup) == []
    with pytest.raises(WrongState):
        backup_destroyed(here.room("dpo"), backup=found[0].backup)
    assert next(one for one in site_beyond(here.site) if one.name == "backups").grade is Grade.GOOD


def test_a_restore_erases_them_again_before_anybody_can_ask(little, opened, drill) -> None:
    """The control is the same backup without the list of erasures, in which they stand."""
    folder, _ = drill
    unheard = little.Little(folder / "unheard")
    assert opened.told(unheard.site, signs(little, unheard.site))
    here = little.Little(folder / "back")

    assert opened.told(here.site, signs(little, here.site)) == []
    assert here.site.ledger.fact("key_exchange", "site").state == "owed"
    here.work()
    assert here.site.ledger.fact("key_exchange", "site").state == "done"
    assert little.live_keys(here.site, of=folder / "unheard" / "site") == set()


def test_rejected_rows_that_were_restored_keep_their_age(little, drill) -> None:
    folder, _ = drill
    here = little.Little(folder / "unheard")
    kept = here.site.folders.quarantine / "phone"
    nightly(here.site, little.later(29))
    assert len(list(kept.glob("*.rows"))) == 2
    nightly(here.site, little.later(31))

    assert list(kept.iterdir()) == []
