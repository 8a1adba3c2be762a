"""Which columns tell rows apart, where the steward says so."""

import io

import pytest

from safeconduct.ingest.survey import Arrived, read
from safeconduct.model.errors import BadInput

PEOPLE = b"hhid,line,age\n1,1,30\n1,2,8\n2,1,51\n"


def arrived() -> Arrived:
    return Arrived(name="people.csv", size=len(PEOPLE), open=lambda: io.BytesIO(PEOPLE))


def test_columns_that_were_named_are_the_key() -> None:
    assert read([arrived()], hints={"key": "hhid, line"}).tables[0].file.key == ("hhid", "line")


def test_a_key_that_is_nowhere_is_told_by_its_column() -> None:
    with pytest.raises(BadInput, match="look at number"):
        read([arrived()], hints={"key": "hhid, number"})
