"""Below the receipt of long work stands what was done and what to do next; scripts get the receipt alone."""

import pytest

from safeconduct.cli.closing import after, after_backup, after_migrating, after_restoring, after_rotating, close
from safeconduct.model.text import Text

RESTORED = {"made_at": "2026-11-22T00:45:20.866013Z", "provider": "any"}
INGESTED = {"files": 1, "failed": [], "stopped": False, "rejected": {"bad_time": 0}, "dry_run": False}
FORGETTING = {"waiting": 20, "task": "", "searches": None, "work": None}


def said(sentences) -> str:
    return "\n".join(map(str, sentences))


def test_a_restore_without_a_list_of_erasures_warns_that_people_come_back():
    """Also where the backup is only read: it is the moment to look for the list."""
    for dry_run in (True, False):
        told = said(after_restoring(RESTORED, dry_run=dry_run, erasures=False))
        assert "CAREFUL: no list of erasures was given. Who was erased after 2026-11-22" in told
    assert "CAREFUL" not in said(after_restoring(RESTORED, dry_run=False, erasures=True))


@pytest.mark.parametrize(("provider", "told"), [("any", False), ("", False), ("command", True)])
def test_an_outermost_key_that_comes_from_elsewhere_must_be_handed_over_there(provider, told):
    restored = RESTORED | {"provider": provider}
    assert ("root.key" in said(after_restoring(restored, dry_run=False, erasures=True))) is told


@pytest.mark.parametrize(("changed", "told"), [
    ({"dry_run": True}, "Nothing was changed"), ({"stopped": True}, "goes on with the others"),
    ({"failed": ["a"]}, "could not be read"), ({"rejected": {"bad_time": 1}}, "are in no answer"),
    ({}, "withdraw-arrival"), ({"files": 0}, "No file was new"),
])  # fmt: skip
def test_an_ingest_says_what_its_receipt_means(changed, told):
    assert told in said(after("ingest", INGESTED | changed))


@pytest.mark.parametrize(("changed", "told"), [
    ({}, "Nothing was erased yet"), ({"waiting": 0}, "Nobody waits"), ({"searches": {"events": 1}}, "dry run"),
    ({"task": "a", "work": {"state": "done"}}, "The erasure ran"),
    ({"task": "a", "work": {"state": "running"}}, "another worker does it"),
])  # fmt: skip
def test_an_erasure_that_did_not_run_is_never_called_done(changed, told):
    assert told in said(after("forget", FORGETTING | changed))
    assert ("The erasure ran" in said(after("forget", FORGETTING | changed))) is (told == "The erasure ran")


def test_retention_says_whether_anything_was_destroyed():
    nothing, some = ([{"gone": {"days": days, "files": 0}}] for days in ([], ["2026-01-05"]))
    assert "Nothing was kept too long" in said(after("retain", nothing))
    assert "is destroyed" in said(after("retain", some))


def test_dry_runs_say_that_nothing_was_done():
    assert "dry run" in said(after_rotating({"done": False}))
    assert "dry run" in said(after_backup("site.backup", dry_run=True))
    assert "dry run" in said(after_migrating({"changes": True, "levels": ()}, dry_run=True))


def test_a_migration_tells_levels_that_stay_behind():
    told = said(
        after_migrating({"changes": False, "levels": [{"name": "operational", "here": 1, "comes": 3}]}, dry_run=False)
    )
    assert "nothing had to be changed" in told
    assert "operational is version 1" in told


def test_scripts_get_the_receipt_alone_and_terminals_obey_nothing(capsys):
    close([Text("a\x1b[2Jb")], as_json=True)
    assert capsys.readouterr().err == ""
    close([Text("a\x1b[2Jb")], as_json=False)
    assert capsys.readouterr().err == "safeconduct: a\\u001b[2Jb\n"
