"""Who asked for some of the variables is given those and no more, in every format."""

import io
import zipfile

import pytest

pytestmark = pytest.mark.slow
ASKED = [{"file": "people", "name": "sex"}, {"file": "people", "name": "district"}]
MARK = "TRAINING"


@pytest.fixture
def licence(published):
    return published.grant(whole=False, variables=ASKED)


def opened(office, licence, file) -> zipfile.ZipFile:
    content = office.fetch(licence, office.deliver(licence, file=file), login="gita").whole()
    return zipfile.ZipFile(io.BytesIO(content))


def test_a_delivery_holds_the_variables_that_were_asked_for(published, licence):
    """In the file's order, with the mark of a practice edition."""
    with opened(published, licence, "people.csv") as book:
        header = book.read("people.csv").decode().splitlines()[0]

    assert sorted(header.replace('"', "").lstrip("\ufeff").split(",")) == sorted(["sex", "district", MARK])


def test_a_script_speaks_of_no_other_variable(published, licence):
    """It would look for columns that are not there."""
    with opened(published, licence, "people.do") as book:
        script = book.read("people.do").decode()

    assert "district" in script
    assert "income" not in script


def test_the_edition_itself_stays_whole(published, licence):
    """The next request may be for all of it."""
    with opened(published, licence, "people.csv"):
        pass
    with opened(published, published.grant(), "people.csv") as book:
        header = book.read("people.csv").decode().splitlines()[0]

    assert "income" in header


def test_what_was_written_for_one_delivery_is_not_kept_beside_it(published, licence):
    """The packed file is all there is of it."""
    before = set(published.site.editions.names())
    with opened(published, licence, "people.csv"):
        pass

    assert len(set(published.site.editions.names()) - before) == 1
