"""A pool from its opening to a data set, with three organisations that never see each other."""

import importlib.util
import sys
from pathlib import Path

import pytest

from safeconduct.actions.pool_base import opened, papers, pool_papers, share_dataset, shares_of
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.model.microdata import VariableRole

_at = Path(__file__).parents[1] / "pooling.py"
_spec = importlib.util.spec_from_file_location("pooling", _at)
pooling = sys.modules.setdefault("pooling", importlib.util.module_from_spec(_spec))
_spec.loader.exec_module(pooling)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A pool with three shares, compared; and the house."""
    house = pooling.founded(tmp_path_factory.mktemp("pool") / "site")
    pool = pooling.contributed(house, tmp_path_factory.mktemp("files"))
    house.act("amara", "plan_pool", pool=pool, steps=list(pooling.PLAN))
    house.act("amara", "compare_shares", pool=pool)
    yield house, pool
    house.site.ledger.close()


@pytest.fixture
def fresh(walked, tmp_path_factory):
    """The same elsewhere, to be changed."""
    house, pool = walked
    copy = pooling.copied(house, tmp_path_factory.mktemp("copy"))
    yield copy, pool
    copy.site.ledger.close()


def test_each_is_told_of_its_own_records_only(walked):
    """Five people are held by two organisations: each is told of five rows of its own, the third of none."""
    house, pool = walked
    rows = {login: [one.row for one in house.act(login, "share_duplicates", pool=pool)] for login in pooling.MEMBERS}

    assert rows == {"hope": [6, 7, 8, 9, 10], "lucas": [4, 5, 6, 7, 8], "ravi": []}
