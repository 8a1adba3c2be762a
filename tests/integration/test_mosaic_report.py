"""The mosaic report on a real site: what leaves is laid beside what left and what is known elsewhere, for insiders."""

import json
import re
from contextlib import ExitStack

import pytest
from fastapi.testclient import TestClient

import checking
from safeconduct.actions.telling import tell
from safeconduct.model.errors import BadInput, NotFound, NotPermitted
from safeconduct.server.app import create_app

checked_site, house, question = checking.checked_site, checking.house, checking.question

pytestmark = pytest.mark.slow
CENSUS = "area,level,first,last,value,kind\n{area},admin2,2026-01-05,2026-01-08,{value},at_most\n"


def placed(day: int, areas: str) -> dict[str, object]:
    """People by their place on a day: it adds up to larger areas."""
    days = {"first": f"2026-01-{day:02}", "last": f"2026-01-{day:02}"}
    return {"kind": "spatial_aggregate", "locations": {"kind": "daily_location", "days": days, "areas": areas}}


def asked(house, spec: dict[str, object]) -> str:
    ticket = house.act("chloe", "ask", spec=spec, dataset="phone")
    house.work()
    return ticket.answer_id


def sent(house, login: str, content: bytes, name: str = "census.csv") -> str:
    """A file sent as a page sends it."""
    from safeconduct.actions.transfers import Upload  # noqa: PLC0415 - only files need it

    line = house.act(login, "begin_upload", name=name)
    _verbs().call(house.room(login), {"upload": line.id, "offset": 0, "content": Upload(iter([content]))})
    return house.act(login, "finish_upload", upload=line.id).id


def _verbs():
    from safeconduct.actions.verb import verbs  # noqa: PLC0415 - only files need it

    return verbs["send_upload"]


def report(house, login: str = "farid", **how: object):
    """Asked for, made, and asked for again."""
    house.act(login, "mosaic_report", dataset="phone", **how)
    house.work()
    return house.act(login, "mosaic_report", dataset="phone", **how)


def rows(found) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(row["part"], row["name"]): tuple(row[one] for one in "abcde") for row in found.figures.table.rows()}


def districts(house) -> list[str]:
    return [one.code for one in house.act("chloe", "areas", level="admin2", dataset="phone")]


@pytest.fixture
def levels(house):
    """Two questions of one day: provinces, released; districts, which wait for checkers."""
    provinces = asked(house, placed(6, "admin1"))
    house.approve(provinces)
    return provinces, asked(house, placed(6, "admin2"))


def test_what_an_answer_adds_is_told_before_it_leaves(house, levels):
    """A plain minimum: nothing stops one province's withheld districts from being narrowed down by their sum."""
    _, waiting = levels
    found = rows(report(house, answer_id=waiting))

    assert found["minimum", ""][0] == 16
    assert found["together", "before"][1] == 0
    assert found["candidate", waiting][0] == found["together", "after"][1]
    assert found["unbounded", "Checked"][0] == 2
    assert house.result(waiting).missing == 2, "and nothing was released by looking"


def several() -> list[dict[str, object]]:
    """Questions of every kind about the same days, at several levels and of several event types."""
    seen = [{"areas": areas, "day": first, "last": last} for areas in ("admin0", "admin1", "admin2", "admin3")
            for first, last in ((5, 8), (5, 7), (6, 6), (8, 8))]  # fmt: skip
    events = [{"areas": "admin2", "day": 6, "events": [one]} for one in ("calls", "sms", "mds", "topups")]
    found = [question(one.pop("day"), **one) for one in (*seen, *events)]
    found += [{**question(6, areas="admin2", **more), "kind": "location_event_counts"} for more in
              ({}, {"events": ["calls"]}, {"events": ["sms"]})]  # fmt: skip
    found += [placed(day, areas) for day in (6, 7) for areas in ("admin0", "admin1", "admin2", "admin3")]
    return found + [
        {"kind": "flows", "origin": placed(6, one)["locations"], "destination": placed(7, one)["locations"]}
        for one in ("admin1", "admin2", "admin3")
    ]


def test_on_records_everything_that_is_taken_to_hang_together_does(house):
    """Answers of a plain minimum are exact: were one tie wrong, they would contradict each other."""
    for spec in several():
        answer = asked(house, spec)
        if house.state(answer) == "waiting":
            house.approve(answer)
    found = rows(report(house))

    assert [name for part, name in found if part == "contradicts"] == []
    assert found["unbounded", "Checked"][0] == len(several())
    assert found["together", "after"][1] > 0, "a plain minimum protects nobody from this"


