"""Our API: routes derived from verbs, outcomes, problems, and what stands before every route."""

import time

import httpx2
import pytest

from safeconduct.actions.releasing import what_left

pytestmark = pytest.mark.slow
SPEC = {
    "kind": "unique_subscriber_counts",
    "days": {"first": "2026-01-05", "last": "2026-01-11"},
    "areas": "admin2",
}


@pytest.fixture
def api(url, practice):
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {practice.token()}"}, timeout=30) as client:
        yield client


def finished(api: httpx2.Client, answer_id: str) -> httpx2.Response:
    for _ in range(300):
        response = api.get(f"/api/1/jobs/{answer_id}")
        if response.status_code == 303:
            return api.get(response.headers["location"])
        assert response.status_code == 202, response.text
        time.sleep(0.1)
    raise TimeoutError


def test_a_question_is_accepted_then_answered_elsewhere(api):
    asked = api.post("/api/1/ask", json={"spec": SPEC})

    assert asked.status_code in {200, 202}
    answer = finished(api, asked.json()["answer_id"]).json()
    assert answer["outcome"] == "released"
    assert [one["name"] for one in answer["columns"]] == ["area", "people", "margin", "status", "reason"]


def test_a_refusal_is_an_outcome_with_a_card(api):
    answer = api.post("/api/1/ask", json={"spec": {**SPEC, "areas": "lon-lat"}})

    assert answer.status_code == 200
    card = answer.json()
    assert card["outcome"] == "refused"
    assert {"reason", "what", "rule", "agreement", "alternatives", "ask"} <= set(card)


def test_explain_says_the_same_without_asking(api):
    card = api.post("/api/1/explain", json={"spec": {**SPEC, "areas": "lon-lat"}}).json()
    preview = api.post("/api/1/explain", json={"spec": SPEC}).json()

    assert card["outcome"] == "refused"
    assert preview["columns"] == ["area", "people", "margin", "status", "reason"]


def test_the_alternative_on_a_refusal_card_passes(api):
    card = api.post("/api/1/explain", json={"spec": {**SPEC, "areas": "lon-lat"}}).json()
    again = api.post("/api/1/explain", json={"spec": card["alternatives"][0]["spec"]}).json()

    assert "answer_id" in again


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"[]", 400),
        (b'{"spec": {"kind": "nothing_of_the_sort"}}', 422),
        (b'{"spec": {"kind": "modal_location", "days": []}}', 422),
        (b"{}", 422),
        (b'{"spec": {}, "surprise": 1}', 422),
    ],
)
def test_wrong_requests_are_problems(api, body, status):
    answer = api.post("/api/1/ask", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_without_a_token_nothing_is_told(url):
    assert httpx2.post(f"{url}/api/1/ask", json={"spec": SPEC}).status_code == 401
    assert httpx2.get(f"{url}/api/0/available_dates").status_code == 401


def test_an_unknown_answer_and_one_of_another_project_look_alike(api):
    assert api.get(f"/api/1/results/{'0' * 64}").status_code == 404


def test_an_analyst_may_not_govern(api):
    answer = api.post("/api/1/open_project", json={"name": "x", "purpose": "y", "until": "2027-01-01"})

    assert answer.status_code == 403


def test_files_of_the_machine_are_not_read_over_http(api):
    assert api.post("/api/1/ingest", json={}).status_code in {404, 405}


def test_a_large_body_is_refused(api):
    assert api.post("/api/1/ask", content=b"x" * (300 * 1024)).status_code == 413


def test_every_answer_carries_the_headers(api, url):
    for response in (httpx2.get(f"{url}/sign-in"), api.get("/api/1/kinds")):
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "server" not in response.headers


def test_a_verb_that_makes_something_is_done_once_per_idempotency_key(url, practice):
    token = practice.token("amara", scopes=("do:govern",))
    headers = {"Idempotency-Key": "the-same-key", "Authorization": f"Bearer {token}"}
    body = {"name": "Water", "purpose": "Plan wells", "until": "2027-01-01"}
    first = httpx2.post(f"{url}/api/1/open_project", json=body, headers=headers)
    second = httpx2.post(f"{url}/api/1/open_project", json=body, headers=headers)

    assert first.status_code == 200
    assert second.status_code == 409


def test_a_token_never_makes_a_token_or_a_person(api, url, practice):
    """A stolen token could else outlive itself."""
    steward = {"Authorization": f"Bearer {practice.token('amara')}"}
    person = {"login": "mallory", "name": "M", "password": "a long pass phrase", "roles": ["steward"]}

    assert api.post("/api/1/create_token", json={"name": "another"}).status_code == 403
    assert httpx2.post(f"{url}/api/1/add_person", json=person, headers=steward).status_code == 403


def test_a_stewards_token_governs_only_where_it_says_so(url, practice):
    body = {"name": "Water", "purpose": "Plan wells", "until": "2027-01-01"}
    headers = {"Authorization": f"Bearer {practice.token('amara')}"}

    assert httpx2.post(f"{url}/api/1/open_project", json=body, headers=headers).status_code == 403


def test_the_openapi_file_names_every_verb_that_travels(api, url):
    tree = httpx2.get(f"{url}/api/1/openapi.json").json()

    assert "/api/1/ask" in tree["paths"]
    assert "/api/0/run" in tree["paths"]
    assert "/api/1/ingest" not in tree["paths"]


def test_an_answer_fetched_by_script_stands_among_what_left(api, url, practice):
    """Having it is having it, whichever way it went."""
    asked = api.post("/api/1/ask", json={"spec": {**SPEC, "areas": "admin1"}}).json()
    finished(api, asked["answer_id"])
    listed = what_left(practice.room("eva"))
    mine = [one for one in listed if one.answer_id == asked["answer_id"]]

    assert [one.ways for one in mine] == [("api",)]
