"""A site is told which of its protection levels the program comes with a later form of; none changes by itself."""

import pytest

from safeconduct.actions.health import Grade, of_site
from safeconduct.actions.levels_behind import behind
from safeconduct.actions.migrating import would_migrate
from safeconduct.actions.site import Site
from safeconduct.release.policies import shipped


@pytest.fixture
def root(tmp_path):
    Site.create(tmp_path / "site", name="practice", training=True).ledger.close()
    return tmp_path / "site"


def changed(root, name, before, after):
    """A site one of whose levels is of another text."""
    path = root / "policies" / f"{name}.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return Site.open(root)


def told(site):
    return [(one.name, one.here, one.comes) for one in behind(site)]


def finding(site):
    return next(one for one in of_site(site) if one.name == "protection level")


def test_a_site_just_made_is_behind_in_nothing(root):
    site = Site.open(root)
    assert told(site) == []
    assert finding(site).grade is Grade.GOOD


def test_an_older_version_is_told_by_the_doctor_and_by_a_migration(root):
    """With the file to copy and the folder to copy it to."""
    comes = shipped()["operational"].version
    site = changed(root, "operational", f"version = {comes}", f"version = {comes - 1}")
    found = finding(site)

    assert told(site) == [("operational", comes - 1, comes)]
    assert found.grade is Grade.ADVICE
    assert "release/policies/operational.toml" in str(found.says)
    (level,) = would_migrate(root).levels
    assert (level.name, level.here, level.comes) == ("operational", comes - 1, comes)


def test_other_rules_under_the_same_version_are_told(root):
    """A level was changed in the program without a new number."""
    site = changed(root, "threshold_only", "minimum = 16", "minimum = 10")
    assert [name for name, _, _ in told(site)] == ["threshold_only"]


def test_a_later_version_and_other_words_are_the_sites_own_decision(root):
    comes = shipped()["shared"].version
    changed(root, "shared", f"version = {comes}", f"version = {comes + 1}")
    assert told(changed(root, "public", 'title = "', 'title = "Our ')) == []
