"""A whole pool with PostgreSQL as its record of use: from the invitations to the data set that holds one of two."""

import pytest

import pooling
from safeconduct.actions.pool_base import contributor_column, pool_papers, shares_of
from safeconduct.engines.tables import table as read_table
from safeconduct.model.errors import NotFound, WrongState

pytestmark = pytest.mark.postgres
CASES = 8


@pytest.fixture
def house(postgres, tmp_path):
    """A house whose facts are in a database of their own."""
    made = pooling.founded(tmp_path / "site", database=postgres.database())
    yield made
    made.site.ledger.close()


def test_a_pool_is_opened_compared_left_joined_again_signed_and_frozen(house, tmp_path):
    """Two organisations hold one person; one withdraws and comes back; what is kept is 23 records of 24."""
    pool = house.open()
    for at, login in enumerate(pooling.MEMBERS):
        cases = pooling.share_of(100 * at, CASES)
        cases[0] = {**cases[0], "prs_MobilePhone": "+258 84 999 0001" if login != "ravi" else "+258 84 999 0003"}
        house.contribute(login, pool, tmp_path, cases)
    house.act("amara", "plan_pool", pool=pool, steps=list(pooling.PLAN))
    house.act("amara", "compare_shares", pool=pool)
    assert [len(house.act(login, "share_duplicates", pool=pool)) for login in pooling.MEMBERS] == [1, 1, 0]
    house.act("ravi", "withdraw_share", pool=pool)
    house.work()
    house.act("amara", "invite_to_pool", pool=pool, organisations=["Refuge"])
    house.contribute("ravi", pool, tmp_path, pooling.share_of(200, CASES))
    house.act("amara", "compare_shares", pool=pool)
    for login in pooling.MEMBERS:
        house.sign(login, pool)
    house.let_freeze(pool)
    assert str(house.act("amara", "pools")[0].waits) == "Freeze the pool."
    done = house.act("amara", "freeze_pool", pool=pool)
    house.work()

    assert done.state == "done", str(done.says)
    _kept(house, pool)


def _kept(house, pool):
    site = house.site
    records = site.microdata_records(pooling.STUDY, site.microdata(pooling.STUDY).id)
    found = read_table(records, "cases", ["prs_Gender", "contributor"], memory_mb=64)
    assert len(found) == 3 * CASES - 1
    assert set(found.column("contributor")) == {"1", "2", "3"}
    assert contributor_column(site, pooling.STUDY) == "contributor"
    assert contributor_column(site, "another") == ""
    assert not pool_papers(site, pool).has_key()
    assert sorted(fact.state for _, fact in shares_of(site, pool)) == ["frozen"] * 3 + ["withdrawn"]
    assert house.act("amara", "pools")[0].waits is None
    with pytest.raises(WrongState):
        house.act("amara", "freeze_pool", pool=pool)
    with pytest.raises(NotFound):
        house.act("sara", "my_share", pool=pool)
