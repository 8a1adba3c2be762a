"""Who may do which sort of thing."""

import pytest

from safeconduct.govern.may import No, Yes, may
from safeconduct.govern.roles import PERMISSIONS, Role
from safeconduct.model.errors import UnknownName

TABLE = [(permission, role, role in able) for permission, able in PERMISSIONS.items() for role in Role]


@pytest.mark.parametrize(("permission", "role", "able"), TABLE)
def test_a_role_may_what_the_table_says(permission, role, able):
    """Every permission with every role; the shown name of a role is its wire name."""
    assert isinstance(may(permission, frozenset({role.value})), Yes if able else No)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_every_permission_has_a_role_and_nobody_without_one_has_it(permission):
    """A permission nobody has is a locked door without a key."""
    assert PERMISSIONS[permission]
    assert PERMISSIONS[permission] <= set(Role)

    for roles in (frozenset(), frozenset({"superuser"}), frozenset({"Steward", "steward "})):
        answer = may(permission, roles)
        assert isinstance(answer, No)
        assert answer.reason == "role.missing"


def test_several_roles_add_up():
    """What one of them may is enough."""
    assert isinstance(may("ingest", frozenset({"analyst", "engineer"})), Yes)


def test_duties_that_must_stay_apart_are_apart():
    """Whoever runs the machine does not say what is allowed; whoever audits changes nothing."""
    assert Role.ENGINEER not in PERMISSIONS["govern"] | PERMISSIONS["accounts"] | PERMISSIONS["ask"]
    assert {name for name, able in PERMISSIONS.items() if Role.AUDITOR in able} == {"look", "audit", "promises"}
    assert Role.DPO not in PERMISSIONS["ask"] | PERMISSIONS["govern"]
    assert Role.ANALYST not in PERMISSIONS["govern"] | PERMISSIONS["accounts"] | PERMISSIONS["ingest"]


def test_a_permission_nobody_defined_is_a_broken_verb():
    """Never a silent no, nor a silent yes."""
    with pytest.raises(UnknownName, match="no permission is called 'guess'"):
        may("guess", frozenset({"steward"}))