def test_the_same_answer_is_the_same_once_it_left(house, levels):
    """Computed again it is the answer that leaves."""
    _, waiting = levels
    before = rows(report(house, answer_id=waiting))
    house.approve(waiting)

    assert rows(report(house, answer_id=waiting)) == before


def test_a_census_beside_it_reveals_more(house, levels):
    """One more fact of a sort is tried by itself."""
    _, waiting = levels
    house.approve(waiting)
    withheld = [row["area"] for row in house.result(waiting).table.rows() if row["status"] == "suppressed"]
    area = withheld[0] if withheld else districts(house)[0]
    content = CENSUS.format(area=area, value=1).encode()
    made = house.act("amara", "add_auxiliary", title="Census", dataset="phone", upload=sent(house, "amara", content))
    found = rows(report(house))

    assert made.facts == 1
    assert found["sort", "Census · at_most · admin2"][:2] == (1, 1)
    assert found["together", "after"][1] >= found["together", "released"][1] + bool(withheld)


def test_facts_are_listed_without_numbers_and_removed_with_them(house):
    """Sealed while they are there, destroyed when they go."""
    content = CENSUS.format(area=districts(house)[0], value=987654321).encode()
    made = house.act("amara", "add_auxiliary", title="Census", dataset="phone", upload=sent(house, "amara", content))
    told = json.dumps(tell(house.act("farid", "auxiliaries")))
    assert "Census" in told
    assert "987654321" not in told
    assert all(b"987654321" not in path.read_bytes() for path in house.root.rglob("*") if path.is_file())

    house.act("amara", "remove_auxiliary", auxiliary=made.id)
    assert house.act("farid", "auxiliaries") == []
    assert not house.site.documents.has(made.document)
    with pytest.raises(NotFound):
        house.act("amara", "remove_auxiliary", auxiliary=made.id)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "names the columns"),
        (b"area,level,day,value\nX,admin2,2026-01-05,3\n", "names the columns"),
        (b"area,level,day,first,value,kind\n", "names the columns"),
        (b"area,level,day,value,kind\n", "1 to 20000 facts"),
        (b"\xff\xfe\x00", "no CSV file"),
        (b'area,level,day,value,kind\n"X,admin2\n', "no CSV file"),
        (b"area,level,day,value,kind\n{area},admin2,2026-01-05,3,people,9\n", "Line 2 has not as many columns"),
        (b"area,level,day,value,kind\n{area},ward,2026-01-05,3,people\n", "the level is none of"),
        (b"area,level,day,value,kind\nSecretville,admin2,2026-01-05,3,people\n", "no area of that code"),
        (b"area,level,day,value,kind\n{area},admin2,2026-01-05,3,guess\n", "the kind is none of"),
        (b"area,level,day,value,kind\n{area},admin2,5 January,3,people\n", "not written YYYY-MM-DD"),
        (b"area,level,first,last,value,kind\n{area},admin2,2026-01-08,2026-01-05,3,people\n", "before the first"),
        (b"area,level,day,value,kind\n\n{area},admin2,2026-01-05,-3.5,people\n", "In line 3 the value is no whole"),
    ],
    ids=range(13),
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_where_and_never_what(house, content, says):
    """The line's number is told; what stands in it may be about people."""
    whole = content.replace(b"{area}", districts(house)[0].encode())
    with pytest.raises(BadInput, match=re.escape(says)) as caught:
        house.act("amara", "add_auxiliary", title="Census", dataset="phone", upload=sent(house, "amara", whole))

    assert not any(word in str(caught.value) for word in ("Secretville", "guess", "ward", "5 January", "3.5"))


def test_semicolons_and_a_mark_of_utf_8_are_taken(house):
    """As spreadsheets of half the world write them."""
    content = CENSUS.format(area=districts(house)[0], value=3).replace(",", ";").encode("utf-8-sig")

    made = house.act("amara", "add_auxiliary", title="Census", dataset="phone", upload=sent(house, "amara", content))
    assert made.facts == 1


def test_who_asked_is_told_nothing_from_inside(house, levels):
    """Nor is anybody of their project, whatever else they may do; nor who only analyses."""
    _, waiting = levels
    with pytest.raises(NotPermitted):
        house.act("karim", "mosaic_report", dataset="phone", answer_id=waiting)
    with pytest.raises(NotPermitted):
        house.act("amara", "mosaic_report", dataset="phone", answer_id=waiting)
    with pytest.raises(NotPermitted):
        house.act("chloe", "mosaic_report", dataset="phone")


