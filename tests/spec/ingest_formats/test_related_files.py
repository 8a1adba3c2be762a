"""Several files that arrive together and belong together."""

import pytest

from safeconduct.model.errors import BadInput

HOUSEHOLDS = "hhid,district\n11,A\n12,B\n13,A\n"
MEMBERS = "hhid,line,age\n11,1,40\n11,2,38\n11,3,7\n12,1,61\n13,1,30\n13,2,29\n"
JOBS = "hhid,line,job\n11,1,farmer\n11,1,guard\n12,1,teacher\n"


def links(found):
    """What each table says of the others."""
    return {one.file.name: (one.file.key, one.file.parent, one.file.link) for one in found.tables}


def test_members_belong_to_households(desk):
    """A column that is unique in one file and repeated in the other links them, whatever the order of sending."""
    found = desk.read({"members.csv": MEMBERS, "hh.csv": HOUSEHOLDS})

    assert list(links(found).items()) == [
        ("hh", (("hhid",), "", ())),
        ("members", (("hhid", "line"), "hh", ("hhid",))),
    ]


def test_jobs_belong_to_members(desk):
    """The most exact link counts."""
    found = desk.read({"hh.csv": HOUSEHOLDS, "members.csv": MEMBERS, "jobs.csv": JOBS})

    assert links(found)["jobs"] == ((), "members", ("hhid", "line"))


def test_files_of_different_formats_may_belong_together(desk):
    """Households from Stata, members from Excel."""
    rows = [line.split(",") for line in MEMBERS.splitlines()]
    found = desk.read({
        "hh.dta": desk.statistics("hh.dta", {"HHID": [11, 12, 13], "district": ["A", "B", "A"]}),
        "members.xlsx": desk.workbook(members=rows),
    })  # fmt: skip

    assert (found.format, links(found)["members"][1:]) == ("stata+excel", ("hh", ("hhid",)))


def test_one_file_with_a_household_id_stays_one_table(desk):
    """Everything stands in it already."""
    found = desk.read({"all.csv": MEMBERS}, household="hhid")

    assert links(found) == {"all": ((), "", ())}


def test_files_that_share_a_coincidence_are_not_linked(desk):
    """Row numbers fit everything."""
    found = desk.read({"a.csv": "n,x\n1,p\n2,q\n3,r\n4,s\n5,t\n6,u\n", "b.csv": "n,y\n1,p\n1,q\n2,r\n"})

    assert links(found) == {"a": ((), "", ()), "b": ((), "", ())}


def test_a_household_that_is_missing_stops_the_reading(desk):
    """The column and what to do; no number of a household."""
    with pytest.raises(BadInput) as refused:
        desk.read({"hh.csv": HOUSEHOLDS, "members.csv": MEMBERS + "7777,1,50\n"})

    assert "Some rows of members have a hhid that hh does not have" in str(refused.value)
    assert "7777" not in str(refused.value)


def test_a_member_without_a_household_stops_the_reading(desk):
    """Nobody would be counted with them."""
    with pytest.raises(BadInput, match="does not have, or none"):
        desk.read({"hh.csv": HOUSEHOLDS, "members.csv": MEMBERS + ",1,50\n"})


def test_a_household_column_that_nobody_has_is_refused(desk):
    """A hint is taken at its word."""
    with pytest.raises(BadInput, match="No file has a column village"):
        desk.read({"hh.csv": HOUSEHOLDS, "members.csv": MEMBERS}, household="village")


def test_a_household_that_stands_twice_is_refused_where_the_column_was_named(desk):
    """Then households cannot be told apart."""
    with pytest.raises(BadInput, match="not unique in any of the files"):
        desk.read({"hh.csv": HOUSEHOLDS + "11,A\n", "members.csv": MEMBERS}, household="hhid")


def test_tables_of_one_name_get_names_of_their_own(desk):
    """A table's name becomes a file's name."""
    found = desk.read({"a/x.csv": "p\n1\n", "b/X.csv": "q\n1\n"})

    assert [one.file.name for one in found.tables] == ["x", "X_2"]


def test_a_household_column_of_two_types_is_refused_where_it_was_named(desk):
    """`011` and `11` are not one household to a program."""
    with pytest.raises(BadInput, match="a number in some files and text in others"):
        desk.read({"hh.csv": "hhid,d\n011,A\n012,B\n", "members.csv": "hhid,n\n11,1\n11,2\n12,1\n"}, household="hhid")
