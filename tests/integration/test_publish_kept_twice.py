"""Two deposits of one study are kept at the same time: the second to come does not take the place of the first."""

from safeconduct.actions import cleaning


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