def test_what_is_not_there_is_not_found(house):
    """A data set nobody has, an answer nobody asked."""
    with pytest.raises(NotFound):
        house.act("farid", "mosaic_report", dataset="elsewhere")
    with pytest.raises(NotFound):
        house.act("farid", "mosaic_report", dataset="phone", answer_id="0" * 64)


def test_it_is_recorded_before_and_no_door_carries_the_figures(house, levels):
    """The event that it was asked for stands before the one that it was made; JSON holds no figure."""
    _, waiting = levels
    found = report(house, answer_id=waiting)
    events = house.events("mosaic_report", "phone")

    assert tell(found)["figures"] is None
    assert [event.actor == house.account("farid") for event in reversed(events)] == [True, False, True]


def test_the_same_report_is_made_once(house, levels):
    """Until something more leaves."""
    report(house)
    begun = house.act("hana", "mosaic_report", dataset="phone")

    assert begun.work is None
    assert begun.figures is not None


class Browser:
    """A browser without scripts, signed in as somebody."""

    def __init__(self, client: TestClient, house, login: str) -> None:
        self.client, self.cookies = client, {"safeconduct": house.cookie(login)}

    def get(self, path: str):
        self.client.cookies = self.cookies
        return self.client.get(path)

    def form(self, path: str, button: str) -> tuple[str, dict[str, str]]:
        """Where a form with that button goes, and what it carries."""
        page = self.get(path).text
        (found,) = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f">{button}<" in one]
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', found))
        return re.findall(r'action="([^"]+)"', found)[0], hidden


@pytest.fixture
def browse(house):
    """`browse(login)`: a browser signed in as them."""
    with ExitStack() as stack:
        client = stack.enter_context(TestClient(create_app(house.site), base_url="http://127.0.0.1"))
        yield lambda login: Browser(client, house, login)


def test_the_review_of_an_answer_shows_what_it_adds(house, browse, levels):
    """First that it is being worked out, then in words and in a table."""
    _, waiting = levels
    page = f"/reviews/answers/{waiting}/check"
    first = browse("farid").get(page).text
    house.work()
    second = browse("farid").get(page).text

    assert "look at the page again" in first
    assert "What figures reveal together" in second
    assert "This answer reveals" in second
    assert "Figures that must stay secret" in second
    assert len(second) < 100_000


def test_the_page_under_assurance_leads_to_the_report(house, browse, levels):
    """For the data protection officer's colleagues; never for who asks."""
    del levels
    browser = browse("hana")
    assert 'href="/assurance/mosaic/phone"' in browser.get("/assurance/mosaic").text
    waiting = browser.get("/assurance/mosaic/phone").text
    house.work()
    made = browser.get("/assurance/mosaic/phone").text

    assert "Waiting for its turn." in waiting
    assert "Answers by protection level" in made
    assert "For insiders; nothing here may be passed on." in made
    assert "download" not in made.split("<main")[1].lower()
    assert browse("chloe").get("/assurance/mosaic/phone").status_code == 403


def test_facts_from_elsewhere_are_added_and_removed_by_forms_alone(house, browse):
    """Sent, named, listed, removed."""
    browser = browse("amara")
    page = browser.get("/assurance/elsewhere").text
    (plain,) = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'type="file"' in one]
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', plain))
    content = CENSUS.format(area=districts(house)[0], value=3).encode()
    named = browser.client.post("/uploads/form", data=hidden, files={"file": ("census.csv", content)})
    assert "Data set it speaks of" in named.text

    action, carried = browser.form(str(named.url.raw_path.decode()), "Add facts")
    added = browser.client.post(action, data={**carried, "title": "Census <2019>", "dataset": "phone"})
    assert "Census &lt;2019&gt;" in added.text

    action, carried = browser.form("/assurance/elsewhere", "Remove")
    assert "No facts were added yet." in browser.client.post(action, data=carried).text


def test_a_file_that_cannot_be_used_is_told_on_the_page(house, browse):
    """With the number of its line."""
    upload = sent(house, "amara", b"area,level,day,value,kind\nX,admin2,2026-01-05,3,people\n")
    browser = browse("amara")
    action, carried = browser.form(f"/assurance/elsewhere/new?upload={upload}", "Add facts")
    told = browser.client.post(action, data={**carried, "title": "Census", "dataset": "phone"})

    assert told.status_code == 422
    assert "In line 2 there is no area of that code at that level." in told.text
