"""The form of a request: what was sent comes back as the verb takes it, and addresses lead where they should."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from safeconduct.govern.requests import AccessRequest, problems
from safeconduct.server.addresses import asking, study_page, variable_id, variable_page, variable_parts
from safeconduct.server.applying import PARTS, after, part_asking, part_of
from safeconduct.server.deciding_form import read_decision

WORD = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=20)


def test_an_answer_nobody_gave_is_no_answer():
    assert part_of("use").reads({"purpose": ""}, {}) == {"purpose": "", "downstream": [], "commercial": None}


def test_a_box_that_is_not_ticked_says_no():
    assert part_of("agreement").reads({}, {}) == {"agreed": False}


def test_the_code_of_a_country_is_written_in_capitals():
    assert part_of("organisation").reads({"country": " eth "}, {})["country"] == "ETH"


def test_an_emptied_line_leaves_the_team():
    sent = {"team.0.name": "", "team.1.name": "Gita", "team.1.login": "gita"}

    assert [one["name"] for one in part_of("team").reads(sent, {})["team"]] == ["Gita"]


def test_variables_that_are_ticked_are_columns():
    read = part_of("variables").reads({"whole": "no"}, {"variables": ("members/group/age",)})

    assert read["variables"] == [{"file": "members", "name": "group/age"}]


def test_every_problem_of_an_empty_request_is_asked_for_by_a_part():
    empty = AccessRequest(id="q", study="S", edition=1, applicant="a")
    asked = {name for part in PARTS for name in part.fields}

    assert {one.field for one in problems(empty, today=date(2026, 11, 21))} <= asked


def test_the_parts_follow_each_other_and_end():
    assert [after(one.name) for one in PARTS] == [*(one.name for one in PARTS[1:]), ""]


def test_a_field_no_part_knows_leads_to_the_first():
    assert part_asking("something") is PARTS[0]


def test_a_grant_without_a_last_day_ends_with_the_work():
    assert "until" not in read_decision({"decision": "approve", "reasons": "Good.", "until": ""})


def test_networks_are_one_a_line():
    sent = {"decision": "approve", "networks": "192.0.2.0/24\r\n2001:db8::/32\r\n"}

    assert read_decision(sent)["networks"] == ["192.0.2.0/24", "2001:db8::/32"]


@given(study=WORD, file=WORD, name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_a_variable_in_a_basket_is_found_again(study, file, name):
    assert variable_parts(variable_id(study, file, name)) == (study, file, name)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_an_address_holds_no_character_that_ends_it_early(name):
    assert not {"?", "#", " "} & set(variable_page("S", "f", name) + study_page(name))


def test_an_address_leaves_out_what_is_not_asked():
    assert asking("/catalogue", [("q", ""), ("in", "variables")]) == "/catalogue?in=variables"
