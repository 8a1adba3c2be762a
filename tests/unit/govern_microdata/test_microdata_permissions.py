"""Who may do which sort of thing with microdata; the duties that must stay apart are apart."""

from safeconduct.govern.roles import PERMISSIONS, PUBLIC, Role
from safeconduct.govern.scopes import permission_scopes

MICRODATA = {
    "deposit", "curate", "describe", "measure", "propose", "check", "approve", "publish", "request", "decide",
    "receive",
}  # fmt: skip


def test_every_step_of_a_file_has_a_permission_of_its_own():
    """A permission to see is never one to decide."""
    assert set(PERMISSIONS) >= MICRODATA


def test_nobody_but_the_officer_approves_and_nobody_but_a_checker_checks():
    """One role each."""
    assert PERMISSIONS["approve"] == {Role.DPO}
    assert PERMISSIONS["check"] == {Role.CHECKER}
    assert PERMISSIONS["decide"] == {Role.COMMITTEE}


def test_whoever_prepares_a_file_neither_checks_nor_approves_it():
    """Two-person acts take two roles."""
    assert not PERMISSIONS["propose"] & (PERMISSIONS["check"] | PERMISSIONS["approve"])


def test_whoever_asks_for_a_file_does_not_decide_and_an_officer_does_not_ask():
    """Nor does the committee receive what it grants."""
    asking = PERMISSIONS["request"] | PERMISSIONS["receive"]

    assert not asking & (PERMISSIONS["decide"] | PERMISSIONS["approve"] | PERMISSIONS["check"])


def test_the_engineer_and_the_auditor_have_no_part_in_microdata():
    """Whoever runs the machine or reads the record of use touches no file."""
    for name in MICRODATA:
        assert not PERMISSIONS[name] & {Role.ENGINEER, Role.AUDITOR}


def test_a_researcher_only_asks_and_receives():
    """And looks, and lets a script of theirs do so."""
    theirs = {name for name, able in PERMISSIONS.items() if Role.RESEARCHER in able}

    assert theirs == {"look", "request", "receive", "tokens"}


def test_everybody_of_the_second_job_may_let_a_script_act_for_them():
    """A token names what it may do, and never makes another token."""
    roles = {Role.STEWARD, Role.CHECKER, Role.DPO, Role.COMMITTEE, Role.RESEARCHER, Role.ANALYST}

    assert roles <= PERMISSIONS["tokens"]
    assert "do:tokens" not in permission_scopes(PERMISSIONS)


def test_an_auditor_has_no_token():
    """Whoever only reads the record of use reads it signed in."""
    assert Role.AUDITOR not in PERMISSIONS["tokens"]


def test_the_public_catalogue_takes_no_role():
    """What is public is nobody's permission, so no role can be forgotten in it."""
    assert {"browse"} == PUBLIC
    assert not PUBLIC & set(PERMISSIONS)
