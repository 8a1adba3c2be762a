"""Two deposits of one study are kept at the same time: the second to come does not take the place of the first."""

import pytest

from safeconduct.actions import cleaning, depositing
from safeconduct.model.errors import WrongState


def test_records_kept_meanwhile_are_not_passed_over(empty, publishing, tmp_path, monkeypatch):
    """Each version goes on from the one before it, so that no household gets another's code."""
    frame = publishing.survey(60)
    roles = publishing.roles_of(frame)
    file = publishing.write_stata(frame, tmp_path / "people.dta")
    first, second = (empty.deposit(file) for _ in range(2))
    real, waiting = cleaning.keep, [lambda: empty.keep(second, roles)]

    def kept(*told: object, **how: object) -> object:
        done = real(*told, **how)
        if waiting:
            waiting.pop()()
        return done

    monkeypatch.setattr(cleaning, "keep", kept)
    empty.keep(first, roles)

    site = empty.site
    named = [fact.body["deposit"] for fact in site.ledger.history("microdata", publishing.STUDY)]
    assert named == [second], "the first was told to do it again"
    empty.keep(first, roles)
    assert [fact.body["deposit"] for fact in site.ledger.history("microdata", publishing.STUDY)] == [second, first]


def test_two_deposits_at_once_are_never_made_of_one_file(empty, publishing, tmp_path, monkeypatch):
    """Whoever withdraws one of them would destroy the file of the other."""
    upload = empty.send("amara", publishing.write_stata(publishing.survey(20), tmp_path / "people.dta"))
    said = {"uploads": [upload], "study": publishing.STUDY, "title": "As received", "collected_by": "Us",
            "basis": "public interest"}  # fmt: skip
    real, waiting = depositing.received, [lambda: empty.act("amara", "deposit", **said)]

    def received(*told: object) -> object:
        found = real(*told)
        if waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(depositing, "received", received)
    with pytest.raises(WrongState):
        empty.act("amara", "deposit", **said)

    assert len(empty.site.ledger.facts("deposit")) == 1
