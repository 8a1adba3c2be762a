"""The form of a question offers what the data set can have, and nothing else."""

from datetime import date

from safeconduct.model.areas import PHONED, SIGHTED
from safeconduct.model.days import Days
from safeconduct.present.words import Words
from safeconduct.server.questions import QuestionForm

WEEK = Days(date(2026, 1, 5), date(2026, 1, 11))
KIND = "unique_subscriber_counts"


def shown(form: QuestionForm) -> str:
    return "".join(map(str, form.controls(Words("en"))))


def test_of_sightings_there_is_no_type_to_choose() -> None:
    """And the question is about all of them."""
    form = QuestionForm(KIND, given={}, days=(WEEK, WEEK), types=SIGHTED)

    assert form.spec()["events"] == ["sightings"]
    assert "Calls" not in shown(form)
    assert "What phones did" not in shown(form)


def test_of_phones_there_are_four_types_and_no_sightings() -> None:
    """As there were before."""
    form = QuestionForm(KIND, given={}, days=(WEEK, WEEK))

    assert form.spec()["events"] == sorted(PHONED)
    assert "Calls" in shown(form)
    assert "Sightings" not in shown(form)
