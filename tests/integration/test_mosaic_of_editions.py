"""What two editions of one study reveal together, measured on the records and told to insiders."""

import pytest

pytestmark = pytest.mark.slow
SECOND = "FLOOD-2026/2"


def plan(*, top: int) -> list[dict[str, object]]:
    """The published plan with other incomes cut."""
    ages = {"width": "20", "first": "20", "last": "80"}
    return [
        {"method": "recode", "columns": ["age"], "parameters": ages, "why": "."},
        {"method": "top_bottom", "columns": ["income"], "parameters": {"top": str(top)}, "why": "."},
        {"method": "local_suppression", "columns": [], "parameters": {"k": 3}, "why": "."},
        {"method": "remove", "columns": ["remarks"], "parameters": {}, "why": "."},
        {"method": "sort_rows", "columns": [], "parameters": {}, "why": "."},
    ]


def rows(found) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(row["part"], row["name"]): tuple(row[one] for one in "abcde") for row in found.figures.table.rows()}


def report(office):
    office.act("farid", "mosaic_report", dataset=office.study)
    office.work()
    return office.act("farid", "mosaic_report", dataset=office.study)


def test_two_editions_are_attacked_together_and_apart(published):
    """The second cuts other incomes; laid side by side they say no more of who is who than one does."""
    published.act("amara", "write_plan", study=published.study, steps=plan(top=800))
    published.act("amara", "try_plan", study=published.study)
    edition = published.act("amara", "draft_edition", study=published.study, access="licensed").result
    published.publish(edition)
    found = rows(report(published))

    people, together, best, control, _ = found["editions", "people"]
    gain, low, high = found["gain", "people"][:3]
    assert people > 50
    assert 0 <= control <= best <= 1000
    assert abs(gain - (together - best - control)) <= 2
    assert low <= gain <= high


def test_one_edition_has_nothing_to_be_combined_with(published):
    """The report is there and says so."""
    found = report(published)

    assert published.study in published.act("farid", "mosaic_subjects")
    assert len(found.figures.table) == 0
